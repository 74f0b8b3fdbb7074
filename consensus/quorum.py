"""How much power says the same thing: quorums and 'one honest' (consensus.md, 'Identities and quorums').

The quorum itself is `ledger.chain.certificate.is_quorum`, which light clients share.
"""

from __future__ import annotations

from collections.abc import Iterable

from ledger.chain.certificate import is_quorum
from ledger.chain.validator_set import ValidatorSet

__all__ = ["is_quorum", "one_honest", "power_of"]


def power_of(signers: Iterable[int], validators: ValidatorSet) -> int:
    """The power of distinct signers, given by index."""
    return sum(validators.members[index].power for index in sorted(set(signers)))


def one_honest(power: int, validators: ValidatorSet) -> bool:
    """Whether signers with this power cannot all be faulty: 3p >= T."""
    return 3 * power >= validators.total_power
