"""One node's interface, a method a route: what comes back has been checked against the route's shape.

    with closing(NodeClient("http://127.0.0.1:8545")) as node:
        print(node.status()["height"], node.account("nrg1...")["balances"])

Every method raises the errors of `nodechain.errors`: `Unreachable` and `TimedOut` where no answer comes, `BadAnswer`
for one that is none of a node's, `NotFound`, `Refused`, `UsageError` and others for a problem that the node reports.
Lists that the node gives in pages come whole. What is answered is believed: `nodechain.light` proves it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from nodechain.client.agent_reads import AgentReads
from nodechain.client.answers.bank import AccountView, AssetsAnswer, Movement, StatementView
from nodechain.client.answers.billing import BillingView, BillRuns, BillRunView, IssuedBill
from nodechain.client.answers.billing_documents import BillDocument, BillDocuments
from nodechain.client.answers.billing_office import BillFile, ListedBill
from nodechain.client.answers.blocks import BlockView, BlockViews, GenesisAnswer
from nodechain.client.answers.certificates import (
    CertificateAnswer,
    CertificateHoldings,
    CertificateOffers,
    CertificatesView,
    GeneratorDays,
    Generators,
    Retirements,
)
from nodechain.client.answers.deals import AccountDeals, AccountSwaps, DealAnswer, SwapAnswer, Swaps
from nodechain.client.answers.energy import (
    EnergyView,
    Sessions,
    SessionView,
    UnitAnswer,
    Units,
    UnitView,
)
from nodechain.client.answers.feeds import FeedAnswer, FeedHistory, Feeds
from nodechain.client.answers.fund import FundSpends, FundView, Sponsorships
from nodechain.client.answers.governance import Addresses, ClosedVotes, Parameters, Votes
from nodechain.client.answers.groups import GroupAnswer, GroupMembers, GroupPreviewView, Groups, MemberGroups
from nodechain.client.answers.light import FreshHeadAnswer, LightBlockAnswer, SetChanges
from nodechain.client.answers.market import BookView, OrderAnswer, Orders, OrderView, Products, Trades
from nodechain.client.answers.metering import ListedMeter, Meters, MeterView
from nodechain.client.answers.peers import PeerViews
from nodechain.client.answers.proofs import DecisionProof, ItemProof, ProofAnswer, StateProofs
from nodechain.client.answers.receipts import AccountReceipts
from nodechain.client.answers.resolutions import BallotView, ResolutionAnswer, Resolutions
from nodechain.client.answers.series import SeriesSlot, SeriesView
from nodechain.client.answers.snapshots import Snapshots
from nodechain.client.answers.status import ClockView, StatusView
from nodechain.client.answers.together import AccountTogether, TogetherView
from nodechain.client.answers.transactions import BatchAnswer, ReceiptView, TransactionAnswer
from nodechain.client.answers.validators import EvidenceView, OffenceView, ValidatorRecord, Validators
from nodechain.client.bank_reads import BankReads
from nodechain.client.joining_reads import AttestationReads, JoiningReads
from nodechain.client.memo_reads import MemoReads
from nodechain.client.origin_reads import OriginReads
from nodechain.client.paging import pages_of
from nodechain.client.rest import NodeApi, escaped
from nodechain.client.sharing_reads import GridReads, SharingReads
from nodechain.errors import BadAnswer

T = TypeVar("T")

FORM_S: Final = 120
"""So long a node may take for a form of a bill: it proves it first."""


class RestClient:
    """Asks one node. `timeout_s` for each answer; a call that waits for a decision adds the time that it waits.

    `sign_in` is asked for a token, once, when the node shows something only to who has signed in
    (`nodechain.client.login.sign_in`).
    """

    def __init__(self, url: str, *, timeout_s: float = 10.0, sign_in: Callable[[NodeApi], str] | None = None) -> None:
        """Raises `UsageError` (bad_url)."""
        self.api = NodeApi(url, timeout_s=timeout_s, sign_in=sign_in)
        self.chain = ChainReads(self.api)
        self.light = LightReads(self.api)
        self.market = MarketReads(self.api)
        self.bills = BillReads(self.api)
        self.sharing = SharingReads(self.api)
        self.grid = GridReads(self.api)
        self.feeds = FeedReads(self.api)
        self.groups = GroupReads(self.api)
        self.resolutions = ResolutionReads(self.api)
        self.attestations = AttestationReads(self.api)
        self.joining = JoiningReads(self.api)
        self.deals = DealReads(self.api)
        self.certificates = CertificateReads(self.api)
        self.agents = AgentReads(self.api)
        self.memos = MemoReads(self.api)
        self.fund = FundReads(self.api)
        self.origins = OriginReads(self.api)
        self.together = TogetherReads(self.api)
        self.banking = BankReads(self.api)

    @property
    def url(self) -> str:
        """The node's."""
        return self.api.url

    def close(self) -> None:
        """Hang up."""
        self.api.close()

    def status(self) -> StatusView:
        """Chain, height, pool, duty."""
        return self.api.get("/v1/status", StatusView)

    def account(self, address: str, *, height: int | None = None) -> AccountView:
        """Balances, roles and nonces; `height`: a past one whose state is kept."""
        return self.api.get(f"/v1/accounts/{escaped(address)}", AccountView, height=height)

    def statement(
        self,
        address: str,
        *,
        first: int | None = None,
        last: int | None = None,
        from_time: str | None = None,
        to_time: str | None = None,
    ) -> list[Movement]:
        """Movements from events, oldest first, of the heights from `first` to `last`, or of block times.

        A time is a date (its midnight UTC), an ISO time with its zone, or ms since 1970; `to_time` itself is not in it.
        """
        query = {"from": first, "to": last, "from_time": from_time, "to_time": to_time}
        pages = pages_of(self.api, f"/v1/accounts/{escaped(address)}/statement", StatementView, query)
        return [movement for page in pages for movement in page["movements"]]

    def series(
        self,
        address: str,
        *,
        from_time: str | None = None,
        to_time: str | None = None,
        step: str | None = None,
        zone: str | None = None,
    ) -> list[SeriesSlot]:
        """What was metered for an account by slots: `step` quarter, day or month of a `zone` like Europe/Berlin."""
        slots: list[SeriesSlot] = []
        query = {"to_time": to_time, "step": step, "zone": zone}
        asked: object = from_time
        while True:
            page = self.api.get(f"/v1/accounts/{escaped(address)}/series", SeriesView, from_time=asked, **query)
            slots += page["slots"]
            if page["next"] is None:
                return slots
            if asked == page["next"]:
                raise BadAnswer(f"{self.url} gives the same slots again")
            asked = page["next"]

    def energy(self) -> EnergyView:
        """Supply, backing, imbalance, rates."""
        return self.api.get("/v1/energy", EnergyView)

    def units(self) -> list[UnitView]:
        """Storage units."""
        return [unit for page in pages_of(self.api, "/v1/units", Units, {}) for unit in page["units"]]

    def unit(self, address: str) -> UnitView:
        """One storage unit."""
        return self.api.get(f"/v1/units/{escaped(address)}", UnitAnswer)["unit"]

    def sessions(
        self, *, consumer: str | None = None, unit: str | None = None, state: str | None = None
    ) -> list[SessionView]:
        """Consumption sessions, of a consumer or at a unit; open ones, or with the state `waiting` those that ended."""
        query = {"consumer": consumer, "unit": unit, "state": state}
        pages = pages_of(self.api, "/v1/sessions", Sessions, query)
        return [session for page in pages for session in page["sessions"]]

    def votes(self) -> Votes:
        """Open votes, and how many voters there are."""
        return self.api.get("/v1/votes", Votes)

    def assets(self) -> AssetsAnswer:
        """The chain's assets."""
        return self.api.get("/v1/assets", AssetsAnswer)

    def parameters(self) -> Parameters:
        """Parameters in force."""
        return self.api.get("/v1/parameters", Parameters)

    def meters(self) -> list[ListedMeter]:
        """Meters, and when each was heard last."""
        return [meter for page in pages_of(self.api, "/v1/meters", Meters, {}) for meter in page["meters"]]

    def meter(self, key: bytes) -> MeterView:
        """What the chain knows of a meter key; raises `NotFound`."""
        return self.api.get(f"/v1/meters/{key.hex()}", MeterView)

    def transaction(self, identity: str) -> TransactionAnswer:
        """A transaction and its receipt; raises `NotFound`."""
        return self.api.get(f"/v1/transactions/{escaped(identity)}", TransactionAnswer)

    def submit(self, raw: bytes, *, wait_s: int = 0) -> TransactionAnswer:
        """Hand over a transaction in canonical bytes; `wait_s`: how long to wait for its decision."""
        query = f"?wait=decided&timeout={wait_s}" if wait_s else ""
        return self.api.post(f"/v1/transactions{query}", raw, TransactionAnswer, timeout_s=wait_s).data

    def submit_batch(self, raw: bytes, *, wait_s: int) -> BatchAnswer:
        """Hand over many (a MessagePack array of byte strings) and wait for their decision."""
        path = f"/v1/transactions/batch?wait=decided&timeout={wait_s}"
        return self.api.post(path, raw, BatchAnswer, timeout_s=wait_s).data

    def move_clock(self, time_ms: int, *, block: bool = False) -> ClockView:
        """Move the clock of a simulated chain; `block`: and make a block at once."""
        return self.api.post_json("/v1/clock", {"time_ms": time_ms, "block": block}, ClockView).data


