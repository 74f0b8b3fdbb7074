"""An agent acts: the type's own rule for the owner, within the owner's limits (rules AG4 to AG8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from msgspec.structs import replace

from ledger.agents.authorising import authorisation_in_force
from ledger.agents.events import ActedForOwner, SweepAsked
from ledger.agents.payloads import ActForOwner, SweepForOwner
from ledger.agents.schema import DAY_USES, Authorisation, DayUse
from ledger.agents.terms import AgentTerms, OfferSide
from ledger.agents.weights import ACTING, ACTING_ASSET, COMMISSION, SWEEPING
from ledger.bank.balances import ASSET_KEYS, balance
from ledger.bank.genesis import assets_of
from ledger.bank.payloads import BankTypeNumber, LockWithdrawal
from ledger.bank.points import tell_came_in
from ledger.chain.context import Context, in_range
from ledger.chain.delegation import Offer, Use
from ledger.chain.envelope import Transaction
from ledger.encoding.codec import Codec
from ledger.errors import InclusionError, InvalidInput, Refused, require_present
from ledger.governance.admission import MemberSender
from ledger.governance.members import is_admitted, is_device_key, is_expelled

DAY_MS: Final = 86_400_000
_UNUSED: Final = DayUse(0, 0, 0)


class AgentSender(MemberSender):
    """Whom an owner has authorised, member or not, with nonce and fees of its own (AG5); see `SenderRule`."""

    def check_right(self, context: Context, transaction: Transaction) -> None:
        """Only for an owner that lets it (AG5)."""
        if is_device_key(context, transaction.sender):
            raise InclusionError("a meter's key sends readings and nothing else", code="readings_only")
        if authorisation_in_force(context, transaction.payload.owner, transaction.sender) is None:
            raise InclusionError("the owner has not authorised the sender, or does so no more", code="not_an_agent")
        if is_expelled(context, transaction.sender):
            raise InclusionError("an expelled member may only transfer and withdraw", code="expelled")


AGENT_SENDER: Final = AgentSender()


def do_act_for_owner(context: Context, payload: ActForOwner) -> None:
    """The type's own handler with the owner in place of the sender, if all limits hold (AG4, AG6, AG7)."""
    found = _authorisation(context, payload.owner)
    context.charge(ACTING + ACTING_ASSET * len(assets_of(context.genesis)))
    if found.terms.commission:
        context.charge(COMMISSION)
    codec, uses = _granted(context, found.terms, payload.type)
    _check_owner(context, payload.owner, payload.type)
    try:
        content = codec.decode(payload.content)
    except InvalidInput as error:
        raise Refused(f"no payload of type {payload.type}: {error.detail}", code="bad_content") from None
    context.emit(ActedForOwner(found.owner, found.agent, payload.type))
    with _as_owner(context, found):
        use: Use = uses(context, content)
        if use.offer is not None:
            _check_price(found.terms, use.offer)
        before = _available(context, found.owner)
        context.hooks.handlers[payload.type](context, content)
    _count(context, found, use, before)


def _authorisation(context: Context, owner: bytes) -> Authorisation:
    """It is there: else the transaction would be in no block (AG5)."""
    return require_present(authorisation_in_force(context, owner, context.sender), "nobody authorised who acts")


def _granted(context: Context, terms: AgentTerms, number: int) -> tuple[Codec[Any], Callable[[Context, Any], Use]]:
    if number not in terms.types:
        raise Refused(f"the owner does not let the agent send type {number}", code="type_not_granted")
    found = context.hooks.delegable.get(number)
    if found is None:
        raise Refused(f"type {number} is sent for nobody else", code="type_not_delegable")
    return found


def _check_owner(context: Context, owner: bytes, number: int) -> None:
    """An agent may do no more than its owner could now (AG6)."""
    if not is_admitted(context, owner) and number not in context.hooks.types_of_former_members:
        raise Refused("the owner is no member and could not send this itself", code="owner_not_a_member")


@contextmanager
def _as_owner(context: Context, found: Authorisation) -> Iterator[None]:
    context.sender, context.agent = found.owner, found.agent
    try:
        yield
    finally:
        context.sender, context.agent = found.agent, b""


