"""Limits of memos, the same on every chain; each has a test in `tests/ledger/memo_limits.py`."""

from __future__ import annotations

from typing import Final

MAX_MEMO_BYTES: Final = 1_024
"""Of a memo's text in UTF-8 with its padding: the largest of the sizes to which texts are filled up."""

MAX_SEALED_MEMO_BYTES: Final = MAX_MEMO_BYTES + 16
"""Of a sealed memo: the text and the tag that shows whether it was changed."""
