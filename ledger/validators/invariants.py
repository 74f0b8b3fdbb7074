"""What must hold of signs of life in every state (rule V5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.invariants import entries
from ledger.chain.schema import PROPOSERS, VALIDATORS
from ledger.errors import require
from ledger.state.overlay import Reader
from ledger.validators.schema import CANDIDATES, LIVENESS


def check_liveness(state: Reader) -> None:
    """Signs of life are kept for validators and for one other key an account (V5)."""
    known = {value.key for _key, value in entries(state, VALIDATORS)}
    known |= {value.target for _key, value in entries(state, CANDIDATES)}
    for key, _value in entries(state, LIVENESS):
        require(key in known, "a sign of life is kept of a key that neither validates nor is a candidate")


def check_proposers(state: Reader) -> None:
    """Less than a third of the power proposes last; nothing is kept of who has missed nothing (V11)."""
    powers = {key: value.power for key, value in entries(state, VALIDATORS)}
    muted = 0
    for address, record in entries(state, PROPOSERS):
        require(bool(record.misses or record.relapses), "an empty record of a proposer is kept")
        muted += powers.get(address, 0) if record.muted_until_ms else 0
    require(muted == 0 or 3 * muted < sum(powers.values()), "a third of the power proposes last")


VALIDATORS_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_liveness, check_proposers)
