"""EN 16931 as CII and UBL, written by factur-x and checked against its schemas. Needs the extra `billing`."""

from __future__ import annotations

from facturx import generate_cii_xml, generate_ubl_xml

from nodechain.billing.einvoice import TermDict

LEVEL = "en16931"


def cii(terms: TermDict) -> bytes:
    """UN/CEFACT Cross Industry Invoice; the shipped rules need a server of Saxon, so only its schema is checked."""
    made: bytes = generate_cii_xml(terms, level=LEVEL, check_xsd=True, check_schematron=None)
    return made


def ubl(terms: TermDict) -> bytes:
    """OASIS UBL 2.1."""
    made: bytes = generate_ubl_xml(terms, level=LEVEL, check_xsd=True, check_schematron=None)
    return made
