"""What the codes of tokens mean to people (`ledger.codes`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.codes import Codes

BANK_CODES: Final = Codes(
    input=MappingProxyType({"bad_asset": "The chain has no asset of this name; `nodechain assets` lists them."}),
    inclusion=MappingProxyType(
        {
            "fee_too_low": "The fee is below the chain's minimum.",
            "cannot_pay_fee": "The available balance does not pay the fee.",
        }
    ),
    refused=MappingProxyType(
        {
            "insufficient_balance": "The available balance is too low.",
            "insufficient_lock": "Less than this is locked for the purpose.",
            "unknown_asset": "The chain has no asset of this number.",
            "not_a_currency": "The asset is no currency: no banker issues it or pays it out.",
            "same_account": "Sender and recipient are the same account.",
            "not_the_banker": "Only the present banker may do this.",
            "already_banker": "The address is the banker already.",
        }
    ),
)
