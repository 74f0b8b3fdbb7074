"""Bytes that do not decode are refused in words, with the field's name (C14)."""

from __future__ import annotations

from typing import Annotated, Any, get_type_hints

import msgspec
import pytest

from ledger.bank.payloads import Transfer
from ledger.encoding.codec import Codec, Value, encode
from ledger.energy.payloads import ActualItem, EnergyBatch, ProducedItem, RegisterUnit
from ledger.energy.storage_terms import IDEAL
from ledger.errors import MalformedInput
from ledger.governance.payloads import AdmitMember, CastVote, SetParameter
from ledger.limits import MAX_TRANSACTION_BYTES
from market.transactions import PlaceOrder
from market.types import OrderKind, Side
from nodechain.modules import REGISTRY

SOMEBODY = bytes(20)


class Long(Value, frozen=True):
    parts: tuple[ActualItem | ProducedItem, ...]


CODECS = {kind.payload: kind.codec for kind in REGISTRY.types.values()}


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Transfer(1, SOMEBODY, 0), "Transfer: amount must be more than 0"),
        (Transfer(1, b"short", 1), "Transfer: recipient must have at least 20 bytes"),
        (PlaceOrder(1, Side.BUY, OrderKind.LIMIT, 5, 0, 0), "PlaceOrder: quantity must be more than 0"),
        (EnergyBatch(1, (ProducedItem(SOMEBODY, 1), ProducedItem(SOMEBODY, 0))),
         "EnergyBatch: energy_wh of entry 2 of items must be more than 0"),
        (EnergyBatch(1, ()), "EnergyBatch: items must not be empty"),
        (CastVote(SetParameter("", 5), True), "CastVote: name of action must not be empty"),
        (CastVote(AdmitMember(b"x"), True), "CastVote: address of action must have at least 20 bytes"),
        (CastVote(RegisterUnit(SOMEBODY, SOMEBODY, -1, 0, IDEAL), True),
         "CastVote: capacity_wh of action must be at least 0"),
    ],
)  # fmt: skip
def test_c14_a_field_is_named(value: Value, said: str) -> None:
    with pytest.raises(MalformedInput) as error:
        CODECS[type(value)].decode(encode(value))
    assert error.value.detail == said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x05", "Transfer: it must be a list, not a whole number"),
        (b"\x93\x01\x02\x03", "Transfer: recipient must be bytes, not a whole number"),
        (b"\x91\x01", "Transfer: it must have at least 3 entries, not 1"),
        (b"", "Transfer: Input data was truncated"),
    ],
)
def test_what_is_no_such_value_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(MalformedInput) as error:
        CODECS[Transfer].decode(data)
    assert error.value.detail == said


@pytest.mark.parametrize("data", [b"\x91" * 5_000, b"\x93\x01\xa1\xff", b"\xdd\xff\xff\xff\xff", b"\x92\xcc\x01\x00"])
def test_hostile_bytes_are_refused_without_a_name(data: bytes) -> None:
    kinds: tuple[Codec[Any], ...] = (CODECS[Transfer], CODECS[CastVote], REGISTRY.actions)
    for codec in kinds:
        with pytest.raises(MalformedInput) as error:
            codec.decode(data)
        assert len(error.value.detail) < 200
        assert "`$" not in error.value.detail


def test_long_bytes_are_not_decoded_twice() -> None:
    data = encode((tuple(ProducedItem(SOMEBODY, 0) for _ in range(MAX_TRANSACTION_BYTES // 20)),))
    with pytest.raises(MalformedInput) as error:
        Codec(Long, len(data)).decode(data)
    assert error.value.detail == "Long: entry 3 of entry 1 of parts must be more than 0"


class Once(Value, frozen=True):
    count: Annotated[int, msgspec.Meta(ge=1)]


def test_a_class_is_looked_through_once_however_often_its_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Others choose what is refused."""
    seen: list[type] = []

    def counted(kind: type, *, include_extras: bool) -> dict[str, Any]:
        seen.append(kind)
        return get_type_hints(kind, include_extras=include_extras)

    monkeypatch.setattr("ledger.encoding.malformed.get_type_hints", counted)
    for _ in range(3):
        with pytest.raises(MalformedInput, match="Once: count must be more than 0"):
            Codec(Once, 100).decode(encode((0,)))
    assert seen == [Once]
