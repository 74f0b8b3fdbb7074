"""The accounts of the fund, which no key owns (rule FU1)."""

from __future__ import annotations

from typing import Final

from ledger.chain.context import Context
from ledger.keys.address import ADDRESS_BYTES
from ledger.keys.crypto import tagged_hash

FUND_ACCOUNT: Final = tagged_hash(b"nodechain/fund", b"")[:ADDRESS_BYTES]
"""The fund's: only votes, and the rules of this module, spend from it."""

FEE_ACCOUNT: Final = tagged_hash(b"nodechain/fund", b"fees")[:ADDRESS_BYTES]
"""Where the fees of a block lie until its end divides them."""


def is_fund(_context: Context, address: bytes) -> bool:
    """Whether it is the fund's account: a member, so that everybody may give to it (N2)."""
    return address == FUND_ACCOUNT


def is_account_of_fund(_context: Context, address: bytes) -> bool:
    """Whether an address is one of the fund's, so that no meter's key may have it (M11)."""
    return address in (FUND_ACCOUNT, FEE_ACCOUNT)
