"""What holders of tokens and the banker send. Amounts in base units."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ledger.encoding.codec import Bytes20, Value

Positive = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]


AssetNumber = Annotated[int, msgspec.Meta(ge=1, le=2)]


class Transfer(Value, frozen=True):
    """Send `amount` of `asset` to `recipient`."""

    asset: AssetNumber
    recipient: Bytes20
    amount: Positive


class LockWithdrawal(Value, frozen=True):
    """Lock eEuro until the banker has paid it out (and burns it) or unlocks it."""

    amount: Positive


class MintCurrency(Value, frozen=True):
    """The banker issues eEuro to `recipient` against money received."""

    recipient: Bytes20
    amount: Positive


class BurnCurrency(Value, frozen=True):
    """The banker destroys eEuro that `holder` locked for withdrawal, after paying it out."""

    holder: Bytes20
    amount: Positive


class UnlockCurrency(Value, frozen=True):
    """The banker gives eEuro locked for withdrawal back to `holder`."""

    holder: Bytes20
    amount: Positive


class SetBanker(Value, frozen=True, tag=5):
    """Make an account the banker."""

    address: Bytes20
