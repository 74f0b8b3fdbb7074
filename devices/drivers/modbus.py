"""Reads a Modbus meter by its profile: which registers, in which blocks."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

import msgspec

from devices.drivers.driver import Confirmation, Counters
from devices.errors import BadProfile, Misuse, WrongMeter
from devices.links.link import DeviceLink
from devices.profile import Register, RegisterProfile
from devices.protocols.registers import decode_gauge
from devices.sample import Sample

_IDENTITY: Final = re.compile(r"([0-9]{1,5}):((?:[0-9a-f]{4}){1,16})")


class RegisterBlock(msgspec.Struct, frozen=True):
    """Neighbouring registers that one question reads: `count` words from `address`."""

    address: int
    count: int
    registers: tuple[Register, ...]


def plan_blocks(registers: tuple[Register, ...], max_words: int) -> tuple[RegisterBlock, ...]:
    """The questions that read these registers: only what touches is joined, because gaps may be illegal to read."""
    blocks: list[RegisterBlock] = []
    for register in sorted(registers, key=lambda register: register.address):
        words = register.type.words
        if blocks:
            last = blocks[-1]
            if register.address == last.address + last.count and last.count + words <= max_words:
                blocks[-1] = RegisterBlock(last.address, last.count + words, (*last.registers, register))
                continue
        blocks.append(RegisterBlock(register.address, words, (register,)))
    return tuple(blocks)


class IdentityWords(msgspec.Struct, frozen=True):
    """Registers that say which meter this is (a serial number, an id code), and what they must hold."""

    address: int
    words: tuple[int, ...]


def parse_identity(text: str) -> IdentityWords:
    """`ADDRESS:HEX`, four digits a register (`64512:0001e240`); raises `Misuse`."""
    found = _IDENTITY.fullmatch(text)
    if found is None or int(found[1]) > 0xFFFF:
        raise Misuse(f"{text!r} is no ADDRESS:HEX of registers, four digits each", code="bad_identity")
    digits = found[2]
    return IdentityWords(int(found[1]), tuple(int(digits[at : at + 4], 16) for at in range(0, len(digits), 4)))


def _identity_text(address: int, words: tuple[int, ...]) -> str:
    """As `parse_identity` reads it."""
    return f"{address}:{''.join(f'{word:04x}' for word in words)}"


class ModbusDriver:
    """One meter behind a link. `counters`: names or OBIS codes of the billing counters to read.

    `identity`: asked before every reading; a meter that was swapped, or an address that was, is noticed.
    """

    def __init__(
        self,
        link: DeviceLink,
        profile: RegisterProfile,
        confirmation: Confirmation,
        *,
        counters: tuple[str, ...] = ("energy_import",),
        device_id: int | None = None,
        identity: IdentityWords | None = None,
    ) -> None:
        chosen = tuple(profile.register(name) for name in counters)
        for register in chosen:
            if not register.billable:
                raise BadProfile(f"{register.name} of {profile.id} is not for billing")
        self.profile = profile
        self.device_id = profile.link.default_device_id if device_id is None else device_id
        self._link = link
        self._counters = chosen
        self._confirmation = confirmation
        self._identity = identity
        self._shown = ""
        self._blocks = plan_blocks(chosen, self._max_words)

    @property
    def name(self) -> str:
        """See `MeterDriver.name`."""
        return f"{self.profile.id} device {self.device_id}"

    @property
    def identity(self) -> str:
        """See `MeterDriver.identity`: the registers that the profile or the operator names."""
        return self._shown

    @property
    def profile_hash(self) -> bytes:
        """See `MeterDriver.profile_hash`."""
        return self.profile.hash()

    @property
    def _max_words(self) -> int:
        # Where the sources state no limit, a single value is the only length known to work.
        return self.profile.max_registers_per_read or 4

    async def read_counters(self) -> tuple[Sample, ...]:
        """See `MeterDriver.read_counters`; in the order chosen."""
        if self._identity is not None:
            await self._identify(self._identity)
        elif self.profile.identity is not None:
            known = self.profile.identity
            self._shown = _identity_text(known.address, await self._identity_words(known.address, known.count))
        return await self._confirmation.read(self.name, self._read_once)

    async def read_gauges(self) -> dict[str, Decimal]:
        """See `MeterDriver.read_gauges`: all of the profile."""
        gauges = tuple(register for register in self.profile.registers if register.kind == "gauge")
        words = await self._read_blocks(plan_blocks(gauges, self._max_words))
        return {
            register.name: decode_gauge(
                register.type,
                words[register.name],
                self.profile.word_order,
                register.exponent,
                self.profile.no_values(),
            )
            for register in gauges
        }

    async def _identify(self, identity: IdentityWords) -> None:
        words = await self._identity_words(identity.address, len(identity.words))
        self._shown = _identity_text(identity.address, words)
        if words != identity.words:
            raise WrongMeter(f"{self.name} says {self._shown}: it is another meter")

    async def _identity_words(self, address: int, count: int) -> tuple[int, ...]:
        return await self._link.read(self.device_id, self.profile.function_code, address, count)

    async def _read_once(self) -> Counters:
        words = await self._read_blocks(self._blocks)
        return {register.obis_bytes: self.profile.decode(register, words[register.name]) for register in self._counters}

    async def _read_blocks(self, blocks: tuple[RegisterBlock, ...]) -> dict[str, tuple[int, ...]]:
        found = {}
        for block in blocks:
            words = await self._link.read(self.device_id, self.profile.function_code, block.address, block.count)
            for register in block.registers:
                place = register.address - block.address
                found[register.name] = words[place : place + register.type.words]
        return found
