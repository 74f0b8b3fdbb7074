"""The shapes of a node's answers, as `nodechain.client` gives them; made from the interface's models, never by hand.

Written by `python -m tests.support.make_client_answers`. An answer is a dict whose fields and types were checked.
"""

from __future__ import annotations

from typing import Annotated, Any, TypedDict

import msgspec

Int = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""No number of the ledger leaves 64 bits."""


class Amount(TypedDict):
    """An amount, price or rate: exact base units, and whole tokens as text."""

    base: Int
    tokens: str


class At(TypedDict):
    """Every answer names the height at which it holds."""

    height: Int


class Pool(TypedDict):
    """Waiting transactions."""

    transactions: Int
    bytes: Int


class Status(At):
    """What this node is and how far it is."""

    chain_id: str
    genesis_hash: str
    block_hash: str
    state_root: str
    time_ms: Int
    version: str
    mode: str
    validator: str
    signing: bool
    safe_mode: str
    safe_mode_ends_at: Int | None
    round: Int
    behind: Int
    validators: Int
    validators_connected: Int
    peers: Int
    pool: Pool
    simulated_clock: bool
    clock_ms: Int
    clock_ahead_ms: Int | None
    clock_peers: Int
    clock_limit_ms: Int


class Holding(TypedDict):
    """One asset of an account: available, and locked by purpose."""

    asset: str
    available: Amount
    session: Amount
    waiting: Amount
    reservation: Amount
    order: Amount
    withdrawal: Amount
    total: Amount


class Metered(TypedDict):
    """An account's metered energy since genesis, in Wh."""

    produced_wh: Int
    exported_wh: Int
    consumed_wh: Int
    imported_wh: Int


class AccountView(At):
    """An account: balances, roles, and the nonce that its next transaction must carry."""

    address: str
    member: bool
    roles: list[str]
    nonce: Int
    next_nonce: Int
    open_sessions: Int
    open_votes: Int
    open_orders: Int
    balances: list[Holding]
    metered: Metered


class Energy(At):
    """Supply, backing and imbalance of the energy token; rates in ENT per kWh.

    `minting_rate` is what producing costs now, `burning_rate` what drawing costs, negative where it is relieved.
    `kwh_to_balance_*`: after how much of that alone the gap is closed; null where it never is.
    """

    supply: Amount
    currency_supply: Amount
    network_wh: Int
    backing: Amount
    difference: Amount
    gap: str
    rate: Amount
    minting_rate: Amount
    burning_rate: Amount
    kwh_to_balance_by_production: str | None
    kwh_to_balance_by_drawing: str | None


class UnitView(TypedDict):
    """A storage unit; capacity and maximum power 0: not registered; of its terms, 0 where nothing is stated.

    `efficiency` is a share as text, `standing_wh` the Wh that it loses by standing in a day.
    `lost_wh`: lost beyond its terms within the window, suspended past `loss_limit_wh` (0: no limit); `losing`: past a
    quarter of it. `shortfall_wh`: what of that no gain has undone. `expected_loss_wh`: within its terms since its last
    gain.
    """

    address: str
    owner: str
    status: str
    capacity_wh: Int
    max_power_w: Int
    available_wh: Int
    locked_wh: Int
    sequence: Int
    shortfall_wh: Int
    quarantined_wh: Int
    technology: str
    nominal_wh: Int
    max_discharge_w: Int
    efficiency: str
    standing_wh: Int
    reserve_wh: Int
    expected_loss_wh: Int
    lost_wh: Int
    loss_limit_wh: Int
    losing: bool
    level_ms: Int


class Units(At):
    """Storage units, a page."""

    units: list[UnitView]
    next: str | None


class UnitAnswer(At):
    """One storage unit."""

    unit: UnitView


class SessionView(TypedDict):
    """A consumption session. `returns_ms`: when the rest of the lock goes back at the latest.

    `state` is open or waiting; one that waits has ended at `ended_ms` for `reason`, and waits for what `waits_for`
    says: the meter's next `reading`, or a `report` of the unit. `lost_wh` of its energy the unit holds no longer.
    """

    number: Int
    consumer: str
    unit: str
    locked: Amount
    energy_wh: Int
    rate: Amount
    gap: str
    opened_ms: Int
    deadline_ms: Int
    returns_ms: Int
    overdraft: Amount
    reservation: Amount
    state: str
    ended_ms: Int
    reason: str
    waits_for: str
    lost_wh: Int


class Sessions(At):
    """Open sessions, or those that wait, a page."""

    sessions: list[SessionView]
    next: str | None


class OrderView(TypedDict):
    """An open order."""

    number: Int
    owner: str
    side: str
    kind: str
    price: Amount
    quantity: Amount
    expires_ms: Int


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
    trades: Int


class Trade(TypedDict):
    """A trade and the block it stands in."""

    height: Int
    time_ms: Int
    buy: Int
    sell: Int
    buyer: str
    seller: str
    price: Amount
    quantity: Amount
    payment: Amount


class Trades(At):
    """The latest trades, newest first, a page."""

    trades: list[Trade]
    next: str | None


