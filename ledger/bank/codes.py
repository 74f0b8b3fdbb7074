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
            "line_taken": "For this line of the bank's statement something was minted, burned or noted before.",
            "withdrawal_marked": "The banker has marked the withdrawal and is paying it; it cannot be taken back now.",
            "too_many_marks": "The account has as many open marks of this asset as one may have.",
            "no_such_mark": "The account has no open mark of this number and asset.",
            "above_mark": "The mark is for less than this.",
            "mark_lapsed": "The mark is too old: voters decide whether it was paid (vote settle-withdrawal).",
            "mark_not_lapsed": "The banker still has time to burn or unlock what it marked.",
            "not_a_reserve_attester": "Only the banker, or an auditor whom voters appointed, attests reserves.",
            "attested_ahead": "The attestation is for a time after the block's.",
            "attestation_not_newer": "The attester has attested the same or a later time already.",
        }
    ),
)
