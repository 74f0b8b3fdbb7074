"""Register profiles: what a meter model counts where, as data that is checked before it is believed.

A profile is a JSON file (`devices/profiles/*.json`, or a person's own). Loading it checks its schema strictly, its
contradictions, and that every decode vector in it decodes as it says; a profile that fails never reads a meter.
`profile_hash` is what a meter signs and what its binding names: it covers what decides a billed value, and nothing
that may be corrected without touching one (notes, sources, gauges, baud rates).

`null` in a profile means: not found in the sources; nobody guesses it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, TypeVar

import msgspec

from devices.errors import BadProfile, NotAReading
from devices.protocols.registers import RegisterEnergy, RegisterType, Sentinel, WordOrder, decode_energy, in_wh
from devices.quantities import QUANTITIES
from ledger.encoding.codec import encode
from ledger.encoding.obis import parse_obis as ledger_obis
from ledger.errors import MalformedInput
from ledger.keys.crypto import tagged_hash

SCHEMA: Final = "nodechain.meter-profile/1"
MAX_PROFILE_BYTES: Final = 256 * 1024
PROFILE_DIRECTORY: Final = Path(__file__).parent / "profiles"
MAX_TIMEOUT_MS: Final = 600_000
MODBUS_MAX_REGISTERS: Final = 125
"""Of one read request, by the Modbus specification."""

Word = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Hex = Annotated[str, msgspec.Meta(pattern=r"^0x[0-9A-F]{1,16}$")]
ObisText = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,3}-[0-9]{1,3}:[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}$")]
Form = TypeVar("Form")
PowerOfTen = Annotated[str, msgspec.Meta(pattern=r"^(10{0,9}|0\.0{0,8}1)$")]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of a profile's parts: no field may be missing, unknown or of another type."""


class Register(Part, frozen=True):
    """One value of a meter. `address` counts from 0, as on the wire; value x `scale` is in `unit`.

    Only kind `counter` is ever billed: gauges are momentary, derived and resettable counters may fall or be set.
    """

    name: Name
    address: Word
    type: RegisterType
    scale: PowerOfTen
    unit: str
    kind: Annotated[str, msgspec.Meta(pattern="^(counter|gauge|derived|resettable)$")]
    obis: ObisText | None

    @property
    def exponent(self) -> int:
        """The scale as a power of ten."""
        return len(self.scale) - 1 if self.scale[0] == "1" else -(len(self.scale) - 2)

    @property
    def billable(self) -> bool:
        """Whether its readings may be signed: a counter of Wh that has an OBIS code to be called by."""
        return self.kind == "counter" and self.unit == "Wh" and self.obis is not None

    @property
    def obis_bytes(self) -> bytes:
        """The OBIS code as six bytes, A to F with F = 255 (no billing period)."""
        if self.obis is None:
            raise BadProfile(f"register {self.name} has no OBIS code")
        return parse_obis(self.obis)


class LinkHints(Part, frozen=True):
    """How the meter is usually connected; an installation decides."""

    kinds: tuple[Annotated[str, msgspec.Meta(pattern="^(rtu|tcp)$")], ...]
    port: Word | None
    baudrate: int | None
    parity: Annotated[str, msgspec.Meta(pattern="^[NEO]$")] | None
    stopbits: int | None
    default_device_id: Annotated[int, msgspec.Meta(ge=1, le=247)]
    note: str
    timeout_ms: Annotated[int, msgspec.Meta(ge=1, le=MAX_TIMEOUT_MS)] | None = None
    """How long this model may take for an answer, where that is longer than usual."""


class CounterFacts(Part, frozen=True):
    """What is known of the counters: step in Wh, modulus of the wrap in raw steps, how often they are renewed."""

    resolution_wh: int | None
    rollover: int | None
    refresh_ms: int | None
    type_max_raw: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,20}$")] | None
    notes: tuple[str, ...]


class IdentityRegisters(Part, frozen=True):
    """Registers that tell which meter of the model it is: its serial number, as the source says."""

    address: Word
    count: Annotated[int, msgspec.Meta(ge=1, le=16)]
    source: str


class SentinelPattern(Part, frozen=True):
    """Bits that mean 'no value': a value of `type` whose bits under `mask` are `value`."""

    type: RegisterType
    mask: Hex
    value: Hex
    note: str = ""


class DecodeVector(Part, frozen=True):
    """Words that must decode to so many Wh."""

    register: Name
    raw: tuple[Word, ...]
    expected_wh: int


