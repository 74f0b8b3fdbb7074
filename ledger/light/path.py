"""The way from what is trusted to an offered header, over changes of the set where need be.

A generator that says what it needs and what it has reached; whoever runs it asks a node, at once or while it does other
things. Nothing that is answered is believed.
"""

from __future__ import annotations

from collections.abc import Generator

import msgspec

from ledger.errors import LightError
from ledger.light.headers import SKIPPED_TOO_FAR, LightBlock, Trusted, TrustTerms, follow

MOST_CHANGES = 1_000
"""Heights that are asked for at once."""


class FetchBlock(msgspec.Struct, frozen=True):
    """Send the light block of this height."""

    height: int


class FetchChanges(msgspec.Struct, frozen=True):
    """Send the heights from this one on at which the set changed, at most `MOST_CHANGES`, rising."""

    first: int


class HeaderTrusted(msgspec.Struct, frozen=True):
    """A header that is trusted now: remember it; send nothing."""

    trusted: Trusted


Effect = FetchBlock | FetchChanges | HeaderTrusted
Answer = LightBlock | list[int] | None
Path = Generator[Effect, Answer, Trusted]


def reach(terms: TrustTerms, nearest: Trusted, offered: LightBlock, now_ms: int) -> Path:
    """Follow from the nearest trusted header that is not above the offered one; raises `LightError`."""
    trusted, height = nearest, offered.header.height
    while trusted.hash != offered.header.hash():
        if trusted.header.height == height:
            raise LightError(
                f"at height {height} the node has block {offered.header.hash().hex()}, trusted is {trusted.hash.hex()}",
                code="conflicting_headers",
            )
        try:
            trusted = follow(terms, trusted, offered, now_ms)
            yield HeaderTrusted(trusted)
        except LightError as error:
            if error.code != SKIPPED_TOO_FAR:
                raise
            trusted = yield from _over_changes(terms, trusted, height, now_ms)
    return trusted


def _over_changes(terms: TrustTerms, trusted: Trusted, below: int, now_ms: int) -> Path:
    """Follow the headers below a height that changed the set, as many at a stride as the trusted sets vouch for."""
    answer = yield FetchChanges(trusted.header.height + 1)
    assert isinstance(answer, list)
    changes = [height for height in answer if trusted.header.height < height < below]
    if not changes:
        raise LightError(f"the node does not show how the validators changed before height {below}", code="no_path")
    stride = len(changes)
    while changes:
        stride = min(stride, len(changes))
        block = yield FetchBlock(changes[stride - 1])
        assert isinstance(block, LightBlock)
        try:
            trusted = follow(terms, trusted, block, now_ms)
        except LightError as error:
            if error.code != SKIPPED_TOO_FAR or stride == 1:
                raise
            stride //= 2
            continue
        changes = changes[stride:]
        yield HeaderTrusted(trusted)
    return trusted
