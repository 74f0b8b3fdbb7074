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
export const ENUMS: Readonly<Record<string, Readonly<Record<string, bigint>>>>;
/** @type {Readonly<Record<string, Struct>>} */
export const STRUCTS: Readonly<Record<string, Struct>>;
/** @type {Readonly<Record<keyof Payloads, { number: bigint, struct: string }>>} */
export const TYPES: Readonly<Record<keyof Payloads, {
    number: bigint;
    struct: string;
}>>;
/**
 * a number must be a safe integer
 */
export type Integer = bigint | number;
/**
 * `nrg1...`, or its 20 bytes
 */
export type AddressLike = string | Uint8Array;
export type MultisigKey = {
    threshold: Integer;
    keys: readonly Uint8Array[];
};
export type SenderKey = Uint8Array | MultisigKey;
export type MeterKind = "production" | "consumption" | "storage" | Integer;
export type ClockQuality = "unset" | "holdover" | "synced" | Integer;
export type VoteKind = "proposal" | "prepare" | "commit" | "round_change" | Integer;
export type Side = "buy" | "sell" | Integer;
export type OrderKind = "limit" | "ioc" | "fok" | "post_only" | Integer;
export type Direction = "offtake" | "injection" | Integer;
export type Delivery = "proportional" | "by_age" | Integer;
export type SourceOrder = "own" | "operator" | "own_then_operator" | Integer;
export type Settlement = "slot" | "period" | Integer;
export type OperatorRight = "shares" | "distribute" | "pay" | "points" | "trade" | Integer;
export type Division = "share" | "key" | "use" | Integer;
export type Rhythm = "demand" | "slot" | "day" | "month" | Integer;
export type ShareTransfers = "nobody" | "group" | "members" | Integer;
export type Majority = "most" | "half" | "two_thirds" | Integer;
export type RowsState = "none" | "imported" | "substituted" | Integer;
export type SlotState = "missing" | "measured" | "substituted" | "imported" | "corrected" | Integer;
export type ValueSource = "own" | "operator" | Integer;
export type AttestationKind = "identity" | "presence" | "installation" | "solvency" | "efficiency" | Integer;
export type Technology = "unknown" | "lithium_ion" | "sodium_ion" | "lead_acid" | "flow" | "flywheel" | "pumped_hydro" | "hydrogen" | "other" | Integer;
export type OfferSide = "buy" | "sell" | Integer;
export type FeedKind = "price" | "co2" | "other" | Integer;
export type AttesterRole = "registrar" | "auditor" | Integer;
export type OfficeStanding = "appointed" | "retired" | "barred" | Integer;
export type BudgetPeriod = "none" | "month" | "quarter" | "year" | "once" | Integer;
export type EnergySource = "pv" | "wind" | "hydro" | "biomass" | "chp" | "grid" | "unknown" | Integer;
/**
 * What the sender signs, with the genesis' hash. `payload` is the canonical encoding of the payload of type `type`. `nonce` is the sender's last one plus 1, where its rule asks for no other. `valid_until_height` 0: no limit. `fee`: base units of the chain's fee asset.
 */
export type Envelope = {
    version: Integer;
    chain_id: string;
    type: Integer;
    sender_key: SenderKey;
    nonce: Integer;
    valid_until_height: Integer;
    fee: Integer;
    payload: Uint8Array;
};
/**
 * `index` is 0, or the signer's place among the keys of a multi-signature account.
 */
export type Signature = {
    index: Integer;
    signature: Uint8Array;
};
/**
 * The wire form.
 */
export type SignedEnvelope = {
    envelope: Uint8Array;
    signatures: readonly (Signature)[];
};
/**
 * Send `amount` of `asset` to `recipient`.
 */
export type Transfer = {
    asset: Integer;
    recipient: AddressLike;
    amount: Integer;
};
/**
 * Lock currency until the banker has paid it out (and burns it) or unlocks it; unmarked, it may be taken back.
 */
export type LockWithdrawal = {
    asset: Integer;
    amount: Integer;
};
/**
 * The banker issues currency to `recipient` against money received. `reference`: the hash of the line of the bank's statement that says so, taken once; 32 zero bytes: none.
 */
export type MintCurrency = {
    asset: Integer;
    recipient: AddressLike;
    amount: Integer;
    reference: Uint8Array;
};
/**
 * The banker destroys currency of a mark after paying it out. `reference`: of the bank's line, as of a mint.
 */
export type BurnCurrency = {
    asset: Integer;
    holder: AddressLike;
    amount: Integer;
    mark: Integer;
    reference: Uint8Array;
};
/**
 * The banker gives currency locked for withdrawal back to `holder`: of a mark, or (0) of what is not marked.
 */
export type UnlockCurrency = {
    asset: Integer;
    holder: AddressLike;
    amount: Integer;
    mark: Integer;
};
/**
 * The banker is about to pay `amount` of what `holder` asks to be paid out: from now on it is not taken back.
 */
export type MarkWithdrawal = {
    asset: Integer;
    holder: AddressLike;
    amount: Integer;
};
/**
 * Unlock `amount` of the sender's own withdrawal that the banker has not marked.
 */
export type TakeBackWithdrawal = {
    asset: Integer;
    amount: Integer;
};
/**
 * At `time_ms` so much money lay at the bank for what exists of a currency, as a document with this hash says.
 */
export type AttestReserves = {
    asset: Integer;
    amount: Integer;
    time_ms: Integer;
    document: Uint8Array;
};
/**
 * Say yes to an action (the first yes opens the vote), or withdraw one's yes.
 */
export type CastVote = {
    action: SetBanker | SettleWithdrawal | AddVoter | RemoveVoter | SetParameter | AdmitMember | ExpelMember | SettleJump | ReleaseMeter | AddValidator | RemoveValidator | RegisterUnit | RemoveUnit | ReinstateUnit | ChangeUnit | Annul | SetPriority | PlanUpgrade | CancelUpgrade | AdmitPoint | AlterPoint | RemovePoint | SetCustodian | ExtendZone | SetScheme | SetTariff | SetPointTariff | SetGridTerms | AdmitGroup | ChangeGroup | AssignShares | SpendFromGroup | DissolveGroup | AdmitGroupPoint | SetTreasurer | RegisterFeed | ChangeFeed | EndFeed | SetAttester | AdmitApplication | DismissApplications | SpendFund | SetFundBudget | SetFeeSplit | SetMarketCommission | SetNewcomerTerms | AdmitSponsored | MintByVote | BurnByVote | ReturnByVote | RemoveBanker | DescribeGenerator | HoldBackEnergy | SetTogetherTerms;
    approve: boolean;
};
/**
 * A meter's statement of what it is and shows, and where it is to be bound; unit, meter and account agree on it. The meter makes and signs it where it is read, so nobody else says what its register shows. Wh are raw x `factor` (of the transformers in front of it, else 1) x 10^`scale`. `rollover`: the register's modulus in raw steps, 0 if it never wraps. `serial`: SHA-256 of the number by which the meter calls itself, zeros if it has none. The opening register (raw, at `opening_ms`) bills nothing.
 */
