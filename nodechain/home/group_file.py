"""Terms and rows of a group as a TOML file: what a founder or a manager writes, as the ledger has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from pydantic import Field

from ledger.encoding.amounts import parse_amount, parse_duration_ms, parse_share
from ledger.groups.limits import MAX_GROUP_POINTS, MAX_GROUP_ROWS
from ledger.groups.terms import Division, GroupRow, GroupTerms, OperatorRight, Rhythm, ShareTransfers
from nodechain.home.file_tables import FileTable, by_text
from nodechain.home.terms_file import TermsFile

MAX_GROUP_FILE_BYTES: Final = 256 * 1024
_FILE: Final = TermsFile("group file", MAX_GROUP_FILE_BYTES, "bad_group_file", "docs/groups.md")

RightName = Literal["shares", "distribute", "pay", "points", "trade"]


class MemberRow(FileTable):
    """A member's share of the whole, its key, and the points whose energy counts."""

    account: str
    share: Annotated[int, by_text(parse_share)] = 0
    key: int = Field(default=0, ge=0)
    points: tuple[int, ...] = Field(default=(), max_length=MAX_GROUP_POINTS)


class GroupFile(FileTable):
    """What `nodechain group open` and `nodechain vote open-group` read; amounts are of the community's currency."""

    name: str
    operator: str
    rights: tuple[RightName, ...] = ()
    monthly_limit: str = "0"
    reserve: str = "0"
    division: Literal["share", "key", "use"] = "share"
    rhythm: Literal["demand", "slot", "day", "month"] = "demand"
    wait: Annotated[int, by_text(parse_duration_ms)] = 0
    transfers: Literal["nobody", "group", "members"] = "nobody"
    members: tuple[MemberRow, ...] = Field(default=(), max_length=MAX_GROUP_ROWS)


class ReadGroup(msgspec.Struct, frozen=True):
    """A group's terms, and rows of its members."""

    terms: GroupTerms
    rows: tuple[GroupRow, ...]


def read_group_file(path: Path, asset: int, decimals: int, address_of: Callable[[str], bytes]) -> ReadGroup:
    """The file; raises `UsageError` (bad_group_file)."""
    return _FILE.read(path, lambda tables: _read(GroupFile(**tables), asset, decimals, address_of))


def _read(file: GroupFile, asset: int, decimals: int, address_of: Callable[[str], bytes]) -> ReadGroup:
    terms = GroupTerms(
        file.name,
        address_of(file.operator),
        tuple(sorted(int(OperatorRight[right.upper()]) for right in file.rights)),
        asset,
        parse_amount(file.monthly_limit, decimals),
        parse_amount(file.reserve, decimals),
        Division[file.division.upper()],
        Rhythm[file.rhythm.upper()],
        file.wait,
        ShareTransfers[file.transfers.upper()],
    )
    rows = (GroupRow(address_of(row.account), row.share, row.key, tuple(sorted(row.points))) for row in file.members)
    return ReadGroup(terms, tuple(rows))
