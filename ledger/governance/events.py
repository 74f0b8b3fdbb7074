"""Votes, and what they changed of members, voters and parameters."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.encoding.quantities import Action, Address, Number, ParameterValue, TimeMs
from ledger.governance.schema import VoteOutcome


class VoteOpened(Event, frozen=True, tag=72):
    """`voter` opened vote `number` on `action` (its canonical bytes)."""

    number: Number
    voter: Address
    action: Action
    expires_ms: TimeMs


class VoteCast(Event, frozen=True, tag=73):
    """`voter` said yes to vote `number`, or withdrew its yes."""

    number: Number
    voter: Address
    approve: bool


class VoteClosed(Event, frozen=True, tag=74):
    """Vote `number` ended. `outcome`: see `VoteOutcome`; `code` is why a passed action could not be carried out."""

    number: Number
    action: Action
    outcome: Annotated[int, VoteOutcome]
    code: str


class VoterChanged(Event, frozen=True, tag=75):
    """`address` is a voter now, or no longer."""

    address: Address
    added: bool


class ParameterChanged(Event, frozen=True, tag=76):
    """Parameter `name` is now `value`."""

    name: str
    value: ParameterValue


class MemberChanged(Event, frozen=True, tag=77):
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
