"""The ledger's modules, in the order in which their hooks run; `nodechain.modules` joins them with the market's."""

from __future__ import annotations

from typing import Final

from ledger.agents.module import AGENTS_MODULE
from ledger.attestations.module import ATTESTATIONS_MODULE
from ledger.bank.module import BANK
from ledger.billing.module import BILLING
from ledger.certificates.module import CERTIFICATES_MODULE
from ledger.chain.module import CHAIN
from ledger.chain.registry import Module
from ledger.deals.module import DEALS_MODULE
from ledger.debts.module import DEBTS
from ledger.energy.module import ENERGY
from ledger.feeds.module import FEEDS_MODULE
from ledger.fund.module import FUND_MODULE
from ledger.governance.module import GOVERNANCE
from ledger.grid.module import GRID
from ledger.groups.module import GROUPS_MODULE
from ledger.joining.module import JOINING_MODULE
from ledger.memos.module import MEMOS_MODULE
from ledger.metering.module import METERING
from ledger.origin.module import ORIGIN_MODULE
from ledger.privacy.module import PRIVACY
from ledger.resolutions.module import RESOLUTIONS_MODULE
from ledger.sharing.module import CREDIT_MODULE, LATE_CORRECTIONS_MODULE, SHARING, SHARING_RUNS, SLOT_ROWS_MODULE
from ledger.slots.module import SLOTS
from ledger.together.module import TOGETHER_MODULE
from ledger.upgrades.module import UPGRADES
from ledger.validators.module import VALIDATORS

LEDGER_MODULES: Final[tuple[Module, ...]] = (
    CHAIN, UPGRADES, BANK, DEBTS, GOVERNANCE, METERING, VALIDATORS, ENERGY, PRIVACY, SLOTS, SHARING, SHARING_RUNS,
    LATE_CORRECTIONS_MODULE, SLOT_ROWS_MODULE, CREDIT_MODULE, FEEDS_MODULE, GRID, BILLING, GROUPS_MODULE,
    RESOLUTIONS_MODULE, DEALS_MODULE, AGENTS_MODULE, FUND_MODULE, ATTESTATIONS_MODULE, JOINING_MODULE,
    CERTIFICATES_MODULE, ORIGIN_MODULE,
    MEMOS_MODULE,
    TOGETHER_MODULE,
)  # fmt: skip

PROTOCOL_VERSION: Final = 1
"""The highest protocol version that this program knows (O10)."""