class RegisterProfile(Part, frozen=True):
    """A meter model; use `load_profile`, `read_profile` or `decode_profile`, which check it."""

    schema: str
    id: Name
    vendor: str
    model: str
    function_code: Annotated[int, msgspec.Meta(ge=3, le=4)]
    byte_order: Annotated[str, msgspec.Meta(pattern="^big$")]
    word_order: WordOrder
    max_registers_per_read: Annotated[int, msgspec.Meta(ge=1, le=MODBUS_MAX_REGISTERS)] | None
    link: LinkHints
    counters: CounterFacts
    sentinels: tuple[SentinelPattern, ...]
    registers: Annotated[tuple[Register, ...], msgspec.Meta(min_length=1)]
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    vectors: tuple[DecodeVector, ...]
    identity: IdentityRegisters | None = None
    """Asked before every reading; missing where no source says where the meter has its number."""

    def register(self, name: str) -> Register:
        """The register of that name or OBIS code; raises `BadProfile`."""
        for register in self.registers:
            if name in (register.name, register.obis):
                return register
        raise BadProfile(f"{self.id} has no register {name!r}; `meter profiles show {self.id}` lists them")

    @property
    def billable(self) -> tuple[Register, ...]:
        """The registers whose readings may be signed."""
        return tuple(register for register in self.registers if register.billable)

    @property
    def units(self) -> dict[str, str]:
        """The unit of every register, by name."""
        return {register.name: register.unit for register in self.registers}

    def no_values(self) -> tuple[Sentinel, ...]:
        """The bit patterns that mean 'no value'."""
        return tuple(Sentinel(part.type, int(part.mask, 16), int(part.value, 16)) for part in self.sentinels)

    def decode(self, register: Register, words: tuple[int, ...]) -> RegisterEnergy:
        """A counter's energy; raises `NotAReading`."""
        return decode_energy(register.type, words, self.word_order, register.exponent, self.no_values())

    def hash(self) -> bytes:
        """32 bytes over everything that decides a billed value, and nothing else."""
        counters = sorted(
            (register.name, register.address, register.type.value, register.exponent, register.obis_bytes)
            for register in self.billable
        )
        patterns = sorted((part.type.value, int(part.mask, 16), int(part.value, 16)) for part in self.sentinels)
        facts = (
            self.schema,
            self.id,
            self.function_code,
            self.word_order.value,
            self.counters.rollover or 0,
            counters,
            patterns,
        )
        return tagged_hash(b"nodechain/profile", encode(facts))


def parse_obis(text: str) -> bytes:
    """`1-0:1.8.0` as six bytes with F = 255; raises `BadProfile`."""
    try:
        return ledger_obis(text)
    except MalformedInput as error:
        raise BadProfile(error.detail) from None


_DECODER: Final = msgspec.json.Decoder(RegisterProfile, strict=True)


def decode_form(decoder: msgspec.json.Decoder[Form], data: bytes) -> Form:
    """What a profile's JSON holds, by its form alone; raises `BadProfile` with the place of the fault."""
    if len(data) > MAX_PROFILE_BYTES:
        raise BadProfile(f"a profile has at most {MAX_PROFILE_BYTES} bytes, not {len(data)}")
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadProfile(str(error)) from None


def decode_profile(data: bytes) -> RegisterProfile:
    """A checked profile from JSON; raises `BadProfile` with the place of the fault."""
    profile = decode_form(_DECODER, data)
    for fault in _faults(profile):
        raise BadProfile(f"{profile.id}: {fault}")
    return profile


def _faults(profile: RegisterProfile) -> list[str]:
    """What contradicts itself in a profile whose form is right, the first things first."""
    found = []
    if profile.schema != SCHEMA:
        found.append(f"the schema is {profile.schema!r}, this version reads {SCHEMA!r}")
    names = [register.name for register in profile.registers]
    codes = [register.obis for register in profile.registers if register.obis is not None]
    if len(set(names)) != len(names) or len(set(codes)) != len(codes):
        found.append("two registers share a name or an OBIS code")
    end = 0
    for register in sorted(profile.registers, key=lambda register: register.address):
        if register.address < end:
            found.append(f"register {register.name} overlaps the one before it")
        end = register.address + register.type.words
        if register.kind == "gauge" and QUANTITIES.get(register.name) != register.unit:
            found.append(f"{register.name} in {register.unit} is no quantity of `meter profiles quantities`")
        if register.obis is not None:
            if register.kind != "counter":
                found.append(f"register {register.name} is a {register.kind}: only counters have an OBIS code here")
            parse_obis(register.obis)
        if register.type.words > (profile.max_registers_per_read or MODBUS_MAX_REGISTERS):
            found.append(f"register {register.name} is wider than one read may be")
    if end > 0x10000:
        found.append("a register lies beyond address 65535")
    found.extend(_vector_faults(profile))
    return found


def _vector_faults(profile: RegisterProfile) -> list[str]:
    found = []
    for vector in profile.vectors:
        try:
            register = profile.register(vector.register)
            energy = profile.decode(register, vector.raw)
        except (BadProfile, NotAReading) as error:
            found.append(f"vector of {vector.register}: {error.detail}")
            continue
        expected = energy._replace(raw=vector.expected_wh, exponent=0)
        if in_wh(energy) != in_wh(expected):
            found.append(f"vector of {vector.register} decodes to {in_wh(energy)} Wh, not {vector.expected_wh}")
    without = [register.name for register in profile.billable if not profile.vectors]
    if without:
        found.append(f"the counters {', '.join(without)} have no decode vector")
    return found


def profile_bytes(path: Path) -> bytes:
    """A profile's file; raises `BadProfile`, with the code file_not_found where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadProfile(f"there is no file {path}", code="file_not_found") from None
    except OSError as error:
        raise BadProfile(f"{path}: {error.strerror}") from None


def read_profile(path: Path) -> RegisterProfile:
    """A profile from a file; raises `BadProfile`, also when it cannot be read."""
    return decode_profile(profile_bytes(path))


def profile_ids() -> tuple[str, ...]:
    """The names of the profiles that come with the project, sorted."""
    return tuple(sorted(path.stem for path in PROFILE_DIRECTORY.glob("*.json")))


def load_profile(name: str) -> RegisterProfile:
    """A profile that comes with the project, or the file at a path that ends in `.json`; raises `BadProfile`."""
    if name.endswith(".json"):
        return read_profile(Path(name))
    if name not in profile_ids():
        raise BadProfile(f"no profile {name!r}; `meter profiles list` shows them, a file's path ends in .json")
    return read_profile(PROFILE_DIRECTORY / f"{name}.json")
