// Made by `python -m tests.makers.page_types`, by the ledger's types: of which asset amounts of events and actions are.

/** `field`: of the one in `asset`; `base`, `quote`: of the product; `price`: of `quote`, for a token of `base`. */
export type Of = "energy" | "fees" | "field" | "base" | "quote" | "price";

/** Kinds all of whose amounts are of the one in `asset`. */
const OF_FIELD = new Set(
  "admission_debt_paid admission_fee_owed admission_fee_paid admission_fee_received agent_paid bill_paid burn_by_vote burned_by_vote certificate_offered certificate_taken claim_paid commission_paid credit_booked currency_burned currency_minted deal_ended deal_opened debt_paid fund_budget_set fund_burned fund_spent fund_terms_set grid_booked grid_claim_paid grid_debt_paid grid_terms_set grid_unpaid group_bill_paid group_distribution_begun group_distribution_ended group_income_paid group_spent mark_lapsed mint_by_vote minted_by_vote month_settled newcomer_paid newcomer_unpaid payment_recorded prize_paid prize_unpaid reserves_attested return_by_vote returned_by_vote set_fund_budget set_grid_terms share_booked slot_settled spend_fund sponsorship_set swap_ended swap_offered swap_paid swap_priced swap_taken sweep_asked transferred withdrawal_locked withdrawal_marked withdrawal_returned withdrawal_settled withdrawal_taken_back withdrawal_unlocked".split(" "),
);

const OTHERS: Readonly<Record<string, Readonly<Record<string, Of>>>> = {
  agent_authorised: { for_fees: "fees" },
  annul: { amount: "energy" },
  annulled: { amount: "energy" },
  committee_fee_paid: { amount: "fees" },
  energy_drawn: { burned: "energy", cost: "energy" },
  energy_stored: { minted: "energy", provider_share: "energy", cost: "energy" },
  excess_drawn: { burned: "energy", cost: "energy" },
  fee_paid: { amount: "fees" },
  fees_divided: { to_proposer: "fees", to_fund: "fees" },
  order_cancelled: { remaining: "base", unlocked: "field" },
  order_expired: { remaining: "base", unlocked: "field" },
  order_placed: { price: "price", quantity: "base", locked: "field" },
  order_replaced: { price: "price", quantity: "base", unlocked: "field", locked: "field" },
  rate_changed: { rate: "energy", difference: "energy" },
  reservation_paid: { paid: "energy", returned: "energy" },
  session_closed: { returned: "energy" },
  session_ended: { locked: "energy" },
  session_opened: { locked: "energy", rate: "energy", reservation: "energy" },
  traded: { price: "price", quantity: "base", payment: "quote", released: "quote" },
};

/** Of which asset an amount of an event or action is; undefined: this release does not know it. */
export const ofWhich = (kind: string, name: string): Of | undefined =>
  OF_FIELD.has(kind) ? "field" : OTHERS[kind]?.[name];
