"""The highest head that others are proven to have: what a node may say of how far it is behind.

Anybody can write any number into a message. A head counts if the set that is known here has certified it, or, where a
later set has, if so much power has signed a STATUS with that head or a higher one that somebody honest is among them.
Whom to ask for blocks is another question: claims are enough for that (`consensus.sync`), a wrong one costs a request.
"""

from __future__ import annotations

from consensus.limits import TRACKED_PEERS
from consensus.messages import Status
from consensus.tally import one_honest
from consensus.validation import Rules
from ledger.chain.validator_set import ValidatorSet


class ProvenHeads:
    """`height` never falls; 0 while nothing is proven."""

    def __init__(self) -> None:
        self.height = 0
        self._signed: dict[bytes, int] = {}

    def add_status(self, status: Status, rules: Rules) -> bool:
        """Take a STATUS whose signature, if it has one, is right; False if its certificate is a lie.

        `rules`: those of the height in work, whose set is known.
        """
        head = status.head
        if head.height <= self.height or status.certificate is None:
            return True
        if head.validators_hash == rules.validators.hash:
            ahead = Rules(rules.genesis_hash, rules.mode, rules.validators, head.height)
            if not ahead.decided(head, status.certificate):
                return False
            self.height = head.height
        elif any(member.key == status.key for member in rules.validators.members):
            self._signed[status.key] = max(head.height, self._signed.pop(status.key, 0))
            if len(self._signed) > TRACKED_PEERS:
                del self._signed[next(iter(self._signed))]
            self.height = max(self.height, self._of_somebody_honest(rules.validators))
        return True

    def _of_somebody_honest(self, validators: ValidatorSet) -> int:
        """The height that so many claim, or a higher one, that they cannot all be liars."""
        claims = [(self._signed.get(member.key, 0), member.power) for member in validators.members]
        power = 0
        for height, share in sorted(claims, reverse=True):
            power += share
            if one_honest(power, validators):
                return height
        return 0
