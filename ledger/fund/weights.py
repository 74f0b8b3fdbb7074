"""What work of the fund weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

FEES_DIVIDED: Final = 8
"""Once a block: the pot, the proposer's account, the fund's and its sums."""

COMMITTEE_PART: Final = 3
"""For each validator that gets a part."""

SPENDING: Final = 9
"""A payment by vote checked and made: its entry, its reference, its budget."""

TERMS_CHANGE: Final = 4
SPONSORING: Final = 4
NEWCOMER: Final = 12
"""An admission's fee, reward and grant."""

ISSUING: Final = 7
