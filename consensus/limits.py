"""Every bound of the engine, in one table. Each has a test in `tests/consensus/test_limits.py`."""

from __future__ import annotations

from typing import Final

from ledger import limits as ledger

MAX_MESSAGE_BYTES: Final = 128 * 1024
"""Any message of consensus but chunks and blocks: a proposal justified by 64 validators fits."""

MAX_TRANSFER_BYTES: Final = 1024 * 1024
"""A message with transactions or hashes of a block; longer ones come in several."""

HASHES_PER_PART: Final = 16_384
"""Full hashes of a block's transactions in one message."""

MAX_HASH_PARTS: Final = -(-ledger.MAX_BLOCK_TRANSACTIONS // HASHES_PER_PART)
PLACES_PER_REQUEST: Final = 8_192
"""Transactions of a block asked for at once."""

TRANSACTIONS_BYTES: Final = MAX_TRANSFER_BYTES - 64 * 1024
"""Transactions in one answer: the largest one fits always, and so does what surrounds them."""

MAX_SYNC_BLOCKS: Final = 64
"""Blocks asked for at once."""

MAX_SYNC_BYTES: Final = 16 * 1024 * 1024
"""An answer with several blocks; the first one is sent whatever its size."""

MAX_ROUND: Final = 2**40
"""Rounds above this are nonsense: reaching it would take a quarter of a million years."""

FUTURE_ROUNDS: Final = 2
"""Rounds above the running one of which a validator's votes are kept."""

PAST_ROUNDS: Final = 8
"""Rounds below the running one of which votes are kept: their commits may still decide."""

KEPT_HEADERS: Final = 8
"""Headers of one height kept by hash, beside those that are accepted or prepared."""

NEXT_HEIGHT_MESSAGES: Final = 8
"""Messages of one validator for the next height kept until that height starts."""

REPORTED_OFFENCES: Final = 4
"""Proofs of one validator's equivocation that are reported at one height."""

CONFLICT_REPLIES: Final = 1_024
"""Times that who votes for another block is sent the accepted proposal, at one height."""

ANSWER_INTERVAL_MS: Final = 200
"""At most one DECIDED to a peer in this time."""

ANSWERED_PEERS: Final = 256
"""Peers of which the time of the last answer is kept."""

TRACKED_PEERS: Final = 256
"""Peers whose height is remembered for block sync."""

BODY_FETCHES: Final = 8
"""Bodies that are being fetched at one time."""

HELD_BLOCKS: Final = 16
"""Blocks of which it is remembered who has them."""
