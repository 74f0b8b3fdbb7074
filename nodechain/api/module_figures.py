"""Figures of slots, sharing and bills for monitoring: read from a snapshot in a thread, at most every few seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Final

from aiohttp import web

from ledger.agents.queries import count_of_authorisations
from ledger.attestations.queries import count_of_attestations
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.queries import attestations_of, outstanding, reserve_figures
from ledger.billing.queries import count_of_corrections, count_of_paid_bills, next_bill_number
from ledger.certificates.queries import certificate_sums
from ledger.deals.queries import open_deals
from ledger.debts.queries import claims_of_pool, open_debts
from ledger.feeds.queries import open_feeds
from ledger.fund.queries import books_of_fund, count_of_spends
from ledger.fund.terms import FundFlow
from ledger.grid.booking import CHARGES, CREDITS
from ledger.grid.queries import tariff_numbers
from ledger.groups.queries import figures_of_groups
from ledger.joining.queries import joining_terms
from ledger.memos.queries import count_of_memo_keys
from ledger.resolutions.queries import count_of_open_resolutions
from ledger.sharing.completeness import waiting_slots
from ledger.sharing.credit_queries import open_claims_mwh
from ledger.sharing.queries import count_of_queued_slots, scheme_numbers
from ledger.slots.queries import count_of_open_points
from ledger.together.queries import count_of_participants, oldest_open_season, season_that_runs
from nodechain.api.reading import CommittedState, reads_of
from nodechain.node import Node
from nodechain.process.worker import Worker

Figure = tuple[str, str, str, float]
"""Name (with its labels, where there are several of a name, one after the other), kind, meaning, value."""

LEAST_S: Final = 5.0
"""Between two reads: what is asked more often is told again."""


class ModuleFigures:
    """What a node tells of modules that are on."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._read_ms: int | None = None
        self._found: list[Figure] = []
        self._lock = asyncio.Lock()
        self._worker = Worker("figures")

    async def read(self) -> list[Figure]:
        """All figures, of the last seconds."""
        async with self._lock:
            now_ms = self._node.clock.monotonic_ms()
            if self._read_ms is None or now_ms - self._read_ms >= LEAST_S * 1000:
                modules, wall_ms = frozenset(self._node.app.rules.modules), self._node.clock.wall_ms()
                self._found = await self._worker.run(self._of_state, modules, wall_ms)
                self._read_ms = now_ms
            return [*self._found, *self._since_start()]

    def _of_state(self, modules: frozenset[str], wall_ms: int) -> list[Figure]:
        with self._node.app.store.snapshot() as snapshot:
            return figures_of(reads_of(self._node, snapshot, wall_ms), modules)

    def close(self) -> None:
        """Wait for a read that is under way: the store is closed after it."""
        self._worker.close()

    def _since_start(self) -> list[Figure]:
        if "sharing" not in self._node.app.rules.modules:
            return []
        counted = self._node.counted
        return [
            ("sharing_runs_total", "counter", "Runs of slots and months since start.", counted.runs),
            ("sharing_corrections_total", "counter", "Of these, second and later ones.", counted.corrections),
            ("sharing_substituted_total", "counter", "Values in these runs that nobody measured.", counted.substituted),
            (
                "sharing_differences_total",
                "counter",
                "Times that our value and the operator's of a slot differed beyond a scheme's bound, since start.",
                counted.differences,
            ),
        ]


MODULE_FIGURES: Final = web.AppKey("module_figures", ModuleFigures)


def figures_of(at: CommittedState, modules: frozenset[str]) -> list[Figure]:
    """What one state says of the modules that are on."""
    return [figure for name, figures in _OF_MODULES if name in modules for figure in figures(at)]


def _bank(at: CommittedState) -> Iterator[Figure]:
    found, whole = outstanding(at.state, CURRENCY_ASSET), 10 ** at.chain.assets[CURRENCY_ASSET - 1].decimals
    asked, marked = found.asked / whole, found.marked / whole
    yield "withdrawals_asked", "gauge", "What holders ask to be paid out, in the currency.", asked
    yield "withdrawals_marked", "gauge", "Of it, what the banker has marked and not burned yet.", marked
    newest = {}
    for number in range(CURRENCY_ASSET, len(at.chain.assets) + 1):
        said = [entry for _attester, entry in attestations_of(at.reader, number)]
        if said:
            newest[number] = max(said, key=lambda entry: entry.time_ms)
    for number, entry in newest.items():
        name = f'reserve_coverage_ratio{{asset="{at.chain.name(number)}"}}'
        coverage = reserve_figures(at.state, number, entry).coverage_ppm
        if coverage is not None:
            told = coverage / 10**6
            yield name, "gauge", "The newest attested reserves of a currency, of what exists of it now.", told
    for number, entry in newest.items():
        name = f'reserve_age_seconds{{asset="{at.chain.name(number)}"}}'
        age_ms = at.view.time_ms - entry.time_ms
        yield name, "gauge", "Since the time that the newest attested reserves of a currency are of.", age_ms / 1000


