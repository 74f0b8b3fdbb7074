"""Points against a second, obvious count of what the events say, and money folded from postings, over played months."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from harness.chain import ENT, address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.postings import TokenMeasure
from ledger.fund.account import FUND_ACCOUNT
from ledger.resolutions.events import BallotCast
from ledger.resolutions.limits import MIN_VOTING_MS
from ledger.resolutions.payloads import CastBallot, Majority, OpenResolution
from ledger.sharing.events import ShareBooked
from ledger.slots.clock import month_of_day
from ledger.together.events import BoardJoined, BoardLeft, PrizePaid, PrizeUnpaid, SeasonClosed
from ledger.together.terms import PointKind
from tests.support.sharing_chain import FIRST_SLOT, KWH, terms
from tests.support.together_chain import MEMBERS, NOVEMBER, TogetherChain, together_terms

NAMES = {address(name): name for name in "BCD"}
TERMS = together_terms(most=60)


class Twin:
    """What the events of all blocks say of November, read once from the first to the last."""

    def __init__(self, chain: TogetherChain) -> None:
        self.on_board: dict[bytes, int] = {}
        self.joins = 0
        self.used: Counter[bytes] = Counter()
        self.given: Counter[bytes] = Counter()
        self.ballots: Counter[bytes] = Counter()
        self.asked: set[tuple[int, bytes]] = set()
        self.prizes: list[tuple[bytes, int]] = []
        self.is_closed = False
        self.tokens: Counter[tuple[bytes, str]] = Counter()
        for block in chain.blocks:
            for receipt in block.executed.receipts:
                for event in receipt.events:
                    self.hear(event)
                    for line in chain.registry.postings_of(event, CURRENCY_ASSET):
                        if line.measure == TokenMeasure(CURRENCY_ASSET):
                            self.tokens[line.holder, line.bucket] += line.amount

    def hear(self, event: object) -> None:
        """Count what counts."""
        match event:
            case BoardJoined():
                self.joins += 1
                self.on_board[event.account] = self.joins
            case BoardLeft():
                del self.on_board[event.account]
                for counted in (self.used, self.given, self.ballots):
                    del counted[event.account]
            case ShareBooked() if event.account in self.on_board and not self.is_closed:
                if month_of_day(event.day) == NOVEMBER:
                    self.used[event.account] += event.bought_mwh
                    self.given[event.account] += event.sold_mwh
            case BallotCast():
                is_first = (event.resolution, event.member) not in self.asked
                self.asked.add((event.resolution, event.member))
                if is_first and event.member in self.on_board and not self.is_closed:
                    self.ballots[event.member] += 1
            case SeasonClosed() if event.season == NOVEMBER:
                self.is_closed = True
            case PrizePaid() | PrizeUnpaid():
                self.prizes.append((event.recipient, event.amount if isinstance(event, PrizePaid) else 0))
            case _:
                pass

    def ranked(self) -> list[bytes]:
        """Who has points in November, the first one first."""
        points = {account: sum(self.points(account).values()) for account in self.on_board}
        found = [account for account in self.on_board if points[account]]
        return sorted(found, key=lambda account: (-points[account], -self.used[account], self.on_board[account]))

    def points(self, account: bytes) -> dict[PointKind, int]:
        """By kind, those there are."""
        found = {
            PointKind.USED: min(max(self.used[account], 0) * TERMS.used // KWH, TERMS.most),
            PointKind.GIVEN: min(max(self.given[account], 0) * TERMS.given // KWH, TERMS.most),
            PointKind.BALLOTS: min(self.ballots[account] * TERMS.ballots, TERMS.most),
        }
        return {kind: points for kind, points in found.items() if points}


@pytest.mark.parametrize("seed", range(3))
def test_points_are_what_the_events_come_to_and_prizes_what_the_fund_lost(seed: int) -> None:
    chance, chain = random.Random(seed), TogetherChain(TERMS)
    chain.give(chance.choice((0, 2, 10)) * ENT or 1)
    chain.open(terms(MEMBERS))
    questions = 0
    for step in range(8):
        name = chance.choice("BCD")
        match chance.randrange(4):
            case 0:
                (chain.leave if chain.is_on_board(name) and chance.random() < 0.4 else chain.join)(name)
            case 1:
                deadline_ms = chain.time_ms + 2 * MIN_VOTING_MS
                chain.do("A", OpenResolution(f"{step}?", bytes(32), ("y", "n"), Majority.MOST, 0, deadline_ms))
                questions += 1
                for voter in chance.sample("BCD", 2):
                    chain.try_(voter, CastBallot(questions, chance.randint(0, 2)))
            case _:
                slot = FIRST_SLOT + chance.randrange(3)
                if chain.time_ms < (slot + 1) * 900_000:
                    chain.until(slot)
                chain.values(slot, {point: chance.randrange(0, 4_000_000) for point in (1, 2, 3)})
        twin = Twin(chain)
        for account in sorted(twin.on_board):
            assert chain.points(NAMES[account]) == twin.points(account)
    before = Twin(chain)
    events = chain.close(found=TERMS)
    assert any(isinstance(event, SeasonClosed) for event in events)
    twin = Twin(chain)
    assert [account for account, _amount in twin.prizes] == twin.ranked()[: len(TERMS.prizes)]
    held = {
        (line.holder, line.bucket): line.amount
        for line in chain.registry.holdings(chain.reader)
        if line.measure == TokenMeasure(CURRENCY_ASSET) and line.amount
    }
    assert held == {place: amount for place, amount in twin.tokens.items() if amount}
    paid = sum(amount for _account, amount in twin.prizes)
    assert twin.tokens[FUND_ACCOUNT, "available"] == before.tokens[FUND_ACCOUNT, "available"] - paid