class VoteView(TypedDict):
    """An open vote."""

    number: Int
    action: dict[str, Any]
    action_bytes: str
    opened_by: str
    expires_ms: Int
    yes: list[str]
    needed: Int


class Votes(At):
    """Open votes."""

    votes: list[VoteView]
    voters: Int


class Addresses(At):
    """Accounts with a role, a page."""

    addresses: list[str]
    next: str | None


class ParameterView(TypedDict):
    """A parameter: value as stored and as typed, bounds and meaning."""

    name: str
    value: Int
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


class ValidatorView(TypedDict):
    """A validator."""

    address: str
    key: str
    power: Int
    account: str
    name: str


class Validators(At):
    """The set that decides the next height."""

    validators: list[ValidatorView]
    hash: str


class HeaderView(TypedDict):
    """A block's header with its hash."""

    hash: str
    version: Int
    chain_id: str
    height: Int
    parent: str
    time_ms: Int
    proposer: str
    transactions_root: str
    receipts_root: str
    state_root: str
    validators_hash: str
    next_validators_hash: str
    parameters_hash: str


class BlockView(TypedDict):
    """A block: header, certificate in canonical bytes, ids of its transactions."""

    header: HeaderView
    certificate: str
    transactions: list[str]


class Blocks(At):
    """Headers, newest first, a page."""

    blocks: list[HeaderView]
    next: str | None


class ReceiptView(TypedDict):
    """What became of a transaction; `code` is empty when it was applied."""

    height: Int
    index: Int
    transaction_id: str
    code: str
    explanation: str
    fee: Amount
    weight: Int
    events: list[dict[str, Any]]


class TransactionView(TypedDict):
    """A transaction as it was signed."""

    type: str
    sender: str
    nonce: Int
    valid_until_height: Int
    fee: Amount
    payload: dict[str, Any]
    bytes: Int


class TransactionAnswer(TypedDict):
    """What is known of a transaction. `status`: decided, waiting or dropped; its place only when it is decided."""

    id: str
    status: str
    height: Int | None
    index: Int | None
    code: str
    explanation: str
    receipt: ReceiptView | None
    transaction: TransactionView | None


class BatchItem(TypedDict):
    """One of a batch: its id and what became of it, or why it was not taken in."""

    id: str
    status: str
    height: Int | None
    code: str
    explanation: str


class BatchAnswer(TypedDict):
    """The items of a batch in their order."""

    results: list[BatchItem]


class Movement(TypedDict):
    """One receipt that concerns an account."""

    height: Int
    index: Int
    time_ms: Int
    transaction_id: str
    code: str
    events: list[dict[str, Any]]


class Statement(At):
    """An account's movements, oldest first, a page."""

    address: str
    movements: list[Movement]
    next: str | None


class QuarantinedJump(TypedDict):
    """A step of a register that waits for a vote: how high, what the register shows, and between which times."""

    raw_jump: Int
    jump_wh: Int
    raw_register: Int
    since_ms: Int
    time_ms: Int


class MeterView(At):
    """What the chain knows of a meter key; unit and account are null while it is not bound.

    Energy is in Wh, and raw (steps of the register, `step_wh` each) where the name says so; `serial` and `profile` are
    hashes.
    """

    key: str
    unit: str | None
    account: str | None
    kind: str
    max_power_w: Int
    rollover: Int
    scale: Int
    factor: Int
    step_wh: str
    obis: str
    profile: str
    serial: str
    sequence: Int
    raw_register: Int
    register_wh: Int
    time_ms: Int
    boot: Int
    sent_ms: Int
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

    changes: list[Int]


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


class SnapshotView(TypedDict):
    """A snapshot that a joining node can take over; `bytes` of all its chunks."""

    height: Int
    block_hash: str
    state_root: str
    chunks: Int
    entries: Int
    bytes: Int


class Snapshots(At):
    """The snapshots of this node, the newest first; `height` is the head's."""

    snapshots: list[SnapshotView]


class GenesisAnswer(TypedDict):
    """The chain's genesis in canonical bytes."""

    chain_id: str
    hash: str
    genesis: str


class PeerView(TypedDict):
    """A peer that may connect. `connected_s` is null while it does not; `node`: its certificate's fingerprint."""

    name: str
    node: str
    validator: str
    addresses: list[str]
    connected_s: Int | None
    inbound: bool
    bytes_in: Int
    bytes_out: Int
    points: Int
    banned: bool


class Peers(TypedDict):
    """Who may connect, and who is connected."""

    connected: Int
    listening: Int
    peers: list[PeerView]


class Offence(TypedDict):
    """A validator signed two votes of a kind in one round; `removed`: the evidence cost it its place in the set."""

    validator: str
    kind: str
    height: Int
    round: Int
    removed: bool
    punished: Int
    transaction_id: str


class Evidence(At):
    """Punished equivocations, by the height they were committed at; the state forgets them after 100,000 heights."""

    evidence: list[Offence]
    next: str | None


class Clock(TypedDict):
    """The clock of a simulated chain."""

    clock_ms: Int


class Health(TypedDict):
    """Whether the node is well, check by check."""

    ready: bool
    checks: dict[str, str]