def _slots(at: CommittedState) -> Iterator[Figure]:
    yield "slots_points", "gauge", "Open metering points.", count_of_open_points(at.view)


def _sharing(at: CommittedState) -> Iterator[Figure]:
    waiting, now_ms = waiting_slots(at.view), at.view.time_ms
    age_ms = now_ms - waiting.oldest_end_ms if waiting.oldest_end_ms else 0
    debts, owed = open_debts(at.reader)
    decimals = at.chain.assets[CURRENCY_ASSET - 1].decimals
    yield "sharing_schemes", "gauge", "Schemes that were opened, closed ones too.", len(scheme_numbers(at.view))
    yield "sharing_unsettled_slots", "gauge", "Slots that are over and have no run, of all schemes.", waiting.count
    yield (
        "sharing_slots_without_rows",
        "gauge",
        "Of these, slots that lack the rows that come with each slot.",
        waiting.without_rows,
    )
    yield (
        "sharing_oldest_unsettled_seconds",
        "gauge",
        "Since the oldest slot without a run ended; 0: there is none.",
        age_ms / 1000,
    )
    yield (
        "sharing_queued_slots",
        "gauge",
        "Slots that are settled in the next blocks.",
        count_of_queued_slots(at.reader),
    )
    yield (
        "sharing_claims_kwh",
        "gauge",
        "Claims in schemes by the month, less what is owed to these in energy.",
        open_claims_mwh(at.reader) / 10**6,
    )
    yield "sharing_debts", "gauge", "What accounts owe schemes and the grid, in the currency.", owed / 10**decimals
    yield "sharing_debtors", "gauge", "Debts of one account to one of these.", debts


def _grid(at: CommittedState) -> Iterator[Figure]:
    decimals = at.chain.assets[CURRENCY_ASSET - 1].decimals
    members, operator = (claims_of_pool(at.state, pool) / 10**decimals for pool in (CHARGES, CREDITS))
    yield "grid_tariffs", "gauge", "Tariffs of the grid account.", len(tariff_numbers(at.view))
    yield "grid_members_owe", "gauge", "What members owe for the grid, in the currency.", members
    yield "grid_operator_owes", "gauge", "What the grid operator owes members, in the currency.", operator


def _billing(at: CommittedState) -> Iterator[Figure]:
    bills, paid = next_bill_number(at.view) - 1, count_of_paid_bills(at.reader, CURRENCY_ASSET)
    yield "bills", "gauge", "Final bills and corrections.", bills
    yield "bills_corrections", "gauge", "Of these, corrections.", count_of_corrections(at.reader)
    yield "bills_with_payment", "gauge", "Bills for which something was paid in the currency.", paid
    yield "bills_without_payment", "gauge", "Bills for which nothing was; one that asks for nothing too.", bills - paid


def _resolutions(at: CommittedState) -> Iterator[Figure]:
    yield "resolutions_open", "gauge", "Questions that the members are asked now.", count_of_open_resolutions(at.view)


def _groups(at: CommittedState) -> Iterator[Figure]:
    found, decimals = figures_of_groups(at.view), at.chain.assets[CURRENCY_ASSET - 1].decimals
    late_ms = at.view.time_ms - found.oldest_due_ms if found.oldest_due_ms else 0
    yield "groups", "gauge", "Groups that are open.", found.open
    yield "groups_dissolved", "gauge", "Groups that were dissolved.", found.dissolved
    yield "groups_memberships", "gauge", "Members of open groups; who is in two counts twice.", found.memberships
    yield "groups_dividing", "gauge", "Groups whose income is being divided.", found.dividing
    yield "groups_distributions_total", "counter", "Times that groups have divided their income.", found.distributions
    yield (
        "groups_oldest_due_seconds",
        "gauge",
        "Since the oldest period ended that should be divided and is not; 0: there is none.",
        max(late_ms, 0) / 1000,
    )
    yield "groups_held", "gauge", "What groups may spend, in the currency.", found.held / 10**decimals


def _feeds(at: CommittedState) -> Iterator[Figure]:
    found, now_ms = list(open_feeds(at.view)), at.view.time_ms
    yield "feeds", "gauge", "Feeds that are not ended.", len(found)
    silent = sum(each.value is None for each in found)
    yield "feeds_silent", "gauge", "Of these, those without a value: rules go by what they state for that.", silent
    for each in found:
        age_ms = now_ms - each.oldest_ms if each.oldest_ms else 0
        name = f'feed_age_seconds{{feed="{each.feed.number}"}}'
        yield name, "gauge", "Of each feed, the age of its oldest report that counts; 0: none does.", age_ms / 1000
    for each in found:
        name = f'feed_missing_reporters{{feed="{each.feed.number}"}}'
        missing = len(each.reporters) - each.counting
        yield name, "gauge", "Of each feed, reporters whose last report is too old, or who never reported.", missing


