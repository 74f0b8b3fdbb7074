"""Attestations: the shapes of a node's answers, made from the page of this name in `nodechain/api`, never by hand.

Written by `python -m tests.makers.make_client_answers`.
"""

from __future__ import annotations

from typing import TypedDict

from ledger.encoding.quantities import TimeMs
from nodechain.client.answers.models import At, Int


class AttestationView(TypedDict):
    """What an attester has signed. `kind`: `identity`, `presence`, `installation`, `solvency` or `efficiency`. Hashes
    are salted SHA-256 in hex, `document_hash` empty where there is none. `revoked_ms`: 0 while it was not. `counts`:
    whether it is in force: not revoked, not expired, its attester not barred.
    """

    number: Int
    subject: str
    attester: str
    kind: str
    data_hash: str
    document_hash: str
    issued_ms: TimeMs
    expires_ms: TimeMs
    revoked_ms: TimeMs
    counts: bool


class AttestationAnswer(At):
    """One attestation."""

    attestation: AttestationView


class AccountAttestations(At):
    """A page of attestations by number: about an account, or signed by it."""

    account: str
    attestations: list[AttestationView]
    next: str | None


class AttesterView(TypedDict):
    """An office. `role`: `registrar` or `auditor`; `standing`: `appointed`, `retired` or `barred`, since a height."""

    address: str
    role: str
    standing: str
    since: Int


class Attesters(At):
    """A page of the offices by account."""

    attesters: list[AttesterView]
    next: str | None
