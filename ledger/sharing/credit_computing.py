"""A month computed: parts, what each consumer takes, prices; put down by chunk between the pieces (rule CR2)."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from ledger.chain.context import Context
from ledger.sharing.computing import weight_of_slots
from ledger.sharing.credit_inputs import inputs_of_chunk, part_key
from ledger.sharing.credit_outcome import consumer_month, consumes, month_parts, month_prices
from ledger.sharing.credit_schema import CREDIT_PARTS, CreditPart, CreditRun
from ledger.sharing.members import members_by_chunk, members_of_chunk
from ledger.sharing.outcome import roster_of
from ledger.sharing.packing import pack, unpack
from ledger.sharing.schema import SchemeVersion
from ledger.sharing.weights import COMPUTED_POINTS_A_UNIT, COMPUTED_SLOT, GATHERED_CHUNK, MONTH_POINT


def offer_month(context: Context, version: SchemeVersion, run: CreditRun) -> None:
    """Each consumer's part, and what producers delivered: of all points at once (CR3)."""
    context.charge(weight_of_slots(version.terms, version.producers, version.consumers, 1))
    by_chunk = members_by_chunk(context.state, version)
    counts = [len(members) for members in by_chunk]
    parts = _parts(context, version)
    roster = roster_of(version.terms, [member for members in by_chunk for member in members])
    energies = [value for part, count in zip(parts, counts, strict=True) for value in unpack(part.energies, count)]
    slots_open = [
        value for part, count in zip(parts, counts, strict=True) for value in unpack(part.counts, 3 * count)[:count]
    ]
    absent = {place for place, wanted in enumerate(slots_open) if not wanted}
    found = month_parts(version.terms, roster, run.month, energies, absent)
    for chunk, part, here in zip(version.chunks, parts, _split(found, counts), strict=True):
        context.state.put(CREDIT_PARTS, part_key(version, chunk), replace(part, parts=pack(here)))


def take_chunk(context: Context, version: SchemeVersion, run: CreditRun) -> None:
    """What a chunk's consumers take, and what of their claims expires (CR4)."""
    chunk = version.chunks[run.place]
    members = members_of_chunk(context.state, version.scheme, chunk)
    context.charge(GATHERED_CHUNK + MONTH_POINT * len(members))
    part = context.get(CREDIT_PARTS, part_key(version, chunk))
    inputs = inputs_of_chunk(context, version, run, part, members)
    shares, expired = [0] * len(members), [0] * len(members)
    for at, (member, found, given) in enumerate(zip(members, inputs, unpack(part.parts, len(members)), strict=True)):
        if consumes(member):
            month = consumer_month(version.terms, run.month, run.run, given, found)
            shares[at], expired[at] = month.taken.share_mwh, max(0, month.expired_mwh)
    part = replace(part, shares=pack(shares), expired=pack(expired))
    context.state.put(CREDIT_PARTS, part_key(version, chunk), part)


def price_month(context: Context, version: SchemeVersion, run: CreditRun) -> CreditRun:
    """Prices and fees of all points at once (CR6). Raises `Refused` (out_of_range)."""
    context.charge(COMPUTED_SLOT + (version.producers + version.consumers) // COMPUTED_POINTS_A_UNIT)
    by_chunk = members_by_chunk(context.state, version)
    counts = [len(members) for members in by_chunk]
    parts = _parts(context, version)
    roster = roster_of(version.terms, [member for members in by_chunk for member in members])
    energies, given, shares, expired = (
        [value for packed, count in zip(column, counts, strict=True) for value in unpack(packed, count)]
        for column in zip(*((part.energies, part.parts, part.shares, part.expired) for part in parts), strict=True)
    )
    found = month_prices(version.terms, roster, run.month, energies, given, shares, expired)
    columns = [
        _split(column, counts)
        for column in (found.shared, found.amounts, found.fees, found.expired, found.expired_amounts)
    ]
    for chunk, part, *rows in zip(version.chunks, parts, *columns, strict=True):
        packed = pack([value for row in rows for value in row])
        context.state.put(CREDIT_PARTS, part_key(version, chunk), replace(part, rows=packed))
    return replace(run, sums=found.sums, expired_amount=found.expired_amount)


def _parts(context: Context, version: SchemeVersion) -> list[CreditPart]:
    return [context.get(CREDIT_PARTS, part_key(version, chunk)) for chunk in version.chunks]


def _split(values: Sequence[int], counts: Sequence[int]) -> list[Sequence[int]]:
    found, start = [], 0
    for count in counts:
        found.append(values[start : start + count])
        start += count
    return found
