"""What a country template says of a community beside its genesis: rule, language, texts, and what was not verified.

None of it is part of the chain: schemes are opened later, by votes or managers. `nodechain init` shows it, and keeps it
as `community.json` in the home, for people and for commands that open a scheme.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field, ValidationError

from nodechain.errors import UsageError
from nodechain.files.durable_file import create_file
from nodechain.files.user_file import read_user_file
from nodechain.home.file_tables import FileTable, first_fault

COMMUNITY_FILE: Final = "community.json"
MAX_COMMUNITY_BYTES: Final = 256 * 1024
Language = Literal["de", "en", "es", "fr", "it", "nl"]
TextName = Literal["members", "rule", "bill"]


class CommunityTable(FileTable):
    """The table `[community]` of a template.

    `rule`, `delivery`, `no_self_share`, `hourly`: how a scheme of this country usually shares. `sources`: whose values
    count.
    `cut_off`: how long missing values are waited for. `formats`: of the files that operators hand out
    (docs/formats.md). `texts`: for members, in `language`. `unverified`: what nobody has confirmed.
    """

    country: str = Field(pattern="^[A-Z]{2}$")
    language: Language
    rule: Literal["static", "static-redistributed", "dynamic", "pairs", "pairs-each-slot", "credit"]
    delivery: Literal["proportional", "by-age"] = "proportional"
    no_self_share: bool = False
    hourly: bool = False
    sources: Literal["own", "operator", "own-then-operator"]
    settlement: Literal["slot", "period"] = "period"
    cut_off: str = "3d"
    formats: tuple[str, ...] = ()
    texts: dict[TextName, str]
    unverified: tuple[str, ...] = Field(min_length=1)


USUAL: Final = ("rule", "delivery", "no_self_share", "hourly", "sources", "settlement", "cut_off")
"""What a scheme's file need not say where the home's template has said it."""


def usual_terms(home: Path) -> dict[str, Any]:
    """How schemes of the home's country usually share; empty where the home has no `community.json`.

    Raises `UsageError` (bad_community_file).
    """
    path = home / COMMUNITY_FILE
    if not path.exists():
        return {}
    try:
        table = CommunityTable.model_validate_json(read_user_file(path, MAX_COMMUNITY_BYTES, "community file"))
    except ValidationError as error:
        raise UsageError(
            f"{path}: {first_fault(error)}",
            code="bad_community_file",
            advice="Correct it, or remove it: then a scheme's file says all terms itself.",
        ) from None
    return {name: getattr(table, name) for name in USUAL}


def keep_community(home: Path, table: CommunityTable) -> None:
    """Write the table into a new home."""
    create_file(home / COMMUNITY_FILE, (table.model_dump_json(indent=2) + "\n").encode())
