"""What an admission costs and who pays; what the fund pays for it (rules FU8 to FU11)."""

from __future__ import annotations

from ledger.bank.balances import balance, move
from ledger.bank.genesis import assets_of
from ledger.bank.points import tell_came_in
from ledger.chain.context import Context
from ledger.chain.counters import change_count, counted
from ledger.debts.pools import DebtPool
from ledger.debts.rules import claim, owe, pay_debts
from ledger.errors import Refused
from ledger.fund.account import FUND_ACCOUNT
from ledger.fund.books import can_pay, note, pay_out, tell_fund
from ledger.fund.events import (
    AdmissionDebtPaid,
    AdmissionFeeOwed,
    AdmissionFeePaid,
    AdmissionFeeReceived,
    NewcomerPaid,
    NewcomerUnpaid,
    SponsorshipSet,
)
from ledger.fund.limits import MAX_SPONSORSHIPS
from ledger.fund.payloads import AdmitSponsored, SponsorAdmission
from ledger.fund.schema import ADMISSION_POOL, OPEN_SPONSORSHIPS, SPONSORSHIPS, Sponsorship
from ledger.fund.terms import FundFlow, NewcomerTerms
from ledger.fund.terms_by_vote import terms_in_force
from ledger.fund.weights import NEWCOMER, SPONSORING
from ledger.governance.members import admit_by_vote, check_demands, check_no_meter, is_member, require_member
from ledger.governance.points import MemberAdmission
from ledger.keys.address import ADDRESS_BYTES


def admission_pool(asset: int) -> DebtPool:
    """Where fees of admissions are owed in an asset (FU9)."""
    return DebtPool(ADMISSION_POOL, asset)


def do_sponsor_admission(context: Context, payload: SponsorAdmission) -> None:
    """Agree to pay for somebody, up to a sum, or no longer; nothing is locked for it (FU8)."""
    context.charge(SPONSORING)
    if payload.asset > len(assets_of(context.genesis)):
        raise Refused(f"there is no asset {payload.asset}", code="unknown_asset")
    if payload.candidate == context.sender:
        raise Refused("nobody is its own sponsor", code="bad_admission")
    check_no_meter(context, payload.candidate)
    before = context.state.get(SPONSORSHIPS, context.sender + payload.candidate)
    after = Sponsorship(payload.asset, payload.most) if payload.most else None
    if before == after:
        raise Refused("this is agreed already, or was never", code="unchanged")
    if before is None and counted(context.state, context.sender, OPEN_SPONSORSHIPS) >= MAX_SPONSORSHIPS:
        raise Refused(f"an account sponsors at most {MAX_SPONSORSHIPS} at a time", code="too_many_sponsorships")
    _set_sponsorship(context, context.sender, payload.candidate, after)
    context.emit(SponsorshipSet(context.sender, payload.candidate, payload.asset, payload.most))


def _set_sponsorship(context: Context, sponsor: bytes, candidate: bytes, after: Sponsorship | None) -> None:
    key = sponsor + candidate
    had = context.state.get(SPONSORSHIPS, key) is not None
    if after is None:
        context.state.delete(SPONSORSHIPS, key)
    else:
        context.state.put(SPONSORSHIPS, key, after)
    if had != (after is not None):
        change_count(context.state, sponsor, OPEN_SPONSORSHIPS, -1 if had else 1)


def end_sponsorships(context: Context, address: bytes) -> None:
    """What an expelled member had agreed to pay ends (FU8)."""
    for key in context.state.keys(SPONSORSHIPS, address):
        found = context.get(SPONSORSHIPS, key)
        _set_sponsorship(context, address, key[ADDRESS_BYTES:], None)
        context.charge(SPONSORING)
        context.emit(SponsorshipSet(address, key[ADDRESS_BYTES:], found.asset, 0))


def check_sponsored(context: Context, action: AdmitSponsored) -> None:
    """Refuse, when a vote is opened, a sponsor that has not agreed, or a referrer that is no member (FU8)."""
    check_sponsorship(context, action.address, *_others(action))
    check_demands(context, action.address)


def _others(action: AdmitSponsored) -> tuple[bytes, bytes]:
    """Sponsor and referrer; empty where the candidate itself stands there."""
    sponsor, referrer = (b"" if named == action.address else named for named in (action.sponsor, action.referrer))
    return sponsor, referrer


