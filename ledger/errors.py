"""The errors of the ledger, one tree, each with a stable code.

    LedgerError
    ├── InvalidInput        their fault: bytes or values that no honest sender produces; refuse, score the peer
    │   ├── InputTooLarge       refused before it is decoded
    │   ├── MalformedInput      does not decode as its type
    │   ├── NotCanonical        decodes, but is not the one encoding of its value
    │   ├── AmountError         a text that is no representable amount
    │   ├── AddressError        a text that is no address
    │   ├── CryptoKeyError      bytes that are no public key, secret key or signature
    │   ├── MnemonicError       words that are no recovery phrase
    │   ├── PathError           a text that is no derivation path
    │   ├── KeyfileError        an encrypted key file that is damaged; WrongPassword where the password is
    │   ├── GenesisError        a genesis that contradicts itself
    │   ├── ProofError          a proof that does not prove what it claims
    │   ├── LightError          a header that a light client does not accept as the chain's
    │   └── CertificateError    a certificate without a quorum of distinct, valid signatures
    ├── InclusionError      the transaction may not stand at this place of a block; a block with it is invalid
    ├── Refused             the transaction stands in the block, and failed; its receipt carries the code
    ├── InvalidBlock        the block breaks a rule; no honest validator votes for it
    ├── UnknownVersion      the chain goes on under rules that this program does not know: stop, install, start again
    └── BrokenInvariant     our fault: the state contradicts itself; halt, never continue

The ledger raises nothing else on purpose. `code` is a short snake_case word that never changes its meaning; it
appears in receipts, API problems and CLI output. The text says what to do where something can be done.
"""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


class LedgerError(Exception):
    """Base of all errors of the ledger; `code` is stable, `detail` is for people."""

    code = "ledger_error"

    def __init__(self, detail: str = "", *, code: str | None = None) -> None:
        if code is not None:
            self.code = code
        self.detail = detail
        super().__init__(f"{self.code}: {detail}" if detail else self.code)


class InvalidInput(LedgerError):
    """Bytes or values that no honest sender produces."""

    code = "invalid_input"


class InputTooLarge(InvalidInput):
    """Longer than its limit; refused before it was decoded."""

    code = "input_too_large"

    def __init__(self, what: str, size: int, limit: int) -> None:
        self.size = size
        self.limit = limit
        super().__init__(f"{what} has {size} bytes, at most {limit} are allowed")


class MalformedInput(InvalidInput):
    """Does not decode as the type that was expected."""

    code = "malformed_input"


class NotCanonical(InvalidInput):
    """Decodes, but another byte string is the one encoding of the value."""

    code = "not_canonical"


class AmountError(InvalidInput):
    """A text that is no amount, or one that the token's decimals cannot represent."""

    code = "bad_amount"


class AddressError(InvalidInput):
    """A text that is no address."""

    code = "bad_address"


class CryptoKeyError(InvalidInput):
    """Bytes that are no public key, no secret key or no signature of the stated algorithm."""

    code = "bad_key"


class MnemonicError(InvalidInput):
    """Words that are no recovery phrase; the text never repeats one of them."""

    code = "bad_mnemonic"


class PathError(InvalidInput):
    """A text that is no path of hardened derivation steps."""

    code = "bad_path"


class KeyfileError(InvalidInput):
    """An encrypted key file that is damaged or of an unknown version."""

    code = "bad_keyfile"


class WrongPassword(KeyfileError):
    """The password does not open the key file."""

    code = "wrong_password"


class GenesisError(InvalidInput):
    """A genesis that is incomplete or contradicts itself."""

    code = "bad_genesis"


class ProofError(InvalidInput):
    """A proof that does not prove what it claims."""

    code = "bad_proof"


class LightError(InvalidInput):
    """A header that does not follow from what is trusted, or not from it alone."""

    code = "bad_header"


class CertificateError(InvalidInput):
    """A certificate without a quorum of distinct, valid signatures of its height's validators."""

    code = "bad_certificate"


class InclusionError(LedgerError):
    """The transaction may not stand at this place of a block."""

    code = "not_includable"


class Refused(LedgerError):
    """The transaction was executed and failed; nothing but fee and nonce is applied."""

    code = "refused"


class InvalidBlock(LedgerError):
    """The block breaks a rule of the protocol."""

    code = "invalid_block"


class UnknownVersion(LedgerError):
    """The state asks for a protocol version, or a module, that this program does not know."""

    code = "unknown_version"


class BrokenInvariant(LedgerError):
    """The state contradicts itself: a bug or damage. The node halts."""

    code = "broken_invariant"


def require(condition: bool, detail: str) -> None:
    """Raise `BrokenInvariant` unless `condition`; unlike `assert` it survives `python -O`."""
    if not condition:
        raise BrokenInvariant(detail)


def require_present(value: T | None, detail: str) -> T:
    """`value`; raises `BrokenInvariant` where there is none."""
    if value is None:
        raise BrokenInvariant(detail)
    return value
