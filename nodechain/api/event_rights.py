"""To whom events are open, by kind. An event that is somebody's is open to the accounts that it names, and to the owner
of a unit that it names.

A kind that stands here not is open to who reads everything only; a test holds that none is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from nodechain.api.http.rights import Open

EVENT_RIGHTS: Final[Mapping[str, Open]] = {
    # The chain and its rules.
    **dict.fromkeys(
        (
            "own_work_refused", "version_known", "upgrade_planned", "upgrade_activated", "upgrade_lapsed",
            "upgrade_cancelled", "parameter_changed", "validator_added", "validator_removed", "validator_seen",
            "validator_punished", "proposer_muted", "proposer_restored", "rate_changed", "banker_changed",
            "treasurer_changed", "bills_finalised", "bill_corrected",
            "zone_extended",
            "fund_terms_set", "fees_divided", "banker_removed",
        ),
        Open.EVERYBODY,
    ),
    # The community and its plants.
    **dict.fromkeys(
        (
            "vote_opened", "vote_cast", "vote_closed", "voter_changed", "member_changed", "unit_registered",
            "unit_removed", "unit_changed", "unit_suspended", "unit_reinstated", "suspension_lifted", "losses_noticed",
            "expected_loss", "loss_explained", "gain_explained", "gain_quarantined", "books_exceeded",
            "energy_uncovered", "actual_reported", "custodian_set", "scheme_changed", "slot_settled", "month_settled",
            "folded_slot_corrected", "late_correction_lapsed", "slot_rows_imported",
            "tariff_changed", "grid_terms_set",
            "resolution_opened", "resolution_withdrawn", "resolution_closed", "attester_changed",
            "generator_described", "energy_held_back", "certificate_issued", "certificate_expired",
            "feed_changed", "feed_reported", "feed_value_changed", "feed_silent", "feed_ended", "priority_changed",
            "reserves_attested",
            "fund_spent", "fund_budget_set", "minted_by_vote", "fund_burned",
            "together_terms_set", "season_closed",
            "group_changed", "group_dissolved", "group_distribution_begun", "group_distribution_ended", "memo_key_set",
        ),
        Open.MEMBERS,
    ),
    # Accounts, readings, sessions, orders: somebody's.
    **dict.fromkeys(
        (
            "fee_paid", "transferred", "currency_minted", "currency_burned", "withdrawal_locked",
            "withdrawal_unlocked", "withdrawal_marked", "withdrawal_taken_back", "withdrawal_settled",
            "withdrawal_returned", "annulled", "meter_bound", "meter_unbound", "readings_accepted", "jump_settled",
            "meter_opened",
            "energy_stored", "energy_drawn", "origin_drawn", "origin_reserved", "excess_drawn", "session_opened",
            "session_closed",
            "session_ended",
            "energy_lost", "grid_imported", "grid_exported", "reservation_paid", "order_placed", "traded",
            "order_cancelled", "order_replaced", "order_expired", "bill_paid", "point_registered",
            "point_changed", "point_closed", "slots_changed", "file_part_imported", "share_booked", "credit_booked",
            "sources_differ", "debt_paid", "claim_paid", "point_tariff_set", "grid_booked", "grid_debt_paid",
            "grid_claim_paid", "grid_unpaid", "grid_excess",
            "ballot_cast", "ballot_void",
            "committee_fee_paid", "commission_paid", "sponsorship_set", "admission_fee_paid", "admission_fee_owed",
            "admission_debt_paid", "admission_fee_received", "newcomer_paid", "newcomer_unpaid",
            "burned_by_vote", "returned_by_vote",
            "deal_opened", "deal_disputed", "deal_ended", "swap_offered", "swap_priced",
            "swap_taken", "swap_paid", "swap_ended",
            "certificate_transferred", "certificate_offered", "certificate_taken", "certificate_withdrawn",
            "certificate_retired", "holding_expired",
            "agent_authorised", "authorisation_ended", "acted_for_owner", "agent_paid", "sweep_asked",
            "board_joined", "board_left", "points_earned", "prize_paid", "prize_unpaid",
            "group_share_set", "group_income_paid", "group_spent", "group_bill_paid", "memo_sent",
        ),
        Open.OWN,
    ),
    # These name a meter's key and no account; the key is told to nobody else.
    "reading_quarantined": Open.EVERYTHING,
    "meter_released": Open.EVERYTHING,
    # An entry of a bank's statement; the account is in no event.
    "payment_recorded": Open.EVERYTHING,
    # What is attested of somebody, what somebody asks for, and what voters are to settle: for voters too.
    **dict.fromkeys(
        (
            "mark_lapsed",
            "attestation_issued", "attestation_revoked", "attestation_expired", "application_made",
            "application_replaced", "application_admitted", "application_dismissed", "application_expired",
        ),
        Open.CONCERNED,
    ),
}  # fmt: skip
