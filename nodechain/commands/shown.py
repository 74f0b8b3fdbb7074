"""What a proof shows, for people and as JSON: with the ledger's names where it knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.light.claims import AnyClaim, EventClaim, EventShown, ReceiptShown, Shown, StateShown, TransactionShown
from nodechain.api.chain_reads import transaction_view
from nodechain.api.codes import meaning_of
from nodechain.api.render import event, struct
from nodechain.commands.events_text import event_parts, field_text
from nodechain.modules import REGISTRY


def claim_data(claim: AnyClaim, shown: Shown) -> dict[str, Any]:
    """A claim and what it shows."""
    match shown:
        case StateShown(height, full_key, value):
            table = REGISTRY.tables.get(full_key[0])
            name = f"table {full_key[0]}" if table is None else table.name
            decoded = None if value is None or table is None else struct(table.codec.decode(value))
            raw = None if value is None else value.hex()
            return {"kind": "state", "height": height, "table": name, "key": full_key[1:].hex(), "raw": raw,
                    "value": decoded}  # fmt: skip
        case TransactionShown(height, position, raw_transaction):
            view = transaction_view(raw_transaction).model_dump(by_alias=True)
            return {"kind": "transaction", "height": height, "position": position, "transaction": view}
        case ReceiptShown(height, position, raw_receipt):
            receipt = REGISTRY.receipts.decode(raw_receipt)
            events = [event(each) for each in receipt.events]
            return {"kind": "receipt", "height": height, "position": position, "code": receipt.code,
                    "transaction_id": receipt.transaction_id.hex(), "events": events}  # fmt: skip
        case EventShown(height, position, place, _raw):
            assert isinstance(claim, EventClaim)
            found = REGISTRY.receipts.decode(claim.receipt).events[place]
            return {"kind": "event", "height": height, "position": position, "place": place, "event": event(found)}


def claim_line(data: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The same in one line, or one for each event."""
    where = f"height {data['height']}"
    match data["kind"]:
        case "state":
            value = "nothing" if data["raw"] is None else field_text(data["value"] or {"raw": data["raw"]}, names)
            return f"{where}: {data['table']} {data['key'] or '-'}: {value}"
        case "transaction":
            view = data["transaction"]
            payload = field_text(view["payload"], names)
            sender = names.get(view["sender"], view["sender"])
            return f"{where}: transaction {data['position']}: {view['type']} of {sender} {payload}"
        case "event":
            return f"{where}: event: {data['event']['kind']} {event_parts(data['event'], names)}"
    refused = f" failed: {meaning_of(data['code'])}" if data["code"] else ""
    lines = [f"{where}: receipt {data['position']}{refused}"]
    return "\n".join([*lines, *(f"  {each['kind']}: {event_parts(each, names)}" for each in data["events"])])
