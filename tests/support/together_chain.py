"""A chain with points: A votes; B and C consume and D produces in a scheme; the fund has what is given to it."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.payloads import Transfer
from ledger.chain.header import Receipt
from ledger.chain.parameters import DAY_MS
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.genesis import AS_ALWAYS, FUND_SECTION, FundSection
from ledger.resolutions.genesis import RESOLUTIONS_SECTION, Openers, ResolutionsSection
from ledger.slots.clock import first_day_of_month
from ledger.together.genesis import TOGETHER_SECTION, TogetherSection
from ledger.together.payloads import JoinBoard, LeaveBoard
from ledger.together.queries import SeasonStanding, board, participant_of, season_that_runs, standing_of
from ledger.together.seasons import season_end_ms
from ledger.together.terms import PointKind, Prize, TogetherTerms
from tests.support.sharing_chain import FIRST_SLOT, KWH, SharingChain, participants, terms

MEMBERS: Final = participants(p1=(1,), p2=(1,), p3=())
NOVEMBER: Final = 12 * 2023 + 10
"""The season with which chains of tests begin."""


def together_terms(**changes: Any) -> TogetherTerms:
    """10 points for a kWh used, 5 for one given, 3 for a day on time, 20 for a ballot; prizes of 3 and 1."""
    prizes = (Prize(CURRENCY_ASSET, 3 * ENT), Prize(CURRENCY_ASSET, ENT))
    made = TogetherTerms(10, 5, 3, 20, 1_000, 3_600_000, 3, prizes)
    return replace(made, **changes)


def together_section(found: TogetherTerms) -> tuple[str, bytes]:
    """The module's section."""
    return TOGETHER_SECTION.holding(TogetherSection(found))


class TogetherChain(SharingChain):
    """With these rules of points."""

    def __init__(self, found: TogetherTerms | None = None, **changes: Any) -> None:
        also = (
            FUND_SECTION.holding(FundSection(AS_ALWAYS, False)),
            RESOLUTIONS_SECTION.holding(ResolutionsSection(Openers.VOTERS)),
            together_section(found or together_terms()),
        )
        super().__init__(also=also, **changes)

    def join(self, name: str, nickname: str = "") -> Receipt:
        """Onto the board, whatever becomes of it."""
        return self.try_(name, JoinBoard(nickname or f"nick {name}"))

    def leave(self, name: str) -> Receipt:
        """Off the board."""
        return self.try_(name, LeaveBoard())

    def give(self, amount: int) -> None:
        """D gives to the fund."""
        self.do("D", Transfer(CURRENCY_ASSET, FUND_ACCOUNT, amount))

    def share(self) -> None:
        """Of a scheme's first slot, B uses 2 kWh and C 1 kWh of D's 3."""
        self.open(terms(MEMBERS))
        self.until(FIRST_SLOT)
        self.values(FIRST_SLOT, {1: 2 * KWH, 2: KWH, 3: 3 * KWH})

    def points(self, name: str, season: int = NOVEMBER) -> dict[PointKind, int]:
        """What there is of each kind; no kinds without points."""
        return {kind: points for kind, points in self.standing(name, season).points.items() if points}

    def standing(self, name: str, season: int = NOVEMBER) -> SeasonStanding:
        """As its owner sees it."""
        return standing_of(self.context(), address(name), season)

    def is_on_board(self, name: str) -> bool:
        """Whether the state knows of it."""
        return participant_of(self.context(), address(name)) is not None

    def rows(self, season: int = NOVEMBER) -> list[tuple[int, str, int]]:
        """The board."""
        return [(row.place, row.nickname, row.points) for row in board(self.context(), season)]

    def season(self) -> int:
        """That of the next block."""
        return season_that_runs(self.context())

    def to_month(self, season: int, day: int = 1) -> None:
        """A block at noon (UTC) of a day of a season's month."""
        begin_ms = (first_day_of_month(season) + day - 1) * DAY_MS + DAY_MS // 2
        self.block(after_ms=begin_ms - self.time_ms)
        self.work_off()

    def close(self, season: int = NOVEMBER, found: TogetherTerms | None = None) -> list[Any]:
        """The block in which a season is closed, and what it did by itself."""
        self.block(after_ms=season_end_ms(season, found or together_terms()) - self.time_ms)
        return self.own_events()
