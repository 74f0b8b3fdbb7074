"""A transaction on its way between co-owners: a small JSON file of the envelope and the signatures so far."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from ledger.chain.envelope import Envelope, Signature, assemble
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import Codec
from ledger.errors import InvalidInput
from ledger.keys.address import MultisigKey, address_of, format_address, format_key
from ledger.keys.crypto import DOMAIN_TRANSACTION, signing_bytes, verify
from ledger.limits import MAX_TRANSACTION_BYTES
from market.denominations import Denominations
from nodechain.api.render import amount, struct
from nodechain.commands.terminal.event_text import payload_parts
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.words import Words
from nodechain.errors import UsageError, WrongSecret
from nodechain.files.user_file import read_user_file
from nodechain.modules import REGISTRY

_ENVELOPE: Final[Codec[Envelope]] = Codec(Envelope, MAX_TRANSACTION_BYTES)


MAX_FILE_BYTES: Final = 4 * MAX_TRANSACTION_BYTES


class OfflineTransaction(msgspec.Struct, frozen=True):
    """The chain that the signatures are for, the canonical envelope, and the signatures that are there."""

    chain: ChainIdentity
    envelope: bytes
    signatures: tuple[Signature, ...]

    @property
    def decoded(self) -> Envelope:
        """The envelope; raises `InvalidInput`."""
        return _ENVELOPE.decode(self.envelope)

    @property
    def needed(self) -> int:
        """How many signatures the sender's rule asks for."""
        key = self.decoded.sender_key
        return key.threshold if isinstance(key, MultisigKey) else 1

    @property
    def valid(self) -> tuple[Signature, ...]:
        """The signatures that are right: the file comes from others, and a wrong one counts nothing."""
        key = self.decoded.sender_key
        keys = key.keys if isinstance(key, MultisigKey) else (key,)
        message = signing_bytes(DOMAIN_TRANSACTION, self.chain.genesis_hash, self.envelope)
        right = {
            entry.index: entry
            for entry in self.signatures
            if entry.index < len(keys) and verify(keys[entry.index], message, entry.signature)
        }
        return tuple(right[index] for index in sorted(right))

    @property
    def missing(self) -> int:
        """How many signatures are missing."""
        return max(self.needed - len(self.valid), 0)

    def with_signatures(self, more: tuple[Signature, ...]) -> OfflineTransaction:
        """The same without those that are wrong, with as many further ones as are missing.

        Raises `WrongSecret` (nothing_to_sign) where none of them is missing.
        """
        there = self.valid
        known = {entry.index for entry in there}
        added = [entry for entry in more if entry.index not in known][: self.missing]
        if not added:
            raise WrongSecret(
                "nothing was signed: the keys of this home are no owners of the account, or have signed already",
                code="nothing_to_sign",
                advice="`nodechain keys list` shows the keys here, `nodechain tx sign FILE` who has signed.",
            )
        return replace(self, signatures=tuple(sorted((*there, *added), key=lambda entry: entry.index)))

    def assembled(self) -> bytes:
        """The wire bytes; raises `UsageError` while signatures are missing."""
        if self.missing:
            raise UsageError(
                f"{self.missing} signatures are missing",
                code="too_few_signatures",
                advice="Let other owners run `nodechain tx sign FILE --from NAME`.",
            )
        return assemble(self.decoded, self.valid[: self.needed])


def encode_offline(transaction: OfflineTransaction) -> bytes:
    """The file's bytes."""
    data: dict[str, Any] = {
        "chain_id": transaction.chain.id,
        "genesis_hash": transaction.chain.genesis_hash.hex(),
        "envelope": transaction.envelope.hex(),
        "signatures": [[entry.index, entry.signature.hex()] for entry in transaction.signatures],
    }
    return (json.dumps(data, indent=2) + "\n").encode()


def read_offline(path: Path) -> OfflineTransaction:
    """Read the file; raises `UsageError` for what is none."""
    content = read_user_file(path, MAX_FILE_BYTES, "transaction file")
    try:
        data = json.loads(content)
        found = OfflineTransaction(
            ChainIdentity(str(data["chain_id"]), bytes.fromhex(data["genesis_hash"])),
            bytes.fromhex(data["envelope"]),
            tuple(Signature(int(index), bytes.fromhex(value)) for index, value in data["signatures"]),
        )
        if found.decoded.chain_id != found.chain.id:
            raise UsageError(f"{path} is for {found.chain.id} and holds a transaction of {found.decoded.chain_id}")
    except (ValueError, KeyError, TypeError, RecursionError, InvalidInput) as error:
        raise UsageError(f"{path} is no transaction file: {error}", code="bad_transaction_file") from None
    return found


def offline_data(held: OfflineTransaction, chain: Denominations) -> dict[str, Any]:
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
        "fee": amount(chain, chain.fee_asset, envelope.fee),
        "payload": struct(chain, kind.codec.decode(envelope.payload)),
        "needed": held.needed,
        "signers": signers,
    }


def offline_text(data: dict[str, Any], words: Words) -> str:
    """The same for people, a field a line."""
    valid = data["valid_until_height"]
    shown: list[tuple[str, object]] = [
        ("chain", data["chain_id"]),
        ("genesis", data["genesis_hash"]),
        ("type", data["type"]),
        ("sender", words.who(data["sender"])),
        *payload_parts(data["type"], data["payload"], words),
        ("nonce", data["nonce"]),
        ("valid until height", valid or "no limit"),
        ("fee", data["fee"]["tokens"]),
        ("signatures needed", data["needed"]),
    ]
    for signer in data["signers"]:
        who = words.names.get(signer["address"], signer["key"])
        shown.append((f"signed by {who}", _VERDICTS[signer["signed"]]))
    return fields(shown)


_VERDICTS: Final = {"yes": "yes", "no": "not yet", "wrong": "a signature that is wrong: do not sign, ask who made it"}
