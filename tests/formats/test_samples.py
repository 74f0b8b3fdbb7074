"""Every sample file gives what was worked out for it without this program, and its report says what is wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from nodechain.formats import eda_points
from nodechain.formats.detection import format_of
from nodechain.formats.errors import BadFile
from nodechain.formats.values import DataQuality, EnergyPart, GridFlow, ImportSettings
from tests.support.format_samples import counted, gaps, imported, sample, sums

TOTAL = ("offtake", "total")
GIVEN = ("injection", "total")


def test_austrian_message() -> None:
    found = imported("at-crmsg-clean.xml")
    assert sums(found) == {
        TOTAL: 975_000,
        ("offtake", "participating"): 487_500,
        ("offtake", "offered"): 570_127,
        ("offtake", "shared"): 468_504,
    }
    assert found.report.gaps == ()
    assert [value.energy_mwh for value in found.values()] == [212_000, 198_000, 305_000, 260_000]


def test_austrian_message_of_the_autumn_night_has_a_gap_in_each_series() -> None:
    found = imported("at-crmsg-hard-1-dst.xml")
    missing = [("2026-10-25T00:30:00Z", "2026-10-25T00:45:00Z", "absent")]
    assert gaps(found) == gaps(found, quantity=EnergyPart.SHARED) == missing
    assert sums(found) == {TOTAL: 590_000, ("offtake", "shared"): 0}
    assert found.report.quality == {"L1: measured": 20, "L2: substituted": 1, "L3: estimated": 1}


def test_the_newer_message_wins_in_whichever_order_they_are_named() -> None:
    names = ("at-crmsg-hard-1-dst.xml", "at-crmsg-hard-2-correction.xml")
    found, turned = imported(*names), imported(*reversed(names))
    assert found.report.shown() == turned.report.shown()
    assert list(found.values(quantity=None)) == list(turned.values(quantity=None))
    assert sums(found)[TOTAL] == 637_000
    assert found.report.gaps == ()
    assert found.report.counts["corrections"] == found.report.counts["superseded"] == 1
    (replaced,) = [v for v in found.values() if v.energy_mwh == 57_500]
    assert (replaced.quality, replaced.state) == ("L1", DataQuality.MEASURED)


def test_a_test_message_is_not_taken_unasked() -> None:
    with pytest.raises(BadFile, match="test traffic"):
        imported("at-crmsg-clean.xml", settings=ImportSettings())


def test_austrian_point_list() -> None:
    found = eda_points.read(sample("at-ecmplist-hard.xml"), ImportSettings(test_traffic=True))
    summer, autumn = found.on(date(2026, 8, 15)), found.on(date(2026, 10, 15))
    point = "AT0088000707000000000000000000"
    assert [summer[point + end].share for end in ("101", "102")] == [Decimal("63.5135"), Decimal("36.4865")]
    assert autumn[point + "101"].share == Decimal("70.5")
    assert point + "102" not in autumn
    assert found.on(date(2026, 6, 30))[point + "101"].share == Decimal(60)
    assert autumn[point + "909"].flow == GridFlow.INJECTION
    assert autumn[point + "909"].last is None
    clean = eda_points.read(sample("at-ecmplist-clean.xml"), ImportSettings(test_traffic=True))
    assert (clean.model, len(clean.on(date(2030, 1, 1)))) == ("D", 2)


def test_french_curve() -> None:
    found = imported("fr-enedis-curve-clean.csv")
    assert sums(found) == {TOTAL: 964_000}
    values = list(found.values())
    assert [value.energy_mwh for value in values] == [160_000, 155_000, 149_000, 0, 256_000, 244_000]
    assert found.report.sums[0].start_ms == 1_793_574_000_000, "2026-11-02 00:00 in Paris: labels are ends"


def test_french_curve_with_everything() -> None:
    found = imported("fr-enedis-hard.csv")
    assert counted(found) == 7
    counts = found.report.counts
    assert (counts["duplicates_equal"], counts["corrections"]) == (1, 1)
    assert gaps(found) == [
        ("2026-10-25T03:00:00Z", "2026-10-25T04:30:00Z", "absent"),
        ("2026-10-25T04:30:00Z", "2026-10-25T05:00:00Z", "doubtful"),
    ]
    lengths = [value.length_ms // 60_000 for value in found.values()]
    assert lengths == [30] * 6 + [60]
    assert 195_250 in [value.energy_mwh for value in found.values()], "390,5 W for half an hour"


def test_french_labels_can_be_starts() -> None:
    ends, starts = (imported("fr-enedis-curve-clean.csv", settings=ImportSettings(ends=side)) for side in (True, False))
    assert starts.report.sums[0].start_ms - ends.report.sums[0].start_ms == 1_800_000


def test_spanish_hours() -> None:
    found = imported("es-datadis-hard.json")
    assert (counted(found), sums(found)) == (24, {TOTAL: 5_340_000})
    assert gaps(found) == [("2026-10-25T04:00:00Z", "2026-10-25T05:00:00Z", "empty")]
    assert found.report.ignored == {"row for 00:00": 1}
    assert found.report.sums[0].end_ms - found.report.sums[0].start_ms == 25 * 3_600_000
    assert any("Error interno" in note for note in found.report.notes)
    assert any("cannot be told from no data" in note for note in found.report.notes)


def test_spanish_surplus() -> None:
    found = imported("es-datadis-clean.json")
    assert sums(found) == {TOTAL: 656_000, GIVEN: 1_204_000}
    last = max(found.values(), key=lambda value: value.start_ms)
    assert last.start_ms == 1_793_656_800_000, "24:00 is the hour that begins at 23:00"


def test_spanish_distributor() -> None:
    found = imported("es-distribuidora-hard.csv")
    assert sums(found) == {TOTAL: 6_375_000, GIVEN: 3_000_000}
    assert found.report.counts["duplicates_equal"] == 2, "one line, two columns"
    assert gaps(found) == [("2026-10-25T07:00:00Z", "2026-10-25T08:00:00Z", "empty")]
    assert found.report.quality == {"E: estimated": 2, "R: measured": 46}


def test_flemish_quarters() -> None:
    assert sums(imported("be-fluvius-clean.csv")) == {TOTAL: 265_000, GIVEN: 350_000}
    found = imported("be-fluvius-hard.csv")
    assert sums(found) == {TOTAL: 574_000, GIVEN: 0}
    assert (counted(found), counted(found, GridFlow.INJECTION)) == (11, 12)
    assert gaps(found) == [("2026-10-25T00:15:00Z", "2026-10-25T00:30:00Z", "empty")]
    assert found.report.counts["duplicates_equal"] == 1


def test_green_button() -> None:
    clean = imported("us-greenbutton-clean.xml")
    assert [value.energy_mwh for value in clean.values()] == [210_000, 190_000, 205_000, 0]
    hard = imported("us-greenbutton-hard.xml")
    assert sums(hard) == {TOTAL: 343_500, GIVEN: 1_200}
    assert (counted(hard), counted(hard, GridFlow.INJECTION)) == (7, 8)
    assert gaps(hard) == [("2026-10-25T00:30:00Z", "2026-10-25T00:45:00Z", "absent")]
    assert set(hard.report.quality) == {
        "-: measured", "14: provisional", "7: substituted", "8: estimated",
    }  # fmt: skip


def test_swiss_tariff_registers() -> None:
    found = imported("ch-ekz-hard.csv", settings=ImportSettings(point_id="CH9900000000000000000000000000017"))
    assert sums(found) == {TOTAL: 1_400_000}
    assert gaps(found) == [("2026-10-25T00:30:00Z", "2026-10-25T00:45:00Z", "empty")]
    with pytest.raises(BadFile, match="does not name its metering point"):
        imported("ch-ekz-hard.csv")


def test_swiss_marks_of_quality() -> None:
    found = imported("ch-bkw-hard.csv")
    assert (sums(found)[TOTAL], counted(found), counted(found, GridFlow.INJECTION)) == (1_160_000, 7, 3)
    assert gaps(found) == [("2026-10-25T00:45:00Z", "2026-10-25T01:00:00Z", "quality E")]
    zeros = imported("ch-bkw-hard.csv", settings=ImportSettings(empty_injection_is_zero=True))
    assert counted(zeros, GridFlow.INJECTION) == 7, "the quarter with the mark E stays a gap"


@pytest.mark.parametrize(
    ("name", "mapping", "expected"),
    [
        ("generic-a.csv", "generic-a.toml", {TOTAL: 255_425_000}),
        (
            "generic-b.csv", "generic-b.toml",
            {TOTAL: 400_000, ("offtake", "shared"): 190_000, ("offtake", "residual"): 210_000, GIVEN: 90_000},
        ),
        ("at-member-portal.csv", "at-member-portal.toml", {TOTAL: 316_000}),
        ("ch-wide-clean.csv", "ch-wide.toml", {TOTAL: 600_000, GIVEN: 10_000}),
    ],
)  # fmt: skip
def test_mapped_files(name: str, mapping: str, expected: dict[tuple[str, str], int]) -> None:
    assert sums(imported(name, mapping=mapping)) == expected


def test_mapped_autumn_night() -> None:
    found = imported("generic-a.csv", mapping="generic-a.toml")
    assert gaps(found) == [("2026-10-25T00:45:00Z", "2026-10-25T01:00:00Z", "quality F")]
    assert found.report.counts["corrections"] == 1
    assert found.report.ignored == {"footer": 1}
    assert next(value.start_ms for value in found.values()) == 1_792_885_500_000, "01:45+02:00"


def test_end_labels_of_a_mapping() -> None:
    found = imported("at-member-portal.csv", mapping="at-member-portal.toml")
    assert found.report.sums[0].start_ms == 1_793_574_000_000, "00:15 is the end of the quarter that began at midnight"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("de-mscons-excerpt.edi", "not_read_de_mscons"),
        ("at-ecmplist-clean.xml", "point_list"),
        ("generic-a.csv", "unknown_format"),
        ("at-share-list.csv", "unknown_format"),
    ],
)
def test_what_is_not_read_is_refused_with_its_reason(name: str, code: str) -> None:
    with pytest.raises(BadFile) as refused:
        format_of(sample(name))
    assert refused.value.code == code
    assert refused.value.advice
