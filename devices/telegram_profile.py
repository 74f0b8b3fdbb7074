"""Telegram profiles: which values of a meter that sends telegrams are signed, as data checked before it is believed.

The twin of `devices.profile` for meters that are read by P1, IEC 62056-21 or SML, in `devices/profiles/telegrams`. A
profile says which OBIS code is signed, under which code the telegram shows it, and of which tariffs it is the sum where
the meter shows only those. `null` means: not found in the sources; nobody guesses it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Annotated, Final

import msgspec

from devices.errors import BadData, BadProfile, MissingRegister, NotAReading
from devices.profile import (
    MAX_TIMEOUT_MS,
    PROFILE_DIRECTORY,
    CounterFacts,
    Name,
    ObisText,
    Part,
    decode_form,
    parse_obis,
)
from devices.protocols import iec62056, p1, sml
from devices.protocols.registers import RegisterEnergy, in_wh
from devices.protocols.telegram import UNITS, Telegram, energy_of, gauge_of, sum_of
from devices.quantities import QUANTITIES
from ledger.encoding.codec import encode
from ledger.keys.crypto import tagged_hash

TELEGRAM_SCHEMA: Final = "nodechain.telegram-profile/1"
TELEGRAM_DIRECTORY: Final = PROFILE_DIRECTORY / "telegrams"

Code = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{1,3}-[0-9]{1,3}:)?[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$")]


class TelegramProtocol(Enum):
    """How the meter speaks; the name in profiles is the value here."""

    P1 = "p1"
    IEC62056_21 = "iec62056-21"
    SML = "sml"

    @property
    def is_text(self) -> bool:
        """Whether its telegrams are ASCII; the others are written as hexadecimal digits in a profile."""
        return self is not TelegramProtocol.SML

    def decode(self, data: bytes) -> Telegram:
        """One telegram (for IEC 62056-21: identification and data block); raises `BadReply`."""
        return _DECODERS[self](data)


_DECODERS: Final[dict[TelegramProtocol, Callable[[bytes], Telegram]]] = {
    TelegramProtocol.P1: p1.decode,
    TelegramProtocol.IEC62056_21: iec62056.decode,
    TelegramProtocol.SML: sml.decode,
}


class LineFacts(Part, frozen=True):
    """How the line's bits go where the place does not say; `interval_ms`: at most so long between two telegrams."""

    baudrate: Annotated[int, msgspec.Meta(ge=300, le=4_000_000)]
    bits: Annotated[int, msgspec.Meta(ge=7, le=8)]
    parity: Annotated[str, msgspec.Meta(pattern="^[NEO]$")]
    stopbits: Annotated[int, msgspec.Meta(ge=1, le=2)]
    interval_ms: Annotated[int, msgspec.Meta(ge=1)] | None
    note: str
    timeout_ms: Annotated[int, msgspec.Meta(ge=1, le=MAX_TIMEOUT_MS)] | None = None
    """How long this kind of meter may take for a telegram or an answer, where that is longer than usual."""


class TelegramRegister(Part, frozen=True):
    """A counter of energy that is signed as `obis`.

    The telegram shows it as `total`, or, where that is missing, as the sum of exactly these `tariffs`; a meter with one
    tariff shows the first of them alone.
    """

    name: Name
    obis: ObisText
    total: Code
    tariffs: tuple[Code, ...]

    @property
    def obis_bytes(self) -> bytes:
        """The OBIS code as six bytes, A to F with F = 255 (no billing period)."""
        return parse_obis(self.obis)


class TelegramGauge(Part, frozen=True):
    """A momentary value, in a base unit (W, V, A, Hz); the telegram may show it in thousands."""

    name: Name
    source: Code
    unit: str


class TelegramVector(Part, frozen=True):
    """A telegram in which a register must be so many Wh; hexadecimal digits where the protocol is no text."""

    register: Name
    telegram: str
    expected_wh: int


