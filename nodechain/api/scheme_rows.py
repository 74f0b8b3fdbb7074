"""What pages about schemes have in common: which there are, which rows are asked for, what came with a slot."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, Self

import msgspec
from aiohttp import web

from ledger.sharing.queries import cursor_after, versions
from ledger.sharing.rows_values import PointRows, RowsProof
from ledger.sharing.schema import SchemeMember, SchemeVersion
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel
from nodechain.api.http.rights import Visitor
from nodechain.api.reading import CommittedState, cursor_text
from nodechain.errors import NotFound


class RowsPage(msgspec.Struct, frozen=True):
    """Which rows are asked for: of points after one, of some accounts (None: of all), so many."""

    after: int
    accounts: frozenset[bytes] | None
    limit: int

    @classmethod
    def asked(cls, request: web.Request, visitor: Visitor) -> Self:
        """Of the visitor's own points, unless it reads everything."""
        return cls(point_before(request), None if visitor.reads_everything else visitor.own, requests.limit(request))

    def places(self, members: Sequence[SchemeMember]) -> tuple[list[int], str | None]:
        """The places of the rows among members in order of point, and the cursor of the next page."""
        points = [member.point for member in members]
        places = [
            place
            for place in range(bisect_right(points, self.after), len(points))
            if self.accounts is None or members[place].account in self.accounts
        ]
        shown = places[: self.limit]
        return shown, cursor_text(cursor_after(points[shown[-1]])) if len(places) > len(shown) else None


FIRST_ROWS: Final = RowsPage(0, None, 1_000)


def known_scheme(at: CommittedState, scheme: int) -> tuple[SchemeVersion, ...]:
    """The terms of a scheme, the newest first; raises `NotFound` (unknown_scheme)."""
    found = versions(at.reader, scheme)
    if not found:
        raise NotFound(f"there is no scheme {scheme}", code="unknown_scheme")
    return found


def point_before(request: web.Request) -> int:
    """The point after which a page begins."""
    return int.from_bytes(requests.cursor(request) or b"", "big")


class SideShare(ApiModel):
    """A row that came with the slot, by the point on the other side, in parts of 10^9 of the producer's energy."""

    other: int
    share: int


def sides_of(rows: tuple[PointRows, RowsProof] | None) -> list[SideShare]:
    """What the rows of a slot say of a point."""
    return [] if rows is None else [SideShare(other=each.other, share=each.share) for each in rows[0].rows]
