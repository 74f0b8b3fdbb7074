"""Reads of the ledger's state for the interface: a snapshot in, models out; no request in sight."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Final, TypeVar

from ledger.bank.balances import balance, locked, supply
from ledger.bank.schema import BANKER, Asset
from ledger.chain.context import Context
from ledger.chain.counters import counted
from ledger.chain.nonces import account
from ledger.chain.parameter_text import format_parameter
from ledger.chain.schema import PARAMETERS
from ledger.chain.validator_set import load_validators
from ledger.encoding.amounts import format_share
from ledger.encoding.obis import format_obis
from ledger.energy.imbalance import BASE_PER_WH, burning_cost_rate, difference, gap_of, imbalance, minting_cost_rate
from ledger.energy.losses import is_losing, loss_limit, recent_losses
from ledger.energy.reports import NO_HOUSEHOLD
from ledger.energy.schema import HOUSEHOLDS, OWNERS, SESSIONS, UNIT_SESSIONS, UNITS, WAITING_SESSIONS, Unit, UnitStatus
from ledger.energy.sessions import OPEN_SESSIONS, Grant, grant_of
from ledger.energy.storage_terms import Technology
from ledger.governance.members import is_member
from ledger.governance.schema import MEMBERS, VOTERS, VOTES, MemberStatus
from ledger.governance.voting import OPEN_VOTES, VOTER_COUNT
from ledger.keys.address import format_address, format_key
from ledger.metering.consent import format_step
from ledger.metering.registers import after_jump, jump_of, to_wh
from ledger.metering.schema import METER_ADDRESSES, METERS, Meter, MeterKind
from ledger.state.overlay import Reader, State
from ledger.state.table import Table
from ledger.validators.rules import runs_validator
from market.escrow import OPEN_ORDERS
from market.queries import is_dead, last_trade, live_orders, open_order
from market.schema import ORDERS, ORDERS_BY_OWNER
from market.types import Order, Side
from nodechain.api import models as m
from nodechain.api.render import action, amount
from nodechain.api.session_view import session_view
from nodechain.errors import NotFound
from nodechain.modules import REGISTRY

T = TypeVar("T")

MAX_BOOK: Final = 200


class LedgerReads:
    """Answers about one committed state, that of `height`."""

    def __init__(self, reader: Reader, height: int, view: Context) -> None:
        """`view`: a context whose state reads this reader."""
        self._reader = reader
        self._view = view
        self._state: State = view.state
        self.height = height

    def page(
        self, table: Table[T], prefix: bytes, cursor: bytes | None, limit: int
    ) -> tuple[list[tuple[bytes, T]], bytes | None]:
        """At most `limit` entries whose key starts with `prefix`, after the key `cursor`; the next cursor."""
        start = prefix if cursor is None else cursor + b"\x00"
        found: list[tuple[bytes, T]] = []
        for key, value in self._reader.scan(table.number, start, None):
            if not key.startswith(prefix):
                break
            if len(found) == limit:
                return found, found[-1][0]
            found.append((key, table.codec.decode_trusted(value)))
        return found, None

    def account(self, address: bytes, next_nonce: int | None) -> m.AccountView:
        """An account, also one that was never used; `next_nonce` after what waits, None to count what is decided."""
        entry = account(self._state, address)
        household = self._state.get(HOUSEHOLDS, address) or NO_HOUSEHOLD
        return m.AccountView(
            height=self.height,
            address=format_address(address),
            member=is_member(self._view, address),
            roles=self._roles(address),
            nonce=entry.nonce,
            next_nonce=entry.nonce + 1 if next_nonce is None else next_nonce,
            open_sessions=counted(self._state, address, OPEN_SESSIONS),
            open_votes=counted(self._state, address, OPEN_VOTES),
            open_orders=counted(self._state, address, OPEN_ORDERS),
            balances=[self._holding(address, asset) for asset in Asset],
            metered=m.Metered(
                produced_wh=household.produced_wh,
                exported_wh=household.exported_wh,
                consumed_wh=household.consumed_wh,
                imported_wh=household.imported_wh,
            ),
        )

    def _holding(self, address: bytes, asset: Asset) -> m.Holding:
        available = balance(self._state, address, asset).available
        locks = {purpose.name: locked(self._state, address, asset, purpose) for purpose in REGISTRY.purposes.values()}
        return m.Holding(
            asset=asset.name,
            available=_amount(available),
            total=_amount(available + sum(locks.values())),
            **{name: _amount(value) for name, value in locks.items()},
        )

    def _roles(self, address: bytes) -> list[str]:
        state = self._state
        unit = state.get(UNITS, address)
        banker = state.get(BANKER, b"")
        member = state.get(MEMBERS, address)
        checks: list[tuple[str, bool]] = [
            ("voter", state.get(VOTERS, address) is not None),
            ("banker", banker is not None and banker.address == address),
            ("unit", unit is not None and unit.status != UnitStatus.REMOVED),
            ("owner", state.get(OWNERS, address) is not None),
            ("meter", state.get(METER_ADDRESSES, address) is not None),
            ("validator", runs_validator(self._view, address)),
            ("member", member is not None and member.status == MemberStatus.ADMITTED),
            ("expelled", member is not None and member.status == MemberStatus.EXPELLED),
        ]
        return [name for name, holds in checks if holds]

    def energy(self) -> m.Energy:
        """Supply, backing, imbalance and rates."""
        gap = difference(self._state)
        entry = imbalance(self._state)
        minting, burning = minting_cost_rate(self._view), burning_cost_rate(self._view)
        return m.Energy(
            height=self.height,
            supply=_amount(supply(self._state, Asset.ENT)),
            currency_supply=_amount(supply(self._state, Asset.EEURO)),
            network_wh=entry.network_wh,
            backing=_amount(entry.network_wh * BASE_PER_WH),
            difference=_amount(gap),
            gap=gap_of(gap).name.lower(),
            rate=_amount(entry.rate),
            minting_rate=_amount(minting),
            burning_rate=_amount(burning),
            kwh_to_balance_by_production=_kwh(gap, minting),
            kwh_to_balance_by_drawing=_kwh(gap, burning),
        )

    def units(self, cursor: bytes | None, limit: int) -> m.Units:
        """All storage units, also removed ones."""
        found, following = self.page(UNITS, b"", cursor, limit)
        return m.Units(
            height=self.height, units=[_unit(self._view, key, unit) for key, unit in found], next=_hex(following)
        )

    def unit(self, address: bytes) -> m.UnitAnswer:
        """One storage unit; raises `NotFound`."""
        unit = self._state.get(UNITS, address)
        if unit is None:
            raise NotFound("no such storage unit", advice="`nodechain units` lists them.")
        return m.UnitAnswer(height=self.height, unit=_unit(self._view, address, unit))

    def sessions(self, consumer: bytes | None, unit: bytes | None, cursor: bytes | None, limit: int) -> m.Sessions:
        """Open sessions: of a consumer, at a unit, of a pair, or all."""
        if unit is not None and consumer is None:
            return self._sessions_at(unit, cursor, limit, waiting=False)
        entries, following = self.page(SESSIONS, (consumer or b"") + (unit or b""), cursor, limit)
        views = [session_view(self._view, Grant(key[:20], key[20:], session)) for key, session in entries]
        return m.Sessions(height=self.height, sessions=views, next=_hex(following))

    def waiting_sessions(
        self, consumer: bytes | None, unit: bytes | None, cursor: bytes | None, limit: int
    ) -> m.Sessions:
        """Sessions that have ended and wait, as above; of a unit alone those whose energy it still holds."""
        if unit is not None and consumer is None:
            return self._sessions_at(unit, cursor, limit, waiting=True)
        entries, following = self.page(WAITING_SESSIONS, (consumer or b"") + (unit or b""), cursor, limit)
        views = [session_view(self._view, Grant(key[:20], key[20:40], session)) for key, session in entries]
        return m.Sessions(height=self.height, sessions=views, next=_hex(following))

    def _sessions_at(self, unit: bytes, cursor: bytes | None, limit: int, *, waiting: bool) -> m.Sessions:
        links, following = self.page(UNIT_SESSIONS, unit, cursor, limit)
        grants = [grant_of(self._view, unit, key) for key, _link in links]
        views = [session_view(self._view, grant) for grant in grants if grant.waiting == waiting]
        return m.Sessions(height=self.height, sessions=views, next=_hex(following))

    def orders(self, owner: bytes | None, cursor: bytes | None, limit: int) -> m.Orders:
        """Orders that can still trade, of one owner or all; what has expired and waits for a block is none (D1)."""
        if owner is None:
            entries, following = self.page(ORDERS, b"", cursor, limit)
            orders: list[Order | None] = [order for _key, order in entries]
        else:
            links, following = self.page(ORDERS_BY_OWNER, owner, cursor, limit)
            orders = [open_order(self._state, int.from_bytes(key[20:], "big")) for key, _listed in links]
        live = [order for order in orders if order is not None and not self._is_dead(order)]
        return m.Orders(height=self.height, orders=[_order(order) for order in live], next=_hex(following))

    def _is_dead(self, order: Order) -> bool:
        return is_dead(self._state, order, self._view.time_ms)

    def order(self, number: int) -> m.OrderAnswer:
        """An open order; raises `NotFound` for one that is filled, cancelled or never was."""
        order = open_order(self._state, number)
        if order is None or self._is_dead(order):
            raise NotFound(f"no order {number} is open")
        return m.OrderAnswer(height=self.height, order=_order(order))

    def book(self, depth: int) -> m.Book:
        """The best `depth` orders of both sides."""
        last = last_trade(self._state)
        bids, asks = (self._side(side, min(depth, MAX_BOOK)) for side in (Side.BUY, Side.SELL))
        return m.Book(
            height=self.height,
            bids=bids,
            asks=asks,
            last_price=None if last is None else _amount(last.price),
            last_quantity=None if last is None else _amount(last.quantity),
            trades=0 if last is None else last.trades,
        )

    def _side(self, side: Side, depth: int) -> list[m.OrderView]:
        return [_order(order) for order in islice(live_orders(self._state, side, self._view.time_ms), depth)]

    def votes(self) -> m.Votes:
        """Open votes in order of opening."""
        voters = self._view.count(VOTER_COUNT)
        entries, _next = self.page(VOTES, b"", None, 1_000)
        views = [
            m.VoteView(
                number=vote.number,
                action=action(vote.action),
                action_bytes=vote.action.hex(),
                opened_by=format_address(vote.opened_by),
                expires_ms=vote.expires_ms,
                yes=[format_address(voter) for voter in vote.yes],
                needed=voters // 2 + 1,
            )
            for _key, vote in entries
        ]
        return m.Votes(height=self.height, votes=views, voters=voters)

    def addresses(
        self, table: Table[T], cursor: bytes | None, limit: int, keep: Callable[[T], bool] = lambda _value: True
    ) -> m.Addresses:
        """The addresses that are keys of a table."""
        entries, following = self.page(table, b"", cursor, limit)
        found = [format_address(key) for key, value in entries if keep(value)]
        return m.Addresses(height=self.height, addresses=found, next=_hex(following))

    def parameters(self) -> m.Parameters:
        """All parameters with bounds and meaning."""
        views = []
        for name in sorted(REGISTRY.parameters):
            rule = REGISTRY.parameters[name]
            value = self._view.get(PARAMETERS, name.encode()).value
            views.append(
                m.ParameterView(
                    name=name,
                    value=value,
                    text=format_parameter(rule, value),
                    default=format_parameter(rule, rule.default),
                    minimum=format_parameter(rule, rule.minimum),
                    maximum=format_parameter(rule, rule.maximum),
                    unit=rule.unit.value,
                    meaning=rule.meaning,
                    choices=list(rule.choices),
                )
            )
        return m.Parameters(height=self.height, parameters=views)

    def validators(self) -> m.Validators:
        """The set that decides the next height."""
        members = load_validators(self._state)
        views = [
            m.ValidatorView(
                address=format_address(member.address),
                key=format_key(b"\x01" + member.key),
                power=member.power,
                account=format_address(member.account),
                name=member.name,
            )
            for member in members.members
        ]
        return m.Validators(height=self.height, validators=views, hash=members.hash.hex())

    def meter(self, key: bytes) -> m.MeterView:
        """What is known of a meter key; raises `NotFound` if it was never bound."""
        meter = self._state.get(METERS, key)
        if meter is None:
            raise NotFound("this meter key was never bound", advice="Bind it: `nodechain unit bind`.")
        return m.MeterView(
            height=self.height,
            key=format_key(key),
            unit=format_address(meter.unit) if meter.unit else None,
            account=format_address(meter.account) if meter.account else None,
            kind=MeterKind(meter.kind).name.lower(),
            max_power_w=meter.max_power_w,
            rollover=meter.rollover,
            scale=meter.scale,
            factor=meter.factor,
            step_wh=format_step(meter.scale, meter.factor),
            obis=format_obis(meter.obis),
            profile=meter.profile.hex(),
            serial=meter.serial.hex(),
            sequence=meter.sequence,
            raw_register=meter.register,
            register_wh=to_wh(meter.register, meter.scale, meter.factor),
            time_ms=meter.time_ms,
            boot=meter.boot,
            sent_ms=meter.sent_ms,
            quarantined=_quarantined(meter),
        )


def _quarantined(meter: Meter) -> m.QuarantinedJump | None:
    jump = jump_of(meter)
    if not jump:
        return None
    interval, settled = after_jump(meter)
    return m.QuarantinedJump(
        raw_jump=jump,
        jump_wh=interval.energy_wh,
        raw_register=settled.register,
        since_ms=interval.start_ms,
        time_ms=interval.end_ms,
    )


def _amount(base: int) -> m.Amount:
    return m.Amount(**amount(base))


def _hex(cursor: bytes | None) -> str | None:
    return None if cursor is None else cursor.hex()


def _kwh(gap: int, rate: int) -> str | None:
    """N = D / r (equation 4.4) in whole Wh, as kWh; None where that rate does not close the gap."""
    if gap == 0:
        return "0"
    if gap * rate <= 0:
        return None
    wh = -(-abs(gap) * 1000 // abs(rate))
    return f"{wh // 1000}.{wh % 1000:03d}"


def _unit(view: Context, address: bytes, unit: Unit) -> m.UnitView:
    terms = unit.terms
    return m.UnitView(
        address=format_address(address),
        owner=format_address(unit.owner),
        status=UnitStatus(unit.status).name.lower(),
        capacity_wh=unit.capacity_wh,
        max_power_w=unit.max_power_w,
        available_wh=unit.available_wh,
        locked_wh=unit.locked_wh,
        sequence=unit.sequence,
        shortfall_wh=unit.shortfall_wh,
        quarantined_wh=unit.quarantined_wh,
        technology=Technology(terms.technology).name.lower(),
        nominal_wh=terms.nominal_wh,
        max_discharge_w=terms.max_discharge_w,
        efficiency=format_share(terms.efficiency_parts),
        standing_wh=terms.standing_wh,
        reserve_wh=terms.reserve_wh,
        expected_loss_wh=unit.expected_wh,
        lost_wh=recent_losses(view, address),
        loss_limit_wh=loss_limit(view, unit),
        losing=is_losing(view, address, unit),
        level_ms=unit.level_ms,
    )


def _order(order: Order) -> m.OrderView:
    return m.OrderView(
        number=order.number,
        owner=format_address(order.owner),
        side=order.side.name.lower(),
        kind=order.kind.name.lower(),
        price=_amount(order.price),
        quantity=_amount(order.quantity),
        expires_ms=order.expires_ms,
    )
