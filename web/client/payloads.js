// Made by `python -m tests.makers.make_client_table` from the ledger's structs; docs/transactions.md shows the same.

/** @typedef {bigint | number} Integer a number must be a safe integer */
/** @typedef {string | Uint8Array} AddressLike `nrg1...`, or its 20 bytes */
/** @typedef {{ threshold: Integer, keys: readonly Uint8Array[] }} MultisigKey */
/** @typedef {Uint8Array | MultisigKey} SenderKey */

/** @typedef {"production" | "consumption" | "storage" | Integer} MeterKind */
/** @typedef {"unset" | "holdover" | "synced" | Integer} ClockQuality */
/** @typedef {"proposal" | "prepare" | "commit" | "round_change" | Integer} VoteKind */
/** @typedef {"buy" | "sell" | Integer} Side */
/** @typedef {"limit" | "ioc" | "fok" | "post_only" | Integer} OrderKind */
/** @typedef {"offtake" | "injection" | Integer} Direction */
/** @typedef {"proportional" | "by_age" | Integer} Delivery */
/** @typedef {"own" | "operator" | "own_then_operator" | Integer} SourceOrder */
/** @typedef {"slot" | "period" | Integer} Settlement */
/** @typedef {"shares" | "distribute" | "pay" | "points" | "trade" | Integer} OperatorRight */
/** @typedef {"share" | "key" | "use" | Integer} Division */
/** @typedef {"demand" | "slot" | "day" | "month" | Integer} Rhythm */
/** @typedef {"nobody" | "group" | "members" | Integer} ShareTransfers */
/** @typedef {"most" | "half" | "two_thirds" | Integer} Majority */
/** @typedef {"none" | "imported" | "substituted" | Integer} RowsState */
/** @typedef {"missing" | "measured" | "substituted" | "imported" | "corrected" | Integer} SlotState */
/** @typedef {"own" | "operator" | Integer} ValueSource */
/** @typedef {"identity" | "presence" | "installation" | "solvency" | "efficiency" | Integer} AttestationKind */
/** @typedef {"unknown" | "lithium_ion" | "sodium_ion" | "lead_acid" | "flow" | "flywheel" | "pumped_hydro" | "hydrogen" | "other" | Integer} Technology */
/** @typedef {"buy" | "sell" | Integer} OfferSide */
/** @typedef {"price" | "co2" | "other" | Integer} FeedKind */
/** @typedef {"registrar" | "auditor" | Integer} AttesterRole */
/** @typedef {"appointed" | "retired" | "barred" | Integer} OfficeStanding */
/** @typedef {"none" | "month" | "quarter" | "year" | "once" | Integer} BudgetPeriod */
/** @typedef {"pv" | "wind" | "hydro" | "biomass" | "chp" | "grid" | "unknown" | Integer} EnergySource */
/** @typedef {{ version: Integer, chain_id: string, type: Integer, sender_key: SenderKey, nonce: Integer, valid_until_height: Integer, fee: Integer, payload: Uint8Array }} Envelope What the sender signs, with the genesis' hash. `payload` is the canonical encoding of the payload of type `type`. `nonce` is the sender's last one plus 1, where its rule asks for no other. `valid_until_height` 0: no limit. `fee`: base units of the chain's fee asset. */
/** @typedef {{ index: Integer, signature: Uint8Array }} Signature `index` is 0, or the signer's place among the keys of a multi-signature account. */
/** @typedef {{ envelope: Uint8Array, signatures: readonly (Signature)[] }} SignedEnvelope The wire form. */
/** @typedef {{ asset: Integer, recipient: AddressLike, amount: Integer }} Transfer Send `amount` of `asset` to `recipient`. */
/** @typedef {{ asset: Integer, amount: Integer }} LockWithdrawal Lock currency until the banker has paid it out (and burns it) or unlocks it; unmarked, it may be taken back. */
/** @typedef {{ asset: Integer, recipient: AddressLike, amount: Integer, reference: Uint8Array }} MintCurrency The banker issues currency to `recipient` against money received. `reference`: the hash of the line of the bank's statement that says so, taken once; 32 zero bytes: none. */
/** @typedef {{ asset: Integer, holder: AddressLike, amount: Integer, mark: Integer, reference: Uint8Array }} BurnCurrency The banker destroys currency of a mark after paying it out. `reference`: of the bank's line, as of a mint. */
/** @typedef {{ asset: Integer, holder: AddressLike, amount: Integer, mark: Integer }} UnlockCurrency The banker gives currency locked for withdrawal back to `holder`: of a mark, or (0) of what is not marked. */
/** @typedef {{ asset: Integer, holder: AddressLike, amount: Integer }} MarkWithdrawal The banker is about to pay `amount` of what `holder` asks to be paid out: from now on it is not taken back. */
/** @typedef {{ asset: Integer, amount: Integer }} TakeBackWithdrawal Unlock `amount` of the sender's own withdrawal that the banker has not marked. */
/** @typedef {{ asset: Integer, amount: Integer, time_ms: Integer, document: Uint8Array }} AttestReserves At `time_ms` so much money lay at the bank for what exists of a currency, as a document with this hash says. */
/** @typedef {{ action: SetBanker | SettleWithdrawal | AddVoter | RemoveVoter | SetParameter | AdmitMember | ExpelMember | SettleJump | ReleaseMeter | AddValidator | RemoveValidator | RegisterUnit | RemoveUnit | ReinstateUnit | ChangeUnit | Annul | SetPriority | PlanUpgrade | CancelUpgrade | AdmitPoint | AlterPoint | RemovePoint | SetCustodian | ExtendZone | SetScheme | SetTariff | SetPointTariff | SetGridTerms | AdmitGroup | ChangeGroup | AssignShares | SpendFromGroup | DissolveGroup | AdmitGroupPoint | SetTreasurer | RegisterFeed | ChangeFeed | EndFeed | SetAttester | AdmitApplication | DismissApplications | SpendFund | SetFundBudget | SetFeeSplit | SetMarketCommission | SetNewcomerTerms | AdmitSponsored | MintByVote | BurnByVote | ReturnByVote | RemoveBanker | DescribeGenerator | HoldBackEnergy | SetTogetherTerms, approve: boolean }} CastVote Say yes to an action (the first yes opens the vote), or withdraw one's yes. */
/** @typedef {{ unit: AddressLike, account: AddressLike, kind: MeterKind, meter_key: Uint8Array, serial: Uint8Array, profile: Uint8Array, obis: Uint8Array, scale: Integer, factor: Integer, rollover: Integer, max_power_w: Integer, opening_ms: Integer, opening_register: Integer, opening_sequence: Integer }} MeterTerms A meter's statement of what it is and shows, and where it is to be bound; unit, meter and account agree on it. The meter makes and signs it where it is read, so nobody else says what its register shows. Wh are raw x `factor` (of the transformers in front of it, else 1) x 10^`scale`. `rollover`: the register's modulus in raw steps, 0 if it never wraps. `serial`: SHA-256 of the number by which the meter calls itself, zeros if it has none. The opening register (raw, at `opening_ms`) bills nothing. */
/** @typedef {{ terms: MeterTerms, meter_signature: Uint8Array, account_key: SenderKey, account_signatures: readonly (Signature)[] }} BindMeter Bind a meter key to (unit, account, kind); sent by the unit. The meter signs the terms, so does the account. */
/** @typedef {{ meter_key: Uint8Array, time_ms: Integer, register: Integer }} Closing What an old meter showed at its end, raw; without the account's signature it does not count. */
/** @typedef {{ old_key: Uint8Array, closing: readonly (Closing)[], binding: BindMeter }} ReplaceMeter Put a new meter (or a reset register) in the place of a bound one. With a closing register the old meter is billed up to that, and the account signs both; without one what the old meter signed last stands. The new terms open the account anew. */
/** @typedef {{ meter_key: Uint8Array }} UnbindMeter End a binding; sent by the unit. */
/** @typedef {{ sequence: Integer, time_ms: Integer, register: Integer }} ReadingStep A reading as the difference to the one before: sequence, time in ms, raw register (levels may fall). */
/** @typedef {{ profile: Uint8Array, boot: Integer, clock: ClockQuality, flags: Integer, obis: Uint8Array, scale: Integer, first_ms: Integer, first_register: Integer, steps: readonly (ReadingStep)[] }} SubmitReadings Readings of one register of one meter. `profile`: hash of the register profile in use; `boot`: how often the device started; `flags`: bit 0 tamper. */
/** @typedef {{ key: Uint8Array, height: Integer, signature: Uint8Array }} ValidatorAlive A validator key shows that it is running: its signature over `possession_message` at a recent height. */
/** @typedef {{ key: Uint8Array, kind: VoteKind, height: Integer, round: Integer, first_value: Uint8Array, first_signature: Uint8Array, second_value: Uint8Array, second_signature: Uint8Array }} Evidence Two votes of one validator's key, kind, height and round over different values; the lower value stands first. */
/** @typedef {{ unit: AddressLike, amount: Integer, overdraft: Integer }} OpenSession Lock ENT to draw energy from `unit`; up to `overdraft` more may be burned if more is drawn than was granted. */
/** @typedef {{ unit: AddressLike }} CloseSession End the sender's session at `unit`; what is left of its lock returns once its last reading is known. */
/** @typedef {{ consumer: AddressLike, number: Integer }} ReleaseSession A unit ends the open session `number` of `consumer`, or gives the lock of one that waits back. */
/** @typedef {{ sequence: Integer, producer: AddressLike, energy_wh: Integer }} EnergyProduced A unit reports that `producer` delivered `energy_wh` into it. */
/** @typedef {{ sequence: Integer, consumer: AddressLike, energy_wh: Integer }} EnergyConsumed A unit reports that `consumer` drew `energy_wh` from it. */
/** @typedef {{ sequence: Integer, energy_wh: Integer }} EnergyActual A unit reports the energy that it really holds. */
/** @typedef {{ kind: "produced_item", producer: AddressLike, energy_wh: Integer }} ProducedItem What `energy_produced` says, in a batch. */
/** @typedef {{ kind: "consumed_item", consumer: AddressLike, energy_wh: Integer }} ConsumedItem What `energy_consumed` says, in a batch. */
/** @typedef {{ kind: "actual_item", energy_wh: Integer }} ActualItem What `energy_actual` says, in a batch. */
/** @typedef {{ sequence: Integer, items: readonly (ProducedItem | ConsumedItem | ActualItem)[] }} EnergyBatch Several reports of a unit under one sequence number, applied in order; all or none. */
/** @typedef {{ product: Integer, side: Side, kind: OrderKind, price: Integer, quantity: Integer, expires_ms: Integer }} PlaceOrder Buy or sell `quantity` at `price` or better. `expires_ms` 0: till cancelled, else later than the block. */
/** @typedef {{ product: Integer, number: Integer }} CancelOrder Take back what is left of the sender's order `number`. */
/** @typedef {{ product: Integer, number: Integer, price: Integer, quantity: Integer, expires_ms: Integer }} ReplaceOrder Give the sender's order `number` other terms; `quantity` is what it shall have open from now on. */
/** @typedef {{ owner: AddressLike, direction: Direction, zone: string, commissioned_ms: Integer, id_hash: Uint8Array, own_meter: boolean, from_slot: Integer, signed_ms: Integer }} PointTerms What an owner agrees to: whose point it is, which way its energy flows, where its values come from, since when. `id_hash`: SHA-256 of salt and operator's id (32 zeros: none). `own_meter`: meters that the owner binds at its own address count here. `from_slot`: the first that counts. `signed_ms`: when the owner agreed. */
/** @typedef {{ terms: PointTerms, owner_key: SenderKey, owner_signatures: readonly (Signature)[] }} RegisterPoint Register a point with the signatures of its owner; sent by a registrar. */
/** @typedef {{ number: Integer, zone: string, commissioned_ms: Integer }} ChangePoint State another grid zone or commissioning time of a point; sent by a registrar. */
/** @typedef {{ number: Integer, until_slot: Integer }} ClosePoint Let a point count before `until_slot` and no longer; sent by a registrar or the owner. */
/** @typedef {{ point: Integer, first_slot: Integer, quality: Integer, first_mwh: Integer, steps: readonly (Integer)[] }} ImportRow Energies of a point for slots one after the other: `first_mwh`, then by how much each is above the one before. `quality`: the operator's, as a number of the custodian's choice; another quality begins another row. */
/** @typedef {{ file: Uint8Array, issued_ms: Integer, part: Integer, rows: readonly (ImportRow)[] }} ImportSlots A part of an operator's file, from 0 on: the file's SHA-256, when the operator issued it, rows. */
/** @typedef {{ point: Integer, keys: readonly (Integer)[], factor: Integer }} Participant A point in a scheme: a consumer has a key (in a cascade one for each level), a producer none. */
/** @typedef {{ kind: "static" }} Static By the consumers' keys; what one does not take is surplus (SR5). */
/** @typedef {{ kind: "static_redistributed" }} StaticRedistributed By the consumers' keys; what one does not take goes to the others by theirs (SR6). */
/** @typedef {{ kind: "dynamic" }} Dynamic By the consumers' offtakes of the slot (SR7). */
/** @typedef {{ producer: Integer, consumer: Integer, share: Integer }} PairShare What one consumer may take of one producer's injection; both by their points' numbers. */
/** @typedef {{ kind: "pairs", rows: readonly (PairShare)[] }} Pairs A fixed share of each producer for each consumer; rows of one producer sum to at most the whole (SR8). */
/** @typedef {{ kind: "pairs_each_slot", rows: readonly (PairShare)[] }} PairsEachSlot The same, with rows that come with each slot (SR8); `rows` stand in where none came by the cut-off (SC19). */
/** @typedef {{ kind: "cascade", levels: readonly (Static | StaticRedistributed | Dynamic | Pairs | PairsEachSlot)[] }} Cascade Levels in order, each by a method of its own on what the ones before left (SR9). A consumer has a key for each level; one with the key 0 takes no part in it. */
/** @typedef {{ kind: "credit", rows: readonly (PairShare)[], lifetime: Integer }} Credit Like `Pairs`, with a month as the slot; what is not taken stays the consumer's claim for a while (SR10). `lifetime` is the number of slots after the one of its origin in which a claim may be used. Without rows the consumers' keys hold for every producer. */
/** @typedef {{ method: Static | StaticRedistributed | Dynamic | Pairs | PairsEachSlot | Cascade | Credit, delivery: Delivery, no_self_share: boolean, hourly: boolean }} AllocationRule How a scheme allocates. */
/** @typedef {{ kind: "fixed_price", price: Integer }} FixedPrice One price for all that is shared (SR13). */
/** @typedef {{ producer: Integer, price: Integer }} ProducerPrice What the energy of one producer (by its point's number) costs. */
/** @typedef {{ kind: "fixed_by_producer", prices: readonly (ProducerPrice)[] }} FixedByProducer A price for each producer; one that delivers without a price is refused, never passed over (SR14). */
/** @typedef {{ kind: "mid_market", retail: Integer, feed_in: Integer }} MidMarket The middle of what the grid takes and what it pays (SR15). */
/** @typedef {{ kind: "supply_demand_ratio", retail: Integer, feed_in: Integer }} SupplyDemandRatio Between the two reference prices by the share of demand that is shared (SR16). */
/** @typedef {{ kind: "bill_sharing", retail: Integer, feed_in: Integer }} BillSharing Nothing for what is shared, and the scheme's rest divided among all; for jointly owned plants only (SR17). While demand exceeds supply it pays producers nothing. */
/** @typedef {{ name: string, asset: Integer, participants: readonly (Participant)[], rule: AllocationRule, prices: FixedPrice | FixedByProducer | MidMarket | SupplyDemandRatio | BillSharing, fee: Integer, fee_account: AddressLike, sources: SourceOrder, bound_mwh: Integer, cut_off_ms: Integer, settlement: Settlement }} SchemeTerms Who shares how, at what price. `participants`: those that a change brings; those of a version stand in chunks beside it. `asset`: the currency that the section names. `fee`: what buyers pay beside the price to `fee_account` (both empty: nothing). `bound_mwh`: by how much the two sources of a slot may differ before an event says so. `cut_off_ms`: how long after the end of a local day missing values are waited for. */
/** @typedef {{ scheme: Integer, from_slot: Integer, terms: SchemeTerms, others_stay: boolean, leaving: readonly (Integer)[] }} ChangeScheme A manager opens a scheme (`scheme` 0) or changes it, from the beginning of a slot to come. The participants of the terms are all; with `others_stay` those that the scheme has in that slot stay beside them, but for the points that are `leaving`. Without any the scheme is closed. */
/** @typedef {{ tariff: Integer, from_slot: Integer, points: readonly (Integer)[] }} AssignTariff The operator gives points a tariff (0: the default) from the beginning of a slot to come. */
/** @typedef {{ name: string, operator: AddressLike, rights: readonly (OperatorRight)[], asset: Integer, monthly_limit: Integer, reserve: Integer, division: Division, rhythm: Rhythm, wait_ms: Integer, transfers: ShareTransfers }} GroupTerms Who runs a group with which rights, and how what comes in is divided. `monthly_limit` and `reserve` are of `asset`, the currency that the section names: what the operator may spend in a local month, and what stays in the account when it is divided. `wait_ms`: how long after its end a period is divided. */
/** @typedef {{ account: AddressLike, share: Integer, key: Integer, points: readonly (Integer)[] }} GroupRow A member's share and key from a slot on, and the points whose energy counts; all empty: it leaves. */
/** @typedef {{ terms: GroupTerms, from_slot: Integer, rows: readonly (GroupRow)[] }} OpenGroup Open a group whose shares hold from the beginning of a slot to come; what no row has is the group's own part. */
/** @typedef {{ group: Integer, from_slot: Integer, rows: readonly (GroupRow)[] }} SetGroupShares Set members' shares and keys from the beginning of a slot to come; what they add comes from the group's own part. What had been decided of these members for later slots falls away. */
/** @typedef {{ group: Integer, sender: AddressLike, recipient: AddressLike, parts: Integer, share_then: Integer, from_slot: Integer, signed_ms: Integer }} ShareTransferTerms What the recipient agrees to: `parts` of the sender's share from `from_slot` on, so that it has `share_then`. `signed_ms`: when it agreed. */
/** @typedef {{ terms: ShareTransferTerms, recipient_key: SenderKey, recipient_signatures: readonly (Signature)[] }} TransferGroupShare Give a part of one's share away, with the signatures of who takes it. */
/** @typedef {{ group: Integer, from_slot: Integer }} LeaveGroup Leave a group at the beginning of a slot to come; one's share becomes the group's own part. */
/** @typedef {{ group: Integer }} DistributeGroup Divide now what came in. */
/** @typedef {{ group: Integer, recipient: AddressLike, asset: Integer, amount: Integer, bill: Integer, purpose: string }} PayFromGroup Pay `amount` out of the group's account to a member, or, where `bill` is not 0, for that bill of the community (the recipient is then the account that bills are paid to). */
/** @typedef {{ group: Integer, type: Integer, content: Uint8Array }} ActForGroup Send `content`, the payload of transaction type `type`, in the name of the group. */
/** @typedef {{ first: Integer, count: Integer, root: Uint8Array, from_ms: Integer, to_ms: Integer }} FinaliseBills A run: `count` bills, numbered from `first` on, of the time from `from_ms` to before `to_ms`. `root`: that of the list of the bills' hashes in the order of their numbers (T5). */
/** @typedef {{ number: Integer, original: Integer, document: Uint8Array }} CorrectBill A document of its own, `number`, that takes the place of `original`; `document` is its hash. */
/** @typedef {{ number: Integer, asset: Integer, amount: Integer }} PayBill Pay `amount` of `asset` to the community's account for bill `number`. */
/** @typedef {{ number: Integer, asset: Integer, amount: Integer, reference: Uint8Array }} RecordPayment A treasurer notes that `amount` of `asset` came over a bank for bill `number`. `reference` is the hash of the bank's entry: the same entry is never noted twice. */
/** @typedef {{ title: string, text_hash: Uint8Array, options: readonly (string)[], majority: Majority, quorum: Integer, deadline_ms: Integer }} OpenResolution Ask the members. `text_hash`: SHA-256 of the document that says what is resolved; who asks sends it round. `quorum`: how many ballots it needs at least, abstentions included. */
/** @typedef {{ resolution: Integer, option: Integer }} CastBallot Vote for an option, counted from 1, or abstain (0); until the deadline another ballot takes its place. */
/** @typedef {{ resolution: Integer }} WithdrawResolution Take back what one has asked, before anybody else has voted. */
/** @typedef {{ seller: AddressLike, arbiter: AddressLike, asset: Integer, amount: Integer, fee: Integer, terms_hash: Uint8Array, deadline_ms: Integer }} OpenDeal Lock `amount` for `seller` until the deadline; in a dispute `arbiter` divides it and has `fee` of it. `terms_hash`: SHA-256 of what was agreed, which the parties keep. */
/** @typedef {{ deal: Integer }} ReleaseDeal The buyer gives the seller what the deal holds. */
/** @typedef {{ deal: Integer, evidence_hash: Uint8Array }} DisputeDeal Buyer or seller calls the arbiter; the deadline does not count any more. `evidence_hash`: SHA-256 of what the arbiter is shown, as a delivery note. */
/** @typedef {{ deal: Integer, asset: Integer, to_seller: Integer }} RuleDeal The arbiter gives the seller `to_seller`, itself the agreed fee, and the buyer the rest; amounts of `asset`. */
/** @typedef {{ deal: Integer }} CancelDeal The seller gives the buyer back what the deal holds. */
/** @typedef {{ asset: Integer, amount: Integer }} SwapSide One side of a swap: base units of an asset. */
/** @typedef {{ give: SwapSide, want: SwapSide, taker: AddressLike, expires_ms: Integer }} OfferSwap Lock `give`, to be taken by `taker` alone at the price of `want` for all of it. With the sender's own address as `taker` every member may take it. */
/** @typedef {{ swap: Integer, asset: Integer, amount: Integer }} TakeSwap Take `amount` of `asset`, what the swap gives, and pay its exact price. */
/** @typedef {{ swap: Integer }} CancelSwap Take back what is left of one's swap. */
/** @typedef {{ injected_mwh: Integer, taken_mwh: Integer, shared_mwh: Integer, paid: Integer, fees: Integer }} RunSums What a run of a slot came to. */
/** @typedef {{ run: Integer, version: Integer, substituted: Integer, slot_rows: RowsState, inputs_root: Uint8Array, rows_root: Uint8Array, sums: RunSums }} SettledSlot The newest run of a slot under a version, the roots of what went in and came out (SC8). `substituted`: how many values were not there. `slot_rows`: where the rows come from that come with each slot. */
/** @typedef {{ state: SlotState, source: ValueSource, energy_mwh: Integer, part_mwh: Integer }} SlotInput A point's value as a run used it; `part_mwh`: what of it counts in the scheme. */
/** @typedef {{ point: Integer, energy_mwh: Integer }} ChangedValue What a point's energy in the slot is now. */
/** @typedef {{ chunk: Integer, inputs: readonly (SlotInput)[], nodes: Uint8Array, changes: readonly (ChangedValue)[] }} RestoredPiece The inputs that the run had of a chunk's points, which the `nodes` lead to its root; and those that change. */
/** @typedef {{ scheme: Integer, slot: Integer, file: Uint8Array, entry: SettledSlot, place: Integer, nodes: Uint8Array, pieces: readonly (RestoredPiece)[] }} CorrectFoldedSlot Bring old inputs and changed values of a folded slot, piece by piece; with the last one it is settled again, by the hour with the last one of all slots of its hour. `file`: SHA-256 of the operator's file that the values stand in. `entry`: the slot's newest run, which is entry `place` of its day's list, and `nodes` lead it to the day's root; both say nothing where a late run is newer. */
/** @typedef {{ feed: Integer, value: Integer, time_ms: Integer, document: Uint8Array }} ReportFeed What a reporter knows: a value and the time it is for. `document`: SHA-256 of what shows it, or empty. */
/** @typedef {{ producer: Integer, consumer: Integer, first_share: Integer, steps: readonly (Integer)[] }} PairSeries A pair's shares in all slots of a span: `first_share`, then by how much each is above the one before; 0: none. */
/** @typedef {{ scheme: Integer, first_slot: Integer, slots: Integer, file: Uint8Array, issued_ms: Integer, pairs: readonly (PairSeries)[] }} ImportSlotRows Bring all rows of some slots of a scheme, one after the other from `first_slot` on. `file`: the SHA-256 of what they stood in, which was issued at `issued_ms`. Pairs that are not named have no share: without any all is surplus. */
/** @typedef {{ subject: AddressLike, kind: AttestationKind, data_hash: Uint8Array, document_hash: Uint8Array, expires_ms: Integer }} IssueAttestation Sign for `subject`. `data_hash` and `document_hash` are salted (AT2); data, document and salt stay with the cooperative. `expires_ms`: from then on it counts no more, and is forgotten. */
/** @typedef {{ attestation: Integer }} RevokeAttestation It counts no more from now on. */
/** @typedef {{ terms: MeterTerms, meter_signature: Uint8Array }} WishedMeter A meter that the account wishes to have bound at a storage unit: what it showed just now, signed by it. */
/** @typedef {{ technology: Technology, nominal_wh: Integer, max_discharge_w: Integer, efficiency_parts: Integer, standing_wh: Integer, reserve_wh: Integer }} StorageTerms A unit's terms; losses within them are nobody's fault. `efficiency_parts`: of the energy put in, what can be taken out again (round trip), in parts per 10^9. `standing_wh`: what the unit loses by standing, in Wh a day. `reserve_wh`: what only its owner may draw. `nominal_wh` (0: not stated) and `max_discharge_w` (0: not stated) are shown. */
/** @typedef {{ unit: AddressLike, capacity_wh: Integer, max_power_w: Integer, terms: StorageTerms }} WishedUnit A storage unit of the account that it wishes to have registered, with its terms. */
/** @typedef {{ referrer: AddressLike, attestation_hash: Uint8Array, meters: readonly (WishedMeter)[], units: readonly (WishedUnit)[], voter: boolean }} RequestMembership Ask the voters to admit the sender, who is no member, with its meters and roles. Free; the nonce is the time in ms at which it was signed. `referrer`: the member that brought it, or the sender itself: nobody. `attestation_hash`: the data hash of an attestation about the sender, or zeros. `voter`: it wishes to vote. Personal data does not belong here: a block is kept for ever. */
/** @typedef {{ asset: Integer, amount: Integer }} DayLimit Of an asset at most `amount` base units a day (UTC, by block time); of one that is not named, nothing. */
/** @typedef {{ product: Integer, side: OfferSide, price: Integer }} PriceBound Of a product: what a buy pays at most, or a sale gets at least; without it there are no orders on that side. */
/** @typedef {{ asset: Integer, floor: Integer, reference: string }} SweepTerms Once a day the agent may have paid out what is available of `asset` above `floor`, with this reference. */
/** @typedef {{ types: readonly (Integer)[], day_limits: readonly (DayLimit)[], prices: readonly (PriceBound)[], sweeps: readonly (SweepTerms)[], commission: Integer, expires_ms: Integer }} AgentTerms All that an agent may do for an owner; each list in order of its numbers, no number twice. `commission`: the agent's part, in parts of 10^9, of what its sales bring the owner. */
/** @typedef {{ agent: AddressLike, for_fees: Integer, terms: AgentTerms }} AuthoriseAgent Let `agent` act for the sender within `terms`, in place of what it was let do before. `for_fees`: what the agent is given at once, of the asset in which fees are paid. */
/** @typedef {{ agent: AddressLike }} RevokeAgent Let `agent` act for the sender no more. */
/** @typedef {{ owner: AddressLike, type: Integer, content: Uint8Array }} ActForOwner Send `content`, the payload of transaction type `type`, for `owner`. */
/** @typedef {{ owner: AddressLike, asset: Integer }} SweepForOwner Have paid out what `owner` has available of `asset` above the floor that it stated. */
/** @typedef {{ candidate: AddressLike, asset: Integer, most: Integer }} SponsorAdmission Agree to pay the admission fee of `candidate`, up to `most` of `asset`, if a vote admits it with the sender as its sponsor; `most` 0 takes that back. */
/** @typedef {{ unit: AddressLike, first_ms: Integer, end_ms: Integer }} IssueCertificate Certify what the sender's register at `unit` metered on the UTC days from `first_ms` to before `end_ms`. */
/** @typedef {{ account: AddressLike, baseline_wh: Integer, measured_wh: Integer, first_ms: Integer, end_ms: Integer, document: Uint8Array }} IssueSaving An auditor certifies that `account` used `measured_wh` where `baseline_wh` had been usual for such a period. `document`: SHA-256 of the report on method, baseline and measurement. */
/** @typedef {{ certificate: Integer, recipient: AddressLike, energy_wh: Integer }} TransferCertificate Give a part to a member. */
/** @typedef {{ certificate: Integer, energy_wh: Integer, asset: Integer, price: Integer }} OfferCertificate Offer a part to every member, to be taken in parts at `price` in base units of `asset` per kWh. */
/** @typedef {{ certificate: Integer, owner: AddressLike, energy_wh: Integer, asset: Integer, amount: Integer }} TakeCertificate Take a part of what `owner` offers and pay `amount` for it, which is its exact cost. */
/** @typedef {{ certificate: Integer }} WithdrawCertificate End one's offer; what is left of it is free again. */
/** @typedef {{ certificate: Integer, energy_wh: Integer, beneficiary: AddressLike, purpose: string, from_ms: Integer, until_ms: Integer }} RetireCertificate Use a part up, for ever: what `beneficiary` consumed from `from_ms` to before `until_ms` is covered by it. */
/** @typedef {{ unit: AddressLike }} ReserveOrigin Let all that the sender's open session at `unit` may draw come of what is renewable there. */
/** @typedef {{ nickname: string }} JoinBoard Take part under a nickname: from now on points are counted, and shown under it. */
/** @typedef {{  }} LeaveBoard Take part no longer: nickname and points are forgotten. */
/** @typedef {{ key: Uint8Array }} SetMemoKey Publish the X25519 key, 32 bytes, for which memos to the sender are sealed; empty: take it back. */
/** @typedef {{ reader: AddressLike, reader_key: Uint8Array, sender_key: Uint8Array, salt: Uint8Array, sealed: Uint8Array }} SealedMemo A text that only the holders of the secrets of two X25519 keys can open: its reader's, and its sender's. `sealed`: the filled-up text under a key that both and the salt make, with a tag of 16 bytes. */
/** @typedef {{ type: Integer, content: Uint8Array, memo: SealedMemo }} WithMemo Send `content`, the payload of transaction type `type`, and with it a memo. */
/** @typedef {{ kind: "set_banker", address: AddressLike }} SetBanker Make an account the banker. */
/** @typedef {{ kind: "settle_withdrawal", asset: Integer, holder: AddressLike, mark: Integer, paid: boolean }} SettleWithdrawal What becomes of a mark that lapsed: `paid`: it was paid out, and is destroyed; else its holder has it back. */
/** @typedef {{ kind: "add_voter", address: AddressLike }} AddVoter Give the voter role. */
/** @typedef {{ kind: "remove_voter", address: AddressLike }} RemoveVoter Take the voter role; the voter's open votes lose its yes. */
/** @typedef {{ kind: "set_parameter", name: string, value: Integer }} SetParameter Set a parameter to a value, in the parameter's own unit. */
/** @typedef {{ kind: "admit_member", address: AddressLike }} AdmitMember Admit a member. */
/** @typedef {{ kind: "expel_member", address: AddressLike }} ExpelMember Expel a member: its orders and sessions end; it may still transfer and withdraw. */
/** @typedef {{ kind: "settle_jump", meter_key: Uint8Array, jump: Integer, accept: boolean }} SettleJump Count (`accept`) or drop the jump of a meter's register that is quarantined, `jump` raw steps high. */
/** @typedef {{ kind: "release_meter", meter_key: Uint8Array }} ReleaseMeter Let an unbound meter's key be bound to another unit, account or register than it was. */
/** @typedef {{ kind: "add_validator", key: Uint8Array, account: AddressLike, name: string, possession: Uint8Array }} AddValidator Add a validator; `possession` is its key's signature over `possession_message`. */
/** @typedef {{ kind: "remove_validator", address: AddressLike }} RemoveValidator Remove a validator by its address. */
/** @typedef {{ kind: "register_unit", unit: AddressLike, owner: AddressLike, capacity_wh: Integer, max_power_w: Integer, terms: StorageTerms }} RegisterUnit Register a storage unit of a person (`owner`); capacity and maximum power 0: unlimited, as in the thesis. */
/** @typedef {{ kind: "remove_unit", unit: AddressLike }} RemoveUnit Remove a storage unit with all its energy. */
/** @typedef {{ kind: "reinstate_unit", unit: AddressLike, accept_wh: Integer }} ReinstateUnit Let a suspended unit work again; `accept_wh` of its quarantined gain is booked, the rest dropped. */
/** @typedef {{ kind: "change_unit", unit: AddressLike, capacity_wh: Integer, max_power_w: Integer, terms: StorageTerms }} ChangeUnit Change a registered unit's capacity, maximum power and terms; its books stay. */
/** @typedef {{ kind: "annul", address: AddressLike, unit: AddressLike, amount: Integer }} Annul Destroy ENT of an expelled account, at most what a removed unit minted lately. */
/** @typedef {{ kind: "set_priority", account: AddressLike, has_priority: boolean }} SetPriority Let an account's sessions that are opened from now on end last where energy is short, or no more. */
/** @typedef {{ kind: "plan_upgrade", height: Integer, version: Integer, module: string, section: Uint8Array, release: string }} PlanUpgrade From `height` on: protocol `version`, and `module` switched on with its `section` (both empty: none). `release` tells people what to install. */
/** @typedef {{ kind: "cancel_upgrade", height: Integer }} CancelUpgrade Do not do what is planned for `height`. */
/** @typedef {{ kind: "admit_point", point: RegisterPoint }} AdmitPoint Voters register a point with the signatures of its owner. */
/** @typedef {{ kind: "alter_point", point: ChangePoint }} AlterPoint Voters state another grid zone or commissioning time of a point. */
/** @typedef {{ kind: "remove_point", point: ClosePoint }} RemovePoint Voters close a point. */
/** @typedef {{ kind: "set_custodian", address: AddressLike, on: boolean }} SetCustodian Let an account import operators' files, or no longer. */
/** @typedef {{ from_ms: Integer, minutes: Integer }} OffsetChange From an instant on, local time is UTC plus so many minutes. */
/** @typedef {{ kind: "extend_zone", offsets: readonly (OffsetChange)[], holidays: readonly (Integer)[] }} ExtendZone Append changes of the time zone's offset, and holidays as local days since 1970. */
/** @typedef {{ kind: "set_scheme", scheme: Integer, from_slot: Integer, terms: SchemeTerms, others_stay: boolean, leaving: readonly (Integer)[] }} SetScheme Open a scheme (`scheme` 0) or change it, from the beginning of a slot to come, like `ChangeScheme`. */
/** @typedef {{ from_quarter: Integer, rate: Integer }} RateStep From a quarter hour of the day on (0: midnight), by the clock on the wall: base units per kWh. */
/** @typedef {{ feed: Integer, factor: Integer, addend: Integer, least: Integer, most: Integer }} FeedRate A rate by a feed's value: times `factor` / 10^9, rounded down, plus `addend`, and from there into `least` to `most`. */
/** @typedef {{ workday: readonly (RateStep)[], saturday: readonly (RateStep)[], sunday: readonly (RateStep)[], by_feed: readonly (FeedRate)[] }} TimeRate Rates of a day, in rising order from midnight on; a constant has one step. Empty ones: as on workdays. `by_feed`: where there is one, its rate counts in slots at whose beginning the feed has a value, and the tables in the others. */
/** @typedef {{ from_zone: string, to_zone: string, rate: TimeRate }} ZoneFee A grid fee for energy from a zone to another; of the rows of a tariff the first that fits counts. `from_zone`: a zone of points, `grid` for what comes from outside, or `*`; `to_zone`: the consumer's, or `*`. */
/** @typedef {{ name: string, rate: TimeRate, on_shared: boolean }} Levy A named levy on what is drawn; `on_shared`: on shared energy too. */
/** @typedef {{ name: string, asset: Integer, retail: TimeRate, feed_in: TimeRate, zone_fees: readonly (ZoneFee)[], levies: readonly (Levy)[] }} TariffTerms What a point pays for energy from the grid, and gets for energy into it; `asset`: the section's currency. */
/** @typedef {{ kind: "set_tariff", tariff: Integer, from_slot: Integer, terms: TariffTerms }} SetTariff Bring a tariff (`tariff` 0) or change it, from the beginning of a slot to come. */
/** @typedef {{ kind: "set_point_tariff", tariff: Integer, from_slot: Integer, points: readonly (Integer)[] }} SetPointTariff Give points a tariff (0: the default) from the beginning of a slot to come. */
/** @typedef {{ kind: "set_grid_terms", operator: AddressLike, asset: Integer, mark: Integer, band: boolean }} SetGridTerms Name the grid operator's account; say from which debt on an account may not bind tokens (0: never), and whether prices of the market are bound to the band between feed-in and retail. */
/** @typedef {{ kind: "admit_group", opening: OpenGroup }} AdmitGroup Voters open a group. */
/** @typedef {{ kind: "change_group", group: Integer, terms: GroupTerms }} ChangeGroup Voters give a group other terms, from now on. */
/** @typedef {{ kind: "assign_shares", change: SetGroupShares }} AssignShares Voters set members' shares and keys. */
/** @typedef {{ kind: "spend_from_group", payment: PayFromGroup }} SpendFromGroup Voters pay out of a group's account, whatever its operator's limit. */
/** @typedef {{ kind: "dissolve_group", group: Integer }} DissolveGroup Voters dissolve a group: what it has, and what still comes, is divided among its members. */
/** @typedef {{ kind: "admit_group_point", terms: PointTerms }} AdmitGroupPoint Voters register a metering point of a group, and agree for it. */
/** @typedef {{ kind: "set_treasurer", address: AddressLike, active: boolean }} SetTreasurer Give an account the office of a treasurer, or take it. */
/** @typedef {{ name: string, kind: FeedKind, asset: Integer, unit: string, decimals: Integer, reporters: readonly (AddressLike)[], quorum: Integer, oldest_age_ms: Integer, least: Integer, most: Integer }} FeedTerms `unit`: for people. `asset`: the price's (0: no price); `decimals`: how many of a value's digits stand behind the point (of a price 0: its asset says). `quorum`: so many reports must count, or there is no value. A report counts until it is older than `oldest_age_ms`; one outside of `least` to `most` is refused. */
/** @typedef {{ kind: "register_feed", terms: FeedTerms }} RegisterFeed Begin a feed; it gets the next number. */
/** @typedef {{ kind: "change_feed", feed: Integer, terms: FeedTerms }} ChangeFeed Give a feed other terms; what it counts (kind, asset, decimals) stays. */
/** @typedef {{ kind: "end_feed", feed: Integer }} EndFeed A feed has no value any more; who goes by it uses what it states for that. */
/** @typedef {{ kind: "set_attester", address: AddressLike, role: AttesterRole, standing: OfficeStanding }} SetAttester Give an account the office of a registrar or auditor, let it retire, or bar it. */
/** @typedef {{ kind: "admit_application", application: Integer, sponsor: AddressLike }} AdmitApplication Admit who has applied, bind its meters and give it its roles: all of it, or nothing. `sponsor`: the member that stands in for it, or the account itself: nobody. */
/** @typedef {{ kind: "dismiss_applications", applications: readonly (Integer)[] }} DismissApplications Take applications off the list, by their numbers, rising. */
/** @typedef {{ kind: "spend_fund", recipient: AddressLike, asset: Integer, amount: Integer, purpose: string, reference: string }} SpendFund Pay `amount` of `asset` out of the fund to a member, within the budget of `purpose`; a `reference` pays once. */
/** @typedef {{ kind: "set_fund_budget", purpose: string, asset: Integer, amount: Integer, period: BudgetPeriod }} SetFundBudget Bound what is spent for `purpose` in each `period` to `amount` of `asset`; period none takes the bound away. */
/** @typedef {{ proposer: Integer, committee: Integer, fund: Integer }} FeeSplit Who gets the fees of a block, in parts per 10^6; together they are the whole. */
/** @typedef {{ kind: "set_fee_split", split: FeeSplit }} SetFeeSplit Divide the fees of blocks among their proposer, the validators who committed, and the fund. */
/** @typedef {{ kind: "set_market_commission", parts: Integer }} SetMarketCommission Take so many parts per 10^6 of each payment in the market out of the seller's proceeds, for the fund. */
/** @typedef {{ asset: Integer, admission_fee: Integer, referral_reward: Integer, starter_grant: Integer }} NewcomerTerms What an admission costs, and what the fund pays for it, in base units of `asset`. */
/** @typedef {{ kind: "set_newcomer_terms", terms: NewcomerTerms }} SetNewcomerTerms What an admission costs, and what the fund pays to a newcomer and to who brought it. */
/** @typedef {{ kind: "admit_sponsored", address: AddressLike, sponsor: AddressLike, referrer: AddressLike }} AdmitSponsored Admit an account as a member. `sponsor` pays its admission fee (its own address: itself), `referrer` brought it (its own address: nobody). */
/** @typedef {{ kind: "mint_by_vote", recipient: AddressLike, asset: Integer, amount: Integer, reference: string }} MintByVote Issue `amount` of a currency to a member; only where there is no banker. `reference` is taken once. */
/** @typedef {{ kind: "burn_by_vote", holder: AddressLike, asset: Integer, amount: Integer, reference: string }} BurnByVote Destroy what was paid out: `amount` of a currency that `holder` locked for withdrawal, or of the fund's own. */
/** @typedef {{ kind: "return_by_vote", holder: AddressLike, asset: Integer, amount: Integer }} ReturnByVote Give `amount` of a currency that `holder` locked for withdrawal back to it; only where there is no banker. */
/** @typedef {{ kind: "remove_banker", address: AddressLike }} RemoveBanker The community has no banker any more: voters mint and burn. */
/** @typedef {{ kind: "describe_generator", unit: AddressLike, account: AddressLike, source: EnergySource, rated_w: Integer, commissioned_ms: Integer }} DescribeGenerator Say what the production register of `account` at `unit` is of; its energy counts from then on. */
/** @typedef {{ kind: "hold_back_energy", unit: AddressLike, account: AddressLike, energy_wh: Integer, document: Uint8Array }} HoldBackEnergy Hold `energy_wh` of a generator's next certificates back: so much was certified, or counted, in error. `document`: SHA-256 of what shows it. */
/** @typedef {{ asset: Integer, amount: Integer }} Prize What the fund pays for a place. */
/** @typedef {{ used: Integer, given: Integer, on_time: Integer, ballots: Integer, most: Integer, on_time_ms: Integer, grace_days: Integer, prizes: readonly (Prize)[] }} TogetherTerms Points for a kWh used and given, for a day on time, for a ballot; `most`: that one kind brings in a season. Readings are in time that are on the chain within `on_time_ms`. A season is closed `grace_days` after its month's end; then the fund pays the prizes, the first one to the first place. */
/** @typedef {{ kind: "set_together_terms", terms: TogetherTerms }} SetTogetherTerms Other rules of points and prizes, from the next season on. */
/** @typedef {{ transfer: Transfer, lock_withdrawal: LockWithdrawal, mint_currency: MintCurrency, burn_currency: BurnCurrency, unlock_currency: UnlockCurrency, mark_withdrawal: MarkWithdrawal, take_back_withdrawal: TakeBackWithdrawal, attest_reserves: AttestReserves, cast_vote: CastVote, bind_meter: BindMeter, replace_meter: ReplaceMeter, unbind_meter: UnbindMeter, submit_readings: SubmitReadings, validator_alive: ValidatorAlive, evidence: Evidence, open_session: OpenSession, close_session: CloseSession, release_session: ReleaseSession, energy_produced: EnergyProduced, energy_consumed: EnergyConsumed, energy_actual: EnergyActual, energy_batch: EnergyBatch, place_order: PlaceOrder, cancel_order: CancelOrder, replace_order: ReplaceOrder, register_point: RegisterPoint, change_point: ChangePoint, close_point: ClosePoint, import_slots: ImportSlots, change_scheme: ChangeScheme, assign_tariff: AssignTariff, open_group: OpenGroup, set_group_shares: SetGroupShares, transfer_group_share: TransferGroupShare, leave_group: LeaveGroup, distribute_group: DistributeGroup, pay_from_group: PayFromGroup, act_for_group: ActForGroup, finalise_bills: FinaliseBills, correct_bill: CorrectBill, pay_bill: PayBill, record_payment: RecordPayment, open_resolution: OpenResolution, cast_ballot: CastBallot, withdraw_resolution: WithdrawResolution, open_deal: OpenDeal, release_deal: ReleaseDeal, dispute_deal: DisputeDeal, rule_deal: RuleDeal, cancel_deal: CancelDeal, offer_swap: OfferSwap, take_swap: TakeSwap, cancel_swap: CancelSwap, correct_folded_slot: CorrectFoldedSlot, report_feed: ReportFeed, import_slot_rows: ImportSlotRows, issue_attestation: IssueAttestation, revoke_attestation: RevokeAttestation, request_membership: RequestMembership, authorise_agent: AuthoriseAgent, revoke_agent: RevokeAgent, act_for_owner: ActForOwner, sweep_for_owner: SweepForOwner, sponsor_admission: SponsorAdmission, issue_certificate: IssueCertificate, issue_saving: IssueSaving, transfer_certificate: TransferCertificate, offer_certificate: OfferCertificate, take_certificate: TakeCertificate, withdraw_certificate: WithdrawCertificate, retire_certificate: RetireCertificate, reserve_origin: ReserveOrigin, join_board: JoinBoard, leave_board: LeaveBoard, set_memo_key: SetMemoKey, with_memo: WithMemo }} Payloads the payload of each transaction type */

