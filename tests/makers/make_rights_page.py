"""The tables of `docs/rights.md`, from the code's own: who reads what of routes, events, entries, proofs, figures.

`python -m tests.makers.make_rights_page` writes them between their marks; `tests/nodechain/test_rights_page.py`
compares, and walks them as each visitor.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from nodechain.api.event_rights import EVENT_RIGHTS
from nodechain.api.events import EVENTS
from nodechain.api.figure_rights import FIGURE_RIGHTS, LABELLED, SUPPLY
from nodechain.api.http.rights import Open, Right, Visitor
from nodechain.api.render import kind_name
from nodechain.api.routes import OTHERS, RIGHTS, ROUTES
from nodechain.api.snapshots import PARTS
from nodechain.api.table_rights import TABLE_RIGHTS
from nodechain.modules import REGISTRY

FILE: Final = Path(__file__).resolve().parents[2] / "docs" / "rights.md"
ITS_OWN: Final = b"own".ljust(20)
A_UNIT: Final = b"unit".ljust(20)
SOMEBODY: Final = b"somebody".ljust(20)
VISITORS: Final[dict[str, Visitor]] = {
    "stranger": Visitor(households=4),
    "member": Visitor(SOMEBODY, frozenset([SOMEBODY]), is_member=True),
    "owner": Visitor(ITS_OWN, frozenset([ITS_OWN]), is_member=True),
    "unit's owner": Visitor(SOMEBODY, frozenset([SOMEBODY, A_UNIT]), is_member=True),
    "voter": Visitor(SOMEBODY, frozenset([SOMEBODY]), is_member=True, is_voter=True),
    "banker": Visitor(SOMEBODY, frozenset([SOMEBODY]), is_member=True, is_banker=True),
    "role": Visitor(SOMEBODY, frozenset([SOMEBODY]), is_member=True, reads_everything=True),
}
"""Who asks, of a chain with four households; what is asked about is `ITS_OWN`, and of a unit's owner `A_UNIT`."""

EXAMINED: Final[dict[str, str]] = {
    "/v1/market/orders/{number}": "whose order it is; roles",
    "/v1/points/{number}": "the point's owner; roles",
    "/v1/points/{number}/slots": "the point's owner; roles",
    "/v1/groups/{number}/members": "members: their own share; who is in the group or operates it, roles: all",
    "/v1/deals/{number}": "buyer, seller, arbiter; roles",
    "/v1/swaps": "members: those for everybody, and those that name them; roles: all",
    "/v1/swaps/{number}": "members, of one for a named account those two; roles",
    "/v1/agents/references/{address}": "the account, the banker; roles",
    "/v1/attestations/{number}": "subject, attester, voters; roles",
    "/v1/applications/{number}": "who applied, voters; roles",
    "/v1/billing/documents/{number}": "whose bill it is; roles",
    "/v1/billing/documents/{number}/forms": "whose bill it is; roles",
    "/v1/proofs/{table}/{key}": "by its table, below",
    "/v1/light/state": "by its table, below",
    "/v1/light/transactions/{height}/{index}": "whom it names; who names its id; roles",
    "/v1/light/decisions/{height}/{index}": "whom it names; who names its id; roles",
    "/v1/light/receipts/{height}/{index}": "whom one of its events names; roles",
    **{
        f"/v1/billing/{path}": "the treasurer at the node that bills"
        for path in ("desk", "desk/runs", "desk/settle", "desk/debtors", "desk/entries", "desk/forms", "desk/files",
                     "desk/reminders")
    },
    "/v1/billing/received": "whose bill it is, at its own node",
}  # fmt: skip
"""Who reads what routes give that look at what they found first."""

_OTHERS: Final = {
    EVENTS: ("new events, as they come", "each by its kind, below"),
    "/livez": ("whether it lives", ""),
    "/readyz": ("whether it is ready, and why not", ""),
    "/metrics": ("figures for monitoring", "each by its name, below"),
    "/v1/snapshots/{height}/about": ("what a snapshot is of", ""),
    "/v1/snapshots/{height}/{chunk}": ("a part of a snapshot: the whole state", ""),
}


def seen(kind: Open, *, named: bool = True) -> dict[str, bool]:
    """Who sees what is of a kind and is about the visitor, or about nobody."""
    return {
        name: visitor.sees(kind, ([A_UNIT] if name == "unit's owner" else [ITS_OWN]) if named else ())
        for name, visitor in VISITORS.items()
    }


def _cells(found: dict[str, bool], part: str = "yes") -> list[str]:
    return [("yes" if name == "role" else part) if sees else "-" for name, sees in found.items()]


def _route(path: str, right: Right) -> list[str]:
    if right.examined or path in EXAMINED:
        return [*(["see right"] * len(VISITORS)), EXAMINED.get(path, "whom it names, once it is found")]
    why = "those named: " + ", ".join(right.names) if right.names else ""
    cells = _cells(seen(right.kind, named=bool(right.names)), "yes" if right.shown is None else "part")
    return [*cells, "what names others is left out" if right.shown is not None and not why else why]


def _routes() -> Iterator[list[str]]:
    for route in sorted(ROUTES, key=lambda route: (route.path, route.method)):
        yield [f"`{route.method} {route.path}`", *_route(route.path, RIGHTS[route.path])]
    for path in sorted(OTHERS):
        _what, why = _OTHERS[path]
        right = RIGHTS[path] if path in dict(PARTS) else Right(Open.EVERYBODY)
        yield [f"`GET {path}`", *_cells(seen(right.kind)), why]


def _events() -> Iterator[list[str]]:
    for kind in sorted(REGISTRY.events, key=kind_name):
        name = kind_name(kind)
        yield [f"`{name}`", *_cells(seen(EVENT_RIGHTS.get(name, Open.EVERYTHING)))]


def _tables() -> Iterator[list[str]]:
    for table in sorted(REGISTRY.tables.values(), key=lambda table: table.name):
        kind, offsets = TABLE_RIGHTS.get(table.name, (Open.EVERYTHING, ()))
        yield [f"`{table.name}`", table.key or "-", *_cells(seen(kind, named=bool(offsets)))]


def _figures() -> Iterator[list[str]]:
    rules = {**FIGURE_RIGHTS, **{f"{name}{{...}}": kind for name, kind in LABELLED.items()}, f"...{SUPPLY}": Open.SUMS}
    for name in sorted(rules):
        yield [f"`nodechain_{name}`", *_cells(seen(rules[name], named=False))]


def _table(head: Sequence[str], rows: Iterator[list[str]]) -> str:
    lines = [list(head), ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell or ' ' for cell in line)} |\n" for line in lines)


def tables() -> dict[str, str]:
    """The tables by the name that stands in their marks."""
    who = list(VISITORS)
    return {
        "routes": _table(["route", *who, "beside that"], _routes()),
        "events": _table(["event", *who], _events()),
        "entries": _table(["table", "key", *who], _tables()),
        "figures": _table(["figure", *who], _figures()),
    }


def written(page: str) -> str:
    """The page with its tables as they are now."""
    for name, table in tables().items():
        begin, end = f"<!-- table: {name} -->\n", f"<!-- end: {name} -->"
        before, _begin, rest = page.partition(begin)
        page = f"{before}{begin}{table}{end}{rest.partition(end)[2]}"
    return page


if __name__ == "__main__":
    FILE.write_text(written(FILE.read_text(encoding="utf-8")), encoding="utf-8")
