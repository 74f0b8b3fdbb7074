"""The shapes of the interface's answers (pydantic): what OpenAPI describes and a test holds real answers to."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """Base: what is not described is not sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Amount(Model):
    """An amount, price or rate: exact base units, and whole tokens as text."""

    base: int
    tokens: str


class At(Model):
    """Every answer names the height at which it holds."""

    height: int


class Pool(Model):
    """Waiting transactions."""

    transactions: int
    bytes: int


class Status(At):
    """What this node is and how far it is."""

    chain_id: str
    genesis_hash: str
    block_hash: str
    state_root: str
    time_ms: int
    version: str
    mode: str
    validator: str
    signing: bool
    safe_mode: str
    safe_mode_ends_at: int | None
    round: int
    behind: int
    validators: int
    validators_connected: int
    peers: int
    pool: Pool
    simulated_clock: bool
    clock_ms: int
    clock_ahead_ms: int | None
    clock_peers: int
    clock_limit_ms: int


class Holding(Model):
    """One asset of an account: available, and locked by purpose."""

    asset: str
    available: Amount
    session: Amount
    waiting: Amount
    reservation: Amount
    order: Amount
    withdrawal: Amount
    total: Amount


class Metered(Model):
    """An account's metered energy since genesis, in Wh."""

    produced_wh: int
    exported_wh: int
    consumed_wh: int
    imported_wh: int


class AccountView(At):
    """An account: balances, roles, and the nonce that its next transaction must carry."""

    address: str
    member: bool
    roles: list[str]
    nonce: int
    next_nonce: int
    open_sessions: int
    open_votes: int
    open_orders: int
    balances: list[Holding]
    metered: Metered


class Energy(At):
    """Supply, backing and imbalance of the energy token; rates in ENT per kWh.

    `minting_rate` is what producing costs now, `burning_rate` what drawing costs, negative where it is relieved.
    `kwh_to_balance_*`: after how much of that alone the gap is closed; null where it never is.
    """

    supply: Amount
    currency_supply: Amount
    network_wh: int
    backing: Amount
    difference: Amount
    gap: str
    rate: Amount
    minting_rate: Amount
    burning_rate: Amount
    kwh_to_balance_by_production: str | None
    kwh_to_balance_by_drawing: str | None


class UnitView(Model):
    """A storage unit; capacity and maximum power 0: not registered; of its terms, 0 where nothing is stated.

    `efficiency` is a share as text, `standing_wh` the Wh that it loses by standing in a day.
    `lost_wh`: lost beyond its terms within the window, suspended past `loss_limit_wh` (0: no limit); `losing`: past a
    quarter of it. `shortfall_wh`: what of that no gain has undone. `expected_loss_wh`: within its terms since its last
    gain.
    """

    address: str
    owner: str
    status: str
    capacity_wh: int
    max_power_w: int
    available_wh: int
    locked_wh: int
    sequence: int
    shortfall_wh: int
    quarantined_wh: int
    technology: str
    nominal_wh: int
    max_discharge_w: int
    efficiency: str
    standing_wh: int
    reserve_wh: int
    expected_loss_wh: int
    lost_wh: int
    loss_limit_wh: int
    losing: bool
    level_ms: int


class Units(At):
    """Storage units, a page."""

    units: list[UnitView]
    next: str | None


class UnitAnswer(At):
    """One storage unit."""

    unit: UnitView


class SessionView(Model):
    """A consumption session. `returns_ms`: when the rest of the lock goes back at the latest.

    `state` is open or waiting; one that waits has ended at `ended_ms` for `reason`, and waits for what `waits_for`
    says: the meter's next `reading`, or a `report` of the unit. `lost_wh` of its energy the unit holds no longer.
    """

    number: int
    consumer: str
    unit: str
    locked: Amount
    energy_wh: int
    rate: Amount
    gap: str
    opened_ms: int
    deadline_ms: int
    returns_ms: int
    overdraft: Amount
    reservation: Amount
    state: str
    ended_ms: int
    reason: str
    waits_for: str
    lost_wh: int


class Sessions(At):
    """Open sessions, or those that wait, a page."""

    sessions: list[SessionView]
    next: str | None


class OrderView(Model):
    """An open order."""

    number: int
    owner: str
    side: str
    kind: str
    price: Amount
    quantity: Amount
    expires_ms: int


class Orders(At):
    """Open orders, a page."""

    orders: list[OrderView]
    next: str | None


class OrderAnswer(At):
    """One open order."""

    order: OrderView


class Book(At):
    """The order book's best orders of both sides, best first, and the latest trade."""

    bids: list[OrderView]
    asks: list[OrderView]
    last_price: Amount | None
    last_quantity: Amount | None
    trades: int


class Trade(Model):
    """A trade and the block it stands in."""

    height: int
    time_ms: int
    buy: int
    sell: int
    buyer: str
    seller: str
    price: Amount
    quantity: Amount
    payment: Amount


class Trades(At):
    """The latest trades, newest first, a page."""

    trades: list[Trade]
    next: str | None


class VoteView(Model):
    """An open vote."""

    number: int
    action: dict[str, Any]
    action_bytes: str
    opened_by: str
    expires_ms: int
    yes: list[str]
    needed: int


class Votes(At):
    """Open votes."""

    votes: list[VoteView]
    voters: int


class Addresses(At):
    """Accounts with a role, a page."""

    addresses: list[str]
    next: str | None


class ParameterView(Model):
    """A parameter: value as stored and as typed, bounds and meaning."""

    name: str
    value: int
    text: str
    default: str
    minimum: str
    maximum: str
    unit: str
    meaning: str
    choices: list[str]


