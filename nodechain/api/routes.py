"""Every route in one table: what OpenAPI describes, what the router serves, what a test compares.

The page of a module is the one of its name in this folder; the other pages are the node's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Final

from nodechain.api import (
    billing_desk,
    billing_documents,
    billing_received,
    billing_reminders,
    blocks,
    light,
    login,
    peers,
    proofs,
    receipts,
    reserves,
    series,
    sharing_days,
    sharing_months,
    sharing_preview,
    sharing_rows,
    sharing_slots,
    sharing_sources,
    sharing_unsettled,
    slot_files,
    snapshots,
    status,
    transactions,
    withdrawals,
)
from nodechain.api.events import EVENTS
from nodechain.api.http.route import Route
from nodechain.api.snapshots import PARTS
from nodechain.api.status import PROBES
from nodechain.modules import MODULES


def _pages_of_modules() -> Iterator[tuple[str, ModuleType]]:
    for module in MODULES:
        name = f"nodechain.api.{module.name}"
        if module.since == 1 and find_spec(name) is not None:
            yield module.name, import_module(name)


MODULE_PAGES: Final = dict(_pages_of_modules())

MORE_PAGES: Final = (
    ("bank", withdrawals),
    ("bank", reserves),
    ("billing", billing_documents),
    ("billing", billing_desk),
    ("billing", billing_received),
    ("billing", billing_reminders),
    ("slots", slot_files),
    ("sharing", sharing_days),
    ("sharing", sharing_months),
    ("sharing", sharing_preview),
    ("sharing", sharing_rows),
    ("sharing", sharing_slots),
    ("sharing", sharing_sources),
    ("sharing", sharing_unsettled),
)
"""Further pages of modules."""

PAGES: Final = (
    status,
    blocks,
    transactions,
    *MODULE_PAGES.values(),
    *(page for _name, page in MORE_PAGES),
    receipts,
    reserves,
    series,
    proofs,
    light,
    peers,
    snapshots,
    login,
)

ROUTES: Final[tuple[Route, ...]] = tuple(route for page in PAGES for route in page.ROUTES)

RIGHTS: Final = {path: right for page in PAGES for path, right in page.RIGHTS.items()}
"""Who may read what a path gives; `make_api` refuses a route without its right."""

MODULE_OF: Final = {route.path: name for name, page in (*MODULE_PAGES.items(), *MORE_PAGES) for route in page.ROUTES}
"""The module whose page has a path: where it is off, the path answers `module_off`."""

OTHERS: Final = (EVENTS, *(path for path, _part in PARTS), *(path for path, _probe in PROBES))
"""The paths of all that OpenAPI does not describe."""
