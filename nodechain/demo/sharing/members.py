"""Setting the community up: the chain's template, every household's metering points and meters, the scheme."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import MintCurrency
from ledger.chain.envelope import Signature
from ledger.metering.payloads import BindMeter, ClockQuality, MeterTerms, ReadingStep, SubmitReadings
from ledger.metering.schema import MeterKind
from ledger.slots.payloads import PointTerms, RegisterPoint
from ledger.slots.schema import Direction
from nodechain.demo.community import LOAD_POWER_W, MeterPlace, ReadProfile, meter_places
from nodechain.demo.plans import ENT
from nodechain.demo.sharing.operator_file import operator_id
from nodechain.demo.sharing.week import SETUP_MS, SLOT_MS, MeasuredWeek
from nodechain.demo.wallet import NamedPayload, Wallet
from nodechain.formats.slot_rows import BOOK_HEADING, BookedPoint
from nodechain.formats.values import GridFlow
from nodechain.home.genesis_file import Template, read_template

TEMPLATE: Final = "at-eeg"
FOUNDER: Final = "founder"
"""Who registers points, imports files, manages the scheme, issues currency and bills, as the template has it."""
FUNDS: Final = 100 * ENT
"""What the founder issues to each household, in base units of the currency."""
SCHEME: Final = 1
"""The number of the chain's first scheme."""
OFFSETS: Final = (("2015-10-25T01:00Z", 60), ("2016-03-27T01:00Z", 120), ("2016-10-30T01:00Z", 60))
"""Austria's clock in the year of the data; the zone's changes that come with the program begin later."""
OPENED: Final = "scheme.toml"
CLOSED: Final = "scheme-end.toml"
_SCHEME_HEAD: Final = """\
# The scheme of the demonstration; keys are equal, and say nothing in a dynamic rule.
name = "street"
rule = "dynamic"
sources = "{sources}"
cut_off = "10d"
settlement = "slot"
fee = "0.01"
fee_account = "founder"
"""
_SCHEME_PRICE: Final = """
[price]
kind = "mid-market"
retail = "0.30"
feed_in = "0.08"
"""


@dataclass(frozen=True, slots=True)
class SharingPoint:
    """A metering point of the chain: its number, the meter there, the operator's id with its salt."""

    number: int
    place: MeterPlace
    salt: bytes

    @property
    def direction(self) -> Direction:
        """Which way its energy flows."""
        return Direction.INJECTION if self.place.kind is MeterKind.PRODUCTION else Direction.OFFTAKE

    @property
    def measured(self) -> list[int]:
        """What its meter measured, in mWh, slot by slot."""
        return [energy_wh * 1_000 for energy_wh in self.place.series]


def sharing_template(week: MeasuredWeek, *, block_interval: int = 0) -> Template:
    """The Austrian template with the street's households, and a clock that is moved."""
    base = read_template(TEMPLATE)
    assert base.slots is not None
    consensus = base.consensus.model_copy(update={"simulated_clock": True, "min_interval": block_interval})
    return base.model_copy(
        update={
            "name": f"street-{week.season.value}",
            "consensus": consensus,
            "slots": base.slots.model_copy(update={"offsets": OFFSETS}),
            "members": (*base.members, *(house.name for house in week.houses)),
        }
    )


def sharing_points(week: MeasuredWeek) -> tuple[SharingPoint, ...]:
    """A point for each load, then one for each plant: numbered as they are registered."""
    places = meter_places(week.street)
    return tuple(SharingPoint(number, place, secrets.token_bytes(16)) for number, place in enumerate(places, 1))


