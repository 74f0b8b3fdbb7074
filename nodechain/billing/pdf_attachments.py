"""What a PDF of a bill has attached; needs the package pypdf of the extra `billing`."""

from __future__ import annotations

import io
from typing import Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from nodechain.errors import UsageError

BILL_NAME: Final = "bill.json"
PROOF_NAME: Final = "bill.proof"
INVOICE_NAME: Final = "factur-x.xml"
_FLATE: Final = "/FlateDecode"


def embedded_in_pdf(content: bytes) -> tuple[bytes, bytes]:
    """The canonical bill and the proof (or nothing) attached to a PDF; raises `UsageError` (bad_bill)."""
    bill, proof = _attached(content, BILL_NAME, PROOF_NAME)
    if not bill:
        raise UsageError("the PDF has no bill attached", code="bad_bill")
    return bill, proof


def invoice_in_pdf(content: bytes) -> bytes:
    """The invoice attached to a PDF; empty where there is none. Raises `UsageError` (bad_bill)."""
    return _attached(content, INVOICE_NAME)[0]


def _attached(content: bytes, *names: str) -> list[bytes]:
    """The file of each name, empty where there is none; of two, readers might take different ones.

    Nothing is repaired (`strict`): looking through the whole file for each entry that is wrong takes hours.
    """
    try:
        reader = PdfReader(io.BytesIO(content), strict=True)
        _check_packing(reader)
        attached = reader.attachments
        found = [list(attached.get(name, ())) for name in names]
    except (PyPdfError, RecursionError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        # What pypdf says of a damaged file depends on the place that is damaged.
        raise UsageError(f"the PDF cannot be read: {error}", code="bad_bill") from None
    for name, files in zip(names, found, strict=True):
        if len(files) > 1:
            raise UsageError(f"the PDF has {name} attached {len(files)} times", code="bad_bill")
    return [files[0] if files else b"" for files in found]


def _check_packing(reader: PdfReader) -> None:
    """Attachments are packed by Flate or not at all: pypdf bounds what that comes to, and not what each filter does."""
    for each in reader.attachment_list:
        for stream in each.pdf_object["/EF"].get_object().values():
            packing = stream.get_object().get("/Filter", _FLATE)
            if packing not in (_FLATE, [_FLATE]):
                raise UsageError(f"the PDF has {each.name[:40]} packed by {str(packing)[:60]}", code="bad_bill")
