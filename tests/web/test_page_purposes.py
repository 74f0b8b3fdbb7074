"""The page proves every lock that the ledger has: without its number it would call an honest balance false."""

from __future__ import annotations

import re
from pathlib import Path

from nodechain.modules import REGISTRY

ACCOUNT = Path(__file__).resolve().parents[2] / "web" / "app" / "src" / "trust" / "account.ts"


def test_the_page_knows_the_number_of_every_lock() -> None:
    found = re.search(r"PURPOSES: Record<string, number> = \{([^}]*)\}", ACCOUNT.read_text())
    assert found
    known = {name: int(number) for name, number in re.findall(r"(\w+): (\d+),", found[1])}
    assert known == {purpose.name: purpose.number for purpose in REGISTRY.purposes.values()}
