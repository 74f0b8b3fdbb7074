"""Currency in and out, as a node tells of it: part of `node_client`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from nodechain.client.answers.reserves import Reserves
from nodechain.client.answers.withdrawals import (
    AccountWithdrawals,
    BankLines,
    BankLineView,
    Withdrawals,
    WithdrawalView,
)
from nodechain.client.paging import pages_of
from nodechain.client.rest import NodeApi, escaped

LINES_AT_ONCE: Final = 100
"""As many as a node answers for at once."""


class BankReads:
    """Currency in and out: withdrawals, lines of banks, reserves."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def withdrawals(self) -> tuple[list[WithdrawalView], int]:
        """What waits to be paid out, of everybody (for the banker), and the time of the last block."""
        pages = list(pages_of(self._api, "/v1/withdrawals", Withdrawals, {}))
        return [entry for page in pages for entry in page["withdrawals"]], pages[-1]["time_ms"]

    def of_account(self, address: str) -> AccountWithdrawals:
        """What an account asks to be paid out."""
        return self._api.get(f"/v1/accounts/{escaped(address)}/withdrawals", AccountWithdrawals)

    def lines(self, hashes: Sequence[str]) -> list[BankLineView]:
        """What was done for lines of banks' statements (for the banker), by their hashes."""
        found: list[BankLineView] = []
        for first in range(0, len(hashes), LINES_AT_ONCE):
            asked = ",".join(hashes[first : first + LINES_AT_ONCE])
            found += self._api.get("/v1/bank/lines", BankLines, hashes=asked)["lines"]
        return found

    def reserves(self) -> Reserves:
        """What lies at the bank, as is attested, against what exists."""
        return self._api.get("/v1/bank/reserves", Reserves)
