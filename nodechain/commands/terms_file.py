"""A meter's terms on their way between unit, meter and account: a small JSON file with the consents given so far."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ledger.address import MultisigKey, SenderKey
from ledger.codec import Codec, encode
from ledger.errors import InvalidInput
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.transactions.envelope import Signature
from ledger.transactions.metering import BindMeter, MeterTerms
from nodechain.durable_file import replace_file
from nodechain.errors import UsageError

_TERMS: Final[Codec[MeterTerms]] = Codec(MeterTerms, MAX_TRANSACTION_BYTES)
_KEY: Final[Codec[SenderKey]] = Codec(SenderKey, MAX_TRANSACTION_BYTES)


@dataclass(frozen=True, slots=True)
class Terms:
    """What is to be agreed on, on which chain, and who has agreed: `account_key` is None until the account has."""

    chain_id: str
    terms: MeterTerms
    meter_signature: bytes = b""
    account_key: SenderKey | None = None
    account_signatures: tuple[Signature, ...] = ()

    @property
    def message(self) -> bytes:
        """The bytes that meter and account sign."""
        return self.terms.message(self.chain_id)

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
        """The payload; raises `UsageError` (too_few_signatures) while a consent is missing."""
        if self.missing or self.account_key is None:
            raise UsageError(
                f"the consent of {' and '.join(self.missing)} is missing",
                code="too_few_signatures",
                advice="Let those who hold the keys run `nodechain unit consent FILE`.",
            )
        return BindMeter(self.terms, self.meter_signature, self.account_key, self.account_signatures)


def write_terms(path: Path, found: Terms) -> None:
    """Write the file."""
    data: dict[str, Any] = {
        "chain_id": found.chain_id,
        "terms": encode(found.terms).hex(),
        "meter_signature": found.meter_signature.hex(),
        "account_key": "" if found.account_key is None else encode(found.account_key).hex(),
        "account_signatures": [[entry.index, entry.signature.hex()] for entry in found.account_signatures],
    }
    replace_file(path, (json.dumps(data, indent=2) + "\n").encode())


def read_terms(path: Path) -> Terms:
    """Read the file; raises `UsageError` (bad_terms_file) for what is none."""
    try:
        if path.stat().st_size > 4 * MAX_TRANSACTION_BYTES:
            raise UsageError(f"{path} is too large for terms", code="bad_terms_file")
        data = json.loads(path.read_text(encoding="utf-8"))
        key = bytes.fromhex(data["account_key"])
        return Terms(
            str(data["chain_id"]),
            _TERMS.decode(bytes.fromhex(data["terms"])),
            bytes.fromhex(data["meter_signature"]),
            _KEY.decode(key) if key else None,
            tuple(Signature(int(index), bytes.fromhex(value)) for index, value in data["account_signatures"]),
        )
    except (OSError, ValueError, KeyError, TypeError, InvalidInput) as error:
        raise UsageError(f"{path} is no terms file: {error}", code="bad_terms_file") from None
