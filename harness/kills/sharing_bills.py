"""The bills of a community that was killed all week: as the ledger has it, and proven by a file and the genesis.

Each member's PDF is checked by a process of its own, whose home is empty, with no node on the machine; of its bill the
attachments and the genesis are all that counts. Then a digit is changed in the attachment of each, somewhere else in
every bill.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from harness.billing_extra import PROGRAM, lacking
from harness.kills.changed_digit import CHECKS, with_other_digit
from harness.kills.sharing import SharingKilling
from harness.processes import Outcome, run
from ledger.keys.address import format_address
from nodechain.billing.archive import BillArchive
from nodechain.billing.document import Bill
from nodechain.billing.member_book import MemberBook
from nodechain.client.node_client import RestClient
from nodechain.demo.sharing.bills import SETTINGS, billed_period, invented_entries
from nodechain.demo.sharing.members import FUNDS
from nodechain.files.durable_file import make_directory
from nodechain.home.testnet import PASSWORD

T = TypeVar("T")
R = TypeVar("R")
PDF_PACKAGES = ("reportlab", "pypdf", "segno", "nodechain_fonts")
FORM = "html" if lacking(PDF_PACKAGES) else "pdf"
"""Either holds the bill and its proof; PDF needs the extra `billing`."""
CURRENCY = "EUR"
AT_ONCE = 2
"""Processes that check bills side by side."""


class KilledBills:
    """Made final by commands against one of the validators."""

    def __init__(self, killing: SharingKilling) -> None:
        self._killing = killing
        self._folder = killing.folder / "bills"
        self._archive = BillArchive(killing.cluster.client)
        self.files: list[Path] = []

    def issue(self) -> None:
        """Final for all members, and written for all of them."""
        killing = self._killing
        killing.end_period()
        make_directory(self._archive.path)
        self._archive.settings.write_text(SETTINGS)
        MemberBook(self._archive.book, lambda: PASSWORD).put_all(invented_entries(killing.members.addresses()))
        final = killing.command("bill", "final", "--period", billed_period(killing.week))
        assert final.code == 0, final.out
        written = killing.command(
            "bill", "export", "--run", "1", "--form", FORM, "--out", str(self._folder), program=PROGRAM
        )
        self.files = [Path(file) for file in written.data["files"]]

    def check_sums(self) -> int:
        """On every validator what each bill says is what the ledger has; how many members were compared."""
        bills = {bill.account: bill for bill, _hashed in self._archive.bills()}
        names = {format_address(address): name for name, address in self._killing.members.addresses().items()}
        assert set(bills) == set(names), "a bill for every member, and for nobody else"
        for number in range(self._killing.cluster.count):
            with closing(RestClient(self._killing.cluster.url(number), timeout_s=60)) as api:
                for account, bill in bills.items():
                    self._check_one(api, bill, names[account])
        return len(bills)

    def _check_one(self, api: RestClient, bill: Bill, name: str) -> None:
        (entry,) = [entry for entry in bill.assets if entry.symbol == CURRENCY]
        moved = sum(int(line.amount) for line in bill.lines if line.asset == entry.asset)
        shared = sum(int(line.amount) for line in bill.lines if line.section == "sharing")
        closing_balance = sum(int(held.amount) for held in entry.closing)
        opening = sum(int(held.amount) for held in entry.opening)
        posted = self._killing.settled.posted(api, name)
        held = next(held for held in api.account(bill.account)["balances"] if held["asset"] == entry.asset)
        assert moved == closing_balance - opening == int(entry.change), name
        assert shared == -posted.due, (name, shared, posted)
        assert closing_balance == held["total"]["base"], (name, closing_balance, held)
        assert name not in self._killing.funded or closing_balance == FUNDS - posted.due, name

    def verify(self) -> int:
        """Of every file in a process of its own that has the genesis, no node and no home; receipts proven."""

        def check(file: Path) -> int:
            found = self._offline(file)
            assert found.code == 0, (file.name, found.out)
            return int(found.data["receipts"])

        return sum(self._all(check, self.files))

    def find_changed_digits(self, seed: int) -> Counter[str]:
        """In the attachment of each one digit is changed, anywhere in the bill: none passes; the answers by code."""
        chance = random.Random(seed)
        changed = [with_other_digit(file, self._folder / f"changed-{file.name}", chance) for file in self.files]

        def code_of(file: Path) -> str:
            return str(self._offline(file).error["code"])

        codes = Counter(self._all(code_of, changed))
        assert set(codes) <= CHECKS, codes
        return codes

    def _all(self, do: Callable[[T], R], what: list[T]) -> list[R]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(do, what))

    def _offline(self, file: Path) -> Outcome:
        """`bill verify` of a copy in a folder that has nothing else but the genesis; a node that nobody is."""
        place = self._folder / "elsewhere" / file.stem
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        shutil.copy(file, place / file.name)
        shutil.copy(self._killing.cluster.net.folder / "genesis", place / "genesis")
        home = place / "home"
        environment = {
            "HOME": str(home), "NODECHAIN_HOME": str(home), "NODECHAIN_NODE": "http://127.0.0.1:9",
        }  # fmt: skip
        words = ("bill", "verify", str(place / file.name), "--genesis", str(place / "genesis"), "-o", "json")
        found = run(*words, environment=environment, deadline_s=600, program=PROGRAM)
        assert not home.exists(), "nothing was needed of a home, and none was made"
        return found
