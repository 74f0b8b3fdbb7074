"""Every limit of sharing that all nodes share; each has a test in `tests/ledger/sharing/`."""

from __future__ import annotations

from typing import Final

MAX_CASCADE_LEVELS: Final = 8

MAX_RULE_ROWS: Final = 4_096
"""Rows that stand in a rule, or come with a slot: pairs of a producer and a consumer, or prices of producers."""

MAX_ALLOCATION_PAIRS: Final = 100_000
"""Pairs of a producer and a consumer that one allocation computes; every one costs as much as a point."""

MAX_SHARE_ROUNDS: Final = 32
"""Rounds in which what was not taken of a redistributed rule without self-share is offered again."""

MAX_CREDIT_SLOTS: Final = 36
"""For how many slots (months) what was not taken stays a claim."""

MAX_SCHEMES: Final = 1_000

MAX_SCHEME_POINTS: Final = 10_000

MAX_SCHEME_ROWS: Final = 400
"""Points that one change of a scheme brings, or lets leave; larger schemes come with several changes to one slot."""

CHUNK_POINTS: Final = 64
"""Points whose numbers, divided by this, are equal stand in one entry; so many are gathered and booked in one step."""

MAX_SCHEME_CHUNKS: Final = 1_024
"""Such entries of one scheme: its points' numbers may be spread so far."""

MAX_SCHEMES_PER_POINT: Final = 8

MAX_RUN_ZONES: Final = 64
"""Grid zones of producers that a run tells apart in a slot; the others by name count as one (`*`)."""

MAX_TOLD_AT_ONCE: Final = 9_216
"""Points x slots x zones of which one step tells what was shared and what was not: half of a chunk's day of three
zones, so that what a grid charges for it fits into the smallest block."""

MAX_SUBSTITUTES_AT_ONCE: Final = 16
"""Points whose missing values of a day one step replaces at a cut-off; the others follow in the next steps."""

MAX_FACTOR_CHANGES: Final = 64
"""Changes of a point's share in one scheme that are remembered at a time."""

MAX_SCHEME_VERSIONS: Final = 128
"""Versions of one scheme that are remembered at a time."""

MAX_SHARING_MANAGERS: Final = 16

RUN_INPUT_DAYS: Final = 34
"""For so many whole UTC days before the block's own a later value is settled as a difference: a day less than values
are kept, so that a run which goes over blocks finds all of them."""

MIN_CUT_OFF_MS: Final = 3_600_000
MAX_CUT_OFF_MS: Final = 30 * 86_400_000
"""Less than `RUN_INPUT_DAYS`: what is settled at the cut-off can still be corrected."""

MAX_SHARING_RATE: Final = 10**10
"""Base units per kWh; the more points a scheme has, the less it may be, so that a slot's price is below 2^63."""
