"""What a bill says: the document whose canonical JSON is hashed. Its schema is published in `docs/bill.schema.json`.

No person stands in it: the account's address is all that says whose it is. Amounts are in base units of their asset,
energies in Wh, both as decimal digits; what moved out of the account is negative.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from nodechain.billing.canonical import Digits

FORMAT: Final = "nodechain/bill/1"
REMINDER: Final = "reminder"
"""The name of dues that are fees of reminders; no due of the settings has it."""
Hex32 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
HexOrNone = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?\Z")]
Whole = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Cents = Annotated[int, msgspec.Meta(ge=-(2**53 - 1), le=2**53 - 1)]


class BillPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the parts of a bill."""


class Period(BillPart, frozen=True):
    """From `from_ms` to before `to_ms`: whole days from `first_day` to `last_day` in `zone`."""

    from_ms: Whole
    to_ms: Whole
    zone: str
    first_day: str
    last_day: str


class PreviousBill(BillPart, frozen=True):
    """The account's bill of the period before, whose end is this one's beginning."""

    number: Whole
    hash: Hex32


class LineSource(BillPart, frozen=True):
    """Where the chain says it: receipt `index` of the block at `height` (0: the block's own, without a transaction)."""

    height: Whole
    index: Whole
    transaction: HexOrNone
    amount: Digits


class BillLine(BillPart, frozen=True):
    """What events of one kind moved of one asset, at one price where they have one.

    `section`: under which heading; `kind`: the events'. `quantity`: base units of `quantity_asset` that were traded for
    it; `energy_wh`: what was metered with it. `price`: base units for a whole token of what was traded.
    """

    section: str
    kind: str
    asset: str
    amount: Digits
    quantity_asset: str
    quantity: Digits
    energy_wh: Digits
    price: Digits
    sources: tuple[LineSource, ...]


class EnergyLine(BillPart, frozen=True):
    """Metered energy of the period; `sources` have Wh as amounts."""

    measure: str
    energy_wh: Digits
    sources: tuple[LineSource, ...]


class GridUseLine(BillPart, frozen=True):
    """What came from the grid or went into it in the period, differences of earlier slots included: energy in mWh.

    `kind`: retail, grid_fee, levy, shared_levy (on what was shared) or feed_in; `name`: a levy's, or a pair of zones'.
    `amount`: what the account pays, below 0 gets, whatever of it moved yet; where `external`, a supplier bills it and
    nothing moves.
    """

    kind: str
    name: str
    asset: str
    external: bool
    energy_mwh: Digits
    amount: Digits
    sources: tuple[LineSource, ...]


class SharedLine(BillPart, frozen=True):
    """What a scheme gave the account of the period, corrections of earlier runs in it included: energy in mWh, amounts
    in base units of `asset`.

    `by_period`: the scheme moves nothing; the bill asks for cost and fee, and brings the revenue. `sources`: what the
    account pays, below 0 is paid, by receipt.

    Of a scheme by the month there is a line for each `month` (`2026-11`; else empty): of `carried_mwh`, the claims at
    its begin, and `credited_mwh`, the parts of the month, `bought_mwh` were taken, `expired_mwh` expired, and
    `claims_mwh` is by how much the claims rose or fell; `expired_cost` is paid for what expired, `expired_revenue`
    received.
    """

    scheme: Whole
    by_period: bool
    asset: str
    month: str
    bought_mwh: Digits
    sold_mwh: Digits
    carried_mwh: Digits
    credited_mwh: Digits
    claims_mwh: Digits
    expired_mwh: Digits
    cost: Digits
    fee: Digits
    revenue: Digits
    expired_cost: Digits
    expired_revenue: Digits
    sources: tuple[LineSource, ...]


class Held(BillPart, frozen=True):
    """Base units in one place: available, or locked for a purpose."""

    place: str
    amount: Digits


class AssetAccount(BillPart, frozen=True):
    """An asset's opening and closing balance, place by place; the lines of the asset are the difference."""

    asset: str
    symbol: str
    decimals: Whole
    opening: tuple[Held, ...]
    change: Digits
    closing: tuple[Held, ...]


class Due(BillPart, frozen=True):
    """What the community asks for beside what moved on the chain: `cents` each, `count` times."""

    name: str
    text: str
    cents: Cents
    count: Whole


class TaxRule(BillPart, frozen=True):
    """How lines of `section` ("*": any) on a `side` are taxed: `category` S, Z, E, AE or O, `rate` in 1/100 per cent.

    Amounts hold the tax; under AE the receiver owes it. `reason`: what the document must say.
    """

    section: str
    side: str
    category: str
    rate: Annotated[int, msgspec.Meta(ge=0, le=9999)]
    reason: str


class ReminderRule(BillPart, frozen=True):
    """A level of reminders: sent `days` after the day on which the bill was due at the earliest; for `cents`, which the
    account's next bill asks for."""

    days: Whole
    cents: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class BillTerms(BillPart, frozen=True):
    """What the community billed by: `profile` is the kind of tax payer that the account is; `reminders` by level."""

    seller: str
    profile: str
    language: str
    self_billing: bool
    due_days: Whole
    taxes: tuple[TaxRule, ...]
    dues: tuple[Due, ...]
    reminders: tuple[ReminderRule, ...] = ()


class TaxLine(BillPart, frozen=True):
    """One (category, rate) of a side: gross = net + tax, in cents."""

    category: str
    rate: Whole
    net_cents: Cents
    tax_cents: Cents
    gross_cents: Cents
    reason: str


class BillSide(BillPart, frozen=True):
    """What the account pays (`charges`) or is paid (`credits`): positive amounts.

    `base`: of all lines; `carried_in` from the bill before; both rounded once to `cents`; the rest is `carried_out`,
    a line of the next bill. Of `cents`, `settled_cents` moved on the chain; the others are to be paid.
    """

    base: Digits
    carried_in: Digits
    cents: Cents
    carried_out: Digits
    settled_cents: Cents
    taxes: tuple[TaxLine, ...]


class Bill(BillPart, frozen=True):
    """A bill; `number` 0: a preview. `corrects`: the number of the bill whose place it takes, or 0.

    `issued_day`: in the period's zone, at most a day from the block that made it final; empty on a preview.
    `last_height`: of the block of the last receipt that moved, shared or charged something; 0 where none did.
    `due_cents`: what the account has to pay, `payout_cents` what it is to be paid.
    """

    format: str
    chain_id: str
    genesis_hash: Hex32
    number: Whole
    name: str
    corrects: Whole
    issued_day: str
    account: str
    period: Period
    last_height: Whole
    previous: PreviousBill | None
    currency: str
    assets: tuple[AssetAccount, ...]
    energy: tuple[EnergyLine, ...]
    shared: tuple[SharedLine, ...]
    grid: tuple[GridUseLine, ...]
    lines: tuple[BillLine, ...]
    charges: BillSide
    credits: BillSide
    due_cents: Cents
    payout_cents: Cents
    terms: BillTerms
