"""What work costs against a block's weight limit (rule W1)."""

from __future__ import annotations

from typing import Final

TRANSACTION: Final = 10
SIGNATURE: Final = 5
READING: Final = 1
BATCH_ITEM: Final = 4
CLOSING: Final = 2
EXPIRY: Final = 3
SWEEP_STEP: Final = 1
JUDGEMENT: Final = 1
TRADE: Final = 5
