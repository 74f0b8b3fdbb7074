"""Payment files by sepaxml: pain.008.001.08 (debits) and pain.001.001.09 (transfers). Needs the extra `billing`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sepaxml import SepaDD, SepaTransfer

from nodechain.billing.iban import check_creditor_id, check_iban, compact
from nodechain.billing.sepa_files import MAX_NAME, CreditTransfer, Debit, sepa_text
from nodechain.billing.settings import Seller

DEBITS = "pain.008.001.08"
TRANSFERS = "pain.001.001.09"
"""Asked for by name: the library's own choices are older."""


def debit_file(seller: Seller, debits: Iterable[Debit], day: str, scheme: str, code: str) -> bytes:
    """Recurrent debits of one scheme, to be collected on a day; checked against the schema."""
    made = SepaDD(
        {
            "name": sepa_text(seller.name, MAX_NAME),
            "IBAN": check_iban(seller.iban),
            "batch": True,
            "creditor_id": check_creditor_id(seller.creditor_id),
            "currency": code,
            "instrument": scheme,
            **({"BIC": compact(seller.bic)} if seller.bic else {}),
        },
        schema=DEBITS,
    )
    for debit in debits:
        made.add_payment(
            {
                "name": debit.name,
                "IBAN": debit.iban,
                "amount": debit.cents,
                "type": "RCUR",
                "collection_date": date.fromisoformat(day),
                "mandate_id": debit.mandate,
                "mandate_date": date.fromisoformat(debit.signed),
                "description": debit.text,
                "endtoend_id": debit.reference,
            }
        )
    return made.export(validate=True)


def transfer_file(seller: Seller, transfers: Iterable[CreditTransfer], day: str, code: str) -> bytes:
    """Credit transfers to be executed on a day; checked against the schema."""
    made = SepaTransfer(
        {
            "name": sepa_text(seller.name, MAX_NAME),
            "IBAN": check_iban(seller.iban),
            "batch": True,
            "currency": code,
            **({"BIC": compact(seller.bic)} if seller.bic else {}),
        },
        schema=TRANSFERS,
    )
    for transfer in transfers:
        made.add_payment(
            {
                "name": transfer.name,
                "IBAN": transfer.iban,
                "amount": transfer.cents,
                "execution_date": date.fromisoformat(day),
                "description": transfer.text,
                "endtoend_id": transfer.reference,
            }
        )
    return made.export(validate=True)