class ChainReads:
    """Blocks, validators, peers, snapshots."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def genesis(self) -> GenesisAnswer:
        """The chain's genesis in canonical bytes."""
        return self._api.get("/v1/genesis", GenesisAnswer)

    def block(self, name: str) -> BlockView:
        """A block by height, hash or `latest`."""
        return self._api.get(f"/v1/blocks/{escaped(name)}", BlockView)

    def headers(self, first: int, last: int) -> BlockViews:
        """Headers of a range."""
        return self._api.get("/v1/headers", BlockViews, **{"from": first, "to": last})

    def receipt(self, identity: str) -> ReceiptView:
        """The receipt of a transaction."""
        return self._api.get(f"/v1/receipts/{escaped(identity)}", ReceiptView)

    def validators(self) -> Validators:
        """Validators of the next height."""
        return self._api.get("/v1/validators", Validators)

    def closed_votes(self, *, limit: int = 20, cursor: str | None = None) -> ClosedVotes:
        """Votes that have ended, newest first, with everybody's choice: a page."""
        return self._api.get("/v1/votes/closed", ClosedVotes, limit=limit, cursor=cursor)

    def validator_record(self, *, blocks: int | None = None) -> ValidatorRecord:
        """What the validators did in the last blocks."""
        return self._api.get("/v1/validators/record", ValidatorRecord, blocks=blocks)

    def voters(self) -> list[str]:
        """Voters' addresses."""
        return [entry for page in pages_of(self._api, "/v1/voters", Addresses, {}) for entry in page["addresses"]]

    def members(self) -> list[str]:
        """Admitted members' addresses."""
        return [entry for page in pages_of(self._api, "/v1/members", Addresses, {}) for entry in page["addresses"]]

    def peers(self) -> PeerViews:
        """Who may connect, and who is connected."""
        return self._api.get("/v1/peers", PeerViews)

    def evidence(self) -> list[OffenceView]:
        """Punished equivocations."""
        return [
            offence for page in pages_of(self._api, "/v1/evidence", EvidenceView, {}) for offence in page["evidence"]
        ]

    def snapshots(self) -> Snapshots:
        """Snapshots for nodes that join."""
        return self._api.get("/v1/snapshots", Snapshots)

    def snapshot_about(self, height: int) -> bytes:
        """What a snapshot says of itself, canonical bytes."""
        return self._api.get_bytes(f"/v1/snapshots/{height}/about")

    def snapshot_chunk(self, height: int, number: int) -> bytes:
        """A chunk of a snapshot, canonical bytes."""
        return self._api.get_bytes(f"/v1/snapshots/{height}/{number}")


