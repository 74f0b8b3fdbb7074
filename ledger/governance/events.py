"""Votes, and what they changed of members, voters and parameters."""

from __future__ import annotations

from typing import Final

from ledger.chain.header import Event
from ledger.encoding.codec import Address, Uint


class VoteOpened(Event, frozen=True, tag=26):
    """`voter` opened vote `number` on `action` (its canonical bytes)."""

    number: Uint
    voter: Address
    action: bytes
    expires_ms: Uint


class VoteCast(Event, frozen=True, tag=27):
    """`voter` said yes to vote `number`, or withdrew its yes."""

    number: Uint
    voter: Address
    approve: bool


class VoteClosed(Event, frozen=True, tag=28):
    """Vote `number` ended. `outcome`: see `VoteOutcome`; `code` is why a passed action could not be carried out."""

    number: Uint
    action: bytes
    outcome: int
    code: str


class VoterChanged(Event, frozen=True, tag=29):
    """`address` is a voter now, or no longer."""

    address: Address
    added: bool


class ParameterChanged(Event, frozen=True, tag=31):
    """Parameter `name` is now `value`."""

    name: str
    value: Uint


class MemberChanged(Event, frozen=True, tag=32):
    """`address` was admitted, or expelled."""

    address: Address
    admitted: bool


GOVERNANCE_EVENTS: Final[tuple[type[Event], ...]] = (
    VoteOpened,
    VoteCast,
    VoteClosed,
    VoterChanged,
    ParameterChanged,
    MemberChanged,
)