export type MeterTerms = {
    unit: AddressLike;
    account: AddressLike;
    kind: MeterKind;
    meter_key: Uint8Array;
    serial: Uint8Array;
    profile: Uint8Array;
    obis: Uint8Array;
    scale: Integer;
    factor: Integer;
    rollover: Integer;
    max_power_w: Integer;
    opening_ms: Integer;
    opening_register: Integer;
    opening_sequence: Integer;
};
/**
 * Bind a meter key to (unit, account, kind); sent by the unit. The meter signs the terms, so does the account.
 */
export type BindMeter = {
    terms: MeterTerms;
    meter_signature: Uint8Array;
    account_key: SenderKey;
    account_signatures: readonly (Signature)[];
};
/**
 * What an old meter showed at its end, raw; without the account's signature it does not count.
 */
export type Closing = {
    meter_key: Uint8Array;
    time_ms: Integer;
    register: Integer;
};
/**
 * Put a new meter (or a reset register) in the place of a bound one. With a closing register the old meter is billed up to that, and the account signs both; without one what the old meter signed last stands. The new terms open the account anew.
 */
export type ReplaceMeter = {
    old_key: Uint8Array;
    closing: readonly (Closing)[];
    binding: BindMeter;
};
/**
 * End a binding; sent by the unit.
 */
export type UnbindMeter = {
    meter_key: Uint8Array;
};
/**
 * A reading as the difference to the one before: sequence, time in ms, raw register (levels may fall).
 */
export type ReadingStep = {
    sequence: Integer;
    time_ms: Integer;
    register: Integer;
};
/**
 * Readings of one register of one meter. `profile`: hash of the register profile in use; `boot`: how often the device started; `flags`: bit 0 tamper.
 */
export type SubmitReadings = {
    profile: Uint8Array;
    boot: Integer;
    clock: ClockQuality;
    flags: Integer;
    obis: Uint8Array;
    scale: Integer;
    first_ms: Integer;
    first_register: Integer;
    steps: readonly (ReadingStep)[];
};
/**
 * A validator key shows that it is running: its signature over `possession_message` at a recent height.
 */
export type ValidatorAlive = {
    key: Uint8Array;
    height: Integer;
    signature: Uint8Array;
};
/**
 * Two votes of one validator's key, kind, height and round over different values; the lower value stands first.
 */
export type Evidence = {
    key: Uint8Array;
    kind: VoteKind;
    height: Integer;
    round: Integer;
    first_value: Uint8Array;
    first_signature: Uint8Array;
    second_value: Uint8Array;
    second_signature: Uint8Array;
};
/**
 * Lock ENT to draw energy from `unit`; up to `overdraft` more may be burned if more is drawn than was granted.
 */
export type OpenSession = {
    unit: AddressLike;
    amount: Integer;
    overdraft: Integer;
};
/**
 * End the sender's session at `unit`; what is left of its lock returns once its last reading is known.
 */
export type CloseSession = {
    unit: AddressLike;
};
/**
 * A unit ends the open session `number` of `consumer`, or gives the lock of one that waits back.
 */
export type ReleaseSession = {
    consumer: AddressLike;
    number: Integer;
};
/**
 * A unit reports that `producer` delivered `energy_wh` into it.
 */
export type EnergyProduced = {
    sequence: Integer;
    producer: AddressLike;
    energy_wh: Integer;
};
/**
 * A unit reports that `consumer` drew `energy_wh` from it.
 */
export type EnergyConsumed = {
    sequence: Integer;
    consumer: AddressLike;
    energy_wh: Integer;
};
/**
 * A unit reports the energy that it really holds.
 */
export type EnergyActual = {
    sequence: Integer;
    energy_wh: Integer;
};
/**
 * What `energy_produced` says, in a batch.
 */
export type ProducedItem = {
    kind: "produced_item";
    producer: AddressLike;
    energy_wh: Integer;
};
/**
 * What `energy_consumed` says, in a batch.
 */
export type ConsumedItem = {
    kind: "consumed_item";
    consumer: AddressLike;
    energy_wh: Integer;
};
/**
 * What `energy_actual` says, in a batch.
 */
export type ActualItem = {
    kind: "actual_item";
    energy_wh: Integer;
};
/**
 * Several reports of a unit under one sequence number, applied in order; all or none.
 */
export type EnergyBatch = {
    sequence: Integer;
    items: readonly (ProducedItem | ConsumedItem | ActualItem)[];
};
/**
 * Buy or sell `quantity` at `price` or better. `expires_ms` 0: till cancelled, else later than the block.
 */
export type PlaceOrder = {
    product: Integer;
    side: Side;
    kind: OrderKind;
    price: Integer;
    quantity: Integer;
    expires_ms: Integer;
};
/**
 * Take back what is left of the sender's order `number`.
 */
export type CancelOrder = {
    product: Integer;
    number: Integer;
};
/**
 * Give the sender's order `number` other terms; `quantity` is what it shall have open from now on.
 */
export type ReplaceOrder = {
    product: Integer;
    number: Integer;
    price: Integer;
    quantity: Integer;
    expires_ms: Integer;
};
/**
 * What an owner agrees to: whose point it is, which way its energy flows, where its values come from, since when. `id_hash`: SHA-256 of salt and operator's id (32 zeros: none). `own_meter`: meters that the owner binds at its own address count here. `from_slot`: the first that counts. `signed_ms`: when the owner agreed.
 */
export type PointTerms = {
    owner: AddressLike;
    direction: Direction;
    zone: string;
    commissioned_ms: Integer;
    id_hash: Uint8Array;
    own_meter: boolean;
    from_slot: Integer;
    signed_ms: Integer;
};
/**
 * Register a point with the signatures of its owner; sent by a registrar.
 */
export type RegisterPoint = {
    terms: PointTerms;
    owner_key: SenderKey;
    owner_signatures: readonly (Signature)[];
};
/**
 * State another grid zone or commissioning time of a point; sent by a registrar.
 */
export type ChangePoint = {
    number: Integer;
    zone: string;
    commissioned_ms: Integer;
};
/**
 * Let a point count before `until_slot` and no longer; sent by a registrar or the owner.
 */
export type ClosePoint = {
    number: Integer;
    until_slot: Integer;
};
/**
 * Energies of a point for slots one after the other: `first_mwh`, then by how much each is above the one before. `quality`: the operator's, as a number of the custodian's choice; another quality begins another row.
 */