class Parameters(At):
    """All parameters in force."""

    parameters: list[ParameterView]


class ValidatorView(Model):
    """A validator."""

    address: str
    key: str
    power: int
    account: str
    name: str


class Validators(At):
    """The set that decides the next height."""

    validators: list[ValidatorView]
    hash: str


class HeaderView(Model):
    """A block's header with its hash."""

    hash: str
    version: int
    chain_id: str
    height: int
    parent: str
    time_ms: int
    proposer: str
    transactions_root: str
    receipts_root: str
    state_root: str
    validators_hash: str
    next_validators_hash: str
    parameters_hash: str


class BlockView(Model):
    """A block: header, certificate in canonical bytes, ids of its transactions."""

    header: HeaderView
    certificate: str
    transactions: list[str]


class Blocks(At):
    """Headers, newest first, a page."""

    blocks: list[HeaderView]
    next: str | None


class ReceiptView(Model):
    """What became of a transaction; `code` is empty when it was applied."""

    height: int
    index: int
    transaction_id: str
    code: str
    explanation: str
    fee: Amount
    weight: int
    events: list[dict[str, Any]]


class TransactionView(Model):
    """A transaction as it was signed."""

    type: str
    sender: str
    nonce: int
    valid_until_height: int
    fee: Amount
    payload: dict[str, Any]
    bytes: int


class TransactionAnswer(Model):
    """What is known of a transaction. `status`: decided, waiting or dropped; its place only when it is decided."""

    id: str
    status: str
    height: int | None
    index: int | None
    code: str
    explanation: str
    receipt: ReceiptView | None
    transaction: TransactionView | None


class BatchItem(Model):
    """One of a batch: its id and what became of it, or why it was not taken in."""

    id: str
    status: str
    height: int | None
    code: str
    explanation: str


class BatchAnswer(Model):
    """The items of a batch in their order."""

    results: list[BatchItem]


class Movement(Model):
    """One receipt that concerns an account."""

    height: int
    index: int
    time_ms: int
    transaction_id: str
    code: str
    events: list[dict[str, Any]]


class Statement(At):
    """An account's movements, oldest first, a page."""

    address: str
    movements: list[Movement]
    next: str | None


class QuarantinedJump(Model):
    """A step of a register that waits for a vote: how high, what the register shows, and between which times."""

    raw_jump: int
    jump_wh: int
    raw_register: int
    since_ms: int
    time_ms: int


class MeterView(At):
    """What the chain knows of a meter key; unit and account are null while it is not bound.

    Energy is in Wh, and raw (steps of the register, `step_wh` each) where the name says so; `serial` and `profile` are
    hashes.
    """

    key: str
    unit: str | None
    account: str | None
    kind: str
    max_power_w: int
    rollover: int
    scale: int
    factor: int
    step_wh: str
    obis: str
    profile: str
    serial: str
    sequence: int
    raw_register: int
    register_wh: int
    time_ms: int
    boot: int
    sent_ms: int
    quarantined: QuarantinedJump | None


class ProofAnswer(At):
    """A proof of presence or absence of a state entry, in canonical bytes, against the header of `height`."""

    table: str
    key: str
    value: str | None
    state_root: str
    proof: str


class LightBlockAnswer(At):
    """A header with certificate and validators in canonical bytes (docs/proofs.md); `height` is the head's."""

    block: str


class SetChanges(At):
    """Heights whose block hands over to another set of validators, rising; `height` is the head's."""

    changes: list[int]


class StateProofs(At):
    """Proofs of state entries after `height`, in the order of the keys, and its header; all in canonical bytes."""

    block: str
    proofs: list[str]


class ItemProof(At):
    """A transaction or receipt of the block of `height`, and the proof that it stands there; in canonical bytes."""

    item: str
    proof: str


class DecisionProof(At):
    """A decided transaction of the block of `height`, its receipt, the header, and the proofs; in canonical bytes."""

    block: str
    transaction: str
    transaction_proof: str
    receipt: str
    receipt_proof: str


class SnapshotView(Model):
    """A snapshot that a joining node can take over; `bytes` of all its chunks."""

    height: int
    block_hash: str
    state_root: str
    chunks: int
    entries: int
    bytes: int


class Snapshots(At):
    """The snapshots of this node, the newest first; `height` is the head's."""

    snapshots: list[SnapshotView]


class GenesisAnswer(Model):
    """The chain's genesis in canonical bytes."""

    chain_id: str
    hash: str
    genesis: str


class PeerView(Model):
    """A peer that may connect. `connected_s` is null while it does not; `node`: its certificate's fingerprint."""

    name: str
    node: str
    validator: str
    addresses: list[str]
    connected_s: int | None
    inbound: bool
    bytes_in: int
    bytes_out: int
    points: int
    banned: bool


class Peers(Model):
    """Who may connect, and who is connected."""

    connected: int
    listening: int
    peers: list[PeerView]


class Offence(Model):
    """A validator signed two votes of a kind in one round; `removed`: the evidence cost it its place in the set."""

    validator: str
    kind: str
    height: int
    round: int
    removed: bool
    punished: int
    transaction_id: str


class Evidence(At):
    """Punished equivocations, by the height they were committed at; the state forgets them after 100,000 heights."""

    evidence: list[Offence]
    next: str | None


class Clock(Model):
    """The clock of a simulated chain."""

    clock_ms: int


class Health(Model):
    """Whether the node is well, check by check."""

    ready: bool
    checks: dict[str, str]


class Problem(Model):
    """Problem details (RFC 9457) with a stable code and advice."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    advice: str
    first_height: int | None = Field(default=None, description="with before_snapshot: the first block that is here")