class Members:
    """The community on its chain."""

    def __init__(
        self, wallet: Wallet, week: MeasuredWeek, points: tuple[SharingPoint, ...], *, sources: str = "operator"
    ) -> None:
        """`sources`: whose values count, as a scheme's file says it."""
        self.wallet = wallet
        self.week = week
        self.points = points
        self._head = _SCHEME_HEAD.format(sources=sources)
        self._registers = {point.number: 0 for point in points}
        self._sequences = {point.number: 0 for point in points}

    def register(self, read: ReadProfile) -> None:
        """Currency for every household, all points with their owners' consent, all meters."""
        names = [house.name for house in self.week.houses]
        self.wallet.submit(
            [NamedPayload(FOUNDER, MintCurrency(CURRENCY_ASSET, self.wallet.address(name), FUNDS)) for name in names]
        )
        self.wallet.submit([NamedPayload(FOUNDER, self._registration(point)) for point in self.points])
        self.wallet.submit([NamedPayload(point.place.house.name, self._binding(point, read)) for point in self.points])

    def _registration(self, point: SharingPoint) -> RegisterPoint:
        owner = self.wallet.secret(point.place.house.name)
        id_hash = BookedPoint(point.number, point.salt).id_hash(operator_id(point.number))
        terms = PointTerms(
            owner=self.wallet.address(point.place.house.name),
            direction=int(point.direction),
            zone="local",
            commissioned_ms=0,
            id_hash=id_hash,
            own_meter=True,
            from_slot=self.week.first_slot,
            signed_ms=self.week.start_ms - SETUP_MS,
        )
        signature = owner.sign(terms.message(self.wallet.chain.genesis_hash))
        return RegisterPoint(terms, owner.public_key, (Signature(0, signature),))

    def _binding(self, point: SharingPoint, read: ReadProfile) -> BindMeter:
        """At the owner's own address: what it measures counts in the point's slots."""
        meter, owner = self.wallet.secret(point.place.name), self.wallet.secret(point.place.house.name)
        account = self.wallet.address(point.place.house.name)
        terms = MeterTerms(
            unit=account, account=account, kind=int(point.place.kind), meter_key=meter.public_key, serial=bytes(32),
            profile=read.profile, obis=read.obis[point.place.kind], scale=0, factor=1, rollover=0,
            max_power_w=LOAD_POWER_W, opening_ms=self.week.start_ms - SETUP_MS, opening_register=0,
            opening_sequence=0,
        )  # fmt: skip
        message = terms.message(self.wallet.chain.genesis_hash)
        return BindMeter(terms, meter.sign(message), owner.public_key, (Signature(0, owner.sign(message)),))

    def scheme_files(self) -> dict[str, str]:
        """The scheme as it is opened, and as it is closed: the data end with the week, and so does the scheme."""
        points = [
            f"\n[[points]]\npoint = {point.number}\n" + ("keys = [1]\n" if point.direction is Direction.OFFTAKE else "")
            for point in self.points
        ]
        return {
            OPENED: "".join([self._head, _SCHEME_PRICE, *points]),
            CLOSED: f"{self._head}points = []\n{_SCHEME_PRICE}",
        }

    def point_book(self) -> str:
        """The custodian's list of points, for `sharing import`."""
        flows = {Direction.OFFTAKE: GridFlow.OFFTAKE, Direction.INJECTION: GridFlow.INJECTION}
        rows = [
            f"{operator_id(point.number)};{flows[point.direction].value};{point.number};{point.salt.hex()}"
            for point in self.points
        ]
        return "\n".join([";".join(BOOK_HEADING), *rows, ""])

    def send_readings(self, read: ReadProfile, first: int, count: int) -> None:
        """Every meter's signed readings at the ends of slots of the week; the first brings the week's beginning too."""
        self.wallet.submit([self.readings(read, point, first, count) for point in self.points])

    def readings(self, read: ReadProfile, point: SharingPoint, first: int, count: int) -> NamedPayload:
        """One meter's; registers in whole Wh are sums of the data, and stay after their end."""
        series = point.place.series
        energies = [series[slot] if slot < len(series) else 0 for slot in range(first, first + count)]
        first_ms = self.week.start_ms + (first + 1) * SLOT_MS
        register = self._registers[point.number]
        if first == 0:
            energies, first_ms = [0, *energies], self.week.start_ms
        self._registers[point.number] = register + sum(energies)
        self._sequences[point.number] += len(energies)
        steps = tuple(ReadingStep(1, SLOT_MS, energy) for energy in energies[1:])
        payload = SubmitReadings(
            read.profile, 0, int(ClockQuality.SYNCED), 0, read.obis[point.place.kind], 0, first_ms,
            register + energies[0], steps,
        )  # fmt: skip
        return NamedPayload(point.place.name, payload, self._sequences[point.number])

    def addresses(self) -> Mapping[str, bytes]:
        """Of the households and the founder."""
        names = [house.name for house in self.week.houses]
        return {name: self.wallet.address(name) for name in (*names, FOUNDER)}