export type ImportRow = {
    point: Integer;
    first_slot: Integer;
    quality: Integer;
    first_mwh: Integer;
    steps: readonly (Integer)[];
};
/**
 * A part of an operator's file, from 0 on: the file's SHA-256, when the operator issued it, rows.
 */
export type ImportSlots = {
    file: Uint8Array;
    issued_ms: Integer;
    part: Integer;
    rows: readonly (ImportRow)[];
};
/**
 * A point in a scheme: a consumer has a key (in a cascade one for each level), a producer none.
 */
export type Participant = {
    point: Integer;
    keys: readonly (Integer)[];
    factor: Integer;
};
/**
 * By the consumers' keys; what one does not take is surplus (SR5).
 */
export type Static = {
    kind: "static";
};
/**
 * By the consumers' keys; what one does not take goes to the others by theirs (SR6).
 */
export type StaticRedistributed = {
    kind: "static_redistributed";
};
/**
 * By the consumers' offtakes of the slot (SR7).
 */
export type Dynamic = {
    kind: "dynamic";
};
/**
 * What one consumer may take of one producer's injection; both by their points' numbers.
 */
export type PairShare = {
    producer: Integer;
    consumer: Integer;
    share: Integer;
};
/**
 * A fixed share of each producer for each consumer; rows of one producer sum to at most the whole (SR8).
 */
export type Pairs = {
    kind: "pairs";
    rows: readonly (PairShare)[];
};
/**
 * The same, with rows that come with each slot (SR8); `rows` stand in where none came by the cut-off (SC19).
 */
export type PairsEachSlot = {
    kind: "pairs_each_slot";
    rows: readonly (PairShare)[];
};
/**
 * Levels in order, each by a method of its own on what the ones before left (SR9). A consumer has a key for each level; one with the key 0 takes no part in it.
 */
export type Cascade = {
    kind: "cascade";
    levels: readonly (Static | StaticRedistributed | Dynamic | Pairs | PairsEachSlot)[];
};
/**
 * Like `Pairs`, with a month as the slot; what is not taken stays the consumer's claim for a while (SR10). `lifetime` is the number of slots after the one of its origin in which a claim may be used. Without rows the consumers' keys hold for every producer.
 */
export type Credit = {
    kind: "credit";
    rows: readonly (PairShare)[];
    lifetime: Integer;
};
/**
 * How a scheme allocates.
 */
export type AllocationRule = {
    method: Static | StaticRedistributed | Dynamic | Pairs | PairsEachSlot | Cascade | Credit;
    delivery: Delivery;
    no_self_share: boolean;
    hourly: boolean;
};
/**
 * One price for all that is shared (SR13).
 */
export type FixedPrice = {
    kind: "fixed_price";
    price: Integer;
};
/**
 * What the energy of one producer (by its point's number) costs.
 */
export type ProducerPrice = {
    producer: Integer;
    price: Integer;
};
/**
 * A price for each producer; one that delivers without a price is refused, never passed over (SR14).
 */
export type FixedByProducer = {
    kind: "fixed_by_producer";
    prices: readonly (ProducerPrice)[];
};
/**
 * The middle of what the grid takes and what it pays (SR15).
 */
export type MidMarket = {
    kind: "mid_market";
    retail: Integer;
    feed_in: Integer;
};
/**
 * Between the two reference prices by the share of demand that is shared (SR16).
 */
export type SupplyDemandRatio = {
    kind: "supply_demand_ratio";
    retail: Integer;
    feed_in: Integer;
};
/**
 * Nothing for what is shared, and the scheme's rest divided among all; for jointly owned plants only (SR17). While demand exceeds supply it pays producers nothing.
 */
export type BillSharing = {
    kind: "bill_sharing";
    retail: Integer;
    feed_in: Integer;
};
/**
 * Who shares how, at what price. `participants`: those that a change brings; those of a version stand in chunks beside it. `asset`: the currency that the section names. `fee`: what buyers pay beside the price to `fee_account` (both empty: nothing). `bound_mwh`: by how much the two sources of a slot may differ before an event says so. `cut_off_ms`: how long after the end of a local day missing values are waited for.
 */
export type SchemeTerms = {
    name: string;
    asset: Integer;
    participants: readonly (Participant)[];
    rule: AllocationRule;
    prices: FixedPrice | FixedByProducer | MidMarket | SupplyDemandRatio | BillSharing;
    fee: Integer;
    fee_account: AddressLike;
    sources: SourceOrder;
    bound_mwh: Integer;
    cut_off_ms: Integer;
    settlement: Settlement;
};
/**
 * A manager opens a scheme (`scheme` 0) or changes it, from the beginning of a slot to come. The participants of the terms are all; with `others_stay` those that the scheme has in that slot stay beside them, but for the points that are `leaving`. Without any the scheme is closed.
 */
export type ChangeScheme = {
    scheme: Integer;
    from_slot: Integer;
    terms: SchemeTerms;
    others_stay: boolean;
    leaving: readonly (Integer)[];
};
/**
 * The operator gives points a tariff (0: the default) from the beginning of a slot to come.
 */
export type AssignTariff = {
    tariff: Integer;
    from_slot: Integer;
    points: readonly (Integer)[];
};
/**
 * Who runs a group with which rights, and how what comes in is divided. `monthly_limit` and `reserve` are of `asset`, the currency that the section names: what the operator may spend in a local month, and what stays in the account when it is divided. `wait_ms`: how long after its end a period is divided.
 */
export type GroupTerms = {
    name: string;
    operator: AddressLike;
    rights: readonly (OperatorRight)[];
    asset: Integer;
    monthly_limit: Integer;
    reserve: Integer;
    division: Division;
    rhythm: Rhythm;
    wait_ms: Integer;
    transfers: ShareTransfers;
};
/**
 * A member's share and key from a slot on, and the points whose energy counts; all empty: it leaves.
 */
export type GroupRow = {
    account: AddressLike;
    share: Integer;
    key: Integer;
    points: readonly (Integer)[];
};
/**
 * Open a group whose shares hold from the beginning of a slot to come; what no row has is the group's own part.
 */
export type OpenGroup = {
    terms: GroupTerms;
    from_slot: Integer;
    rows: readonly (GroupRow)[];
};
/**
 * Set members' shares and keys from the beginning of a slot to come; what they add comes from the group's own part. What had been decided of these members for later slots falls away.
 */
export type SetGroupShares = {
    group: Integer;
    from_slot: Integer;
    rows: readonly (GroupRow)[];
};
/**
 * What the recipient agrees to: `parts` of the sender's share from `from_slot` on, so that it has `share_then`. `signed_ms`: when it agreed.
 */
