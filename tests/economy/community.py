"""The honest part: households with sealed, prompt meters, a unit that books what it holds, and their plan for a seed.

P delivers into U and sells ENT; Q draws from U and buys ENT, both at `PRICE`; S draws at the adversary's unit W; T has
a meter at W whose key the adversary holds; O owns U. The adversary is X (owner of W, one voter of three), Y (sealed
meters at U; its production is P's, Wh for Wh) and Z (meters at W that say what they like).
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import cache

from harness.chain import ENT, START_MS, address, make_genesis, secret
from harness.energy import OBIS, PROFILE, serial_of
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.genesis import GenesisBalance
from ledger.bank.payloads import Transfer
from ledger.chain.envelope import Signature
from ledger.chain.genesis import Genesis
from ledger.chain.parameters import HOUR_MS, MINUTE_MS
from ledger.encoding.codec import Value
from ledger.energy.events import EnergyDrawn
from ledger.energy.genesis import GenesisUnit
from ledger.energy.payloads import CloseSession, OpenSession
from ledger.energy.schema import SESSIONS
from ledger.metering.payloads import BindMeter, MeterTerms, SubmitReadings
from ledger.metering.schema import BINDINGS, METERS, MeterKind
from market.schema import ORDERS_BY_OWNER
from market.transactions import CancelOrder, PlaceOrder
from market.types import OrderKind, Side
from tests.economy.chain import LightChain

PRICE = ENT // 4
"""The one limit of all honest orders: a trade at it is worth as much to both, a better one more."""

TICK_MS = 15 * MINUTE_MS
TICKS = 26
HONEST = ("O", "P", "Q", "S", "T")
ADVERSARY = ("X", "Y", "Z", "W")
UNIT_WH, ROGUE_WH = 400_000, 4_000
LOSS_SHARE = 200_000_000
METERS_BOUND = (
    ("mP", "U", "P", MeterKind.PRODUCTION), ("mY", "U", "Y", MeterKind.PRODUCTION),
    ("cQ", "U", "Q", MeterKind.CONSUMPTION), ("cY", "U", "Y", MeterKind.CONSUMPTION),
    ("mU", "U", "U", MeterKind.STORAGE), ("cS", "W", "S", MeterKind.CONSUMPTION),
    ("cT", "W", "T", MeterKind.CONSUMPTION), ("cZ", "W", "Z", MeterKind.CONSUMPTION),
    ("mZ", "W", "Z", MeterKind.PRODUCTION),
)  # fmt: skip
NEW_METER, NEW_OPENING_WH = "nS", 1_500
FIRST_WH = 60_000


@dataclass(frozen=True)
class Choices:
    """What a seed chooses of the genesis."""

    recovery: int
    fee: int
    reservation: int


@cache
def genesis_of(choices: Choices) -> Genesis:
    """A members' chain with the honest unit U and the adversary's W; a level moves the books to itself (band 0)."""
    names = ("A", "B", "O", "P", "Q", "S", "T", "X", "Y", "Z")
    return make_genesis(
        name="economy",
        minimum_fee=choices.fee,
        voters=tuple(address(name) for name in ("A", "B", "X")),
        members=tuple(sorted(address(name) for name in names)),
        units=(
            GenesisUnit(address("U"), address("O"), UNIT_WH, 10**8),
            GenesisUnit(address("W"), address("X"), ROGUE_WH, 10**8),
        ),
        balances=tuple(GenesisBalance(address(name), CURRENCY_ASSET, 1_000 * ENT) for name in (*names, "U", "W")),
        parameters=(
            ("C", choices.recovery), ("level_band", 0), ("loss_limit", LOSS_SHARE),
            ("reservation_rate", choices.reservation),
        ),
    )  # fmt: skip


def terms_of(
    key: str, unit: str, account: str, kind: MeterKind, *, opening_ms: int, opening: int, power_w: int = 10**7
) -> MeterTerms:
    """A meter's statement, whole Wh."""
    return MeterTerms(
        address(unit), address(account), int(kind), secret(key).public_key, serial_of(key), PROFILE, OBIS, scale=0,
        factor=1, rollover=0, max_power_w=power_w, opening_ms=opening_ms, opening_register=opening, opening_sequence=0,
    )  # fmt: skip


