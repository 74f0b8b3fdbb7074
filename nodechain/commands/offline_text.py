"""What an unsent transaction holds, in words, with who has signed it and who is missing: nobody signs blind (C5)."""

from __future__ import annotations

from typing import Any, Final

from ledger.encoding.amounts import format_amount
from ledger.errors import InvalidInput
from ledger.keys.address import MultisigKey, address_of, format_address, format_key
from ledger.keys.crypto import DOMAIN_TRANSACTION, signing_bytes, verify
from nodechain.api.render import struct
from nodechain.commands.events_text import field_text
from nodechain.commands.offline import OfflineTransaction
from nodechain.commands.output import fields
from nodechain.modules import REGISTRY


def offline_data(held: OfflineTransaction) -> dict[str, Any]:
    """All fields, and of every key whether it has signed; raises `InvalidInput` for a payload that is none."""
    envelope = held.decoded
    kind = REGISTRY.types.get(envelope.type)
    if kind is None:
        raise InvalidInput(f"there is no transaction type {envelope.type}", code="unknown_type")
    key = envelope.sender_key
    message = signing_bytes(DOMAIN_TRANSACTION, held.chain.genesis_hash, held.envelope)
    keys = key.keys if isinstance(key, MultisigKey) else (key,)
    made = {entry.index: entry.signature for entry in held.signatures}
    signers = []
    for index, single in enumerate(keys):
        signed = "no" if index not in made else "yes" if verify(single, message, made[index]) else "wrong"
        address = format_address(address_of(single))
        signers.append({"key": format_key(single), "address": address, "signed": signed})
    return {
        "chain_id": held.chain.id,
        "genesis_hash": held.chain.genesis_hash.hex(),
        "type": kind.name,
        "sender": format_address(address_of(key)),
        "nonce": envelope.nonce,
        "valid_until_height": envelope.valid_until_height,
        "fee": {"base": envelope.fee, "tokens": format_amount(envelope.fee)},
        "payload": struct(kind.codec.decode(envelope.payload)),
        "needed": key.threshold if isinstance(key, MultisigKey) else 1,
        "signers": signers,
    }


def offline_text(data: dict[str, Any], names: dict[str, str]) -> str:
    """The same for people, a field a line."""
    valid = data["valid_until_height"]
    shown: list[tuple[str, object]] = [
        ("chain", data["chain_id"]),
        ("genesis", data["genesis_hash"]),
        ("type", data["type"]),
        ("sender", names.get(data["sender"], data["sender"])),
        *((name, field_text({name: value}, names).partition("=")[2]) for name, value in data["payload"].items()),
        ("nonce", data["nonce"]),
        ("valid until height", valid or "no limit"),
        ("fee", data["fee"]["tokens"]),
        ("signatures needed", data["needed"]),
    ]
    for signer in data["signers"]:
        who = names.get(signer["address"], signer["key"])
        shown.append((f"signed by {who}", _VERDICTS[signer["signed"]]))
    return fields(shown)


_VERDICTS: Final = {"yes": "yes", "no": "not yet", "wrong": "a signature that is wrong: do not sign, ask who made it"}