export type ShareTransferTerms = {
    group: Integer;
    sender: AddressLike;
    recipient: AddressLike;
    parts: Integer;
    share_then: Integer;
    from_slot: Integer;
    signed_ms: Integer;
};
/**
 * Give a part of one's share away, with the signatures of who takes it.
 */
export type TransferGroupShare = {
    terms: ShareTransferTerms;
    recipient_key: SenderKey;
    recipient_signatures: readonly (Signature)[];
};
/**
 * Leave a group at the beginning of a slot to come; one's share becomes the group's own part.
 */
export type LeaveGroup = {
    group: Integer;
    from_slot: Integer;
};
/**
 * Divide now what came in.
 */
export type DistributeGroup = {
    group: Integer;
};
/**
 * Pay `amount` out of the group's account to a member, or, where `bill` is not 0, for that bill of the community (the recipient is then the account that bills are paid to).
 */
export type PayFromGroup = {
    group: Integer;
    recipient: AddressLike;
    asset: Integer;
    amount: Integer;
    bill: Integer;
    purpose: string;
};
/**
 * Send `content`, the payload of transaction type `type`, in the name of the group.
 */
export type ActForGroup = {
    group: Integer;
    type: Integer;
    content: Uint8Array;
};
/**
 * A run: `count` bills, numbered from `first` on, of the time from `from_ms` to before `to_ms`. `root`: that of the list of the bills' hashes in the order of their numbers (T5).
 */
export type FinaliseBills = {
    first: Integer;
    count: Integer;
    root: Uint8Array;
    from_ms: Integer;
    to_ms: Integer;
};
/**
 * A document of its own, `number`, that takes the place of `original`; `document` is its hash.
 */
export type CorrectBill = {
    number: Integer;
    original: Integer;
    document: Uint8Array;
};
/**
 * Pay `amount` of `asset` to the community's account for bill `number`.
 */
export type PayBill = {
    number: Integer;
    asset: Integer;
    amount: Integer;
};
/**
 * A treasurer notes that `amount` of `asset` came over a bank for bill `number`. `reference` is the hash of the bank's entry: the same entry is never noted twice.
 */
export type RecordPayment = {
    number: Integer;
    asset: Integer;
    amount: Integer;
    reference: Uint8Array;
};
/**
 * Ask the members. `text_hash`: SHA-256 of the document that says what is resolved; who asks sends it round. `quorum`: how many ballots it needs at least, abstentions included.
 */
export type OpenResolution = {
    title: string;
    text_hash: Uint8Array;
    options: readonly (string)[];
    majority: Majority;
    quorum: Integer;
    deadline_ms: Integer;
};
/**
 * Vote for an option, counted from 1, or abstain (0); until the deadline another ballot takes its place.
 */
export type CastBallot = {
    resolution: Integer;
    option: Integer;
};
/**
 * Take back what one has asked, before anybody else has voted.
 */
export type WithdrawResolution = {
    resolution: Integer;
};
/**
 * Lock `amount` for `seller` until the deadline; in a dispute `arbiter` divides it and has `fee` of it. `terms_hash`: SHA-256 of what was agreed, which the parties keep.
 */
export type OpenDeal = {
    seller: AddressLike;
    arbiter: AddressLike;
    asset: Integer;
    amount: Integer;
    fee: Integer;
    terms_hash: Uint8Array;
    deadline_ms: Integer;
};
/**
 * The buyer gives the seller what the deal holds.
 */
export type ReleaseDeal = {
    deal: Integer;
};
/**
 * Buyer or seller calls the arbiter; the deadline does not count any more. `evidence_hash`: SHA-256 of what the arbiter is shown, as a delivery note.
 */
export type DisputeDeal = {
    deal: Integer;
    evidence_hash: Uint8Array;
};
/**
 * The arbiter gives the seller `to_seller`, itself the agreed fee, and the buyer the rest; amounts of `asset`.
 */
export type RuleDeal = {
    deal: Integer;
    asset: Integer;
    to_seller: Integer;
};
/**
 * The seller gives the buyer back what the deal holds.
 */
export type CancelDeal = {
    deal: Integer;
};
/**
 * One side of a swap: base units of an asset.
 */
export type SwapSide = {
    asset: Integer;
    amount: Integer;
};
/**
 * Lock `give`, to be taken by `taker` alone at the price of `want` for all of it. With the sender's own address as `taker` every member may take it.
 */
export type OfferSwap = {
    give: SwapSide;
    want: SwapSide;
    taker: AddressLike;
    expires_ms: Integer;
};
/**
 * Take `amount` of `asset`, what the swap gives, and pay its exact price.
 */
export type TakeSwap = {
    swap: Integer;
    asset: Integer;
    amount: Integer;
};
/**
 * Take back what is left of one's swap.
 */
export type CancelSwap = {
    swap: Integer;
};
/**
 * What a run of a slot came to.
 */
export type RunSums = {
    injected_mwh: Integer;
    taken_mwh: Integer;
    shared_mwh: Integer;
    paid: Integer;
    fees: Integer;
};
/**
 * The newest run of a slot under a version, the roots of what went in and came out (SC8). `substituted`: how many values were not there. `slot_rows`: where the rows come from that come with each slot.
 */
export type SettledSlot = {
    run: Integer;
    version: Integer;
    substituted: Integer;
    slot_rows: RowsState;
    inputs_root: Uint8Array;
    rows_root: Uint8Array;
    sums: RunSums;
};
/**
 * A point's value as a run used it; `part_mwh`: what of it counts in the scheme.
 */
export type SlotInput = {
    state: SlotState;
    source: ValueSource;
    energy_mwh: Integer;
    part_mwh: Integer;
};
/**
 * What a point's energy in the slot is now.
 */
export type ChangedValue = {
    point: Integer;
    energy_mwh: Integer;
};
/**
 * The inputs that the run had of a chunk's points, which the `nodes` lead to its root; and those that change.
 */
export type RestoredPiece = {
    chunk: Integer;
    inputs: readonly (SlotInput)[];
    nodes: Uint8Array;
    changes: readonly (ChangedValue)[];
};
/**
 * Bring old inputs and changed values of a folded slot, piece by piece; with the last one it is settled again, by the hour with the last one of all slots of its hour. `file`: SHA-256 of the operator's file that the values stand in. `entry`: the slot's newest run, which is entry `place` of its day's list, and `nodes` lead it to the day's root; both say nothing where a late run is newer.
 */
