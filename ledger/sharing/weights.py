"""What work of sharing weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

SCHEME_CHANGE: Final = 10
SCHEME_POINT: Final = 3
"""A point of a scheme that is opened or changed."""

PROGRESS_DAY: Final = 10
"""A day of one scheme looked at because values of a point came."""

PROGRESS_SLOTS_A_UNIT: Final = 2
"""Slots of it weigh one more, so many together."""

CLOSED_SHARE: Final = 3
"""A share of a point that is closed; an owner of many is expelled in one transaction."""

ABSENT_CHANGES_A_UNIT: Final = 8
"""Changes of how many of a scheme's points are closed weigh one more, so many together."""

RUN_BEGUN: Final = 10
GATHERED_CHUNK: Final = 5
GATHERED_POINT: Final = 12
"""A point's day of values read for a run."""

INPUTS_A_UNIT: Final = 2
"""Inputs that are put under a root weigh one, so many together."""

COMPUTED_SLOT: Final = 10
COMPUTED_POINTS_A_UNIT: Final = 2
"""Points of a slot that are allocated and priced weigh one, so many together."""

LAID_POINTS_A_UNIT: Final = 2
"""Points whose parts of an hour are laid on one of its slots weigh one more, so many together."""

PAIRS_A_UNIT: Final = 3
"""Pairs of a slot weigh one more, so many together."""

ZONE_ASKED: Final = 3
"""A producer whose zones of a day are looked up."""

TOLD_CHUNK: Final = 5
TOLD_ROWS_A_UNIT: Final = 16
"""Rows of a chunk read again to tell what was not shared weigh one, so many together."""

ZONE_CELLS_A_UNIT: Final = 8
"""Parts of shares by zone weigh one, so many together."""

BOOKED_CHUNK: Final = 5
BOOKED_ACCOUNT: Final = 8
"""A member's difference of a run, with its payment."""

PAYER: Final = 8
"""A member's payment where a run has several chunks."""

ROWS_A_UNIT: Final = 2
"""Rows that are put under a root weigh one, so many together."""

FINISHED_SLOT: Final = 20
FINISHED_CHUNK: Final = 3
"""A chunk's roots put under those of a slot."""

CUT_OFF_SLOT: Final = 2
"""A slot looked at when its day's cut-off has come, or when the day is folded."""

LATE_CORRECTION: Final = 20
LATE_PIECE: Final = 15
"""A chunk of a folded slot's old inputs that is proven and put down."""

LATE_INPUTS_A_UNIT: Final = 1
"""Old inputs weigh one, so many together."""

LATE_OPEN_A_UNIT: Final = 2
"""Corrections that are being brought weigh one more when another begins, so many together."""

WAITING_SLOTS_A_UNIT: Final = 8
"""Slots that wait, looked at to find one that is settled now, weigh one, so many together."""

PIECES_AT_ONCE: Final = 1_000
"""Pieces of a run that weigh less together are done in one step."""

ROWS_IMPORT: Final = 10
"""Rows of slots that a custodian brings, before any of them is looked at."""

ROWS_SERIES_A_UNIT: Final = 2
"""Pairs whose points are looked up weigh one, so many together, whatever the slots."""

ROWS_OF_SLOT: Final = 6
"""A slot whose rows come in."""

ROWS_PAIRS_A_UNIT: Final = 2
"""Pairs of a slot that come in, each under two leaves, weigh one, so many together."""

ROWS_LOOKED_AT: Final = 2
"""A slot whose rows are looked at when a run begins."""

ROWS_READ_A_UNIT: Final = 4
"""Rows of a slot that is computed, read and laid to its points, weigh one, so many together."""

FORGOTTEN_ROWS: Final = 2
"""A slot whose rows are kept no longer."""
MONTH_FOLLOWED: Final = 4
"""A month of one scheme that a point's values change."""

MONTH_POINT: Final = 8
"""A point's sum and claims of a month read for a step of its run."""

MONTH_LOTS_A_UNIT: Final = 4
"""Claims of a point weigh one more, so many together."""

MONTH_BOOKED: Final = 20
"""A point's row of a month, put under its root and kept, its claims written."""

FORGOTTEN_ROW: Final = 2
