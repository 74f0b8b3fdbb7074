"""Changes of the validator set."""

from __future__ import annotations

from typing import Annotated, Final

from ledger.chain.header import Event
from ledger.chain.votes import VoteKind
from ledger.encoding.codec import Bytes32, Uint
from ledger.encoding.quantities import Address, Height, Number, TimeMs


class ValidatorAdded(Event, frozen=True, tag=120):
    """The key of `address` validates from the next height on."""

    address: Address
    key: Bytes32
    account: Address
    name: str


class ValidatorRemoved(Event, frozen=True, tag=121):
    """`address` validates no longer from the next height on."""

    address: Address


class ValidatorSeen(Event, frozen=True, tag=122):
    """The validator key showed at this height that it is running."""

    key: Bytes32


class ValidatorPunished(Event, frozen=True, tag=123):
    """`address` signed two votes of a kind in a round of a height; `removed`: it validates no longer."""

    address: Address
    kind: Annotated[Uint, VoteKind]
    height: Height
    round: Number
    removed: bool


class ProposerMuted(Event, frozen=True, tag=124):
    """`address` missed its turns: from the next height on it proposes after all others, at least until then (ms)."""

    address: Address
    until_ms: TimeMs


class ProposerRestored(Event, frozen=True, tag=125):
    """`address` has its turns again from the next height on."""

    address: Address


VALIDATORS_EVENTS: Final[tuple[type[Event], ...]] = (
    ValidatorAdded,
    ValidatorRemoved,
    ValidatorSeen,
    ValidatorPunished,
    ProposerMuted,
    ProposerRestored,
)
