"""What a node tells of attestations and of joining."""

from __future__ import annotations

from collections.abc import Iterator

from nodechain.client.answers.attestations import AccountAttestations, AttestationAnswer, Attesters
from nodechain.client.answers.joining import ApplicationAnswer, JoiningAnswer, MembershipApplications, OwnApplication
from nodechain.client.paging import pages_of
from nodechain.client.rest import NodeApi, escaped


class AttestationReads:
    """What registrars and auditors have signed."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def show(self, number: int) -> AttestationAnswer:
        """An attestation; raises `NotFound` (unknown_attestation), `NotYours`."""
        return self._api.get(f"/v1/attestations/{number}", AttestationAnswer)

    def about(self, address: str) -> Iterator[AccountAttestations]:
        """All about an account, a page at a time."""
        return pages_of(self._api, f"/v1/attestations/subjects/{escaped(address)}", AccountAttestations, {})

    def signed_by(self, address: str) -> Iterator[AccountAttestations]:
        """All that an account has signed, a page at a time."""
        return pages_of(self._api, f"/v1/attestations/attesters/{escaped(address)}", AccountAttestations, {})

    def attesters(self) -> Iterator[Attesters]:
        """Registrars and auditors, a page at a time."""
        return pages_of(self._api, "/v1/attesters", Attesters, {})


class JoiningReads:
    """How one joins, and what is asked for."""

    def __init__(self, api: NodeApi) -> None:
        self._api = api

    def terms(self) -> JoiningAnswer:
        """How one joins; raises `NotFound` (module_off) where nobody does this way."""
        return self._api.get("/v1/joining", JoiningAnswer)

    def pages(self) -> Iterator[MembershipApplications]:
        """All applications, a page at a time; raises `NotYours` for who does not vote."""
        return pages_of(self._api, "/v1/applications", MembershipApplications, {})

    def show(self, number: int) -> ApplicationAnswer:
        """An application; raises `NotFound` (unknown_application)."""
        return self._api.get(f"/v1/applications/{number}", ApplicationAnswer)

    def own(self, address: str) -> OwnApplication:
        """What an account has asked for, if it has."""
        return self._api.get(f"/v1/applications/accounts/{escaped(address)}", OwnApplication)
