"""The packages of the extra `billing` (`harness.billing_extra`), for tests that need them."""

from __future__ import annotations

from harness.billing_extra import PACKAGES, lacking
from tests.support.peers import missing


def need_billing(*packages: str) -> None:
    """Make these packages importable, or skip the test (fail it where nothing may be missing)."""
    found = lacking(packages or PACKAGES)
    if found:
        missing(f"the extra billing is not installed ({', '.join(found)}): run make peers")
