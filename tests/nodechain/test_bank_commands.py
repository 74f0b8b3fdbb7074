"""Money in and out on the command line, against a running node: the page's examples, files both ways, reserves."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from harness.node import PASSWORD, HomeFixture
from ledger.bank.limits import MARK_LIFETIME_MS
from nodechain.billing.pay_outs import mark_reference
from tests.support.billing_extra import need_billing
from tests.support.live_commands import LiveCommands, beside_node, console_of
from tests.support.peers import module

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "bank.md").read_text(encoding="utf-8")
ACCOUNT = "AT611904300234573201"
SETTINGS = f"""
zone = "UTC"

[seller]
name = "Energiegemeinschaft Sonnenhang e.G."
iban = "{ACCOUNT}"
[seller.address]
country = "AT"
"""
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>1</MsgId><CreDtTm>2026-08-04T06:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>1</Id><Acct><Id><IBAN>{account}</IBAN></Id></Acct>{lines}</Stmt></BkToCstmrStmt></Document>"""
LINE = """<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-08-04</Dt></BookgDt><AcctSvcrRef>{bank}</AcctSvcrRef><NtryDtls><TxDtls>
<Refs><EndToEndId>{end}</EndToEndId></Refs><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""


def statement(file: Path, *lines: tuple[str, str, str, str]) -> str:
    """Of each line the bank's reference, the amount with its sign, the end-to-end id, the text."""
    made = [
        LINE.format(
            amount=amount.lstrip("-"), mark="DBIT" if amount[0] == "-" else "CRDT", bank=bank, end=end, text=text
        )
        for bank, amount, end, text in lines
    ]
    file.write_text(CAMT.format(account=ACCOUNT, lines="".join(made)))
    return str(file)


def held(run: LiveCommands, name: str, part: str = "available") -> Decimal:
    """What an account has of the currency."""
    found = next(each for each in run("balance", name)["balances"] if each["asset"] == "EEURO")
    return Decimal(found[part]["tokens"])


