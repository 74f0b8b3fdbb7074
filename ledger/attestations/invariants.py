"""What must hold of attestations in every state (rule AT6)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.attestations.payloads import AttesterRole
from ledger.attestations.schema import (
    ATTESTATION_COUNT,
    ATTESTATION_DUE,
    ATTESTATIONS,
    ATTESTED,
    ATTESTER_ATTESTATIONS,
    ATTESTER_COUNT,
    ATTESTERS,
    SUBJECT_ATTESTATIONS,
)
from ledger.chain.expiries import expiry_key, kind_of
from ledger.chain.invariants import check_account_counters, entries
from ledger.chain.schema import COUNTERS, EXPIRIES
from ledger.errors import require
from ledger.state.overlay import Reader


def check_attestations(state: Reader) -> None:
    """Each is found by its subject and its attester, waits for its expiry, and was signed by who had an office."""
    counters = dict(entries(state, COUNTERS))
    offices = {key for key, _entry in entries(state, ATTESTERS)}
    found = dict(entries(state, ATTESTATIONS))
    subjects = {(key, link.target) for key, link in entries(state, SUBJECT_ATTESTATIONS)}
    signed = {(key, link.target) for key, link in entries(state, ATTESTER_ATTESTATIONS)}
    require(subjects == {(each.subject + key, key) for key, each in found.items()}, "a subject's index is wrong")
    require(signed == {(each.attester + key, key) for key, each in found.items()}, "an attester's index is wrong")
    waiting = {key for key, _entry in entries(state, EXPIRIES) if kind_of(key) == ATTESTATION_DUE.number}
    expected = {expiry_key(each.expires_ms, ATTESTATION_DUE, each.number) for each in found.values()}
    require(waiting == expected, "an attestation does not wait for its expiry, or a time comes for none")
    for each in found.values():
        held = [role for role in AttesterRole if each.attester + bytes((role,)) in offices]
        require(bool(held), "who signed an attestation never had an office")
    check_account_counters(state, ATTESTED, Tally(each.subject for each in found.values()))
    for name, count in ((ATTESTER_COUNT, len(offices)), (ATTESTATION_COUNT, len(found))):
        require((counters[name].value if name in counters else 0) == count, "attestations or offices are miscounted")


ATTESTATION_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_attestations,)
