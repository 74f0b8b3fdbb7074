"""What a genesis, or a vote that switches the module on, says of bills."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.billing.limits import MAX_TREASURERS
from ledger.chain.genesis import Genesis
from ledger.chain.section import Section, distinct
from ledger.encoding.codec import Bytes20, Value
from ledger.limits import MAX_NAME_CHARACTERS


class BillingSection(Value, frozen=True):
    """The first `treasurers`, the `account` that bills are paid to, and the text before each number of a bill."""

    treasurers: Annotated[tuple[Bytes20, ...], msgspec.Meta(min_length=1, max_length=MAX_TREASURERS)]
    account: Bytes20
    prefix: Annotated[str, msgspec.Meta(max_length=MAX_NAME_CHARACTERS, pattern="^[A-Za-z0-9/-]*\\Z")]


def _check(_genesis: Genesis, section: BillingSection) -> None:
    distinct("treasurer", list(section.treasurers))


BILLING_SECTION: Final = Section("billing", BillingSection, _check, optional=True)