def results(run: LiveCommands, *arguments: str) -> list[str]:
    """What becomes of each line of a statement."""
    return [each["result"] for each in run("bank", "import", *arguments)["lines"]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HomeFixture:
    made = HomeFixture(tmp_path / "home", str(ROOT / "genesis" / "dev.toml"))
    (made.path / "billing").mkdir()
    (made.path / "billing" / "billing.toml").write_text(SETTINGS)
    (tmp_path / "password").write_text(PASSWORD)
    monkeypatch.setenv("NODECHAIN_PASSWORD_FILE", str(tmp_path / "password"))
    monkeypatch.chdir(tmp_path)
    return made


def test_the_page_as_it_stands_then_files_both_ways(
    home: HomeFixture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    need_billing("sepaxml", "xmlschema")

    def lived(run: LiveCommands, node: Any) -> None:
        asking, banking, files, attesting = (console_of(PAGE, number) for number in range(1, 5))
        assert run.text(*asking[0]).startswith("RF")
        for line in asking[1:3]:
            run(*line)
        (mine,) = run(*asking[3])["withdrawals"]
        assert (mine["amount"]["tokens"], mine["waiting"]["tokens"], mine["marks"]) == ("50", "50", [])

        mark, burn, mark_all, listing, mint = banking
        run(*mark)
        assert run.refused("bank", "take-back", "21", "--from", "carol") == "withdrawal_marked"
        run(*burn)
        run(*mark_all)
        assert "2: 20 (7d left)" in run.text(*listing)
        run(*mint)
        run("bank", "lock", "12.345", "--from", "dave")
        run(*mark_all)
        round_trip(run, files, tmp_path)

        (tmp_path / "letter.pdf").write_bytes(b"a letter of the bank")
        run(*attesting[0])
        table = run.text(*attesting[1])
        assert PAGE.split("```text\n")[1].partition("```")[0] in table
        lapses(run, node)

    beside_node(home, capsys, lived)


def round_trip(run: LiveCommands, files: list[list[str]], tmp_path: Path) -> None:
    """Marks 2 (carol, 20) and 3 (dave, 12.34) are paid by a file, whose statement burns them."""
    pay, show, take = files
    assert run.refused(*pay) == "nothing_to_write"
    for name, iban in (("carol", "DE89370400440532013000"), ("dave", "AT611904300234573201")):
        run("bill", "member", "set", name, "--name", f"{name.title()} Größe", "--street", "Weg 3", "--postcode", "4020",
            "--city", "Linz", "--country", "AT", "--iban", iban)  # fmt: skip
    paid = run(*pay)
    assert [(each["mark"], each["cents"]) for each in paid["orders"]] == [(2, 2_000), (3, 1_234)]
    assert orders_in(tmp_path / "pay.xml") == [("20.00", mark_reference(2)), ("12.34", mark_reference(3))]
    assert run.refused(*pay) == "nothing_to_write", "a mark stands in one file"
    again = run(*pay, "--again", paid["id"])
    assert (again["id"], again["cents"], again["left_out"]) == (paid["id"], 3_234, [])
    assert run.refused(*pay, "--again", "NC-0") == "no_such_file"

    carol, dave = (run("bank", "reference", name) for name in ("carol", "dave"))
    cut, wrong = dave["reference"][:-4], dave["reference"][:-1] + ("B" if dave["reference"][-1] == "A" else "A")
    lines = [
        ("B1", "25.00", "NOTPROVIDED", f"Einzahlung {carol['reference'][:4]} {carol['reference'][4:]}"),
        ("B2", "7.50", "X", f"fuer {dave['address']}"),
        ("B2", "7.50", "X", f"fuer {dave['address']}"),
        ("B3", "1.00", "X", cut),
        ("B4", "1.00", "X", wrong),
        ("B5", "1.00", "X", dave["address"][:-1]),
        ("B6", "1.00", "X", f"{carol['reference']} {dave['address']}"),
        ("B7", "1.00", "X", "Spende"),
        ("B8", "-20.00", mark_reference(2), ""),
        ("B9", "-12.00", mark_reference(3), ""),
        ("B10", "-12.35", mark_reference(3), ""),
        ("B11", "-1.00", mark_reference(9), ""),
        ("B12", "-1.00", "RF00NCW00000003", ""),
        ("B13", "-3.20", "NOTPROVIDED", "Kontogebühr"),
        ("B14", "12.34", mark_reference(3), "Rueckgabe"),
    ]
    said = [
        "mint", "mint", "wrong_reference", "wrong_reference", "wrong_reference", "ambiguous", "no_reference", "burn",
        "partial", "above_mark", "unknown_mark", "wrong_reference", "no_reference", "payment_returned", "repeated",
    ]  # fmt: skip
    statement(tmp_path / "statement.xml", *lines)
    before, existing = (held(run, "carol"), held(run, "dave")), supply(run)
    assert results(run, *show[2:]) == said
    assert (held(run, "carol"), held(run, "dave"), supply(run)) == (*before, existing), "nothing was sent"
    assert run.refused("bank", "import", "statement.xml", "--take", "--from", "carol", "--yes") == "not_the_banker"
    done = [{"mint": "minted", "burn": "burned"}.get(each, each) for each in said]
    assert results(run, *take[2:]) == done
    assert (held(run, "carol") - before[0], held(run, "dave") - before[1]) == (Decimal(25), Decimal("7.5"))
    assert supply(run) == existing + 25 + Decimal("7.5") - 20
    known = [f"{each} before" if each in ("minted", "burned") else each for each in done]
    assert results(run, *take[2:]) == known, "taken again, nothing more comes of it"
    assert results(run, statement(tmp_path / "next.xml", lines[1], ("C1", "-12.34", mark_reference(3), "")),
                   "--take", "--yes", "--from", "bank") == ["minted before", "burned"]  # fmt: skip
    assert held(run, "dave", "withdrawal") == Decimal("0.005"), "part of a cent was not marked"
    csv = tmp_path / "one.csv"
    csv.write_text(f"account;reference;date;amount;currency;text\n{ACCOUNT};B2;2026-08-04;7,50;EUR;{dave['address']}\n")
    assert results(run, str(csv)) == ["minted before"], "the same line in another form"
    line = run("bank", "import", "statement.xml")["lines"][6]
    run("bank", "mint", "carol", "1", "--reference", line["hash"], "--from", "bank")
    assert results(run, "statement.xml")[6] == "minted before", "by hand, with the line named"
    assert run.refused("bank", "mint", "carol", "1", "--reference", line["hash"], "--from", "bank") == "line_taken"
    assert run.refused("bank", "mint", "carol", "1", "--reference", "00" * 32, "--from", "bank") == "bad_reference"


def orders_in(file: Path) -> list[tuple[str, str]]:
    """Amounts and end-to-end ids of a pain.001, held against its schema first; each is booked as a line of its own."""
    name = "pain.001.001.09"
    schema = Path(module("sepaxml").__file__ or "").parent / "schemas" / f"{name}.xsd"
    module("xmlschema").XMLSchema(str(schema)).validate(file.read_text())
    root = ET.fromstring(file.read_bytes())
    space = f"{{urn:iso:std:iso:20022:tech:xsd:{name}}}"
    assert {element.text for element in root.iter(f"{space}BtchBookg")} == {"false"}
    amounts = [element.text or "" for element in root.iter(f"{space}InstdAmt")]
    return list(zip(amounts, [element.text or "" for element in root.iter(f"{space}EndToEndId")], strict=True))


def supply(run: LiveCommands) -> Decimal:
    """What exists of the currency."""
    return Decimal(run("bank", "reserves")["currencies"][0]["existing"]["tokens"])


def lapses(run: LiveCommands, node: Any) -> None:
    """What lies at the bank, then a mark that nobody settles: voters do."""
    (word,) = run("bank", "reserves")["currencies"][0]["attestations"]
    assert (word["standing"], word["attester_kind"], word["coverage_ppm"]) == ("covered", "banker", 1_000_965)
    run("bank", "lock", "3", "--from", "carol")
    run("bank", "mark", "carol", "3", "--from", "bank")
    vote = ("vote", "settle-withdrawal", "carol", "4", "--returned", "--from")
    assert run.refused(*vote, "alice") == "mark_not_lapsed"
    node.clock.move_to(node.clock.wall_ms() + MARK_LIFETIME_MS + 60_000)
    run("transfer", "eeuro", "bob", "1", "--from", "carol")
    assert run.refused("bank", "burn", "carol", "3", "--from", "bank") == "mark_lapsed"
    assert "lapsed" in run.text("bank", "withdrawals", "carol")
    before = held(run, "carol")
    for voter in ("alice", "bob"):
        run(*vote, voter)
    assert held(run, "carol") == before + 3
    assert run.refused("bank", "burn", "carol", "3", "--from", "bank") == "no_such_mark"