def _check_price(terms: AgentTerms, offer: Offer) -> None:
    """A sale at least at its price, a buy at most; of what the owner states no price there are no orders (AG8)."""
    side = OfferSide.SELL if offer.sells else OfferSide.BUY
    bound = next((each.price for each in terms.prices if (each.product, each.side) == (offer.product, side)), None)
    if bound is None:
        raise Refused(f"no {side.name.lower()} orders of product {offer.product}", code="price_not_granted")
    if offer.price < bound if offer.sells else offer.price > bound:
        which = "least" if offer.sells else "most"
        raise Refused(f"the price is {offer.price}, the owner states {bound} at {which}", code="price_not_granted")


def _available(context: Context, owner: bytes) -> list[int]:
    """Of each asset, what is the owner's to spend once its debts are paid."""
    assets = range(1, len(assets_of(context.genesis)) + 1)
    for asset in assets:
        tell_came_in(context, owner, asset)
    return [balance(context.state, owner, asset).available for asset in assets]


def _count(context: Context, found: Authorisation, use: Use, before: list[int]) -> None:
    """Count what was used: what the payload may take, or what is available no more, whichever is more; and what it may
    take later (AG7).

    What is available holds the limit whatever a type's own account of itself forgets.
    """
    spends, later = dict(use.spends), dict(use.later)
    limits = {limit.asset: limit.amount for limit in found.terms.day_limits}
    for asset, (was, now) in enumerate(zip(before, _available(context, found.owner), strict=True), 1):
        used = max(spends.get(asset, 0), was - now) + later.get(asset, 0)
        if used > 0:
            _use(context, found, asset, used, limits.get(asset, 0))


def _use(context: Context, found: Authorisation, asset: int, amount: int, limit: int) -> None:
    if not limit:
        raise Refused(f"the owner does not let the agent use asset {asset}", code="asset_not_granted")
    key, today = _day_key(found, asset), context.time_ms // DAY_MS
    entry = context.state.get(DAY_USES, key) or _UNUSED
    used = in_range(amount + (entry.amount if entry.day == today else 0))
    if used > limit:
        raise Refused(f"{used} of asset {asset} today, the owner lets it use {limit}", code="day_limit_reached")
    context.state.put(DAY_USES, key, replace(entry, day=today, amount=used))


def _day_key(found: Authorisation, asset: int) -> bytes:
    return found.owner + found.agent + ASSET_KEYS[asset]


def do_sweep_for_owner(context: Context, payload: SweepForOwner) -> None:
    """Once a day ask that all above the owner's floor be paid out, after its debts (AG10)."""
    found = _authorisation(context, payload.owner)
    context.charge(SWEEPING)
    terms = next((each for each in found.terms.sweeps if each.asset == payload.asset), None)
    if terms is None:
        raise Refused(f"the owner does not let the agent have asset {payload.asset} paid out", code="sweep_not_granted")
    _check_owner(context, found.owner, BankTypeNumber.LOCK_WITHDRAWAL)
    key, today = _day_key(found, payload.asset), context.time_ms // DAY_MS
    entry = context.state.get(DAY_USES, key) or _UNUSED
    if entry.swept_day == today:
        raise Refused("it was paid out today", code="swept_today")
    context.emit(ActedForOwner(found.owner, found.agent, BankTypeNumber.LOCK_WITHDRAWAL))
    tell_came_in(context, found.owner, payload.asset)
    amount = balance(context.state, found.owner, payload.asset).available - terms.floor
    if amount <= 0:
        raise Refused(f"nothing is available above the floor of {terms.floor} base units", code="nothing_to_sweep")
    with _as_owner(context, found):
        context.hooks.handlers[BankTypeNumber.LOCK_WITHDRAWAL](context, LockWithdrawal(payload.asset, amount))
    context.state.put(DAY_USES, key, replace(entry, swept_day=today))
    context.emit(SweepAsked(found.owner, found.agent, payload.asset, amount, terms.reference))