def _deals(at: CommittedState) -> Iterator[Figure]:
    deals, disputed, swaps = open_deals(at.reader)
    yield "deals_open", "gauge", "Deals that are open, disputed ones too.", deals
    yield "deals_disputed", "gauge", "Of these, deals whose arbiter is to rule.", disputed
    yield "swaps_open", "gauge", "Swaps that are offered.", swaps


def _agents(at: CommittedState) -> Iterator[Figure]:
    count = count_of_authorisations(at.reader)
    yield "agents_authorised", "gauge", "Authorisations of agents; one who acts for two counts twice.", count


def _fund(at: CommittedState) -> Iterator[Figure]:
    book = books_of_fund(at.view)[CURRENCY_ASSET - 1]
    whole, flows = 10 ** at.chain.assets[CURRENCY_ASSET - 1].decimals, book.flows
    yield "fund_held", "gauge", "What the fund has, in the currency.", book.available / whole
    yield "fund_owed", "gauge", "Admission fees that the fund is owed, in the currency.", book.is_owed / whole
    yield "fund_fees_total", "counter", "Fees that came into the fund, in the currency.", flows[FundFlow.FEES] / whole
    yield (
        "fund_commission_total",
        "counter",
        "Commission of the market that came into the fund, in the currency.",
        flows[FundFlow.COMMISSION] / whole,
    )
    yield (
        "fund_admissions_total",
        "counter",
        "Admission fees that came into the fund, in the currency.",
        flows[FundFlow.ADMISSION] / whole,
    )
    yield "fund_spent_total", "counter", "Paid by vote, in the currency.", flows[FundFlow.SPENT] / whole
    rewards = flows[FundFlow.REFERRAL] + flows[FundFlow.GRANT]
    yield "fund_rewards_total", "counter", "Paid to newcomers and who brought them, in the currency.", rewards / whole
    yield "fund_prizes_total", "counter", "Prizes of seasons, in the currency.", flows[FundFlow.PRIZE] / whole
    yield "fund_payments_total", "counter", "Payments by vote.", count_of_spends(at.view)


def _attestations(at: CommittedState) -> Iterator[Figure]:
    kept = count_of_attestations(at.view)
    yield "attestations", "gauge", "Attestations that have not expired, revoked ones too.", kept


def _certificates(at: CommittedState) -> Iterator[Figure]:
    sums = certificate_sums(at.view)
    yield "generators", "gauge", "Production registers that voters have described.", sums.generators
    yield "certificate_offers", "gauge", "Parts of certificates that are offered.", sums.offers
    yield "certificates_issued_wh_total", "counter", "Energy, and savings, that were certified.", sums.issued_wh
    yield "certificates_retired_wh_total", "counter", "Of these, what was used up.", sums.retired_wh
    yield "certificates_expired_wh_total", "counter", "Of these, what nobody used in time.", sums.expired_wh


def _memos(at: CommittedState) -> Iterator[Figure]:
    yield "memo_keys", "gauge", "Accounts that take memos.", count_of_memo_keys(at.reader)


def _joining(at: CommittedState) -> Iterator[Figure]:
    terms = joining_terms(at.view)
    yield "applications_open", "gauge", "Applications for membership, dismissed ones of the last day too.", terms.open
    yield "applications_room_this_hour", "gauge", "Requests that this hour still takes.", terms.room_this_hour


def _together(at: CommittedState) -> Iterator[Figure]:
    open_seasons = season_that_runs(at.view) - oldest_open_season(at.view) + 1
    yield "together_participants", "gauge", "Members on the board.", count_of_participants(at.view)
    yield (
        "together_open_seasons",
        "gauge",
        "The month's season, and those before it that are not closed.",
        open_seasons,
    )


_OF_MODULES: Final[tuple[tuple[str, Callable[[CommittedState], Iterator[Figure]]], ...]] = (
    ("bank", _bank),
    ("slots", _slots),
    ("sharing", _sharing),
    ("grid", _grid),
    ("billing", _billing),
    ("groups", _groups),
    ("resolutions", _resolutions),
    ("deals", _deals),
    ("agents", _agents),
    ("feeds", _feeds),
    ("fund", _fund),
    ("attestations", _attestations),
    ("certificates", _certificates),
    ("joining", _joining),
    ("memos", _memos),
    ("together", _together),
)
