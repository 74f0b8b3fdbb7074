"""A meter's statement on its way from the meter by the account to the unit: a small JSON file with the consents.

Bytes in, bytes out; the files are written by whoever consents, on a node's machine or on a meter's.
"""

from __future__ import annotations

import json
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from ledger.chain.envelope import Signature
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import Codec, encode
from ledger.encoding.obis import format_obis
from ledger.errors import InvalidInput
from ledger.keys.address import MultisigKey, SenderKey, format_address, format_key
from ledger.keys.crypto import verify
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.metering.errors import TermsError
from ledger.metering.payloads import BindMeter, Closing, MeterTerms, ReplaceMeter
from ledger.metering.registers import to_wh
from ledger.metering.schema import MeterKind

MAX_TERMS_FILE_BYTES: Final = 4 * MAX_TRANSACTION_BYTES
_TERMS: Final[Codec[MeterTerms]] = Codec(MeterTerms, MAX_TRANSACTION_BYTES)
_CLOSING: Final[Codec[Closing]] = Codec(Closing, MAX_TRANSACTION_BYTES)
_KEY: Final[Codec[SenderKey]] = Codec(SenderKey, MAX_TRANSACTION_BYTES)


class BindingTerms(msgspec.Struct, frozen=True):
    """What a meter says and where it is to be bound, on which chain, and who has agreed.

    `account_key` is None until the account has; `closing` is what a meter whose place it takes showed at its end.
    """

    chain: ChainIdentity
    terms: MeterTerms
    meter_signature: bytes
    closing: Closing | None = None
    account_key: SenderKey | None = None
    account_signatures: tuple[Signature, ...] = ()

    @property
    def is_signed(self) -> bool:
        """Whether the meter's key signed what the file says of it."""
        return verify(self.terms.meter_key, self.terms.message(self.chain.genesis_hash), self.meter_signature)

    @property
    def message(self) -> bytes:
        """The bytes that the account signs."""
        if self.closing is not None:
            return self.closing.message(self.chain.genesis_hash, self.terms)
        return self.terms.message(self.chain.genesis_hash)

    @property
    def opening_wh(self) -> int:
        """What the meter showed, in Wh."""
        return to_wh(self.terms.opening_register, self.terms.scale, self.terms.factor)

    @property
    def missing(self) -> list[str]:
        """Whose consent is missing."""
        needed = self.account_key.threshold if isinstance(self.account_key, MultisigKey) else 1
        return ["account"] * max(needed - len(self.account_signatures), 0)

    def with_account(self, key: SenderKey, more: tuple[Signature, ...]) -> BindingTerms:
        """The same with further signatures of the account, each index once, no more than are needed."""
        joined = {entry.index: entry for entry in (*more, *self.account_signatures)}
        needed = key.threshold if isinstance(key, MultisigKey) else 1
        kept = tuple(joined[index] for index in sorted(joined))[:needed]
        return replace(self, account_key=key, account_signatures=kept)

    def binding(self) -> BindMeter:
        """The payload; raises `TermsError` (too_few_signatures) while a consent is missing."""
        if self.missing or self.account_key is None:
            raise TermsError(
                f"the consent of {' and '.join(self.missing)} is missing: let those who hold the account's keys run"
                " `nodechain unit consent FILE`",
                code="too_few_signatures",
            )
        return BindMeter(self.terms, self.meter_signature, self.account_key, self.account_signatures)

    def replacement(self, old_key: bytes) -> ReplaceMeter:
        """The payload that puts it in the place of another; raises like `binding`."""
        return ReplaceMeter(old_key, () if self.closing is None else (self.closing,), self.binding())

    def shown(self) -> dict[str, Any]:
        """What whoever consents must have seen; energy in Wh."""
        closing: dict[str, Any] = {}
        if self.closing is not None:
            closing = {
                "replaces": format_key(self.closing.meter_key),
                "closing_raw": self.closing.register,
                "closing_ms": self.closing.time_ms,
            }
        return {
            "chain_id": self.chain.id,
            "genesis_hash": self.chain.genesis_hash.hex(),
            "unit": format_address(self.terms.unit),
            "meter": format_key(self.terms.meter_key),
            "account": format_address(self.terms.account),
            "kind": MeterKind(self.terms.kind).name.lower(),
            "max_power_w": self.terms.max_power_w,
            "register": format_obis(self.terms.obis),
            "step_wh": format_step(self.terms.scale, self.terms.factor),
            "rollover_raw": self.terms.rollover,
            "serial_hash": self.terms.serial.hex(),
            "profile": self.terms.profile.hex(),
            "opening_wh": self.opening_wh,
            "opening_ms": self.terms.opening_ms,
            **closing,
            "missing": self.missing,
        }


def encode_terms_file(found: BindingTerms) -> bytes:
    """The file's bytes."""
    data: dict[str, Any] = {
        "chain_id": found.chain.id,
        "genesis_hash": found.chain.genesis_hash.hex(),
        "terms": encode(found.terms).hex(),
        "meter_signature": found.meter_signature.hex(),
        "closing": "" if found.closing is None else encode(found.closing).hex(),
        "account_key": "" if found.account_key is None else encode(found.account_key).hex(),
        "account_signatures": [[entry.index, entry.signature.hex()] for entry in found.account_signatures],
    }
    return (json.dumps(data, indent=2) + "\n").encode()


def decode_terms_file(content: bytes) -> BindingTerms:
    """What the file says; raises `TermsError`."""
    if len(content) > MAX_TERMS_FILE_BYTES:
        raise TermsError("too large for terms")
    try:
        data = json.loads(content)
        key = bytes.fromhex(data["account_key"])
        closing = bytes.fromhex(data["closing"])
        found = BindingTerms(
            ChainIdentity(str(data["chain_id"]), bytes.fromhex(data["genesis_hash"])),
            _TERMS.decode(bytes.fromhex(data["terms"])),
            bytes.fromhex(data["meter_signature"]),
            _CLOSING.decode(closing) if closing else None,
            _KEY.decode(key) if key else None,
            tuple(Signature(int(index), bytes.fromhex(value)) for index, value in data["account_signatures"]),
        )
        # Nobody can agree to what cannot be shown.
        found.shown()
        signed = found.is_signed
    except (ValueError, KeyError, TypeError, RecursionError, InvalidInput) as error:
        raise TermsError(f"no terms: {error}") from None
    if not signed:
        raise TermsError(
            "the meter's key did not sign what the file says; read the meter again: `nodechain meter opening`"
        )
    return found


def format_step(scale: int, factor: int) -> str:
    """What one step of the raw register is, in Wh, exactly."""
    if scale >= 0:
        return str(factor * 10**scale)
    whole, part = divmod(factor, 10**-scale)
    return f"{whole}.{part:0{-scale}d}".rstrip("0").rstrip(".")
