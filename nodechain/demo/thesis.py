"""Sections 6.3 to 6.5 of the thesis on a real node: each step's values beside those that it must have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.payloads import MintCurrency, SetBanker, Transfer
from ledger.encoding.codec import Value
from ledger.energy.payloads import EnergyConsumed, EnergyProduced, OpenSession, RegisterUnit
from ledger.governance.payloads import AddVoter, CastVote, RemoveVoter
from ledger.keys.address import format_address
from market.transactions import PlaceOrder
from market.types import FIRST_PRODUCT, OrderKind, Side
from nodechain.demo.wallet import NamedPayload, Wallet

NAMES: Final = ("a", "b", "c", "u1", "u2")
ENT: Final = 10**9


@dataclass(frozen=True, slots=True)
class Compared:
    """A value of the ledger beside the one that the thesis (as the protocol corrects it) expects."""

    section: str
    step: str
    what: str
    expected: str
    found: str

    @property
    def right(self) -> bool:
        """Whether they are equal to the last digit."""
        return self.expected == self.found


class ThesisPlay:
    """The scenario; `play` yields each comparison as it is made."""

    def __init__(self, wallet: Wallet) -> None:
        self._wallet = wallet
        self._section = self._step = ""

    def play(self) -> Iterator[Compared]:
        """All three sections."""
        yield from self._voting()
        yield from self._energy()
        yield from self._market()

    def _submit(self, name: str, payload: Value) -> None:
        self._wallet.submit([NamedPayload(name.lower(), payload)])

    def _vote(self, action: Value, *names: str) -> None:
        for name in names:
            self._submit(name, CastVote(action, True))

    def _at(self, section: str, step: str) -> None:
        self._section, self._step = section, step

    def _same(self, what: str, expected: str, found: object) -> Compared:
        return Compared(self._section, self._step, what, expected, str(found))

    def _account(self, name: str) -> bytes:
        """Keys have small letters, the thesis' accounts capitals."""
        return self._wallet.address(name.lower())

    def _text(self, name: str) -> str:
        return format_address(self._account(name))

    def _held(self, name: str, asset: str, part: str) -> str:
        balances = {held["asset"]: held for held in self._wallet.account(name.lower())["balances"]}
        parts: Any = balances[asset]
        return str(parts[part]["tokens"])

    def _totals(self) -> Any:
        return self._wallet.api.energy()

    def _unit_free(self, name: str) -> int:
        return self._wallet.api.unit(self._text(name))["available_wh"]

    def _session_wh(self, consumer: str, unit: str) -> list[int]:
        query = {"consumer": self._text(consumer), "unit": self._text(unit)}
        return [entry["energy_wh"] for entry in self._wallet.api.sessions(**query)]

    def _voting(self) -> Iterator[Compared]:
        a = self._account
        self._at("6.3", "A makes B a voter; A and B make C one, and take the role again")
        self._vote(AddVoter(a("B")), "A")
        self._vote(AddVoter(a("C")), "A")
        yield self._same("voters while C has one of two votes", "2", self._wallet.api.votes()["voters"])
        self._vote(AddVoter(a("C")), "B")
        yield self._same("voters", "3", self._wallet.api.votes()["voters"])
        self._vote(RemoveVoter(a("C")), "A", "B")
        yield self._same("voters", "2", self._wallet.api.votes()["voters"])

    def _energy(self) -> Iterator[Compared]:
        a = self._account
        self._at("6.4", "A and B register U1 and U2 of C; A produces 10 kWh in U1")
        for unit in ("U1", "U2"):
            self._vote(RegisterUnit(a(unit), a("C"), 0, 0), "A", "B")
        self._submit("U1", EnergyProduced(1, a("A"), 10_000))
        yield self._same("A, ENT", "8", self._held("A", "ENT", "available"))
        yield self._same("C, ENT", "2", self._held("C", "ENT", "available"))
        yield self._same("U1, Wh", "10000", self._unit_free("U1"))

        self._at("6.4", "C opens a session of 2 ENT at U1 and draws 1 kWh")
        self._submit("C", OpenSession(a("U1"), 2 * ENT, 0))
        self._submit("U1", EnergyConsumed(2, a("C"), 1_000))
        yield self._same("C, ENT locked", "1", self._held("C", "ENT", "session"))
        yield self._same("ENT in circulation", "9", self._totals()["supply"]["tokens"])
        yield self._same("network, Wh", "9000", self._totals()["network_wh"])

        self._at("6.4", "2 kWh are drawn where 1 is left: the session ends, the network is short of 1 kWh")
        self._submit("U1", EnergyConsumed(3, a("C"), 2_000))
        yield self._same("ENT in circulation", "8", self._totals()["supply"]["tokens"])
        yield self._same("network, Wh", "7000", self._totals()["network_wh"])
        yield self._same("R, ENT/kWh", "0.05", self._totals()["rate"]["tokens"])
        yield self._same("kWh to equilibrium", "20.000", self._totals()["kwh_to_balance_by_drawing"])

        self._at("6.4", "B produces 10 kWh in U2, which pays half of the gap")
        self._submit("U2", EnergyProduced(1, a("B"), 10_000))
        yield self._same("B, ENT", "7.6", self._held("B", "ENT", "available"))
        yield self._same("C, ENT", "1.9", self._held("C", "ENT", "available"))
        yield self._same("gap, ENT", "0.5", self._totals()["difference"]["tokens"])
        yield from self._equilibrium()

    def _equilibrium(self) -> Iterator[Compared]:
        a = self._account
        self._at("6.4", "B gives its ENT to A, who opens sessions of 7.35 and 8.25 ENT and draws all of the first")
        self._submit("B", Transfer(ENERGY_ASSET, a("A"), 7_600_000_000))
        self._submit("A", OpenSession(a("U1"), 7_350_000_000, 0))
        self._submit("A", OpenSession(a("U2"), 8_250_000_000, 0))
        yield self._same("at U1, Wh", "[7000]", self._session_wh("A", "U1"))
        yield self._same("at U2, Wh", "[7857]", self._session_wh("A", "U2"))
        self._submit("U1", EnergyConsumed(4, a("A"), 7_000))
        yield self._same("gap, ENT", "0.15", self._totals()["difference"]["tokens"])

        self._at("6.4", "A draws 7.857 kWh: equilibrium after 3 of them, and what was locked too much comes back")
        self._submit("U2", EnergyConsumed(2, a("A"), 7_857))
        yield self._same("gap, ENT", "0", self._totals()["difference"]["tokens"])
        yield self._same("R, ENT/kWh", "0", self._totals()["rate"]["tokens"])
        yield self._same("A, ENT", "0.243", self._held("A", "ENT", "available"))

    def _market(self) -> Iterator[Compared]:
        a = self._account
        self._at("6.5", "A and B make C the banker; C mints 10 eEuro to A")
        self._vote(SetBanker(a("C")), "A", "B")
        self._submit("C", MintCurrency(CURRENCY_ASSET, a("A"), 10 * ENT))
        yield self._same("A, eEuro", "10", self._held("A", "EEURO", "available"))

        self._at("6.5", "C sells 1.9 ENT at 0.5, A buys 10 at 1: 1.9 trade for 0.95")
        self._submit("C", PlaceOrder(FIRST_PRODUCT, Side.SELL, OrderKind.LIMIT, ENT // 2, 1_900_000_000, 0))
        self._submit("A", PlaceOrder(FIRST_PRODUCT, Side.BUY, OrderKind.LIMIT, ENT, 10 * ENT, 0))
        bids = self._wallet.api.market.book()["bids"]
        yield self._same("A's order, ENT left", "['8.1']", [bid["quantity"]["tokens"] for bid in bids])
        yield self._same("A, eEuro available", "0.95", self._held("A", "EEURO", "available"))
        yield self._same("A, eEuro locked", "8.1", self._held("A", "EEURO", "order"))
        yield self._same("A, ENT", "2.143", self._held("A", "ENT", "available"))
        yield self._same("C, eEuro", "0.95", self._held("C", "EEURO", "available"))


def play_thesis(wallet: Wallet, show: Callable[[Compared], None]) -> list[Compared]:
    """Play and compare everything; `show` sees each comparison."""
    found = []
    for compared in ThesisPlay(wallet).play():
        show(compared)
        found.append(compared)
    return found
