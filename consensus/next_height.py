"""Messages for the next height that came before this one was decided: verified, a few of each validator, kept."""

from __future__ import annotations

from consensus.limits import NEXT_HEIGHT_MESSAGES
from consensus.messages import Commit, Decided, Prepare, Proposal, ProvenRoundChange
from consensus.state import Settings
from consensus.validation import Rules
from ledger.chain.validator_set import ValidatorSet
from ledger.chain.votes import VoteKind

NextHeightMessage = Proposal | Prepare | Commit | ProvenRoundChange


class NextHeightMessages:
    """Verified against the running set: where the next height has another one, they are dropped and sent again."""

    def __init__(self) -> None:
        self._height = 0
        self._set_hash = b""
        self._kept: dict[int, list[tuple[bytes, NextHeightMessage]]] = {}

    def keep(
        self,
        peer: bytes,
        message: Proposal | Prepare | Commit | ProvenRoundChange | Decided,
        validators: ValidatorSet,
        settings: Settings,
    ) -> None:
        """Keep a valid message for the next height; of one validator the latest few."""
        if isinstance(message, Decided):
            return
        if message.height != self._height:
            self._height, self._set_hash, self._kept = message.height, validators.hash, {}
        rules = Rules(settings.genesis_hash, settings.mode, validators, message.height)
        validator = _signer(message)
        row = self._kept.setdefault(validator, []) if validator < len(validators.members) else []
        if (peer, message) in row or not _is_signed(rules, message):
            return
        row.append((peer, message))
        del row[:-NEXT_HEIGHT_MESSAGES]

    def take(self, height: int, set_hash: bytes) -> list[tuple[bytes, NextHeightMessage]]:
        """What was kept for a height that starts with this set; forgets everything."""
        kept, self._kept = self._kept, {}
        if height != self._height or set_hash != self._set_hash:
            return []
        return [entry for validator in sorted(kept) for entry in kept[validator]]


def _signer(message: NextHeightMessage) -> int:
    return message.request.validator if isinstance(message, ProvenRoundChange) else message.validator


def _is_signed(rules: Rules, message: NextHeightMessage) -> bool:
    match message:
        case Proposal():
            # Whose turn it will be, the block under way decides: that is looked at when its height begins.
            return rules.signed(
                VoteKind.PROPOSAL, message.validator, message.round, message.header.hash(), message.signature
            )
        case Prepare():
            return rules.vote(VoteKind.PREPARE, message)
        case Commit():
            return rules.vote(VoteKind.COMMIT, message)
        case ProvenRoundChange():
            return rules.request(message.request)