class TelegramProfile(Part, frozen=True):
    """A kind of meter; use `devices.catalogue` or `decode_telegram_profile`, which check it."""

    schema: str
    id: Name
    vendor: str
    model: str
    protocol: TelegramProtocol
    line: LineFacts
    counters: CounterFacts
    registers: Annotated[tuple[TelegramRegister, ...], msgspec.Meta(min_length=1)]
    gauges: tuple[TelegramGauge, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    vectors: tuple[TelegramVector, ...]

    def register(self, name: str) -> TelegramRegister:
        """The register of that name or OBIS code; raises `BadProfile`."""
        for register in self.registers:
            if name in (register.name, register.obis):
                return register
        raise BadProfile(f"{self.id} has no register {name!r}; `meter profiles show {self.id}` lists them")

    @property
    def billable(self) -> tuple[TelegramRegister, ...]:
        """The registers whose readings may be signed: all."""
        return self.registers

    @property
    def units(self) -> dict[str, str]:
        """The unit of every momentary value, by name."""
        return {gauge.name: gauge.unit for gauge in self.gauges}

    def energy(self, register: TelegramRegister, telegram: Telegram) -> RegisterEnergy:
        """What a counter shows, exact. Raises `MissingRegister`, `BadReply` (twice there) or `NotAReading`."""
        total = telegram.value(register.total)
        if total is not None:
            return energy_of(total)
        parts = [telegram.value(code) for code in register.tariffs]
        shown = [energy_of(part) for part in parts if part is not None]
        divided = len(telegram.tariffs_of(register.total))
        # A meter that knows one tariff shows the first alone, and that is its total.
        if not (parts and parts[0] is not None and divided == 1) and (not shown or len(shown) != len(parts)):
            raise MissingRegister(f"the meter shows no {register.total}, nor all of {', '.join(register.tariffs)}")
        # A tariff that nobody adds would be energy that nobody pays for.
        if divided != len(shown):
            raise NotAReading(f"the meter divides {register.total} into more tariffs than this profile adds")
        return sum_of(shown)

    def gauge_values(self, telegram: Telegram) -> dict[str, Decimal]:
        """The momentary values that the telegram shows, by name; raises `BadReply` or `NotAReading`."""
        found = {}
        for gauge in self.gauges:
            value = telegram.value(gauge.source)
            if value is not None:
                found[gauge.name] = gauge_of(value, gauge.unit)
        return found

    def hash(self) -> bytes:
        """32 bytes over everything that decides a billed value, and nothing else."""
        counters = sorted(
            (register.name, register.obis_bytes, register.total, sorted(register.tariffs))
            for register in self.registers
        )
        facts = (self.schema, self.id, self.protocol.value, self.counters.rollover or 0, counters)
        return tagged_hash(b"nodechain/profile", encode(facts))


_DECODER: Final = msgspec.json.Decoder(TelegramProfile, strict=True)


def decode_telegram_profile(data: bytes) -> TelegramProfile:
    """A checked profile from JSON; raises `BadProfile` with the place of the fault."""
    profile = decode_form(_DECODER, data)
    for fault in (*_faults(profile), *_vector_faults(profile)):
        raise BadProfile(f"{profile.id}: {fault}")
    return profile


def _faults(profile: TelegramProfile) -> list[str]:
    found = []
    if profile.schema != TELEGRAM_SCHEMA:
        found.append(f"the schema is {profile.schema!r}, this version reads {TELEGRAM_SCHEMA!r}")
    names = [*(register.name for register in profile.registers), *(gauge.name for gauge in profile.gauges)]
    if len(set(names)) != len(names) or len({register.obis for register in profile.registers}) < len(profile.registers):
        found.append("two values share a name or an OBIS code")
    shown = [code for register in profile.registers for code in (register.total, *register.tariffs)]
    if len(set(shown)) != len(shown):
        found.append("one value of the telegram would be billed twice")
    base_units = {base for base, _ in UNITS.values()}
    found.extend(
        f"{gauge.name} is in {gauge.unit}, no base unit" for gauge in profile.gauges if gauge.unit not in base_units
    )
    found.extend(
        f"{gauge.name} in {gauge.unit} is no quantity of `meter profiles quantities`"
        for gauge in profile.gauges
        if QUANTITIES.get(gauge.name) != gauge.unit
    )
    for register in profile.registers:
        parse_obis(register.obis)
        if not register.total.endswith(".0") or any(not _is_share(register.total, code) for code in register.tariffs):
            found.append(f"{register.name}: tariffs are shares of a total, 1.8.1 of 1.8.0")
    return found


def _is_share(total: str, tariff: str) -> bool:
    return tariff.rpartition(".")[0] == total.rpartition(".")[0] and tariff != total


def _vector_faults(profile: TelegramProfile) -> list[str]:
    found = []
    for vector in profile.vectors:
        try:
            data = vector.telegram.encode("ascii") if profile.protocol.is_text else bytes.fromhex(vector.telegram)
            shown = in_wh(profile.energy(profile.register(vector.register), profile.protocol.decode(data)))
        except ValueError:
            found.append(f"vector of {vector.register}: no telegram of {profile.protocol.value}")
        except (BadProfile, BadData) as error:
            found.append(f"vector of {vector.register}: {error.detail}")
        else:
            if shown != vector.expected_wh:
                found.append(f"vector of {vector.register} decodes to {shown} Wh, not {vector.expected_wh}")
    without = {register.name for register in profile.registers} - {vector.register for vector in profile.vectors}
    if without:
        found.append(f"the counters {', '.join(sorted(without))} have no decode vector")
    return found


def telegram_profile_ids() -> tuple[str, ...]:
    """The names of the telegram profiles that come with the project, sorted."""
    return tuple(sorted(path.stem for path in TELEGRAM_DIRECTORY.glob("*.json")))
