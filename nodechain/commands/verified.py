"""Answers that were checked against the validators' signatures before they are shown."""

from __future__ import annotations

from typing import Any

from ledger.bank.schema import Asset
from ledger.energy.schema import HOUSEHOLDS, Household
from ledger.errors import InvalidInput
from ledger.keys.address import parse_address
from ledger.light.claims import StateShown, check_claim
from nodechain.api.render import amount, struct
from nodechain.commands.light import client_of, shown, synced
from nodechain.commands.options import Invocation
from nodechain.commands.output import fields, table
from nodechain.light.bundle import account_keys, places_of
from nodechain.light.client import Deceived

_PARTS = ("available", "session", "waiting", "reservation", "order", "withdrawal")


def verified_balance(invocation: Invocation, address: str) -> None:
    """`nodechain balance --verify`: what the account holds in a state that a quorum of the validators signed."""
    client, genesis = client_of(invocation)
    synced(client, genesis, None)
    keys = account_keys(parse_address(address))
    found: dict[bytes, bytes | None] = {}
    head = client.store.head
    for fetched in client.state(keys):
        head = client.reach(fetched.block)
        try:
            proven = check_claim(head.header, fetched.claim)
        except InvalidInput as error:
            raise Deceived(error.detail, code=error.code) from error
        assert isinstance(proven, StateShown)
        found[proven.full_key] = proven.value
    balances: list[dict[str, Any]] = [{"asset": asset.name} for asset in Asset]
    for place in places_of(parse_address(address)):
        held = balances[list(Asset).index(place.asset)]
        held[place.name] = amount(place.amount(found[place.full_key]))
    stored = found[keys[-1]]
    household = HOUSEHOLDS.codec.decode(stored) if stored is not None else Household(0, 0, 0, 0)
    data = {"address": address, "verified": shown(head), "balances": balances, "metered": struct(household)}
    rows = [(str(held["asset"]), *(held[part]["tokens"] for part in _PARTS)) for held in balances]
    text = "\n\n".join(
        [
            fields([("address", address), ("verified at height", head.header.height), ("block", head.hash.hex())]),
            table(("ASSET", "AVAILABLE", "IN SESSIONS", "WAITING", "RESERVED", "IN ORDERS", "WITHDRAWING"), rows),
            fields([(name.removesuffix("_wh"), f"{value} Wh") for name, value in struct(household).items()]),
        ]
    )
    csv_rows = [{"asset": held["asset"], **{part: held[part]["tokens"] for part in _PARTS}} for held in balances]
    invocation.show(data, text, csv_rows)
