"""Formats that are recognised and refused, each with its reason: better than a file that is read half right."""

from __future__ import annotations

from typing import Final

from nodechain.formats.errors import BadFile
from nodechain.formats.text import folded

REASONS: Final = {
    "de-mscons": (
        "this is MSCONS (EDIFACT) of the German market; its guides, new every year, were not read for nodechain",
        "Ask the operator or the metering company for a CSV of quarter hours, and read it with a mapping file.",
    ),
    "ch-sdat": (
        "this is SDAT or ebIX XML of the Swiss market: its documents were not read for nodechain",
        "Download the CSV of the operator's customer portal instead.",
    ),
    "fr-r15": (
        "this is a flow R15 of Enedis for collective self-consumption; its columns were not found in public",
        "Import the points' load curves (courbes de charge) instead.",
    ),
    "bank": (
        "this is a bank's file (ISO 20022), it holds payments and no energy",
        "See `nodechain bill --help`.",
    ),
    "zip": (
        "this is an archive",
        "Unpack it, and import the files inside one by one.",
    ),
    "xls": (
        "this is a workbook of the old binary kind (.xls)",
        "Save it as .xlsx without changing it, or download CSV.",
    ),
    "pdf": ("this is a PDF: it shows values, it does not hold them", "Ask for XML, CSV or XLSX."),
}
"""By name: why, and what to do instead."""


def refused_kind(data: bytes, head: str) -> str | None:
    """Which of the refused formats this is, if any; `head` is the beginning as text."""
    if data[:4] == b"PK\x03\x04":
        return "zip"
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return "xls"
    if data[:5] == b"%PDF-":
        return "pdf"
    text = folded(head[:4_000])
    if text.startswith(("una:", "unb+")) or "mscons:" in text:
        return "de-mscons"
    if "urn:iso:std:iso:20022" in text:
        return "bank"
    if text.startswith("<") and ("ebix.org" in text or "strom.ch" in text):
        return "ch-sdat"
    if "<r15" in text or "flux_r15" in text:
        return "fr-r15"
    return None


def refuse(kind: str) -> BadFile:
    """The error for one of them."""
    reason, advice = REASONS[kind]
    return BadFile(reason, code=f"not_read_{kind.replace('-', '_')}", advice=advice)
