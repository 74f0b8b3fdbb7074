"""What the rows that came with a slot say of a point, as several pages show it."""

from __future__ import annotations

from ledger.sharing.rows_values import PointRows, RowsProof
from nodechain.api.http.models import ApiModel


class SideShare(ApiModel):
    """A row that came with the slot, by the point on the other side, in parts of 10^9 of the producer's energy."""

    other: int
    share: int


def sides_of(rows: tuple[PointRows, RowsProof] | None) -> list[SideShare]:
    """What the rows of a slot say of a point."""
    return [] if rows is None else [SideShare(other=each.other, share=each.share) for each in rows[0].rows]
