"""The commands that read files of operators and write files for them: what they refuse, what they write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.forked import run
from nodechain.formats.coefficients import faults_of, hours_of
from tests.support.format_samples import SAMPLES


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"NODECHAIN_HOME": str(tmp_path / "home")}


def test_a_report_as_json_is_one_envelope(home: dict[str, str]) -> None:
    done = run("sharing", "import", "--dry-run", str(SAMPLES / "be-fluvius-hard.csv"), "-o", "json", environment=home)
    answer = json.loads(done.out)
    assert (done.code, answer["success"]) == (0, True)
    data = answer["data"]
    assert (data["used"], data["duplicates_equal"], len(data["gaps"]), data["more_gaps"]) == (23, 1, 1, 0)
    assert data["gaps"][0]["reason"] == "empty"
    assert {(line["direction"], line["energy_mwh"]) for line in data["series"]} == {
        ("offtake", 574_000),
        ("injection", 0),
    }
    assert len(data["files"][0]["sha256"]) == 64


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["at-crmsg-clean.xml"], "test_traffic"),
        (["ch-ekz-hard.csv"], "no_point"),
        (["generic-a.csv"], "unknown_format"),
        (["generic-a.csv", "--format", "csv"], "bad_mapping"),
        (["generic-a.csv", "--format", "ch-bkw", "--mapping", "generic-a.toml"], "wrong_format"),
        (["generic-a.csv", "--mapping", "generic-b.toml"], "bad_text"),
        (["missing.csv"], "file_not_found"),
        (["ch-bkw-hard.csv", "--zone", "Europe/Nowhere"], "unknown_zone"),
        (["ch-bkw-hard.csv", "--step", "15"], "bad_usage"),
        (["ch-bkw-hard.csv", "--created", "other.csv=2026-11-28T00:00Z"], "bad_usage"),
        (["ch-bkw-hard.csv", "--created", "ch-bkw-hard.csv=2026-11-28"], "bad_usage"),
        (["at-crmsg-clean.xml", "--test-traffic", "--created", "at-crmsg-clean.xml=2026-11-28T00:00Z"], "bad_usage"),
    ],
)
def test_what_is_refused(arguments: list[str], code: str, home: dict[str, str]) -> None:
    named = [str(SAMPLES / word) if word.endswith((".csv", ".xml", ".toml")) and "=" not in word else word
             for word in arguments]  # fmt: skip
    done = run("sharing", "import", "--dry-run", *named, "-o", "json", environment=home)
    (error,) = json.loads(done.out)["errors"]
    assert error["code"] == code
    assert error["advice"]
    assert done.code in (2, 3)


def test_created_decides_between_files_that_do_not_say_when_they_were_made(
    tmp_path: Path, home: dict[str, str]
) -> None:
    text = (SAMPLES / "ch-bkw-hard.csv").read_text(encoding="utf-8-sig")
    (tmp_path / "old.csv").write_text(text, encoding="utf-8")
    (tmp_path / "new.csv").write_text(text.replace("0.100", "0.101"), encoding="utf-8")
    files = [str(tmp_path / name) for name in ("new.csv", "old.csv")]
    refused = run("sharing", "import", "--dry-run", *files, "-o", "json", environment=home)
    assert json.loads(refused.out)["errors"][0]["code"] == "undated_conflict"
    dated = ["--created", "old.csv=2026-11-01T00:00Z", "--created", "new.csv=2026-11-02T00:00Z"]
    done = run("sharing", "import", "--dry-run", *files, *dated, "-o", "json", environment=home)
    assert {line["energy_mwh"] for line in json.loads(done.out)["data"]["series"]} == {0, 1_161_000}


def test_the_zone_of_the_machine_changes_nothing(home: dict[str, str]) -> None:
    answers = [
        run(
            "sharing", "import", str(SAMPLES / "be-fluvius-hard.csv"), "-o", "json", environment={**home, "TZ": zone}
        ).out
        for zone in ("UTC", "Pacific/Auckland", "America/New_York")
    ]
    assert answers[0] == answers[1] == answers[2]


def test_written_values_are_read_again(tmp_path: Path, home: dict[str, str]) -> None:
    out = run("sharing", "import", "--dry-run", str(SAMPLES / "be-fluvius-clean.csv"), "--write", "-", environment=home)
    assert out.out.startswith("point;direction;quantity;start;step;energy_kwh;quality;state\n")
    assert "541449990000000120;injection;total;2026-11-02T06:45:00Z;PT15M;0.300000;Uitgelezen;measured" in out.out


def test_coefficients_of_every_hour(tmp_path: Path, home: dict[str, str]) -> None:
    cups = ("ES9900000000000011BA0F", "ES9900000000000022BZ0F", "ES9900000000000033NW0F")
    lines = [
        f"{hour};{one};{1 + (hour + n) % 3}" for hour in range(1, hours_of(2026) + 1) for n, one in enumerate(cups)
    ]
    (tmp_path / "weights.csv").write_text("\n".join(lines), encoding="utf-8")
    cau = "ES9900000000000011BA0FA000"
    options = ["--cau", cau, "--year", "2026", "--folder", str(tmp_path)]
    done = run("sharing", "export", "es-hourly", str(tmp_path / "weights.csv"), *options, environment=home)
    assert done.code == 0, done.err
    name = f"{cau}_2026.txt"
    assert faults_of(name, (tmp_path / name).read_bytes()) == []
    assert run("sharing", "check", str(tmp_path / name), environment=home).code == 0


def test_a_check_that_finds_faults_fails(home: dict[str, str]) -> None:
    done = run("sharing", "check", str(SAMPLES / "es-cau-bad.txt"), "-o", "json", environment=home)
    assert done.code == 1
    assert len(json.loads(done.out)["errors"]) == 9