class LightReads:
    """What proves itself."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def block(self, height: int | str) -> str:
        """Header, certificate and validators of a height or `latest`, in hex."""
        return self._api.get(f"/v1/light/blocks/{height}", LightBlockAnswer)["block"]

    def freshness(self) -> FreshHeadAnswer:
        """The node's head, and what validators said last of it."""
        return self._api.get("/v1/light/freshness", FreshHeadAnswer)

    def changes(self, first: int, limit: int) -> list[int]:
        """Heights from `first` on whose block hands over to other validators."""
        return self._api.get("/v1/light/changes", SetChanges, **{"from": first, "limit": limit})["changes"]

    def state(self, keys: Sequence[bytes]) -> StateProofs:
        """Proofs of up to 64 state entries at the head, with its header; raises `BadAnswer` for another number."""
        query = "&".join(f"key={key.hex()}" for key in keys)
        found = self._api.get(f"/v1/light/state?{query}", StateProofs)
        if len(found["proofs"]) != len(keys):
            raise BadAnswer(f"{len(keys)} proofs were asked for, {len(found['proofs'])} came")
        return found

    def transaction(self, height: int, index: int) -> ItemProof:
        """A transaction with its proof."""
        return self._api.get(f"/v1/light/transactions/{height}/{index}", ItemProof)

    def receipt(self, height: int, index: int) -> ItemProof:
        """A receipt with its proof; 0 is the block's own."""
        return self._api.get(f"/v1/light/receipts/{height}/{index}", ItemProof)

    def decision(self, height: int, index: int) -> DecisionProof:
        """A transaction, its receipt and the header, with proofs."""
        return self._api.get(f"/v1/light/decisions/{height}/{index}", DecisionProof)

    def entry(self, table: str, key: bytes) -> ProofAnswer:
        """Proof of a state entry at the head."""
        return self._api.get(f"/v1/proofs/{escaped(table)}/{key.hex() or '-'}", ProofAnswer)


