"""Tests of the limits of points; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from ledger.encoding.codec import Codec, Value, encode
from ledger.errors import MalformedInput, Refused
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.together import limits
from ledger.together.board import do_join_board
from ledger.together.genesis import fault_of_terms
from ledger.together.payloads import JoinBoard
from ledger.together.queries import closed_seasons
from ledger.together.schema import PARTICIPANT_COUNT
from ledger.together.terms import Prize, TogetherTerms
from tests.support.together_chain import NOVEMBER, TogetherChain, together_terms


def _decodes(kind: type[Value], at: Value, above: Value) -> None:
    codec: Codec[Any] = Codec(kind, MAX_TRANSACTION_BYTES)
    assert codec.decode(encode(at)) == at
    with pytest.raises(MalformedInput):
        codec.decode(encode(above))


def _terms_decode(at: dict[str, Any], above: dict[str, Any]) -> None:
    _decodes(TogetherTerms, together_terms(**at), together_terms(**above))


def max_participants() -> None:
    chain = TogetherChain()
    context = chain.context()
    context.change_count(PARTICIPANT_COUNT, limits.MAX_PARTICIPANTS - 1)
    context.sender = b"\1" * 20
    do_join_board(context, JoinBoard("last"))
    context.sender = b"\2" * 20
    with pytest.raises(Refused) as refused:
        do_join_board(context, JoinBoard("one more"))
    assert refused.value.code == "board_full"


def max_nickname() -> None:
    most = limits.MAX_NICKNAME_CHARACTERS
    _decodes(JoinBoard, JoinBoard("x" * most), JoinBoard("x" * (most + 1)))


def max_point_rate() -> None:
    for name in ("used", "given", "on_time", "ballots"):
        _terms_decode({name: limits.MAX_POINT_RATE}, {name: limits.MAX_POINT_RATE + 1})


def max_points_a_kind() -> None:
    _terms_decode({"most": limits.MAX_POINTS_A_KIND}, {"most": limits.MAX_POINTS_A_KIND + 1})


def max_prizes() -> None:
    prizes = (Prize(1, 1),) * (limits.MAX_PRIZES + 1)
    _terms_decode({"prizes": prizes[1:]}, {"prizes": prizes})


def grace_days() -> None:
    _terms_decode({"grace_days": limits.MIN_GRACE_DAYS}, {"grace_days": limits.MIN_GRACE_DAYS - 1})
    _terms_decode({"grace_days": limits.MAX_GRACE_DAYS}, {"grace_days": limits.MAX_GRACE_DAYS + 1})


def on_time() -> None:
    genesis = TogetherChain().genesis
    least, most = limits.MIN_ON_TIME_MS, limits.MAX_ON_TIME_MS
    for on_time_ms, good in ((least - 1, False), (least, True), (most, True), (most + 1, False)):
        assert (fault_of_terms(genesis, together_terms(on_time_ms=on_time_ms)) == "") is good


def kept_seasons() -> None:
    chain = TogetherChain()
    chain.to_month(NOVEMBER + limits.KEPT_SEASONS + 1, 20)
    assert len(closed_seasons(chain.reader)) == limits.KEPT_SEASONS


TOGETHER_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_PARTICIPANTS": (max_participants,),
    "MAX_NICKNAME_CHARACTERS": (max_nickname,),
    "MAX_POINT_RATE": (max_point_rate,),
    "MAX_POINTS_A_KIND": (max_points_a_kind,),
    "MAX_PRIZES": (max_prizes,),
    "MIN_GRACE_DAYS": (grace_days,),
    "MAX_GRACE_DAYS": (grace_days,),
    "MIN_ON_TIME_MS": (on_time,),
    "MAX_ON_TIME_MS": (on_time,),
    "KEPT_SEASONS": (kept_seasons,),
}
