"""Payment files against the schemas of ISO 20022, and read again."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from msgspec.structs import replace

from nodechain.billing.forms import extra
from nodechain.billing.sepa_files import CreditTransfer, Debit
from tests.support.billing_extra import need_billing
from tests.support.peers import module
from tests.support.sample_bill import SETTINGS

SELLER = replace(SETTINGS.seller, creditor_id="DE98ZZZ09999999999")
DEBITS = [
    Debit("Mitglied Eins", "AT611904300234573201", 4_025, "RF10EG202600000017", "EG-17", "M-1", "2026-01-02", "CORE"),
    Debit("Mitglied Zwei", "DE89370400440532013000", 2_525, "RF10EG202600000018", "EG-18", "M-2", "2026-01-03", "CORE"),
]
TRANSFERS = [CreditTransfer("Mitglied Eins", "AT611904300234573201", 1_234, "nrg1a", "chain nrg1a")]


def checked(data: bytes, name: str) -> ET.Element:
    """The document, after the schema that sepaxml ships has been held against it once more."""
    schema = Path(module("sepaxml").__file__ or "").parent / "schemas" / f"{name}.xsd"
    module("xmlschema").XMLSchema(str(schema)).validate(data.decode())
    root = ET.fromstring(data)
    assert root.tag == f"{{urn:iso:std:iso:20022:tech:xsd:{name}}}Document"
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def texts(root: ET.Element, name: str) -> list[str]:
    return [element.text or "" for element in root.iter(name)]


def test_debits() -> None:
    need_billing("sepaxml", "xmlschema")
    root = checked(extra("sepa_form").debit_file(SELLER, DEBITS, "2026-08-03", "CORE", "EUR"), "pain.008.001.08")
    assert texts(root, "InstdAmt") == ["40.25", "25.25"]
    assert texts(root, "EndToEndId") == ["RF10EG202600000017", "RF10EG202600000018"]
    assert texts(root, "MndtId") == ["M-1", "M-2"]
    assert set(texts(root, "CtrlSum")) == {"65.50"}
    assert texts(root, "SeqTp") == ["RCUR"]
    again = checked(extra("sepa_form").debit_file(SELLER, DEBITS, "2026-08-03", "CORE", "EUR"), "pain.008.001.08")
    assert texts(again, "MsgId") == texts(root, "MsgId") != [""]


@pytest.mark.parametrize(
    ("name", "pattern", "other"),
    [
        ("pain.008.001.08", rb"<CtrlSum>65.50<", b"<CtrlSum>much<"),
        ("pain.008.001.08", rb"<ReqdColltnDt>[^<]*<", b"<ReqdColltnDt>soon<"),
        ("pain.008.001.08", rb"<PmtMtd>DD</PmtMtd>", b""),
        ("pain.001.001.09", rb"<InstdAmt Ccy=\"EUR\">", b"<InstdAmt>"),
        ("pain.001.001.09", rb"AT611904300234573201", b"no account"),
    ],
)
def test_what_the_schemas_do_not_allow_fails(name: str, pattern: bytes, other: bytes) -> None:
    """So that they are known to be held against the files."""
    need_billing("sepaxml", "xmlschema")
    form = extra("sepa_form")
    made = (
        form.debit_file(SELLER, DEBITS, "2026-08-03", "CORE", "EUR")
        if name.startswith("pain.008")
        else form.transfer_file(SELLER, TRANSFERS, "2026-08-03", "EUR")
    )
    checked(made, name)
    broken = re.sub(pattern, other, made, count=1)
    assert broken != made
    with pytest.raises(module("xmlschema").XMLSchemaException):
        checked(broken, name)


def test_transfers() -> None:
    need_billing("sepaxml", "xmlschema")
    root = checked(extra("sepa_form").transfer_file(SELLER, TRANSFERS, "2026-08-03", "EUR"), "pain.001.001.09")
    assert texts(root, "InstdAmt") == ["12.34"]
    assert texts(root, "EndToEndId") == ["nrg1a"]
