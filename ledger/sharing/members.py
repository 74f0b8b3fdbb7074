"""Who takes part in a version of a scheme: members in chunks by their points' numbers, copied when they change (SC1).

A version lists its chunks; those that a change leaves as they are it has in common with the version before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ledger.chain.context import Context
from ledger.errors import require_present
from ledger.sharing.limits import CHUNK_POINTS
from ledger.sharing.schema import MEMBERS, ChunkOfVersion, MemberChunk, SchemeMember, SchemeVersion
from ledger.slots.schema import Direction
from ledger.state.overlay import State
from ledger.state.table import big_endian


def chunk_of(point: int) -> int:
    """The chunk that a point stands in."""
    return point // CHUNK_POINTS


def chunk_key(scheme: int, chunk: ChunkOfVersion) -> bytes:
    """The key of a chunk's members."""
    return big_endian(scheme) + big_endian(chunk.chunk) + big_endian(chunk.from_slot)


def members_of_chunk(state: State, scheme: int, chunk: ChunkOfVersion) -> tuple[SchemeMember, ...]:
    """The members of one chunk, in rising order of their points."""
    found = state.get(MEMBERS, chunk_key(scheme, chunk))
    return require_present(found, f"scheme {scheme} has no chunk {chunk.chunk} of slot {chunk.from_slot}").members


def members_by_chunk(state: State, version: SchemeVersion) -> list[tuple[SchemeMember, ...]]:
    """All members of a version, chunk by chunk."""
    return [members_of_chunk(state, version.scheme, chunk) for chunk in version.chunks]


def members_of(state: State, version: SchemeVersion) -> list[SchemeMember]:
    """All members of a version, in rising order of their points."""
    return [member for members in members_by_chunk(state, version) for member in members]


def members_among(state: State, version: SchemeVersion, points: Iterable[int]) -> dict[int, SchemeMember]:
    """The parts of some points in a version, as far as they have one."""
    wanted: dict[int, set[int]] = {}
    for point in points:
        wanted.setdefault(chunk_of(point), set()).add(point)
    found: dict[int, SchemeMember] = {}
    for chunk in version.chunks:
        if chunk.chunk in wanted:
            members = members_of_chunk(state, version.scheme, chunk)
            found |= {member.point: member for member in members if member.point in wanted[chunk.chunk]}
    return found


def put_members(
    context: Context,
    scheme: int,
    from_slot: int,
    before: SchemeVersion | None,
    changes: Mapping[int, SchemeMember | None],
) -> tuple[ChunkOfVersion, ...]:
    """Write the chunks in which points change (None: leaves) from a slot on; the chunks that there are then."""
    chunks = {} if before is None else {each.chunk: each for each in before.chunks}
    changed: dict[int, dict[int, SchemeMember | None]] = {}
    for point, member in changes.items():
        changed.setdefault(chunk_of(point), {})[point] = member
    for number in sorted(changed):
        found: dict[int, SchemeMember | None] = {}
        if number in chunks:
            found = {member.point: member for member in members_of_chunk(context.state, scheme, chunks[number])}
        found |= changed[number]
        members = tuple(member for _point, member in sorted(found.items()) if member is not None)
        chunks.pop(number, None)
        if members:
            chunks[number] = ChunkOfVersion(number, from_slot)
            context.state.put(MEMBERS, chunk_key(scheme, chunks[number]), MemberChunk(members))
    return tuple(chunks[number] for number in sorted(chunks))


def forget_chunks(context: Context, scheme: int, gone: Iterable[SchemeVersion], kept: Iterable[SchemeVersion]) -> None:
    """Delete the chunks of versions that are gone which no version has that is kept."""
    needed = {chunk for version in kept for chunk in version.chunks}
    for chunk in sorted({chunk for version in gone for chunk in version.chunks} - needed, key=_place):
        context.state.delete(MEMBERS, chunk_key(scheme, chunk))


def _place(chunk: ChunkOfVersion) -> tuple[int, int]:
    return chunk.chunk, chunk.from_slot


def producing(members: Iterable[SchemeMember]) -> Iterator[SchemeMember]:
    """Those that inject."""
    return (member for member in members if member.direction == Direction.INJECTION)
