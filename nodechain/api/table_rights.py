"""To whom entries of the state are open, by table: the kind, and at which bytes of the key accounts stand.

A table that stands here not is open to who reads everything only; a test holds that none is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ledger.debts.pools import POOL_BYTES
from nodechain.api.http.rights import Open

_FIRST: Final = (0,)
_BOTH: Final = (0, 20)

TABLE_RIGHTS: Final[Mapping[str, tuple[Open, tuple[int, ...]]]] = {
    # The chain's own: what anybody needs to check blocks, send, and know the rules.
    "counters": (Open.EVERYBODY, ()),
    "parameters": (Open.EVERYBODY, ()),
    "expiries": (Open.EVERYTHING, ()),
    "sweeps": (Open.EVERYBODY, ()),
    "accounts": (Open.EVERYBODY, ()),  # a nonce: what a device must know before it can send
    "validators": (Open.EVERYBODY, ()),
    "protocol": (Open.EVERYBODY, ()),
    "voted_sections": (Open.EVERYBODY, ()),
    "proposers": (Open.EVERYBODY, ()),
    "planned_upgrade": (Open.EVERYBODY, ()),
    "known_versions": (Open.EVERYBODY, ()),
    "liveness": (Open.EVERYBODY, ()),
    "former_validators": (Open.EVERYBODY, ()),
    "offences": (Open.EVERYBODY, ()),
    "candidates": (Open.EVERYBODY, ()),
    # Accounts.
    "locks": (Open.OWN, _FIRST),
    "account_counters": (Open.OWN, _FIRST),
    "balances": (Open.OWN, _FIRST),
    "withdrawals": (Open.OWN, _FIRST),
    "withdrawal_marks": (Open.CONCERNED, _FIRST),
    "outstanding": (Open.MEMBERS, ()),
    "bank_lines": (Open.EVERYTHING, ()),
    "reserves": (Open.MEMBERS, ()),
    "households": (Open.OWN, _FIRST),
    "supply": (Open.EVERYBODY, ()),
    "banker": (Open.EVERYBODY, ()),
    # The community.
    "voters": (Open.MEMBERS, ()),
    "members": (Open.MEMBERS, ()),
    "votes": (Open.MEMBERS, ()),
    "vote_actions": (Open.MEMBERS, ()),
    # Meters: who knows a meter's key may read its entry, for it is told to nobody else.
    "meters": (Open.EVERYBODY, ()),
    "meter_addresses": (Open.EVERYBODY, ()),
    "awaited_openings": (Open.EVERYBODY, ()),
    "meter_registers": (Open.EVERYTHING, ()),
    "bindings": (Open.OWN, _BOTH),
    "manual_reports": (Open.OWN, _BOTH),
    # Energy: units are the community's plants, sessions are somebody's.
    "imbalance": (Open.EVERYBODY, ()),
    "cost_maxima": (Open.EVERYBODY, ()),
    "cost_in_force": (Open.EVERYBODY, ()),
    "deficits": (Open.EVERYBODY, ()),
    "open_deficit": (Open.EVERYBODY, ()),
    "units": (Open.EVERYBODY, ()),
    "owners": (Open.MEMBERS, ()),
    "unit_losses": (Open.MEMBERS, ()),
    "unit_flows": (Open.MEMBERS, ()),
    "unit_minted": (Open.MEMBERS, ()),
    "waiting_levels": (Open.MEMBERS, ()),
    "uncovered": (Open.MEMBERS, ()),
    "level_losses": (Open.MEMBERS, ()),
    "sessions": (Open.OWN, _BOTH),
    "presumed": (Open.OWN, _BOTH),
    "waiting_sessions": (Open.OWN, _BOTH),
    "unit_sessions": (Open.OWN, _FIRST),
    # Whose energy a unit holds tells when somebody makes it.
    "origin_lots": (Open.OWN, _FIRST),
    "origin_lot_places": (Open.OWN, _BOTH),
    "unit_origins": (Open.MEMBERS, ()),
    "origin_sums": (Open.OWN, _FIRST),
    "origin_reservations": (Open.OWN, _BOTH),
    "priority_accounts": (Open.MEMBERS, ()),
    "grid": (Open.EVERYBODY, ()),
    # Bills: numbers and hashes for everybody, what was paid for whom for who keeps the books.
    "treasurers": (Open.EVERYBODY, ()),
    "bill_runs": (Open.EVERYBODY, ()),
    "bill_corrections": (Open.EVERYBODY, ()),
    "bill_payments": (Open.MEMBERS, ()),
    "bank_entries": (Open.EVERYTHING, ()),
    # Metering points: a household's slots say when it is at home.
    "points": (Open.EVERYTHING, ()),
    "point_ids": (Open.EVERYTHING, ()),
    "owner_points": (Open.OWN, _FIRST),
    "slot_values": (Open.EVERYTHING, ()),
    "slot_files": (Open.EVERYTHING, ()),
    "point_meters": (Open.EVERYTHING, ()),
    "custodians": (Open.MEMBERS, ()),
    "zone_extension": (Open.EVERYBODY, ()),
    # Sharing: terms and roots are the community's; values of points are everybody's own, sums somebody's.
    "schemes": (Open.MEMBERS, ()),
    "participations": (Open.MEMBERS, ()),
    "slot_rows": (Open.EVERYTHING, ()),
    "old_rows": (Open.EVERYTHING, ()),
    "slot_progress": (Open.MEMBERS, ()),
    "queued_slots": (Open.MEMBERS, ()),
    "slot_runs": (Open.MEMBERS, ()),
    "folded_days": (Open.MEMBERS, ()),
    "late_corrections": (Open.MEMBERS, ()),
    "late_runs": (Open.MEMBERS, ()),
    "waiting_corrections": (Open.MEMBERS, ()),
    "scheme_members": (Open.MEMBERS, ()),
    "old_inputs": (Open.EVERYTHING, ()),
    "day_runs": (Open.MEMBERS, ()),
    "run_parts": (Open.EVERYTHING, ()),
    "run_dues": (Open.EVERYTHING, ()),
    "scheme_sums": (Open.OWN, (16,)),
    "credit_schemes": (Open.MEMBERS, ()),
    "credit_months": (Open.MEMBERS, ()),
    "credit_runs": (Open.MEMBERS, ()),
    "credit_parts": (Open.EVERYTHING, ()),
    "month_sums": (Open.EVERYTHING, ()),
    "month_rows": (Open.EVERYTHING, ()),
    "open_claims": (Open.OWN, (16,)),
    "credit_sums": (Open.OWN, (16,)),
    # The grid account: tariffs are the community's, figures somebody's.
    "tariffs": (Open.MEMBERS, ()),
    "point_tariffs": (Open.MEMBERS, ()),
    "point_zones": (Open.EVERYTHING, ()),
    "grid_terms": (Open.MEMBERS, ()),
    "grid_sums": (Open.OWN, _FIRST),
    # Feeds: what voters named, and what reporters said for all.
    "feeds": (Open.MEMBERS, ()),
    "feed_reports": (Open.MEMBERS, ()),
    "feed_days": (Open.MEMBERS, ()),
    "reported_feeds": (Open.MEMBERS, ()),
    # Points: rules are the community's; who is who on the board is its own.
    "together_terms": (Open.MEMBERS, ()),
    "participants": (Open.OWN, _FIRST),
    "nicknames": (Open.EVERYTHING, ()),
    "closed_seasons": (Open.EVERYTHING, ()),
    # What is owed.
    "debts": (Open.OWN, _FIRST),
    "claims": (Open.OWN, (POOL_BYTES,)),
    "pool_sums": (Open.MEMBERS, ()),
    "absent_points": (Open.EVERYTHING, ()),
    "paired_zones": (Open.EVERYTHING, ()),
    "run_zones": (Open.EVERYTHING, ()),
    "operated_groups": (Open.OWN, _FIRST),
    # Groups: terms are the community's, a share is somebody's.
    "groups": (Open.MEMBERS, ()),
    "group_accounts": (Open.MEMBERS, ()),
    "group_members": (Open.OWN, (8,)),
    "member_groups": (Open.OWN, _FIRST),
    "group_distributions": (Open.MEMBERS, ()),
    "distributed_weights": (Open.EVERYTHING, ()),
    # Resolutions: what is asked is the community's, a ballot is its voter's.
    "resolutions": (Open.MEMBERS, ()),
    "ballots": (Open.OWN, (8,)),
    "open_resolutions": (Open.MEMBERS, ()),
    # The fund: the community's, but for who pays for whom.
    "fund_terms": (Open.EVERYBODY, ()),
    "fund_spends": (Open.MEMBERS, ()),
    "fund_references": (Open.MEMBERS, ()),
    "fund_budgets": (Open.MEMBERS, ()),
    "fund_sums": (Open.MEMBERS, ()),
    "sponsorships": (Open.OWN, _FIRST),
    # Attestations and applications: whose they are, and who decides on them.
    "attestations": (Open.CONCERNED, ()),
    "subject_attestations": (Open.CONCERNED, _FIRST),
    "attester_attestations": (Open.CONCERNED, _FIRST),
    "attesters": (Open.MEMBERS, ()),
    "applications": (Open.CONCERNED, _FIRST),
    "application_numbers": (Open.CONCERNED, ()),
    "application_pace": (Open.EVERYBODY, ()),
    # Deals and swaps: those that are in them.
    "deals": (Open.EVERYTHING, ()),
    "account_deals": (Open.OWN, _FIRST),
    "swaps": (Open.EVERYTHING, ()),
    "account_swaps": (Open.OWN, _FIRST),
    "named_swaps": (Open.OWN, _FIRST),
    # Generators and certificates: what is claimed is open to who may buy it, what is metered and held is somebody's.
    "generators": (Open.OWN, (20,)),
    "generator_days": (Open.OWN, (20,)),
    "certificates": (Open.MEMBERS, ()),
    "certificate_holdings": (Open.OWN, (8,)),
    "held_certificates": (Open.OWN, _FIRST),
    "offered_certificates": (Open.MEMBERS, ()),
    "retirements": (Open.OWN, _FIRST),
    "saving_marks": (Open.OWN, _FIRST),
    # Agents: owner and agent; what is used of an owner's limits is its own.
    "authorisations": (Open.OWN, _BOTH),
    "owners_of_agent": (Open.OWN, _BOTH),
    "agent_day_uses": (Open.OWN, _BOTH),
    # Memos: who wants to send one needs the key.
    "memo_keys": (Open.MEMBERS, ()),
    # The market.
    "orders": (Open.EVERYTHING, ()),
    "orders_by_owner": (Open.OWN, _FIRST),
    "book": (Open.EVERYTHING, ()),
    "order_agents": (Open.EVERYTHING, ()),
    "last_trade": (Open.MEMBERS, ()),
    "products": (Open.EVERYBODY, ()),
}
