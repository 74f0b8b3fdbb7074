"""A chain with agents: A, B, C and D are members, R is a robot's key and no member; D is a broker.

B has 100 of the currency; A has 80 of energy, of 100 kWh that it produced. A broker may have 10 % of what it sells.
"""

from __future__ import annotations

from typing import Any, Final

from harness.chain import ENT, ChainFixture, address, make_genesis
from ledger.agents.genesis import AGENTS_SECTION, AgentsSection
from ledger.agents.payloads import ActForOwner, AuthoriseAgent, RevokeAgent
from ledger.agents.queries import authorisation_of, used_on
from ledger.agents.schema import Authorisation
from ledger.agents.terms import AgentTerms, DayLimit, OfferSide, PriceBound, SweepTerms
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.balances import balance
from ledger.bank.genesis import GenesisBalance
from ledger.chain.envelope import Transaction
from ledger.chain.header import Receipt
from ledger.chain.section import sections_of
from ledger.encoding.codec import Value, encode
from ledger.energy.payloads import EnergyProduced
from market.transactions import PlaceOrder
from market.types import OrderKind, Side
from nodechain.modules import MODULES, REGISTRY

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 24 * HOUR_MS
NAMES: Final = ("A", "B", "C", "D", "R")
FUNDS: Final = 100 * ENT
MAX_FOR_FEES: Final = 5 * ENT


def type_number(payload: type[Value]) -> int:
    """The number of the type with this payload."""
    return next(kind.number for kind in REGISTRY.types.values() if kind.payload is payload)


def order(side: Side, price: int, quantity: int, kind: OrderKind = OrderKind.LIMIT) -> PlaceOrder:
    """Of the product that every chain has, till cancelled."""
    return PlaceOrder(1, side, kind, price, quantity, 0)


class AgentChain(ChainFixture):
    """Terms: R may place orders for A, sell 10 ENT a day at 0.2 or more, buy for 5 eEuro a day at 0.3 or less."""

    def __init__(self, *, sections: tuple[tuple[str, bytes], ...] = (), **changes: Any) -> None:
        asked: dict[str, Any] = {
            "balances": (
                GenesisBalance(address("A"), CURRENCY_ASSET, FUNDS),
                GenesisBalance(address("B"), CURRENCY_ASSET, FUNDS),
                GenesisBalance(address("U1"), CURRENCY_ASSET, ENT),
            ),
            **changes,
        }
        made = make_genesis(**asked)
        agents = AGENTS_SECTION.holding(AgentsSection(100_000_000, MAX_FOR_FEES))
        super().__init__(
            genesis=make_genesis(**asked, sections=sections_of(*made.sections, agents, *sections)), modules=MODULES
        )
        self.do("U1", EnergyProduced(1, address("A"), 100_000), fee=changes.get("minimum_fee", 0))

    def terms(self, **changes: Any) -> AgentTerms:
        """Those of the class's docstring, unless changed."""
        fields: dict[str, Any] = {
            "types": (type_number(PlaceOrder),),
            "day_limits": (DayLimit(ENERGY_ASSET, 10 * ENT), DayLimit(CURRENCY_ASSET, 5 * ENT)),
            "prices": (
                PriceBound(1, OfferSide.BUY, 300_000_000),
                PriceBound(1, OfferSide.SELL, 200_000_000),
            ),
            "sweeps": (),
            "commission": 0,
            "expires_ms": self.time_ms + 30 * DAY_MS,
            **changes,
        }
        return AgentTerms(**fields)

    def authorise(self, owner: str = "A", agent: str = "R", *, for_fees: int = 0, **changes: Any) -> Receipt:
        """Let an agent act within `terms`."""
        return self.try_(owner, AuthoriseAgent(address(agent), for_fees, self.terms(**changes)))

    def revoke(self, owner: str = "A", agent: str = "R") -> Receipt:
        """End it."""
        return self.try_(owner, RevokeAgent(address(agent)))

    def wrapped(self, payload: Value, owner: str = "A") -> ActForOwner:
        """A payload, to be sent for an owner."""
        return ActForOwner(address(owner), type_number(type(payload)), encode(payload))

    def act(self, payload: Value, owner: str = "A", agent: str = "R", *, fee: int = 0) -> Receipt:
        """An agent sends a payload for an owner."""
        return self.try_(agent, self.wrapped(payload, owner), fee=fee)

    def acting(self, payload: Value, owner: str = "A", agent: str = "R") -> Transaction:
        """The same as a transaction of a block with others."""
        return self.tx(agent, self.wrapped(payload, owner))

    def sell(self, price: int = 200_000_000, quantity: int = ENT, owner: str = "A", agent: str = "R") -> Receipt:
        """An agent offers energy for an owner."""
        return self.act(order(Side.SELL, price, quantity), owner, agent)

    def buy(self, price: int = 300_000_000, quantity: int = ENT, owner: str = "A", agent: str = "R") -> Receipt:
        """An agent wants energy for an owner."""
        return self.act(order(Side.BUY, price, quantity), owner, agent)

    def authorisation(self, owner: str = "A", agent: str = "R") -> Authorisation | None:
        """It as it is."""
        return authorisation_of(self.state, address(owner), address(agent))

    def used(self, asset: int, owner: str = "A", agent: str = "R") -> int:
        """What an agent has used of an asset today."""
        found = self.authorisation(owner, agent)
        return 0 if found is None else used_on(self.state, found, asset, self.time_ms)

    def has(self, name: str, asset: int = CURRENCY_ASSET) -> int:
        """What an account may spend."""
        return balance(self.state, address(name), asset).available


SWEEP: Final = SweepTerms(CURRENCY_ASSET, 20 * ENT, "Kunde 4711")
"""All above 20, with a reference."""
