"""What must hold of applications in every state (rule JO8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.expiries import expiry_key, kind_of
from ledger.chain.invariants import entries
from ledger.chain.schema import COUNTERS, EXPIRIES
from ledger.errors import require
from ledger.joining.limits import MAX_APPLICATIONS, MAX_APPLICATIONS_PER_HOUR
from ledger.joining.schema import (
    APPLICATION_COUNT,
    APPLICATION_DUE,
    APPLICATION_NUMBERS,
    APPLICATION_PACE,
    APPLICATIONS,
    ApplicationStatus,
)
from ledger.state.overlay import Reader
from ledger.state.table import big_endian


def check_applications(state: Reader) -> None:
    """Each is found by its number, counted, and waits for its end; there are no more than may be."""
    counters = dict(entries(state, COUNTERS))
    found = dict(entries(state, APPLICATIONS))
    numbers = {(key, link.target) for key, link in entries(state, APPLICATION_NUMBERS)}
    require(
        numbers == {(big_endian(each.number), account) for account, each in found.items()},
        "an application is not found by its number, or a number names none",
    )
    waiting = {key for key, _entry in entries(state, EXPIRIES) if kind_of(key) == APPLICATION_DUE.number}
    expected = {expiry_key(each.ends_ms, APPLICATION_DUE, each.number) for each in found.values()}
    require(waiting == expected, "an application does not wait for its end, or a time comes for none")
    for account, each in found.items():
        require(each.account == account, "an application stands under another account")
        bare = not (each.meters or each.units or each.voter)
        require(each.status == ApplicationStatus.OPEN or bare, "a dismissed application still asks for something")
    count = counters[APPLICATION_COUNT].value if APPLICATION_COUNT in counters else 0
    require(count == len(found) <= MAX_APPLICATIONS, "applications are miscounted, or there are too many")
    for _key, pace in entries(state, APPLICATION_PACE):
        require(0 < pace.taken <= MAX_APPLICATIONS_PER_HOUR, "an hour took more requests than it may")


JOINING_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_applications,)
