"""Every limit of `nodechain.network.limits` has a test, here or where it says; and they fit each other."""

from __future__ import annotations

from consensus import limits as consensus
from ledger.encoding.codec import encode
from ledger.limits import MAX_TRANSACTION_BYTES, MAX_VALIDATORS
from nodechain.network import limits
from nodechain.network.frames import BULK, HEADER_BYTES, MAX_BYTES, FrameKind
from nodechain.network.wire import Goodbye, Hello, Relayed
from nodechain.process import open_files

TESTED = {
    "test_frames": {"FRAME_BYTES", "MAX_HELLO_BYTES", "MAX_CONSENSUS_BYTES", "MAX_BULK_BYTES", "MAX_RELAYED_BYTES"},
    "test_attacks": {
        "HANDSHAKE_S", "HELLO_S", "CONNECTIONS_PER_SECOND", "CONNECTIONS_BURST", "MAX_HANDSHAKES", "MAX_INBOUND",
        "UNHANDLED_MESSAGES", "OUTGOING_BYTES", "NETWORK_VERSION", "BAN_SCORE",
    },
    "test_gossip": {
        "MAX_HASHES", "TRANSACTIONS_BYTES", "REQUEST_MS", "MAX_REQUESTED", "MAX_REQUESTED_OF_PEER", "SOURCES",
        "REMEMBERED_HASHES",
    },
    "test_knowing_peers": {
        "MAX_KNOWN_PEERS", "MAX_NODE_CERTIFICATE_BYTES", "MAX_ADDRESSES", "MAX_ADDRESS_BYTES", "MAX_CARD_BYTES",
        "MAX_INTRODUCTIONS", "MAX_INTRODUCTIONS_BYTES",
    },
    "test_manners": {
        "SEEN_RELAYED", "SEEN_RELAYED_MS", "BAN_S", "VALIDATOR_BAN_S", "SCORE_HALVES_S", "SCORED_PEERS",
        "FIRST_BACKOFF_S", "MAX_BACKOFF_S",
    },
    "test_floods": {
        "HANDSHAKES_OF_ADDRESS", "HANDSHAKES_OF_UNKNOWN", "HANDSHAKES_PER_SECOND", "HANDSHAKES_BURST",
        "RECONNECTS_PER_SECOND", "RECONNECTS_BURST", "ANSWERED_BYTES", "ANSWERS_DUE",
        "INTRODUCTION_S", "REFRESH_S", "MAX_LOOKUPS",
    },
    "test_limits": {
        "LOOK_AGAIN_S", "MAX_DIALS",
        "PING_S", "IDLE_S", "WRITE_AHEAD_BYTES", "MAX_LINKS", "MAX_ANNOUNCE_BYTES", "MAX_TRANSACTIONS_BYTES",
        "ANNOUNCE_MS",
    },
}  # fmt: skip


def test_every_limit_has_a_test() -> None:
    named = {
        name for name in vars(limits)
        if name.isupper() and name not in ("MAX_MESSAGE_BYTES", "MAX_SYNC_BYTES", "MAX_TRANSFER_BYTES")
    }  # fmt: skip
    assert named == set().union(*TESTED.values())


def test_every_message_fits_its_kind() -> None:
    assert set(MAX_BYTES) == set(FrameKind)
    largest = {
        FrameKind.HELLO: encode(Hello(2**63 - 1, bytes(32), 2**63 - 1)),
        FrameKind.GOODBYE: encode(Goodbye("a" * 64)),
        FrameKind.PING: b"",
        FrameKind.CONSENSUS: bytes(consensus.MAX_MESSAGE_BYTES),
        FrameKind.RELAYED: encode(Relayed(bytes(consensus.MAX_MESSAGE_BYTES))),
        FrameKind.LINKS: encode((bytes(32),) * limits.MAX_LINKS),
        FrameKind.ANNOUNCE: encode((bytes(32),) * limits.MAX_HASHES),
        FrameKind.REQUEST: encode((bytes(32),) * limits.MAX_HASHES),
        FrameKind.TRANSACTIONS: encode(
            (bytes(MAX_TRANSACTION_BYTES),) * (limits.TRANSACTIONS_BYTES // MAX_TRANSACTION_BYTES)
        ),
        FrameKind.TRANSFER: bytes(consensus.MAX_SYNC_BYTES + consensus.MAX_TRANSFER_BYTES),
    }
    for kind, message in largest.items():
        assert len(message) <= MAX_BYTES[kind], kind


def test_relations() -> None:
    assert all(MAX_BYTES[kind] <= limits.FRAME_BYTES for kind in FrameKind if kind not in BULK), (
        "the fast lane is not cut up"
    )
    assert limits.WRITE_AHEAD_BYTES >= limits.FRAME_BYTES + HEADER_BYTES
    assert limits.OUTGOING_BYTES > limits.MAX_CONSENSUS_BYTES * 8
    assert 2 * limits.PING_S < limits.IDLE_S, "a lost ping is no death"
    assert limits.HANDSHAKES_OF_ADDRESS < limits.HANDSHAKES_OF_UNKNOWN < limits.MAX_HANDSHAKES
    assert limits.CONNECTIONS_BURST < limits.HANDSHAKES_BURST, "one address does not use up what all have"
    most = limits.MAX_HANDSHAKES + limits.MAX_INBOUND + MAX_VALIDATORS + limits.MAX_DIALS
    assert most <= open_files.PEERS, "what may be connected has its files"
    rate, at_once = limits.ANSWERED_BYTES
    assert at_once >= rate >= limits.TRANSACTIONS_BYTES
    assert limits.LOOK_AGAIN_S <= 2.0, "the time that the documentation gives for a card that goes"
    assert limits.REFRESH_S < limits.LOOK_AGAIN_S < limits.INTRODUCTION_S
    assert limits.MAX_LOOKUPS < limits.MAX_DIALS, "names that nobody answers for leave room for calls to addresses"
    assert limits.ANNOUNCE_MS < limits.REQUEST_MS
    assert limits.MAX_HANDSHAKES >= limits.CONNECTIONS_BURST
    assert limits.MAX_REQUESTED >= 2 * limits.MAX_REQUESTED_OF_PEER
    assert limits.MAX_INTRODUCTIONS >= MAX_VALIDATORS
    assert limits.MAX_KNOWN_PEERS >= limits.MAX_LINKS
    assert limits.MAX_INBOUND < limits.MAX_KNOWN_PEERS
