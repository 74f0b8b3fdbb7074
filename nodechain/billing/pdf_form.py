"""A bill as PDF: embedded fonts with Greek, the canonical bill and its proof attached, codes to pay and to check.

Needs the extra `billing` (reportlab, pypdf, segno, nodechain-fonts). The same bill gives the same bytes.
"""

from __future__ import annotations

import io
from typing import Final

import nodechain_fonts
import segno
from reportlab.graphics.shapes import Drawing, Rect
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import escapeOnce
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from nodechain.billing.pdf_archive import Attachment, archived
from nodechain.billing.pdf_attachments import BILL_NAME, INVOICE_NAME, PROOF_NAME
from nodechain.billing.sheet import Sheet, SheetTable

REGULAR: Final = "DejaVuSans"
BOLD: Final = "DejaVuSans-Bold"
MARGIN: Final = 18 * mm
QR_SIZE: Final = 30 * mm
FRAME_PADDING: Final = 6
"""Of reportlab's frames, on each side."""
_GREY: Final = HexColor("#55616e")
_LINE: Final = HexColor("#d3dae2")


def pdf_form(
    sheet: Sheet, language: str, data: bytes, proof: bytes, codes: tuple[tuple[str, str], ...], invoice: bytes = b""
) -> bytes:
    """The document. `codes`: titles and contents of QR codes; `invoice`: the same as CII, empty where there is none."""
    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(nodechain_fonts.path(name))))
    sink = io.BytesIO()
    document = SimpleDocTemplate(
        sink, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
        title=f"{sheet.title} {sheet.facts[0][1]}", author=sheet.seller[0], lang=language, invariant=1,
    )  # fmt: skip
    flow = _flow(sheet, codes, document.width - 2 * FRAME_PADDING)
    document.build(flow, onFirstPage=_foot, onLaterPages=_foot)
    files = [Attachment(BILL_NAME, data, "application/json", "Source", "The canonical bill")]
    if proof:
        meaning = "What proves the bill with the chain's genesis"
        files.append(Attachment(PROOF_NAME, proof, "application/octet-stream", "Supplement", meaning))
    if invoice:
        files.append(Attachment(INVOICE_NAME, invoice, "text/xml", "Alternative", "The bill as CII (EN 16931)"))
    return archived(sink.getvalue(), f"{sheet.title} {sheet.facts[0][1]}", sheet.seller[0], language, files)


def qr_drawing(content: str, size: float) -> Drawing:
    """A QR code as squares; level M, as EPC asks for."""
    rows = [list(row) for row in segno.make(content, error="m", micro=False).matrix]
    edge = size / len(rows)
    drawing = Drawing(size, size)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                drawing.add(Rect(x * edge, size - (y + 1) * edge, edge, edge, strokeWidth=0))
    return drawing


def _style(size: float, *, bold: bool = False, grey: bool = False, after: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        "text", fontName=BOLD if bold else REGULAR, fontSize=size, leading=size * 1.35, spaceAfter=after,
        textColor=_GREY if grey else HexColor("#1b2430"), wordWrap="CJK",
    )  # fmt: skip


def _text(lines: tuple[str, ...], style: ParagraphStyle) -> Paragraph:
    return Paragraph("<br/>".join(escapeOnce(line) for line in lines), style)


def _flow(sheet: Sheet, codes: tuple[tuple[str, str], ...], width: float) -> list[Flowable]:
    body = _style(9)
    parties = Table(
        [[_text(sheet.member, body), _text(sheet.seller, body)]], colWidths=[width * 0.55, width * 0.45], hAlign="LEFT"
    )
    parties.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    found: list[Flowable] = [parties, Spacer(1, 8 * mm), _text((sheet.title,), _style(16, bold=True, after=3 * mm))]
    found += [_pairs(sheet.facts, width), Spacer(1, 5 * mm)]
    for table in sheet.tables:
        found += [_text((table.title,), _style(10, bold=True, after=1 * mm)), _table(table, width), Spacer(1, 4 * mm)]
    found.append(_text((sheet.due,), _style(12, bold=True, after=2 * mm)))
    if sheet.payment:
        found.append(_pairs(sheet.payment, width))
    if codes:
        titles = [_text((title,), _style(7, grey=True)) for title, _content in codes]
        images = [qr_drawing(content, QR_SIZE) for _title, content in codes]
        row = Table([images, titles], colWidths=[QR_SIZE + 14 * mm] * len(codes), hAlign="LEFT")
        found += [Spacer(1, 4 * mm), row]
    found += [Spacer(1, 3 * mm), *(_text((note,), _style(7.5, grey=True, after=1 * mm)) for note in sheet.notes)]
    return found


def _pairs(pairs: tuple[tuple[str, str], ...], width: float) -> Table:
    rows = [[_text((name,), _style(8.5, grey=True)), _text((value,), _style(8.5))] for name, value in pairs]
    table = Table(rows, colWidths=[width * 0.22, width * 0.78], hAlign="LEFT")
    table.setStyle(
        TableStyle([("LEFTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 0.5),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 0.5), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    )  # fmt: skip
    return table


def _table(table: SheetTable, width: float) -> Table:
    """Words wrap, numbers stand to the right on one line; sums are bold under a line."""
    columns = len(table.headings)
    first = width * (0.40 if columns > 3 else 0.6)
    widths = [first, *([(width - first) / (columns - 1)] * (columns - 1))]
    sums = len(table.rows) - table.sums
    rows: list[list[object]] = [list(table.headings)]
    for number, row in enumerate(table.rows):
        style = _style(8.5, bold=number >= sums)
        rows.append([_text((row[0],), style), *row[1:]])
    marks: list[tuple[object, ...]] = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 8.5),
        ("TEXTCOLOR", (0, 0), (-1, 0), _GREY),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        *(("ALIGN", (place, 0), (place, -1), "RIGHT") for place in sorted(table.right)),
    ]
    if table.sums:
        marks.append(("FONT", (1, sums + 1), (-1, -1), BOLD, 8.5))
    found = Table(rows, colWidths=widths, repeatRows=1, hAlign="LEFT")
    found.setStyle(TableStyle(marks))
    return found


def _foot(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(REGULAR, 7)
    canvas.setFillColor(_GREY)
    canvas.drawRightString(A4[0] - MARGIN, 10 * mm, str(document.page))
