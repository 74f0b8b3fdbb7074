"""Setting the street up: a home with keys, the three kinds of child processes, and 32 meters bound to accounts."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import MintCurrency
from ledger.chain.envelope import Signature
from ledger.encoding.obis import parse_obis
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from ledger.metering.payloads import BindMeter, MeterTerms
from ledger.metering.schema import MeterKind
from nodechain.client.node_client import RestClient
from nodechain.demo.children import Child
from nodechain.demo.others import OtherValidators, require_agreement
from nodechain.demo.plans import ENT
from nodechain.demo.street import DATA_FILE, DemoStreet, House
from nodechain.demo.wallet import NamedPayload, Wallet
from nodechain.errors import EnvironmentFailed, HomeInUse, UsageError
from nodechain.home.config import set_config
from nodechain.home.genesis_file import Template, read_template
from nodechain.home.home import Home
from nodechain.home.initialise import initialise
from nodechain.home.keystore import Keystore
from nodechain.home.lock import HomeLock

PROFILE: Final = "schneider-iem3155"
"""Counts whole Wh in an integer register: what the data say is what the meter shows."""
REGISTERS: Final = {MeterKind.CONSUMPTION: "energy_import", MeterKind.PRODUCTION: "energy_export"}
"""Which counter of the profile measures what."""
MARKER: Final = "nodechain-demo"
"""The file by which a demo's folder is known; locked while a demo runs there, with its process id in it."""
OTHER_HOMES: Final = "validator[0-9]*"
MADE: Final = (
    "home", OTHER_HOMES, "password", "street.json", DATA_FILE, "outbox.db*", "*.log", "scheme*.toml", "points.csv",
    "operator", "bills", "changed.*",
)  # fmt: skip
"""What a demo makes in its folder, and the next one there removes."""
BATTERY: Final = "battery"
COOPERATIVE: Final = "cooperative"
FUNDS: Final = 50 * ENT
"""What the banker issues to each household at the start, in base units of eEuro."""
LOAD_POWER_W: Final = 40_000
PV_POWER_W: Final = 15_000


@dataclass(frozen=True, slots=True)
class MeterPlace:
    """A meter of the street: its key's name, its household, what it measures, and its column of the data."""

    name: str
    house: House
    kind: MeterKind
    column: str

    @property
    def max_power_w(self) -> int:
        """What it can measure at most."""
        return PV_POWER_W if self.kind is MeterKind.PRODUCTION else LOAD_POWER_W

    @property
    def series(self) -> tuple[int, ...]:
        """Its data in Wh per interval."""
        return self.house.pv_wh or () if self.kind is MeterKind.PRODUCTION else self.house.load_wh


def meter_places(street: DemoStreet) -> tuple[MeterPlace, ...]:
    """A load meter for each household, a PV meter for each that produces."""
    loads = [
        MeterPlace(f"meter-{house.name}", house, MeterKind.CONSUMPTION, f"{house.name}_load_wh")
        for house in street.houses
    ]
    roofs = [
        MeterPlace(f"meter-{house.name}-pv", house, MeterKind.PRODUCTION, f"{house.name}_pv_wh")
        for house in street.houses
        if house.pv_wh is not None
    ]
    return (*loads, *roofs)


