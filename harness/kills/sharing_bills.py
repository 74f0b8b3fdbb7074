"""The bills of a community that was killed all week: as the ledger has it, and proven by a file and the genesis."""

from __future__ import annotations

from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from harness.kills.sharing import SharingKilling
from harness.processes import Outcome, run
from ledger.keys.address import format_address
from nodechain.billing.archive import BillArchive
from nodechain.billing.canonical import read_canonical
from nodechain.billing.document import Bill
from nodechain.billing.forms import bill_in_file
from nodechain.billing.member_book import MemberBook
from nodechain.client.node_client import RestClient
from nodechain.demo.sharing.bills import SETTINGS, billed_period, invented_entries, with_changed_digit
from nodechain.demo.sharing.members import FUNDS
from nodechain.files.durable_file import make_directory
from nodechain.home.testnet import PASSWORD

FORM = "pdf" if find_spec("reportlab") and find_spec("pypdf") else "html"
"""Either holds the bill and its proof; PDF needs the extra `billing`."""
CURRENCY = "EUR"
MAX_BILLS = 1_000


class KilledBills:
    """Made final by commands against one of the validators."""

    def __init__(self, killing: SharingKilling) -> None:
        self._killing = killing
        self._folder = killing.folder / "bills"
        self._archive = BillArchive(killing.cluster.client)
        self.files: dict[str, Path] = {}
        self.receipts = 0

    def issue(self, most: int = MAX_BILLS) -> None:
        """Final for all members, written for so many of them at most."""
        killing = self._killing
        killing.end_period()
        make_directory(self._archive.path)
        self._archive.settings.write_text(SETTINGS)
        MemberBook(self._archive.book, lambda: PASSWORD).put_all(invented_entries(killing.members.addresses()))
        assert killing.command("bill", "final", "--period", billed_period(killing.week)).code == 0
        self._folder.mkdir()
        for bill, _hashed in list(self._archive.bills())[:most]:
            file = self._folder / f"{bill.number}.{FORM}"
            assert killing.command("bill", "export", str(bill.number), "--out", str(file)).code == 0
            self.files[bill.account] = file

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
        """Of every file in one process that has the genesis and no node; receipts that were proven."""
        words = ("bill", "verify", *map(str, self.files.values()))
        found = self._offline(*words)
        shown = found.data["bills"] if len(self.files) > 1 else [found.data]
        assert len(shown) == len(self.files)
        return sum(int(bill["receipts"]) for bill in shown)

    def find_changed_digits(self) -> str:
        """In each file one digit of the bill is changed, with its own proof beside it: none passes; the last answer."""
        code = ""
        for account, file in self.files.items():
            data, proof = bill_in_file(file, file.read_bytes())
            assert read_canonical(data, Bill).account == account
            changed = self._folder / "changed.json"
            changed.write_bytes(with_changed_digit(data))
            changed.with_suffix(".proof").write_bytes(proof)
            code = str(self._offline("bill", "verify", str(changed)).error["code"])
            assert code in ("bad_proof", "root_mismatch", "proof_mismatch"), code
        return code

    def _offline(self, *words: str) -> Outcome:
        """A command with a home that does not exist and a node that nobody is."""
        genesis = str(self._killing.cluster.net.folder / "genesis")
        environment = {"NODECHAIN_HOME": str(self._folder / "none"), "NODECHAIN_NODE": "http://127.0.0.1:9"}
        return run(*words, "--genesis", genesis, "-o", "json", environment=environment, deadline_s=600)
