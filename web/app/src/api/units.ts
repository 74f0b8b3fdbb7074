// Made by `python -m tests.makers.page_types`, by the ledger's types: of which asset amounts of events and actions are.

/** `field`: of the one in `asset`; `base`, `quote`: of the product; `price`: of `quote`, for a token of `base`. */
export type Of = "energy" | "fees" | "field" | "base" | "quote" | "price";

export const AMOUNTS: Readonly<Record<string, Readonly<Record<string, Of>>>> = {
  annul: { amount: "energy" },
  annulled: { amount: "energy" },
  bill_paid: { amount: "field" },
  claim_paid: { amount: "field" },
  currency_burned: { amount: "field" },
  currency_minted: { amount: "field" },
  debt_paid: { amount: "field" },
  energy_drawn: { burned: "energy", cost: "energy" },
  energy_stored: { minted: "energy", provider_share: "energy", cost: "energy" },
  excess_drawn: { burned: "energy", cost: "energy" },
  fee_paid: { amount: "fees" },
  order_cancelled: { remaining: "base", unlocked: "field" },
  order_expired: { remaining: "base", unlocked: "field" },
  order_placed: { price: "price", quantity: "base", locked: "field" },
  order_replaced: { price: "price", quantity: "base", unlocked: "field", locked: "field" },
  payment_recorded: { amount: "field" },
  rate_changed: { rate: "energy", difference: "energy" },
  reservation_paid: { paid: "energy", returned: "energy" },
  session_closed: { returned: "energy" },
  session_ended: { locked: "energy" },
  session_opened: { locked: "energy", rate: "energy", reservation: "energy" },
  share_booked: { cost: "field", revenue: "field", fee: "field", paid: "field", received: "field", owes: "field", is_owed: "field" },
  slot_settled: { paid: "field", fees: "field" },
  traded: { price: "price", quantity: "base", payment: "quote", released: "quote" },
  transferred: { amount: "field" },
  withdrawal_locked: { amount: "field" },
  withdrawal_unlocked: { amount: "field" },
};
