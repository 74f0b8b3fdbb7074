"""docs/rights.md says who sees what; each of its rows is walked as each visitor, and as the routes' walk knows them."""

from __future__ import annotations

from pathlib import Path

from harness.node import HomeFixture
from ledger.encoding.quantities import address_fields
from nodechain.api.access import require_entry, sees_event
from nodechain.api.figure_rights import right_of_figure
from nodechain.api.http.rights import Open, Visitor
from nodechain.api.render import kind_name
from nodechain.api.routes import RIGHTS, ROUTES
from nodechain.api.table_rights import TABLE_RIGHTS
from nodechain.errors import LoginNeeded, NotYours
from nodechain.modules import REGISTRY
from tests.makers import make_rights_page
from tests.makers.make_rights_page import A_UNIT, EXAMINED, ITS_OWN, VISITORS
from tests.nodechain.test_read_rights import MEMBER, OWNER, ROLE, STRANGER, UNIT_OWNER, cases, event_of, template

PAGE = make_rights_page.FILE.read_text(encoding="utf-8")


def rows(table: str) -> dict[str, list[str]]:
    """The rows of a table of the page by what stands in their first column."""
    text = PAGE.split(f"<!-- table: {table} -->\n")[1].partition(f"<!-- end: {table} -->")[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    return {line[0].strip("`"): line[1:] for line in lines}


def said(cells: list[str]) -> dict[str, bool]:
    """Who sees it by the page."""
    return {name: cell != "-" for name, cell in zip(VISITORS, cells, strict=False)}


def about(name: str) -> bytes:
    """The account that a thing is about, as a visitor of this name asks for it."""
    return A_UNIT if name == "unit's owner" else ITS_OWN


def test_the_page_is_what_the_code_says() -> None:
    """If a rule changed: `python -m tests.makers.make_rights_page`."""
    assert make_rights_page.written(PAGE) == PAGE
    assert set(EXAMINED) <= {path for path, right in RIGHTS.items() if right.examined or right.shown}


def test_every_event_is_seen_by_whom_the_page_says() -> None:
    table = rows("events")
    assert len(table) == len(REGISTRY.events)
    for kind in REGISTRY.events:
        for name, sees in said(table[kind_name(kind)]).items():
            assert sees_event(VISITORS[name], event_of(kind, about(name))) == sees, (kind, name)
        nobody = Visitor(b"x".ljust(20), frozenset([b"x".ljust(20)]))
        assert (
            not address_fields(kind)
            or not sees_event(nobody, event_of(kind, ITS_OWN))
            or said(table[kind_name(kind)])["stranger"]
        ), kind


def may_prove(visitor: Visitor, full_key: bytes) -> bool:
    """Whether a visitor may have an entry proven."""
    try:
        require_entry(visitor, full_key)
    except LoginNeeded:
        assert visitor.address is None
        return False
    except NotYours:
        assert visitor.address is not None
        return False
    return True


def test_every_entry_of_the_state_is_proven_to_whom_the_page_says() -> None:
    table = rows("entries")
    assert len(table) == len(REGISTRY.tables)
    for entry in REGISTRY.tables.values():
        _kind, offsets = TABLE_RIGHTS[entry.name]
        for name, sees in said(table[entry.name][1:]).items():
            key = bytearray(80)
            for offset in offsets:
                key[offset : offset + 20] = about(name)
            assert may_prove(VISITORS[name], entry.full_key(bytes(key))) == sees, (entry.name, name)


def test_every_figure_is_told_to_whom_the_page_says() -> None:
    for figure, cells in rows("figures").items():
        kind = right_of_figure(figure.removeprefix("nodechain_"))
        for name, sees in said(cells).items():
            visitor = VISITORS[name]
            assert visitor.sees(kind) == sees, (figure, name)


def test_the_routes_walk_expects_what_the_page_says(tmp_path: Path) -> None:
    """`test_read_rights` asks a running node for all of these, and gets what it expects."""
    home = HomeFixture(tmp_path / "home", template(tmp_path, 'roles = ["banker"]'))
    names = {STRANGER: "stranger", MEMBER: "member", OWNER: "owner", UNIT_OWNER: "unit's owner", ROLE: "role"}
    table = rows("routes")
    paths = {f"{route.method} {route.path}" for route in ROUTES}
    assert paths <= set(table)
    walked: set[str] = set()
    for route, path, to in cases(home, ["00" * 32] * 6):
        cells = dict(zip(VISITORS, table[f"GET {route}"], strict=False))
        right = RIGHTS[route]
        if right.names or route in EXAMINED or right.examined or right.kind is Open.CONCERNED:
            # Of these the case names an account: nobody but whom it names, and roles.
            allowed = {name for name, cell in cells.items() if cell != "-"}
            assert {names[each] for each in to} <= allowed | {"owner", "unit's owner"}, path
            continue
        for each, name in names.items():
            walked.add(cells[name])
            assert (each in to) == (cells[name] != "-"), (path, name)
    assert walked == {"yes", "part", "-"}
