export type QueryValue = string | number | bigint | boolean;
export type AccountAgents = {
    "height": number;
    "account": string;
    "agents": readonly (AgentView)[];
    "next": string | null;
};
export type AccountAttestations = {
    "height": number;
    "account": string;
    "attestations": readonly (AttestationView)[];
    "next": string | null;
};
export type AccountClaims = {
    "scheme": number;
    "point": number;
    "claims": readonly (ClaimView)[];
    "owed_mwh": number;
};
export type AccountCredits = {
    "height": number;
    "account": string;
    "months": readonly (MonthCredit)[];
    "claims": readonly (AccountClaims)[];
};
export type AccountDeals = {
    "height": number;
    "account": string;
    "deals": readonly (DealView)[];
    "next": string | null;
};
export type AccountOrigin = {
    "height": number;
    "account": string;
    "drawn": readonly (DrawnOriginView)[];
};
export type AccountReceipt = {
    "height": number;
    "index": number;
    "time_ms": number;
    "receipt": string;
};
export type AccountReceipts = {
    "height": number;
    "address": string;
    "time_ms": number;
    "receipts": readonly (AccountReceipt)[];
    "next": string | null;
};
export type AccountShares = {
    "height": number;
    "account": string;
    "months": readonly (MonthShare)[];
    "owes": readonly (OpenAmountView)[];
    "is_owed": readonly (OpenAmountView)[];
};
export type AccountSlot = {
    "scheme": number;
    "slot": number;
    "start_ms": number;
    "run": number;
    "version": number;
    "final": boolean;
    "points": readonly (PointShare)[];
};
export type AccountSlots = {
    "height": number;
    "account": string;
    "slot_ms": number;
    "slots": readonly (AccountSlot)[];
};
export type AccountSwaps = {
    "height": number;
    "account": string;
    "swaps": readonly (SwapView)[];
    "next": string | null;
};
export type AccountTogether = {
    "height": number;
    "account": string;
    "nickname": string;
    "since_ms": number;
    "seasons": readonly (StandingView)[];
};
export type AccountView = {
    "height": number;
    "address": string;
    "member": boolean;
    "roles": readonly (string)[];
    "nonce": number;
    "next_nonce": number;
    "open_sessions": number;
    "open_votes": number;
    "open_orders": number;
    "balances": readonly (Holding)[];
    "metered": Metered;
};
export type AccountWithdrawals = {
    "height": number;
    "address": string;
    "time_ms": number;
    "withdrawals": readonly (WithdrawalView)[];
};
export type Addresses = {
    "height": number;
    "addresses": readonly (string)[];
    "next": string | null;
};
export type AgentDayLimit = {
    "asset": number;
    "amount": Amount;
    "used": Amount;
};
export type AgentPrice = {
    "product": number;
    "side": string;
    "price": Amount;
};
export type AgentSweep = {
    "asset": number;
    "floor": Amount;
    "reference": string;
    "swept_today": boolean;
};
export type AgentView = {
    "number": number;
    "owner": string;
    "agent": string;
    "types": readonly (string)[];
    "day_limits": readonly (AgentDayLimit)[];
    "prices": readonly (AgentPrice)[];
    "sweeps": readonly (AgentSweep)[];
    "commission": number;
    "expires_ms": number;
    "over": boolean;
};
export type Alive = {
    "alive": boolean;
};
export type Amount = {
    "base": bigint;
    "tokens": string;
};
export type ApplicationAnswer = {
    "height": number;
    "application": ApplicationView;
};
export type ApplicationView = {
    "number": number;
    "account": string;
    "status": string;
    "referrer": string;
    "attestation_hash": string;
    "meters": readonly (WishedMeterView)[];
    "units": readonly (Record<string, any>)[];
    "voter": boolean;
    "asked_ms": number;
    "ends_ms": number;
};
export type AssetChange = {
    "asset": string;
    "symbol": string;
    "available": Amount;
    "total": Amount;
};
export type AssetView = {
    "number": number;
    "name": string;
    "symbol": string;
    "decimals": number;
    "code": string;
    "supply": string;
    "existing": Amount;
};
export type AssetsAnswer = {
    "height": number;
    "assets": readonly (AssetView)[];
    "fee_asset": string;
};
export type AttestationAnswer = {
    "height": number;
    "attestation": AttestationView;
};
export type AttestationView = {
    "number": number;
    "subject": string;
    "attester": string;
    "kind": string;
    "data_hash": string;
    "document_hash": string;
    "issued_ms": number;
    "expires_ms": number;
    "revoked_ms": number;
    "counts": boolean;
};
export type AttesterView = {
    "address": string;
    "role": string;
    "standing": string;
    "since": number;
};
export type Attesters = {
    "height": number;
    "attesters": readonly (AttesterView)[];
    "next": string | null;
};
export type BallotView = {
    "height": number;
    "resolution": number;
    "account": string;
    "option": number | null;
};
export type BandView = {
    "feed_in": Amount;
    "retail": Amount;
    "bound": boolean;
};
export type BankLineView = {
    "hash": string;
    "account": string;
    "asset": string;
    "symbol": string;
    "amount": Amount | null;
    "mark": number;
    "bill": number;
};
export type BankLines = {
    "height": number;
    "lines": readonly (BankLineView)[];
};
export type BatchAnswer = {
    "results": readonly (BatchItem)[];
};
export type BatchItem = {
    "id": string;
    "status": string;
    "height": number | null;
    "code": string;
    "explanation": string;
};
export type BillDocument = {
    "height": number;
    "listed_as": ListedBill;
    "document": string;
    "listed": string;
    "seller": SellerView | null;
    "reference": string;
    "epc": string;
    "swiss": string;
};
export type BillDocuments = {
    "height": number;
    "account": string;
    "cent": number;
    "documents": readonly (ListedBill)[];
};
export type BillFile = {
    "name": string;
    "media_type": string;
    "data": string;
};
export type BillRunView = {
    "number": number;
    "first": number;
    "count": number;
    "root": string;
    "from_ms": number;
    "to_ms": number;
    "block": number;
};
export type BillRuns = {
    "height": number;
    "runs": readonly (BillRunView)[];
    "next": string | null;
};
export type BillingView = {
    "height": number;
    "treasurers": readonly (string)[];
    "account": string;
    "prefix": string;
    "next_number": number;
    "billed_until_ms": number;
};
export type BlockView = {
    "header": HeaderView;
    "certificate": string;
    "transactions": readonly (string)[];
};
export type BlockViews = {
    "height": number;
    "blocks": readonly (HeaderView)[];
    "next": string | null;
};
export type BoardRowView = {
    "place": number;
    "nickname": string;
    "points": number;
};
export type BoardView = {
    "season": string;
    "rows": readonly (BoardRowView)[];
};
export type BookView = {
    "height": number;
    "product": number;
    "base": bigint;
    "quote": string;
    "bids": readonly (OrderView)[];
    "asks": readonly (OrderView)[];
    "last_price": Amount | null;
    "last_quantity": Amount | null;
    "trades": number;
};
export type CertificateAnswer = {
    "height": number;
    "certificate": CertificateView;
};
export type CertificateHoldingView = {
    "certificate": CertificateView;
    "energy_wh": number;
    "offered_wh": number;
    "price": Amount | null;
};
export type CertificateHoldings = {
    "height": number;
    "account": string;
    "holdings": readonly (CertificateHoldingView)[];
    "next": string | null;
};
export type CertificateOfferView = {
    "certificate": CertificateView;
    "owner": string;
    "energy_wh": number;
    "asset": number;
    "price": Amount;
    "cost": Amount;
};
export type CertificateOffers = {
    "height": number;
    "offers": readonly (CertificateOfferView)[];
    "next": string | null;
};
export type CertificateView = {
    "number": number;
    "kind": string;
    "unit": string;
    "account": string;
    "issuer": string;
    "source": string;
    "rated_w": number;
    "commissioned_ms": number;
    "first_ms": number;
    "end_ms": number;
    "baseline_wh": number;
    "measured_wh": number;
    "document": string;
    "issued_wh": number;
    "live_wh": number;
    "retired_wh": number;
    "expired_wh": number;
    "issued_ms": number;
    "expires_ms": number;
    "over": boolean;
};
export type CertificatesView = {
    "height": number;
    "asset": number;
    "lifetime_ms": number;
    "generators": number;
    "offers": number;
    "issued_wh": number;
    "retired_wh": number;
    "expired_wh": number;
};
export type Choice = {
    "voter": string;
    "choice": string;
};
export type ClaimView = {
    "until": string;
    "energy_mwh": number;
};
export type ClockView = {
    "clock_ms": number;
};
export type ClosedSeasonView = {
    "season": string;
    "closed_ms": number;
    "participants": number;
    "places": readonly (SeasonPlaceView)[];
};
export type ClosedVote = {
    "number": number;
    "action": Record<string, any>;
    "result": string;
    "code": string;
    "height": number;
    "time_ms": number;
    "opened_by": string;
    "choices": readonly (Choice)[];
};
export type ClosedVotes = {
    "height": number;
    "votes": readonly (ClosedVote)[];
    "next": string | null;
};
export type CurrencyReserves = {
    "asset": string;
    "symbol": string;
    "existing": Amount;
    "asked": Amount;
    "marked": Amount;
    "attestations": readonly (ReserveView)[];
};
export type DealAnswer = {
    "height": number;
    "deal": DealView;
};
export type DealView = {
    "number": number;
    "buyer": string;
    "seller": string;
    "arbiter": string;
    "asset": number;
    "amount": Amount;
    "fee": Amount;
    "terms_hash": string;
    "deadline_ms": number;
    "disputer": string;
    "evidence_hash": string;
    "over": boolean;
};
export type DebtorBill = {
    "bill": ListedBill;
    "member": string;
    "email": string;
    "due_day": string;
    "open_cents": number;
    "overdue_days": number;
    "reminded": number;
    "reminded_day": string;
    "next_level": number;
    "next_fee_cents": number;
};
export type Debtors = {
    "day": string;
    "open_cents": number;
    "bills": readonly (DebtorBill)[];
};
export type DecisionProof = {
    "height": number;
    "block": string;
    "transaction": string;
    "transaction_proof": string;
    "receipt": string;
    "receipt_proof": string;
};
export type DeskView = {
    "zone": string;
    "seller": string;
    "has_book": boolean;
    "next_number": number;
    "billed_until_day": string;
    "documents": number;
    "pending": number;
    "settled": number;
    "run": RunView | null;
};
export type DifferenceView = {
    "point": number;
    "account": string;
    "slot": number;
    "start_ms": number;
    "own_mwh": number;
    "operator_mwh": number;
};
export type Differences = {
    "height": number;
    "scheme": number;
    "differences": readonly (DifferenceView)[];
};
export type DiskView = {
    "free_bytes": number;
    "total_bytes": number;
    "store_bytes": number;
};
export type DraftView = {
    "number": number;
    "account": string;
    "member": string;
    "charges_cents": number;
    "credits_cents": number;
    "due_cents": number;
    "lines": number;
};
export type DrawnOriginView = {
    "month": string;
    "source": string;
    "renewable": boolean;
    "energy_wh": number;
};
export type EnergyView = {
    "height": number;
    "supply": Amount;
    "currency": string;
    "currency_supply": Amount;
    "network_wh": number;
    "backing": Amount;
    "difference": Amount;
    "presumed_wh": number;
    "gap": string;
    "rate": Amount;
    "minting_rate": Amount;
    "burning_rate": Amount;
    "kwh_to_balance_by_production": string | null;
    "kwh_to_balance_by_drawing": string | null;
};
export type EntryView = {
    "date": string;
    "cents": number;
    "currency": string;
    "text": string;
    "number": number;
    "name": string;
    "reason": string;
    "noted": boolean;
    "hash": string;
    "base": bigint;
};
export type EvidenceView = {
    "height": number;
    "evidence": readonly (OffenceView)[];
    "next": string | null;
};
export type FeedAnswer = {
    "height": number;
    "time_ms": number;
    "feed": FeedView;
};
export type FeedFigureView = {
    "base": bigint;
    "text": string;
};
export type FeedHistory = {
    "height": number;
    "feed": number;
    "unit": string;
    "from_ms": number;
    "to_ms": number;
    "steps": readonly (FeedStepView)[];
};
export type FeedStepView = {
    "from_ms": number;
    "value": FeedFigureView | null;
};
export type FeedView = {
    "number": number;
    "name": string;
    "counts": string;
    "asset": string | null;
    "unit": string;
    "decimals": number;
    "quorum": number;
    "liars": number;
    "oldest_age_ms": number;
    "least": FeedFigureView;
    "most": FeedFigureView;
    "value": FeedFigureView | null;
    "since_ms": number;
    "counting": number;
    "oldest_ms": number;
    "ended_ms": number;
    "reporters": readonly (ReporterView)[];
};
export type Feeds = {
    "height": number;
    "time_ms": number;
    "feeds": readonly (FeedView)[];
    "next": string | null;
};
export type FinalisingView = {
    "first": number;
    "count": number;
    "root": string;
    "from_ms": number;
    "to_ms": number;
};
export type FoldedDayView = {
    "day": string;
    "slots": number;
    "root": string;
};
export type FoldedDays = {
    "height": number;
    "scheme": number;
    "days": readonly (FoldedDayView)[];
    "next": string | null;
};
export type FreshHeadAnswer = {
    "height": number;
    "block": string;
    "fresh": string;
};
export type FundBookView = {
    "asset": string;
    "symbol": string;
    "available": Amount;
    "fees": Amount;
    "commission": Amount;
    "admissions": Amount;
    "gifts": Amount;
    "spent": Amount;
    "rewards": Amount;
    "grants": Amount;
    "prizes": Amount;
    "is_owed": Amount;
};
export type FundBudgetView = {
    "purpose": string;
    "asset": string;
    "symbol": string;
    "period": string;
    "amount": Amount;
    "spent": Amount;
};
export type FundSpendView = {
    "number": number;
    "vote": number;
    "recipient": string;
    "asset": string;
    "symbol": string;
    "amount": Amount;
    "purpose": string;
    "reference": string;
    "time_ms": number;
};
export type FundSpends = {
    "height": number;
    "spends": readonly (FundSpendView)[];
    "next": string | null;
};
export type FundTermsView = {
    "proposer": number;
    "committee": number;
    "fund": number;
    "commission": number;
    "asset": string;
    "symbol": string;
    "admission_fee": Amount;
    "referral_reward": Amount;
    "starter_grant": Amount;
};
export type FundView = {
    "height": number;
    "account": string;
    "fee_account": string;
    "voters_issue": boolean;
    "terms": FundTermsView;
    "books": readonly (FundBookView)[];
    "budgets": readonly (FundBudgetView)[];
};
export type GeneratorDayView = {
    "first_ms": number;
    "energy_wh": number;
    "certificate": number;
};
export type GeneratorDays = {
    "height": number;
    "unit": string;
    "account": string;
    "source": string;
    "metered_wh": number;
    "certified_wh": number;
    "corrected_wh": number;
    "forgotten_wh": number;
    "withheld_wh": number;
    "days": readonly (GeneratorDayView)[];
    "next": string | null;
};
export type GeneratorView = {
    "unit": string;
    "account": string;
    "described": boolean;
    "source": string;
    "rated_w": number;
    "commissioned_ms": number;
    "certifiable": boolean;
};
export type Generators = {
    "height": number;
    "generators": readonly (GeneratorView)[];
    "next": string | null;
};
export type GenesisAnswer = {
    "chain_id": string;
    "hash": string;
    "genesis": string;
};
export type GridAccount = {
    "height": number;
    "account": string;
    "moved": boolean;
    "points": readonly (PointTariffView)[];
    "months": readonly (GridMonth)[];
    "owes": Amount;
    "is_owed": Amount;
    "blocked": boolean;
};
export type GridDebtView = {
    "account": string;
    "amount": Amount;
    "blocked": boolean;
};
export type GridDebts = {
    "height": number;
    "debts": readonly (GridDebtView)[];
    "next": string | null;
};
export type GridLineView = {
    "kind": string;
    "name": string;
    "energy_mwh": number;
    "amount": Amount;
};
export type GridMonth = {
    "month": string;
    "lines": readonly (GridLineView)[];
    "total": Amount;
};
export type GridSumRow = {
    "rest": boolean;
    "zone": string;
    "tariff": number;
    "accounts": number;
    "lines": readonly (GridLineView)[];
    "total": Amount;
};
export type GridSums = {
    "height": number;
    "month": string;
    "least": number;
    "rows": readonly (GridSumRow)[];
};
export type GridView = {
    "height": number;
    "mode": string;
    "operator": string;
    "mark": Amount;
    "default_tariff": number;
    "band": BandView | null;
    "members_owe": Amount;
    "operator_owes": Amount;
};
export type GroupAmount = {
    "asset": number;
    "amount": Amount;
};
export type GroupAnswer = {
    "height": number;
    "group": GroupView;
};
export type GroupMemberView = {
    "account": string;
    "changes": readonly (ShareChangeView)[];
};
export type GroupMembers = {
    "height": number;
    "group": number;
    "members": readonly (GroupMemberView)[];
    "next": string | null;
};
export type GroupPreviewView = {
    "height": number;
    "group": number;
    "account": string;
    "first_slot": number;
    "end_slot": number;
    "weight": number;
    "all_weights": number;
    "divided": readonly (GroupAmount)[];
    "gets": readonly (GroupAmount)[];
};
export type GroupView = {
    "number": number;
    "account": string;
    "terms": Record<string, any>;
    "rights": readonly (string)[];
    "members": number;
    "opened_slot": number;
    "opened_ms": number;
    "from_slot": number;
    "distributions": number;
    "dividing": boolean;
    "balances": readonly (GroupAmount)[];
    "spent": Amount;
    "next_ms": number;
    "dissolved_slot": number;
};
export type Groups = {
    "height": number;
    "groups": readonly (GroupView)[];
    "next": string | null;
};
export type HeaderView = {
    "hash": string;
    "format": number;
    "version": number;
    "chain_id": string;
    "height": number;
    "parent": string;
    "time_ms": number;
    "proposer": string;
    "transactions_root": string;
    "receipts_root": string;
    "state_root": string;
    "validators_hash": string;
    "next_validators_hash": string;
    "parameters_hash": string;
    "next_due_ms": number;
    "commits_hash": string;
    "known_version": number;
};
export type Health = {
    "ready": boolean;
    "checks": Record<string, string>;
};
export type Holding = {
    "asset": string;
    "symbol": string;
    "available": Amount;
    "total": Amount;
};
export type HourView = {
    "first_slot": number;
    "slots": number;
    "injected_mwh": number;
    "taken_mwh": number;
    "shared_mwh": number;
};
export type ImportedFileView = {
    "file": string;
    "custodian": string;
    "issued_ms": number;
    "parts": number;
    "kept_until_ms": number;
};
export type IssuedBill = {
    "height": number;
    "number": number;
    "name": string;
    "run": BillRunView | null;
    "original": number;
    "document": string;
    "block": number;
    "paid_on_chain": Amount;
    "paid_by_bank": Amount;
};
export type ItemProof = {
    "height": number;
    "item": string;
    "proof": string;
};
export type JoiningAnswer = {
    "height": number;
    "admitted_by": string;
    "demanded": string;
    "lifetime_ms": number;
    "open": number;
    "room": number;
    "room_this_hour": number;
    "time_ms": number;
};
export type LightBlockAnswer = {
    "height": number;
    "block": string;
};
export type ListedBill = {
    "number": number;
    "name": string;
    "corrects": number;
    "corrected_by": number;
    "account": string;
    "first_day": string;
    "last_day": string;
    "issued_day": string;
    "due_days": number;
    "charges_cents": number;
    "credits_cents": number;
    "due_cents": number;
    "hash": string;
    "replaces": readonly (number)[];
    "paid_on_chain": Amount;
    "paid_by_bank": Amount;
    "paid_before": Amount;
};
export type ListedMeter = {
    "key": string;
    "unit": string | null;
    "account": string | null;
    "kind": string;
    "time_ms": number;
    "sent_ms": number;
    "quarantined": boolean;
};
export type MemberGroup = {
    "group": number;
    "name": string;
    "account": string;
    "changes": readonly (ShareChangeView)[];
};
export type MemberGroups = {
    "height": number;
    "account": string;
    "groups": readonly (MemberGroup)[];
};
export type MemberView = {
    "point": number;
    "account": string;
    "direction": string;
    "keys": readonly (number)[];
    "factor": number;
};
export type MembershipApplications = {
    "height": number;
    "applications": readonly (ApplicationView)[];
    "next": string | null;
};
export type MemoKeyAnswer = {
    "height": number;
    "account": string;
    "key": string | null;
    "since": number | null;
    "longest": number;
};
export type MeterView = {
    "height": number;
    "key": string;
    "unit": string | null;
    "account": string | null;
    "kind": string;
    "max_power_w": number;
    "rollover": number;
    "scale": number;
    "factor": number;
    "step_wh": string;
    "obis": string;
    "profile": string;
    "serial": string;
    "sequence": number;
    "raw_register": number;
    "register_wh": number;
    "time_ms": number;
    "boot": number;
    "sent_ms": number;
    "quarantined": QuarantinedJump | null;
};
export type Metered = {
    "produced_wh": number;
    "exported_wh": number;
    "consumed_wh": number;
    "imported_wh": number;
};
export type Meters = {
    "height": number;
    "meters": readonly (ListedMeter)[];
    "next": string | null;
};
export type MonthCredit = {
    "scheme": number;
    "month": string;
    "credited_mwh": number;
    "claims_mwh": number;
    "expired_mwh": number;
    "expired_cost": Amount;
    "expired_revenue": Amount;
};
export type MonthRunView = {
    "month": string;
    "from_ms": number;
    "run": number;
    "version": number;
    "missing": number;
    "substituted": number;
    "final": boolean;
    "injected_mwh": number;
    "taken_mwh": number;
    "delivered_mwh": number;
    "carried_mwh": number;
    "shared_mwh": number;
    "claims_mwh": number;
    "expired_mwh": number;
    "late_mwh": number;
    "paid": Amount;
    "fees": Amount;
    "expired_amount": Amount;
    "inputs_root": string;
    "rows_root": string;
};
export type MonthShare = {
    "scheme": number;
    "month": string;
    "bought_mwh": number;
    "sold_mwh": number;
    "cost": Amount;
    "revenue": Amount;
    "fee": Amount;
};
export type MonthShareRow = {
    "point": number;
    "account": string;
    "direction": string;
    "keys": readonly (number)[];
    "open_slots": number;
    "missing": number;
    "substituted": number;
    "energy_mwh": number;
    "part_mwh": number;
    "claims_before": readonly (ClaimView)[];
    "owed_before_mwh": number;
    "shared_mwh": number;
    "amount": Amount;
    "fee": Amount;
    "claimed_mwh": number;
    "claims_left": readonly (ClaimView)[];
    "owed_left_mwh": number;
    "expired_mwh": number;
    "expired_amount": Amount;
    "row": string;
    "row_proof": string;
    "input": string;
    "input_proof": string;
};
export type Movement = {
    "height": number;
    "index": number;
    "time_ms": number;
    "transaction_id": string;
    "code": string;
    "events": readonly (Record<string, any>)[];
    "changes": readonly (AssetChange)[];
};
export type NonceAnswer = {
    "nonce": string;
    "genesis_hash": string;
    "expires_s": number;
};
export type OffenceView = {
    "validator": string;
    "kind": string;
    "height": number;
    "round": number;
    "removed": boolean;
    "punished": number;
    "transaction_id": string;
};
export type OpenAmountView = {
    "scheme": number;
    "amount": Amount;
};
export type OpenClaimsPage = {
    "height": number;
    "scheme": number;
    "open_mwh": number;
    "points": readonly (PointClaims)[];
    "next": string | null;
};
export type OptionView = {
    "option": number;
    "text": string;
    "ballots": number;
};
export type OrderAnswer = {
    "height": number;
    "order": OrderView;
};
export type OrderView = {
    "product": number;
    "base": bigint;
    "quote": string;
    "number": number;
    "owner": string;
    "side": string;
    "kind": string;
    "price": Amount;
    "quantity": Amount;
    "expires_ms": number;
};
export type Orders = {
    "height": number;
    "orders": readonly (OrderView)[];
    "next": string | null;
};
export type OriginLotView = {
    "number": number;
    "source": string;
    "renewable": boolean;
    "first_day": string;
    "last_day": string;
    "energy_wh": number;
    "certified": boolean | null;
};
export type OwnApplication = {
    "height": number;
    "account": string;
    "application": ApplicationView | null;
};
export type ParameterView = {
    "name": string;
    "value": number;
    "text": string;
    "default": string;
    "minimum": string;
    "maximum": string;
    "unit": string;
    "meaning": string;
    "choices": readonly (string)[];
};
export type Parameters = {
    "height": number;
    "parameters": readonly (ParameterView)[];
};
export type PaymentFile = {
    "file": BillFile;
    "orders": number;
    "total": Amount;
    "without": readonly (string)[];
};
export type PeerView = {
    "name": string;
    "node": string;
    "validator": string;
    "addresses": readonly (string)[];
    "connected_s": number | null;
    "inbound": boolean;
    "bytes_in": number;
    "bytes_out": number;
    "points": number;
    "banned": boolean;
};
export type PeerViews = {
    "connected": number;
    "listening": number;
    "peers": readonly (PeerView)[];
};
export type PlannedUpgrade = {
    "height": number;
    "version": number;
    "module": string;
    "release": string;
    "ready_power": number;
    "total_power": number;
    "enough": boolean;
    "known_here": boolean;
};
export type PointAnswer = {
    "height": number;
    "point": PointView;
};
export type PointClaims = {
    "point": number;
    "account": string;
    "claims": readonly (ClaimView)[];
    "owed_mwh": number;
};
export type PointShare = {
    "point": number;
    "direction": string;
    "state": string;
    "source": string;
    "energy_mwh": number;
    "counted_mwh": number;
    "shared_mwh": number;
    "amount": Amount;
    "fee": Amount;
};
export type PointSlots = {
    "height": number;
    "point": number;
    "source": string;
    "slots": readonly (SlotView)[];
    "next_ms": number | null;
};
export type PointTariffView = {
    "point": number;
    "direction": string;
    "zone": string;
    "tariff": number;
    "next_tariff": number;
    "next_slot": number;
};
export type PointView = {
    "number": number;
    "owner": string;
    "direction": string;
    "zone": string;
    "commissioned_ms": number;
    "id_hash": string;
    "own_meter": boolean;
    "from_slot": number;
    "from_ms": number;
    "until_slot": number;
    "until_ms": number | null;
};
export type Points = {
    "height": number;
    "points": readonly (PointView)[];
    "next": string | null;
};
export type PoolView = {
    "transactions": number;
    "bytes": number;
};
export type PreviewedChange = {
    "point": number;
    "account": string;
    "direction": string;
    "before": PreviewedPoint;
    "after": PreviewedPoint;
    "gain": Amount;
};
export type PreviewedPoint = {
    "energy_mwh": number;
    "shared_mwh": number;
    "amount": Amount;
    "fee": Amount;
    "rest_amount": Amount;
    "balance": Amount;
};
export type PreviewedSums = {
    "shared_mwh": number;
    "paid": Amount;
    "fees": Amount;
};
export type PriorityAccountView = {
    "account": string;
    "since": number;
};
export type PriorityAccounts = {
    "height": number;
    "accounts": readonly (PriorityAccountView)[];
};
export type PrizeView = {
    "asset": string;
    "symbol": string;
    "amount": Amount;
};
export type Problem = {
    "type": string;
    "title": string;
    "status": number;
    "detail": string;
    "code": string;
    "advice": string;
    "first_height"?: number | null;
};
export type ProductView = {
    "number": number;
    "base": bigint;
    "quote": string;
    "mechanism": string;
};
export type Products = {
    "height": number;
    "products": readonly (ProductView)[];
};
export type ProofAnswer = {
    "height": number;
    "table": string;
    "key": string;
    "value": string | null;
    "state_root": string;
    "proof": string;
};
export type QuarantinedJump = {
    "raw_jump": number;
    "jump_wh": number;
    "raw_register": number;
    "since_ms": number;
    "time_ms": number;
};
export type ReceiptView = {
    "height": number;
    "index": number;
    "transaction_id": string;
    "code": string;
    "explanation": string;
    "fee": Amount;
    "weight": number;
    "events": readonly (Record<string, any>)[];
};
export type ReceivedBill = {
    "listed_as": ListedBill;
    "receipts": number;
    "opening": string;
};
export type ReporterView = {
    "account": string;
    "value": FeedFigureView | null;
    "time_ms": number;
    "received_ms": number;
    "document": string;
    "counts": boolean;
};
export type ReserveView = {
    "attester": string;
    "attester_kind": string;
    "amount": Amount;
    "time_ms": number;
    "taken_ms": number;
    "document": string;
    "existing_then": Amount;
    "coverage_ppm": number | null;
    "difference": Amount;
    "standing": string;
};
export type Reserves = {
    "height": number;
    "time_ms": number;
    "currencies": readonly (CurrencyReserves)[];
};
export type ResolutionAnswer = {
    "height": number;
    "resolution": ResolutionView;
};
export type ResolutionView = {
    "number": number;
    "title": string;
    "text_hash": string;
    "opened_by": string;
    "opened_ms": number;
    "deadline_ms": number;
    "majority": string;
    "quorum": number;
    "options": readonly (OptionView)[];
    "abstentions": number;
    "outcome": string;
    "decided": number;
};
export type Resolutions = {
    "height": number;
    "resolutions": readonly (ResolutionView)[];
    "next": string | null;
};
export type RetirementView = {
    "number": number;
    "certificate": CertificateView;
    "owner": string;
    "beneficiary": string;
    "energy_wh": number;
    "purpose": string;
    "from_ms": number;
    "until_ms": number;
    "retired_ms": number;
};
export type Retirements = {
    "height": number;
    "account": string;
    "retirements": readonly (RetirementView)[];
    "next": string | null;
};
export type RowOfSlot = {
    "producer": number;
    "producer_account": string;
    "consumer": number;
    "consumer_account": string;
    "share": number;
};
export type RowsBySlot = {
    "height": number;
    "scheme": number;
    "slot_ms": number;
    "slots": readonly (RowsOfSlot)[];
};
export type RowsOfSlot = {
    "slot": number;
    "start_ms": number;
    "state": string;
    "rows": number;
    "file": string;
    "issued_ms": number;
    "root": string;
    "too_late": boolean;
};
export type RunProblemView = {
    "code": string;
    "account": string;
    "member": string;
    "text": string;
};
export type RunView = {
    "period": string;
    "is_final": boolean;
    "done": number;
    "count": number;
    "over": boolean;
    "error": string;
    "error_text": string;
    "first_day": string;
    "last_day": string;
    "drafts": readonly (DraftView)[];
    "problems": readonly (RunProblemView)[];
    "problem_count": number;
    "finalising": FinalisingView | null;
};
export type SchemeMembers = {
    "height": number;
    "scheme": number;
    "version": number;
    "members": readonly (MemberView)[];
    "next": string | null;
};
export type SchemeSums = {
    "height": number;
    "scheme": number;
    "slot_ms": number;
    "slots": readonly (SlotSums)[];
};
export type SchemeVersions = {
    "height": number;
    "slot_ms": number;
    "versions": readonly (SchemeView)[];
};
export type SchemeView = {
    "scheme": number;
    "version": number;
    "from_slot": number;
    "from_ms": number;
    "points": number;
    "terms": Record<string, any>;
};
export type Schemes = {
    "height": number;
    "slot_ms": number;
    "schemes": readonly (SchemeView)[];
};
export type SeasonPlaceView = {
    "place": number;
    "nickname": string;
    "points": number;
    "symbol": string;
    "amount": Amount;
};
export type SellerView = {
    "name": string;
    "street": string;
    "postcode": string;
    "city": string;
    "country": string;
    "vat_id": string;
    "iban": string;
    "bic": string;
};
export type SeriesSlot = {
    "start_ms": number;
    "end_ms": number;
    "drawn_wh": number | null;
    "imported_wh": number | null;
    "stored_wh": number | null;
    "exported_wh": number | null;
    "missing": boolean;
    "since_ms": number | null;
    "reported": boolean;
};
export type SeriesView = {
    "height": number;
    "address": string;
    "step": string;
    "zone": string;
    "slots": readonly (SeriesSlot)[];
    "next": number | null;
};
export type SessionView = {
    "number": number;
    "consumer": string;
    "unit": string;
    "locked": Amount;
    "energy_wh": number;
    "rate": Amount;
    "gap": string;
    "opened_ms": number;
    "deadline_ms": number;
    "returns_ms": number;
    "overdraft": Amount;
    "reservation": Amount;
    "state": string;
    "ended_ms": number;
    "reason": string;
    "waits_for": string;
    "lost_wh": number;
    "has_priority": boolean;
};
export type Sessions = {
    "height": number;
    "sessions": readonly (SessionView)[];
    "next": string | null;
};
export type SetChanges = {
    "height": number;
    "changes": readonly (number)[];
};
export type SettledMonthView = {
    "height": number;
    "scheme": number;
    "month": MonthRunView;
    "terms": Record<string, any>;
    "points": number;
    "rows": readonly (MonthShareRow)[];
    "next": string | null;
};
export type SettledMonths = {
    "height": number;
    "scheme": number;
    "next_month": string;
    "months": readonly (MonthRunView)[];
    "next": string | null;
};
export type SettledSlotView = {
    "height": number;
    "scheme": number;
    "run": SlotRunView;
    "folded": boolean;
    "hour": HourView | null;
    "terms": Record<string, any>;
    "injected_mwh": number;
    "taken_mwh": number;
    "shared_mwh": number;
    "paid": Amount;
    "fees": Amount;
    "points": number;
    "rows": readonly (ShareRow)[];
    "next": string | null;
};
export type ShareChangeView = {
    "from_slot": number;
    "from_ms": number;
    "share": number;
    "key": number;
    "points": readonly (number)[];
};
export type ShareRow = {
    "point": number;
    "account": string;
    "direction": string;
    "state": string;
    "source": string;
    "keys": readonly (number)[];
    "energy_mwh": number;
    "counted_mwh": number;
    "shared_mwh": number;
    "amount": Amount;
    "fee": Amount;
    "hour_counted_mwh": number;
    "hour_shared_mwh": number;
    "row": string;
    "row_proof": string;
    "input": string;
    "input_proof": string;
    "zones": readonly (ZonePart)[];
    "sides": readonly (SideShare)[];
    "point_rows": string;
    "point_rows_proof": string;
};
export type SharingPreview = {
    "height": number;
    "vote": number;
    "scheme": number;
    "first_day": string;
    "last_day": string;
    "next_day": string | null;
    "slots": number;
    "missing_slots": number;
    "retail": Amount;
    "feed_in": Amount;
    "prices_from": string;
    "before": PreviewedSums;
    "after": PreviewedSums;
    "points": readonly (PreviewedChange)[];
};
export type SharingTermsView = {
    "height": number;
    "asset": string;
    "symbol": string;
    "decimals": number;
    "managers": readonly (string)[];
};
export type SideShare = {
    "other": number;
    "share": number;
};
export type SlotFiles = {
    "height": number;
    "files": readonly (ImportedFileView)[];
    "next": string | null;
};
export type SlotRowsView = {
    "height": number;
    "scheme": number;
    "slot": RowsOfSlot;
    "shares": readonly (RowOfSlot)[];
    "next": string | null;
};
export type SlotRunView = {
    "slot": number;
    "start_ms": number;
    "run": number;
    "version": number;
    "substituted": number;
    "slot_rows": string;
    "final": boolean;
    "inputs_root": string;
    "rows_root": string;
};
export type SlotRuns = {
    "height": number;
    "scheme": number;
    "runs": readonly (SlotRunView)[];
    "next": string | null;
};
export type SlotSums = {
    "slot": number;
    "start_ms": number;
    "run": number;
    "final": boolean;
    "substituted": number;
    "injected_mwh": number;
    "taken_mwh": number;
    "shared_mwh": number;
    "paid": Amount;
    "fees": Amount;
};
export type SlotView = {
    "slot": number;
    "start_ms": number;
    "end_ms": number;
    "energy_mwh": number | null;
    "state": string;
    "correction": number;
    "method": string;
    "quality": number;
    "file": string;
    "issued_ms": number;
};
export type SlotsView = {
    "height": number;
    "slot_ms": number;
    "slot": number;
    "zone": string;
    "offset_minutes": number;
    "known_until_ms": number;
    "custodians": readonly (string)[];
    "registrars": readonly (string)[];
};
export type SnapshotView = {
    "height": number;
    "block_hash": string;
    "state_root": string;
    "chunks": number;
    "entries": number;
    "bytes": number;
};
export type Snapshots = {
    "height": number;
    "snapshots": readonly (SnapshotView)[];
};
export type SponsorshipView = {
    "candidate": string;
    "asset": string;
    "symbol": string;
    "most": Amount;
};
export type Sponsorships = {
    "height": number;
    "account": string;
    "sponsorships": readonly (SponsorshipView)[];
    "next": string | null;
};
export type StandingView = {
    "season": string;
    "used_mwh": number;
    "given_mwh": number;
    "days": number;
    "ballots": number;
    "points": Record<string, number>;
    "total": number;
    "place": number;
};
export type StateProofs = {
    "height": number;
    "block": string;
    "proofs": readonly (string)[];
};
export type StatementEntries = {
    "entries": readonly (EntryView)[];
};
export type StatementView = {
    "height": number;
    "address": string;
    "movements": readonly (Movement)[];
    "next": string | null;
};
export type StatusView = {
    "height": number;
    "chain_id": string;
    "genesis_hash": string;
    "block_hash": string;
    "state_root": string;
    "time_ms": number;
    "version": string;
    "protocol_version": number;
    "known_version": number;
    "modules": readonly (string)[];
    "upgrade": PlannedUpgrade | null;
    "mode": string;
    "validator": string;
    "signing": boolean;
    "safe_mode": string;
    "safe_mode_ends_at": number | null;
    "round": number;
    "behind": number;
    "validators": number;
    "validators_connected": number;
    "peers": number;
    "pool": PoolView;
    "disk": DiskView;
    "simulated_clock": boolean;
    "clock_ms": number;
    "clock_ahead_ms": number | null;
    "clock_peers": number;
    "clock_limit_ms": number;
};
export type SwapAnswer = {
    "height": number;
    "swap": SwapView;
};
export type SwapView = {
    "number": number;
    "owner": string;
    "taker": string;
    "asset": number;
    "give": Amount;
    "left": Amount;
    "want_asset": number;
    "want": Amount;
    "lot": Amount;
    "lot_price": Amount;
    "expires_ms": number;
    "over": boolean;
};
export type Swaps = {
    "height": number;
    "swaps": readonly (SwapView)[];
    "next": string | null;
};
export type SweepReference = {
    "agent": string;
    "asset": number;
    "reference": string;
};
export type SweepReferences = {
    "height": number;
    "account": string;
    "references": readonly (SweepReference)[];
};
export type TariffVersions = {
    "height": number;
    "versions": readonly (TariffView)[];
};
export type TariffView = {
    "tariff": number;
    "version": number;
    "from_slot": number;
    "from_ms": number;
    "terms": Record<string, any>;
};
export type Tariffs = {
    "height": number;
    "default_tariff": number;
    "tariffs": readonly (TariffView)[];
};
export type TicketAnswer = {
    "ticket": string;
    "expires_s": number;
};
export type TogetherTermsView = {
    "used": number;
    "given": number;
    "on_time": number;
    "ballots": number;
    "most": number;
    "on_time_ms": number;
    "grace_days": number;
    "prizes": readonly (PrizeView)[];
};
export type TogetherView = {
    "height": number;
    "season": string;
    "terms": TogetherTermsView;
    "next_terms": TogetherTermsView | null;
    "since": string;
    "participants": number;
    "boards": readonly (BoardView)[];
    "closed": readonly (ClosedSeasonView)[];
};
export type TokenAnswer = {
    "token": string;
    "address": string;
    "expires_s": number;
};
export type TradeView = {
    "height": number;
    "time_ms": number;
    "product": number;
    "base": bigint;
    "quote": string;
    "buy": number;
    "sell": number;
    "buyer": string;
    "seller": string;
    "price": Amount;
    "quantity": Amount;
    "payment": Amount;
};
export type Trades = {
    "height": number;
    "trades": readonly (TradeView)[];
    "next": string | null;
};
export type TransactionAnswer = {
    "id": string;
    "status": string;
    "height": number | null;
    "index": number | null;
    "code": string;
    "explanation": string;
    "receipt": ReceiptView | null;
    "transaction": TransactionView | null;
};
export type TransactionView = {
    "type": string;
    "sender": string;
    "nonce": number;
    "valid_until_height": number;
    "fee": Amount;
    "payload": Record<string, any>;
    "bytes": number;
};
export type UnitAnswer = {
    "height": number;
    "unit": UnitView;
};
export type UnitOriginAnswer = {
    "height": number;
    "unit": string;
    "taken": string;
    "renewable_wh": number;
    "other_wh": number;
    "unknown_wh": number;
    "reserved_wh": number;
    "lots": readonly (OriginLotView)[];
};
export type UnitView = {
    "address": string;
    "owner": string;
    "status": string;
    "capacity_wh": number;
    "max_power_w": number;
    "available_wh": number;
    "locked_wh": number;
    "sequence": number;
    "shortfall_wh": number;
    "quarantined_wh": number;
    "technology": string;
    "nominal_wh": number;
    "max_discharge_w": number;
    "efficiency": string;
    "standing_wh": number;
    "reserve_wh": number;
    "expected_loss_wh": number;
    "lost_wh": number;
    "loss_limit_wh": number;
    "losing": boolean;
    "level_ms": number;
};
export type Units = {
    "height": number;
    "units": readonly (UnitView)[];
    "next": string | null;
};
export type Unsettled = {
    "height": number;
    "spans": readonly (UnsettledSpan)[];
    "more": boolean;
};
export type UnsettledSpan = {
    "scheme": number;
    "first_slot": number;
    "slots": number;
    "start_ms": number;
    "end_ms": number;
    "cut_off_ms": number;
    "rows_missing": boolean;
    "missing": number;
    "points": readonly (WaitedPoint)[];
};
export type ValidatorDeeds = {
    "address": string;
    "name": string;
    "signed": number;
    "proposed": number;
    "turns": number;
    "missed": number;
};
export type ValidatorRecord = {
    "height": number;
    "blocks": number;
    "validators": readonly (ValidatorDeeds)[];
};
export type ValidatorView = {
    "address": string;
    "key": string;
    "power": number;
    "account": string;
    "name": string;
    "muted_until_ms": number;
};
export type Validators = {
    "height": number;
    "validators": readonly (ValidatorView)[];
    "hash": string;
};
export type VoteView = {
    "number": number;
    "action": Record<string, any>;
    "action_bytes": string;
    "opened_by": string;
    "expires_ms": number;
    "yes": readonly (string)[];
    "needed": number;
};
export type Votes = {
    "height": number;
    "votes": readonly (VoteView)[];
    "voters": number;
};
export type WaitedPoint = {
    "point": number;
    "account": string;
};
export type WishedMeterView = {
    "meter": string;
    "unit": string;
    "kind": string;
    "max_power_w": number;
    "opening_wh": number;
    "opening_ms": number;
};
export type WithdrawalMarkView = {
    "number": number;
    "amount": Amount;
    "marked_ms": number;
    "lapses_ms": number;
    "lapsed": boolean;
};
export type WithdrawalView = {
    "holder": string;
    "asset": string;
    "symbol": string;
    "amount": Amount;
    "waiting": Amount;
    "marked": Amount;
    "marks": readonly (WithdrawalMarkView)[];
};
export type Withdrawals = {
    "height": number;
    "time_ms": number;
    "withdrawals": readonly (WithdrawalView)[];
    "next": string | null;
};
export type ZonePart = {
    "zone": string;
    "energy_mwh": number;
    "pair": string | null;
    "rate": Amount | null;
    "fee": Amount | null;
};
export type Routes = {
    "/v1/status": {
        path: {};
        query: {};
        answer: StatusView;
    };
    "/v1/genesis": {
        path: {};
        query: {};
        answer: GenesisAnswer;
    };
    "/v1/blocks": {
        path: {};
        query: {
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: BlockViews;
    };
    "/v1/blocks/{block}": {
        path: {
            "block": QueryValue;
        };
        query: {};
        answer: BlockView;
    };
    "/v1/headers": {
        path: {};
        query: {
            "from"?: QueryValue | readonly QueryValue[];
            "to"?: QueryValue | readonly QueryValue[];
        };
        answer: BlockViews;
    };
    "/v1/transactions/{id}": {
        path: {
            "id": QueryValue;
        };
        query: {};
        answer: TransactionAnswer;
    };
    "/v1/receipts/{id}": {
        path: {
            "id": QueryValue;
        };
        query: {};
        answer: ReceiptView;
    };
    "/v1/assets": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: AssetsAnswer;
    };
    "/v1/accounts/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountView;
    };
    "/v1/accounts/{address}/statement": {
        path: {
            "address": QueryValue;
        };
        query: {
            "from"?: QueryValue | readonly QueryValue[];
            "to"?: QueryValue | readonly QueryValue[];
            "from_time"?: QueryValue | readonly QueryValue[];
            "to_time"?: QueryValue | readonly QueryValue[];
            "order"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: StatementView;
    };
    "/v1/votes": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: Votes;
    };
    "/v1/votes/closed": {
        path: {};
        query: {
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: ClosedVotes;
    };
    "/v1/voters": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Addresses;
    };
    "/v1/members": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Addresses;
    };
    "/v1/parameters": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: Parameters;
    };
    "/v1/meters": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Meters;
    };
    "/v1/meters/{key}": {
        path: {
            "key": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: MeterView;
    };
    "/v1/validators": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: Validators;
    };
    "/v1/validators/record": {
        path: {};
        query: {
            "blocks"?: QueryValue | readonly QueryValue[];
        };
        answer: ValidatorRecord;
    };
    "/v1/evidence": {
        path: {};
        query: {
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: EvidenceView;
    };
    "/v1/energy": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: EnergyView;
    };
    "/v1/priority": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: PriorityAccounts;
    };
    "/v1/units": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Units;
    };
    "/v1/units/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: UnitAnswer;
    };
    "/v1/sessions": {
        path: {};
        query: {
            "consumer"?: QueryValue | readonly QueryValue[];
            "unit"?: QueryValue | readonly QueryValue[];
            "state"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Sessions;
    };
    "/v1/slots": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: SlotsView;
    };
    "/v1/points": {
        path: {};
        query: {
            "owner"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Points;
    };
    "/v1/points/{number}": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: PointAnswer;
    };
    "/v1/points/{number}/slots": {
        path: {
            "number": QueryValue;
        };
        query: {
            "from_time"?: QueryValue | readonly QueryValue[];
            "to_time"?: QueryValue | readonly QueryValue[];
            "source"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: PointSlots;
    };
    "/v1/sharing/schemes": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: Schemes;
    };
    "/v1/sharing/schemes/{number}": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: SchemeVersions;
    };
    "/v1/sharing/schemes/{number}/members": {
        path: {
            "number": QueryValue;
        };
        query: {
            "slot"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: SchemeMembers;
    };
    "/v1/sharing/accounts/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountShares;
    };
    "/v1/feeds": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Feeds;
    };
    "/v1/feeds/{number}": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: FeedAnswer;
    };
    "/v1/feeds/{number}/history": {
        path: {
            "number": QueryValue;
        };
        query: {
            "from"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: FeedHistory;
    };
    "/v1/grid": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: GridView;
    };
    "/v1/grid/tariffs": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: Tariffs;
    };
    "/v1/grid/tariffs/{number}": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: TariffVersions;
    };
    "/v1/grid/accounts/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: GridAccount;
    };
    "/v1/grid/debts": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: GridDebts;
    };
    "/v1/grid/sums": {
        path: {};
        query: {
            "back"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: GridSums;
    };
    "/v1/billing": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: BillingView;
    };
    "/v1/billing/runs": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: BillRuns;
    };
    "/v1/billing/bills/{number}": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: IssuedBill;
    };
    "/v1/groups": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Groups;
    };
    "/v1/groups/{number}": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: GroupAnswer;
    };
    "/v1/groups/{number}/members": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: GroupMembers;
    };
    "/v1/groups/{number}/preview/{address}": {
        path: {
            "number": QueryValue;
            "address": QueryValue;
        };
        query: {
            "amount"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: GroupPreviewView;
    };
    "/v1/groups/accounts/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: MemberGroups;
    };
    "/v1/resolutions": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Resolutions;
    };
    "/v1/resolutions/{number}": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: ResolutionAnswer;
    };
    "/v1/resolutions/{number}/ballots/{address}": {
        path: {
            "number": QueryValue;
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: BallotView;
    };
    "/v1/deals/{number}": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: DealAnswer;
    };
    "/v1/deals/accounts/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountDeals;
    };
    "/v1/swaps": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Swaps;
    };
    "/v1/swaps/{number}": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: SwapAnswer;
    };
    "/v1/swaps/accounts/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountSwaps;
    };
    "/v1/swaps/named/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountSwaps;
    };
    "/v1/agents/accounts/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountAgents;
    };
    "/v1/agents/owners/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountAgents;
    };
    "/v1/agents/references/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: SweepReferences;
    };
    "/v1/fund": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: FundView;
    };
    "/v1/fund/spends": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: FundSpends;
    };
    "/v1/fund/sponsors/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Sponsorships;
    };
    "/v1/attesters": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Attesters;
    };
    "/v1/attestations/{number}": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: AttestationAnswer;
    };
    "/v1/attestations/subjects/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountAttestations;
    };
    "/v1/attestations/attesters/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountAttestations;
    };
    "/v1/joining": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: JoiningAnswer;
    };
    "/v1/applications": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: MembershipApplications;
    };
    "/v1/applications/{number}": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: ApplicationAnswer;
    };
    "/v1/applications/accounts/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: OwnApplication;
    };
    "/v1/generators": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Generators;
    };
    "/v1/generators/{address}/days": {
        path: {
            "address": QueryValue;
        };
        query: {
            "unit"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: GeneratorDays;
    };
    "/v1/certificates": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: CertificatesView;
    };
    "/v1/certificates/offers": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: CertificateOffers;
    };
    "/v1/certificates/{number}": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: CertificateAnswer;
    };
    "/v1/certificates/accounts/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: CertificateHoldings;
    };
    "/v1/certificates/retirements/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Retirements;
    };
    "/v1/units/{address}/origin": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: UnitOriginAnswer;
    };
    "/v1/accounts/{address}/origin": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountOrigin;
    };
    "/v1/memos/keys/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: MemoKeyAnswer;
    };
    "/v1/together": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: TogetherView;
    };
    "/v1/together/accounts/{address}": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountTogether;
    };
    "/v1/market/book": {
        path: {};
        query: {
            "product"?: QueryValue | readonly QueryValue[];
            "depth"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: BookView;
    };
    "/v1/market/orders": {
        path: {};
        query: {
            "product"?: QueryValue | readonly QueryValue[];
            "owner"?: QueryValue | readonly QueryValue[];
            "include"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Orders;
    };
    "/v1/market/orders/{number}": {
        path: {
            "number": QueryValue;
        };
        query: {
            "product"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: OrderAnswer;
    };
    "/v1/market/products": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: Products;
    };
    "/v1/market/trades": {
        path: {};
        query: {
            "product"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Trades;
    };
    "/v1/withdrawals": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: Withdrawals;
    };
    "/v1/accounts/{address}/withdrawals": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountWithdrawals;
    };
    "/v1/bank/lines": {
        path: {};
        query: {
            "hashes"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: BankLines;
    };
    "/v1/bank/reserves": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: Reserves;
    };
    "/v1/billing/documents": {
        path: {};
        query: {
            "account"?: QueryValue | readonly QueryValue[];
        };
        answer: BillDocuments;
    };
    "/v1/billing/documents/{number}": {
        path: {
            "number": QueryValue;
        };
        query: {};
        answer: BillDocument;
    };
    "/v1/billing/desk": {
        path: {};
        query: {};
        answer: DeskView;
    };
    "/v1/slots/files": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: SlotFiles;
    };
    "/v1/sharing/terms": {
        path: {};
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: SharingTermsView;
    };
    "/v1/sharing/accounts/{address}/slots": {
        path: {
            "address": QueryValue;
        };
        query: {
            "from"?: QueryValue | readonly QueryValue[];
            "to"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountSlots;
    };
    "/v1/sharing/schemes/{number}/days": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: FoldedDays;
    };
    "/v1/sharing/schemes/{number}/sums": {
        path: {
            "number": QueryValue;
        };
        query: {
            "from"?: QueryValue | readonly QueryValue[];
            "to"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: SchemeSums;
    };
    "/v1/sharing/schemes/{number}/months": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: SettledMonths;
    };
    "/v1/sharing/schemes/{number}/months/{month}": {
        path: {
            "number": QueryValue;
            "month": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: SettledMonthView;
    };
    "/v1/sharing/schemes/{number}/claims": {
        path: {
            "number": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: OpenClaimsPage;
    };
    "/v1/sharing/accounts/{address}/credits": {
        path: {
            "address": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountCredits;
    };
    "/v1/sharing/preview": {
        path: {};
        query: {
            "vote"?: QueryValue | readonly QueryValue[];
            "action"?: QueryValue | readonly QueryValue[];
            "first_day"?: QueryValue | readonly QueryValue[];
            "last_day"?: QueryValue | readonly QueryValue[];
            "retail"?: QueryValue | readonly QueryValue[];
            "feed_in"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: SharingPreview;
    };
    "/v1/sharing/schemes/{number}/rows": {
        path: {
            "number": QueryValue;
        };
        query: {
            "from"?: QueryValue | readonly QueryValue[];
            "to"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: RowsBySlot;
    };
    "/v1/sharing/schemes/{number}/rows/{slot}": {
        path: {
            "number": QueryValue;
            "slot": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: SlotRowsView;
    };
    "/v1/sharing/schemes/{number}/slots": {
        path: {
            "number": QueryValue;
        };
        query: {
            "from"?: QueryValue | readonly QueryValue[];
            "to"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: SlotRuns;
    };
    "/v1/sharing/schemes/{number}/slots/{slot}": {
        path: {
            "number": QueryValue;
            "slot": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: SettledSlotView;
    };
    "/v1/sharing/schemes/{number}/differences": {
        path: {
            "number": QueryValue;
        };
        query: {
            "from"?: QueryValue | readonly QueryValue[];
            "to"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: Differences;
    };
    "/v1/sharing/unsettled": {
        path: {};
        query: {
            "from_time"?: QueryValue | readonly QueryValue[];
            "to_time"?: QueryValue | readonly QueryValue[];
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: Unsettled;
    };
    "/v1/accounts/{address}/receipts": {
        path: {
            "address": QueryValue;
        };
        query: {
            "from"?: QueryValue | readonly QueryValue[];
            "to"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
            "cursor"?: QueryValue | readonly QueryValue[];
        };
        answer: AccountReceipts;
    };
    "/v1/accounts/{address}/series": {
        path: {
            "address": QueryValue;
        };
        query: {
            "from_time"?: QueryValue | readonly QueryValue[];
            "to_time"?: QueryValue | readonly QueryValue[];
            "step"?: QueryValue | readonly QueryValue[];
            "zone"?: QueryValue | readonly QueryValue[];
        };
        answer: SeriesView;
    };
    "/v1/proofs/{table}/{key}": {
        path: {
            "table": QueryValue;
            "key": QueryValue;
        };
        query: {
            "height"?: QueryValue | readonly QueryValue[];
        };
        answer: ProofAnswer;
    };
    "/v1/light/state": {
        path: {};
        query: {
            "key"?: QueryValue | readonly QueryValue[];
        };
        answer: StateProofs;
    };
    "/v1/light/transactions/{height}/{index}": {
        path: {
            "height": QueryValue;
            "index": QueryValue;
        };
        query: {
            "id"?: QueryValue | readonly QueryValue[];
        };
        answer: ItemProof;
    };
    "/v1/light/decisions/{height}/{index}": {
        path: {
            "height": QueryValue;
            "index": QueryValue;
        };
        query: {
            "id"?: QueryValue | readonly QueryValue[];
        };
        answer: DecisionProof;
    };
    "/v1/light/receipts/{height}/{index}": {
        path: {
            "height": QueryValue;
            "index": QueryValue;
        };
        query: {
            "id"?: QueryValue | readonly QueryValue[];
        };
        answer: ItemProof;
    };
    "/v1/light/freshness": {
        path: {};
        query: {};
        answer: FreshHeadAnswer;
    };
    "/v1/light/blocks/{height}": {
        path: {
            "height": QueryValue;
        };
        query: {};
        answer: LightBlockAnswer;
    };
    "/v1/light/changes": {
        path: {};
        query: {
            "from"?: QueryValue | readonly QueryValue[];
            "limit"?: QueryValue | readonly QueryValue[];
        };
        answer: SetChanges;
    };
    "/v1/peers": {
        path: {};
        query: {};
        answer: PeerViews;
    };
    "/v1/snapshots": {
        path: {};
        query: {};
        answer: Snapshots;
    };
    "/openapi.json": {
        path: {};
        query: {};
        answer: any;
    };
    "/livez": {
        path: {};
        query: {};
        answer: Alive;
    };
    "/readyz": {
        path: {};
        query: {};
        answer: Health;
    };
};