def binding_of(genesis: Genesis, key: str, account: str, terms: MeterTerms) -> BindMeter:
    """The terms with both signatures."""
    message = terms.message(genesis.hash)
    consent = secret(account)
    return BindMeter(terms, secret(key).sign(message), consent.public_key, (Signature(0, consent.sign(message)),))


def reading(time_ms: int, register: int) -> SubmitReadings:
    """One reading."""
    return SubmitReadings(PROFILE, 0, 2, 0, OBIS, 0, time_ms, register, ())


def read(chain: LightChain, key: str, register: int, time_ms: int, fee: int = 0) -> tuple[str, list[object]]:
    """Send a meter's register of a time, whatever becomes of it."""
    meter = chain.state.get(METERS, secret(key).public_key)
    nonce = 1 + (0 if meter is None else meter.sequence)
    code, events = chain.send(key, reading(time_ms, register), fee=fee, nonce=nonce)
    return code, list(events)


@cache
def founded(choices: Choices) -> tuple[dict[bytes, bytes], int]:
    """The state when the play begins: all meters bound, P and Y have delivered 60 kWh each, Q and S hold ENT."""
    genesis = genesis_of(choices)
    chain = LightChain(genesis)
    chain.begin(START_MS + 1_000)
    fee = choices.fee
    for key, unit, account, kind in METERS_BOUND:
        power = 10**4 if key == "mY" else 10**7
        terms = terms_of(key, unit, account, kind, opening_ms=START_MS + 500, opening=0, power_w=power)
        code, _ = chain.send(unit, binding_of(genesis, key, account, terms), fee=fee)
        assert code == "", code
    chain.end()
    time_ms = START_MS + 10 * HOUR_MS
    chain.begin(time_ms)
    for key in ("mP", "mY"):
        assert read(chain, key, FIRST_WH, time_ms)[0] == ""
    for key in ("cQ", "cY", "cS", "cT", "cZ", "mZ"):
        assert read(chain, key, 0, time_ms)[0] == ""
    assert read(chain, "mU", 2 * FIRST_WH, time_ms)[0] == ""
    for name in ("Q", "S"):
        assert chain.send("P", Transfer(1, address(name), 15 * ENT), fee=fee)[0] == ""
    chain.end()
    chain.check()
    return chain.reader.entries(), time_ms


@dataclass
class Tick:
    """What the honest households do in a quarter of an hour; energy in Wh, 0 ENT: no session."""

    produced: int
    q_takes: int
    s_takes: int
    q_opens: int
    s_opens: int
    q_closes: bool
    level: bool
    trades: bool


def plan_of(seed: int) -> tuple[Choices, list[Tick]]:
    """The honest part of a seed, which nothing the adversary does changes."""
    chance = random.Random(f"honest {seed}")
    choices = Choices(
        recovery=chance.choice((50_000_000, 500_000_000)), fee=chance.choice((0, 10**6)),
        reservation=chance.choice((0, 0, 10_000_000)),
    )  # fmt: skip
    return choices, [
        Tick(
            produced=chance.randrange(100, 2_000),
            q_takes=chance.randrange(1_000),
            s_takes=chance.randrange(800),
            q_opens=chance.choice((0, 0, ENT, 2 * ENT)),
            s_opens=chance.choice((0, 0, ENT, 2 * ENT)),
            q_closes=chance.random() < 0.1,
            level=chance.random() < 0.4,
            trades=chance.random() < 0.2,
        )
        for _ in range(TICKS)
    ]


