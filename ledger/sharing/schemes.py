"""Schemes opened and changed, always from the beginning of a slot to come (rules SC1 to SC3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ledger.chain.context import Context
from ledger.chain.expiries import schedule
from ledger.chain.parameters import PARTS
from ledger.errors import Refused
from ledger.governance.members import require_member
from ledger.sharing.events import SchemeChanged
from ledger.sharing.genesis import SHARING_SECTION
from ledger.sharing.limits import (
    MAX_FACTOR_CHANGES,
    MAX_SCHEME_VERSIONS,
    MAX_SCHEMES,
    MAX_SCHEMES_PER_POINT,
)
from ledger.sharing.pairing import check_pairs
from ledger.sharing.parameters import CORRECTION_LIMIT
from ledger.sharing.payloads import ChangeScheme, SetScheme
from ledger.sharing.price_rules import check_every_price
from ledger.sharing.schema import (
    CUT_OFF_DUE,
    PARTICIPATIONS,
    SCHEMES,
    FactorChange,
    Participation,
    PointFacts,
    SchemeVersion,
)
from ledger.sharing.scheme_terms import SchemeTerms, check_keys, check_terms
from ledger.sharing.versions import factor_at, newest_version, version_at
from ledger.sharing.weights import SCHEME_CHANGE, SCHEME_POINT
from ledger.slots.clock import clock_of
from ledger.slots.schema import POINTS, Direction, MeteringPoint
from ledger.state.table import big_endian, newest_first

SCHEME_NUMBERS: Final = b"scheme"
NO_SHARES: Final = Participation(())


def do_change_scheme(context: Context, payload: ChangeScheme) -> None:
    """A manager opens or changes a scheme (SC1)."""
    if context.sender not in SHARING_SECTION.of(context.genesis).managers:
        raise Refused("only managers of sharing may do this; others open a vote", code="not_a_sharing_manager")
    _set(context, payload.scheme, payload.from_slot, payload.terms, context.sender)


def check_scheme(context: Context, action: SetScheme) -> None:
    """Refuse to open a vote on what cannot be carried out now."""
    _facts(context, action.scheme, action.from_slot, action.terms)


def set_scheme(context: Context, action: SetScheme) -> None:
    """Carry out a vote (SC1)."""
    _set(context, action.scheme, action.from_slot, action.terms, b"")


def _set(context: Context, scheme: int, from_slot: int, terms: SchemeTerms, manager: bytes) -> None:
    facts = _facts(context, scheme, from_slot, terms)
    is_new = not scheme
    if is_new:
        scheme = context.next_number(SCHEME_NUMBERS)
    before = newest_version(context, scheme)
    _forget_versions(context, scheme, from_slot)
    number = 1 if before is None else before.version + 1
    version = SchemeVersion(scheme, number, from_slot, terms, facts)
    context.state.put(SCHEMES, big_endian(scheme) + newest_first(from_slot), version)
    for participant in terms.participants:
        _share(context, participant.point, scheme, FactorChange(from_slot, participant.factor))
    context.emit(SchemeChanged(scheme, number, from_slot, manager, len(facts)))
    if is_new:
        await_cut_off(context, scheme, from_slot, terms.cut_off_ms)


def await_cut_off(context: Context, scheme: int, slot: int, cut_off_ms: int) -> None:
    """Let the slot's cut-off fall due; from there on that of the next slot is awaited (SC7)."""
    due_ms = clock_of(context).start_ms(slot + 1) + cut_off_ms
    schedule(context, due_ms, CUT_OFF_DUE, scheme, big_endian(scheme) + big_endian(slot))


def _facts(context: Context, scheme: int, from_slot: int, terms: SchemeTerms) -> tuple[PointFacts, ...]:
    """Refuse what cannot be (SC1 to SC3); what the points are."""
    context.charge(SCHEME_CHANGE + SCHEME_POINT * len(terms.participants))
    if clock_of(context).start_ms(from_slot) <= context.time_ms:
        raise Refused("a scheme changes at the beginning of a slot to come", code="slot_not_to_come")
    if not scheme and context.count(SCHEME_NUMBERS) >= MAX_SCHEMES:
        raise Refused(f"at most {MAX_SCHEMES} schemes", code="too_many_schemes")
    if scheme:
        _check_changeable(context, scheme, from_slot)
    elif not terms.participants:
        raise Refused("a scheme is opened with participants", code="bad_scheme")
    check_terms(terms)
    if terms.asset != SHARING_SECTION.of(context.genesis).asset:
        raise Refused("schemes settle in the currency that the section of sharing names", code="bad_scheme")
    if terms.fee_account:
        require_member(context, terms.fee_account)
    facts = []
    for participant in terms.participants:
        point = _open_point(context, participant.point, from_slot)
        check_keys(terms, participant, consumes=point.direction == Direction.OFFTAKE)
        _check_shares(context, participant.point, scheme, FactorChange(from_slot, participant.factor))
        facts.append(PointFacts(point.owner, point.direction, point.commissioned_ms))
    check_computable(terms, facts)
    return tuple(facts)


