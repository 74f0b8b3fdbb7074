"""A meter's terms on their way between unit, meter and account: a small JSON file with the consents given so far.

Bytes in, bytes out; the files are written by whoever consents, on a node's machine or on a meter's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any, Final

from ledger.address import MultisigKey, SenderKey, format_address, format_key
from ledger.chain_identity import ChainIdentity
from ledger.codec import Codec, encode
from ledger.errors import InvalidInput, TermsError
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.schema import MeterKind
from ledger.transactions.envelope import Signature
from ledger.transactions.metering import BindMeter, MeterTerms

MAX_TERMS_FILE_BYTES: Final = 4 * MAX_TRANSACTION_BYTES
_TERMS: Final[Codec[MeterTerms]] = Codec(MeterTerms, MAX_TRANSACTION_BYTES)
_KEY: Final[Codec[SenderKey]] = Codec(SenderKey, MAX_TRANSACTION_BYTES)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is to be agreed on, on which chain, and who has agreed: `account_key` is None until the account has."""

    chain: ChainIdentity
    terms: MeterTerms
    meter_signature: bytes = b""
    account_key: SenderKey | None = None
    account_signatures: tuple[Signature, ...] = ()

    @property
    def message(self) -> bytes:
        """The bytes that meter and account sign."""
        return self.terms.message(self.chain.genesis_hash)

    @property
    def missing(self) -> list[str]:
        """Whose consent is missing."""
        needed = self.account_key.threshold if isinstance(self.account_key, MultisigKey) else 1
        account = max(needed - len(self.account_signatures), 0)
        return ["meter"] * (not self.meter_signature) + ["account"] * account

    def with_account(self, key: SenderKey, more: tuple[Signature, ...]) -> Terms:
        """The same with further signatures of the account, each index once, no more than are needed."""
        joined = {entry.index: entry for entry in (*more, *self.account_signatures)}
        needed = key.threshold if isinstance(key, MultisigKey) else 1
        kept = tuple(joined[index] for index in sorted(joined))[:needed]
        return replace(self, account_key=key, account_signatures=kept)

    def binding(self) -> BindMeter:
        """The payload; raises `TermsError` (too_few_signatures) while a consent is missing."""
        if self.missing or self.account_key is None:
            raise TermsError(
                f"the consent of {' and '.join(self.missing)} is missing: let those who hold the keys run"
                " `nodechain unit consent FILE`, or `nodechain meter key consent` where the meter's key is in a device",
                code="too_few_signatures",
            )
        return BindMeter(self.terms, self.meter_signature, self.account_key, self.account_signatures)

    def shown(self) -> dict[str, Any]:
        """What whoever consents must have seen."""
        return {
            "chain_id": self.chain.id,
            "genesis_hash": self.chain.genesis_hash.hex(),
            "unit": format_address(self.terms.unit),
            "meter": format_key(self.terms.meter_key),
            "account": format_address(self.terms.account),
            "kind": MeterKind(self.terms.kind).name.lower(),
            "max_power_w": self.terms.max_power_w,
            "scale": self.terms.scale,
            "rollover": self.terms.rollover,
            "opening_register": self.terms.opening_register,
            "missing": self.missing,
        }


def encode_terms_file(found: Terms) -> bytes:
    """The file's bytes."""
    data: dict[str, Any] = {
        "chain_id": found.chain.id,
        "genesis_hash": found.chain.genesis_hash.hex(),
        "terms": encode(found.terms).hex(),
        "meter_signature": found.meter_signature.hex(),
        "account_key": "" if found.account_key is None else encode(found.account_key).hex(),
        "account_signatures": [[entry.index, entry.signature.hex()] for entry in found.account_signatures],
    }
    return (json.dumps(data, indent=2) + "\n").encode()


def decode_terms_file(content: bytes) -> Terms:
    """What the file says; raises `TermsError`."""
    if len(content) > MAX_TERMS_FILE_BYTES:
        raise TermsError("too large for terms")
    try:
        data = json.loads(content)
        key = bytes.fromhex(data["account_key"])
        found = Terms(
            ChainIdentity(str(data["chain_id"]), bytes.fromhex(data["genesis_hash"])),
            _TERMS.decode(bytes.fromhex(data["terms"])),
            bytes.fromhex(data["meter_signature"]),
            _KEY.decode(key) if key else None,
            tuple(Signature(int(index), bytes.fromhex(value)) for index, value in data["account_signatures"]),
        )
        # Nobody can agree to what cannot be shown.
        found.shown()
    except (ValueError, KeyError, TypeError, InvalidInput) as error:
        raise TermsError(f"no terms: {error}") from None
    return found