@dataclass
class Community:
    """The honest commands on a chain, and what is physically true: registers and what U holds."""

    chain: LightChain
    fee: int
    producers: tuple[str, ...]
    """Meters through which energy flows into U: P's, and Y's where the adversary is there."""
    held_wh: int = 2 * FIRST_WH
    registers: dict[str, int] = field(default_factory=dict)
    unread_wh: dict[str, int] = field(default_factory=lambda: {"Q": 0, "S": 0})
    drawn_wh: dict[str, int] = field(default_factory=lambda: {"Q": 0, "S": 0})
    """What sessions gave to Q and S and what they had really taken since the reading before; not what was made up."""
    handed: BindMeter | None = None
    """The consent of S to bind a new meter at W as it stands, showing 1,500 Wh."""

    def __post_init__(self) -> None:
        self.registers = {key: 0 for key, *_ in METERS_BOUND} | {"mP": FIRST_WH, "mY": FIRST_WH, NEW_METER: 0}

    def flow(self, tick: Tick) -> None:
        """What flows in the quarter of an hour that ends now, before the block of its readings."""
        for key in self.producers:
            self.registers[key] += tick.produced
            self.held_wh += tick.produced
        session = self.chain.state.get(SESSIONS, address("Q") + address("U"))
        if session is not None:
            self.held_wh -= min(tick.q_takes, session.energy_wh)
        self.registers["cQ"] += tick.q_takes
        self.unread_wh["Q"] += tick.q_takes
        self.unread_wh["S"] += tick.s_takes
        for key in ("cS", NEW_METER):
            self.registers[key] += tick.s_takes

    def act(self, tick: Tick, number: int) -> None:
        """The honest commands of a tick's block."""
        self.measure()
        chain = self.chain
        if tick.q_closes:
            self._send("Q", CloseSession(address("U")))
        for name, unit, amount in (("Q", "U", tick.q_opens), ("S", "W", tick.s_opens)):
            if amount and self._is_measured(name, unit):
                self._send(name, OpenSession(address(unit), amount, 0))
        if tick.trades:
            self._send("P", PlaceOrder(1, Side.SELL, OrderKind.LIMIT, PRICE, ENT, 0))
            self._send("Q", PlaceOrder(1, Side.BUY, OrderKind.LIMIT, PRICE, ENT, 0))
        if number % 2:
            shown = NEW_OPENING_WH + self.registers[NEW_METER]
            terms = terms_of(
                NEW_METER, "W", "S", MeterKind.CONSUMPTION, opening_ms=chain.time_ms, opening=shown, power_w=11_000
            )
            self.handed = binding_of(chain.genesis, NEW_METER, "S", terms)
        if tick.level:
            read(chain, "mU", self.held_wh, chain.time_ms)

    def measure(self) -> None:
        """The honest meters say what they show."""
        now = self.chain.time_ms
        read(self.chain, "mP", self.registers["mP"], now)
        shown = [("Q", "cQ", self.registers["cQ"]), ("S", "cS", self.registers["cS"])]
        if self.handed is not None:
            shown.append(("S", NEW_METER, NEW_OPENING_WH + self.registers[NEW_METER]))
        for name, key, register in shown:
            code, events = read(self.chain, key, register, now)
            drawn_wh = sum(event.energy_wh for event in events if isinstance(event, EnergyDrawn))
            self.drawn_wh[name] += min(drawn_wh, self.unread_wh[name])
            if code == "":
                self.unread_wh[name] = 0

    def _is_measured(self, name: str, unit: str) -> bool:
        """A household opens sessions only where a meter of its own measures them."""
        key = address(unit) + address(name) + bytes((MeterKind.CONSUMPTION,))
        return self.chain.state.get(BINDINGS, key) is not None

    def retire(self) -> None:
        """The honest households close what is open."""
        for name, unit in (("Q", "U"), ("S", "W")):
            self._send(name, CloseSession(address(unit)))
        for name in ("P", "Q"):
            state = self.chain.state
            numbers = [key[24:] for key in state.scan(ORDERS_BY_OWNER, address(name))]
            for key in numbers:
                self._send(name, CancelOrder(1, int.from_bytes(key, "big")))

    def _send(self, name: str, payload: Value) -> None:
        self.chain.send(name, payload, fee=self.fee)
