"""Terms and rows of a group as a TOML file: what a founder or a manager writes, as the ledger has it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ledger.encoding.amounts import parse_amount, parse_duration_ms, parse_share
from ledger.errors import InvalidInput
from ledger.groups.limits import MAX_GROUP_POINTS, MAX_GROUP_ROWS
from ledger.groups.terms import Division, GroupRow, GroupTerms, OperatorRight, Rhythm, ShareTransfers
from nodechain.errors import UsageError
from nodechain.files.user_file import read_user_file
from nodechain.home.typed_text import by_text

MAX_GROUP_FILE_BYTES: Final = 256 * 1024

RightName = Literal["shares", "distribute", "pay", "points", "trade"]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MemberRow(_Table):
    """A member's share of the whole, its key, and the points whose energy counts."""

    account: str
    share: Annotated[int, by_text(parse_share)] = 0
    key: int = Field(default=0, ge=0)
    points: tuple[int, ...] = Field(default=(), max_length=MAX_GROUP_POINTS)


class GroupFile(_Table):
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


@dataclass(frozen=True, slots=True)
class ReadGroup:
    """A group's terms, and rows of its members."""

    terms: GroupTerms
    rows: tuple[GroupRow, ...]


def read_group_file(path: Path, asset: int, decimals: int, address_of: Callable[[str], bytes]) -> ReadGroup:
    """The file; raises `UsageError` (bad_group_file)."""
    try:
        file = GroupFile(**tomllib.loads(read_user_file(path, MAX_GROUP_FILE_BYTES, "group file").decode()))
        return _read(file, asset, decimals, address_of)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(f"{path} is no TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise _wrong(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except InvalidInput as error:
        raise _wrong(f"{path}: {error.detail}") from error


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


def _wrong(detail: str) -> UsageError:
    return UsageError(detail, code="bad_group_file", advice="See docs/groups.md for what stands in the file.")