/**
 * @typedef {object} Field
 * @property {string} [name]
 * @property {"integer" | "bytes" | "text" | "boolean" | "struct" | "list" | "union"} kind
 * @property {bigint} [least] of an integer its value, else a length
 * @property {bigint} [most]
 * @property {string} [unit]
 * @property {string} [asset] which asset an amount is of
 * @property {string} [names] the enumeration of an integer
 * @property {boolean} [address]
 * @property {readonly string[]} [of] the structs that may stand here
 * @property {Field} [item] of a list; in a union what is no struct
 */
/** @typedef {{ kind: string, tag: bigint | null, fields: readonly (Field & { name: string })[] }} Struct */

/** @type {Readonly<Record<string, Readonly<Record<string, bigint>>>>} */
export const ENUMS = {
  MeterKind: { production: 1n, consumption: 2n, storage: 3n },
  ClockQuality: { unset: 0n, holdover: 1n, synced: 2n },
  VoteKind: { proposal: 1n, prepare: 2n, commit: 3n, round_change: 4n },
  Side: { buy: 0n, sell: 1n },
  OrderKind: { limit: 0n, ioc: 1n, fok: 2n, post_only: 3n },
  Direction: { offtake: 1n, injection: 2n },
  Delivery: { proportional: 0n, by_age: 1n },
  SourceOrder: { own: 1n, operator: 2n, own_then_operator: 3n },
  Settlement: { slot: 1n, period: 2n },
  OperatorRight: { shares: 1n, distribute: 2n, pay: 3n, points: 4n, trade: 5n },
  Division: { share: 1n, key: 2n, use: 3n },
  Rhythm: { demand: 1n, slot: 2n, day: 3n, month: 4n },
  ShareTransfers: { nobody: 1n, group: 2n, members: 3n },
  Majority: { most: 1n, half: 2n, two_thirds: 3n },
  RowsState: { none: 0n, imported: 1n, substituted: 2n },
  SlotState: { missing: 0n, measured: 1n, substituted: 2n, imported: 3n, corrected: 4n },
  ValueSource: { own: 1n, operator: 2n },
  AttestationKind: { identity: 1n, presence: 2n, installation: 3n, solvency: 4n, efficiency: 5n },
  Technology: { unknown: 0n, lithium_ion: 1n, sodium_ion: 2n, lead_acid: 3n, flow: 4n, flywheel: 5n, pumped_hydro: 6n, hydrogen: 7n, other: 8n },
  OfferSide: { buy: 0n, sell: 1n },
  FeedKind: { price: 1n, co2: 2n, other: 3n },
  AttesterRole: { registrar: 1n, auditor: 2n },
  OfficeStanding: { appointed: 1n, retired: 2n, barred: 3n },
  BudgetPeriod: { none: 0n, month: 1n, quarter: 2n, year: 3n, once: 4n },
  EnergySource: { pv: 1n, wind: 2n, hydro: 3n, biomass: 4n, chp: 5n, grid: 6n, unknown: 7n },
};

