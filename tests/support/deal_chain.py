"""A chain with deals: A, B, C and D are members and have 100 of two currencies; an arbiter may have 10 %."""

from __future__ import annotations

from typing import Any, Final

from harness.chain import ENT, ChainFixture, address, make_genesis
from ledger.bank.assets import CURRENCY_ASSET, THESIS_ASSETS, AssetTerms, SupplyRule
from ledger.bank.balances import balance, locked
from ledger.bank.genesis import GenesisBalance
from ledger.chain.header import Receipt
from ledger.chain.section import sections_of
from ledger.deals.genesis import DEALS_SECTION, DealsSection
from ledger.deals.payloads import OfferSwap, OpenDeal
from ledger.deals.queries import deal_of, swap_of
from ledger.deals.schema import DEAL_LOCK, SWAP_LOCK, Deal, Swap
from ledger.deals.terms import SwapSide
from nodechain.modules import MODULES

HOUR_MS: Final = 3_600_000
TERMS: Final = b"\x11" * 32
PROOF: Final = b"\x22" * 32
FUNDS: Final = 100 * ENT
NAMES: Final = ("A", "B", "C", "D")
FRANC_ASSET: Final = 3
ASSETS: Final = (*THESIS_ASSETS, AssetTerms("FRANC", "CHF", 9, "CHF", SupplyRule.BANKER))
_BALANCES: Final = tuple(
    GenesisBalance(address(name), asset, FUNDS) for name in NAMES for asset in (CURRENCY_ASSET, FRANC_ASSET)
)


class DealChain(ChainFixture):
    """B buys of C, and D is the arbiter, unless said otherwise."""

    def __init__(self, *, sections: tuple[tuple[str, bytes], ...] = (), **changes: Any) -> None:
        asked: dict[str, Any] = {"balances": _BALANCES, "assets": ASSETS, **changes}
        made = make_genesis(**asked)
        deals = DEALS_SECTION.holding(DealsSection(100_000_000))
        super().__init__(
            genesis=make_genesis(**asked, sections=sections_of(*made.sections, deals, *sections)), modules=MODULES
        )

    def open(self, buyer: str = "B", amount: int = 10 * ENT, fee: int = ENT, **changes: Any) -> Receipt:
        """A deal of C's with the arbiter D, of one hour."""
        fields: dict[str, Any] = {
            "seller": address("C"),
            "arbiter": address("D"),
            "asset": CURRENCY_ASSET,
            "amount": amount,
            "fee": fee,
            "terms_hash": TERMS,
            "deadline_ms": self.time_ms + HOUR_MS,
            **changes,
        }
        return self.try_(buyer, OpenDeal(**fields))

    def offer(self, owner: str = "B", amount: int = 10 * ENT, price: int = 20 * ENT, **changes: Any) -> Receipt:
        """Currency for francs, of one hour."""
        fields: dict[str, Any] = {
            "give": SwapSide(CURRENCY_ASSET, amount),
            "want": SwapSide(FRANC_ASSET, price),
            "taker": address(owner),
            "expires_ms": self.time_ms + HOUR_MS,
            **changes,
        }
        return self.try_(owner, OfferSwap(**fields))

    def deal(self, number: int = 1) -> Deal | None:
        """It as it is."""
        return deal_of(self.state, number)

    def swap(self, number: int = 1) -> Swap | None:
        """It as it is."""
        return swap_of(self.state, number)

    def has(self, name: str, asset: int = CURRENCY_ASSET) -> int:
        """What an account may spend."""
        return balance(self.state, address(name), asset).available

    def held(self, name: str, asset: int = CURRENCY_ASSET) -> int:
        """What its deals and swaps hold."""
        return sum(locked(self.state, address(name), asset, lock) for lock in (DEAL_LOCK, SWAP_LOCK))
