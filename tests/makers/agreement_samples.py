"""Samples of what members agree on among themselves, for the vectors: deals, agents, groups, resolutions."""

from __future__ import annotations

import hashlib
from typing import Final

from harness.chain import START_MS
from ledger.agents import payloads as ag
from ledger.agents.terms import AgentTerms, DayLimit, OfferSide, PriceBound, SweepTerms
from ledger.bank.assets import CURRENCY_ASSET, ENERGY_ASSET
from ledger.bank.payloads import Transfer
from ledger.deals import payloads as d
from ledger.deals.terms import SwapSide
from ledger.encoding.codec import Value, encode
from ledger.groups import payloads as g
from ledger.groups.terms import Division, GroupRow, GroupTerms, OperatorRight, Rhythm, ShareTransfers
from ledger.memos.payloads import SealedMemo, SetMemoKey, WithMemo
from ledger.resolutions import payloads as r
from market.transactions import CancelOrder, PlaceOrder
from market.types import OrderKind, Side
from tests.support.world import address_named, sign_all, signers_of, wide_genesis

GENESIS_HASH: Final = wide_genesis().hash


def deal_samples() -> dict[str, tuple[str, Value, int]]:
    """What is sent of deals and swaps; a swap for everybody, and one for a named account."""
    terms, taker = hashlib.sha256(b"heat pump, delivered").digest(), address_named("B")
    opened = d.OpenDeal(taker, address_named("X"), CURRENCY_ASSET, 10**11, 10**9, terms, START_MS + 86_400_000)
    give, want = SwapSide(ENERGY_ASSET, 10**10), SwapSide(CURRENCY_ASSET, 1_100_000_000)
    return {
        "open_deal": ("A", opened, 22),
        "release_deal": ("A", d.ReleaseDeal(7), 23),
        "dispute_deal": ("A", d.DisputeDeal(300, hashlib.sha256(b"delivery note").digest()), 24),
        "rule_deal": ("A", d.RuleDeal(2**40 + 1, CURRENCY_ASSET, 0), 25),
        "cancel_deal": ("A", d.CancelDeal(1), 26),
        "offer_swap": ("A", d.OfferSwap(give, want, address_named("A"), START_MS + 1), 27),
        "offer_swap/named": ("A", d.OfferSwap(give, want, taker, START_MS + 1), 28),
        "take_swap": ("A", d.TakeSwap(200, ENERGY_ASSET, 10**9), 29),
        "cancel_swap": ("A", d.CancelSwap(1), 30),
    }


def agent_samples() -> dict[str, tuple[str, Value, int]]:
    """What owners and agents send; terms with everything, and with hardly anything."""
    agent, owner = address_named("X"), address_named("B")
    bounds = (PriceBound(1, OfferSide.BUY, 300_000_000), PriceBound(300, OfferSide.SELL, 0))
    wide = AgentTerms(
        (48, 216, 217), (DayLimit(ENERGY_ASSET, 10**10), DayLimit(CURRENCY_ASSET, 1)), bounds,
        (SweepTerms(CURRENCY_ASSET, 20 * 10**9, "Kd-Nr 4711"),), 20_000_000, START_MS + 86_400_000,
    )  # fmt: skip
    return {
        "authorise_agent": ("A", ag.AuthoriseAgent(agent, 2 * 10**9, wide), 31),
        "authorise_agent/narrow": ("A", ag.AuthoriseAgent(agent, 0, AgentTerms((217,), (), (), (), 0, START_MS)), 32),
        "revoke_agent": ("A", ag.RevokeAgent(agent), 33),
        "act_for_owner": ("A", ag.ActForOwner(owner, 217, encode(CancelOrder(1, 2_001))), 34),
        "sweep_for_owner": ("A", ag.SweepForOwner(owner, CURRENCY_ASSET), 35),
    }


def memo_samples() -> dict[str, tuple[str, Value, int]]:
    """A key published and taken back; a transfer, and an order, with a memo. What is sealed here is no text."""
    key, own, salt = (hashlib.sha256(name).digest() for name in (b"reader", b"sender", b"salt"))
    short, long = (SealedMemo(address_named("B"), key, own, salt, bytes(range(80)) * times) for times in (1, 13))
    transfer = encode(Transfer(CURRENCY_ASSET, address_named("B"), 10**9 + 1))
    order = encode(PlaceOrder(1, Side.SELL, OrderKind.LIMIT, 10**8, 10**9, 0))
    return {
        "set_memo_key": ("A", SetMemoKey(key), 36),
        "set_memo_key/none": ("A", SetMemoKey(b""), 37),
        "with_memo": ("A", WithMemo(48, transfer, short), 38),
        "with_memo/longest": ("A", WithMemo(216, order, long), 39),
    }


def group_samples() -> dict[str, tuple[str, Value, int]]:
    """What is sent of groups."""
    taken = g.ShareTransferTerms(1, address_named("A"), address_named("X"), 250_000_000, 10**9, 1_888_890, START_MS)
    key, _secrets = signers_of("X")
    transfer = g.TransferGroupShare(taken, key, sign_all("X", taken.message(GENESIS_HASH)))
    return {
        "open_group": ("A", group_opening(), 15),
        "set_group_shares": ("A", g.SetGroupShares(1, 1_888_889, group_rows()), 16),
        "transfer_group_share": ("A", transfer, 17),
        "leave_group": ("A", g.LeaveGroup(300, 1_888_889), 18),
        "distribute_group": ("A", g.DistributeGroup(2**40 + 19), 19),
        "pay_from_group": ("A", group_payment(), 20),
        "act_for_group": ("A", g.ActForGroup(1, 217, encode(CancelOrder(1, 2_001))), 21),
    }


def resolution_samples() -> dict[str, tuple[str, Value, int]]:
    """What is sent of resolutions."""
    asked = r.OpenResolution(
        "Néues Dach", bytes(range(32)), ("ja", "nein"), r.Majority.TWO_THIRDS, 12, START_MS + 86_400_000
    )
    return {
        "open_resolution": ("A", asked, 22),
        "cast_ballot": ("A", r.CastBallot(300, 2), 23),
        "withdraw_resolution": ("A", r.WithdrawResolution(1), 24),
    }


def group_rows() -> tuple[GroupRow, ...]:
    """A member with points, and one that leaves."""
    return (
        GroupRow(address_named("B"), 500_000_000, 7, (1, 300)),
        GroupRow(address_named("X"), 0, 0, ()),
    )


def group_opening() -> g.OpenGroup:
    """A roof whose income is divided by the month."""
    made = GroupTerms(
        "dách", address_named("A"), (OperatorRight.SHARES, OperatorRight.PAY), CURRENCY_ASSET, 10**11, 65_536,
        Division.USE, Rhythm.MONTH, 259_200_000, ShareTransfers.MEMBERS,
    )  # fmt: skip
    return g.OpenGroup(made, 1_888_888, group_rows())


def group_payment() -> g.PayFromGroup:
    """For the inverter."""
    return g.PayFromGroup(1, address_named("B"), CURRENCY_ASSET, 10**9, 0, "wéchselrichter")
