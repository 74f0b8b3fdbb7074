"""Schemes opened and changed, always from the beginning of a slot to come (rules SC1 to SC3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.chain.expiries import schedule
from ledger.chain.parameters import PARTS
from ledger.errors import Refused
from ledger.governance.members import require_member
from ledger.limits import MAX_INTEGER
from ledger.sharing.absent import NO_SHARES, follow_shares
from ledger.sharing.computing import weight_of_slots
from ledger.sharing.credit_following import scheme_opened
from ledger.sharing.credit_terms import by_month, check_by_month, check_sides
from ledger.sharing.events import SchemeChanged
from ledger.sharing.genesis import SHARING_SECTION
from ledger.sharing.hours import begins_an_hour, slots_together
from ledger.sharing.late_corrections import first_open_slot
from ledger.sharing.limits import (
    MAX_FACTOR_CHANGES,
    MAX_SCHEME_CHUNKS,
    MAX_SCHEME_POINTS,
    MAX_SCHEME_ROWS,
    MAX_SCHEME_VERSIONS,
    MAX_SCHEMES,
    MAX_SCHEMES_PER_POINT,
)
from ledger.sharing.members import (
    chunk_of,
    forget_chunks,
    members_among,
    members_of,
    members_of_chunk,
    producing,
    put_members,
)
from ledger.sharing.pairing import check_pairs
from ledger.sharing.parameters import CORRECTION_LIMIT
from ledger.sharing.payloads import ChangeScheme, SetScheme
from ledger.sharing.price_rules import FixedByProducer, check_every_price, highest_price
from ledger.sharing.prices import MWH_PER_KWH
from ledger.sharing.schema import (
    CUT_OFF_DUE,
    PARTICIPATIONS,
    SCHEMES,
    FactorChange,
    Participation,
    SchemeMember,
    SchemeVersion,
)
from ledger.sharing.scheme_terms import SchemeTerms, bad_scheme, check_keys, check_terms, keys_of
from ledger.sharing.versions import FOR_EVER, factor_at, newest_version, version_at
from ledger.sharing.weights import SCHEME_CHANGE, SCHEME_POINT
from ledger.slots.clock import clock_of
from ledger.slots.limits import MAX_SLOT_MWH
from ledger.slots.schema import POINTS, Direction, MeteringPoint
from ledger.state.table import big_endian, newest_first

SCHEME_NUMBERS: Final = b"scheme"


SchemeChange = ChangeScheme | SetScheme


class Changes(msgspec.Struct, frozen=True):
    """What a change comes to: the version that holds in its slot so far, the points that change (None: leaves), and
    what those were before.
    """

    before: SchemeVersion | None
    after: Mapping[int, SchemeMember | None]
    olds: Mapping[int, SchemeMember]

    def count(self, direction: Direction) -> int:
        """How many points of a direction take part then."""
        known = 0
        if self.before is not None:
            known = self.before.producers if direction == Direction.INJECTION else self.before.consumers
        left = sum(1 for point in self.after if point in self.olds and self.olds[point].direction == direction)
        return known - left + sum(1 for found in self.after.values() if found and found.direction == direction)


def do_change_scheme(context: Context, payload: ChangeScheme) -> None:
    """A manager opens or changes a scheme (SC1)."""
    if context.sender not in SHARING_SECTION.of(context.genesis).managers:
        raise Refused("only managers of sharing may do this; others open a vote", code="not_a_sharing_manager")
    _set(context, payload, context.sender)


def check_scheme(context: Context, action: SetScheme) -> None:
    """Refuse to open a vote on what cannot be carried out now."""
    _checked(context, action)


def set_scheme(context: Context, action: SetScheme) -> None:
    """Carry out a vote (SC1)."""
    _set(context, action, b"")


def _set(context: Context, change: SchemeChange, manager: bytes) -> None:
    found = _checked(context, change)
    scheme, from_slot = change.scheme or context.next_number(SCHEME_NUMBERS), change.from_slot
    newest = newest_version(context, scheme)
    number = 1 if newest is None else newest.version + 1
    later = _later_versions(context, scheme, from_slot)
    undecided = _points_between(context, found.before, later)
    chunks = put_members(context, scheme, from_slot, found.before, found.after)
    version = SchemeVersion(
        scheme, number, from_slot, replace(change.terms, participants=()),
        found.count(Direction.INJECTION), found.count(Direction.OFFTAKE), chunks,
    )  # fmt: skip
    for gone in later:
        context.state.delete(SCHEMES, big_endian(scheme) + newest_first(gone.from_slot))
    context.state.put(SCHEMES, big_endian(scheme) + newest_first(from_slot), version)
    for point in sorted({*found.after, *undecided}):
        member = found.after[point] if point in found.after else undecided[point]
        _share(context, point, scheme, FactorChange(from_slot, 0 if member is None else member.factor))
    replaced = [found.before] if found.before is not None and found.before.from_slot == from_slot else []
    _forget_versions(context, scheme, [*later, *replaced])
    context.emit(SchemeChanged(scheme, number, from_slot, manager, version.points))
    if not change.scheme and by_month(change.terms):
        scheme_opened(context, scheme, from_slot)
    if not change.scheme:
        await_cut_off(context, scheme, clock_of(context).local_day(from_slot), change.terms.cut_off_ms)


def await_cut_off(context: Context, scheme: int, day: int, cut_off_ms: int) -> None:
    """Let the cut-off of a local day fall due; from there on that of the next day is awaited (SC7)."""
    clock = clock_of(context)
    due_ms = clock.start_ms(clock.first_slot_of_day(day + 1)) + cut_off_ms
    schedule(context, due_ms, CUT_OFF_DUE, scheme, big_endian(scheme) + big_endian(day))


def _checked(context: Context, change: SchemeChange) -> Changes:
    """Refuse what cannot be (SC1 to SC3); what changes."""
    terms = change.terms
    context.charge(SCHEME_CHANGE + SCHEME_POINT * (len(terms.participants) + len(change.leaving)))
    if clock_of(context).start_ms(change.from_slot) <= context.time_ms:
        raise Refused("a scheme changes at the beginning of a slot to come", code="slot_not_to_come")
    if not change.scheme and context.count(SCHEME_NUMBERS) >= MAX_SCHEMES:
        raise Refused(f"at most {MAX_SCHEMES} schemes", code="too_many_schemes")
    before = None
    if change.scheme:
        _check_changeable(context, change.scheme, change.from_slot)
        before = version_at(context.state, change.scheme, change.from_slot)
    elif not terms.participants or change.leaving or change.others_stay:
        raise bad_scheme("a scheme is opened with participants, and no others are in it that stay or leave")
    check_terms(terms)
    clock = clock_of(context)
    check_by_month(clock, terms, () if before is None else (before.terms,), change.from_slot)
    for rule in (terms.rule, *(() if before is None else (before.terms.rule,))):
        if not begins_an_hour(clock, rule, change.from_slot):
            raise bad_scheme("terms whose rule works by the hour begin and end with a full hour of the local day")
    if terms.asset != SHARING_SECTION.of(context.genesis).asset:
        raise bad_scheme("schemes settle in the currency that the section of sharing names")
    if terms.fee_account:
        require_member(context, terms.fee_account)
    found = _changes(context, change, before)
    for member in found.after.values():
        if member is not None:
            _check_shares(context, member.point, change.scheme, FactorChange(change.from_slot, member.factor))
    _check_points(context, terms, found)
    return found


def _changes(context: Context, change: SchemeChange, before: SchemeVersion | None) -> Changes:
    after: dict[int, SchemeMember | None] = {}
    if before is not None and not change.others_stay:
        if before.points > MAX_SCHEME_ROWS:
            raise bad_scheme(f"the points of a scheme with more than {MAX_SCHEME_ROWS} are not replaced at once")
        after = dict.fromkeys(member.point for member in members_of(context.state, before))
        context.charge(SCHEME_POINT * len(after))
    after |= dict.fromkeys(change.leaving)
    for participant in change.terms.participants:
        if participant.point in change.leaving:
            raise bad_scheme(f"point {participant.point} takes part and leaves at once")
        point = _open_point(context, participant.point, change.from_slot)
        check_keys(change.terms, participant, consumes=point.direction == Direction.OFFTAKE)
        after[point.number] = SchemeMember(
            point.number, point.owner, point.direction, point.commissioned_ms, participant.keys, participant.factor
        )
    olds = {} if before is None else members_among(context.state, before, after)
    missing = [point for point in change.leaving if point not in olds]
    if missing or len(set(change.leaving)) != len(change.leaving):
        raise bad_scheme(f"point {missing[0] if missing else 'twice'} cannot leave: it does not take part")
    return Changes(before, after, olds)


def check_computable(terms: SchemeTerms, producers: int, consumers: int, slots: int) -> None:
    """Raises `Refused` where a slot, or so many together, could be refused by its pairs or amounts (SR8, SR11)."""
    check_pairs(terms.rule, producers, consumers)
    most_mwh = slots * (producers + consumers) * MAX_SLOT_MWH
    if most_mwh * (highest_price(terms.prices) + terms.fee) // MWH_PER_KWH > MAX_INTEGER:
        raise bad_scheme("so many points at such prices may cost more in a slot than the ledger can store")


def _check_points(context: Context, terms: SchemeTerms, found: Changes) -> None:
    """Nothing of a slot may be refused later, in a step of a block (SR11, SR14)."""
    producers, consumers = found.count(Direction.INJECTION), found.count(Direction.OFFTAKE)
    if producers + consumers > MAX_SCHEME_POINTS:
        raise bad_scheme(f"at most {MAX_SCHEME_POINTS} points take part in a scheme")
    chunks = {chunk_of(point) for point in found.after}
    chunks |= set() if found.before is None else {each.chunk for each in found.before.chunks}
    if len(chunks) > MAX_SCHEME_CHUNKS:
        raise bad_scheme("the numbers of the scheme's points lie too far apart; divide it into several")
    check_sides(terms, producers, consumers)
    slots = slots_together(clock_of(context), terms.rule)
    check_computable(terms, producers, consumers, slots)
    weight, most = weight_of_slots(terms, producers, consumers, slots), 2 * context.genesis.block_weight // 3
    if weight > most:
        raise Refused(
            f"to compute a slot of this scheme weighs {weight}, at most {most} fits into a block; divide the scheme, "
            "or choose a rule with fewer pairs",
            code="too_heavy",
        )
    joining = [member for member in found.after.values() if member is not None]
    before = found.before
    if before is not None and before.points > len(found.olds):
        if keys_of(before.terms) != keys_of(terms):
            raise bad_scheme("the rule asks for other keys than those that its points have; open another scheme")
        if isinstance(terms.prices, FixedByProducer) and terms.prices != before.terms.prices:
            context.charge(before.points)
            members = members_of(context.state, before)
            joining += [member for member in members if member.point not in found.after]
    check_every_price(terms.prices, [member.point for member in producing(joining)])


def _check_changeable(context: Context, scheme: int, from_slot: int) -> None:
    newest = newest_version(context, scheme)
    if newest is None:
        raise Refused(f"no scheme has the number {scheme}", code="unknown_scheme")
    if not newest.points and clock_of(context).start_ms(newest.from_slot) <= context.time_ms:
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


def _later_versions(context: Context, scheme: int, from_slot: int) -> list[SchemeVersion]:
    """What had been decided for slots after one."""
    keys = context.state.keys(SCHEMES, big_endian(scheme))
    return [found for found in (context.get(SCHEMES, key) for key in keys) if found.from_slot > from_slot]


def _points_between(
    context: Context, before: SchemeVersion | None, later: Sequence[SchemeVersion]
) -> dict[int, SchemeMember | None]:
    """The points that later versions, which fall, have changed; with what they are without these."""
    here = frozenset() if before is None else frozenset(before.chunks)
    other = {chunk for version in later for chunk in version.chunks} - here
    numbers = {chunk.chunk for version in later for chunk in here.symmetric_difference(version.chunks)}
    scheme = later[0].scheme if later else 0
    found: dict[int, SchemeMember | None] = {}
    for chunk in sorted(other, key=lambda each: (each.chunk, each.from_slot)):
        found |= dict.fromkeys(member.point for member in members_of_chunk(context.state, scheme, chunk))
    for chunk in before.chunks if before is not None else ():
        if chunk.chunk in numbers:
            members = members_of_chunk(context.state, before.scheme, chunk) if before is not None else ()
            found |= {member.point: member for member in members}
    context.charge(SCHEME_POINT * len(found))
    return found


def _forget_versions(context: Context, scheme: int, gone: Sequence[SchemeVersion]) -> None:
    """Forget versions that are long past, and the chunks that only these and those that are gone had."""
    corrected = first_open_slot(context, big_endian(scheme))
    horizon = _oldest_slot(context) if corrected is None else min(corrected, _oldest_slot(context))
    forgotten, kept = list(gone), list[SchemeVersion]()
    ended = FOR_EVER
    for key in context.state.keys(SCHEMES, big_endian(scheme)):
        version = context.get(SCHEMES, key)
        if ended <= horizon:
            forgotten.append(version)
            context.state.delete(SCHEMES, key)
        else:
            kept.append(version)
        ended = version.from_slot
    forget_chunks(context, scheme, forgotten, kept)


def _share(context: Context, point: int, scheme: int, change: FactorChange) -> None:
    """Write down the point's share from a slot on, in place of what was to come then; forget what is long past."""
    key = big_endian(point) + big_endian(scheme)
    before = context.state.get(PARTICIPATIONS, key) or NO_SHARES
    changes = before.changes
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
    after = Participation(tuple(kept))
    if kept:
        context.state.put(PARTICIPATIONS, key, after)
    else:
        context.state.delete(PARTICIPATIONS, key)
    follow_shares(context, scheme, context.get(POINTS, big_endian(point)).until_slot, before, after)


def _oldest_slot(context: Context) -> int:
    """The first slot that may still be corrected."""
    return max(0, clock_of(context).slot_of(max(0, context.time_ms - context.parameter(CORRECTION_LIMIT))))
