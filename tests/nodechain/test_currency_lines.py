"""What lines of a bank's statement mean for currency, and which marks a file pays; nothing is proposed silently."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from harness.chain import address
from ledger.keys.address import format_address
from nodechain.billing.bank_statement import BankEntry, read_all_entries
from nodechain.billing.currency_lines import Known, Meaning, ProposedLine, pay_in_reference, propose
from nodechain.billing.iban import is_creditor_reference
from nodechain.billing.pay_outs import OpenMark, WrittenFile, WrittenPayOuts, mark_reference, marks_in, pay_outs_of
from nodechain.billing.rounding import CentSize
from nodechain.errors import DataDamaged, UsageError
from tests.support.sample_bill import MEMBER

CENT = 10**7
SIZE = CentSize.of(9)
GENESIS = b"g" * 32
CAROL, DAVE = (format_address(address(name)) for name in ("carol", "dave"))
PAY_IN = {name: pay_in_reference(GENESIS, address(name)) for name in ("carol", "dave")}
KNOWN = Known(
    {PAY_IN["carol"]: CAROL, PAY_IN["dave"]: DAVE},
    {3: OpenMark(3, CAROL, 1_000 * CENT, lapsed=False), 4: OpenMark(4, DAVE, 500 * CENT, lapsed=True)},
    "EUR",
    SIZE,
)


def line(cents: int, *references: str, text: str = "", currency: str = "EUR") -> ProposedLine:
    entry = BankEntry("AT1", "B1", "2026-08-04", cents, currency, references, text)
    (found,) = propose([entry], [], KNOWN)
    return found


def said(found: ProposedLine) -> tuple[str, str, int, int, str]:
    return found.meaning.value, found.account, found.mark, found.base // CENT, found.reason


def test_references_have_check_digits_and_belong_to_one_account_of_one_chain() -> None:
    found = {pay_in_reference(genesis, address(name)) for genesis in (GENESIS, b"h" * 32) for name in ("carol", "dave")}
    assert len(found) == 4
    for reference in (*found, mark_reference(1), mark_reference(99_999_999)):
        assert is_creditor_reference(reference)
        assert len(reference) == (25 if "NCP" in reference else 15)


@pytest.mark.parametrize("written", [PAY_IN["carol"], CAROL, PAY_IN["carol"].lower(), f"Danke, {CAROL.upper()}! 7"])
def test_money_in_is_minted_to_whom_it_names(written: str) -> None:
    for found in (line(2_500, written), line(2_500, "X", text=f"pay {written} thanks")):
        assert said(found) == ("mint", CAROL, 0, 2_500, "")
    spaced = " ".join(written[place : place + 4] for place in range(0, len(written), 4))
    assert said(line(2_500, text=spaced)) == ("mint", CAROL, 0, 2_500, "")


@pytest.mark.parametrize(
    ("references", "reason"),
    [
        (("Spende",), "no_reference"),
        ((PAY_IN["carol"][:-1],), "wrong_reference"),
        ((PAY_IN["carol"][:-2] + PAY_IN["carol"][-1] + PAY_IN["carol"][-2],), "wrong_reference"),
        ((CAROL[:-1],), "wrong_reference"),
        ((CAROL[:-1] + ("q" if CAROL[-1] != "q" else "p"),), "wrong_reference"),
        ((PAY_IN["carol"], DAVE), "ambiguous"),
        ((pay_in_reference(b"h" * 32, address("carol")),), "unknown_account"),
        ((PAY_IN["carol"], PAY_IN["dave"][:-1]), "wrong_reference"),
        ((mark_reference(3),), "payment_returned"),
        (("RF902026100017",), "no_reference"),
    ],
)
def test_money_in_that_names_nobody_for_sure_is_shown_with_the_reason(references: tuple[str, ...], reason: str) -> None:
    found = line(2_500, *references)
    assert (found.meaning, found.reason) == (Meaning.NOTHING, reason)


@pytest.mark.parametrize(
    ("cents", "references", "expected"),
    [
        (-1_000, (mark_reference(3),), ("burn", CAROL, 3, 1_000, "")),
        (-999, (mark_reference(3),), ("", CAROL, 3, 999, "partial")),
        (-1_001, (mark_reference(3),), ("", CAROL, 3, 1_001, "above_mark")),
        (-500, (mark_reference(4),), ("", DAVE, 4, 500, "mark_lapsed")),
        (-1_000, (mark_reference(5),), ("", "", 5, 0, "unknown_mark")),
        (-1_000, (mark_reference(3), mark_reference(4)), ("", "", 0, 0, "ambiguous")),
        (-1_000, ("RF00NCW00000003",), ("", "", 0, 0, "wrong_reference")),
        (-1_000, (PAY_IN["carol"],), ("", "", 0, 0, "wrong_reference")),
        (-320, ("NOTPROVIDED",), ("", "", 0, 0, "no_reference")),
    ],
)
def test_money_out_burns_the_mark_that_it_names(
    cents: int, references: tuple[str, ...], expected: tuple[str, str, int, int, str]
) -> None:
    assert said(line(cents, *references)) == expected


def test_a_mark_is_burned_by_one_line_and_a_repeated_line_is_shown() -> None:
    entry = BankEntry("AT1", "B1", "2026-08-04", -1_000, "EUR", (mark_reference(3),), "")
    found = propose([entry, replace(entry, bank_reference="B2")], [entry], KNOWN)
    assert [each.reason for each in found] == ["", "above_mark", "repeated"]
    assert [each.meaning for each in found] == [Meaning.BURN, Meaning.NOTHING, Meaning.NOTHING]


def test_other_currencies_and_parts_of_the_smallest_unit_mean_nothing() -> None:
    assert line(100, CAROL, currency="CHF").reason == "other_currency"
    whole = replace(KNOWN, size=CentSize.of(0))
    entry = BankEntry("AT1", "B1", "2026-08-04", 150, "EUR", (CAROL,), "")
    assert propose([entry], [], whole)[0].reason == "part_of_a_unit"
    assert propose([replace(entry, cents=200)], [], whole)[0].base == 2
    assert line(0, CAROL).reason == "part_of_a_unit"


def test_a_file_names_what_it_repeats() -> None:
    head = "account;reference;date;amount;currency;text\n"
    rows = ["AT1;B1;2026-08-04;1,00;EUR;x\n", "AT1;;2026-08-04;1,00;EUR;x\n"]
    entries, repeated = read_all_entries((head + rows[0] * 2 + rows[1] * 2).encode())
    assert (len(entries), len(repeated)) == (3, 1), "without a reference of the bank's the same line is two"


def marks() -> list[OpenMark]:
    return [
        OpenMark(7, CAROL, 250 * CENT, lapsed=False), OpenMark(5, CAROL, 100 * CENT, lapsed=False),
        OpenMark(8, DAVE, 100 * CENT, lapsed=False), OpenMark(9, CAROL, CENT // 2, lapsed=False),
        OpenMark(10, CAROL, CENT, lapsed=True),
    ]  # fmt: skip


def test_a_file_pays_each_mark_once_and_says_what_it_leaves_out() -> None:
    found = pay_outs_of(marks(), {CAROL: MEMBER}, SIZE, "chain", frozenset({5}))
    assert [(order.cents, order.reference) for order in found.orders] == [(250, mark_reference(7))]
    assert found.marks == (7,)
    left = [(each.number, each.reason) for each in found.left_out]
    assert left == [(5, "written_before"), (8, "no_account"), (9, "part_of_a_cent"), (10, "lapsed")]


def test_what_was_written_is_noted_once_and_damage_is_noticed(tmp_path: Path) -> None:
    written = WrittenPayOuts(tmp_path / "billing")
    assert marks_in(written.files()) == frozenset()
    first = WrittenFile("NC-1", "2026-08-03", (1, 2))
    for file in (first, first, WrittenFile("NC-2", "2026-08-04", (3,))):
        written.note(file, written.files())
    assert [file.id for file in written.files()] == ["NC-1", "NC-2"]
    assert marks_in(written.files()) == {1, 2, 3}
    with pytest.raises(UsageError) as found:  # two commands that chose mark 4 at once
        written.note(WrittenFile("NC-3", "2026-08-05", (4,)), written.files()[:1])
    assert found.value.code == "pay_out_meanwhile"
    assert marks_in(written.files()) == {1, 2, 3}
    (tmp_path / "billing" / "pay-outs.json").write_bytes(b"[{")
    with pytest.raises(DataDamaged):
        marks_in(written.files())
