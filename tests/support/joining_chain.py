"""A chain where one joins by a request: A votes, R is the registrar, D the auditor; N1, N2 ... are strangers."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from harness.chain import ChainFixture, address, make_genesis, secret
from harness.energy import MeterFixture
from ledger.attestations.genesis import ATTESTATIONS_SECTION, AttestationsSection
from ledger.attestations.payloads import NO_DOCUMENT, AttestationKind, IssueAttestation
from ledger.attestations.queries import attestation_of
from ledger.attestations.rules import salted_hash
from ledger.attestations.schema import Attestation
from ledger.chain.envelope import Transaction
from ledger.chain.header import Receipt
from ledger.chain.parameters import DAY_MS
from ledger.chain.protocol import context_at
from ledger.chain.section import sections_of
from ledger.energy.storage_terms import IDEAL
from ledger.errors import InclusionError
from ledger.governance.members import is_member
from ledger.joining.genesis import JOINING_SECTION, AdmittedBy, JoiningSection
from ledger.joining.payloads import (
    NO_ATTESTATION,
    AdmitApplication,
    RequestMembership,
    WishedMeter,
    WishedUnit,
)
from ledger.joining.queries import application_by_number, application_of
from ledger.joining.schema import MembershipApplication
from ledger.metering.schema import MeterKind

SALT: Final = bytes(range(32))
DATA: Final = b"Nora Newcomer, Sunny Street 5"
DATA_HASH: Final = salted_hash(SALT, DATA)
NOTHING: Final = RequestMembership(bytes(20), NO_ATTESTATION, (), (), False)


def joining_genesis(admitted_by: AdmittedBy = AdmittedBy.VOTE, **changes: Any) -> Any:
    """With the sections of both modules."""
    made = make_genesis(**changes)
    return replace(
        made,
        sections=sections_of(
            *made.sections,
            ATTESTATIONS_SECTION.holding(AttestationsSection((address("R"),), (address("D"),))),
            JOINING_SECTION.holding(JoiningSection(admitted_by)),
        ),
    )


class JoiningChain(ChainFixture):
    """Blocks are a second apart unless it is said otherwise."""

    def __init__(self, admitted_by: AdmittedBy = AdmittedBy.VOTE, **changes: Any) -> None:
        super().__init__(joining_genesis(admitted_by, **changes))

    def request(self, name: str, asked: RequestMembership = NOTHING, *, at_ms: int | None = None) -> Transaction:
        """Signed at the time of the next block, if that is a second away."""
        if asked.referrer == NOTHING.referrer:
            asked = replace(asked, referrer=address(name))
        return self.tx(name, asked, nonce=self.time_ms + 1_000 if at_ms is None else at_ms)

    def ask(self, name: str, asked: RequestMembership = NOTHING, **changes: Any) -> Receipt:
        """In a block of its own, with the fields of `changes` other than asked."""
        return self.block([self.request(name, replace(asked, **changes))]).executed.receipts[1]

    def refused(self, name: str, asked: RequestMembership = NOTHING, **changes: Any) -> tuple[str, str]:
        """The code and the text with which a request stands in no block."""
        try:
            self.block([self.request(name, replace(asked, **changes))])
        except InclusionError as error:
            return error.code, error.detail
        raise AssertionError("it stands in a block")

    def wished_meter(
        self, name: str, at: str = "U1", measures: MeterKind = MeterKind.CONSUMPTION, key: str = "M", **terms: Any
    ) -> WishedMeter:
        """A meter of the account's, read just now."""
        made = MeterFixture(self, key, at, name, measures).terms(**terms)
        return WishedMeter(made, secret(key).sign(made.message(self.genesis.hash)))

    def admittance(self, number: int = 1, sponsor: bytes | None = None) -> AdmitApplication:
        """What voters decide; a sponsor is nobody unless it is said."""
        found = application_by_number(self.state, number)
        return AdmitApplication(number, sponsor or (address("A") if found is None else found.account))

    def admit(self, number: int = 1, sponsor: bytes | None = None) -> Receipt:
        """The only voter's yes."""
        return self.vote(self.admittance(number, sponsor))

    def attest(self, subject: str, kind: AttestationKind = AttestationKind.IDENTITY, by: str = "R") -> Receipt:
        """For a year."""
        expires = self.time_ms + 365 * DAY_MS
        return self.try_(by, IssueAttestation(address(subject), kind, DATA_HASH, NO_DOCUMENT, expires))

    def attestation(self, number: int = 1) -> Attestation:
        """As it stands."""
        found = attestation_of(self.state, number)
        assert found is not None
        return found

    def application(self, name: str) -> MembershipApplication | None:
        """What an account has asked for."""
        return application_of(self.state, address(name))

    def is_member(self, name: str) -> bool:
        """Whether the account may send."""
        view = context_at(self.registry, self.state, self.genesis, len(self.blocks), self.time_ms)
        return is_member(view, address(name))


def unit_of(name: str) -> WishedUnit:
    """A battery of 10 kWh."""
    return WishedUnit(address(name), 10_000, 5_000, IDEAL)
