"""Tables of deals and swaps, with where to find those of an account; what has ended has no entry."""

from __future__ import annotations

from typing import Any, Final

from ledger.chain.schema import AccountCounter, DueKind, Link, Purpose
from ledger.deals.terms import SwapSide
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, AddressOrNone, Amount, AssetId, Number, TimeMs
from ledger.state.table import Table


class Deal(Value, frozen=True):
    """An open deal: `amount` is locked in the buyer's account.

    `deadline_ms`: when the buyer has it back; after a dispute, when the arbiter has not ruled by then. `disputer`: who
    called the arbiter, empty before; `evidence_hash` is what it pointed to.
    """

    number: Number
    buyer: Address
    seller: Address
    arbiter: Address
    asset: AssetId
    amount: Amount
    fee: Amount
    terms_hash: bytes
    deadline_ms: TimeMs
    disputer: AddressOrNone
    evidence_hash: bytes


class Swap(Value, frozen=True):
    """An open swap: `left` of what it gives is locked in its owner's account. `taker` is empty where anybody may."""

    number: Number
    owner: Address
    taker: AddressOrNone
    give: SwapSide
    want: SwapSide
    asset: AssetId
    left: Amount
    expires_ms: TimeMs


DEALS: Final = Table(176, "deals", "deal", Deal)
ACCOUNT_DEALS: Final = Table(177, "account_deals", "account deal", Link, group=20)
SWAPS: Final = Table(178, "swaps", "swap", Swap)
ACCOUNT_SWAPS: Final = Table(179, "account_swaps", "account swap", Link, group=20)
"""By who offers them: at most 64, so that an expulsion ends them at once."""
NAMED_SWAPS: Final = Table(180, "named_swaps", "account swap", Link, group=20)
"""By the account that alone may take them; others make these, so nothing walks over them."""

DEAL_TABLES: Final[tuple[Table[Any], ...]] = (DEALS, ACCOUNT_DEALS, SWAPS, ACCOUNT_SWAPS, NAMED_SWAPS)

OPEN_DEALS: Final = AccountCounter(176, "open_deals")
"""How many open deals an account has opened."""

OPEN_SWAPS: Final = AccountCounter(177, "open_swaps")

DEAL_LOCK: Final = Purpose(176, "deal")
SWAP_LOCK: Final = Purpose(177, "swap")

DEAL_DUE: Final = DueKind(176, "deal")
SWAP_DUE: Final = DueKind(177, "swap")

DEAL_NUMBERS: Final = b"deal"
SWAP_NUMBERS: Final = b"swap"
