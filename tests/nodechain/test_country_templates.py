"""The country templates: they build, their clocks are the zones', and each says what was not verified."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness.chain import address, secret
from harness.forked import run
from ledger.bank.genesis import assets_of
from ledger.billing.genesis import BILLING_SECTION
from ledger.chain.genesis import Genesis
from ledger.sharing.genesis import SHARING_SECTION
from ledger.slots.clock import SlotClock
from ledger.slots.genesis import SLOTS_SECTION
from nodechain.errors import UsageError
from nodechain.formats.detection import NAMES
from nodechain.formats.local_time import LocalClock
from nodechain.home.community_table import COMMUNITY_FILE
from nodechain.home.genesis_file import Template, build_genesis, parse_template, read_template, template_names
from tests.makers.zone_offsets import LAST_YEAR, ZONES, text

COUNTRIES = {
    "at-eeg": ("Europe/Vienna", 15, "EUR", "dynamic"),
    "fr-acc": ("Europe/Paris", 30, "EUR", "dynamic"),
    "es-autoconsumo": ("Europe/Madrid", 60, "EUR", "static"),
    "it-cer": ("Europe/Rome", 15, "EUR", "dynamic"),
    "be-sharing": ("Europe/Brussels", 15, "EUR", "static-redistributed"),
    "ch-leg": ("Europe/Zurich", 15, "CHF", "dynamic"),
    "de-42c": ("Europe/Berlin", 15, "EUR", "pairs"),
    "uk-energy-local": ("Europe/London", 30, "GBP", "static-redistributed"),
    "us-vnm": ("America/New_York", 60, "USD", "credit"),
}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "templates.md"
LATER = datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)


def built(template: Template) -> Genesis:
    return build_genesis(
        template, time_ms=1, address_of=address, validator_key_of=lambda key: secret(key).public_key[1:]
    )


@pytest.mark.parametrize("name", COUNTRIES)
def test_a_template_has_the_country_s_slots_clock_and_currency(name: str) -> None:
    zone, minutes, currency, rule = COUNTRIES[name]
    template = read_template(name)
    genesis = built(template)
    section = SLOTS_SECTION.of(genesis)
    assert (section.zone, section.slot_ms) == (zone, minutes * 60_000)
    assert assets_of(genesis)[1].code == currency
    assert SHARING_SECTION.of(genesis).managers == (address("founder"),)
    assert BILLING_SECTION.of(genesis).treasurers == (address("founder"),)
    community = template.community
    assert community is not None
    assert community.rule == rule
    assert community.hourly == (name in {"it-cer", "es-autoconsumo"})
    assert len(community.unverified) >= 3
    assert set(community.texts) == {"members", "rule", "bill"}
    assert set(community.formats) <= set(NAMES)


def test_no_template_is_missing_here() -> None:
    assert {name for name in template_names() if read_template(name).community is not None} == set(COUNTRIES)


@pytest.mark.parametrize("name", COUNTRIES)
def test_every_local_day_begins_when_the_zone_s_does(name: str) -> None:
    """The genesis' own offsets against the system's zones: each day for twenty years."""
    section = SLOTS_SECTION.of(built(read_template(name)))
    clock, zone = SlotClock(section.slot_ms, section.offsets, section.holidays), LocalClock(section.zone)
    day = datetime(2026, 1, 1, tzinfo=UTC)
    while day < LATER:
        number = (day - datetime(1970, 1, 1, tzinfo=UTC)).days
        assert clock.first_slot_of_day(number) * section.slot_ms == zone.midnight(day), day
        day += timedelta(days=1)


def test_days_of_23_and_25_hours() -> None:
    section = SLOTS_SECTION.of(built(read_template("at-eeg")))
    clock = SlotClock(section.slot_ms, section.offsets, section.holidays)
    days = [(datetime(2026, month, day, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days
            for month, day in ((3, 29), (10, 25), (6, 1))]  # fmt: skip
    assert [clock.slots_of_day(day) for day in days] == [92, 100, 96]


def test_the_data_of_zones_is_what_its_maker_writes() -> None:
    assert ZONES.read_text(encoding="utf-8") == text()


COMMUNITY = """
[community]
country = "AT"
language = "de"
rule = "dynamic"
sources = "operator"
texts = {}
unverified = []
"""
MINIMAL = """
name = "small"
voters = ["A"]
banker = "A"
[[validators]]
key = "V"
account = "A"
name = "v"
"""


@pytest.mark.parametrize(
    ("table", "part"),
    [
        ('[slots]\nzone = "Europe/Athens"\n', "Europe/Athens"),
        ('[slots]\nzone = "X"\noffsets = [["yesterday", 60]]\n', "yesterday"),
        ('[slots]\nzone = "X"\noffsets = [["2026-01-01T00:07Z", 60]]\n', "boundary"),
        ('[slots]\nzone = "Europe/Vienna"\nlength = "7m"\n', "5, 15, 30 or 60"),
        ('[slots]\nzone = "Europe/Vienna"\nlength = 900\n', "slots.length"),
        ('[slots]\nlength = "15m"\n', "slots.zone"),
        (COMMUNITY, "community.unverified"),
        (COMMUNITY.replace("AT", "Austria"), "community.country"),
    ],
)
def test_a_bad_table_is_refused_by_name(table: str, part: str) -> None:
    with pytest.raises(UsageError) as refused:
        built(parse_template(MINIMAL + table))
    assert refused.value.code == "bad_genesis"
    assert part in refused.value.detail


def test_own_offsets_and_holidays() -> None:
    table = '[slots]\nzone = "Atlantic/Canary"\nlength = "1h"\nholidays = ["2026-12-25"]\n'
    offsets = 'offsets = [["2025-10-26T01:00Z", 0], ["2026-03-29T01:00Z", 60]]\n'
    section = SLOTS_SECTION.of(built(parse_template(MINIMAL + table + offsets)))
    assert [(change.from_ms, change.minutes) for change in section.offsets] == [
        (1_761_440_400_000, 0),
        (1_774_746_000_000, 60),
    ]
    assert section.holidays == (20_812,)


def test_the_page_says_what_the_templates_hold() -> None:
    page = PAGE.read_text(encoding="utf-8")
    lengths = {15: "15 min", 30: "30 min", 60: "1 h"}
    for name, (zone, minutes, currency, rule) in COUNTRIES.items():
        (line,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        for cell in (lengths[minutes], zone, currency, f"`{rule}`"):
            assert f"| {cell}" in line, (name, cell)
    (table,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert (
        SLOTS_SECTION.of(built(parse_template(MINIMAL.replace('"A"', '"founder"') + table))).zone == "Atlantic/Canary"
    )


def test_init_shows_what_was_not_verified_and_keeps_it(tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("long enough")
    home = tmp_path / "home"
    environment = {"NODECHAIN_HOME": str(home), "NODECHAIN_PASSWORD_FILE": str(password)}
    options = ("--template", "at-eeg", "--light", "--mnemonic-file", str(tmp_path / "phrase"))
    done = run("init", *options, environment=environment)
    assert done.code == 0, done.err
    assert "Not verified" in done.out
    assert "ElWG" in done.out
    kept = json.loads((home / COMMUNITY_FILE).read_text(encoding="utf-8"))
    assert (kept["country"], kept["rule"], kept["cut_off"]) == ("AT", "dynamic", "10d")
    assert kept["unverified"]
