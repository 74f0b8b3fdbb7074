"""When a validator may sign after a start: never before it knows what it may have forgotten (consensus.md).

At every start it asks all for a STATUS over a fresh nonce, and signs nothing until a quorum has answered and the heads
that they proved are synced. A validator that may have forgotten a signature (`DoubleSignRisk`) signs nothing until the
head is two above the highest height of a quorum of **others**: by then nothing that it may have signed is open.

A head that cannot be verified, because the validator set has changed meanwhile, is waited for until it is reached if so
many claim one that somebody honest does. What fewer claim is waited for only as long as syncing makes progress: a liar
must not keep a validator silent for ever.
"""

from __future__ import annotations

from consensus.messages import Status
from consensus.recovery import Recovered
from consensus.signing import DoubleSignRisk
from consensus.tally import one_honest
from consensus.validation import Rules
from ledger.chain.certificate import is_quorum
from ledger.chain.header import Certificate, Header
from ledger.chain.validator_set import ValidatorSet
from ledger.limits import MAX_VALIDATORS


class VotingPermission:
    """Closed at the start; `try_grant` after every status, height and tick. `nonce` has 32 random bytes."""

    def __init__(self, key: bytes, nonce: bytes, recovered: Recovered, unproven_head_wait_ms: int) -> None:
        self.nonce = nonce
        self.risk = recovered.risk
        self._resumed_unsafely = recovered.resumed_unsafely
        self._granted_at: int | None = None
        self.is_granted = False
        self.is_new = True
        """Whether it has never been open."""
        self._key = key
        self._unproven_head_wait_ms = unproven_head_wait_ms
        self._statuses: dict[bytes, Status] = {}
        self._proven: dict[tuple[bytes, Certificate], bool] = {}
        self._head = -1
        self._progress_ms = 0
        self._leave_at: int | None = None

    @property
    def may_have_forgotten(self) -> bool:
        """Not open since the start, so that whatever this key has signed was before; and no risk is known as yet."""
        return self.is_new and self.risk is None

    @property
    def leaves_at(self) -> int | None:
        """The head's height at which safe mode ends; None outside of it, or before a quorum has answered."""
        return self._leave_at

    def is_resumed_unsafely(self, height: int) -> bool:
        """Whether an operator has answered for what is learned now about signatures of this height.

        Until the gate opens for the first time, and for the heights that were open then: what this key may have signed
        before it was resumed lies there. Later ones prove that somebody else signs with it.
        """
        return self._resumed_unsafely and (self._granted_at is None or height <= self._granted_at + 1)

    def enter_safe_mode(self, risk: DoubleSignRisk) -> None:
        """A proof that this validator has signed what it does not remember: close again."""
        self._resumed_unsafely = False
        self.risk = risk
        self.is_granted = False
        self._leave_at = None

    def answered(self, status: Status) -> None:
        """A validator's answer to our nonce, its signature verified; its latest one counts."""
        if status.nonce == self.nonce and status.key != self._key:
            self._statuses[status.key] = status

    def try_grant(self, head: Header, validators: ValidatorSet, rules: Rules, now_ms: int) -> bool:
        """Open the gate if all is known; whether it is open now. `rules` are those of the height above `head`."""
        if self.is_granted:
            return True
        if head.height != self._head:
            self._head, self._progress_ms = head.height, now_ms
            self._proven.clear()
        statuses = [self._statuses[member.key] for member in validators.members if member.key in self._statuses]
        if not self._is_quorum(statuses, validators, rules):
            return False
        waits = now_ms - self._progress_ms < self._unproven_head_wait_ms
        waits = waits or self._are_honest(statuses, head, validators, rules)
        heights = [status.height for status in statuses if self._counts(status, head, rules, waits=waits)]
        if self.risk is not None:
            if self._leave_at is None and all(height <= head.height + 1 for height in heights):
                self._leave_at = max([head.height + 1, *heights]) + 2
            self.is_granted = self._leave_at is not None and head.height >= self._leave_at
        else:
            self.is_granted = all(height <= head.height + 1 for height in heights)
        self.is_new = self.is_new and not self.is_granted
        if self.is_granted and self._granted_at is None:
            self._granted_at = head.height + 1
        return self.is_granted

    def _is_quorum(self, statuses: list[Status], validators: ValidatorSet, rules: Rules) -> bool:
        keys = {status.key for status in statuses}
        if self.risk is None:
            keys.add(self._key)
        power = sum(member.power for member in validators.members if member.key in keys)
        return is_quorum(rules.mode, power, validators)

    @staticmethod
    def _are_honest(statuses: list[Status], head: Header, validators: ValidatorSet, rules: Rules) -> bool:
        """Whether those who claim heads that cannot be verified cannot all be liars."""
        keys = {status.key for status in statuses if status.certificate and _is_beyond(status, head, rules)}
        return one_honest(sum(member.power for member in validators.members if member.key in keys), validators)

    def _counts(self, status: Status, head: Header, rules: Rules, *, waits: bool) -> bool:
        """Whether this status' height must be reached: it is proven, or may still turn out to be."""
        if status.head.height <= head.height:
            return True
        if status.certificate is None:
            return False
        if _is_beyond(status, head, rules):
            return waits
        return self._is_proven(status.head, status.certificate, rules)

    def _is_proven(self, claimed: Header, certificate: Certificate, rules: Rules) -> bool:
        """Whether this set decided the head that somebody claims; most claim the same one."""
        claim = (claimed.hash(), certificate)
        if claim not in self._proven:
            if len(self._proven) >= MAX_VALIDATORS:
                self._proven.clear()
            ahead = Rules(rules.genesis_hash, rules.mode, rules.validators, claimed.height)
            self._proven[claim] = ahead.decided(claimed, certificate)
        return self._proven[claim]


def _is_beyond(status: Status, head: Header, rules: Rules) -> bool:
    """Whether a claimed head was decided by a set that is not known yet."""
    return status.head.height > head.height + 1 and status.head.validators_hash != rules.validators.hash
