"""Every limit of sharing that all nodes share; each has a test in `tests/ledger/sharing/`."""

from __future__ import annotations

from typing import Final

MAX_CASCADE_LEVELS: Final = 8

MAX_RULE_ROWS: Final = 4_096
"""Rows that stand in a rule: pairs of a producer and a consumer, or prices of producers."""

MAX_ALLOCATION_PAIRS: Final = 100_000
"""Pairs of a producer and a consumer that one allocation computes; every one costs as much as a point."""

MAX_SHARE_ROUNDS: Final = 32
"""Rounds in which what was not taken of a redistributed rule without self-share is offered again."""

MAX_CREDIT_SLOTS: Final = 120
"""For how many slots (months) what was not taken stays a claim."""

MAX_SCHEMES: Final = 1_000

MAX_SCHEME_POINTS: Final = 400
"""So that a slot's settlement is one step that fits into a block; more points share in several schemes."""

MAX_SCHEMES_PER_POINT: Final = 8

MAX_SUBSTITUTES_AT_ONCE: Final = 16
"""Missing values that one step of a settlement replaces at a cut-off; the others follow in the next steps."""

MAX_FACTOR_CHANGES: Final = 64
"""Changes of a point's share in one scheme that are remembered at a time."""

MAX_SCHEME_VERSIONS: Final = 128
"""Versions of one scheme that are remembered at a time."""

MAX_SHARING_MANAGERS: Final = 16

RUN_INPUT_DAYS: Final = 35
"""For how long the inputs of a run stay in the state, so that a later value can be settled as a difference."""

MIN_CUT_OFF_MS: Final = 3_600_000
MAX_CUT_OFF_MS: Final = 30 * 86_400_000
"""Less than `RUN_INPUT_DAYS`: what is settled at the cut-off can still be corrected."""

MAX_SHARING_RATE: Final = 10**10
"""Base units per kWh: `MAX_SCHEME_POINTS` points of the most that a slot may count cost less than 2^63."""
