"""What people ask of schemes by the month: months, why they came to what they did, claims. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from ledger.chain.context import Context
from ledger.sharing.credit import NO_CLAIMS, Claims
from ledger.sharing.credit_following import month_key
from ledger.sharing.credit_inputs import open_claims
from ledger.sharing.credit_schema import (
    CREDIT_MONTHS,
    CREDIT_SCHEMES,
    CREDIT_SUMS,
    MONTH_ROWS,
    OPEN_CLAIMS,
    CreditMonth,
    CreditSum,
    MonthEntry,
)
from ledger.sharing.credit_terms import first_slot_of_month
from ledger.sharing.members import members_of
from ledger.sharing.queries import RunProver, scheme_numbers
from ledger.sharing.roots import by_chunk, root_of
from ledger.sharing.schema import PARTICIPATIONS, SchemeMember, SchemeVersion
from ledger.sharing.versions import version_at
from ledger.slots.clock import clock_of
from ledger.slots.schema import OWNER_POINTS
from ledger.state.overlay import Reader
from ledger.state.paging import Page, page_of
from ledger.state.table import big_endian


class SettledMonth(msgspec.Struct, frozen=True):
    """A month's newest run with its terms; its members and rows, none where these are kept no longer (CR9), or another
    run is just being booked.
    """

    version: SchemeVersion
    month: CreditMonth
    members: Sequence[SchemeMember] = ()
    entries: Sequence[MonthEntry] = ()

    def prover(self) -> RunProver:
        """What proves rows and inputs."""
        points = [member.point for member in self.members]
        inputs = by_chunk(points, [entry.input for entry in self.entries])
        return RunProver(points, inputs, by_chunk(points, [entry.row for entry in self.entries]))


def settled_months(reader: Reader, scheme: int, cursor: bytes | None, limit: int) -> Page[CreditMonth]:
    """A page of a scheme's months; the key's last 8 bytes are the month. Those without a run are not settled yet."""
    return page_of(reader, CREDIT_MONTHS, big_endian(scheme), cursor, limit)


def settled_month(context: Context, scheme: int, month: int) -> SettledMonth | None:
    """The newest run of a month."""
    key = month_key(scheme, month)
    found = context.state.get(CREDIT_MONTHS, key)
    if found is None or not found.run:
        return None
    version = version_at(context.state, scheme, first_slot_of_month(clock_of(context), month))
    if version is None:
        return None
    members = members_of(context.state, version)
    entries = [context.state.get(MONTH_ROWS, key + big_endian(member.point)) for member in members]
    there = [entry for entry in entries if entry is not None]
    points = [member.point for member in members]
    if len(there) < len(members) or root_of(by_chunk(points, [one.row for one in there])) != found.rows_root:
        return SettledMonth(version, found)
    return SettledMonth(version, found, members, there)


def claims_of_points(reader: Reader, scheme: int, cursor: bytes | None, limit: int) -> Page[Claims]:
    """A page of the claims of a scheme's points; the key's bytes 8 to 16 are the point, then its account."""
    return page_of(reader, OPEN_CLAIMS, big_endian(scheme), cursor, limit)


def claims_of_account(context: Context, account: bytes) -> Iterator[tuple[int, int, Claims]]:
    """Claims of an account's open points, by point and scheme: the scheme, the point, and what stands."""
    for link in context.state.keys(OWNER_POINTS, account):
        point = int.from_bytes(link[len(account) :], "big")
        for key in context.state.keys(PARTICIPATIONS, big_endian(point)):
            found = open_claims(context, int.from_bytes(key[8:], "big"), point, account)
            if found != NO_CLAIMS:
                yield int.from_bytes(key[8:], "big"), point, found


def credit_sums_of(
    context: Context, account: bytes, first_month: int, end_month: int
) -> Iterator[tuple[int, int, CreditSum]]:
    """What an account was credited, by scheme and local month."""
    for scheme in scheme_numbers(context):
        for month in range(first_month, end_month):
            found = context.state.get(CREDIT_SUMS, month_key(scheme, month) + account)
            if found is not None:
                yield scheme, month, found


def open_claims_mwh(reader: Reader) -> int:
    """All claims of all schemes, less what is owed."""
    found = 0
    for _key, value in reader.scan(CREDIT_SCHEMES.number, b"", None):
        scheme = CREDIT_SCHEMES.codec.decode_trusted(value)
        found += scheme.parts_mwh - scheme.shared_mwh - scheme.expired_mwh
    return found