/** @type {Readonly<Record<string, Struct>>} */
export const STRUCTS = {
  MultisigKey: {
    kind: "multisig_key", tag: null,
    fields: [
      { name: "threshold", kind: "integer", least: 1n, most: 16n, unit: "count" },
      { name: "keys", kind: "list", least: 1n, most: 16n, item: { kind: "bytes", least: 33n, most: 34n } },
    ],
  },
  Envelope: {
    kind: "envelope", tag: null,
    fields: [
      { name: "version", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "plain number" },
      { name: "chain_id", kind: "text", least: 0n, most: 64n },
      { name: "type", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "plain number" },
      { name: "sender_key", kind: "union", of: ["MultisigKey"], item: { kind: "bytes", least: 33n, most: 34n } },
      { name: "nonce", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number" },
      { name: "valid_until_height", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "height" },
      { name: "fee", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "fees" },
      { name: "payload", kind: "bytes", least: 0n, most: 9223372036854775807n },
    ],
  },
  Signature: {
    kind: "signature", tag: null,
    fields: [
      { name: "index", kind: "integer", least: 0n, most: 15n, unit: "number" },
      { name: "signature", kind: "bytes", least: 64n, most: 64n },
    ],
  },
  SignedEnvelope: {
    kind: "signed_envelope", tag: null,
    fields: [
      { name: "envelope", kind: "bytes", least: 0n, most: 9223372036854775807n },
      { name: "signatures", kind: "list", least: 1n, most: 16n, item: { kind: "struct", of: ["Signature"] } },
    ],
  },
  Transfer: {
    kind: "transfer", tag: null,
    fields: [
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "recipient", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  LockWithdrawal: {
    kind: "lock_withdrawal", tag: null,
    fields: [
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  MintCurrency: {
    kind: "mint_currency", tag: null,
    fields: [
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "recipient", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "reference", kind: "bytes", least: 32n, most: 32n },
    ],
  },
  BurnCurrency: {
    kind: "burn_currency", tag: null,
    fields: [
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "holder", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "mark", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "reference", kind: "bytes", least: 32n, most: 32n },
    ],
  },
  UnlockCurrency: {
    kind: "unlock_currency", tag: null,
    fields: [
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "holder", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "mark", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number" },
    ],
  },
  MarkWithdrawal: {
    kind: "mark_withdrawal", tag: null,
    fields: [
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "holder", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  TakeBackWithdrawal: {
    kind: "take_back_withdrawal", tag: null,
    fields: [
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  AttestReserves: {
    kind: "attest_reserves", tag: null,
    fields: [
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "time_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
      { name: "document", kind: "bytes", least: 32n, most: 32n },
    ],
  },
  CastVote: {
    kind: "cast_vote", tag: null,
    fields: [
      { name: "action", kind: "union", of: ["SetBanker", "SettleWithdrawal", "AddVoter", "RemoveVoter", "SetParameter", "AdmitMember", "ExpelMember", "SettleJump", "ReleaseMeter", "AddValidator", "RemoveValidator", "RegisterUnit", "RemoveUnit", "ReinstateUnit", "ChangeUnit", "Annul", "SetPriority", "PlanUpgrade", "CancelUpgrade", "AdmitPoint", "AlterPoint", "RemovePoint", "SetCustodian", "ExtendZone", "SetScheme", "SetTariff", "SetPointTariff", "SetGridTerms", "AdmitGroup", "ChangeGroup", "AssignShares", "SpendFromGroup", "DissolveGroup", "AdmitGroupPoint", "SetTreasurer", "RegisterFeed", "ChangeFeed", "EndFeed", "SetAttester", "AdmitApplication", "DismissApplications", "SpendFund", "SetFundBudget", "SetFeeSplit", "SetMarketCommission", "SetNewcomerTerms", "AdmitSponsored", "MintByVote", "BurnByVote", "ReturnByVote", "RemoveBanker", "DescribeGenerator", "HoldBackEnergy", "SetTogetherTerms"] },
      { name: "approve", kind: "boolean" },
    ],
  },
  MeterTerms: {
    kind: "meter_terms", tag: null,
    fields: [
      { name: "unit", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "account", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "kind", kind: "integer", least: 1n, most: 3n, names: "MeterKind" },
      { name: "meter_key", kind: "bytes", least: 0n, most: 9223372036854775807n },
      { name: "serial", kind: "bytes", least: 32n, most: 32n },
      { name: "profile", kind: "bytes", least: 32n, most: 32n },
      { name: "obis", kind: "bytes", least: 6n, most: 6n },
      { name: "scale", kind: "integer", least: -9n, most: 9n, unit: "plain number" },
      { name: "factor", kind: "integer", least: 1n, most: 1000000n, unit: "plain number" },
      { name: "rollover", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "steps of a register" },
      { name: "max_power_w", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "W" },
      { name: "opening_ms", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "ms since 1970" },
      { name: "opening_register", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "steps of a register" },
      { name: "opening_sequence", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number" },
    ],
  },
  BindMeter: {
    kind: "bind_meter", tag: null,
    fields: [
      { name: "terms", kind: "struct", of: ["MeterTerms"] },
      { name: "meter_signature", kind: "bytes", least: 64n, most: 64n },
      { name: "account_key", kind: "union", of: ["MultisigKey"], item: { kind: "bytes", least: 33n, most: 34n } },
      { name: "account_signatures", kind: "list", least: 1n, most: 16n, item: { kind: "struct", of: ["Signature"] } },
    ],
  },
  Closing: {
    kind: "closing", tag: null,
    fields: [
      { name: "meter_key", kind: "bytes", least: 0n, most: 9223372036854775807n },
      { name: "time_ms", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "ms since 1970" },
      { name: "register", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "steps of a register" },
    ],
  },
  ReplaceMeter: {
    kind: "replace_meter", tag: null,
    fields: [
      { name: "old_key", kind: "bytes", least: 0n, most: 9223372036854775807n },
      { name: "closing", kind: "list", least: 0n, most: 1n, item: { kind: "struct", of: ["Closing"] } },
      { name: "binding", kind: "struct", of: ["BindMeter"] },
    ],
  },
  UnbindMeter: {
    kind: "unbind_meter", tag: null,
    fields: [
      { name: "meter_key", kind: "bytes", least: 0n, most: 9223372036854775807n },
    ],
  },
  ReadingStep: {
    kind: "reading_step", tag: null,
    fields: [
      { name: "sequence", kind: "integer", least: 1n, most: 1048576n, unit: "number" },
      { name: "time_ms", kind: "integer", least: -9223372036854775807n, most: 9223372036854775807n, unit: "ms" },
      { name: "register", kind: "integer", least: -9223372036854775807n, most: 9223372036854775807n, unit: "steps of a register" },
    ],
  },
  SubmitReadings: {
    kind: "submit_readings", tag: null,
    fields: [
      { name: "profile", kind: "bytes", least: 32n, most: 32n },
      { name: "boot", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number" },
      { name: "clock", kind: "integer", least: 0n, most: 2n, names: "ClockQuality" },
      { name: "flags", kind: "integer", least: 0n, most: 4294967295n, unit: "plain number" },
      { name: "obis", kind: "bytes", least: 6n, most: 6n },
      { name: "scale", kind: "integer", least: -9n, most: 9n, unit: "plain number" },
      { name: "first_ms", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "ms since 1970" },
      { name: "first_register", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "steps of a register" },
      { name: "steps", kind: "list", least: 0n, most: 799n, item: { kind: "struct", of: ["ReadingStep"] } },
    ],
  },
  ValidatorAlive: {
    kind: "validator_alive", tag: null,
    fields: [
      { name: "key", kind: "bytes", least: 32n, most: 32n },
      { name: "height", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "height" },
      { name: "signature", kind: "bytes", least: 64n, most: 64n },
    ],
  },
  Evidence: {
    kind: "evidence", tag: null,
    fields: [
      { name: "key", kind: "bytes", least: 32n, most: 32n },
      { name: "kind", kind: "integer", least: 1n, most: 4n, names: "VoteKind" },
      { name: "height", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "height" },
      { name: "round", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number" },
      { name: "first_value", kind: "bytes", least: 32n, most: 32n },
      { name: "first_signature", kind: "bytes", least: 64n, most: 64n },
      { name: "second_value", kind: "bytes", least: 32n, most: 32n },
      { name: "second_signature", kind: "bytes", least: 64n, most: 64n },
    ],
  },
  OpenSession: {
    kind: "open_session", tag: null,
    fields: [
      { name: "unit", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "energy" },
      { name: "overdraft", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "energy" },
    ],
  },
  CloseSession: {
    kind: "close_session", tag: null,
    fields: [
      { name: "unit", kind: "bytes", least: 20n, most: 20n, address: true },
    ],
  },
  ReleaseSession: {
    kind: "release_session", tag: null,
    fields: [
      { name: "consumer", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "number", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
    ],
  },
  EnergyProduced: {
    kind: "energy_produced", tag: null,
    fields: [
      { name: "sequence", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "producer", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "energy_wh", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "Wh" },
    ],
  },
  EnergyConsumed: {
    kind: "energy_consumed", tag: null,
    fields: [
      { name: "sequence", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "consumer", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "energy_wh", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "Wh" },
    ],
  },
  EnergyActual: {
    kind: "energy_actual", tag: null,
    fields: [
      { name: "sequence", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "energy_wh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "Wh" },
    ],
  },
  ProducedItem: {
    kind: "produced_item", tag: 1n,
    fields: [
      { name: "producer", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "energy_wh", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "Wh" },
    ],
  },
  ConsumedItem: {
    kind: "consumed_item", tag: 2n,
    fields: [
      { name: "consumer", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "energy_wh", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "Wh" },
    ],
  },
  ActualItem: {
    kind: "actual_item", tag: 3n,
    fields: [
      { name: "energy_wh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "Wh" },
    ],
  },
  EnergyBatch: {
    kind: "energy_batch", tag: null,
    fields: [
      { name: "sequence", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "items", kind: "list", least: 1n, most: 150n, item: { kind: "union", of: ["ProducedItem", "ConsumedItem", "ActualItem"] } },
    ],
  },
  PlaceOrder: {
    kind: "place_order", tag: null,
    fields: [
      { name: "product", kind: "integer", least: 1n, most: 4294967295n, unit: "number of a product" },
      { name: "side", kind: "integer", least: 0n, most: 1n, names: "Side" },
      { name: "kind", kind: "integer", least: 0n, most: 3n, names: "OrderKind" },
      { name: "price", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units per whole token", asset: "quote" },
      { name: "quantity", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "base" },
      { name: "expires_ms", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "ms since 1970" },
    ],
  },
  CancelOrder: {
    kind: "cancel_order", tag: null,
    fields: [
      { name: "product", kind: "integer", least: 1n, most: 4294967295n, unit: "number of a product" },
      { name: "number", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
    ],
  },
  ReplaceOrder: {
    kind: "replace_order", tag: null,
    fields: [
      { name: "product", kind: "integer", least: 1n, most: 4294967295n, unit: "number of a product" },
      { name: "number", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "price", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units per whole token", asset: "quote" },
      { name: "quantity", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "base" },
      { name: "expires_ms", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "ms since 1970" },
    ],
  },
  PointTerms: {
    kind: "point_terms", tag: null,
    fields: [
      { name: "owner", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "direction", kind: "integer", least: 1n, most: 2n, names: "Direction" },
      { name: "zone", kind: "text", least: 0n, most: 64n },
      { name: "commissioned_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
      { name: "id_hash", kind: "bytes", least: 32n, most: 32n },
      { name: "own_meter", kind: "boolean" },
      { name: "from_slot", kind: "integer", least: 0n, most: 10000000000n, unit: "number" },
      { name: "signed_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
    ],
  },
  RegisterPoint: {
    kind: "register_point", tag: null,
    fields: [
      { name: "terms", kind: "struct", of: ["PointTerms"] },
      { name: "owner_key", kind: "union", of: ["MultisigKey"], item: { kind: "bytes", least: 33n, most: 34n } },
      { name: "owner_signatures", kind: "list", least: 1n, most: 16n, item: { kind: "struct", of: ["Signature"] } },
    ],
  },
  ChangePoint: {
    kind: "change_point", tag: null,
    fields: [
      { name: "number", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "zone", kind: "text", least: 0n, most: 64n },
      { name: "commissioned_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
    ],
  },
  ClosePoint: {
    kind: "close_point", tag: null,
    fields: [
      { name: "number", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "until_slot", kind: "integer", least: 0n, most: 10000000000n, unit: "number" },
    ],
  },
  ImportRow: {
    kind: "import_row", tag: null,
    fields: [
      { name: "point", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "first_slot", kind: "integer", least: 0n, most: 10000000000n, unit: "number" },
      { name: "quality", kind: "integer", least: 0n, most: 255n, unit: "plain number" },
      { name: "first_mwh", kind: "integer", least: 0n, most: 1099511627775n, unit: "mWh" },
      { name: "steps", kind: "list", least: 0n, most: 2975n, item: { kind: "integer", least: -1099511627775n, most: 1099511627775n, unit: "mWh" } },
    ],
  },
  ImportSlots: {
    kind: "import_slots", tag: null,
    fields: [
      { name: "file", kind: "bytes", least: 32n, most: 32n },
      { name: "issued_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
      { name: "part", kind: "integer", least: 0n, most: 2147483648n, unit: "number" },
      { name: "rows", kind: "list", least: 1n, most: 1000n, item: { kind: "struct", of: ["ImportRow"] } },
    ],
  },
  Participant: {
    kind: "participant", tag: null,
    fields: [
      { name: "point", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "keys", kind: "list", least: 0n, most: 8n, item: { kind: "integer", least: 0n, most: 1000000000n, unit: "plain number" } },
      { name: "factor", kind: "integer", least: 1n, most: 1000000000n, unit: "parts per 10^9" },
    ],
  },
  Static: {
    kind: "static", tag: 1n,
    fields: [
    ],
  },
  StaticRedistributed: {
    kind: "static_redistributed", tag: 2n,
    fields: [
    ],
  },
  Dynamic: {
    kind: "dynamic", tag: 3n,
    fields: [
    ],
  },
  PairShare: {
    kind: "pair_share", tag: null,
    fields: [
      { name: "producer", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "consumer", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "share", kind: "integer", least: 0n, most: 1000000000n, unit: "parts per 10^9" },
    ],
  },
  Pairs: {
    kind: "pairs", tag: 4n,
    fields: [
      { name: "rows", kind: "list", least: 0n, most: 4096n, item: { kind: "struct", of: ["PairShare"] } },
    ],
  },
  PairsEachSlot: {
    kind: "pairs_each_slot", tag: 5n,
    fields: [
      { name: "rows", kind: "list", least: 0n, most: 4096n, item: { kind: "struct", of: ["PairShare"] } },
    ],
  },
  Cascade: {
    kind: "cascade", tag: 6n,
    fields: [
      { name: "levels", kind: "list", least: 1n, most: 8n, item: { kind: "union", of: ["Static", "StaticRedistributed", "Dynamic", "Pairs", "PairsEachSlot"] } },
    ],
  },
  Credit: {
    kind: "credit", tag: 7n,
    fields: [
      { name: "rows", kind: "list", least: 0n, most: 4096n, item: { kind: "struct", of: ["PairShare"] } },
      { name: "lifetime", kind: "integer", least: 1n, most: 36n, unit: "count" },
    ],
  },
  AllocationRule: {
    kind: "allocation_rule", tag: null,
    fields: [
      { name: "method", kind: "union", of: ["Static", "StaticRedistributed", "Dynamic", "Pairs", "PairsEachSlot", "Cascade", "Credit"] },
      { name: "delivery", kind: "integer", least: 0n, most: 1n, names: "Delivery" },
      { name: "no_self_share", kind: "boolean" },
      { name: "hourly", kind: "boolean" },
    ],
  },
  FixedPrice: {
    kind: "fixed_price", tag: 1n,
    fields: [
      { name: "price", kind: "integer", least: 0n, most: 10000000000n, unit: "base units per kWh", asset: "field" },
    ],
  },
  ProducerPrice: {
    kind: "producer_price", tag: null,
    fields: [
      { name: "producer", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "price", kind: "integer", least: 0n, most: 10000000000n, unit: "base units per kWh", asset: "field" },
    ],
  },
  FixedByProducer: {
    kind: "fixed_by_producer", tag: 2n,
    fields: [
      { name: "prices", kind: "list", least: 1n, most: 4096n, item: { kind: "struct", of: ["ProducerPrice"] } },
    ],
  },
  MidMarket: {
    kind: "mid_market", tag: 3n,
    fields: [
      { name: "retail", kind: "integer", least: 0n, most: 10000000000n, unit: "base units per kWh", asset: "field" },
      { name: "feed_in", kind: "integer", least: 0n, most: 10000000000n, unit: "base units per kWh", asset: "field" },
    ],
  },
  SupplyDemandRatio: {
    kind: "supply_demand_ratio", tag: 4n,
    fields: [
      { name: "retail", kind: "integer", least: 0n, most: 10000000000n, unit: "base units per kWh", asset: "field" },
      { name: "feed_in", kind: "integer", least: 0n, most: 10000000000n, unit: "base units per kWh", asset: "field" },
    ],
  },
  BillSharing: {
    kind: "bill_sharing", tag: 5n,
    fields: [
      { name: "retail", kind: "integer", least: 0n, most: 10000000000n, unit: "base units per kWh", asset: "field" },
      { name: "feed_in", kind: "integer", least: 0n, most: 10000000000n, unit: "base units per kWh", asset: "field" },
    ],
  },
  SchemeTerms: {
    kind: "scheme_terms", tag: null,
    fields: [
      { name: "name", kind: "text", least: 1n, most: 64n },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "participants", kind: "list", least: 0n, most: 400n, item: { kind: "struct", of: ["Participant"] } },
      { name: "rule", kind: "struct", of: ["AllocationRule"] },
      { name: "prices", kind: "union", of: ["FixedPrice", "FixedByProducer", "MidMarket", "SupplyDemandRatio", "BillSharing"] },
      { name: "fee", kind: "integer", least: 0n, most: 10000000000n, unit: "base units per kWh", asset: "field" },
      { name: "fee_account", kind: "bytes", least: 0n, most: 9223372036854775807n, address: true },
      { name: "sources", kind: "integer", least: 1n, most: 3n, names: "SourceOrder" },
      { name: "bound_mwh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "mWh" },
      { name: "cut_off_ms", kind: "integer", least: 3600000n, most: 2592000000n, unit: "ms" },
      { name: "settlement", kind: "integer", least: 1n, most: 2n, names: "Settlement" },
    ],
  },
  ChangeScheme: {
    kind: "change_scheme", tag: null,
    fields: [
      { name: "scheme", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number" },
      { name: "from_slot", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "terms", kind: "struct", of: ["SchemeTerms"] },
      { name: "others_stay", kind: "boolean" },
      { name: "leaving", kind: "list", least: 0n, most: 400n, item: { kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" } },
    ],
  },
  AssignTariff: {
    kind: "assign_tariff", tag: null,
    fields: [
      { name: "tariff", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number" },
      { name: "from_slot", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "points", kind: "list", least: 1n, most: 400n, item: { kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" } },
    ],
  },
  GroupTerms: {
    kind: "group_terms", tag: null,
    fields: [
      { name: "name", kind: "text", least: 1n, most: 64n },
      { name: "operator", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "rights", kind: "list", least: 0n, most: 9223372036854775807n, item: { kind: "integer", least: 1n, most: 5n, names: "OperatorRight" } },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "monthly_limit", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "reserve", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "division", kind: "integer", least: 1n, most: 3n, names: "Division" },
      { name: "rhythm", kind: "integer", least: 1n, most: 4n, names: "Rhythm" },
      { name: "wait_ms", kind: "integer", least: 0n, most: 259200000n, unit: "ms" },
      { name: "transfers", kind: "integer", least: 1n, most: 3n, names: "ShareTransfers" },
    ],
  },
  GroupRow: {
    kind: "group_row", tag: null,
    fields: [
      { name: "account", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "share", kind: "integer", least: 0n, most: 1000000000n, unit: "parts per 10^9" },
      { name: "key", kind: "integer", least: 0n, most: 1000000000n, unit: "plain number" },
      { name: "points", kind: "list", least: 0n, most: 4n, item: { kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" } },
    ],
  },
  OpenGroup: {
    kind: "open_group", tag: null,
    fields: [
      { name: "terms", kind: "struct", of: ["GroupTerms"] },
      { name: "from_slot", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "rows", kind: "list", least: 0n, most: 400n, item: { kind: "struct", of: ["GroupRow"] } },
    ],
  },
  SetGroupShares: {
    kind: "set_group_shares", tag: null,
    fields: [
      { name: "group", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "from_slot", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "rows", kind: "list", least: 1n, most: 400n, item: { kind: "struct", of: ["GroupRow"] } },
    ],
  },
  ShareTransferTerms: {
    kind: "share_transfer_terms", tag: null,
    fields: [
      { name: "group", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "sender", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "recipient", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "parts", kind: "integer", least: 1n, most: 1000000000n, unit: "parts per 10^9" },
      { name: "share_then", kind: "integer", least: 0n, most: 1000000000n, unit: "parts per 10^9" },
      { name: "from_slot", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "signed_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
    ],
  },
  TransferGroupShare: {
    kind: "transfer_group_share", tag: null,
    fields: [
      { name: "terms", kind: "struct", of: ["ShareTransferTerms"] },
      { name: "recipient_key", kind: "union", of: ["MultisigKey"], item: { kind: "bytes", least: 33n, most: 34n } },
      { name: "recipient_signatures", kind: "list", least: 1n, most: 16n, item: { kind: "struct", of: ["Signature"] } },
    ],
  },
  LeaveGroup: {
    kind: "leave_group", tag: null,
    fields: [
      { name: "group", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "from_slot", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
    ],
  },
  DistributeGroup: {
    kind: "distribute_group", tag: null,
    fields: [
      { name: "group", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
    ],
  },
  PayFromGroup: {
    kind: "pay_from_group", tag: null,
    fields: [
      { name: "group", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "recipient", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "bill", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number" },
      { name: "purpose", kind: "text", least: 0n, most: 128n },
    ],
  },
  ActForGroup: {
    kind: "act_for_group", tag: null,
    fields: [
      { name: "group", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "type", kind: "integer", least: 0n, most: 65536n, unit: "plain number" },
      { name: "content", kind: "bytes", least: 0n, most: 65536n },
    ],
  },
  FinaliseBills: {
    kind: "finalise_bills", tag: null,
    fields: [
      { name: "first", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "count", kind: "integer", least: 1n, most: 100000n, unit: "count" },
      { name: "root", kind: "bytes", least: 32n, most: 32n },
      { name: "from_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
      { name: "to_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
    ],
  },
  CorrectBill: {
    kind: "correct_bill", tag: null,
    fields: [
      { name: "number", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "original", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "document", kind: "bytes", least: 32n, most: 32n },
    ],
  },
  PayBill: {
    kind: "pay_bill", tag: null,
    fields: [
      { name: "number", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  RecordPayment: {
    kind: "record_payment", tag: null,
    fields: [
      { name: "number", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "reference", kind: "bytes", least: 32n, most: 32n },
    ],
  },
  OpenResolution: {
    kind: "open_resolution", tag: null,
    fields: [
      { name: "title", kind: "text", least: 1n, most: 128n },
      { name: "text_hash", kind: "bytes", least: 32n, most: 32n },
      { name: "options", kind: "list", least: 2n, most: 10n, item: { kind: "text", least: 1n, most: 64n } },
      { name: "majority", kind: "integer", least: 1n, most: 3n, names: "Majority" },
      { name: "quorum", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "count" },
      { name: "deadline_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
    ],
  },
  CastBallot: {
    kind: "cast_ballot", tag: null,
    fields: [
      { name: "resolution", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "option", kind: "integer", least: 0n, most: 10n, unit: "plain number" },
    ],
  },
  WithdrawResolution: {
    kind: "withdraw_resolution", tag: null,
    fields: [
      { name: "resolution", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
    ],
  },
  OpenDeal: {
    kind: "open_deal", tag: null,
    fields: [
      { name: "seller", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "arbiter", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "fee", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "terms_hash", kind: "bytes", least: 32n, most: 32n },
      { name: "deadline_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
    ],
  },
  ReleaseDeal: {
    kind: "release_deal", tag: null,
    fields: [
      { name: "deal", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
    ],
  },
  DisputeDeal: {
    kind: "dispute_deal", tag: null,
    fields: [
      { name: "deal", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "evidence_hash", kind: "bytes", least: 32n, most: 32n },
    ],
  },
  RuleDeal: {
    kind: "rule_deal", tag: null,
    fields: [
      { name: "deal", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "to_seller", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  CancelDeal: {
    kind: "cancel_deal", tag: null,
    fields: [
      { name: "deal", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
    ],
  },
  SwapSide: {
    kind: "swap_side", tag: null,
    fields: [
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  OfferSwap: {
    kind: "offer_swap", tag: null,
    fields: [
      { name: "give", kind: "struct", of: ["SwapSide"] },
      { name: "want", kind: "struct", of: ["SwapSide"] },
      { name: "taker", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "expires_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
    ],
  },
  TakeSwap: {
    kind: "take_swap", tag: null,
    fields: [
      { name: "swap", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  CancelSwap: {
    kind: "cancel_swap", tag: null,
    fields: [
      { name: "swap", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
    ],
  },
  RunSums: {
    kind: "run_sums", tag: null,
    fields: [
      { name: "injected_mwh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "mWh" },
      { name: "taken_mwh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "mWh" },
      { name: "shared_mwh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "mWh" },
      { name: "paid", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "fees", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  SettledSlot: {
    kind: "settled_slot", tag: null,
    fields: [
      { name: "run", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number" },
      { name: "version", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number" },
      { name: "substituted", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "count" },
      { name: "slot_rows", kind: "integer", least: 0n, most: 2n, names: "RowsState" },
      { name: "inputs_root", kind: "bytes", least: 32n, most: 32n },
      { name: "rows_root", kind: "bytes", least: 32n, most: 32n },
      { name: "sums", kind: "struct", of: ["RunSums"] },
    ],
  },
  SlotInput: {
    kind: "slot_input", tag: null,
    fields: [
      { name: "state", kind: "integer", least: 0n, most: 4n, names: "SlotState" },
      { name: "source", kind: "integer", least: 1n, most: 2n, names: "ValueSource" },
      { name: "energy_mwh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "mWh" },
      { name: "part_mwh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "mWh" },
    ],
  },
  ChangedValue: {
    kind: "changed_value", tag: null,
    fields: [
      { name: "point", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "energy_mwh", kind: "integer", least: 0n, most: 1099511627775n, unit: "mWh" },
    ],
  },
  RestoredPiece: {
    kind: "restored_piece", tag: null,
    fields: [
      { name: "chunk", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number" },
      { name: "inputs", kind: "list", least: 1n, most: 64n, item: { kind: "struct", of: ["SlotInput"] } },
      { name: "nodes", kind: "bytes", least: 0n, most: 1024n },
      { name: "changes", kind: "list", least: 0n, most: 64n, item: { kind: "struct", of: ["ChangedValue"] } },
    ],
  },
  CorrectFoldedSlot: {
    kind: "correct_folded_slot", tag: null,
    fields: [
      { name: "scheme", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "slot", kind: "integer", least: 0n, most: 10000000000n, unit: "number" },
      { name: "file", kind: "bytes", least: 32n, most: 32n },
      { name: "entry", kind: "struct", of: ["SettledSlot"] },
      { name: "place", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "count" },
      { name: "nodes", kind: "bytes", least: 0n, most: 1024n },
      { name: "pieces", kind: "list", least: 1n, most: 64n, item: { kind: "struct", of: ["RestoredPiece"] } },
    ],
  },
  ReportFeed: {
    kind: "report_feed", tag: null,
    fields: [
      { name: "feed", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "value", kind: "integer", least: -1000000000000n, most: 1000000000000n, unit: "plain number" },
      { name: "time_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
      { name: "document", kind: "bytes", least: 0n, most: 32n },
    ],
  },
  PairSeries: {
    kind: "pair_series", tag: null,
    fields: [
      { name: "producer", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "consumer", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "first_share", kind: "integer", least: 0n, most: 1000000000n, unit: "parts per 10^9" },
      { name: "steps", kind: "list", least: 0n, most: 671n, item: { kind: "integer", least: -1000000000n, most: 1000000000n, unit: "parts per 10^9" } },
    ],
  },
  ImportSlotRows: {
    kind: "import_slot_rows", tag: null,
    fields: [
      { name: "scheme", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "first_slot", kind: "integer", least: 0n, most: 10000000000n, unit: "number" },
      { name: "slots", kind: "integer", least: 1n, most: 672n, unit: "count" },
      { name: "file", kind: "bytes", least: 32n, most: 32n },
      { name: "issued_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
      { name: "pairs", kind: "list", least: 0n, most: 4096n, item: { kind: "struct", of: ["PairSeries"] } },
    ],
  },
  IssueAttestation: {
    kind: "issue_attestation", tag: null,
    fields: [
      { name: "subject", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "kind", kind: "integer", least: 1n, most: 5n, names: "AttestationKind" },
      { name: "data_hash", kind: "bytes", least: 32n, most: 32n },
      { name: "document_hash", kind: "bytes", least: 32n, most: 32n },
      { name: "expires_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
    ],
  },
  RevokeAttestation: {
    kind: "revoke_attestation", tag: null,
    fields: [
      { name: "attestation", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
    ],
  },
  WishedMeter: {
    kind: "wished_meter", tag: null,
    fields: [
      { name: "terms", kind: "struct", of: ["MeterTerms"] },
      { name: "meter_signature", kind: "bytes", least: 64n, most: 64n },
    ],
  },
  StorageTerms: {
    kind: "storage_terms", tag: null,
    fields: [
      { name: "technology", kind: "integer", least: 0n, most: 8n, names: "Technology" },
      { name: "nominal_wh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "Wh" },
      { name: "max_discharge_w", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "W" },
      { name: "efficiency_parts", kind: "integer", least: 1n, most: 1000000000n, unit: "parts per 10^9" },
      { name: "standing_wh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "Wh" },
      { name: "reserve_wh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "Wh" },
    ],
  },
  WishedUnit: {
    kind: "wished_unit", tag: null,
    fields: [
      { name: "unit", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "capacity_wh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "Wh" },
      { name: "max_power_w", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "W" },
      { name: "terms", kind: "struct", of: ["StorageTerms"] },
    ],
  },
  RequestMembership: {
    kind: "request_membership", tag: null,
    fields: [
      { name: "referrer", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "attestation_hash", kind: "bytes", least: 32n, most: 32n },
      { name: "meters", kind: "list", least: 0n, most: 2n, item: { kind: "struct", of: ["WishedMeter"] } },
      { name: "units", kind: "list", least: 0n, most: 1n, item: { kind: "struct", of: ["WishedUnit"] } },
      { name: "voter", kind: "boolean" },
    ],
  },
  DayLimit: {
    kind: "day_limit", tag: null,
    fields: [
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  PriceBound: {
    kind: "price_bound", tag: null,
    fields: [
      { name: "product", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "side", kind: "integer", least: 0n, most: 1n, names: "OfferSide" },
      { name: "price", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units per whole token", asset: "quote" },
    ],
  },
  SweepTerms: {
    kind: "sweep_terms", tag: null,
    fields: [
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "floor", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "reference", kind: "text", least: 0n, most: 35n },
    ],
  },
  AgentTerms: {
    kind: "agent_terms", tag: null,
    fields: [
      { name: "types", kind: "list", least: 0n, most: 16n, item: { kind: "integer", least: 0n, most: 65536n, unit: "plain number" } },
      { name: "day_limits", kind: "list", least: 0n, most: 18n, item: { kind: "struct", of: ["DayLimit"] } },
      { name: "prices", kind: "list", least: 0n, most: 16n, item: { kind: "struct", of: ["PriceBound"] } },
      { name: "sweeps", kind: "list", least: 0n, most: 4n, item: { kind: "struct", of: ["SweepTerms"] } },
      { name: "commission", kind: "integer", least: 0n, most: 1000000000n, unit: "parts per 10^9" },
      { name: "expires_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
    ],
  },
  AuthoriseAgent: {
    kind: "authorise_agent", tag: null,
    fields: [
      { name: "agent", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "for_fees", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "fees" },
      { name: "terms", kind: "struct", of: ["AgentTerms"] },
    ],
  },
  RevokeAgent: {
    kind: "revoke_agent", tag: null,
    fields: [
      { name: "agent", kind: "bytes", least: 20n, most: 20n, address: true },
    ],
  },
  ActForOwner: {
    kind: "act_for_owner", tag: null,
    fields: [
      { name: "owner", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "type", kind: "integer", least: 0n, most: 65536n, unit: "plain number" },
      { name: "content", kind: "bytes", least: 0n, most: 65536n },
    ],
  },
  SweepForOwner: {
    kind: "sweep_for_owner", tag: null,
    fields: [
      { name: "owner", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
    ],
  },
  SponsorAdmission: {
    kind: "sponsor_admission", tag: null,
    fields: [
      { name: "candidate", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "most", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  IssueCertificate: {
    kind: "issue_certificate", tag: null,
    fields: [
      { name: "unit", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "first_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
      { name: "end_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
    ],
  },
  IssueSaving: {
    kind: "issue_saving", tag: null,
    fields: [
      { name: "account", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "baseline_wh", kind: "integer", least: 0n, most: 1000000000000n, unit: "Wh" },
      { name: "measured_wh", kind: "integer", least: 0n, most: 1000000000000n, unit: "Wh" },
      { name: "first_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
      { name: "end_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
      { name: "document", kind: "bytes", least: 32n, most: 32n },
    ],
  },
  TransferCertificate: {
    kind: "transfer_certificate", tag: null,
    fields: [
      { name: "certificate", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "recipient", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "energy_wh", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "Wh" },
    ],
  },
  OfferCertificate: {
    kind: "offer_certificate", tag: null,
    fields: [
      { name: "certificate", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "energy_wh", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "Wh" },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "price", kind: "integer", least: 0n, most: 1000000000000n, unit: "base units per kWh", asset: "field" },
    ],
  },
  TakeCertificate: {
    kind: "take_certificate", tag: null,
    fields: [
      { name: "certificate", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "owner", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "energy_wh", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "Wh" },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  WithdrawCertificate: {
    kind: "withdraw_certificate", tag: null,
    fields: [
      { name: "certificate", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
    ],
  },
  RetireCertificate: {
    kind: "retire_certificate", tag: null,
    fields: [
      { name: "certificate", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "energy_wh", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "Wh" },
      { name: "beneficiary", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "purpose", kind: "text", least: 0n, most: 9223372036854775807n },
      { name: "from_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
      { name: "until_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
    ],
  },
  ReserveOrigin: {
    kind: "reserve_origin", tag: null,
    fields: [
      { name: "unit", kind: "bytes", least: 20n, most: 20n, address: true },
    ],
  },
  JoinBoard: {
    kind: "join_board", tag: null,
    fields: [
      { name: "nickname", kind: "text", least: 1n, most: 24n },
    ],
  },
  LeaveBoard: {
    kind: "leave_board", tag: null,
    fields: [
    ],
  },
  SetMemoKey: {
    kind: "set_memo_key", tag: null,
    fields: [
      { name: "key", kind: "bytes", least: 0n, most: 32n },
    ],
  },
  SealedMemo: {
    kind: "sealed_memo", tag: null,
    fields: [
      { name: "reader", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "reader_key", kind: "bytes", least: 32n, most: 32n },
      { name: "sender_key", kind: "bytes", least: 32n, most: 32n },
      { name: "salt", kind: "bytes", least: 32n, most: 32n },
      { name: "sealed", kind: "bytes", least: 0n, most: 1040n },
    ],
  },
  WithMemo: {
    kind: "with_memo", tag: null,
    fields: [
      { name: "type", kind: "integer", least: 0n, most: 65536n, unit: "plain number" },
      { name: "content", kind: "bytes", least: 0n, most: 65536n },
      { name: "memo", kind: "struct", of: ["SealedMemo"] },
    ],
  },
  SetBanker: {
    kind: "set_banker", tag: 48n,
    fields: [
      { name: "address", kind: "bytes", least: 20n, most: 20n, address: true },
    ],
  },
  SettleWithdrawal: {
    kind: "settle_withdrawal", tag: 49n,
    fields: [
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "holder", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "mark", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "paid", kind: "boolean" },
    ],
  },
  AddVoter: {
    kind: "add_voter", tag: 72n,
    fields: [
      { name: "address", kind: "bytes", least: 20n, most: 20n, address: true },
    ],
  },
  RemoveVoter: {
    kind: "remove_voter", tag: 73n,
    fields: [
      { name: "address", kind: "bytes", least: 20n, most: 20n, address: true },
    ],
  },
  SetParameter: {
    kind: "set_parameter", tag: 74n,
    fields: [
      { name: "name", kind: "text", least: 1n, most: 64n },
      { name: "value", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "unit of the parameter" },
    ],
  },
  AdmitMember: {
    kind: "admit_member", tag: 75n,
    fields: [
      { name: "address", kind: "bytes", least: 20n, most: 20n, address: true },
    ],
  },
  ExpelMember: {
    kind: "expel_member", tag: 76n,
    fields: [
      { name: "address", kind: "bytes", least: 20n, most: 20n, address: true },
    ],
  },
  SettleJump: {
    kind: "settle_jump", tag: 96n,
    fields: [
      { name: "meter_key", kind: "bytes", least: 0n, most: 9223372036854775807n },
      { name: "jump", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "steps of a register" },
      { name: "accept", kind: "boolean" },
    ],
  },
  ReleaseMeter: {
    kind: "release_meter", tag: 97n,
    fields: [
      { name: "meter_key", kind: "bytes", least: 0n, most: 9223372036854775807n },
    ],
  },
  AddValidator: {
    kind: "add_validator", tag: 120n,
    fields: [
      { name: "key", kind: "bytes", least: 32n, most: 32n },
      { name: "account", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "name", kind: "text", least: 1n, most: 64n },
      { name: "possession", kind: "bytes", least: 64n, most: 64n },
    ],
  },
  RemoveValidator: {
    kind: "remove_validator", tag: 121n,
    fields: [
      { name: "address", kind: "bytes", least: 20n, most: 20n, address: true },
    ],
  },
  RegisterUnit: {
    kind: "register_unit", tag: 144n,
    fields: [
      { name: "unit", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "owner", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "capacity_wh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "Wh" },
      { name: "max_power_w", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "W" },
      { name: "terms", kind: "struct", of: ["StorageTerms"] },
    ],
  },
  RemoveUnit: {
    kind: "remove_unit", tag: 145n,
    fields: [
      { name: "unit", kind: "bytes", least: 20n, most: 20n, address: true },
    ],
  },
  ReinstateUnit: {
    kind: "reinstate_unit", tag: 146n,
    fields: [
      { name: "unit", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "accept_wh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "Wh" },
    ],
  },
  ChangeUnit: {
    kind: "change_unit", tag: 147n,
    fields: [
      { name: "unit", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "capacity_wh", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "Wh" },
      { name: "max_power_w", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "W" },
      { name: "terms", kind: "struct", of: ["StorageTerms"] },
    ],
  },
  Annul: {
    kind: "annul", tag: 148n,
    fields: [
      { name: "address", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "unit", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "amount", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "energy" },
    ],
  },
  SetPriority: {
    kind: "set_priority", tag: 149n,
    fields: [
      { name: "account", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "has_priority", kind: "boolean" },
    ],
  },
  PlanUpgrade: {
    kind: "plan_upgrade", tag: 264n,
    fields: [
      { name: "height", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "height" },
      { name: "version", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "plain number" },
      { name: "module", kind: "text", least: 0n, most: 64n },
      { name: "section", kind: "bytes", least: 0n, most: 8192n },
      { name: "release", kind: "text", least: 0n, most: 64n },
    ],
  },
  CancelUpgrade: {
    kind: "cancel_upgrade", tag: 265n,
    fields: [
      { name: "height", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "height" },
    ],
  },
  AdmitPoint: {
    kind: "admit_point", tag: 312n,
    fields: [
      { name: "point", kind: "struct", of: ["RegisterPoint"] },
    ],
  },
  AlterPoint: {
    kind: "alter_point", tag: 313n,
    fields: [
      { name: "point", kind: "struct", of: ["ChangePoint"] },
    ],
  },
  RemovePoint: {
    kind: "remove_point", tag: 314n,
    fields: [
      { name: "point", kind: "struct", of: ["ClosePoint"] },
    ],
  },
  SetCustodian: {
    kind: "set_custodian", tag: 315n,
    fields: [
      { name: "address", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "on", kind: "boolean" },
    ],
  },
  OffsetChange: {
    kind: "offset_change", tag: null,
    fields: [
      { name: "from_ms", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "ms since 1970" },
      { name: "minutes", kind: "integer", least: -840n, most: 840n, unit: "plain number" },
    ],
  },
  ExtendZone: {
    kind: "extend_zone", tag: 316n,
    fields: [
      { name: "offsets", kind: "list", least: 0n, most: 512n, item: { kind: "struct", of: ["OffsetChange"] } },
      { name: "holidays", kind: "list", least: 0n, most: 1024n, item: { kind: "integer", least: 0n, most: 10000000n, unit: "number" } },
    ],
  },
  SetScheme: {
    kind: "set_scheme", tag: 336n,
    fields: [
      { name: "scheme", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number" },
      { name: "from_slot", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "terms", kind: "struct", of: ["SchemeTerms"] },
      { name: "others_stay", kind: "boolean" },
      { name: "leaving", kind: "list", least: 0n, most: 400n, item: { kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" } },
    ],
  },
  RateStep: {
    kind: "rate_step", tag: null,
    fields: [
      { name: "from_quarter", kind: "integer", least: 0n, most: 95n, unit: "number" },
      { name: "rate", kind: "integer", least: 0n, most: 10000000000n, unit: "base units per kWh", asset: "field" },
    ],
  },
  FeedRate: {
    kind: "feed_rate", tag: null,
    fields: [
      { name: "feed", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "factor", kind: "integer", least: 0n, most: 100000000000n, unit: "parts per 10^9" },
      { name: "addend", kind: "integer", least: -10000000000n, most: 10000000000n, unit: "base units per kWh", asset: "field" },
      { name: "least", kind: "integer", least: 0n, most: 10000000000n, unit: "base units per kWh", asset: "field" },
      { name: "most", kind: "integer", least: 0n, most: 10000000000n, unit: "base units per kWh", asset: "field" },
    ],
  },
  TimeRate: {
    kind: "time_rate", tag: null,
    fields: [
      { name: "workday", kind: "list", least: 1n, most: 96n, item: { kind: "struct", of: ["RateStep"] } },
      { name: "saturday", kind: "list", least: 0n, most: 96n, item: { kind: "struct", of: ["RateStep"] } },
      { name: "sunday", kind: "list", least: 0n, most: 96n, item: { kind: "struct", of: ["RateStep"] } },
      { name: "by_feed", kind: "list", least: 0n, most: 1n, item: { kind: "struct", of: ["FeedRate"] } },
    ],
  },
  ZoneFee: {
    kind: "zone_fee", tag: null,
    fields: [
      { name: "from_zone", kind: "text", least: 0n, most: 64n },
      { name: "to_zone", kind: "text", least: 0n, most: 64n },
      { name: "rate", kind: "struct", of: ["TimeRate"] },
    ],
  },
  Levy: {
    kind: "levy", tag: null,
    fields: [
      { name: "name", kind: "text", least: 1n, most: 64n },
      { name: "rate", kind: "struct", of: ["TimeRate"] },
      { name: "on_shared", kind: "boolean" },
    ],
  },
  TariffTerms: {
    kind: "tariff_terms", tag: null,
    fields: [
      { name: "name", kind: "text", least: 1n, most: 64n },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "retail", kind: "struct", of: ["TimeRate"] },
      { name: "feed_in", kind: "struct", of: ["TimeRate"] },
      { name: "zone_fees", kind: "list", least: 0n, most: 64n, item: { kind: "struct", of: ["ZoneFee"] } },
      { name: "levies", kind: "list", least: 0n, most: 8n, item: { kind: "struct", of: ["Levy"] } },
    ],
  },
  SetTariff: {
    kind: "set_tariff", tag: 360n,
    fields: [
      { name: "tariff", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number" },
      { name: "from_slot", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "terms", kind: "struct", of: ["TariffTerms"] },
    ],
  },
  SetPointTariff: {
    kind: "set_point_tariff", tag: 361n,
    fields: [
      { name: "tariff", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number" },
      { name: "from_slot", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "points", kind: "list", least: 1n, most: 400n, item: { kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" } },
    ],
  },
  SetGridTerms: {
    kind: "set_grid_terms", tag: 362n,
    fields: [
      { name: "operator", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "asset", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "number of an asset" },
      { name: "mark", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "band", kind: "boolean" },
    ],
  },
  AdmitGroup: {
    kind: "admit_group", tag: 384n,
    fields: [
      { name: "opening", kind: "struct", of: ["OpenGroup"] },
    ],
  },
  ChangeGroup: {
    kind: "change_group", tag: 385n,
    fields: [
      { name: "group", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "terms", kind: "struct", of: ["GroupTerms"] },
    ],
  },
  AssignShares: {
    kind: "assign_shares", tag: 386n,
    fields: [
      { name: "change", kind: "struct", of: ["SetGroupShares"] },
    ],
  },
  SpendFromGroup: {
    kind: "spend_from_group", tag: 387n,
    fields: [
      { name: "payment", kind: "struct", of: ["PayFromGroup"] },
    ],
  },
  DissolveGroup: {
    kind: "dissolve_group", tag: 388n,
    fields: [
      { name: "group", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
    ],
  },
  AdmitGroupPoint: {
    kind: "admit_group_point", tag: 389n,
    fields: [
      { name: "terms", kind: "struct", of: ["PointTerms"] },
    ],
  },
  SetTreasurer: {
    kind: "set_treasurer", tag: 408n,
    fields: [
      { name: "address", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "active", kind: "boolean" },
    ],
  },
  FeedTerms: {
    kind: "feed_terms", tag: null,
    fields: [
      { name: "name", kind: "text", least: 1n, most: 64n },
      { name: "kind", kind: "integer", least: 1n, most: 3n, names: "FeedKind" },
      { name: "asset", kind: "integer", least: 0n, most: 18n, unit: "number of an asset" },
      { name: "unit", kind: "text", least: 1n, most: 32n },
      { name: "decimals", kind: "integer", least: 0n, most: 9n, unit: "plain number" },
      { name: "reporters", kind: "list", least: 1n, most: 16n, item: { kind: "bytes", least: 20n, most: 20n, address: true } },
      { name: "quorum", kind: "integer", least: 1n, most: 16n, unit: "count" },
      { name: "oldest_age_ms", kind: "integer", least: 0n, most: 3162240000000n, unit: "ms" },
      { name: "least", kind: "integer", least: -1000000000000n, most: 1000000000000n, unit: "plain number" },
      { name: "most", kind: "integer", least: -1000000000000n, most: 1000000000000n, unit: "plain number" },
    ],
  },
  RegisterFeed: {
    kind: "register_feed", tag: 600n,
    fields: [
      { name: "terms", kind: "struct", of: ["FeedTerms"] },
    ],
  },
  ChangeFeed: {
    kind: "change_feed", tag: 601n,
    fields: [
      { name: "feed", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "terms", kind: "struct", of: ["FeedTerms"] },
    ],
  },
  EndFeed: {
    kind: "end_feed", tag: 602n,
    fields: [
      { name: "feed", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
    ],
  },
  SetAttester: {
    kind: "set_attester", tag: 672n,
    fields: [
      { name: "address", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "role", kind: "integer", least: 1n, most: 2n, names: "AttesterRole" },
      { name: "standing", kind: "integer", least: 1n, most: 3n, names: "OfficeStanding" },
    ],
  },
  AdmitApplication: {
    kind: "admit_application", tag: 696n,
    fields: [
      { name: "application", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" },
      { name: "sponsor", kind: "bytes", least: 20n, most: 20n, address: true },
    ],
  },
  DismissApplications: {
    kind: "dismiss_applications", tag: 697n,
    fields: [
      { name: "applications", kind: "list", least: 1n, most: 64n, item: { kind: "integer", least: 1n, most: 9223372036854775807n, unit: "number" } },
    ],
  },
  SpendFund: {
    kind: "spend_fund", tag: 744n,
    fields: [
      { name: "recipient", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "purpose", kind: "text", least: 0n, most: 9223372036854775807n },
      { name: "reference", kind: "text", least: 0n, most: 9223372036854775807n },
    ],
  },
  SetFundBudget: {
    kind: "set_fund_budget", tag: 745n,
    fields: [
      { name: "purpose", kind: "text", least: 0n, most: 9223372036854775807n },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "period", kind: "integer", least: 0n, most: 4n, names: "BudgetPeriod" },
    ],
  },
  FeeSplit: {
    kind: "fee_split", tag: null,
    fields: [
      { name: "proposer", kind: "integer", least: 0n, most: 1000000n, unit: "parts per 10^6" },
      { name: "committee", kind: "integer", least: 0n, most: 1000000n, unit: "parts per 10^6" },
      { name: "fund", kind: "integer", least: 0n, most: 1000000n, unit: "parts per 10^6" },
    ],
  },
  SetFeeSplit: {
    kind: "set_fee_split", tag: 746n,
    fields: [
      { name: "split", kind: "struct", of: ["FeeSplit"] },
    ],
  },
  SetMarketCommission: {
    kind: "set_market_commission", tag: 747n,
    fields: [
      { name: "parts", kind: "integer", least: 0n, most: 100000n, unit: "parts per 10^6" },
    ],
  },
  NewcomerTerms: {
    kind: "newcomer_terms", tag: null,
    fields: [
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "admission_fee", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "referral_reward", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "starter_grant", kind: "integer", least: 0n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  SetNewcomerTerms: {
    kind: "set_newcomer_terms", tag: 748n,
    fields: [
      { name: "terms", kind: "struct", of: ["NewcomerTerms"] },
    ],
  },
  AdmitSponsored: {
    kind: "admit_sponsored", tag: 749n,
    fields: [
      { name: "address", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "sponsor", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "referrer", kind: "bytes", least: 20n, most: 20n, address: true },
    ],
  },
  MintByVote: {
    kind: "mint_by_vote", tag: 750n,
    fields: [
      { name: "recipient", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "reference", kind: "text", least: 0n, most: 9223372036854775807n },
    ],
  },
  BurnByVote: {
    kind: "burn_by_vote", tag: 751n,
    fields: [
      { name: "holder", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
      { name: "reference", kind: "text", least: 0n, most: 9223372036854775807n },
    ],
  },
  ReturnByVote: {
    kind: "return_by_vote", tag: 752n,
    fields: [
      { name: "holder", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  RemoveBanker: {
    kind: "remove_banker", tag: 753n,
    fields: [
      { name: "address", kind: "bytes", least: 20n, most: 20n, address: true },
    ],
  },
  DescribeGenerator: {
    kind: "describe_generator", tag: 768n,
    fields: [
      { name: "unit", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "account", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "source", kind: "integer", least: 1n, most: 7n, names: "EnergySource" },
      { name: "rated_w", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "W" },
      { name: "commissioned_ms", kind: "integer", least: 0n, most: 253402300799999n, unit: "ms since 1970" },
    ],
  },
  HoldBackEnergy: {
    kind: "hold_back_energy", tag: 769n,
    fields: [
      { name: "unit", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "account", kind: "bytes", least: 20n, most: 20n, address: true },
      { name: "energy_wh", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "Wh" },
      { name: "document", kind: "bytes", least: 32n, most: 32n },
    ],
  },
  Prize: {
    kind: "prize", tag: null,
    fields: [
      { name: "asset", kind: "integer", least: 1n, most: 18n, unit: "number of an asset" },
      { name: "amount", kind: "integer", least: 1n, most: 9223372036854775807n, unit: "base units", asset: "field" },
    ],
  },
  TogetherTerms: {
    kind: "together_terms", tag: null,
    fields: [
      { name: "used", kind: "integer", least: 0n, most: 10000n, unit: "plain number" },
      { name: "given", kind: "integer", least: 0n, most: 10000n, unit: "plain number" },
      { name: "on_time", kind: "integer", least: 0n, most: 10000n, unit: "plain number" },
      { name: "ballots", kind: "integer", least: 0n, most: 10000n, unit: "plain number" },
      { name: "most", kind: "integer", least: 1n, most: 1000000n, unit: "plain number" },
      { name: "on_time_ms", kind: "integer", least: 0n, most: 3162240000000n, unit: "ms" },
      { name: "grace_days", kind: "integer", least: 1n, most: 20n, unit: "count" },
      { name: "prizes", kind: "list", least: 0n, most: 10n, item: { kind: "struct", of: ["Prize"] } },
    ],
  },
  SetTogetherTerms: {
    kind: "set_together_terms", tag: 840n,
    fields: [
      { name: "terms", kind: "struct", of: ["TogetherTerms"] },
    ],
  },
};

/** @type {Readonly<Record<keyof Payloads, { number: bigint, struct: string }>>} */
export const TYPES = {
  transfer: { number: 48n, struct: "Transfer" },
  lock_withdrawal: { number: 49n, struct: "LockWithdrawal" },
  mint_currency: { number: 50n, struct: "MintCurrency" },
  burn_currency: { number: 51n, struct: "BurnCurrency" },
  unlock_currency: { number: 52n, struct: "UnlockCurrency" },
  mark_withdrawal: { number: 53n, struct: "MarkWithdrawal" },
  take_back_withdrawal: { number: 54n, struct: "TakeBackWithdrawal" },
  attest_reserves: { number: 55n, struct: "AttestReserves" },
  cast_vote: { number: 72n, struct: "CastVote" },
  bind_meter: { number: 96n, struct: "BindMeter" },
  replace_meter: { number: 97n, struct: "ReplaceMeter" },
  unbind_meter: { number: 98n, struct: "UnbindMeter" },
  submit_readings: { number: 99n, struct: "SubmitReadings" },
  validator_alive: { number: 120n, struct: "ValidatorAlive" },
  evidence: { number: 121n, struct: "Evidence" },
  open_session: { number: 144n, struct: "OpenSession" },
  close_session: { number: 145n, struct: "CloseSession" },
  release_session: { number: 146n, struct: "ReleaseSession" },
  energy_produced: { number: 147n, struct: "EnergyProduced" },
  energy_consumed: { number: 148n, struct: "EnergyConsumed" },
  energy_actual: { number: 149n, struct: "EnergyActual" },
  energy_batch: { number: 150n, struct: "EnergyBatch" },
  place_order: { number: 216n, struct: "PlaceOrder" },
  cancel_order: { number: 217n, struct: "CancelOrder" },
  replace_order: { number: 218n, struct: "ReplaceOrder" },
  register_point: { number: 312n, struct: "RegisterPoint" },
  change_point: { number: 313n, struct: "ChangePoint" },
  close_point: { number: 314n, struct: "ClosePoint" },
  import_slots: { number: 315n, struct: "ImportSlots" },
  change_scheme: { number: 336n, struct: "ChangeScheme" },
  assign_tariff: { number: 360n, struct: "AssignTariff" },
  open_group: { number: 384n, struct: "OpenGroup" },
  set_group_shares: { number: 385n, struct: "SetGroupShares" },
  transfer_group_share: { number: 386n, struct: "TransferGroupShare" },
  leave_group: { number: 387n, struct: "LeaveGroup" },
  distribute_group: { number: 388n, struct: "DistributeGroup" },
  pay_from_group: { number: 389n, struct: "PayFromGroup" },
  act_for_group: { number: 390n, struct: "ActForGroup" },
  finalise_bills: { number: 408n, struct: "FinaliseBills" },
  correct_bill: { number: 409n, struct: "CorrectBill" },
  pay_bill: { number: 410n, struct: "PayBill" },
  record_payment: { number: 411n, struct: "RecordPayment" },
  open_resolution: { number: 504n, struct: "OpenResolution" },
  cast_ballot: { number: 505n, struct: "CastBallot" },
  withdraw_resolution: { number: 506n, struct: "WithdrawResolution" },
  open_deal: { number: 528n, struct: "OpenDeal" },
  release_deal: { number: 529n, struct: "ReleaseDeal" },
  dispute_deal: { number: 530n, struct: "DisputeDeal" },
  rule_deal: { number: 531n, struct: "RuleDeal" },
  cancel_deal: { number: 532n, struct: "CancelDeal" },
  offer_swap: { number: 533n, struct: "OfferSwap" },
  take_swap: { number: 534n, struct: "TakeSwap" },
  cancel_swap: { number: 535n, struct: "CancelSwap" },
  correct_folded_slot: { number: 552n, struct: "CorrectFoldedSlot" },
  report_feed: { number: 600n, struct: "ReportFeed" },
  import_slot_rows: { number: 648n, struct: "ImportSlotRows" },
  issue_attestation: { number: 672n, struct: "IssueAttestation" },
  revoke_attestation: { number: 673n, struct: "RevokeAttestation" },
  request_membership: { number: 696n, struct: "RequestMembership" },
  authorise_agent: { number: 720n, struct: "AuthoriseAgent" },
  revoke_agent: { number: 721n, struct: "RevokeAgent" },
  act_for_owner: { number: 722n, struct: "ActForOwner" },
  sweep_for_owner: { number: 723n, struct: "SweepForOwner" },
  sponsor_admission: { number: 744n, struct: "SponsorAdmission" },
  issue_certificate: { number: 768n, struct: "IssueCertificate" },
  issue_saving: { number: 769n, struct: "IssueSaving" },
  transfer_certificate: { number: 770n, struct: "TransferCertificate" },
  offer_certificate: { number: 771n, struct: "OfferCertificate" },
  take_certificate: { number: 772n, struct: "TakeCertificate" },
  withdraw_certificate: { number: 773n, struct: "WithdrawCertificate" },
  retire_certificate: { number: 774n, struct: "RetireCertificate" },
  reserve_origin: { number: 816n, struct: "ReserveOrigin" },
  join_board: { number: 840n, struct: "JoinBoard" },
  leave_board: { number: 841n, struct: "LeaveBoard" },
  set_memo_key: { number: 888n, struct: "SetMemoKey" },
  with_memo: { number: 889n, struct: "WithMemo" },
};
