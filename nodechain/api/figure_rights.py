"""To whom figures for monitoring are open, by name: none to more readers than the route that tells the same.

A figure that stands here not is open to who reads everything only; a test holds that none is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nodechain.api.http.rights import Open

SUPPLY: Final = "_supply"
"""How the names of assets' supplies end, whatever the genesis calls the assets."""

FIGURE_RIGHTS: Final[Mapping[str, Open]] = {
    # How the node and its chain do: status, validators, parameters, headers, numbers of bills.
    **dict.fromkeys(
        (
            "height", "head_time_seconds", "pool_transactions", "pool_bytes", "decided_transactions_total",
            "refused_transactions_total", "blocks_total", "commit_seconds_total", "protocol_version", "known_version",
            "upgrade_height", "upgrade_version", "upgrade_ready_ratio", "validators", "validators_muted", "peers",
            "applications_open", "applications_room_this_hour",
            "behind_blocks", "round", "signing", "clock_offset_seconds", "safe_mode", "bills", "bills_corrections",
        ),
        Open.EVERYBODY,
    ),
    # As /v1/energy.
    **dict.fromkeys(("network_energy_wh", "imbalance_ent", "imbalance_rate"), Open.SUMS),
    # What the community does with each other: as its schemes, tariffs, groups, resolutions and bills.
    **dict.fromkeys(
        (
            "slots_points", "sharing_schemes", "sharing_unsettled_slots", "sharing_oldest_unsettled_seconds",
            "sharing_queued_slots", "sharing_runs_total", "sharing_corrections_total", "sharing_substituted_total",
            "sharing_differences_total", "grid_tariffs", "grid_members_owe", "grid_operator_owes", "groups",
            "groups_dissolved", "groups_memberships", "groups_dividing", "groups_distributions_total",
            "groups_oldest_due_seconds", "groups_held", "resolutions_open", "bills_with_payment",
            "bills_without_payment", "sharing_slots_without_rows", "feeds", "feeds_silent", "fund_held", "fund_owed",
            "fund_fees_total", "fund_commission_total", "fund_admissions_total", "fund_spent_total",
            "fund_rewards_total", "fund_prizes_total", "fund_payments_total", "attestations", "generators",
            "withdrawals_asked", "withdrawals_marked",
            "memo_keys", "together_participants",
            "certificates_issued_wh_total", "certificates_retired_wh_total", "certificates_expired_wh_total",
            "certificate_offers",
            "together_open_seasons",
        ),
        Open.MEMBERS,
    ),
    # A few debtors, deals, swaps, claims or agents are somebody's.
    **dict.fromkeys(
        (
            "sharing_debts", "sharing_debtors", "deals_open", "deals_disputed", "swaps_open", "sharing_claims_kwh",
            "agents_authorised",
        ),
        Open.EVERYTHING,
    ),
}  # fmt: skip
LABELLED: Final[Mapping[str, Open]] = dict.fromkeys(
    ("feed_age_seconds", "feed_missing_reporters", "reserve_coverage_ratio", "reserve_age_seconds"), Open.MEMBERS
)
"""Those that there are one of for each of a kind of thing, as /v1/feeds and /v1/bank/reserves."""


def right_of_figure(name: str) -> Open:
    """Who may read a figure, by its name without the prefix."""
    if name.endswith(SUPPLY):
        return Open.SUMS
    family, label, _of = name.partition("{")
    return (LABELLED if label else FIGURE_RIGHTS).get(family, Open.EVERYTHING)