export type CorrectFoldedSlot = {
    scheme: Integer;
    slot: Integer;
    file: Uint8Array;
    entry: SettledSlot;
    place: Integer;
    nodes: Uint8Array;
    pieces: readonly (RestoredPiece)[];
};
/**
 * What a reporter knows: a value and the time it is for. `document`: SHA-256 of what shows it, or empty.
 */
export type ReportFeed = {
    feed: Integer;
    value: Integer;
    time_ms: Integer;
    document: Uint8Array;
};
/**
 * A pair's shares in all slots of a span: `first_share`, then by how much each is above the one before; 0: none.
 */
export type PairSeries = {
    producer: Integer;
    consumer: Integer;
    first_share: Integer;
    steps: readonly (Integer)[];
};
/**
 * Bring all rows of some slots of a scheme, one after the other from `first_slot` on. `file`: the SHA-256 of what they stood in, which was issued at `issued_ms`. Pairs that are not named have no share: without any all is surplus.
 */
export type ImportSlotRows = {
    scheme: Integer;
    first_slot: Integer;
    slots: Integer;
    file: Uint8Array;
    issued_ms: Integer;
    pairs: readonly (PairSeries)[];
};
/**
 * Sign for `subject`. `data_hash` and `document_hash` are salted (AT2); data, document and salt stay with the cooperative. `expires_ms`: from then on it counts no more, and is forgotten.
 */
export type IssueAttestation = {
    subject: AddressLike;
    kind: AttestationKind;
    data_hash: Uint8Array;
    document_hash: Uint8Array;
    expires_ms: Integer;
};
/**
 * It counts no more from now on.
 */
export type RevokeAttestation = {
    attestation: Integer;
};
/**
 * A meter that the account wishes to have bound at a storage unit: what it showed just now, signed by it.
 */
export type WishedMeter = {
    terms: MeterTerms;
    meter_signature: Uint8Array;
};
/**
 * A unit's terms; losses within them are nobody's fault. `efficiency_parts`: of the energy put in, what can be taken out again (round trip), in parts per 10^9. `standing_wh`: what the unit loses by standing, in Wh a day. `reserve_wh`: what only its owner may draw. `nominal_wh` (0: not stated) and `max_discharge_w` (0: not stated) are shown.
 */
export type StorageTerms = {
    technology: Technology;
    nominal_wh: Integer;
    max_discharge_w: Integer;
    efficiency_parts: Integer;
    standing_wh: Integer;
    reserve_wh: Integer;
};
/**
 * A storage unit of the account that it wishes to have registered, with its terms.
 */
export type WishedUnit = {
    unit: AddressLike;
    capacity_wh: Integer;
    max_power_w: Integer;
    terms: StorageTerms;
};
/**
 * Ask the voters to admit the sender, who is no member, with its meters and roles. Free; the nonce is the time in ms at which it was signed. `referrer`: the member that brought it, or the sender itself: nobody. `attestation_hash`: the data hash of an attestation about the sender, or zeros. `voter`: it wishes to vote. Personal data does not belong here: a block is kept for ever.
 */
export type RequestMembership = {
    referrer: AddressLike;
    attestation_hash: Uint8Array;
    meters: readonly (WishedMeter)[];
    units: readonly (WishedUnit)[];
    voter: boolean;
};
/**
 * Of an asset at most `amount` base units a day (UTC, by block time); of one that is not named, nothing.
 */
export type DayLimit = {
    asset: Integer;
    amount: Integer;
};
/**
 * Of a product: what a buy pays at most, or a sale gets at least; without it there are no orders on that side.
 */
export type PriceBound = {
    product: Integer;
    side: OfferSide;
    price: Integer;
};
/**
 * Once a day the agent may have paid out what is available of `asset` above `floor`, with this reference.
 */
export type SweepTerms = {
    asset: Integer;
    floor: Integer;
    reference: string;
};
/**
 * All that an agent may do for an owner; each list in order of its numbers, no number twice. `commission`: the agent's part, in parts of 10^9, of what its sales bring the owner.
 */
export type AgentTerms = {
    types: readonly (Integer)[];
    day_limits: readonly (DayLimit)[];
    prices: readonly (PriceBound)[];
    sweeps: readonly (SweepTerms)[];
    commission: Integer;
    expires_ms: Integer;
};
/**
 * Let `agent` act for the sender within `terms`, in place of what it was let do before. `for_fees`: what the agent is given at once, of the asset in which fees are paid.
 */
export type AuthoriseAgent = {
    agent: AddressLike;
    for_fees: Integer;
    terms: AgentTerms;
};
/**
 * Let `agent` act for the sender no more.
 */
export type RevokeAgent = {
    agent: AddressLike;
};
/**
 * Send `content`, the payload of transaction type `type`, for `owner`.
 */
export type ActForOwner = {
    owner: AddressLike;
    type: Integer;
    content: Uint8Array;
};
/**
 * Have paid out what `owner` has available of `asset` above the floor that it stated.
 */
export type SweepForOwner = {
    owner: AddressLike;
    asset: Integer;
};
/**
 * Agree to pay the admission fee of `candidate`, up to `most` of `asset`, if a vote admits it with the sender as its sponsor; `most` 0 takes that back.
 */
export type SponsorAdmission = {
    candidate: AddressLike;
    asset: Integer;
    most: Integer;
};
/**
 * Certify what the sender's register at `unit` metered on the UTC days from `first_ms` to before `end_ms`.
 */
export type IssueCertificate = {
    unit: AddressLike;
    first_ms: Integer;
    end_ms: Integer;
};
/**
 * An auditor certifies that `account` used `measured_wh` where `baseline_wh` had been usual for such a period. `document`: SHA-256 of the report on method, baseline and measurement.
 */
export type IssueSaving = {
    account: AddressLike;
    baseline_wh: Integer;
    measured_wh: Integer;
    first_ms: Integer;
    end_ms: Integer;
    document: Uint8Array;
};
/**
 * Give a part to a member.
 */
export type TransferCertificate = {
    certificate: Integer;
    recipient: AddressLike;
    energy_wh: Integer;
};
/**
 * Offer a part to every member, to be taken in parts at `price` in base units of `asset` per kWh.
 */
export type OfferCertificate = {
    certificate: Integer;
    energy_wh: Integer;
    asset: Integer;
    price: Integer;
};
/**
 * Take a part of what `owner` offers and pay `amount` for it, which is its exact cost.
 */
export type TakeCertificate = {
    certificate: Integer;
    owner: AddressLike;
    energy_wh: Integer;
    asset: Integer;
    amount: Integer;
};
/**
 * End one's offer; what is left of it is free again.
 */
export type WithdrawCertificate = {
    certificate: Integer;
};
/**
 * Use a part up, for ever: what `beneficiary` consumed from `from_ms` to before `until_ms` is covered by it.
 */
