"""The ledger's values as JSON: addresses in Bech32m, hashes in hex, amounts in tokens beside their base units.

One generic rendering for payloads, events and table entries: what a field means follows from its type and its name.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache
from typing import Any, Final, get_type_hints

import msgspec

from ledger.bank.schema import Asset
from ledger.chain.events import kind_of
from ledger.chain.header import Event
from ledger.encoding.amounts import format_amount
from ledger.encoding.codec import Bytes20
from ledger.energy.events import SessionClosed, SessionEnded
from ledger.energy.schema import Gap, UnitStatus
from ledger.energy.sessions import SessionEnd
from ledger.governance.events import VoteClosed
from ledger.governance.voting import VoteOutcome
from ledger.keys.address import format_address
from ledger.metering.registers import Quarantine
from ledger.metering.schema import MeterKind
from market.events import OrderCancelled
from market.types import OrderKind, Reason, Side
from nodechain.modules import REGISTRY

AMOUNTS: Final = frozenset(
    "amount minted provider_share cost burned locked unlocked returned payment released price quantity remaining "
    "overdraft fee session order withdrawal waiting reservation paid available difference rate".split()
)
"""Fields in base units: of a token, or (price, rate) of a token per ENT or kWh; all have nine decimals."""

_NAMED: Final[dict[str, type[IntEnum]]] = {
    "asset": Asset,
    "gap": Gap,
    "status": UnitStatus,
    "side": Side,
    "outcome": VoteOutcome,
}
_REASONS: Final[dict[type[msgspec.Struct], type[IntEnum]]] = {
    SessionClosed: SessionEnd,
    SessionEnded: SessionEnd,
    OrderCancelled: Reason,
}
_KINDS_OF_METERS: Final = frozenset({"MeterBound", "MeterUnbound", "MeterTerms", "Meter"})


def amount(base: int) -> dict[str, Any]:
    """An amount: exact base units, and whole tokens as text."""
    return {"base": base, "tokens": format_amount(base)}


@cache
def _address_fields(kind: type[msgspec.Struct]) -> frozenset[str]:
    hints = get_type_hints(kind, include_extras=True)
    return frozenset(name for name, hint in hints.items() if hint == Bytes20)


def struct(value: msgspec.Struct) -> dict[str, Any]:
    """Any value of the ledger as a JSON object of its fields."""
    kind = type(value)
    return {name: _field(kind, name, getattr(value, name)) for name in value.__struct_fields__}


def event(value: Event) -> dict[str, Any]:
    """An event with its kind."""
    return {"kind": kind_of(value), **_beside_kind(value)}


def _beside_kind(value: msgspec.Struct) -> dict[str, Any]:
    """The fields of a value that is shown with its own kind: a field of that name gets a longer one."""
    fields = struct(value)
    if "kind" in fields:
        own = "meter_kind" if type(value).__name__ in _KINDS_OF_METERS else "order_kind"
        fields[own] = fields.pop("kind")
    return fields


def action(data: bytes) -> dict[str, Any]:
    """A voted action from its canonical bytes."""
    decoded = REGISTRY.actions.decode_trusted(data)
    return {"kind": kind_name(type(decoded)), **struct(decoded)}


def kind_name(kind: type[msgspec.Struct]) -> str:
    """A class name in snake_case."""
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in kind.__name__).lstrip("_")


def _field(kind: type[msgspec.Struct], name: str, value: Any) -> Any:
    if isinstance(value, bytes):
        return _bytes(kind, name, value)
    if isinstance(value, bool) or not isinstance(value, int):
        return _nested(value)
    return _number(kind, name, value)


def _bytes(kind: type[msgspec.Struct], name: str, value: bytes) -> Any:
    if name in _address_fields(kind) or (name in {"account", "unit"} and len(value) == 20):
        return format_address(value)
    if name == "action":
        return action(value)
    return value.hex()


def _number(kind: type[msgspec.Struct], name: str, value: int) -> Any:
    if name in AMOUNTS:
        return amount(value)
    if name == "reason":
        return _REASONS.get(kind, Quarantine)(value).name.lower()
    if name == "kind":
        return (MeterKind if kind.__name__ in _KINDS_OF_METERS else OrderKind)(value).name.lower()
    if name in _NAMED and not (name == "outcome" and kind is not VoteClosed):
        return _NAMED[name](value).name.lower()
    return value


def _nested(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        tagged = type(value).__struct_config__.tag is not None
        return {"kind": kind_name(type(value)), **_beside_kind(value)} if tagged else struct(value)
    if isinstance(value, tuple | list):
        return [
            format_address(item)
            if isinstance(item, bytes) and len(item) == 20
            else item.hex()
            if isinstance(item, bytes)
            else _nested(item)
            for item in value
        ]
    return value
