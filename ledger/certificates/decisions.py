"""What voters decide of generators (rules CE1, CE3)."""

from __future__ import annotations

from typing import Final

from ledger.certificates.generators import (
    check_describe_generator,
    check_hold_back,
    describe_generator,
    hold_back,
)
from ledger.certificates.payloads import DescribeGenerator, HoldBackEnergy
from ledger.chain.decision import Decision

CERTIFICATE_DECISIONS: Final[tuple[Decision, ...]] = (
    Decision(DescribeGenerator, check_describe_generator, describe_generator),
    Decision(HoldBackEnergy, check_hold_back, hold_back),
)