export type RetireCertificate = {
    certificate: Integer;
    energy_wh: Integer;
    beneficiary: AddressLike;
    purpose: string;
    from_ms: Integer;
    until_ms: Integer;
};
/**
 * Let all that the sender's open session at `unit` may draw come of what is renewable there.
 */
export type ReserveOrigin = {
    unit: AddressLike;
};
/**
 * Take part under a nickname: from now on points are counted, and shown under it.
 */
export type JoinBoard = {
    nickname: string;
};
/**
 * Take part no longer: nickname and points are forgotten.
 */
export type LeaveBoard = {};
/**
 * Publish the X25519 key, 32 bytes, for which memos to the sender are sealed; empty: take it back.
 */
export type SetMemoKey = {
    key: Uint8Array;
};
/**
 * A text that only the holders of the secrets of two X25519 keys can open: its reader's, and its sender's. `sealed`: the filled-up text under a key that both and the salt make, with a tag of 16 bytes.
 */
export type SealedMemo = {
    reader: AddressLike;
    reader_key: Uint8Array;
    sender_key: Uint8Array;
    salt: Uint8Array;
    sealed: Uint8Array;
};
/**
 * Send `content`, the payload of transaction type `type`, and with it a memo.
 */
export type WithMemo = {
    type: Integer;
    content: Uint8Array;
    memo: SealedMemo;
};
/**
 * Make an account the banker.
 */
export type SetBanker = {
    kind: "set_banker";
    address: AddressLike;
};
/**
 * What becomes of a mark that lapsed: `paid`: it was paid out, and is destroyed; else its holder has it back.
 */
export type SettleWithdrawal = {
    kind: "settle_withdrawal";
    asset: Integer;
    holder: AddressLike;
    mark: Integer;
    paid: boolean;
};
/**
 * Give the voter role.
 */
export type AddVoter = {
    kind: "add_voter";
    address: AddressLike;
};
/**
 * Take the voter role; the voter's open votes lose its yes.
 */
export type RemoveVoter = {
    kind: "remove_voter";
    address: AddressLike;
};
/**
 * Set a parameter to a value, in the parameter's own unit.
 */
export type SetParameter = {
    kind: "set_parameter";
    name: string;
    value: Integer;
};
/**
 * Admit a member.
 */
export type AdmitMember = {
    kind: "admit_member";
    address: AddressLike;
};
/**
 * Expel a member: its orders and sessions end; it may still transfer and withdraw.
 */
export type ExpelMember = {
    kind: "expel_member";
    address: AddressLike;
};
/**
 * Count (`accept`) or drop the jump of a meter's register that is quarantined, `jump` raw steps high.
 */
export type SettleJump = {
    kind: "settle_jump";
    meter_key: Uint8Array;
    jump: Integer;
    accept: boolean;
};
/**
 * Let an unbound meter's key be bound to another unit, account or register than it was.
 */
export type ReleaseMeter = {
    kind: "release_meter";
    meter_key: Uint8Array;
};
/**
 * Add a validator; `possession` is its key's signature over `possession_message`.
 */
export type AddValidator = {
    kind: "add_validator";
    key: Uint8Array;
    account: AddressLike;
    name: string;
    possession: Uint8Array;
};
/**
 * Remove a validator by its address.
 */
export type RemoveValidator = {
    kind: "remove_validator";
    address: AddressLike;
};
/**
 * Register a storage unit of a person (`owner`); capacity and maximum power 0: unlimited, as in the thesis.
 */
export type RegisterUnit = {
    kind: "register_unit";
    unit: AddressLike;
    owner: AddressLike;
    capacity_wh: Integer;
    max_power_w: Integer;
    terms: StorageTerms;
};
/**
 * Remove a storage unit with all its energy.
 */
export type RemoveUnit = {
    kind: "remove_unit";
    unit: AddressLike;
};
/**
 * Let a suspended unit work again; `accept_wh` of its quarantined gain is booked, the rest dropped.
 */
export type ReinstateUnit = {
    kind: "reinstate_unit";
    unit: AddressLike;
    accept_wh: Integer;
};
/**
 * Change a registered unit's capacity, maximum power and terms; its books stay.
 */
export type ChangeUnit = {
    kind: "change_unit";
    unit: AddressLike;
    capacity_wh: Integer;
    max_power_w: Integer;
    terms: StorageTerms;
};
/**
 * Destroy ENT of an expelled account, at most what a removed unit minted lately.
 */
export type Annul = {
    kind: "annul";
    address: AddressLike;
    unit: AddressLike;
    amount: Integer;
};
/**
 * Let an account's sessions that are opened from now on end last where energy is short, or no more.
 */
export type SetPriority = {
    kind: "set_priority";
    account: AddressLike;
    has_priority: boolean;
};
/**
 * From `height` on: protocol `version`, and `module` switched on with its `section` (both empty: none). `release` tells people what to install.
 */
export type PlanUpgrade = {
    kind: "plan_upgrade";
    height: Integer;
    version: Integer;
    module: string;
    section: Uint8Array;
    release: string;
};
/**
 * Do not do what is planned for `height`.
 */
export type CancelUpgrade = {
    kind: "cancel_upgrade";
    height: Integer;
};
/**
 * Voters register a point with the signatures of its owner.
 */
export type AdmitPoint = {
    kind: "admit_point";
    point: RegisterPoint;
};
/**
 * Voters state another grid zone or commissioning time of a point.
 */
export type AlterPoint = {
    kind: "alter_point";
    point: ChangePoint;
};
/**
 * Voters close a point.
 */
export type RemovePoint = {
    kind: "remove_point";
    point: ClosePoint;
};
/**
 * Let an account import operators' files, or no longer.
 */
export type SetCustodian = {
    kind: "set_custodian";
    address: AddressLike;
    on: boolean;
};
/**
 * From an instant on, local time is UTC plus so many minutes.
 */
export type OffsetChange = {
    from_ms: Integer;
    minutes: Integer;
};
/**
 * Append changes of the time zone's offset, and holidays as local days since 1970.
 */
export type ExtendZone = {
    kind: "extend_zone";
    offsets: readonly (OffsetChange)[];
    holidays: readonly (Integer)[];
};
/**
 * Open a scheme (`scheme` 0) or change it, from the beginning of a slot to come, like `ChangeScheme`.
 */
export type SetScheme = {
    kind: "set_scheme";
    scheme: Integer;
    from_slot: Integer;
    terms: SchemeTerms;
    others_stay: boolean;
    leaving: readonly (Integer)[];
};
/**
 * From a quarter hour of the day on (0: midnight), by the clock on the wall: base units per kWh.
 */
