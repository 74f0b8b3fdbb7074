"""Every limit of what belongs to no subject; each subject has its own in its `limits.py`, the registry has all of them.

Each has a test in `tests/ledger/test_limits.py`.

Limits that a community may choose stand in its genesis (`ledger.chain.genesis`); these are the ones that every node of
every chain shares, because two nodes with different ones would fork.
"""

from __future__ import annotations

from typing import Final

MAX_INTEGER: Final = 2**63 - 1
"""Every stored number lies in [0, MAX_INTEGER]; a transaction whose result would not fails."""

MAX_TIME_MS: Final = 253_402_300_799_999
"""The last millisecond of the year 9999: no later time comes in, so that every calendar can show it."""

MAX_DURATION_MS: Final = 100 * 366 * 86_400_000
"""A hundred years: what a genesis may ask for as an interval, a window or a drift."""

MAX_TRANSACTION_BYTES: Final = 64 * 1024
"""Envelope and signatures together."""

MAX_BLOCK_BYTES: Final = 8_000_000
"""The sum of a block's encoded transactions."""

MAX_BLOCK_TRANSACTIONS: Final = 50_000
MAX_HEARTBEAT_MS: Final = 84 * 3_600_000
"""A quarter of the time for which a light client trusts a set (`TRUSTING_MS`): it meets a header in time."""

MAX_HEADER_BYTES: Final = 4 * 1024
MAX_CERTIFICATE_BYTES: Final = 64 * 1024

MAX_CHAIN_ID_BYTES: Final = 64
MAX_NAME_CHARACTERS: Final = 64
"""Names of validators, chains and parameters."""

MAX_MULTISIG_KEYS: Final = 16
MAX_TRANSACTIONS_PER_SENDER: Final = 64
"""Per block and sender, whatever the fee."""

MAX_EXPIRIES_PER_BLOCK: Final = 1_000
EXPIRY_SHARE: Final = 4
"""What falls due takes at most one part in so many of a block's weight, with what its last step takes more."""

MAX_ENDINGS_PER_TRANSACTION: Final = 64
"""What one transaction ends at once of other accounts' things; the others are swept over the next blocks."""

MIN_BLOCK_WEIGHT: Final = 9_000
"""The least weight of a full block that a genesis may choose: its share for one transaction holds the heaviest one."""

TRANSACTION_SHARE: Final = 2
"""One transaction may weigh at most one part in so many of a block: so there is always a block that it fits into."""

SWEEP_SHARE: Final = 8
"""Sweeps and the steps of modules take at most one part in so many of a block's weight."""

STEP_SHARE: Final = 64
"""Of it, the steps of modules at a block's start take at most one part in so many, and those at its end as well."""

MAX_VALIDATORS: Final = 64
MIN_TREE_BITS: Final = 4
MAX_TREE_BITS: Final = 20

MAX_STATE_KEY_BYTES: Final = 256
"""A full key of the state: the table's number and the key."""

MAX_PROOF_BYTES: Final = 64 * 1024
MAX_LIGHT_BLOCK_BYTES: Final = MAX_HEADER_BYTES + MAX_CERTIFICATE_BYTES + 8 * 1024
"""A header with its certificate, in proofs and for light clients; sets of validators included."""

MAX_PROOF_BLOCKS: Final = 16_384
MAX_PROOF_CLAIMS: Final = 65_536
MAX_PROOF_FILE_BYTES: Final = 64 * 1024 * 1024
MAX_SNAPSHOT_CHUNK_BYTES: Final = 32 * 1024 * 1024
MAX_KEYFILE_BYTES: Final = 16 * 1024
MAX_GENESIS_BYTES: Final = 8 * 1024 * 1024
