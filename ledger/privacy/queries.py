"""What was agreed about reading. Reads only; no rule stands here."""

from __future__ import annotations

from ledger.bank.queries import is_banker
from ledger.billing.rules import is_treasurer
from ledger.chain.context import Context
from ledger.governance.members import is_voter
from ledger.grid.queries import operates_grid
from ledger.privacy.genesis import OWN_ONLY, PRIVACY_SECTION, Detail, PrivacySection, ReadingRole
from ledger.validators.rules import runs_validator


def privacy_terms(context: Context) -> PrivacySection:
    """What holds now: the genesis' section, or the one that was voted for."""
    return PRIVACY_SECTION.of(context.genesis) if PRIVACY_SECTION.is_in(context.genesis) else OWN_ONLY


def reads_everything(context: Context, address: bytes) -> bool:
    """Whether an account may read everybody's details by its role, or because it is named."""
    terms = privacy_terms(context)
    holds = {
        ReadingRole.VOTER: lambda: is_voter(context, address),
        ReadingRole.BANKER: lambda: is_banker(context.state, address),
        ReadingRole.VALIDATOR: lambda: runs_validator(context, address),
        ReadingRole.GRID_OPERATOR: lambda: operates_grid(context, address),
        ReadingRole.TREASURER: lambda: is_treasurer(context, address),
    }
    return address in terms.readers or any(holds[ReadingRole(role)]() for role in terms.roles)


def members_read_details(context: Context) -> bool:
    """Whether every member reads everybody's details."""
    return privacy_terms(context).detail == Detail.MEMBERS
