"""A bill as one HTML page that needs nothing else; the canonical bill, and its proof, are in it."""

from __future__ import annotations

import base64
import binascii
import re
from html import escape
from typing import Final

from nodechain.billing.sheet import Sheet, SheetTable
from nodechain.errors import UsageError

STYLE: Final = (
    "body{font:15px/1.45 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b2430}"
    "header{display:flex;justify-content:space-between;gap:2rem;flex-wrap:wrap}h1{font-size:1.5rem;margin:.2rem 0 1rem}"
    "table{border-collapse:collapse;width:100%;margin:0 0 1.4rem}"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}"
    "th,td{padding:.25rem .5rem;border-bottom:1px solid #d8dee6;text-align:left;vertical-align:top}"
    "th{font-weight:500;color:#566}.r{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    ".s td{font-weight:600}.due{font-size:1.2rem;font-weight:600}small{color:#566;overflow-wrap:anywhere}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dd{margin:0;overflow-wrap:anywhere}"
)
_EMBEDDED: Final = re.compile(
    r'<script type="application/(json|octet-stream)" id="(bill|proof)">([A-Za-z0-9+/=]*)</script>'
)


def html_form(sheet: Sheet, language: str, data: bytes, proof: bytes) -> bytes:
    """The page. `data`: the canonical bill; `proof`: empty where there is none yet."""
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in sheet.facts)
    payment = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in sheet.payment)
    parts = [
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">',
        f"<title>{escape(sheet.title)} {escape(sheet.facts[0][1])}</title>",
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>',
        f"<header><p>{_lines(sheet.seller)}</p><p>{_lines(sheet.member)}</p></header>",
        f"<h1>{escape(sheet.title)}</h1><dl>{facts}</dl>",
        *(_table(table) for table in sheet.tables),
        f'<p class="due">{escape(sheet.due)}</p><dl>{payment}</dl>',
        *(f"<p><small>{escape(note)}</small></p>" for note in sheet.notes),
        f'<script type="application/json" id="bill">{base64.b64encode(data).decode()}</script>',
        f'<script type="application/octet-stream" id="proof">{base64.b64encode(proof).decode()}</script>',
        "</body></html>\n",
    ]
    return "\n".join(parts).encode()


def embedded_in_html(page: bytes) -> tuple[bytes, bytes]:
    """The canonical bill and the proof in a page, each once: of two, readers might take different ones.

    Raises `UsageError` (bad_bill).
    """
    written = _EMBEDDED.findall(page.decode(errors="replace"))
    try:
        found = {name: base64.b64decode(text) for _kind, name, text in written}
    except binascii.Error:
        raise UsageError("what the page holds of a bill was damaged", code="bad_bill") from None
    if set(found) != {"bill", "proof"}:
        raise UsageError("the page holds no bill", code="bad_bill")
    if len(written) > len(found):
        raise UsageError("the page holds more than one bill or proof", code="bad_bill")
    return found["bill"], found["proof"]


def _lines(lines: tuple[str, ...]) -> str:
    return "<br>".join(escape(line) for line in lines)


def _table(table: SheetTable) -> str:
    head = "".join(f"<th{_right(table, place)}>{escape(text)}</th>" for place, text in enumerate(table.headings))
    sums = len(table.rows) - table.sums
    body = "".join(
        f"<tr{' class=s' if number >= sums else ''}>"
        + "".join(f"<td{_right(table, place)}>{escape(cell)}</td>" for place, cell in enumerate(row))
        + "</tr>"
        for number, row in enumerate(table.rows)
    )
    return f"<table><caption>{escape(table.title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _right(table: SheetTable, place: int) -> str:
    return ' class="r"' if place in table.right else ""