export type RateStep = {
    from_quarter: Integer;
    rate: Integer;
};
/**
 * A rate by a feed's value: times `factor` / 10^9, rounded down, plus `addend`, and from there into `least` to `most`.
 */
export type FeedRate = {
    feed: Integer;
    factor: Integer;
    addend: Integer;
    least: Integer;
    most: Integer;
};
/**
 * Rates of a day, in rising order from midnight on; a constant has one step. Empty ones: as on workdays. `by_feed`: where there is one, its rate counts in slots at whose beginning the feed has a value, and the tables in the others.
 */
export type TimeRate = {
    workday: readonly (RateStep)[];
    saturday: readonly (RateStep)[];
    sunday: readonly (RateStep)[];
    by_feed: readonly (FeedRate)[];
};
/**
 * A grid fee for energy from a zone to another; of the rows of a tariff the first that fits counts. `from_zone`: a zone of points, `grid` for what comes from outside, or `*`; `to_zone`: the consumer's, or `*`.
 */
export type ZoneFee = {
    from_zone: string;
    to_zone: string;
    rate: TimeRate;
};
/**
 * A named levy on what is drawn; `on_shared`: on shared energy too.
 */
export type Levy = {
    name: string;
    rate: TimeRate;
    on_shared: boolean;
};
/**
 * What a point pays for energy from the grid, and gets for energy into it; `asset`: the section's currency.
 */
export type TariffTerms = {
    name: string;
    asset: Integer;
    retail: TimeRate;
    feed_in: TimeRate;
    zone_fees: readonly (ZoneFee)[];
    levies: readonly (Levy)[];
};
/**
 * Bring a tariff (`tariff` 0) or change it, from the beginning of a slot to come.
 */
export type SetTariff = {
    kind: "set_tariff";
    tariff: Integer;
    from_slot: Integer;
    terms: TariffTerms;
};
/**
 * Give points a tariff (0: the default) from the beginning of a slot to come.
 */
export type SetPointTariff = {
    kind: "set_point_tariff";
    tariff: Integer;
    from_slot: Integer;
    points: readonly (Integer)[];
};
/**
 * Name the grid operator's account; say from which debt on an account may not bind tokens (0: never), and whether prices of the market are bound to the band between feed-in and retail.
 */
export type SetGridTerms = {
    kind: "set_grid_terms";
    operator: AddressLike;
    asset: Integer;
    mark: Integer;
    band: boolean;
};
/**
 * Voters open a group.
 */
export type AdmitGroup = {
    kind: "admit_group";
    opening: OpenGroup;
};
/**
 * Voters give a group other terms, from now on.
 */
export type ChangeGroup = {
    kind: "change_group";
    group: Integer;
    terms: GroupTerms;
};
/**
 * Voters set members' shares and keys.
 */
export type AssignShares = {
    kind: "assign_shares";
    change: SetGroupShares;
};
/**
 * Voters pay out of a group's account, whatever its operator's limit.
 */
export type SpendFromGroup = {
    kind: "spend_from_group";
    payment: PayFromGroup;
};
/**
 * Voters dissolve a group: what it has, and what still comes, is divided among its members.
 */
export type DissolveGroup = {
    kind: "dissolve_group";
    group: Integer;
};
/**
 * Voters register a metering point of a group, and agree for it.
 */
export type AdmitGroupPoint = {
    kind: "admit_group_point";
    terms: PointTerms;
};
/**
 * Give an account the office of a treasurer, or take it.
 */
export type SetTreasurer = {
    kind: "set_treasurer";
    address: AddressLike;
    active: boolean;
};
/**
 * `unit`: for people. `asset`: the price's (0: no price); `decimals`: how many of a value's digits stand behind the point (of a price 0: its asset says). `quorum`: so many reports must count, or there is no value. A report counts until it is older than `oldest_age_ms`; one outside of `least` to `most` is refused.
 */
export type FeedTerms = {
    name: string;
    kind: FeedKind;
    asset: Integer;
    unit: string;
    decimals: Integer;
    reporters: readonly (AddressLike)[];
    quorum: Integer;
    oldest_age_ms: Integer;
    least: Integer;
    most: Integer;
};
/**
 * Begin a feed; it gets the next number.
 */
export type RegisterFeed = {
    kind: "register_feed";
    terms: FeedTerms;
};
/**
 * Give a feed other terms; what it counts (kind, asset, decimals) stays.
 */
export type ChangeFeed = {
    kind: "change_feed";
    feed: Integer;
    terms: FeedTerms;
};
/**
 * A feed has no value any more; who goes by it uses what it states for that.
 */
export type EndFeed = {
    kind: "end_feed";
    feed: Integer;
};
/**
 * Give an account the office of a registrar or auditor, let it retire, or bar it.
 */
export type SetAttester = {
    kind: "set_attester";
    address: AddressLike;
    role: AttesterRole;
    standing: OfficeStanding;
};
/**
 * Admit who has applied, bind its meters and give it its roles: all of it, or nothing. `sponsor`: the member that stands in for it, or the account itself: nobody.
 */
export type AdmitApplication = {
    kind: "admit_application";
    application: Integer;
    sponsor: AddressLike;
};
/**
 * Take applications off the list, by their numbers, rising.
 */
export type DismissApplications = {
    kind: "dismiss_applications";
    applications: readonly (Integer)[];
};
/**
 * Pay `amount` of `asset` out of the fund to a member, within the budget of `purpose`; a `reference` pays once.
 */
export type SpendFund = {
    kind: "spend_fund";
    recipient: AddressLike;
    asset: Integer;
    amount: Integer;
    purpose: string;
    reference: string;
};
/**
 * Bound what is spent for `purpose` in each `period` to `amount` of `asset`; period none takes the bound away.
 */
export type SetFundBudget = {
    kind: "set_fund_budget";
    purpose: string;
    asset: Integer;
    amount: Integer;
    period: BudgetPeriod;
};
/**
 * Who gets the fees of a block, in parts per 10^6; together they are the whole.
 */
export type FeeSplit = {
    proposer: Integer;
    committee: Integer;
    fund: Integer;
};
/**
 * Divide the fees of blocks among their proposer, the validators who committed, and the fund.
 */
export type SetFeeSplit = {
    kind: "set_fee_split";
    split: FeeSplit;
};
/**
 * Take so many parts per 10^6 of each payment in the market out of the seller's proceeds, for the fund.
 */
export type SetMarketCommission = {
    kind: "set_market_commission";
    parts: Integer;
};
/**
 * What an admission costs, and what the fund pays for it, in base units of `asset`.
 */
export type NewcomerTerms = {
    asset: Integer;
    admission_fee: Integer;
    referral_reward: Integer;
    starter_grant: Integer;
};
/**
 * What an admission costs, and what the fund pays to a newcomer and to who brought it.
 */
