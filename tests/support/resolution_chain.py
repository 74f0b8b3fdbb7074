"""A chain with resolutions: A votes; A, B, C and D are members; an hour is the shortest time to vote."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from harness.chain import ChainFixture, address, make_genesis
from ledger.chain.genesis import Genesis
from ledger.chain.header import Receipt
from ledger.chain.section import sections_of
from ledger.governance.payloads import CastVote, ExpelMember
from ledger.resolutions.events import ResolutionOpened
from ledger.resolutions.genesis import RESOLUTIONS_SECTION, Openers, ResolutionsSection
from ledger.resolutions.limits import MIN_VOTING_MS
from ledger.resolutions.payloads import CastBallot, Majority, OpenResolution
from ledger.resolutions.queries import resolution_of
from ledger.resolutions.schema import Resolution

TEXT_HASH = bytes(range(32))


def resolution_genesis(openers: Openers = Openers.VOTERS, **changes: Any) -> Genesis:
    """With the section of resolutions."""
    made = make_genesis(**changes)
    section = RESOLUTIONS_SECTION.holding(ResolutionsSection(openers))
    return replace(made, sections=sections_of(*made.sections, section))


class ResolutionChain(ChainFixture):
    """Blocks are a second apart unless it is said otherwise."""

    def __init__(self, openers: Openers = Openers.VOTERS, **changes: Any) -> None:
        super().__init__(resolution_genesis(openers, **changes))

    def asked(self, **changes: Any) -> OpenResolution:
        """Three options, the most ballots decide, no quorum, open for two hours."""
        made = OpenResolution(
            "A new roof", TEXT_HASH, ("yes", "no", "later"), Majority.MOST, 0, self.time_ms + 2 * MIN_VOTING_MS
        )
        return replace(made, **changes)

    def ask(self, name: str = "A", **changes: Any) -> int:
        """Open one; its number."""
        event = self.do(name, self.asked(**changes)).events[-1]
        assert isinstance(event, ResolutionOpened)
        return event.resolution

    def ballot(self, name: str, option: int, number: int = 1, after_ms: int = 1_000) -> Receipt:
        """A member's ballot, whatever becomes of it."""
        return self.try_(name, CastBallot(number, option), after_ms=after_ms)

    def found(self, number: int = 1) -> Resolution:
        """As it stands."""
        found = resolution_of(self.state, number)
        assert found is not None
        return found

    def pass_by(self, after_ms: int = 2 * MIN_VOTING_MS) -> None:
        """Time passes, and what fell due is done."""
        self.block(after_ms=after_ms)

    def expel(self, name: str) -> None:
        """By the only voter."""
        self.do("A", CastVote(ExpelMember(address(name)), True))
