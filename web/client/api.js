// Made by `python -m tests.makers.make_client_api` from the node's OpenAPI document: types only, nothing runs here.

/** @typedef {string | number | bigint | boolean} QueryValue */

/** @typedef {{ "height": number, "account": string, "agents": readonly (AgentView)[], "next": string | null }} AccountAgents */
/** @typedef {{ "height": number, "account": string, "attestations": readonly (AttestationView)[], "next": string | null }} AccountAttestations */
/** @typedef {{ "scheme": number, "point": number, "claims": readonly (ClaimView)[], "owed_mwh": number }} AccountClaims */
/** @typedef {{ "height": number, "account": string, "months": readonly (MonthCredit)[], "claims": readonly (AccountClaims)[] }} AccountCredits */
/** @typedef {{ "height": number, "account": string, "deals": readonly (DealView)[], "next": string | null }} AccountDeals */
/** @typedef {{ "height": number, "account": string, "drawn": readonly (DrawnOriginView)[] }} AccountOrigin */
/** @typedef {{ "height": number, "index": number, "time_ms": number, "receipt": string }} AccountReceipt */
/** @typedef {{ "height": number, "address": string, "time_ms": number, "receipts": readonly (AccountReceipt)[], "next": string | null }} AccountReceipts */
/** @typedef {{ "height": number, "account": string, "months": readonly (MonthShare)[], "owes": readonly (OpenAmountView)[], "is_owed": readonly (OpenAmountView)[] }} AccountShares */
/** @typedef {{ "scheme": number, "slot": number, "start_ms": number, "run": number, "version": number, "final": boolean, "points": readonly (PointShare)[] }} AccountSlot */
/** @typedef {{ "height": number, "account": string, "slot_ms": number, "slots": readonly (AccountSlot)[] }} AccountSlots */
/** @typedef {{ "height": number, "account": string, "swaps": readonly (SwapView)[], "next": string | null }} AccountSwaps */
/** @typedef {{ "height": number, "account": string, "nickname": string, "since_ms": number, "seasons": readonly (StandingView)[] }} AccountTogether */
/** @typedef {{ "height": number, "address": string, "member": boolean, "roles": readonly (string)[], "nonce": number, "next_nonce": number, "open_sessions": number, "open_votes": number, "open_orders": number, "balances": readonly (Holding)[], "metered": Metered }} AccountView */
/** @typedef {{ "height": number, "address": string, "time_ms": number, "withdrawals": readonly (WithdrawalView)[] }} AccountWithdrawals */
/** @typedef {{ "height": number, "addresses": readonly (string)[], "next": string | null }} Addresses */
/** @typedef {{ "asset": number, "amount": Amount, "used": Amount }} AgentDayLimit */
/** @typedef {{ "product": number, "side": string, "price": Amount }} AgentPrice */
/** @typedef {{ "asset": number, "floor": Amount, "reference": string, "swept_today": boolean }} AgentSweep */
/** @typedef {{ "number": number, "owner": string, "agent": string, "types": readonly (string)[], "day_limits": readonly (AgentDayLimit)[], "prices": readonly (AgentPrice)[], "sweeps": readonly (AgentSweep)[], "commission": number, "expires_ms": number, "over": boolean }} AgentView */
/** @typedef {{ "alive": boolean }} Alive */
/** @typedef {{ "base": bigint, "tokens": string }} Amount */
/** @typedef {{ "height": number, "application": ApplicationView }} ApplicationAnswer */
/** @typedef {{ "number": number, "account": string, "status": string, "referrer": string, "attestation_hash": string, "meters": readonly (WishedMeterView)[], "units": readonly (Record<string, any>)[], "voter": boolean, "asked_ms": number, "ends_ms": number }} ApplicationView */
/** @typedef {{ "asset": string, "symbol": string, "available": Amount, "total": Amount }} AssetChange */
/** @typedef {{ "number": number, "name": string, "symbol": string, "decimals": number, "code": string, "supply": string, "existing": Amount }} AssetView */
/** @typedef {{ "height": number, "assets": readonly (AssetView)[], "fee_asset": string }} AssetsAnswer */
/** @typedef {{ "height": number, "attestation": AttestationView }} AttestationAnswer */
/** @typedef {{ "number": number, "subject": string, "attester": string, "kind": string, "data_hash": string, "document_hash": string, "issued_ms": number, "expires_ms": number, "revoked_ms": number, "counts": boolean }} AttestationView */
/** @typedef {{ "address": string, "role": string, "standing": string, "since": number }} AttesterView */
/** @typedef {{ "height": number, "attesters": readonly (AttesterView)[], "next": string | null }} Attesters */
/** @typedef {{ "height": number, "resolution": number, "account": string, "option": number | null }} BallotView */
/** @typedef {{ "feed_in": Amount, "retail": Amount, "bound": boolean }} BandView */
/** @typedef {{ "hash": string, "account": string, "asset": string, "symbol": string, "amount": Amount | null, "mark": number, "bill": number }} BankLineView */
/** @typedef {{ "height": number, "lines": readonly (BankLineView)[] }} BankLines */
/** @typedef {{ "results": readonly (BatchItem)[] }} BatchAnswer */
/** @typedef {{ "id": string, "status": string, "height": number | null, "code": string, "explanation": string }} BatchItem */
/** @typedef {{ "height": number, "listed_as": ListedBill, "document": string, "listed": string, "seller": SellerView | null, "reference": string, "epc": string, "swiss": string }} BillDocument */
/** @typedef {{ "height": number, "account": string, "cent": number, "documents": readonly (ListedBill)[] }} BillDocuments */
/** @typedef {{ "name": string, "media_type": string, "data": string }} BillFile */
/** @typedef {{ "number": number, "first": number, "count": number, "root": string, "from_ms": number, "to_ms": number, "block": number }} BillRunView */
/** @typedef {{ "height": number, "runs": readonly (BillRunView)[], "next": string | null }} BillRuns */
/** @typedef {{ "height": number, "treasurers": readonly (string)[], "account": string, "prefix": string, "next_number": number, "billed_until_ms": number }} BillingView */
/** @typedef {{ "header": HeaderView, "certificate": string, "transactions": readonly (string)[] }} BlockView */
/** @typedef {{ "height": number, "blocks": readonly (HeaderView)[], "next": string | null }} BlockViews */
/** @typedef {{ "place": number, "nickname": string, "points": number }} BoardRowView */
/** @typedef {{ "season": string, "rows": readonly (BoardRowView)[] }} BoardView */
/** @typedef {{ "height": number, "product": number, "base": bigint, "quote": string, "bids": readonly (OrderView)[], "asks": readonly (OrderView)[], "last_price": Amount | null, "last_quantity": Amount | null, "trades": number }} BookView */
/** @typedef {{ "height": number, "certificate": CertificateView }} CertificateAnswer */
/** @typedef {{ "certificate": CertificateView, "energy_wh": number, "offered_wh": number, "price": Amount | null }} CertificateHoldingView */
/** @typedef {{ "height": number, "account": string, "holdings": readonly (CertificateHoldingView)[], "next": string | null }} CertificateHoldings */
/** @typedef {{ "certificate": CertificateView, "owner": string, "energy_wh": number, "asset": number, "price": Amount, "cost": Amount }} CertificateOfferView */
/** @typedef {{ "height": number, "offers": readonly (CertificateOfferView)[], "next": string | null }} CertificateOffers */
/** @typedef {{ "number": number, "kind": string, "unit": string, "account": string, "issuer": string, "source": string, "rated_w": number, "commissioned_ms": number, "first_ms": number, "end_ms": number, "baseline_wh": number, "measured_wh": number, "document": string, "issued_wh": number, "live_wh": number, "retired_wh": number, "expired_wh": number, "issued_ms": number, "expires_ms": number, "over": boolean }} CertificateView */
/** @typedef {{ "height": number, "asset": number, "lifetime_ms": number, "generators": number, "offers": number, "issued_wh": number, "retired_wh": number, "expired_wh": number }} CertificatesView */
/** @typedef {{ "voter": string, "choice": string }} Choice */
/** @typedef {{ "until": string, "energy_mwh": number }} ClaimView */
/** @typedef {{ "clock_ms": number }} ClockView */
/** @typedef {{ "season": string, "closed_ms": number, "participants": number, "places": readonly (SeasonPlaceView)[] }} ClosedSeasonView */
/** @typedef {{ "number": number, "action": Record<string, any>, "result": string, "code": string, "height": number, "time_ms": number, "opened_by": string, "choices": readonly (Choice)[] }} ClosedVote */
/** @typedef {{ "height": number, "votes": readonly (ClosedVote)[], "next": string | null }} ClosedVotes */
/** @typedef {{ "asset": string, "symbol": string, "existing": Amount, "asked": Amount, "marked": Amount, "attestations": readonly (ReserveView)[] }} CurrencyReserves */
/** @typedef {{ "height": number, "deal": DealView }} DealAnswer */
/** @typedef {{ "number": number, "buyer": string, "seller": string, "arbiter": string, "asset": number, "amount": Amount, "fee": Amount, "terms_hash": string, "deadline_ms": number, "disputer": string, "evidence_hash": string, "over": boolean }} DealView */
/** @typedef {{ "bill": ListedBill, "member": string, "email": string, "due_day": string, "open_cents": number, "overdue_days": number, "reminded": number, "reminded_day": string, "next_level": number, "next_fee_cents": number }} DebtorBill */
/** @typedef {{ "day": string, "open_cents": number, "bills": readonly (DebtorBill)[] }} Debtors */
/** @typedef {{ "height": number, "block": string, "transaction": string, "transaction_proof": string, "receipt": string, "receipt_proof": string }} DecisionProof */
/** @typedef {{ "zone": string, "seller": string, "has_book": boolean, "next_number": number, "billed_until_day": string, "documents": number, "pending": number, "settled": number, "run": RunView | null }} DeskView */
/** @typedef {{ "point": number, "account": string, "slot": number, "start_ms": number, "own_mwh": number, "operator_mwh": number }} DifferenceView */
/** @typedef {{ "height": number, "scheme": number, "differences": readonly (DifferenceView)[] }} Differences */
/** @typedef {{ "free_bytes": number, "total_bytes": number, "store_bytes": number }} DiskView */
/** @typedef {{ "number": number, "account": string, "member": string, "charges_cents": number, "credits_cents": number, "due_cents": number, "lines": number }} DraftView */
/** @typedef {{ "month": string, "source": string, "renewable": boolean, "energy_wh": number }} DrawnOriginView */
/** @typedef {{ "height": number, "supply": Amount, "currency": string, "currency_supply": Amount, "network_wh": number, "backing": Amount, "difference": Amount, "presumed_wh": number, "gap": string, "rate": Amount, "minting_rate": Amount, "burning_rate": Amount, "kwh_to_balance_by_production": string | null, "kwh_to_balance_by_drawing": string | null }} EnergyView */
/** @typedef {{ "date": string, "cents": number, "currency": string, "text": string, "number": number, "name": string, "reason": string, "noted": boolean, "hash": string, "base": bigint }} EntryView */
/** @typedef {{ "height": number, "evidence": readonly (OffenceView)[], "next": string | null }} EvidenceView */
/** @typedef {{ "height": number, "time_ms": number, "feed": FeedView }} FeedAnswer */
/** @typedef {{ "base": bigint, "text": string }} FeedFigureView */
/** @typedef {{ "height": number, "feed": number, "unit": string, "from_ms": number, "to_ms": number, "steps": readonly (FeedStepView)[] }} FeedHistory */
/** @typedef {{ "from_ms": number, "value": FeedFigureView | null }} FeedStepView */
/** @typedef {{ "number": number, "name": string, "counts": string, "asset": string | null, "unit": string, "decimals": number, "quorum": number, "liars": number, "oldest_age_ms": number, "least": FeedFigureView, "most": FeedFigureView, "value": FeedFigureView | null, "since_ms": number, "counting": number, "oldest_ms": number, "ended_ms": number, "reporters": readonly (ReporterView)[] }} FeedView */
/** @typedef {{ "height": number, "time_ms": number, "feeds": readonly (FeedView)[], "next": string | null }} Feeds */
/** @typedef {{ "first": number, "count": number, "root": string, "from_ms": number, "to_ms": number }} FinalisingView */
/** @typedef {{ "day": string, "slots": number, "root": string }} FoldedDayView */
/** @typedef {{ "height": number, "scheme": number, "days": readonly (FoldedDayView)[], "next": string | null }} FoldedDays */
/** @typedef {{ "height": number, "block": string, "fresh": string }} FreshHeadAnswer */
/** @typedef {{ "asset": string, "symbol": string, "available": Amount, "fees": Amount, "commission": Amount, "admissions": Amount, "gifts": Amount, "spent": Amount, "rewards": Amount, "grants": Amount, "prizes": Amount, "is_owed": Amount }} FundBookView */
/** @typedef {{ "purpose": string, "asset": string, "symbol": string, "period": string, "amount": Amount, "spent": Amount }} FundBudgetView */
/** @typedef {{ "number": number, "vote": number, "recipient": string, "asset": string, "symbol": string, "amount": Amount, "purpose": string, "reference": string, "time_ms": number }} FundSpendView */
/** @typedef {{ "height": number, "spends": readonly (FundSpendView)[], "next": string | null }} FundSpends */
/** @typedef {{ "proposer": number, "committee": number, "fund": number, "commission": number, "asset": string, "symbol": string, "admission_fee": Amount, "referral_reward": Amount, "starter_grant": Amount }} FundTermsView */
/** @typedef {{ "height": number, "account": string, "fee_account": string, "voters_issue": boolean, "terms": FundTermsView, "books": readonly (FundBookView)[], "budgets": readonly (FundBudgetView)[] }} FundView */
/** @typedef {{ "first_ms": number, "energy_wh": number, "certificate": number }} GeneratorDayView */
/** @typedef {{ "height": number, "unit": string, "account": string, "source": string, "metered_wh": number, "certified_wh": number, "corrected_wh": number, "forgotten_wh": number, "withheld_wh": number, "days": readonly (GeneratorDayView)[], "next": string | null }} GeneratorDays */
/** @typedef {{ "unit": string, "account": string, "described": boolean, "source": string, "rated_w": number, "commissioned_ms": number, "certifiable": boolean }} GeneratorView */
/** @typedef {{ "height": number, "generators": readonly (GeneratorView)[], "next": string | null }} Generators */
/** @typedef {{ "chain_id": string, "hash": string, "genesis": string }} GenesisAnswer */
/** @typedef {{ "height": number, "account": string, "moved": boolean, "points": readonly (PointTariffView)[], "months": readonly (GridMonth)[], "owes": Amount, "is_owed": Amount, "blocked": boolean }} GridAccount */
/** @typedef {{ "account": string, "amount": Amount, "blocked": boolean }} GridDebtView */
/** @typedef {{ "height": number, "debts": readonly (GridDebtView)[], "next": string | null }} GridDebts */
/** @typedef {{ "kind": string, "name": string, "energy_mwh": number, "amount": Amount }} GridLineView */
/** @typedef {{ "month": string, "lines": readonly (GridLineView)[], "total": Amount }} GridMonth */
/** @typedef {{ "rest": boolean, "zone": string, "tariff": number, "accounts": number, "lines": readonly (GridLineView)[], "total": Amount }} GridSumRow */
/** @typedef {{ "height": number, "month": string, "least": number, "rows": readonly (GridSumRow)[] }} GridSums */
/** @typedef {{ "height": number, "mode": string, "operator": string, "mark": Amount, "default_tariff": number, "band": BandView | null, "members_owe": Amount, "operator_owes": Amount }} GridView */
/** @typedef {{ "asset": number, "amount": Amount }} GroupAmount */
/** @typedef {{ "height": number, "group": GroupView }} GroupAnswer */
/** @typedef {{ "account": string, "changes": readonly (ShareChangeView)[] }} GroupMemberView */
/** @typedef {{ "height": number, "group": number, "members": readonly (GroupMemberView)[], "next": string | null }} GroupMembers */
/** @typedef {{ "height": number, "group": number, "account": string, "first_slot": number, "end_slot": number, "weight": number, "all_weights": number, "divided": readonly (GroupAmount)[], "gets": readonly (GroupAmount)[] }} GroupPreviewView */
/** @typedef {{ "number": number, "account": string, "terms": Record<string, any>, "rights": readonly (string)[], "members": number, "opened_slot": number, "opened_ms": number, "from_slot": number, "distributions": number, "dividing": boolean, "balances": readonly (GroupAmount)[], "spent": Amount, "next_ms": number, "dissolved_slot": number }} GroupView */
/** @typedef {{ "height": number, "groups": readonly (GroupView)[], "next": string | null }} Groups */
/** @typedef {{ "hash": string, "format": number, "version": number, "chain_id": string, "height": number, "parent": string, "time_ms": number, "proposer": string, "transactions_root": string, "receipts_root": string, "state_root": string, "validators_hash": string, "next_validators_hash": string, "parameters_hash": string, "next_due_ms": number, "commits_hash": string, "known_version": number }} HeaderView */
/** @typedef {{ "ready": boolean, "checks": Record<string, string> }} Health */
/** @typedef {{ "asset": string, "symbol": string, "available": Amount, "total": Amount }} Holding */
/** @typedef {{ "first_slot": number, "slots": number, "injected_mwh": number, "taken_mwh": number, "shared_mwh": number }} HourView */
/** @typedef {{ "file": string, "custodian": string, "issued_ms": number, "parts": number, "kept_until_ms": number }} ImportedFileView */
/** @typedef {{ "height": number, "number": number, "name": string, "run": BillRunView | null, "original": number, "document": string, "block": number, "paid_on_chain": Amount, "paid_by_bank": Amount }} IssuedBill */
/** @typedef {{ "height": number, "item": string, "proof": string }} ItemProof */
/** @typedef {{ "height": number, "admitted_by": string, "demanded": string, "lifetime_ms": number, "open": number, "room": number, "room_this_hour": number, "time_ms": number }} JoiningAnswer */
/** @typedef {{ "height": number, "block": string }} LightBlockAnswer */
/** @typedef {{ "number": number, "name": string, "corrects": number, "corrected_by": number, "account": string, "first_day": string, "last_day": string, "issued_day": string, "due_days": number, "charges_cents": number, "credits_cents": number, "due_cents": number, "hash": string, "replaces": readonly (number)[], "paid_on_chain": Amount, "paid_by_bank": Amount, "paid_before": Amount }} ListedBill */
/** @typedef {{ "key": string, "unit": string | null, "account": string | null, "kind": string, "time_ms": number, "sent_ms": number, "quarantined": boolean }} ListedMeter */
/** @typedef {{ "group": number, "name": string, "account": string, "changes": readonly (ShareChangeView)[] }} MemberGroup */
/** @typedef {{ "height": number, "account": string, "groups": readonly (MemberGroup)[] }} MemberGroups */
/** @typedef {{ "point": number, "account": string, "direction": string, "keys": readonly (number)[], "factor": number }} MemberView */
/** @typedef {{ "height": number, "applications": readonly (ApplicationView)[], "next": string | null }} MembershipApplications */
/** @typedef {{ "height": number, "account": string, "key": string | null, "since": number | null, "longest": number }} MemoKeyAnswer */
/** @typedef {{ "height": number, "key": string, "unit": string | null, "account": string | null, "kind": string, "max_power_w": number, "rollover": number, "scale": number, "factor": number, "step_wh": string, "obis": string, "profile": string, "serial": string, "sequence": number, "raw_register": number, "register_wh": number, "time_ms": number, "boot": number, "sent_ms": number, "quarantined": QuarantinedJump | null }} MeterView */
/** @typedef {{ "produced_wh": number, "exported_wh": number, "consumed_wh": number, "imported_wh": number }} Metered */
/** @typedef {{ "height": number, "meters": readonly (ListedMeter)[], "next": string | null }} Meters */
/** @typedef {{ "scheme": number, "month": string, "credited_mwh": number, "claims_mwh": number, "expired_mwh": number, "expired_cost": Amount, "expired_revenue": Amount }} MonthCredit */
/** @typedef {{ "month": string, "from_ms": number, "run": number, "version": number, "missing": number, "substituted": number, "final": boolean, "injected_mwh": number, "taken_mwh": number, "delivered_mwh": number, "carried_mwh": number, "shared_mwh": number, "claims_mwh": number, "expired_mwh": number, "late_mwh": number, "paid": Amount, "fees": Amount, "expired_amount": Amount, "inputs_root": string, "rows_root": string }} MonthRunView */
/** @typedef {{ "scheme": number, "month": string, "bought_mwh": number, "sold_mwh": number, "cost": Amount, "revenue": Amount, "fee": Amount }} MonthShare */
/** @typedef {{ "point": number, "account": string, "direction": string, "keys": readonly (number)[], "open_slots": number, "missing": number, "substituted": number, "energy_mwh": number, "part_mwh": number, "claims_before": readonly (ClaimView)[], "owed_before_mwh": number, "shared_mwh": number, "amount": Amount, "fee": Amount, "claimed_mwh": number, "claims_left": readonly (ClaimView)[], "owed_left_mwh": number, "expired_mwh": number, "expired_amount": Amount, "row": string, "row_proof": string, "input": string, "input_proof": string }} MonthShareRow */
/** @typedef {{ "height": number, "index": number, "time_ms": number, "transaction_id": string, "code": string, "events": readonly (Record<string, any>)[], "changes": readonly (AssetChange)[] }} Movement */
/** @typedef {{ "nonce": string, "genesis_hash": string, "expires_s": number }} NonceAnswer */
/** @typedef {{ "validator": string, "kind": string, "height": number, "round": number, "removed": boolean, "punished": number, "transaction_id": string }} OffenceView */
/** @typedef {{ "scheme": number, "amount": Amount }} OpenAmountView */
/** @typedef {{ "height": number, "scheme": number, "open_mwh": number, "points": readonly (PointClaims)[], "next": string | null }} OpenClaimsPage */
/** @typedef {{ "option": number, "text": string, "ballots": number }} OptionView */
/** @typedef {{ "height": number, "order": OrderView }} OrderAnswer */
/** @typedef {{ "product": number, "base": bigint, "quote": string, "number": number, "owner": string, "side": string, "kind": string, "price": Amount, "quantity": Amount, "expires_ms": number }} OrderView */
/** @typedef {{ "height": number, "orders": readonly (OrderView)[], "next": string | null }} Orders */
/** @typedef {{ "number": number, "source": string, "renewable": boolean, "first_day": string, "last_day": string, "energy_wh": number, "certified": boolean | null }} OriginLotView */
/** @typedef {{ "height": number, "account": string, "application": ApplicationView | null }} OwnApplication */
/** @typedef {{ "name": string, "value": number, "text": string, "default": string, "minimum": string, "maximum": string, "unit": string, "meaning": string, "choices": readonly (string)[] }} ParameterView */
/** @typedef {{ "height": number, "parameters": readonly (ParameterView)[] }} Parameters */
/** @typedef {{ "file": BillFile, "orders": number, "total": Amount, "without": readonly (string)[] }} PaymentFile */
/** @typedef {{ "name": string, "node": string, "validator": string, "addresses": readonly (string)[], "connected_s": number | null, "inbound": boolean, "bytes_in": number, "bytes_out": number, "points": number, "banned": boolean }} PeerView */
/** @typedef {{ "connected": number, "listening": number, "peers": readonly (PeerView)[] }} PeerViews */
/** @typedef {{ "height": number, "version": number, "module": string, "release": string, "ready_power": number, "total_power": number, "enough": boolean, "known_here": boolean }} PlannedUpgrade */
/** @typedef {{ "height": number, "point": PointView }} PointAnswer */
/** @typedef {{ "point": number, "account": string, "claims": readonly (ClaimView)[], "owed_mwh": number }} PointClaims */
/** @typedef {{ "point": number, "direction": string, "state": string, "source": string, "energy_mwh": number, "counted_mwh": number, "shared_mwh": number, "amount": Amount, "fee": Amount }} PointShare */
/** @typedef {{ "height": number, "point": number, "source": string, "slots": readonly (SlotView)[], "next_ms": number | null }} PointSlots */
/** @typedef {{ "point": number, "direction": string, "zone": string, "tariff": number, "next_tariff": number, "next_slot": number }} PointTariffView */
/** @typedef {{ "number": number, "owner": string, "direction": string, "zone": string, "commissioned_ms": number, "id_hash": string, "own_meter": boolean, "from_slot": number, "from_ms": number, "until_slot": number, "until_ms": number | null }} PointView */
/** @typedef {{ "height": number, "points": readonly (PointView)[], "next": string | null }} Points */
/** @typedef {{ "transactions": number, "bytes": number }} PoolView */
/** @typedef {{ "point": number, "account": string, "direction": string, "before": PreviewedPoint, "after": PreviewedPoint, "gain": Amount }} PreviewedChange */
/** @typedef {{ "energy_mwh": number, "shared_mwh": number, "amount": Amount, "fee": Amount, "rest_amount": Amount, "balance": Amount }} PreviewedPoint */
/** @typedef {{ "shared_mwh": number, "paid": Amount, "fees": Amount }} PreviewedSums */
/** @typedef {{ "account": string, "since": number }} PriorityAccountView */
/** @typedef {{ "height": number, "accounts": readonly (PriorityAccountView)[] }} PriorityAccounts */
/** @typedef {{ "asset": string, "symbol": string, "amount": Amount }} PrizeView */
/** @typedef {{ "type": string, "title": string, "status": number, "detail": string, "code": string, "advice": string, "first_height"?: number | null }} Problem */
/** @typedef {{ "number": number, "base": bigint, "quote": string, "mechanism": string }} ProductView */
/** @typedef {{ "height": number, "products": readonly (ProductView)[] }} Products */
/** @typedef {{ "height": number, "table": string, "key": string, "value": string | null, "state_root": string, "proof": string }} ProofAnswer */
/** @typedef {{ "raw_jump": number, "jump_wh": number, "raw_register": number, "since_ms": number, "time_ms": number }} QuarantinedJump */
/** @typedef {{ "height": number, "index": number, "transaction_id": string, "code": string, "explanation": string, "fee": Amount, "weight": number, "events": readonly (Record<string, any>)[] }} ReceiptView */
/** @typedef {{ "listed_as": ListedBill, "receipts": number, "opening": string }} ReceivedBill */
/** @typedef {{ "account": string, "value": FeedFigureView | null, "time_ms": number, "received_ms": number, "document": string, "counts": boolean }} ReporterView */
/** @typedef {{ "attester": string, "attester_kind": string, "amount": Amount, "time_ms": number, "taken_ms": number, "document": string, "existing_then": Amount, "coverage_ppm": number | null, "difference": Amount, "standing": string }} ReserveView */
/** @typedef {{ "height": number, "time_ms": number, "currencies": readonly (CurrencyReserves)[] }} Reserves */
/** @typedef {{ "height": number, "resolution": ResolutionView }} ResolutionAnswer */
/** @typedef {{ "number": number, "title": string, "text_hash": string, "opened_by": string, "opened_ms": number, "deadline_ms": number, "majority": string, "quorum": number, "options": readonly (OptionView)[], "abstentions": number, "outcome": string, "decided": number }} ResolutionView */
/** @typedef {{ "height": number, "resolutions": readonly (ResolutionView)[], "next": string | null }} Resolutions */
/** @typedef {{ "number": number, "certificate": CertificateView, "owner": string, "beneficiary": string, "energy_wh": number, "purpose": string, "from_ms": number, "until_ms": number, "retired_ms": number }} RetirementView */
/** @typedef {{ "height": number, "account": string, "retirements": readonly (RetirementView)[], "next": string | null }} Retirements */
/** @typedef {{ "producer": number, "producer_account": string, "consumer": number, "consumer_account": string, "share": number }} RowOfSlot */
/** @typedef {{ "height": number, "scheme": number, "slot_ms": number, "slots": readonly (RowsOfSlot)[] }} RowsBySlot */
/** @typedef {{ "slot": number, "start_ms": number, "state": string, "rows": number, "file": string, "issued_ms": number, "root": string, "too_late": boolean }} RowsOfSlot */
/** @typedef {{ "code": string, "account": string, "member": string, "text": string }} RunProblemView */
/** @typedef {{ "period": string, "is_final": boolean, "done": number, "count": number, "over": boolean, "error": string, "error_text": string, "first_day": string, "last_day": string, "drafts": readonly (DraftView)[], "problems": readonly (RunProblemView)[], "problem_count": number, "finalising": FinalisingView | null }} RunView */
/** @typedef {{ "height": number, "scheme": number, "version": number, "members": readonly (MemberView)[], "next": string | null }} SchemeMembers */
/** @typedef {{ "height": number, "scheme": number, "slot_ms": number, "slots": readonly (SlotSums)[] }} SchemeSums */
/** @typedef {{ "height": number, "slot_ms": number, "versions": readonly (SchemeView)[] }} SchemeVersions */
/** @typedef {{ "scheme": number, "version": number, "from_slot": number, "from_ms": number, "points": number, "terms": Record<string, any> }} SchemeView */
/** @typedef {{ "height": number, "slot_ms": number, "schemes": readonly (SchemeView)[] }} Schemes */
/** @typedef {{ "place": number, "nickname": string, "points": number, "symbol": string, "amount": Amount }} SeasonPlaceView */
/** @typedef {{ "name": string, "street": string, "postcode": string, "city": string, "country": string, "vat_id": string, "iban": string, "bic": string }} SellerView */
/** @typedef {{ "start_ms": number, "end_ms": number, "drawn_wh": number | null, "imported_wh": number | null, "stored_wh": number | null, "exported_wh": number | null, "missing": boolean, "since_ms": number | null, "reported": boolean }} SeriesSlot */
/** @typedef {{ "height": number, "address": string, "step": string, "zone": string, "slots": readonly (SeriesSlot)[], "next": number | null }} SeriesView */
/** @typedef {{ "number": number, "consumer": string, "unit": string, "locked": Amount, "energy_wh": number, "rate": Amount, "gap": string, "opened_ms": number, "deadline_ms": number, "returns_ms": number, "overdraft": Amount, "reservation": Amount, "state": string, "ended_ms": number, "reason": string, "waits_for": string, "lost_wh": number, "has_priority": boolean }} SessionView */
/** @typedef {{ "height": number, "sessions": readonly (SessionView)[], "next": string | null }} Sessions */
/** @typedef {{ "height": number, "changes": readonly (number)[] }} SetChanges */
/** @typedef {{ "height": number, "scheme": number, "month": MonthRunView, "terms": Record<string, any>, "points": number, "rows": readonly (MonthShareRow)[], "next": string | null }} SettledMonthView */
/** @typedef {{ "height": number, "scheme": number, "next_month": string, "months": readonly (MonthRunView)[], "next": string | null }} SettledMonths */
/** @typedef {{ "height": number, "scheme": number, "run": SlotRunView, "folded": boolean, "hour": HourView | null, "terms": Record<string, any>, "injected_mwh": number, "taken_mwh": number, "shared_mwh": number, "paid": Amount, "fees": Amount, "points": number, "rows": readonly (ShareRow)[], "next": string | null }} SettledSlotView */
/** @typedef {{ "from_slot": number, "from_ms": number, "share": number, "key": number, "points": readonly (number)[] }} ShareChangeView */
/** @typedef {{ "point": number, "account": string, "direction": string, "state": string, "source": string, "keys": readonly (number)[], "energy_mwh": number, "counted_mwh": number, "shared_mwh": number, "amount": Amount, "fee": Amount, "hour_counted_mwh": number, "hour_shared_mwh": number, "row": string, "row_proof": string, "input": string, "input_proof": string, "zones": readonly (ZonePart)[], "sides": readonly (SideShare)[], "point_rows": string, "point_rows_proof": string }} ShareRow */
/** @typedef {{ "height": number, "vote": number, "scheme": number, "first_day": string, "last_day": string, "next_day": string | null, "slots": number, "missing_slots": number, "retail": Amount, "feed_in": Amount, "prices_from": string, "before": PreviewedSums, "after": PreviewedSums, "points": readonly (PreviewedChange)[] }} SharingPreview */
/** @typedef {{ "height": number, "asset": string, "symbol": string, "decimals": number, "managers": readonly (string)[] }} SharingTermsView */
/** @typedef {{ "other": number, "share": number }} SideShare */
/** @typedef {{ "height": number, "files": readonly (ImportedFileView)[], "next": string | null }} SlotFiles */
/** @typedef {{ "height": number, "scheme": number, "slot": RowsOfSlot, "shares": readonly (RowOfSlot)[], "next": string | null }} SlotRowsView */
/** @typedef {{ "slot": number, "start_ms": number, "run": number, "version": number, "substituted": number, "slot_rows": string, "final": boolean, "inputs_root": string, "rows_root": string }} SlotRunView */
/** @typedef {{ "height": number, "scheme": number, "runs": readonly (SlotRunView)[], "next": string | null }} SlotRuns */
/** @typedef {{ "slot": number, "start_ms": number, "run": number, "final": boolean, "substituted": number, "injected_mwh": number, "taken_mwh": number, "shared_mwh": number, "paid": Amount, "fees": Amount }} SlotSums */
/** @typedef {{ "slot": number, "start_ms": number, "end_ms": number, "energy_mwh": number | null, "state": string, "correction": number, "method": string, "quality": number, "file": string, "issued_ms": number }} SlotView */
/** @typedef {{ "height": number, "slot_ms": number, "slot": number, "zone": string, "offset_minutes": number, "known_until_ms": number, "custodians": readonly (string)[], "registrars": readonly (string)[] }} SlotsView */
/** @typedef {{ "height": number, "block_hash": string, "state_root": string, "chunks": number, "entries": number, "bytes": number }} SnapshotView */
/** @typedef {{ "height": number, "snapshots": readonly (SnapshotView)[] }} Snapshots */
/** @typedef {{ "candidate": string, "asset": string, "symbol": string, "most": Amount }} SponsorshipView */
/** @typedef {{ "height": number, "account": string, "sponsorships": readonly (SponsorshipView)[], "next": string | null }} Sponsorships */
/** @typedef {{ "season": string, "used_mwh": number, "given_mwh": number, "days": number, "ballots": number, "points": Record<string, number>, "total": number, "place": number }} StandingView */
/** @typedef {{ "height": number, "block": string, "proofs": readonly (string)[] }} StateProofs */
/** @typedef {{ "entries": readonly (EntryView)[] }} StatementEntries */
/** @typedef {{ "height": number, "address": string, "movements": readonly (Movement)[], "next": string | null }} StatementView */
/** @typedef {{ "height": number, "chain_id": string, "genesis_hash": string, "block_hash": string, "state_root": string, "time_ms": number, "version": string, "protocol_version": number, "known_version": number, "modules": readonly (string)[], "upgrade": PlannedUpgrade | null, "mode": string, "validator": string, "signing": boolean, "safe_mode": string, "safe_mode_ends_at": number | null, "round": number, "behind": number, "validators": number, "validators_connected": number, "peers": number, "pool": PoolView, "disk": DiskView, "simulated_clock": boolean, "clock_ms": number, "clock_ahead_ms": number | null, "clock_peers": number, "clock_limit_ms": number }} StatusView */
/** @typedef {{ "height": number, "swap": SwapView }} SwapAnswer */
/** @typedef {{ "number": number, "owner": string, "taker": string, "asset": number, "give": Amount, "left": Amount, "want_asset": number, "want": Amount, "lot": Amount, "lot_price": Amount, "expires_ms": number, "over": boolean }} SwapView */
/** @typedef {{ "height": number, "swaps": readonly (SwapView)[], "next": string | null }} Swaps */
/** @typedef {{ "agent": string, "asset": number, "reference": string }} SweepReference */
/** @typedef {{ "height": number, "account": string, "references": readonly (SweepReference)[] }} SweepReferences */
/** @typedef {{ "height": number, "versions": readonly (TariffView)[] }} TariffVersions */
/** @typedef {{ "tariff": number, "version": number, "from_slot": number, "from_ms": number, "terms": Record<string, any> }} TariffView */
/** @typedef {{ "height": number, "default_tariff": number, "tariffs": readonly (TariffView)[] }} Tariffs */
/** @typedef {{ "ticket": string, "expires_s": number }} TicketAnswer */
/** @typedef {{ "used": number, "given": number, "on_time": number, "ballots": number, "most": number, "on_time_ms": number, "grace_days": number, "prizes": readonly (PrizeView)[] }} TogetherTermsView */
/** @typedef {{ "height": number, "season": string, "terms": TogetherTermsView, "next_terms": TogetherTermsView | null, "since": string, "participants": number, "boards": readonly (BoardView)[], "closed": readonly (ClosedSeasonView)[] }} TogetherView */
/** @typedef {{ "token": string, "address": string, "expires_s": number }} TokenAnswer */
/** @typedef {{ "height": number, "time_ms": number, "product": number, "base": bigint, "quote": string, "buy": number, "sell": number, "buyer": string, "seller": string, "price": Amount, "quantity": Amount, "payment": Amount }} TradeView */
/** @typedef {{ "height": number, "trades": readonly (TradeView)[], "next": string | null }} Trades */
/** @typedef {{ "id": string, "status": string, "height": number | null, "index": number | null, "code": string, "explanation": string, "receipt": ReceiptView | null, "transaction": TransactionView | null }} TransactionAnswer */
/** @typedef {{ "type": string, "sender": string, "nonce": number, "valid_until_height": number, "fee": Amount, "payload": Record<string, any>, "bytes": number }} TransactionView */
/** @typedef {{ "height": number, "unit": UnitView }} UnitAnswer */
/** @typedef {{ "height": number, "unit": string, "taken": string, "renewable_wh": number, "other_wh": number, "unknown_wh": number, "reserved_wh": number, "lots": readonly (OriginLotView)[] }} UnitOriginAnswer */
/** @typedef {{ "address": string, "owner": string, "status": string, "capacity_wh": number, "max_power_w": number, "available_wh": number, "locked_wh": number, "sequence": number, "shortfall_wh": number, "quarantined_wh": number, "technology": string, "nominal_wh": number, "max_discharge_w": number, "efficiency": string, "standing_wh": number, "reserve_wh": number, "expected_loss_wh": number, "lost_wh": number, "loss_limit_wh": number, "losing": boolean, "level_ms": number }} UnitView */
/** @typedef {{ "height": number, "units": readonly (UnitView)[], "next": string | null }} Units */
/** @typedef {{ "height": number, "spans": readonly (UnsettledSpan)[], "more": boolean }} Unsettled */
/** @typedef {{ "scheme": number, "first_slot": number, "slots": number, "start_ms": number, "end_ms": number, "cut_off_ms": number, "rows_missing": boolean, "missing": number, "points": readonly (WaitedPoint)[] }} UnsettledSpan */
/** @typedef {{ "address": string, "name": string, "signed": number, "proposed": number, "turns": number, "missed": number }} ValidatorDeeds */
/** @typedef {{ "height": number, "blocks": number, "validators": readonly (ValidatorDeeds)[] }} ValidatorRecord */
/** @typedef {{ "address": string, "key": string, "power": number, "account": string, "name": string, "muted_until_ms": number }} ValidatorView */
/** @typedef {{ "height": number, "validators": readonly (ValidatorView)[], "hash": string }} Validators */
/** @typedef {{ "number": number, "action": Record<string, any>, "action_bytes": string, "opened_by": string, "expires_ms": number, "yes": readonly (string)[], "needed": number }} VoteView */
/** @typedef {{ "height": number, "votes": readonly (VoteView)[], "voters": number }} Votes */
/** @typedef {{ "point": number, "account": string }} WaitedPoint */
/** @typedef {{ "meter": string, "unit": string, "kind": string, "max_power_w": number, "opening_wh": number, "opening_ms": number }} WishedMeterView */
/** @typedef {{ "number": number, "amount": Amount, "marked_ms": number, "lapses_ms": number, "lapsed": boolean }} WithdrawalMarkView */
/** @typedef {{ "holder": string, "asset": string, "symbol": string, "amount": Amount, "waiting": Amount, "marked": Amount, "marks": readonly (WithdrawalMarkView)[] }} WithdrawalView */
/** @typedef {{ "height": number, "time_ms": number, "withdrawals": readonly (WithdrawalView)[], "next": string | null }} Withdrawals */
/** @typedef {{ "zone": string, "energy_mwh": number, "pair": string | null, "rate": Amount | null, "fee": Amount | null }} ZonePart */
/**
 * @typedef {{
 *   "/v1/status": { path: {  }, query: {  }, answer: StatusView },
 *   "/v1/genesis": { path: {  }, query: {  }, answer: GenesisAnswer },
 *   "/v1/blocks": { path: {  }, query: { "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: BlockViews },
 *   "/v1/blocks/{block}": { path: { "block": QueryValue }, query: {  }, answer: BlockView },
 *   "/v1/headers": { path: {  }, query: { "from"?: QueryValue | readonly QueryValue[]; "to"?: QueryValue | readonly QueryValue[] }, answer: BlockViews },
 *   "/v1/transactions/{id}": { path: { "id": QueryValue }, query: {  }, answer: TransactionAnswer },
 *   "/v1/receipts/{id}": { path: { "id": QueryValue }, query: {  }, answer: ReceiptView },
 *   "/v1/assets": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: AssetsAnswer },
 *   "/v1/accounts/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: AccountView },
 *   "/v1/accounts/{address}/statement": { path: { "address": QueryValue }, query: { "from"?: QueryValue | readonly QueryValue[]; "to"?: QueryValue | readonly QueryValue[]; "from_time"?: QueryValue | readonly QueryValue[]; "to_time"?: QueryValue | readonly QueryValue[]; "order"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: StatementView },
 *   "/v1/votes": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: Votes },
 *   "/v1/votes/closed": { path: {  }, query: { "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: ClosedVotes },
 *   "/v1/voters": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Addresses },
 *   "/v1/members": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Addresses },
 *   "/v1/parameters": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: Parameters },
 *   "/v1/meters": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Meters },
 *   "/v1/meters/{key}": { path: { "key": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: MeterView },
 *   "/v1/validators": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: Validators },
 *   "/v1/validators/record": { path: {  }, query: { "blocks"?: QueryValue | readonly QueryValue[] }, answer: ValidatorRecord },
 *   "/v1/evidence": { path: {  }, query: { "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: EvidenceView },
 *   "/v1/energy": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: EnergyView },
 *   "/v1/priority": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: PriorityAccounts },
 *   "/v1/units": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Units },
 *   "/v1/units/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: UnitAnswer },
 *   "/v1/sessions": { path: {  }, query: { "consumer"?: QueryValue | readonly QueryValue[]; "unit"?: QueryValue | readonly QueryValue[]; "state"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Sessions },
 *   "/v1/slots": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: SlotsView },
 *   "/v1/points": { path: {  }, query: { "owner"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Points },
 *   "/v1/points/{number}": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: PointAnswer },
 *   "/v1/points/{number}/slots": { path: { "number": QueryValue }, query: { "from_time"?: QueryValue | readonly QueryValue[]; "to_time"?: QueryValue | readonly QueryValue[]; "source"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[] }, answer: PointSlots },
 *   "/v1/sharing/schemes": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: Schemes },
 *   "/v1/sharing/schemes/{number}": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: SchemeVersions },
 *   "/v1/sharing/schemes/{number}/members": { path: { "number": QueryValue }, query: { "slot"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: SchemeMembers },
 *   "/v1/sharing/accounts/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: AccountShares },
 *   "/v1/feeds": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Feeds },
 *   "/v1/feeds/{number}": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: FeedAnswer },
 *   "/v1/feeds/{number}/history": { path: { "number": QueryValue }, query: { "from"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[] }, answer: FeedHistory },
 *   "/v1/grid": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: GridView },
 *   "/v1/grid/tariffs": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: Tariffs },
 *   "/v1/grid/tariffs/{number}": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: TariffVersions },
 *   "/v1/grid/accounts/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: GridAccount },
 *   "/v1/grid/debts": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: GridDebts },
 *   "/v1/grid/sums": { path: {  }, query: { "back"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[] }, answer: GridSums },
 *   "/v1/billing": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: BillingView },
 *   "/v1/billing/runs": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: BillRuns },
 *   "/v1/billing/bills/{number}": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: IssuedBill },
 *   "/v1/groups": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Groups },
 *   "/v1/groups/{number}": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: GroupAnswer },
 *   "/v1/groups/{number}/members": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: GroupMembers },
 *   "/v1/groups/{number}/preview/{address}": { path: { "number": QueryValue; "address": QueryValue }, query: { "amount"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[] }, answer: GroupPreviewView },
 *   "/v1/groups/accounts/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: MemberGroups },
 *   "/v1/resolutions": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Resolutions },
 *   "/v1/resolutions/{number}": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: ResolutionAnswer },
 *   "/v1/resolutions/{number}/ballots/{address}": { path: { "number": QueryValue; "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: BallotView },
 *   "/v1/deals/{number}": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: DealAnswer },
 *   "/v1/deals/accounts/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: AccountDeals },
 *   "/v1/swaps": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Swaps },
 *   "/v1/swaps/{number}": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: SwapAnswer },
 *   "/v1/swaps/accounts/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: AccountSwaps },
 *   "/v1/swaps/named/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: AccountSwaps },
 *   "/v1/agents/accounts/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: AccountAgents },
 *   "/v1/agents/owners/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: AccountAgents },
 *   "/v1/agents/references/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: SweepReferences },
 *   "/v1/fund": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: FundView },
 *   "/v1/fund/spends": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: FundSpends },
 *   "/v1/fund/sponsors/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Sponsorships },
 *   "/v1/attesters": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Attesters },
 *   "/v1/attestations/{number}": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: AttestationAnswer },
 *   "/v1/attestations/subjects/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: AccountAttestations },
 *   "/v1/attestations/attesters/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: AccountAttestations },
 *   "/v1/joining": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: JoiningAnswer },
 *   "/v1/applications": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: MembershipApplications },
 *   "/v1/applications/{number}": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: ApplicationAnswer },
 *   "/v1/applications/accounts/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: OwnApplication },
 *   "/v1/generators": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Generators },
 *   "/v1/generators/{address}/days": { path: { "address": QueryValue }, query: { "unit"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: GeneratorDays },
 *   "/v1/certificates": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: CertificatesView },
 *   "/v1/certificates/offers": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: CertificateOffers },
 *   "/v1/certificates/{number}": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: CertificateAnswer },
 *   "/v1/certificates/accounts/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: CertificateHoldings },
 *   "/v1/certificates/retirements/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Retirements },
 *   "/v1/units/{address}/origin": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: UnitOriginAnswer },
 *   "/v1/accounts/{address}/origin": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: AccountOrigin },
 *   "/v1/memos/keys/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: MemoKeyAnswer },
 *   "/v1/together": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: TogetherView },
 *   "/v1/together/accounts/{address}": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: AccountTogether },
 *   "/v1/market/book": { path: {  }, query: { "product"?: QueryValue | readonly QueryValue[]; "depth"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[] }, answer: BookView },
 *   "/v1/market/orders": { path: {  }, query: { "product"?: QueryValue | readonly QueryValue[]; "owner"?: QueryValue | readonly QueryValue[]; "include"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Orders },
 *   "/v1/market/orders/{number}": { path: { "number": QueryValue }, query: { "product"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[] }, answer: OrderAnswer },
 *   "/v1/market/products": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: Products },
 *   "/v1/market/trades": { path: {  }, query: { "product"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Trades },
 *   "/v1/withdrawals": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: Withdrawals },
 *   "/v1/accounts/{address}/withdrawals": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: AccountWithdrawals },
 *   "/v1/bank/lines": { path: {  }, query: { "hashes"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[] }, answer: BankLines },
 *   "/v1/bank/reserves": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: Reserves },
 *   "/v1/billing/documents": { path: {  }, query: { "account"?: QueryValue | readonly QueryValue[] }, answer: BillDocuments },
 *   "/v1/billing/documents/{number}": { path: { "number": QueryValue }, query: {  }, answer: BillDocument },
 *   "/v1/billing/desk": { path: {  }, query: {  }, answer: DeskView },
 *   "/v1/slots/files": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: SlotFiles },
 *   "/v1/sharing/terms": { path: {  }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: SharingTermsView },
 *   "/v1/sharing/accounts/{address}/slots": { path: { "address": QueryValue }, query: { "from"?: QueryValue | readonly QueryValue[]; "to"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[] }, answer: AccountSlots },
 *   "/v1/sharing/schemes/{number}/days": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: FoldedDays },
 *   "/v1/sharing/schemes/{number}/sums": { path: { "number": QueryValue }, query: { "from"?: QueryValue | readonly QueryValue[]; "to"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[] }, answer: SchemeSums },
 *   "/v1/sharing/schemes/{number}/months": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: SettledMonths },
 *   "/v1/sharing/schemes/{number}/months/{month}": { path: { "number": QueryValue; "month": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: SettledMonthView },
 *   "/v1/sharing/schemes/{number}/claims": { path: { "number": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: OpenClaimsPage },
 *   "/v1/sharing/accounts/{address}/credits": { path: { "address": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: AccountCredits },
 *   "/v1/sharing/preview": { path: {  }, query: { "vote"?: QueryValue | readonly QueryValue[]; "action"?: QueryValue | readonly QueryValue[]; "first_day"?: QueryValue | readonly QueryValue[]; "last_day"?: QueryValue | readonly QueryValue[]; "retail"?: QueryValue | readonly QueryValue[]; "feed_in"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[] }, answer: SharingPreview },
 *   "/v1/sharing/schemes/{number}/rows": { path: { "number": QueryValue }, query: { "from"?: QueryValue | readonly QueryValue[]; "to"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[] }, answer: RowsBySlot },
 *   "/v1/sharing/schemes/{number}/rows/{slot}": { path: { "number": QueryValue; "slot": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: SlotRowsView },
 *   "/v1/sharing/schemes/{number}/slots": { path: { "number": QueryValue }, query: { "from"?: QueryValue | readonly QueryValue[]; "to"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: SlotRuns },
 *   "/v1/sharing/schemes/{number}/slots/{slot}": { path: { "number": QueryValue; "slot": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: SettledSlotView },
 *   "/v1/sharing/schemes/{number}/differences": { path: { "number": QueryValue }, query: { "from"?: QueryValue | readonly QueryValue[]; "to"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[] }, answer: Differences },
 *   "/v1/sharing/unsettled": { path: {  }, query: { "from_time"?: QueryValue | readonly QueryValue[]; "to_time"?: QueryValue | readonly QueryValue[]; "height"?: QueryValue | readonly QueryValue[] }, answer: Unsettled },
 *   "/v1/accounts/{address}/receipts": { path: { "address": QueryValue }, query: { "from"?: QueryValue | readonly QueryValue[]; "to"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[]; "cursor"?: QueryValue | readonly QueryValue[] }, answer: AccountReceipts },
 *   "/v1/accounts/{address}/series": { path: { "address": QueryValue }, query: { "from_time"?: QueryValue | readonly QueryValue[]; "to_time"?: QueryValue | readonly QueryValue[]; "step"?: QueryValue | readonly QueryValue[]; "zone"?: QueryValue | readonly QueryValue[] }, answer: SeriesView },
 *   "/v1/proofs/{table}/{key}": { path: { "table": QueryValue; "key": QueryValue }, query: { "height"?: QueryValue | readonly QueryValue[] }, answer: ProofAnswer },
 *   "/v1/light/state": { path: {  }, query: { "key"?: QueryValue | readonly QueryValue[] }, answer: StateProofs },
 *   "/v1/light/transactions/{height}/{index}": { path: { "height": QueryValue; "index": QueryValue }, query: { "id"?: QueryValue | readonly QueryValue[] }, answer: ItemProof },
 *   "/v1/light/decisions/{height}/{index}": { path: { "height": QueryValue; "index": QueryValue }, query: { "id"?: QueryValue | readonly QueryValue[] }, answer: DecisionProof },
 *   "/v1/light/receipts/{height}/{index}": { path: { "height": QueryValue; "index": QueryValue }, query: { "id"?: QueryValue | readonly QueryValue[] }, answer: ItemProof },
 *   "/v1/light/freshness": { path: {  }, query: {  }, answer: FreshHeadAnswer },
 *   "/v1/light/blocks/{height}": { path: { "height": QueryValue }, query: {  }, answer: LightBlockAnswer },
 *   "/v1/light/changes": { path: {  }, query: { "from"?: QueryValue | readonly QueryValue[]; "limit"?: QueryValue | readonly QueryValue[] }, answer: SetChanges },
 *   "/v1/peers": { path: {  }, query: {  }, answer: PeerViews },
 *   "/v1/snapshots": { path: {  }, query: {  }, answer: Snapshots },
 *   "/openapi.json": { path: {  }, query: {  }, answer: any },
 *   "/livez": { path: {  }, query: {  }, answer: Alive },
 *   "/readyz": { path: {  }, query: {  }, answer: Health },
 * }} Routes
 */

export {};
