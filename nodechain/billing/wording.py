"""What stands on bills in words, by language (`nodechain/data/bill_words.json`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from typing import Final

LANGUAGES: Final[Mapping[str, Mapping[str, str]]] = json.loads(
    (resources.files("nodechain") / "data" / "bill_words.json").read_text(encoding="utf-8")
)


def word(language: str, name: str) -> str:
    """A name in a language; in English, or as it is, where the language has no word for it."""
    found = LANGUAGES.get(language, {}).get(name) or LANGUAGES["en"].get(name)
    return name.replace("_", " ") if found is None else found
