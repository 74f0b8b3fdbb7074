"""What the events of certificates move: the price of a part that is taken, and nothing else."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ledger.certificates.events import CERTIFICATE_EVENTS, CertificateTaken
from ledger.chain.postings import AVAILABLE, Posting, Postings, TokenMeasure, nothing, transfer


def _taken(event: CertificateTaken, _fee_asset: int) -> tuple[Posting, ...]:
    if not event.amount:
        return ()
    return transfer(TokenMeasure(event.asset), (event.taker, AVAILABLE), (event.owner, AVAILABLE), event.amount)


CERTIFICATE_POSTINGS: Final[Postings] = MappingProxyType(
    {**dict.fromkeys(CERTIFICATE_EVENTS, nothing), CertificateTaken: _taken}
)
