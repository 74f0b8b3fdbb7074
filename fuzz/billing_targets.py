"""What the billing rooms read of others: a bank's statement, bills in JSON, HTML and PDF, a community's settings.

PDFs are here where the extra `billing` is installed.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from fuzz.target import Target
from nodechain.billing.bank_statement import match_entries, read_statement
from nodechain.billing.canonical import canonical_json, read_canonical
from nodechain.billing.document import Bill, BillSide, BillTerms, Due, EnergyLine, LineSource, Period, TaxRule
from nodechain.billing.forms import bill_in_file
from nodechain.billing.settings import parse_settings
from nodechain.errors import UsageError
from nodechain.home.genesis_file import parse_template

BANK_FILES = Path(__file__).resolve().parents[1] / "tests" / "nodechain" / "bank_files"
CSV_STATEMENT = """account;reference;date;amount;currency;text
AT611904300234573201;2026-07/1;2026-07-03;-12,50;EUR;EG-2026/17
AT611904300234573201;;2026-07-04;1 000.00;EUR;"deposit; twice"
""".replace("1 000", "1000").encode()
SETTINGS = b"""zone = "Europe/Vienna"
language = "de"
[seller]
name = "Sonnenhang e.G."
iban = "AT61 1904 3002 3457 3201"
address = { street = "Hauptplatz 1", postcode = "4020", city = "Linz", country = "AT" }
[[taxes]]
section = "trades"
side = "charges"
category = "S"
rate = "20"
"""
TEMPLATES = Path(__file__).resolve().parents[1] / "genesis"
BILL = b'{"format":1,"number":17}'
EMBEDDED = '<script type="application/{kind}" id="{name}">{text}</script>'


def billing_targets() -> dict[str, Target]:
    """By name, as `fuzz.decoders.targets`."""
    statements = tuple((BANK_FILES / name).read_bytes() for name in ("camt053-clean.xml", "camt053-hard.xml"))
    found = {
        "bank statement": _target(_statement, *statements),
        "bank statement, csv": _target(_statement, CSV_STATEMENT),
        "bill in html": _target(_in_file, _page()),
        "bill": _target(lambda data: read_canonical(data, Bill), canonical_json(_bill())),
        "billing settings": _target(lambda data: parse_settings(data, "x"), SETTINGS),
        "genesis template": _target(
            lambda data: parse_template(data.decode("utf-8", "replace")),
            *((TEMPLATES / name).read_bytes() for name in ("dev.toml", "at-eeg.toml")),
        ),
    }
    if find_spec("pypdf") is not None:
        found["bill in pdf"] = Target(_in_file, (_pdf(),), refusals=(UsageError,))
    return found


def _target(decode: Callable[[bytes], object], *good: bytes) -> Target:
    return Target(decode, good, text=True, refusals=(UsageError,))


def _statement(data: bytes) -> None:
    """As entries, each with its hash and the bill that it pays."""
    match_entries(read_statement(data), {"EG-2026/17": 17}, "EUR")


def _in_file(data: bytes) -> None:
    bill_in_file(Path("x"), data)


def _bill() -> Bill:
    """A bill of one line of energy."""
    side = BillSide("0", "0", 0, "0", 0, ())
    terms = BillTerms(
        "Sonnenhang", "private", "de", False, 14, (TaxRule("*", "*", "E", 0, ""),), (Due("d", "D", 1, 1),)
    )
    energy = EnergyLine("produced", "1000", (LineSource(3, 1, "00" * 32, "1000"),))
    period = Period(1_782_856_800_000, 1_785_535_200_000, "Europe/Vienna", "2026-07-01", "2026-07-31")
    return Bill(
        "nodechain-bill-1", "chain", "00" * 32, 1, "1", 0, "", "nc1", period, 3, None, "EUR", (), (energy,), (), (), (),
        side, side,
        0, 0, terms,
    )  # fmt: skip


def _page() -> bytes:
    parts = (("json", "bill", BILL), ("octet-stream", "proof", b"a proof"))
    scripts = "".join(EMBEDDED.format(kind=k, name=n, text=base64.b64encode(d).decode()) for k, n, d in parts)
    return f"<!doctype html><html><body>{scripts}</body></html>".encode()


def _pdf() -> bytes:
    """An empty page with the bill and a proof attached, as small as a reader takes it."""
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(bill.json)4 0 R(bill.proof)6 0 R]>>>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ]
    for name, data in ((b"bill.json", BILL), (b"bill.proof", b"a proof")):
        number = len(bodies) + 2
        bodies.append(b"<</Type/Filespec/F(%s)/UF(%s)/EF<</F %d 0 R>>>>" % (name, name, number))
        bodies.append(b"<</Type/EmbeddedFile/Length %d>>stream\n%s\nendstream" % (len(data), data))
    made, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(b"%010d 00000 n \n" % len(made))
        made += b"%d 0 obj%s\nendobj\n" % (number, body)
    count = len(bodies) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % count
    tail = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (count, len(made))
    return made + head + b"".join(places) + tail
