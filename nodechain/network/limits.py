"""Every bound of the network, in one table; relations between them are asserted in `tests/network/test_limits.py`.

Whatever a peer does, a node keeps no more of it in memory than these say.
"""

from __future__ import annotations

from typing import Final

from consensus.limits import MAX_MESSAGE_BYTES, MAX_SYNC_BYTES, MAX_TRANSFER_BYTES

NETWORK_VERSION: Final = 1

FRAME_BYTES: Final = 256 * 1024
"""A frame's payload; longer messages travel in several, so that votes can pass between them."""

HANDSHAKE_S: Final = 3.0
"""From the connection to the end of TLS."""

HELLO_S: Final = 3.0
"""From there to the peer's HELLO."""

PING_S: Final = 5.0
IDLE_S: Final = 20.0
"""Without any frame, a connection is dead."""

CONNECTIONS_PER_SECOND: Final = 20
"""Of one address; more are closed before TLS."""

CONNECTIONS_BURST: Final = 40
MAX_HANDSHAKES: Final = 64
"""Inbound connections that have not finished TLS yet."""

HANDSHAKES_OF_ADDRESS: Final = 32
"""Of these, one address has at most so many."""

HANDSHAKES_OF_UNKNOWN: Final = 48
"""And all addresses together that no known peer has: the others are for those."""

HANDSHAKES_PER_SECOND: Final = 50
"""Of all unknown addresses together: TLS with so many costs a few percent of a core."""

HANDSHAKES_BURST: Final = 100

RECONNECTS_PER_SECOND: Final = 2
"""Of one peer that is let in: each time it is told what waits here and what was said."""

RECONNECTS_BURST: Final = 20

ANSWERED_BYTES: Final = (8 * 1024 * 1024, 16 * 1024 * 1024)
"""Transactions sent to one peer that asks for them: bytes a second, and at once."""

MAX_INBOUND: Final = 40
"""Inbound peers that are no validators' nodes; validators have places of their own beside these."""

MAX_KNOWN_PEERS: Final = 256
"""Cards in the home."""

MAX_NODE_CERTIFICATE_BYTES: Final = 1024
MAX_ADDRESSES: Final = 4
MAX_ADDRESS_BYTES: Final = 128
MAX_CARD_BYTES: Final = 4096

ANSWERS_DUE: Final = 64
"""Answers with blocks that a peer may still owe; what comes above that is not even decoded."""

UNHANDLED_MESSAGES: Final = 256
"""Messages of one peer that wait for the replica; then its connection is not read from."""

OUTGOING_BYTES: Final = 8 * 1024 * 1024
"""Waiting for a slow peer in each lane, beside one answer: above it the fast lane closes, the slow one drops."""

WRITE_AHEAD_BYTES: Final = 512 * 1024
"""What the operating system and TLS may have of a connection's queue."""

MAX_HELLO_BYTES: Final = 4096
MAX_LINKS: Final = 256
MAX_HASHES: Final = 2_048
"""Full hashes in one announcement or request."""

MAX_ANNOUNCE_BYTES: Final = 34 * MAX_HASHES + 16
TRANSACTIONS_BYTES: Final = 192 * 1024
"""Transactions sent at once; one larger than that travels alone."""

MAX_TRANSACTIONS_BYTES: Final = TRANSACTIONS_BYTES + 80 * 1024
MAX_INTRODUCTIONS: Final = 64
INTRODUCTION_S: Final = 5.0
"""One introduction of each validator is taken in this time; others are not even checked."""

LOOK_AGAIN_S: Final = 2.0
"""How often the home is looked at for cards that came or went."""

REFRESH_S: Final = 1.0
"""What peers introduced is written down, and let in, at most so often."""

MAX_LOOKUPS: Final = 4
"""Names of hosts looked up at one time; a silent name server holds each for as long as the system waits for it."""

MAX_DIALS: Final = 32
"""Peers called at one time."""

MAX_INTRODUCTIONS_BYTES: Final = 128 * 1024
MAX_CONSENSUS_BYTES: Final = MAX_MESSAGE_BYTES
MAX_RELAYED_BYTES: Final = MAX_MESSAGE_BYTES + 64
MAX_BULK_BYTES: Final = MAX_SYNC_BYTES + MAX_TRANSFER_BYTES

ANNOUNCE_MS: Final = 10
"""Transactions are announced together at most this late."""

REQUEST_MS: Final = 1_000
"""How long a peer has to send what it announced."""

MAX_REQUESTED: Final = 8_192
"""Transactions asked for and not come yet, over all peers."""

MAX_REQUESTED_OF_PEER: Final = 2_048
"""Of one: who announces what it does not have keeps nobody else from being asked."""

SOURCES: Final = 3
"""Peers remembered that announced a transaction that another one was asked for."""

REMEMBERED_HASHES: Final = 16_384
"""Full hashes that were asked for lately, and as many that were refused lately and are not asked for again."""

SEEN_RELAYED: Final = 8_192
SEEN_RELAYED_MS: Final = 500
"""A vote that several hand on is looked at once in this time."""

BAN_SCORE: Final = 100
BAN_S: Final = 600
VALIDATOR_BAN_S: Final = 30
"""Shorter: without a validator the chain may stand still."""

SCORE_HALVES_S: Final = 60
SCORED_PEERS: Final = 1_024

FIRST_BACKOFF_S: Final = 0.25
MAX_BACKOFF_S: Final = 10.0