class Community:
    """The demo's folder and processes; `close` ends all of them."""

    def __init__(
        self, folder: Path, street: DemoStreet, validators: int = 1, *, home: str = "home", password: str = ""
    ) -> None:
        self.folder = folder
        self.home = folder / home
        self.street = street
        self.places = meter_places(street)
        self.password = password or secrets.token_urlsafe(16)
        self.password_file = folder / "password"
        self._validators = OtherValidators(folder, self.home, validators, self.password)
        self._others: list[RestClient] = []
        self._children: list[Child] = []
        self._apis: list[RestClient] = []
        self._lock: HomeLock | None = None
        self._environment = {"NODECHAIN_PASSWORD_FILE": str(self.password_file), "NODECHAIN_HOME": str(self.home)}

    def prepare(self, template: Template | str = "street", *, meters: bool = True) -> None:
        """A fresh folder, the genesis, and every key. Replaces an earlier demo, never anything else."""
        self._clear_folder()
        self.password_file.touch(mode=0o600)
        self.password_file.write_text(self.password + "\n")
        self.make_homes(read_template(template) if isinstance(template, str) else template)
        if meters:
            self.make_meter_keys()

    def make_homes(self, template: Template, mnemonic: str = "") -> None:
        """The homes of all validators on a new chain that begins with the street's day."""
        with_others = self._validators.add_to(template)
        made = initialise(
            self.home, with_others, password=self.password, time_ms=self.street.start_ms, cost=COST_LIGHT,
            mnemonic=mnemonic,
        )  # fmt: skip
        self._validators.join(made.genesis)

    def make_meter_keys(self) -> None:
        """A key for each meter."""
        keystore = Keystore(self.home / "keys", cost=COST_LIGHT)
        for place in self.places:
            keystore.create(place.name, KeyKind.METER, self.password)

    def _clear_folder(self) -> None:
        """Take the folder and remove an earlier demo's files; raises if it is none, or if one is running there."""
        marker = self.folder / MARKER
        if self.folder.exists() and any(self.folder.iterdir()) and not marker.is_file():
            raise UsageError(
                f"{self.folder} is not empty and no earlier demo's folder",
                code="not_a_demo",
                advice="Name another one with --directory.",
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._lock = HomeLock(marker)
            for home in (self.home, *sorted(self.folder.glob(OTHER_HOMES))):
                if home.is_dir():
                    # A demo that was killed may have left its nodes behind.
                    HomeLock(Home(home).lock).release()
        except HomeInUse as running:
            raise EnvironmentFailed(
                running.detail,
                code=running.code,
                advice="End it first (Ctrl-C where it runs, or kill that process), or name another --directory.",
            ) from None
        for path in sorted(path for pattern in MADE for path in self.folder.glob(pattern)):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def start(self, *arguments: str) -> Child:
        """A child process of this community."""
        child = Child(arguments, self._environment, self.folder / f"{arguments[0]}.log")
        self._children.append(child)
        return child

    def start_node(self, *, api_port: int = 0, standing_clock: bool = True) -> tuple[Child, RestClient]:
        """The first validator's node, and its interface; the others run already, or start now."""
        for number in range(1 + len(self._others), len(self._validators.homes)):
            self._others.append(self._start_validator(number, 0, standing_clock)[1])
        node, api = self._start_validator(0, api_port, standing_clock)
        set_config(self.home, "node", api.url)
        return node, api

    @property
    def urls(self) -> list[str]:
        """The interfaces of the validators besides the first."""
        return [api.url for api in self._others]

    def _start_validator(self, number: int, api_port: int, standing_clock: bool) -> tuple[Child, RestClient]:
        node = self.start(*self._validators.arguments(number, api_port=api_port, standing_clock=standing_clock))
        api = RestClient(str(node.read()["url"]), timeout_s=60)
        self._apis.append(api)
        return node, api

    def require_agreement(self, api: RestClient, height: int) -> None:
        """Wait until all validators have the block of this height; raises `NodeError` if they differ."""
        require_agreement([api, *self._others], height)

    def wallet(self, api: RestClient, more: Iterable[str] = (COOPERATIVE, "council")) -> Wallet:
        """The keys of the households, the meters, the battery, the bank and `more` accounts, ready to sign."""
        return self.wallet_of(api, (BATTERY, "bank", *more))

    def wallet_of(self, api: RestClient, more: Iterable[str]) -> Wallet:
        """The keys of the households, the meters, and `more` accounts, ready to sign."""
        names = [house.name for house in self.street.houses]
        meters = [place.name for place in self.places]
        keystore = Keystore(self.home / "keys", cost=COST_LIGHT)
        return Wallet(keystore, self.password, [*names, *meters, *more], api, self._others)

    def start_simulator(self) -> tuple[Child, list[str]]:
        """32 meters on real Modbus sockets, and where they are, in the order of `places`."""
        with resources.as_file(resources.files("nodechain") / "data" / DATA_FILE) as data:
            columns = [
                part for place in self.places for part in ("--column", f"{place.column}={REGISTERS[place.kind]}")
            ]
            shutil.copyfile(data, self.folder / DATA_FILE)
        csv = str(self.folder / DATA_FILE)
        child = self.start("meter", "simulate", PROFILE, "--tcp", "0", "--profile-csv", csv, *columns, "--step")
        return child, [str(meter["at"]) for meter in child.read()["meters"]]

    def start_reader(self, meters: list[str], url: str) -> Child:
        """The process that reads all meters, signs and submits."""
        entries = [
            {
                "name": place.name,
                "profile": PROFILE,
                "at": at,
                "key": place.name,
                "max_power_w": place.max_power_w,
                "register": REGISTERS[place.kind],
            }
            for place, at in zip(self.places, meters, strict=True)
        ]
        file = self.folder / "street.json"
        file.write_text(json.dumps(entries, indent=1))
        outbox = str(self.folder / "outbox.db")
        child = self.start("meter", "street", str(file), "--outbox", outbox, "--node", url, "--step")
        child.read()
        return child

    def stop_child(self, child: Child) -> None:
        """End one child."""
        child.stop()
        self._children.remove(child)

    def stop_children(self) -> None:
        """Hang up, and end all children, the latest first."""
        for api in self._apis:
            api.close()
        self._apis.clear()
        self._others.clear()
        for child in reversed(self._children):
            child.stop()
        self._children.clear()

    def close(self) -> None:
        """End all of it, and leave the folder."""
        self.stop_children()
        if self._lock is not None:
            self._lock.release()


@dataclass(frozen=True, slots=True)
class ReadProfile:
    """What of the profile is in a meter's binding: its hash, and the OBIS codes of the registers that are read."""

    profile: bytes
    obis: Mapping[MeterKind, bytes]


def read_profile(community: Community) -> ReadProfile:
    """As `nodechain meter profiles show` prints it."""
    child = community.start("meter", "profiles", "show", PROFILE)
    shown = child.finish()
    community.stop_child(child)
    codes = {entry["name"]: entry["obis"] for entry in shown["registers"]}
    obis = {kind: parse_obis(str(codes[name])) for kind, name in REGISTERS.items()}
    return ReadProfile(bytes.fromhex(shown["hash"]), obis)


def set_up_accounts(community: Community, wallet: Wallet, read: ReadProfile) -> None:
    """Currency for every household, and every meter bound with the consent of battery, meter and household."""
    wallet.submit(
        [
            NamedPayload("bank", MintCurrency(CURRENCY_ASSET, wallet.address(house.name), FUNDS))
            for house in community.street.houses
        ]
    )
    wallet.submit([NamedPayload(BATTERY, terms) for terms in _bindings(community, wallet, read)])


def _bindings(community: Community, wallet: Wallet, read: ReadProfile) -> list[BindMeter]:
    """The meters are new: each shows 0, which its own key signs."""
    bindings = []
    for place in community.places:
        meter, house = wallet.secret(place.name), wallet.secret(place.house.name)
        terms = MeterTerms(
            unit=wallet.address(BATTERY),
            account=wallet.address(place.house.name),
            kind=int(place.kind),
            meter_key=meter.public_key,
            serial=bytes(32),
            profile=read.profile,
            obis=read.obis[place.kind],
            scale=0,
            factor=1,
            rollover=0,
            max_power_w=place.max_power_w,
            opening_ms=community.street.start_ms,
            opening_register=0,
            opening_sequence=0,
        )
        message = terms.message(wallet.chain.genesis_hash)
        consent = (Signature(0, house.sign(message)),)
        bindings.append(BindMeter(terms, meter.sign(message), house.public_key, consent))
    return bindings
