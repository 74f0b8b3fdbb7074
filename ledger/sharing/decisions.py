"""What voters decide of sharing (rule SC1)."""

from __future__ import annotations

from typing import Final

from ledger.chain.decision import Decision
from ledger.sharing.payloads import SetScheme
from ledger.sharing.schemes import check_scheme, set_scheme

SHARING_DECISIONS: Final[tuple[Decision, ...]] = (Decision(SetScheme, check_scheme, set_scheme),)
