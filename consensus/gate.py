"""When a validator may sign after a start: never before it knows what it may have forgotten (consensus.md).

At every start it asks all for a STATUS over a fresh nonce, and signs nothing until a quorum has answered and the heads
that they proved are synced. A validator in doubt about its own memory (`Doubt`) signs nothing until the head
is two above the highest height of a quorum of **others**: by then nothing that it may have signed is open any more.

A head that cannot be verified, because the validator set has changed meanwhile, is waited for until it is reached if so
many claim one that somebody honest does. What fewer claim is waited for only as long as syncing makes progress: a liar
must not keep a validator silent for ever.
"""

from __future__ import annotations

from consensus.doubt import Doubt
from consensus.messages import Status
from consensus.quorum import is_quorum, one_honest
from consensus.validation import Rules
from ledger.chain.header import Certificate, Header
from ledger.chain.validator_set import ValidatorSet
from ledger.limits import MAX_VALIDATORS


class Gate:
    """Closed at the start; `try_open` after every status, height and tick. `nonce` has 32 random bytes."""

    def __init__(
        self, key: bytes, nonce: bytes, doubt: Doubt | None, patience_ms: int, *, overruled: bool = False
    ) -> None:
        self.nonce = nonce
        self.doubt = doubt
        self._overruled = overruled
        self._opened_at: int | None = None
        self.is_open = False
        self.is_new = True
        """Whether it has never been open."""
        self._key = key
        self._patience_ms = patience_ms
        self._statuses: dict[bytes, Status] = {}
        self._proven: dict[tuple[bytes, Certificate], bool] = {}
        self._head = -1
        self._progress_ms = 0
        self._leave_at: int | None = None

    @property
    def may_have_forgotten(self) -> bool:
        """Not open since the start, so that whatever this key has signed was before; and no doubt as yet."""
        return self.is_new and self.doubt is None

    @property
    def leaves_at(self) -> int | None:
        """The head's height at which a doubt ends; None without a doubt, or before a quorum has answered."""
        return self._leave_at

    def is_overruled(self, height: int) -> bool:
        """Whether an operator has answered for what is learned now about signatures of this height.

        Until the gate opens for the first time, and for the heights that were open then: what this key may have signed
        before it was resumed lies there. Later ones prove that somebody else signs with it.
        """
        return self._overruled and (self._opened_at is None or height <= self._opened_at + 1)

    def doubt_arises(self, doubt: Doubt) -> None:
        """A proof that this validator has signed what it does not remember: close again."""
        self._overruled = False
        self.doubt = doubt
        self.is_open = False
        self._leave_at = None

    def answered(self, status: Status) -> None:
        """A validator's answer to our nonce, its signature verified; its latest one counts."""
        if status.nonce == self.nonce and status.key != self._key:
            self._statuses[status.key] = status

    def try_open(self, head: Header, validators: ValidatorSet, rules: Rules, now_ms: int) -> bool:
        """Open the gate if all is known; whether it is open now. `rules` are those of the height above `head`."""
        if self.is_open:
            return True
        if head.height != self._head:
            self._head, self._progress_ms = head.height, now_ms
            self._proven.clear()
        statuses = [self._statuses[member.key] for member in validators.members if member.key in self._statuses]
        if not self._is_quorum(statuses, validators, rules):
            return False
        patient = now_ms - self._progress_ms < self._patience_ms or self._are_honest(statuses, head, validators, rules)
        heights = [status.height for status in statuses if self._counts(status, head, rules, patient=patient)]
        if self.doubt is not None:
            if self._leave_at is None and all(height <= head.height + 1 for height in heights):
                self._leave_at = max([head.height + 1, *heights]) + 2
            self.is_open = self._leave_at is not None and head.height >= self._leave_at
        else:
            self.is_open = all(height <= head.height + 1 for height in heights)
        self.is_new = self.is_new and not self.is_open
        if self.is_open and self._opened_at is None:
            self._opened_at = head.height + 1
        return self.is_open

    def _is_quorum(self, statuses: list[Status], validators: ValidatorSet, rules: Rules) -> bool:
        keys = {status.key for status in statuses}
        if self.doubt is None:
            keys.add(self._key)
        power = sum(member.power for member in validators.members if member.key in keys)
        return is_quorum(rules.mode, power, validators)

    @staticmethod
    def _are_honest(statuses: list[Status], head: Header, validators: ValidatorSet, rules: Rules) -> bool:
        """Whether those who claim heads that cannot be verified cannot all be liars."""
        keys = {status.key for status in statuses if status.certificate and _is_beyond(status, head, rules)}
        return one_honest(sum(member.power for member in validators.members if member.key in keys), validators)

    def _counts(self, status: Status, head: Header, rules: Rules, *, patient: bool) -> bool:
        """Whether this status' height must be reached: it is proven, or may still turn out to be."""
        if status.head.height <= head.height:
            return True
        if status.certificate is None:
            return False
        if _is_beyond(status, head, rules):
            return patient
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