def check_computable(terms: SchemeTerms, facts: Sequence[PointFacts]) -> None:
    """Nothing of a slot may be refused later, in a step of a block (SR11, SR14)."""
    points = zip(terms.participants, facts, strict=True)
    producers = [one.point for one, fact in points if fact.direction == Direction.INJECTION]
    check_pairs(terms.rule, len(producers), len(facts) - len(producers))
    check_every_price(terms.prices, producers)


def _check_changeable(context: Context, scheme: int, from_slot: int) -> None:
    newest = newest_version(context, scheme)
    if newest is None:
        raise Refused(f"no scheme has the number {scheme}", code="unknown_scheme")
    if not newest.terms.participants and clock_of(context).start_ms(newest.from_slot) <= context.time_ms:
        raise Refused("the scheme is closed; open another one", code="scheme_closed")
    known = context.state.keys(SCHEMES, big_endian(scheme))
    if from_slot < context.get(SCHEMES, known[-1]).from_slot:
        raise Refused("the scheme begins later; its cut-offs are awaited from there on", code="bad_scheme")
    if len(known) >= MAX_SCHEME_VERSIONS:
        raise Refused(f"at most {MAX_SCHEME_VERSIONS} versions are remembered", code="too_many_versions")


def _open_point(context: Context, number: int, from_slot: int) -> MeteringPoint:
    point = context.state.get(POINTS, big_endian(number))
    if point is None or point.from_slot > from_slot or point.until_slot:
        raise Refused(f"point {number} is not registered for the slots to come", code="point_not_open")
    return point


def _check_shares(context: Context, point: int, scheme: int, change: FactorChange) -> None:
    """From the slot on, the point's shares in all of its schemes sum to at most the whole (SC3)."""
    others = {}
    for key in context.state.keys(PARTICIPATIONS, big_endian(point)):
        number = int.from_bytes(key[8:], "big")
        if number != scheme:
            others[number] = context.get(PARTICIPATIONS, key)
        elif len(context.get(PARTICIPATIONS, key).changes) >= MAX_FACTOR_CHANGES:
            raise Refused(f"the shares of point {point} changed too often lately", code="point_shares")
    if len(others) >= MAX_SCHEMES_PER_POINT:
        raise Refused(f"point {point} may be in at most {MAX_SCHEMES_PER_POINT} schemes", code="point_shares")
    later = sorted({entry.from_slot for found in others.values() for entry in found.changes})
    for slot in (change.from_slot, *(slot for slot in later if slot > change.from_slot)):
        if change.factor + sum(factor_at(found, slot) for found in others.values()) > PARTS:
            raise Refused(f"the shares of point {point} would sum to more than the whole", code="point_shares")


def _forget_versions(context: Context, scheme: int, from_slot: int) -> None:
    """Drop what was decided for later slots, end the shares of those who took part, and forget what is long past."""
    group = big_endian(scheme)
    points: set[int] = set()
    for key in context.state.keys(SCHEMES, group):
        version = context.get(SCHEMES, key)
        if version.from_slot >= from_slot:
            points |= {participant.point for participant in version.terms.participants}
            context.state.delete(SCHEMES, key)
    current = version_at(context.state, scheme, from_slot)
    if current is not None:
        points |= {participant.point for participant in current.terms.participants}
    context.charge(SCHEME_POINT * len(points))
    for point in sorted(points):
        _share(context, point, scheme, FactorChange(from_slot, 0))
    horizon = _oldest_slot(context)
    ended = from_slot
    for key in context.state.keys(SCHEMES, group):
        if ended <= horizon:
            context.state.delete(SCHEMES, key)
        else:
            ended = context.get(SCHEMES, key).from_slot


def _share(context: Context, point: int, scheme: int, change: FactorChange) -> None:
    """Write down the point's share from a slot on, in place of what was to come then; forget what is long past."""
    key = big_endian(point) + big_endian(scheme)
    changes = (context.state.get(PARTICIPATIONS, key) or NO_SHARES).changes
    horizon = _oldest_slot(context)
    kept = [
        entry
        for place, entry in enumerate(changes)
        if entry.from_slot < change.from_slot
        and not (place + 1 < len(changes) and changes[place + 1].from_slot <= horizon)
    ]
    last = kept[-1].factor if kept else 0
    if change.factor != last:
        kept.append(change)
    if kept:
        context.state.put(PARTICIPATIONS, key, Participation(tuple(kept)))
    else:
        context.state.delete(PARTICIPATIONS, key)


def _oldest_slot(context: Context) -> int:
    """The first slot that may still be corrected."""
    return max(0, clock_of(context).slot_of(max(0, context.time_ms - context.parameter(CORRECTION_LIMIT))))
