"""What an application asks for: whether it could be given, and giving it (rules JO3, JO5)."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.attestations.rules import in_force_about
from ledger.attestations.schema import Attestation
from ledger.chain.context import Context
from ledger.energy.payloads import RegisterUnit
from ledger.energy.units import check_registration, register_unit
from ledger.errors import Refused
from ledger.governance.members import is_member
from ledger.governance.voting import add_voter, check_new_voter
from ledger.joining.payloads import NO_ATTESTATION, WishedUnit
from ledger.joining.schema import MembershipApplication
from ledger.metering.bindings import bind_by_vote, check_wish
from ledger.metering.payloads import MeterTerms


def check_wishes(
    context: Context, account: bytes, meters: Sequence[MeterTerms], units: Sequence[WishedUnit], *, voter: bool
) -> None:
    """Refuse what could not be given to the account now; the meters were read just now (JO3)."""
    if (units or meters) and RegisterUnit not in context.hooks.decisions:
        raise Refused("there are no storage units on this chain: the module energy is off", code="not_a_unit")
    for unit in units:
        check_registration(context, unit.unit, account, unit.capacity_wh, unit.terms)
    kinds = set[int]()
    for terms in meters:
        if terms.account != account or terms.kind in kinds:
            raise Refused("each meter is the sender's, one of a kind", code="other_binding")
        kinds.add(terms.kind)
        check_wish(context, terms, fresh=True, unit_follows=terms.unit in {unit.unit for unit in units})
    if voter:
        check_new_voter(context, account)


def named_attestation(context: Context, account: bytes, data_hash: bytes) -> Attestation | None:
    """The one in force about an account with this hash; None where none is."""
    if data_hash == NO_ATTESTATION or "attestations" not in context.hooks.modules:
        return None
    return next((found for found in in_force_about(context, account) if found.data_hash == data_hash), None)


def check_sponsor(context: Context, account: bytes, sponsor: bytes) -> None:
    """Refuse a sponsor that is none (JO5)."""
    if sponsor != account and not is_member(context, sponsor):
        raise Refused("a sponsor is a member; who has applied itself stands for nobody", code="bad_sponsor")


def grant_wishes(context: Context, found: MembershipApplication) -> None:
    """Give a new member all that it asked for; refuses where one thing of it no longer holds (JO5)."""
    for unit in found.units:
        register_unit(context, unit.unit, found.account, unit.capacity_wh, unit.max_power_w, unit.terms)
    for terms in found.meters:
        bind_by_vote(context, terms)
    if found.voter:
        add_voter(context, found.account)