class BillReads:
    """Numbers of bills, and the receipts that bills are made of."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def billing(self) -> BillingView:
        """Who numbers bills, and the next number; raises `NotFound` (module_off) where nobody does."""
        return self._api.get("/v1/billing", BillingView)

    def runs(self) -> list[BillRunView]:
        """Runs of bills, the newest first."""
        return [run for page in pages_of(self._api, "/v1/billing/runs", BillRuns, {}) for run in page["runs"]]

    def bill(self, number: int) -> IssuedBill:
        """What the chain knows of a bill."""
        return self._api.get(f"/v1/billing/bills/{number}", IssuedBill)

    def documents(self, account: str) -> list[ListedBill]:
        """An account's bills in the home of this node, the newest first; raises `NotYours`."""
        return self._api.get("/v1/billing/documents", BillDocuments, account=account)["documents"]

    def document(self, number: int) -> BillDocument:
        """A bill in the home of this node; raises `NotFound` (no_document), `NotYours`."""
        return self._api.get(f"/v1/billing/documents/{number}", BillDocument)

    def form(self, number: int, form: str) -> bytes:
        """A bill in a form; raises what the node says where it cannot be made."""
        path = f"/v1/billing/documents/{number}/forms"
        file = self._api.post_json(path, {"form": form}, BillFile, timeout_s=FORM_S).data
        try:
            return base64.b64decode(file["data"], validate=True)
        except binascii.Error as error:
            raise BadAnswer(f"{self._api.url} gives no file") from error

    def receipts(self, address: str, *, first: int = 0, last: int | None = None) -> Iterator[AccountReceipts]:
        """Pages of the receipts that name an account, oldest first, of heights from `first` to `last`."""
        query = {"from": first, "to": last}
        return pages_of(self._api, f"/v1/accounts/{escaped(address)}/receipts", AccountReceipts, query)


