"""Notices in words, by language (`nodechain/data/notice_words.json`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any, Final

import msgspec

from nodechain.client.visible_text import visible
from nodechain.notices.notice import Notice

NOTICE_WORDS: Final[Mapping[str, Mapping[str, Any]]] = json.loads(
    (resources.files("nodechain") / "data" / "notice_words.json").read_text(encoding="utf-8")
)


class NoticeWords(msgspec.Struct, frozen=True):
    """A notice as it is read: a line, the sentence, and who says it."""

    subject: str
    text: str
    foot: str


def words_of(notice: Notice, language: str) -> NoticeWords:
    """A notice in a language. What others wrote (a question's title) starts no line and moves nothing."""
    words = NOTICE_WORDS[language]
    facts = {name: visible(value) for name, value in notice.facts.items()}
    subject, text = (each.format_map(facts) for each in words[notice.text])
    return NoticeWords(subject, text, words["foot"].format(account=notice.account))
