"""Values of the ledger in words: accounts by their names, amounts with their symbols, energy, times and shares with
their units.

What a field means follows from its type, as in `nodechain.api.render`, whose JSON is what is shown here: so values of
a new subject are shown right with nothing edited. Energy is written one way, exactly (`857 Wh`, `7.857 kWh`); only an
overview rounds (`round_energy`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, get_args

import msgspec

from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.chain.parameter_text import format_parameter
from ledger.chain.parameters import ParameterUnit
from ledger.encoding.amounts import format_duration, format_energy, format_share
from ledger.encoding.quantities import FieldType, FieldUnit, Of, Quantity, field_type, field_types
from ledger.encoding.times import format_time
from ledger.errors import InvalidInput
from ledger.fund.account import FEE_ACCOUNT, FUND_ACCOUNT
from ledger.keys.address import address_of, format_address, format_key
from ledger.keys.crypto import ED25519_KEY_BYTES, P256_KEY_BYTES, Algorithm
from market.denominations import UNKNOWN, Denominations
from market.types import FIRST_PRODUCT
from nodechain.api.render import kind_name, struct
from nodechain.modules import MODULES, REGISTRY

RULES: Final = {rule.name: rule for rule in REGISTRY.parameters.values()}
EVENTS: Final[dict[str, type]] = {kind_name(kind): kind for kind in REGISTRY.events}
PAYLOADS: Final[dict[str, type]] = {kind.name: kind.payload for kind in REGISTRY.types.values()}
TABLES: Final[dict[str, type]] = {table.name: table.kind for table in REGISTRY.tables.values()}
ACTIONS: Final[dict[str, type]] = {
    kind_name(decision.action): decision.action for module in MODULES for decision in module.decisions
}
_ENDS: Final = ("_wh", "_mwh", "_ms", "_w", "_parts")
"""How names of fields end by their unit: the value says it."""
_NO_HASH: Final = "0" * 64
"""Stands where a hash may be left out."""
_KEY_DIGITS: Final = (2 * ED25519_KEY_BYTES, 2 * P256_KEY_BYTES)


class _Beside(msgspec.Struct, frozen=True):
    """The fields of one value, which say what its amounts are of; `around`: those of the value that it stands in."""

    types: Mapping[str, FieldType]
    values: Mapping[str, Any]
    around: _Beside | None = None

    @property
    def asset(self) -> str:
        """The name of the asset that a field holds, here or around it; empty where none does."""
        found = self._of(Quantity.ASSET)
        return str(found) if found else "" if self.around is None else self.around.asset

    @property
    def product(self) -> int:
        """The number of the product that a field holds, else the first."""
        found = self._of(Quantity.PRODUCT)
        return found if isinstance(found, int) else FIRST_PRODUCT

    def _of(self, quantity: Quantity) -> Any:
        for name, field in self.types.items():
            if field.unit is not None and field.unit.quantity is quantity and name in self.values:
                return self.values[name]
        return None


@dataclass(frozen=True)
class Words:
    """What people call addresses, and how the chain writes its amounts."""

    names: Mapping[str, str]
    chain: Denominations = UNKNOWN

    def who(self, address: str) -> str:
        """An account, unit or validator: by its name here, else its address."""
        return self.names.get(address, _NOBODYS.get(address, address))

    def key(self, text: str) -> str:
        """A key in hex: by the name of its address here, else as keys are shown."""
        try:
            key = bytes.fromhex(text)
            return self.names.get(format_address(address_of(key)), format_key(key))
        except (ValueError, InvalidInput):
            return text

    def validator_key(self, text: str) -> str:
        """A validator's key, of which the ledger keeps the 32 bytes: as keys are shown."""
        try:
            return format_key(bytes([Algorithm.ED25519]) + bytes.fromhex(text))
        except (ValueError, InvalidInput):
            return text

    @property
    def currency_decimals(self) -> int:
        """How many decimals the community's currency has, in which parameters of it are written."""
        assets = self.chain.assets
        return assets[CURRENCY_ASSET - 1].decimals if len(assets) >= CURRENCY_ASSET else 0

    def symbol(self, name: str) -> str:
        """How people call the asset that interfaces call `name`."""
        found = next((asset for asset in self.chain.assets if asset.name.casefold() == name.casefold()), None)
        return name if found is None else found.symbol

    def fields(self, kind: type | None, values: Mapping[str, Any], around: _Beside | None = None) -> str:
        """Fields, as in `recipient=bob amount=5 eEuro`."""
        return " ".join(f"{shown_name(name)}={text}" for name, text in self.parts(kind, values, around))

    def lines(self, kind: type | None, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The same for a line each: names without units, which the values say."""
        return [(shown_name(name), text) for name, text in self.parts(kind, values)]

    def parts(
        self, kind: type | None, values: Mapping[str, Any], around: _Beside | None = None
    ) -> Iterator[tuple[str, str]]:
        """Each field's name with its value in words; `around`: the fields beside the value."""
        types = {} if kind is None else field_types(kind)
        for name, value in values.items():
            field = types.get(name, NO_TYPE)
            # What an amount is of, the value beside it may say: an asset, or a product.
            yield name, self.value(field, name, value, _Beside(types, values, around))

    def value(self, field: FieldType, name: str, value: Any, beside: _Beside) -> str:
        """One field's value; `beside` are the fields of the same value."""
        match value:
            case bool():
                return "yes" if value else "no"
            case {"base": _, "tokens": str(tokens)}:
                return self._amount(field, tokens, beside)
            case Mapping():
                return f"({self._nested(field, value, beside)})"
            case list() | tuple():
                parts = get_args(field.hint)
                part = field_type(parts[0]) if parts else NO_TYPE
                return ", ".join(self.value(part, name, item, beside) for item in value) or "none"
            case int():
                return self._number(field, name, value, beside)
            case None:
                return "none"
            case _ if field.type_field:
                return self._content(str(value), beside.values.get(field.type_field))
            case _:
                return self._text(field, str(value))

    def _content(self, value: str, number: Any) -> str:
        """A payload of a type by its number, in words; as it is where this program knows none like it."""
        kind = REGISTRY.types.get(number) if isinstance(number, int) else None
        try:
            if kind is not None:
                content = kind.codec.decode(bytes.fromhex(value))
                return f"({kind.name} {self.fields(kind.payload, struct(self.chain, content))})"
        except (ValueError, InvalidInput):
            return value
        return value

    def _nested(self, field: FieldType, value: Mapping[str, Any], beside: _Beside) -> str:
        if "kind" in value:
            kind = ACTIONS.get(str(value["kind"])) or _by_kind(field.hint, str(value["kind"]))
            fields = {name: each for name, each in value.items() if name != "kind"}
            return f"{value['kind']} {self.fields(kind, fields, beside)}"
        hint = field.hint
        return self.fields(hint if isinstance(hint, type) and issubclass(hint, msgspec.Struct) else None, value, beside)

    def _text(self, field: FieldType, value: str) -> str:
        if field.unit is not None and field.unit.quantity is Quantity.ASSET:
            return self.symbol(value)
        if field.is_sealed:
            return f"({len(value) // 2} bytes)"
        if value == _NO_HASH:
            return "none"
        if len(value) in _KEY_DIGITS:
            return self.key(value)
        return self.who(value)

    def _amount(self, field: FieldType, tokens: str, beside: _Beside) -> str:
        if field.unit is None:
            return tokens
        symbol = self._symbol_of(field.unit, beside)
        match field.unit.quantity:
            case Quantity.RATE:
                return f"{tokens} {symbol}/kWh"
            case Quantity.PRICE:
                base = self.chain.symbol(self.chain.base_of(beside.product))
                return f"{tokens} {symbol}/{base}" if symbol else tokens
            case _:
                return f"{tokens} {symbol}" if symbol else tokens

    def _symbol_of(self, unit: FieldUnit, beside: _Beside) -> str:
        """Nothing where that is not known."""
        match unit.of:
            case Of.FIELD:
                return self.symbol(beside.asset)
            case Of.FEES:
                return self.chain.symbol(self.chain.fee_asset) if self.chain.assets else ""
            case Of.QUOTE:
                return self.chain.symbol(self.chain.quote_of(beside.product)) if self.chain.assets else ""
            case Of.BASE:
                return self.chain.symbol(self.chain.base_of(beside.product)) if self.chain.assets else ""
            case _:
                return self.chain.symbol(ENERGY_ASSET)

    def _number(self, field: FieldType, name: str, value: int, beside: _Beside) -> str:
        quantity = _quantity(name) if field.unit is None else field.unit.quantity
        match quantity:
            case Quantity.ENERGY_WH:
                return format_energy(value)
            case Quantity.ENERGY_MWH:
                return f"{value} mWh"
            case Quantity.POWER_W:
                return f"{value} W"
            case Quantity.TIME_MS:
                return f"{format_time(value)} UTC" if value else "never"
            case Quantity.DURATION_MS:
                return format_duration(value)
            case Quantity.PARTS:
                return format_share(value)
            case Quantity.PARTS_PER_MILLION:
                return format_share(value * 1_000)
            case Quantity.PARAMETER:
                named = next((each for each in beside.values.values() if isinstance(each, str) and each in RULES), "")
                return self.parameter(named, value)
            case _:
                return str(value)

    def parameter(self, name: str, value: int) -> str:
        """A parameter's stored value as it is typed, with its unit; the number where this program knows no such one."""
        rule = RULES.get(name)
        if rule is None:
            return str(value)
        text = format_parameter(rule, value, self.currency_decimals)
        match rule.unit:
            case ParameterUnit.PARTS | ParameterUnit.DURATION_MS | ParameterUnit.CHOICE | ParameterUnit.ENERGY_WH:
                return text
            case ParameterUnit.CURRENCY_PER_ENT:
                return f"{text} {self.chain.symbol(CURRENCY_ASSET)}/{self.chain.symbol(ENERGY_ASSET)}"
            case _:
                return f"{text} {rule.unit.value}"


_NOBODYS: Final = {format_address(FUND_ACCOUNT): "the fund", format_address(FEE_ACCOUNT): "the fees of the block"}
"""Accounts that are the same on every chain, and that no key owns."""

NO_TYPE: Final = FieldType(Any)


def shown_name(field: str) -> str:
    """A field's name without the unit that its value says."""
    return next((field.removesuffix(end) for end in _ENDS if field.endswith(end)), field)


def _quantity(name: str) -> Quantity | None:
    """What a field of an unknown kind counts, by the end of its name (a test holds that names of known ones end so)."""
    ends = {"_ms": Quantity.TIME_MS, "_wh": Quantity.ENERGY_WH, "_w": Quantity.POWER_W}
    return next((quantity for end, quantity in ends.items() if name.endswith(end)), None)


@cache
def _by_kind(hint: Any, kind: str) -> type | None:
    """The class of a union that is shown with this kind."""
    return next((part for part in get_args(hint) if isinstance(part, type) and kind_name(part) == kind), None)