class GroupReads:
    """Groups, shares, what a member would get."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def pages(self) -> Iterator[Groups]:
        """All groups, a page at a time; raises `NotFound` (module_off) where there are none."""
        return pages_of(self._api, "/v1/groups", Groups, {})

    def group(self, number: int) -> GroupAnswer:
        """A group."""
        return self._api.get(f"/v1/groups/{number}", GroupAnswer)

    def members(self, number: int) -> Iterator[GroupMembers]:
        """Who has which share, a page at a time."""
        return pages_of(self._api, f"/v1/groups/{number}/members", GroupMembers, {})

    def of_account(self, address: str) -> MemberGroups:
        """The groups that an account is in."""
        return self._api.get(f"/v1/groups/accounts/{escaped(address)}", MemberGroups)

    def preview(self, number: int, address: str, amount: int) -> GroupPreviewView:
        """What an account would get of `amount` base units of the currency, or of what is there (0)."""
        return self._api.get(f"/v1/groups/{number}/preview/{escaped(address)}", GroupPreviewView, amount=amount)


class FundReads:
    """The community's fund."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def show(self) -> FundView:
        """Balance, what came in and went out, budgets, terms; raises `NotFound` (module_off) where there is none."""
        return self._api.get("/v1/fund", FundView)

    def spends(self) -> Iterator[FundSpends]:
        """Payments by number, a page at a time."""
        return pages_of(self._api, "/v1/fund/spends", FundSpends, {})

    def sponsors(self, address: str) -> Iterator[Sponsorships]:
        """Whose admission fees an account has agreed to pay, a page at a time."""
        return pages_of(self._api, f"/v1/fund/sponsors/{escaped(address)}", Sponsorships, {})


class TogetherReads:
    """Points and the board."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def show(self) -> TogetherView:
        """Rules, boards, seasons that ended; raises `NotFound` (module_off) where there are none."""
        return self._api.get("/v1/together", TogetherView)

    def account(self, address: str) -> AccountTogether:
        """What an account has earned in open seasons."""
        return self._api.get(f"/v1/together/accounts/{escaped(address)}", AccountTogether)


class DealReads:
    """Open deals and swaps."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def deal(self, number: int) -> DealAnswer:
        """An open deal; raises `NotFound` (unknown_deal) where it has ended, too."""
        return self._api.get(f"/v1/deals/{number}", DealAnswer)

    def of_account(self, address: str) -> Iterator[AccountDeals]:
        """The open deals that an account is in, a page at a time."""
        return pages_of(self._api, f"/v1/deals/accounts/{escaped(address)}", AccountDeals, {})

    def swap(self, number: int) -> SwapAnswer:
        """An open swap."""
        return self._api.get(f"/v1/swaps/{number}", SwapAnswer)

    def swaps(self) -> Iterator[Swaps]:
        """Open swaps, a page at a time."""
        return pages_of(self._api, "/v1/swaps", Swaps, {})

    def swaps_of(self, address: str) -> Iterator[AccountSwaps]:
        """The open swaps that an account offers, a page at a time."""
        return pages_of(self._api, f"/v1/swaps/accounts/{escaped(address)}", AccountSwaps, {})

    def swaps_for(self, address: str) -> Iterator[AccountSwaps]:
        """The open swaps that only an account may take, a page at a time."""
        return pages_of(self._api, f"/v1/swaps/named/{escaped(address)}", AccountSwaps, {})