def check_sponsorship(context: Context, candidate: bytes, sponsor: bytes, referrer: bytes) -> None:
    """Refuse whom an admission cannot name; also other modules' admissions ask this (FU8)."""
    for named in (sponsor, referrer):
        if named:
            if len(named) != ADDRESS_BYTES or named in (candidate, FUND_ACCOUNT):
                raise Refused("this account cannot be sponsor or referrer here", code="bad_admission")
            require_member(context, named)
    terms = terms_in_force(context).newcomers
    if sponsor and terms.admission_fee and not _agrees(context, sponsor, candidate, terms):
        raise Refused("the sponsor has not agreed to pay the fee (fund sponsor)", code="not_a_sponsor")


def _agrees(context: Context, sponsor: bytes, candidate: bytes, terms: NewcomerTerms) -> bool:
    found = context.state.get(SPONSORSHIPS, sponsor + candidate)
    return found is not None and found.asset == terms.asset and found.most >= terms.admission_fee


def admit_sponsored(context: Context, action: AdmitSponsored) -> None:
    """Carry out a vote; a sponsor that has not agreed any more, or cannot pay, stops nobody (FU9)."""
    admit_by_vote(context, action.address, *_others(action))


def welcome(context: Context, admission: MemberAdmission) -> None:
    """A vote has admitted somebody: its fee, then what the fund pays, the latter at its first admission alone (FU9 to
    FU11)."""
    if not context.height:
        return
    terms = terms_in_force(context).newcomers
    context.charge(NEWCOMER)
    if terms.admission_fee:
        _charge_fee(context, admission, terms)
    if admission.is_first:
        if admission.referrer and is_member(context, admission.referrer):
            _reward(context, admission, FundFlow.REFERRAL, admission.referrer, terms.referral_reward)
        _reward(context, admission, FundFlow.GRANT, admission.address, terms.starter_grant)


def _charge_fee(context: Context, admission: MemberAdmission, terms: NewcomerTerms) -> None:
    """The sponsor pays all of it, or the member what it has and owes the rest (FU9)."""
    sponsor, member, asset, fee = admission.sponsor, admission.address, terms.asset, terms.admission_fee
    agreed = bool(sponsor) and _agrees(context, sponsor, member, terms)
    if agreed and balance(context.state, sponsor, asset).available >= fee:
        _set_sponsorship(context, sponsor, member, None)
        _pay_fee(context, sponsor, member, asset, fee)
        return
    pay_debts(context, member, asset)
    paid = min(fee, balance(context.state, member, asset).available)
    if paid:
        _pay_fee(context, member, member, asset, paid)
    if paid < fee:
        pool = admission_pool(asset)
        owe(context, pool, member, asset, fee - paid)
        claim(context, pool, FUND_ACCOUNT, asset, fee - paid)
        context.emit(AdmissionFeeOwed(member, FUND_ACCOUNT, asset, fee - paid))


def _pay_fee(context: Context, payer: bytes, member: bytes, asset: int, amount: int) -> None:
    move(context.state, payer, FUND_ACCOUNT, asset, amount)
    note(context, FundFlow.ADMISSION, asset, amount)
    context.emit(AdmissionFeePaid(payer, member, FUND_ACCOUNT, asset, amount))
    tell_fund(context, asset)


def _reward(context: Context, admission: MemberAdmission, flow: FundFlow, recipient: bytes, amount: int) -> None:
    """What the fund has not is not paid, now or later, and nothing is minted for it (FU10)."""
    asset, member = terms_in_force(context).newcomers.asset, admission.address
    if not amount:
        return
    if not can_pay(context, asset, amount):
        context.emit(NewcomerUnpaid(FUND_ACCOUNT, recipient, member, flow, asset, amount))
        return
    pay_out(context, flow, recipient, asset, amount)
    context.emit(NewcomerPaid(FUND_ACCOUNT, recipient, member, flow, asset, amount))
    tell_came_in(context, recipient, asset)


def tell_debt_paid(context: Context, pool: DebtPool, account: bytes, asset: int, amount: int) -> None:
    """A member paid of the fee that it owes (FU9)."""
    if pool.kind == ADMISSION_POOL:
        context.emit(AdmissionDebtPaid(account, pool.account, asset, amount))


def tell_claim_paid(context: Context, pool: DebtPool, account: bytes, asset: int, amount: int) -> None:
    """The fund got it (FU9)."""
    if pool.kind == ADMISSION_POOL:
        note(context, FundFlow.ADMISSION, asset, amount)
        context.emit(AdmissionFeeReceived(account, pool.account, asset, amount))
