"""What a PDF of a bill has attached; needs the package pypdf of the extra `billing`."""

from __future__ import annotations

import io
from typing import Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from nodechain.errors import UsageError

BILL_NAME: Final = "bill.json"
PROOF_NAME: Final = "bill.proof"


def embedded_in_pdf(content: bytes) -> tuple[bytes, bytes]:
    """The canonical bill and the proof (or nothing) attached to a PDF; raises `UsageError` (bad_bill)."""
    try:
        attached = PdfReader(io.BytesIO(content)).attachments
        found = attached.get(BILL_NAME, ()), attached.get(PROOF_NAME, ())
        bills, proofs = [list(each) for each in found]
    except (PyPdfError, RecursionError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        # What pypdf says of a damaged file depends on the place that is damaged.
        raise UsageError(f"the PDF cannot be read: {error}", code="bad_bill") from None
    if not bills:
        raise UsageError("the PDF has no bill attached", code="bad_bill")
    return bills[0], proofs[0] if proofs else b""
