"""What peers have done wrong, forgotten with time; who goes too far is banned for a while (L6)."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import msgspec

from nodechain.network.limits import BAN_S, BAN_SCORE, SCORE_HALVES_S, SCORED_PEERS, VALIDATOR_BAN_S

POINTS: Final[dict[str, int]] = {
    # What no version of this program sends: it is somebody else's, or broken.
    "bad_frame": 100,
    "malformed": 50,
    # Lies that cost work to find out.
    "bad_signature": 50,
    "bad_introduction": 50,
    "bad_certificate": 25,
    "bad_proposal": 25,
    "bad_round_change": 25,
    "bad_status": 25,
    "bad_vote": 25,
    "unjustified_proposal": 25,
    "wrong_blocks": 50,
    "wrong_body": 50,
    # What may happen to an honest peer now and then, but not all the time.
    "unsolicited": 5,
    "refused_transaction": 1,
}


class _Record(msgspec.Struct):
    points: float = 0.0
    at_ms: int = 0
    banned_until_ms: int = 0


class Scores:
    """By node id; bounded, the longest silent ones go first."""

    def __init__(self) -> None:
        self._records: OrderedDict[bytes, _Record] = OrderedDict()

    def penalize(self, node_id: bytes, code: str, now_ms: int, *, validator: bool) -> bool:
        """Count an offence; whether the peer is banned now. A code that is not in the table counts like a lie."""
        record = self._records.setdefault(node_id, _Record())
        self._records.move_to_end(node_id)
        record.points = _decayed_points(record, now_ms) + POINTS.get(code, 25)
        record.at_ms = now_ms
        if len(self._records) > SCORED_PEERS:
            self._records.popitem(last=False)
        if record.points < BAN_SCORE:
            return False
        record.points = 0.0
        record.banned_until_ms = now_ms + 1000 * (VALIDATOR_BAN_S if validator else BAN_S)
        return True

    def is_banned(self, node_id: bytes, now_ms: int) -> bool:
        """Whether it may not connect now."""
        record = self._records.get(node_id)
        return record is not None and now_ms < record.banned_until_ms

    def points(self, node_id: bytes, now_ms: int) -> int:
        """What is left of its offences."""
        record = self._records.get(node_id)
        return 0 if record is None else int(_decayed_points(record, now_ms))


def _decayed_points(record: _Record, now_ms: int) -> float:
    return float(record.points * 0.5 ** ((now_ms - record.at_ms) / (1000 * SCORE_HALVES_S)))
