"""A transaction on its way between co-owners: a small JSON file of the envelope and the signatures so far."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ledger.chain.envelope import Envelope, Signature, assemble
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import Codec
from ledger.errors import InvalidInput
from ledger.keys.address import MultisigKey
from ledger.limits import MAX_TRANSACTION_BYTES
from nodechain.errors import UsageError
from nodechain.files.user_file import read_user_file

_ENVELOPE: Final[Codec[Envelope]] = Codec(Envelope, MAX_TRANSACTION_BYTES)
MAX_FILE_BYTES: Final = 4 * MAX_TRANSACTION_BYTES


@dataclass(frozen=True, slots=True)
class OfflineTransaction:
    """The chain that the signatures are for, the canonical envelope, and the signatures that are there."""

    chain: ChainIdentity
    envelope: bytes
    signatures: tuple[Signature, ...]

    @property
    def decoded(self) -> Envelope:
        """The envelope; raises `InvalidInput`."""
        return _ENVELOPE.decode(self.envelope)

    @property
    def missing(self) -> int:
        """How many signatures are missing."""
        key = self.decoded.sender_key
        needed = key.threshold if isinstance(key, MultisigKey) else 1
        return max(needed - len(self.signatures), 0)

    def with_signatures(self, more: tuple[Signature, ...]) -> OfflineTransaction:
        """The same with further signatures, each index once, no more than are needed."""
        key = self.decoded.sender_key
        needed = key.threshold if isinstance(key, MultisigKey) else 1
        joined = {entry.index: entry for entry in (*more, *self.signatures)}
        kept = tuple(joined[index] for index in sorted(joined))[:needed]
        return replace(self, signatures=kept)

    def assembled(self) -> bytes:
        """The wire bytes; raises `UsageError` while signatures are missing."""
        if self.missing:
            raise UsageError(
                f"{self.missing} signatures are missing",
                code="too_few_signatures",
                advice="Let other owners run `nodechain tx sign FILE --from NAME`.",
            )
        return assemble(self.decoded, self.signatures)


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