export type SetNewcomerTerms = {
    kind: "set_newcomer_terms";
    terms: NewcomerTerms;
};
/**
 * Admit an account as a member. `sponsor` pays its admission fee (its own address: itself), `referrer` brought it (its own address: nobody).
 */
export type AdmitSponsored = {
    kind: "admit_sponsored";
    address: AddressLike;
    sponsor: AddressLike;
    referrer: AddressLike;
};
/**
 * Issue `amount` of a currency to a member; only where there is no banker. `reference` is taken once.
 */
export type MintByVote = {
    kind: "mint_by_vote";
    recipient: AddressLike;
    asset: Integer;
    amount: Integer;
    reference: string;
};
/**
 * Destroy what was paid out: `amount` of a currency that `holder` locked for withdrawal, or of the fund's own.
 */
export type BurnByVote = {
    kind: "burn_by_vote";
    holder: AddressLike;
    asset: Integer;
    amount: Integer;
    reference: string;
};
/**
 * Give `amount` of a currency that `holder` locked for withdrawal back to it; only where there is no banker.
 */
export type ReturnByVote = {
    kind: "return_by_vote";
    holder: AddressLike;
    asset: Integer;
    amount: Integer;
};
/**
 * The community has no banker any more: voters mint and burn.
 */
export type RemoveBanker = {
    kind: "remove_banker";
    address: AddressLike;
};
/**
 * Say what the production register of `account` at `unit` is of; its energy counts from then on.
 */
export type DescribeGenerator = {
    kind: "describe_generator";
    unit: AddressLike;
    account: AddressLike;
    source: EnergySource;
    rated_w: Integer;
    commissioned_ms: Integer;
};
/**
 * Hold `energy_wh` of a generator's next certificates back: so much was certified, or counted, in error. `document`: SHA-256 of what shows it.
 */
export type HoldBackEnergy = {
    kind: "hold_back_energy";
    unit: AddressLike;
    account: AddressLike;
    energy_wh: Integer;
    document: Uint8Array;
};
/**
 * What the fund pays for a place.
 */
export type Prize = {
    asset: Integer;
    amount: Integer;
};
/**
 * Points for a kWh used and given, for a day on time, for a ballot; `most`: that one kind brings in a season. Readings are in time that are on the chain within `on_time_ms`. A season is closed `grace_days` after its month's end; then the fund pays the prizes, the first one to the first place.
 */
export type TogetherTerms = {
    used: Integer;
    given: Integer;
    on_time: Integer;
    ballots: Integer;
    most: Integer;
    on_time_ms: Integer;
    grace_days: Integer;
    prizes: readonly (Prize)[];
};
/**
 * Other rules of points and prizes, from the next season on.
 */
export type SetTogetherTerms = {
    kind: "set_together_terms";
    terms: TogetherTerms;
};
/**
 * the payload of each transaction type
 */
export type Payloads = {
    transfer: Transfer;
    lock_withdrawal: LockWithdrawal;
    mint_currency: MintCurrency;
    burn_currency: BurnCurrency;
    unlock_currency: UnlockCurrency;
    mark_withdrawal: MarkWithdrawal;
    take_back_withdrawal: TakeBackWithdrawal;
    attest_reserves: AttestReserves;
    cast_vote: CastVote;
    bind_meter: BindMeter;
    replace_meter: ReplaceMeter;
    unbind_meter: UnbindMeter;
    submit_readings: SubmitReadings;
    validator_alive: ValidatorAlive;
    evidence: Evidence;
    open_session: OpenSession;
    close_session: CloseSession;
    release_session: ReleaseSession;
    energy_produced: EnergyProduced;
    energy_consumed: EnergyConsumed;
    energy_actual: EnergyActual;
    energy_batch: EnergyBatch;
    place_order: PlaceOrder;
    cancel_order: CancelOrder;
    replace_order: ReplaceOrder;
    register_point: RegisterPoint;
    change_point: ChangePoint;
    close_point: ClosePoint;
    import_slots: ImportSlots;
    change_scheme: ChangeScheme;
    assign_tariff: AssignTariff;
    open_group: OpenGroup;
    set_group_shares: SetGroupShares;
    transfer_group_share: TransferGroupShare;
    leave_group: LeaveGroup;
    distribute_group: DistributeGroup;
    pay_from_group: PayFromGroup;
    act_for_group: ActForGroup;
    finalise_bills: FinaliseBills;
    correct_bill: CorrectBill;
    pay_bill: PayBill;
    record_payment: RecordPayment;
    open_resolution: OpenResolution;
    cast_ballot: CastBallot;
    withdraw_resolution: WithdrawResolution;
    open_deal: OpenDeal;
    release_deal: ReleaseDeal;
    dispute_deal: DisputeDeal;
    rule_deal: RuleDeal;
    cancel_deal: CancelDeal;
    offer_swap: OfferSwap;
    take_swap: TakeSwap;
    cancel_swap: CancelSwap;
    correct_folded_slot: CorrectFoldedSlot;
    report_feed: ReportFeed;
    import_slot_rows: ImportSlotRows;
    issue_attestation: IssueAttestation;
    revoke_attestation: RevokeAttestation;
    request_membership: RequestMembership;
    authorise_agent: AuthoriseAgent;
    revoke_agent: RevokeAgent;
    act_for_owner: ActForOwner;
    sweep_for_owner: SweepForOwner;
    sponsor_admission: SponsorAdmission;
    issue_certificate: IssueCertificate;
    issue_saving: IssueSaving;
    transfer_certificate: TransferCertificate;
    offer_certificate: OfferCertificate;
    take_certificate: TakeCertificate;
    withdraw_certificate: WithdrawCertificate;
    retire_certificate: RetireCertificate;
    reserve_origin: ReserveOrigin;
    join_board: JoinBoard;
    leave_board: LeaveBoard;
    set_memo_key: SetMemoKey;
    with_memo: WithMemo;
};
export type Field = {
    name?: string | undefined;
    kind: "integer" | "bytes" | "text" | "boolean" | "struct" | "list" | "union";
    /**
     * of an integer its value, else a length
     */
    least?: bigint | undefined;
    most?: bigint | undefined;
    unit?: string | undefined;
    /**
     * which asset an amount is of
     */
    asset?: string | undefined;
    /**
     * the enumeration of an integer
     */
    names?: string | undefined;
    address?: boolean | undefined;
    /**
     * the structs that may stand here
     */
    of?: readonly string[] | undefined;
    /**
     * of a list; in a union what is no struct
     */
    item?: Field | undefined;
};
export type Struct = {
    kind: string;
    tag: bigint | null;
    fields: readonly (Field & {
        name: string;
    })[];
};