class CertificateReads:
    """Generators and certificates."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def generators(self) -> Iterator[Generators]:
        """Production registers, a page at a time."""
        return pages_of(self._api, "/v1/generators", Generators, {})

    def days(self, account: str, unit: str) -> Iterator[GeneratorDays]:
        """What a generator metered day by day, a page at a time; raises `NotFound` (unknown_generator)."""
        return pages_of(self._api, f"/v1/generators/{escaped(account)}/days", GeneratorDays, {"unit": unit})

    def sums(self) -> CertificatesView:
        """How certificates are offered, and sums of all; raises `NotFound` (module_off) where there are none."""
        return self._api.get("/v1/certificates", CertificatesView)

    def show(self, number: int) -> CertificateAnswer:
        """A certificate."""
        return self._api.get(f"/v1/certificates/{number}", CertificateAnswer)

    def offers(self) -> Iterator[CertificateOffers]:
        """Parts that are offered, a page at a time."""
        return pages_of(self._api, "/v1/certificates/offers", CertificateOffers, {})

    def held_by(self, address: str) -> Iterator[CertificateHoldings]:
        """What an account holds, a page at a time."""
        return pages_of(self._api, f"/v1/certificates/accounts/{escaped(address)}", CertificateHoldings, {})

    def retired_for(self, address: str) -> Iterator[Retirements]:
        """What was used up for an account, a page at a time."""
        return pages_of(self._api, f"/v1/certificates/retirements/{escaped(address)}", Retirements, {})


class FeedReads:
    """Feeds: the value in force, who reports, what was in force."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def pages(self) -> Iterator[Feeds]:
        """All feeds, a page at a time; raises `NotFound` (module_off) where there are none."""
        return pages_of(self._api, "/v1/feeds", Feeds, {})

    def show(self, number: int) -> FeedAnswer:
        """A feed with its reporters."""
        return self._api.get(f"/v1/feeds/{number}", FeedAnswer)

    def history(self, number: int, *, first: str | None = None) -> FeedHistory:
        """What was in force for a day from a time on; None: the last 24 hours."""
        return self._api.get(f"/v1/feeds/{number}/history", FeedHistory, **{"from": first})


class ResolutionReads:
    """What members are asked, and what one has said."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def pages(self) -> Iterator[Resolutions]:
        """All resolutions, a page at a time; raises `NotFound` (module_off) where there are none."""
        return pages_of(self._api, "/v1/resolutions", Resolutions, {})

    def show(self, number: int) -> ResolutionAnswer:
        """A resolution."""
        return self._api.get(f"/v1/resolutions/{number}", ResolutionAnswer)

    def ballot(self, number: int, address: str) -> BallotView:
        """What an account has said of one that is open."""
        return self._api.get(f"/v1/resolutions/{number}/ballots/{escaped(address)}", BallotView)


class MarketReads:
    """Products, orders, trades."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def products(self) -> Products:
        """What is traded."""
        return self._api.get("/v1/market/products", Products)

    def book(self, *, product: int | None = None, depth: int = 20) -> BookView:
        """Best orders of a product (None: the first), `depth` a side."""
        return self._api.get("/v1/market/book", BookView, product=product, depth=depth)

    def orders(self, *, product: int | None = None, owner: str | None = None) -> list[OrderView]:
        """Open orders, of a product, an owner, or all."""
        pages = pages_of(self._api, "/v1/market/orders", Orders, {"product": product, "owner": owner})
        return [order for page in pages for order in page["orders"]]

    def order(self, number: int, *, product: int | None = None) -> OrderView:
        """One open order of a product (None: the first)."""
        return self._api.get(f"/v1/market/orders/{number}", OrderAnswer, product=product)["order"]

    def trades(self, *, product: int | None = None, limit: int = 20) -> Trades:
        """Latest trades (of a product), newest first."""
        return self._api.get("/v1/market/trades", Trades, product=product, limit=limit)
