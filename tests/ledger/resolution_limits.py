"""Tests of the limits of resolutions; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from harness.chain import address
from ledger.chain.protocol import context_at
from ledger.encoding.codec import Codec, encode
from ledger.errors import MalformedInput
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.resolutions import limits
from ledger.resolutions.payloads import OpenResolution
from ledger.resolutions.queries import ballot_of, resolution_of
from ledger.resolutions.rules import ballots_step, deadline_due
from ledger.resolutions.schema import BALLOTS, RESOLUTIONS, Ballot
from ledger.state.table import big_endian
from tests.support.resolution_chain import ResolutionChain


def _bounded(at: OpenResolution, above: OpenResolution) -> None:
    codec: Codec[OpenResolution] = Codec(OpenResolution, MAX_TRANSACTION_BYTES)
    assert codec.decode(encode(at)) == at
    with pytest.raises(MalformedInput):
        codec.decode(encode(above))


def max_title_characters() -> None:
    chain = ResolutionChain()
    most = limits.MAX_TITLE_CHARACTERS
    _bounded(chain.asked(title="é" * most), chain.asked(title="é" * (most + 1)))


def max_options() -> None:
    chain, names = ResolutionChain(), tuple("abcdefghijk")
    _bounded(chain.asked(options=names[: limits.MAX_OPTIONS]), chain.asked(options=names[: limits.MAX_OPTIONS + 1]))


def max_option_characters() -> None:
    chain, most = ResolutionChain(), limits.MAX_OPTION_CHARACTERS
    _bounded(chain.asked(options=("a" * most, "b")), chain.asked(options=("a" * (most + 1), "b")))


def voting_time() -> None:
    chain = ResolutionChain()
    least, most = limits.MIN_VOTING_MS, limits.MAX_VOTING_MS
    for deadline, code in ((least - 1, "bad_deadline"), (least, ""), (most, ""), (most + 1, "bad_deadline")):
        asked = chain.asked(deadline_ms=chain.time_ms + 1_000 + deadline)
        assert chain.try_("A", asked).code == code, deadline


def max_open_per_opener() -> None:
    chain = ResolutionChain()
    for _ in range(limits.MAX_OPEN_PER_OPENER):
        chain.ask()
    assert chain.try_("A", chain.asked()).code == "too_many_resolutions"
    chain.pass_by()
    assert chain.try_("A", chain.asked()).code == ""


def max_open_resolutions() -> None:
    names = [f"W{number}" for number in range(limits.MAX_OPEN_RESOLUTIONS // limits.MAX_OPEN_PER_OPENER)]
    chain = ResolutionChain(voters=tuple(sorted(address(name) for name in ("A", *names))))
    for name in names:
        for _ in range(limits.MAX_OPEN_PER_OPENER):
            chain.ask(name)
    assert chain.try_("A", chain.asked()).code == "too_many_resolutions"


def kept_ms() -> None:
    chain = ResolutionChain()
    chain.ask()
    deadline = chain.found().deadline_ms
    chain.pass_by(deadline - chain.time_ms)
    chain.pass_by(deadline + limits.KEPT_MS - 1 - chain.time_ms)
    assert resolution_of(chain.state, 1) is not None
    chain.pass_by(1)
    assert resolution_of(chain.state, 1) is None


def forgotten_ballots() -> None:
    chain, key = ResolutionChain(), big_endian(1)
    chain.ask()
    context = context_at(chain.registry, chain.state, chain.genesis, 10, chain.time_ms)
    for number in range(limits.FORGOTTEN_BALLOTS + 1):
        context.state.put(BALLOTS, key + number.to_bytes(20, "big"), Ballot(0))
    deadline_due(context, key)
    assert ballots_step(context, key), "one is left"
    assert not ballots_step(context, key)
    assert context.state.first(BALLOTS, key) is None
    assert context.state.get(RESOLUTIONS, key) is not None
    assert ballot_of(context.state, 1, bytes(20)) is None


RESOLUTION_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_OPEN_RESOLUTIONS": (max_open_resolutions,),
    "MAX_OPEN_PER_OPENER": (max_open_per_opener,),
    "MAX_OPTIONS": (max_options,),
    "MAX_OPTION_CHARACTERS": (max_option_characters,),
    "MAX_TITLE_CHARACTERS": (max_title_characters,),
    "MIN_VOTING_MS": (voting_time,),
    "MAX_VOTING_MS": (voting_time,),
    "KEPT_MS": (kept_ms,),
    "FORGOTTEN_BALLOTS": (forgotten_ballots,),
}
