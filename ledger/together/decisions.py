"""What voters decide of points (rule TG2)."""

from __future__ import annotations

from typing import Final

from ledger.chain.decision import Decision
from ledger.together.payloads import SetTogetherTerms
from ledger.together.prizes import check_terms, set_terms

TOGETHER_DECISIONS: Final[tuple[Decision, ...]] = (Decision(SetTogetherTerms, check_terms, set_terms),)
