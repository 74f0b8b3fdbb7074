"""`nodechain sharing compute`: the page's worked examples as they are printed, every option, what is refused."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from harness.forked import run

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = (
    (ROOT / "docs" / "protocol" / "sharing-rules.md").read_text(encoding="utf-8").partition("## Worked examples")[2]
)
FILES = dict(re.findall(r"^`([a-z]+\.csv)`.*?\n\n```csv\n(.*?)```", EXAMPLES, re.DOTALL | re.MULTILINE))
CONSOLE = re.findall(r"```console\n\$ nodechain (.*?)\n(.*?)```", EXAMPLES, re.DOTALL)

STREET = FILES["street.csv"]
HOUR = """point;direction;key;owner;commissioned;price;8;9;10;11
20;injection;;a;200;100000;0;0.1;0.2;0.1
3;injection;;b;100;200000;0;0.1;0.1;0
7;offtake;0.25;a;;;0.1;0.1;0.1;0.2
5;offtake;0.75;b;;;0.1;0;0;0
"""


@pytest.fixture
def play(tmp_path: Path) -> Any:
    """Run `sharing compute` on files of this content; the exit code and what is printed."""

    def played(files: dict[str, str], line: str) -> tuple[int, str]:
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        words = [str(tmp_path / word) if word.endswith(".csv") else word for word in line.split()]
        done = run(*words, environment={"NODECHAIN_HOME": str(tmp_path / "home")})
        return done.code, done.out

    return played


@pytest.mark.parametrize(("line", "output"), CONSOLE, ids=[line.partition("compute ")[2] for line, _output in CONSOLE])
def test_the_examples_of_the_page_print_what_it_shows(line: str, output: str, play: Any) -> None:
    assert play(FILES, line) == (0, output)


def test_there_are_examples_of_every_rule() -> None:
    lines = [line for line, _output in CONSOLE]
    assert len(lines) == 10
    for rule in ("static", "static-redistributed", "dynamic", "pairs", "pairs-each-slot"):
        assert any(f"--rule {rule}" in line for line in lines)


def test_rows_of_a_slot_that_has_none_stand_in_and_options_that_contradict_each_other_are_refused(play: Any) -> None:
    rows, pairs = "slot,producer,consumer,share\n100,1,2,0.5\n", "producer,consumer,share\n1,3,1\n"
    files = {**FILES, "rows.csv": rows, "pairs.csv": pairs}
    asked = "sharing compute street.csv --rule pairs-each-slot"
    code, out = play(files, f"{asked} --rows rows.csv --pairs pairs.csv -o json")
    assert code == 0, out
    shared = {(row["slot"], row["point"]): row["shared_mwh"] for row in json.loads(out)["data"]["slots"]}
    assert (shared[100, 2], shared[100, 3], shared[101, 2], shared[101, 3]) == (250_000, 0, 0, 100_000)
    times = {**files, "rows.csv": "slot,producer,consumer,share\n2026-11-02T12:00Z,1,2,0.5\n"}
    for found, line in (
        (files, asked),
        (files, f"{asked} --rows rows.csv --hourly 4"),
        (files, "sharing compute street.csv --rule dynamic --rows rows.csv"),
        (times, f"{asked} --rows rows.csv"),
    ):
        code, out = play(found, f"{line} -o json")
        assert (code, json.loads(out)["errors"][0]["code"]) == (2, "bad_rule"), line


def json_of(play: Any, text: str, options: str) -> dict[str, Any]:
    code, out = play({"table.csv": text}, f"sharing compute table.csv {options} -o json")
    assert code == 0, out
    found: dict[str, Any] = json.loads(out)["data"]
    return found


def amounts(data: dict[str, Any], name: str) -> dict[int, int]:
    return {row["point"]: row[name] for row in data["points"]}


def test_hours_are_summed_first_and_numbered_by_the_hour(play: Any) -> None:
    data = json_of(play, HOUR, "--rule static --hourly 4")
    assert {row["slot"] for row in data["slots"]} == {2}
    assert amounts(data, "energy_mwh") == {3: 200_000, 5: 100_000, 7: 500_000, 20: 400_000}
    assert amounts(data, "shared_mwh") == {3: 83_333, 5: 100_000, 7: 150_000, 20: 166_667}
    quarters = json_of(play, HOUR, "--rule static")
    assert [row["slot"] for row in quarters["slots"]] == [slot for slot in (8, 9, 10, 11) for _point in range(4)]
    assert amounts(quarters, "shared_mwh")[5] == 0


def test_the_oldest_deliver_first_and_have_prices_of_their_own(play: Any) -> None:
    data = json_of(play, HOUR, "--rule dynamic --hourly 4 --by-age --price-rule by-producer")
    assert amounts(data, "shared_mwh") == {3: 200_000, 5: 100_000, 7: 500_000, 20: 400_000}
    assert amounts(data, "amount") == {3: 40_000, 5: 13_333, 7: 66_667, 20: 40_000}
    half = json_of(play, HOUR.replace("0.2\n", "0\n"), "--rule static-redistributed --hourly 4 --by-age")
    assert amounts(half, "shared_mwh") == {3: 200_000, 5: 100_000, 7: 300_000, 20: 200_000}


def test_csv_has_a_line_a_slot_and_point(play: Any) -> None:
    code, out = play({"table.csv": STREET}, "sharing compute table.csv --price-rule fixed --price 120000 -o csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0
    assert len(rows) == 8
    assert rows[0] == {
        "slot": "100", "point": "1", "direction": "injection", "energy_mwh": "900000", "shared_mwh": "800000",
        "rest_mwh": "100000", "amount": "96000", "rest_amount": "0",
    }  # fmt: skip
    bought = sum(int(row["amount"]) for row in rows if row["direction"] == "offtake")
    assert bought == sum(int(row["amount"]) for row in rows if row["direction"] == "injection")


def test_bill_sharing_says_whom_it_is_for(play: Any) -> None:
    options = "--price-rule bill-sharing --retail 300000 --feed-in 80000"
    code, out = play({"table.csv": STREET}, f"sharing compute table.csv {options}")
    assert code == 0
    assert "for jointly owned plants only" in out
    assert "pays producers nothing" in out
    data = json_of(play, STREET, options)
    assert set(amounts(data, "amount").values()) == {0}
    assert amounts(data, "rest_amount")[1] == 8_000


TWO_KEYS = (
    STREET.replace("key,", "key,key2,").replace("injection,,", "injection,,,").replace("offtake,1,", "offtake,1,1,")
)


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("", "", "missing_column"),
        ("point,direction,key,100\n", "", "wrong_format"),
        (STREET.replace("direction", "way"), "", "bad_heading"),
        (STREET.replace("direction", "price"), "", "missing_column"),
        (STREET.replace(",key", ",price"), "", "missing_column"),
        (STREET.replace("101", "100"), "", "bad_heading"),
        (STREET.replace("offtake", "out"), "", "bad_direction"),
        (STREET.replace("4,offtake", "3,offtake"), "", "duplicate_point"),
        (STREET.replace("3,offtake,1", "3,offtake,"), "", "bad_weights"),
        (STREET.replace("injection,", "injection,1"), "", "bad_weights"),
        (STREET.replace("0.05,2", "0.05,"), "", "bad_number"),
        (STREET.replace("0.05,2", "0.05"), "", "bad_number"),
        (STREET.replace("0.05,2", "0.05,2,3"), "", "wrong_format"),
        (STREET.replace("0.05,2", "0.0500001,2"), "", "bad_number"),
        (STREET.replace("0.05,2", "-0.05,2"), "", "bad_number"),
        (STREET.replace("0.05,2", "9223372036854.775807,2"), "", "bad_rule"),
        (STREET.replace("0.05,2", "9223372036854.775808,2"), "", "bad_number"),
        (STREET.replace("4,offtake", "x,offtake"), "", "bad_number"),
        (STREET, "--rule pairs", "bad_rule"),
        (STREET, "--pairs pairs.csv", "bad_rule"),
        (STREET, "--rule pairs --pairs pairs.csv --by-age", "bad_rule"),
        (STREET, "--rule static --rule dynamic", "bad_rule"),
        (TWO_KEYS, "--rule static", "bad_rule"),
        (STREET, "--no-self-share", "bad_rule"),
        (STREET, "--by-age", "bad_rule"),
        (STREET, "--hourly 4", "incomplete_hour"),
        (STREET, "--price 5", "bad_rule"),
        (STREET, "--price-rule fixed", "bad_rule"),
        (STREET, "--price-rule mid-market --retail 5", "bad_rule"),
        (STREET, "--price-rule mid-market --retail 5 --feed-in 6", "bad_rule"),
        (STREET, "--price-rule by-producer", "bad_rule"),
        (HOUR.replace("200000", ""), "--price-rule by-producer", "bad_rule"),
    ],
)
def test_nothing_is_taken_silently(text: str, options: str, code: str, play: Any) -> None:
    files = {"table.csv": text, "pairs.csv": FILES["pairs.csv"]}
    exit_code, out = play(files, f"sharing compute table.csv {options} -o json")
    (error,) = json.loads(out)["errors"]
    assert (exit_code, error["code"]) == (2, code), error
    assert error["advice"] or code == "bad_rule"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "wrong_format"),
        ("consumer,producer,share\n1,2,1\n", "wrong_format"),
        ("producer,consumer,share\n1,2\n", "wrong_format"),
        ("producer,consumer,share\n1,2,1.1\n", "bad_share"),
        ("producer,consumer,share\n1,2,0.5\n1,2,0.5\n", "bad_share"),
        ("producer,consumer,share\n1,2,0.5\n1,3,0.6\n", "bad_rule"),
        ("producer,consumer,share\n1,2,0.1234567891\n", "bad_number"),
    ],
)
def test_pairs_that_cannot_hold_are_refused(text: str, code: str, play: Any) -> None:
    files = {"table.csv": STREET, "pairs.csv": text}
    exit_code, out = play(files, "sharing compute table.csv --rule pairs --pairs pairs.csv -o json")
    (error,) = json.loads(out)["errors"]
    assert (exit_code, error["code"]) == (2, code), error
