/**
 * What a transaction will do: the key of its text with the values in it, and further lines (a vote's action, a batch's
 * items, the fee, the last block).
 * @param {ReturnType<typeof import("./transaction.js").readEnvelope>} envelope
 * @param {Known} known
 * @returns {Summary}
 */
export function summary({ type, payload, fee, validUntilHeight }: ReturnType<typeof import("./transaction.js").readEnvelope>, known: Known): Summary;
/**
 * The summary in words, a line each.
 * @param {Summary} made
 * @param {Readonly<Record<string, string>>} [texts] in another language
 */
export function summaryText({ key, values, lines }: Summary, texts?: Readonly<Record<string, string>>): string[];
/** English texts; `{name}` is a field of the payload. Every type and every action has one, a test holds that. */
export const TEXTS: Readonly<{
    transfer: "Send {amount} to {recipient}.";
    lock_withdrawal: "Ask for {amount} to be paid out; it stays locked until then.";
    mint_currency: "Issue {amount} to {recipient}, against money received.";
    mint_currency_line: "Issue {amount} to {recipient}, against money received by line {reference} of the statement.";
    burn_currency: "Destroy {amount} of mark {mark} of {holder}, after paying it out.";
    burn_currency_line: "Destroy {amount} of mark {mark} of {holder}, which line {reference} of the statement paid out.";
    unlock_currency: "Give {amount} back to {holder}; it is not paid out.";
    unlock_currency_mark: "Give {amount} of mark {mark} back to {holder}; it is not paid out.";
    mark_withdrawal: "Pay {amount} out to {holder} now: until you burn it, or give it back, {holder} cannot take it back.";
    take_back_withdrawal: "Take {amount} back that was to be paid out.";
    attest_reserves: "Say that {amount} lay at the bank at {time_ms}, as the document {document} shows.";
    cast_vote: "Vote yes on this:";
    withdraw_vote: "Take back your yes to this:";
    bind_meter: "Bind the meter {terms.meter_key} to {terms.account} at the unit {terms.unit}.";
    replace_meter: "Put the meter {binding.terms.meter_key} in the place of {old_key}, for {binding.terms.account}.";
    unbind_meter: "End the binding of the meter {meter_key}.";
    submit_readings: "Hand in readings of a meter, from {first_ms} on.";
    validator_alive: "Show that the validator {key} is running, at height {height}.";
    evidence: "Report that the validator {key} voted twice at height {height}.";
    open_session: "Lock {amount} to draw energy from {unit}; up to {overdraft} more may be taken if you draw more.";
    close_session: "End your session at {unit}; what is left of its lock comes back.";
    release_session: "End session {number} of {consumer}.";
    energy_produced: "Report that {producer} delivered {energy_wh}.";
    energy_consumed: "Report that {consumer} drew {energy_wh}.";
    energy_actual: "Report that the unit holds {energy_wh}.";
    energy_batch: "Report several amounts of energy at once:";
    place_order_buy: "Buy {quantity} at {price} or less for each whole one ({kind}, until cancelled).";
    place_order_buy_until: "Buy {quantity} at {price} or less for each whole one ({kind}, until {expires_ms}).";
    place_order_sell: "Sell {quantity} at {price} or more for each whole one ({kind}, until cancelled).";
    place_order_sell_until: "Sell {quantity} at {price} or more for each whole one ({kind}, until {expires_ms}).";
    cancel_order: "Take back order {number}.";
    replace_order: "Change order {number}: {quantity} at {price} for each whole one (until cancelled).";
    replace_order_until: "Change order {number}: {quantity} at {price} for each whole one (until {expires_ms}).";
    register_point: "Register a metering point of {terms.owner} in the zone {terms.zone}, from slot {terms.from_slot} on.";
    change_point: "Change metering point {number}: zone {zone}, commissioned {commissioned_ms}.";
    close_point: "Close metering point {number} at slot {until_slot}.";
    import_slots: "Import part {part} of an operator's file, issued {issued_ms}.";
    correct_folded_slot: "Correct slot {slot} of sharing scheme {scheme}, whose day is folded, by its old inputs and changed values.";
    import_slot_rows: "Bring the rows of {slots} slots of sharing scheme {scheme}, from slot {first_slot} on.";
    change_scheme: "Open sharing scheme {scheme} (0: a new one), or change it, from slot {from_slot} on: {terms.name}.";
    finalise_bills: "Make {count} bills final, from number {first} on, for {from_ms} to {to_ms}.";
    correct_bill: "Put bill {number} in the place of bill {original}.";
    pay_bill: "Pay {amount} for bill {number}.";
    record_payment: "Note that {amount} came over a bank for bill {number}.";
    open_resolution: "Ask the members: {title}. Ballots until {deadline_ms}.";
    cast_ballot: "Vote for option {option} of resolution {resolution} (0: abstain).";
    withdraw_resolution: "Take resolution {resolution} back.";
    request_membership: "Ask the voters to admit you, with the meters and roles that stand here. It costs nothing.";
    issue_attestation: "Sign for {subject} that you have looked ({kind}).";
    issue_attestation_until: "Sign for {subject} that you have looked ({kind}); it counts until {expires_ms}.";
    revoke_attestation: "Let attestation {attestation} count no more.";
    open_group: "Open the group {terms.name} from slot {from_slot} on, run by {terms.operator}.";
    set_group_shares: "Set members' shares of group {group} from slot {from_slot} on.";
    transfer_group_share: "Give {terms.parts} of your share of group {terms.group} to {terms.recipient}, from slot {terms.from_slot} on.";
    leave_group: "Leave group {group} from slot {from_slot} on; your share becomes the group's own.";
    distribute_group: "Divide what group {group} has among its members.";
    pay_from_group: "Pay {amount} of group {group} to {recipient} (bill {bill}): {purpose}.";
    assign_tariff: "Give points the grid tariff {tariff} (0: the default one) from slot {from_slot} on.";
    act_for_group: "Send transaction type {type} in the name of group {group}.";
    authorise_agent: "Let {agent} act for you within these terms until {terms.expires_ms}; it gets {for_fees} for fees.";
    revoke_agent: "Let {agent} act for you no more.";
    act_for_owner: "Send transaction type {type} for {owner}.";
    set_memo_key: "Publish the key with which memos to you are sealed (none: take it back).";
    with_memo: "With a memo that {memo.reader} alone can open:";
    sweep_for_owner: "Have {owner} paid out what it has of asset {asset} above its floor.";
    reserve_origin: "Let what your session at {unit} draws come of what is renewable there.";
    issue_certificate: "Certify what you metered at {unit} from {first_ms} to {end_ms}.";
    issue_saving: "Certify that {account} used {measured_wh} instead of {baseline_wh} from {first_ms} to {end_ms}.";
    transfer_certificate: "Give {energy_wh} of certificate {certificate} to {recipient}.";
    offer_certificate: "Offer {energy_wh} of certificate {certificate} to every member at {price} per kWh.";
    take_certificate: "Take {energy_wh} of certificate {certificate} from {owner} and pay {amount}.";
    withdraw_certificate: "Offer nothing of certificate {certificate} any more.";
    retire_certificate: "Use up {energy_wh} of certificate {certificate} for {beneficiary}, for {purpose}, for ever.";
    report_feed: "Report {value} for feed {feed}, for {time_ms}.";
    open_deal: "Hold {amount} for {seller} until {deadline_ms}; {arbiter} divides it in a dispute and has {fee} for that.";
    release_deal: "Give the seller what deal {deal} holds.";
    dispute_deal: "Call the arbiter of deal {deal}.";
    rule_deal: "Rule on deal {deal}: {to_seller} to the seller, the agreed fee to you, the rest to the buyer.";
    cancel_deal: "Give the buyer back what deal {deal} holds.";
    offer_swap: "Offer {give.amount} for {want.amount} to {taker} (yourself: to every member).";
    offer_swap_until: "Offer {give.amount} for {want.amount} to {taker} (yourself: to every member) until {expires_ms}.";
    take_swap: "Take {amount} of swap {swap} at its price.";
    cancel_swap: "Take back what is left of swap {swap}.";
    register_feed: "register the feed {terms.name} in {terms.unit}; {terms.quorum} reports make a value";
    change_feed: "change feed {feed}: {terms.name}; {terms.quorum} reports make a value";
    describe_generator: "describe the generator of {account} at {unit}: {source}, {rated_w}";
    hold_back_energy: "hold {energy_wh} back of the next certificates of {account} at {unit}";
    end_feed: "end feed {feed}; tariffs that go by it use their tables";
    sponsor_admission: "Agree to pay up to {most} for the admission of {candidate} (0: nothing any more).";
    join_board: "Take part in points as {nickname}; the blocks keep who chose it.";
    leave_board: "Take part in points no longer; nickname and points are forgotten.";
    set_together_terms: "from the next month on give {terms.used} points a kWh used, {terms.given} a kWh given, {terms.on_time} a day on time, {terms.ballots} a ballot";
    spend_fund: "pay {amount} out of the fund to {recipient} for {purpose} ({reference})";
    set_fund_budget: "let the fund pay at most {amount} for {purpose} in period {period} (0: no bound, 1: month, 2: quarter, 3: year, 4: once)";
    set_fee_split: "divide the fees of blocks in parts per 10^6: proposer {split.proposer}, committee {split.committee}, fund {split.fund}";
    set_market_commission: "keep {parts} parts per 10^6 of what sellers get in the market for the fund";
    set_newcomer_terms: "let an admission cost {terms.admission_fee}, and the fund pay {terms.referral_reward} for a referral and {terms.starter_grant} to a newcomer";
    admit_sponsored: "admit {address} as a member; {sponsor} pays the admission fee, {referrer} brought it (the member itself: nobody)";
    mint_by_vote: "issue {amount} to {recipient} ({reference})";
    burn_by_vote: "destroy {amount} of {holder} that was paid out ({reference})";
    return_by_vote: "give {amount} back to {holder}, which it locked to be paid out";
    settle_withdrawal: "say whether mark {mark} of {holder} was paid out, and is destroyed, or goes back (paid out: {paid})";
    remove_banker: "let {address} be the banker no longer, and nobody";
    admit_group: "open the group {opening.terms.name} from slot {opening.from_slot} on, run by {opening.terms.operator}";
    change_group: "change group {group}: name {terms.name}, run by {terms.operator}";
    assign_shares: "set members' shares of group {change.group} from slot {change.from_slot} on";
    spend_from_group: "pay {payment.amount} of group {payment.group} to {payment.recipient}: {payment.purpose}";
    dissolve_group: "dissolve group {group}, and divide what it has among its members";
    admit_group_point: "register a metering point of the group's account {terms.owner} in the zone {terms.zone}";
    set_banker: "make {address} the banker";
    add_voter: "let {address} vote";
    remove_voter: "take the vote from {address}";
    set_parameter: "set the parameter {name} to {value}";
    admit_member: "admit {address} as a member";
    expel_member: "expel the member {address}";
    settle_jump: "settle the jump of {jump} steps of the meter {meter_key} (count it: {accept})";
    release_meter: "let the meter {meter_key} be bound elsewhere";
    add_validator: "make {name} ({key}) a validator, for {account}";
    remove_validator: "remove the validator {address}";
    register_unit: "register the storage unit {unit} of {owner}: {capacity_wh}, {max_power_w}";
    remove_unit: "remove the storage unit {unit} with all its energy";
    reinstate_unit: "let the unit {unit} work again, with {accept_wh} of what was held back";
    change_unit: "change the unit {unit}: {capacity_wh}, {max_power_w}";
    annul: "destroy {amount} of the expelled {address}, made by {unit}";
    set_priority: "let sessions of {account} end last where energy is short (on: {has_priority})";
    plan_upgrade: "change to protocol version {version} at height {height} (module {module}, release {release})";
    cancel_upgrade: "drop the upgrade that is planned for height {height}";
    admit_point: "register a metering point of {point.terms.owner} in the zone {point.terms.zone}";
    alter_point: "change metering point {point.number}: zone {point.zone}";
    remove_point: "close metering point {point.number} at slot {point.until_slot}";
    set_custodian: "let {address} import operators' files (on: {on})";
    extend_zone: "add changes of the clock and holidays to the community's time zone";
    set_scheme: "open sharing scheme {scheme} (0: a new one), or change it, from slot {from_slot} on: {terms.name}";
    set_tariff: "change the grid tariff {tariff} (0: bring a new one) from slot {from_slot} on: {terms.name}";
    set_point_tariff: "give points the grid tariff {tariff} (0: the default one) from slot {from_slot} on";
    set_grid_terms: "make {operator} the grid operator; debts from {mark} on bind nothing (0: no mark); prices bound to the tariffs' band: {band}";
    set_treasurer: "let {address} number the bills (on: {active})";
    admit_application: "admit who made application {application}, with its meters and roles; {sponsor} stands in for it";
    dismiss_applications: "take applications off the voters' list";
    set_attester: "set the office of {address} as {role}: {standing}";
    produced_item: "{producer} delivered {energy_wh}";
    consumed_item: "{consumer} drew {energy_wh}";
    actual_item: "the unit holds {energy_wh}";
    carried_unknown: "Something that nobody can read: type {type}, {content}.";
    fee: "It costs a fee of {fee}.";
    last_block: "It counts only up to block {height}.";
}>;
export type Field = import("./payloads.js").Field;
export type Asset = {
    symbol: string;
    decimals: number;
};
/**
 * numbers of assets
 */
export type Product = {
    base: number;
    quote: number;
};
export type Known = {
    /**
     * by number, as `GET /v1/assets` lists them
     */
    assets: Readonly<Record<number, Asset>>;
    /**
     * by number
     */
    products?: Readonly<Record<number, Product>> | undefined;
    feeAsset?: number | undefined;
    /**
     * of addresses
     */
    names?: Readonly<Record<string, string>> | undefined;
};
export type Summary = {
    key: string;
    values: Record<string, string>;
    lines: {
        key: string;
        values: Record<string, string>;
    }[];
};
