"""Payment files by sepaxml: pain.008.001.08 (debits) and pain.001.001.09 (transfers). Needs the extra `billing`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sepaxml import SepaDD, SepaTransfer

from nodechain.billing.iban import check_creditor_id, check_iban, compact
from nodechain.billing.sepa_files import MAX_NAME, CreditTransfer, Debit, message_id, sepa_text, transfers_id
from nodechain.billing.settings import Seller

DEBITS = "pain.008.001.08"
TRANSFERS = "pain.001.001.09"
"""Asked for by name: the library's own choices are older."""


class _Debits(SepaDD):
    """The library's, with an id that follows from what is in it."""

    def __init__(self, config: dict[str, object], schema: str, file_id: str) -> None:
        self._file_id = file_id
        super().__init__(config, schema=schema)

    def _create_header(self) -> None:
        self.msg_id = self._file_id
        super()._create_header()


class _Transfers(SepaTransfer):
    """Likewise."""

    def __init__(self, config: dict[str, object], schema: str, file_id: str) -> None:
        self._file_id = file_id
        super().__init__(config, schema=schema)

    def _create_header(self) -> None:
        self.msg_id = self._file_id
        super()._create_header()


def debit_file(seller: Seller, debits: Iterable[Debit], day: str, scheme: str, code: str) -> bytes:
    """Recurrent debits of one scheme, to be collected on a day; checked against the schema."""
    debits = tuple(debits)
    made = _Debits(
        {
            "name": sepa_text(seller.name, MAX_NAME),
            "IBAN": check_iban(seller.iban),
            "batch": True,
            "creditor_id": check_creditor_id(seller.creditor_id),
            "currency": code,
            "instrument": scheme,
            **({"BIC": compact(seller.bic)} if seller.bic else {}),
        },
        DEBITS,
        message_id(f"{scheme} {seller.creditor_id}", day, debits),
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


def transfer_file(
    seller: Seller, transfers: Iterable[CreditTransfer], day: str, code: str, *, batch: bool = True
) -> bytes:
    """Credit transfers to be executed on a day; checked against the schema.

    `batch`: the bank may book them as one line; without it each is a line of the statement, which names its reference.
    """
    transfers = tuple(transfers)
    made = _Transfers(
        {
            "name": sepa_text(seller.name, MAX_NAME),
            "IBAN": check_iban(seller.iban),
            "batch": batch,
            "currency": code,
            **({"BIC": compact(seller.bic)} if seller.bic else {}),
        },
        TRANSFERS,
        transfers_id(seller.iban, day, transfers),
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
