"""What files do to importers: gaps, duplicates, days of 92 and 100 quarters, marks, wrong points; nothing is silent."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodechain.formats.detection import format_of, read_document
from nodechain.formats.documents import joined
from nodechain.formats.errors import BadFile
from nodechain.formats.local_time import EPOCH, LocalClock, label_parser
from nodechain.formats.mapping import read_mapping
from nodechain.formats.values import GridFlow, ImportSettings
from tests.support.format_samples import counted, gaps, imported, read_text, sample, sums

BKW_HEAD = "Messpunkt;Datum;Strombezug [kWh];Stromeinspeisung [kWh];Messdatengüte"
POINT = "CH9900000000000000000000000000017"
DAYS = {"29.03.2026": 92, "25.10.2026": 100, "26.10.2026": 96}
CSV_MAPPING = """\
version = 1
[file]
delimiter = ";"
[number]
decimal = "."
[time]
layout = "single"
column = "t"
format = "%Y-%m-%d %H:%M"
zone = "Europe/Vienna"
label = "start"
step = "PT15M"
[point]
source = "column"
column = "p"
[[series]]
column = "v"
kind = "energy"
unit = "kWh"
direction = "consumption"
"""


def quarters(day: str) -> list[tuple[int, str]]:
    """The instants of a day's quarters in Zurich, and what clocks show then."""
    clock = LocalClock("Europe/Zurich")
    label = label_parser("%d.%m.%Y")(day)
    times = range(clock.midnight(label), clock.midnight(label + timedelta(days=1)), 900_000)
    zone = ZoneInfo("Europe/Zurich")
    return [(at, f"{(EPOCH + timedelta(milliseconds=at)).astimezone(zone):%d.%m.%Y %H:%M}") for at in times]


def bkw(rows: list[tuple[str, str]], mark: str = "W") -> str:
    return "\n".join([BKW_HEAD, *(f"{POINT};{time};{value};;{mark}" for time, value in rows)])


def mapped(text: str, changes: dict[str, str] | None = None) -> tuple[int, dict[tuple[str, str], int]]:
    mapping = CSV_MAPPING
    for old, new in (changes or {}).items():
        assert old in mapping
        mapping = mapping.replace(old, new)
    found = joined([read_document(text.encode(), ImportSettings(), mapping=read_mapping(mapping.encode()))])
    return counted(found), sums(found)


@pytest.mark.parametrize("day", DAYS)
def test_whole_days_have_every_quarter(day: str) -> None:
    times = quarters(day)
    assert len(times) == DAYS[day]
    found = read_text(bkw([(label, f"0.{n:03}") for n, (_at, label) in enumerate(times, 1)]))
    assert [(value.start_ms, value.energy_mwh) for value in found.values()] == [
        (at, n * 1_000) for n, (at, _label) in enumerate(times, 1)
    ]
    assert gaps(found) == []


@settings(max_examples=40)
@given(day=st.sampled_from(sorted(DAYS)), missing=st.sets(st.integers(0, 91), max_size=91))
def test_rows_that_are_missing_are_gaps_or_unclear_and_never_zero(day: str, missing: set[int]) -> None:
    times = quarters(day)
    kept = [(at, label) for n, (at, label) in enumerate(times) if n not in missing]
    found = read_text(bkw([(label, "0.001") for _at, label in kept]))
    real = {at for at, _label in times}
    values = {value.start_ms for value in found.values()}
    labels = [label for _at, label in kept]
    sure = {at for at, label in kept if labels.count(label) == 1 and not label.startswith("25.10.2026 02")}
    assert sure <= values <= real
    assert all(value.energy_mwh == 1_000 for value in found.values())
    rejected = found.report.counts["rejected"]
    assert len(values) + rejected == len(kept)


def test_of_two_equal_rows_one_counts_and_of_two_different_ones_none_silently() -> None:
    once = bkw([("26.10.2026 00:00", "0.1"), ("26.10.2026 00:15", "0.2")])
    twice = once + f"\n{POINT};26.10.2026 00:15;0.2;;W"
    other = once + f"\n{POINT};26.10.2026 00:15;0.3;;W"
    assert sums(read_text(twice))["offtake", "total"] == 300_000
    found = read_text(other)
    assert found.report.counts["duplicates_different"] == found.report.counts["corrections"] == 1
    hours = sample("es-distribuidora-hard.csv").replace(b";5;0,225;0,000;;R\r\n", b";5;0,226;0,000;;R\r\n", 1)
    with pytest.raises(BadFile, match="has two values"):
        read_text(hours)


@pytest.mark.parametrize(
    ("name", "settings_"),
    [
        ("ch-bkw-hard.csv", ImportSettings()),
        ("ch-ekz-hard.csv", ImportSettings(point_id=POINT)),
        ("be-fluvius-hard.csv", ImportSettings()),
        ("fr-enedis-hard.csv", ImportSettings()),
        ("fr-enedis-curve-clean.csv", ImportSettings()),
        ("es-distribuidora-hard.csv", ImportSettings()),
    ],
)
def test_marks_of_byte_order_line_ends_and_old_encodings_change_nothing(name: str, settings_: ImportSettings) -> None:
    text = sample(name).decode("utf-8-sig").replace("\r\n", "\n")
    forms = [
        text.encode(),
        text.encode("utf-8-sig"),
        text.replace("\n", "\r\n").encode(),
        text.encode("cp1252"),
        text.encode("utf-16"),
        (text + "\n\n").encode(),
    ]
    found = [list(read_text(form, settings=settings_).values(quantity=None)) for form in forms]
    assert found[0]
    assert all(other == found[0] for other in found)


@pytest.mark.parametrize("name", ["fr-enedis-hard.csv", "be-fluvius-clean.csv", "es-distribuidora-hard.csv"])
def test_points_damaged_by_a_spreadsheet_are_refused(name: str) -> None:
    data = sample(name)
    for point in (b"30009900000022", b"541449990000000120", b"ES9900000000000022BZ0F"):
        data = data.replace(point, b"3,00099E+13")
    with pytest.raises(BadFile) as refused:
        read_text(data)
    assert refused.value.code == "damaged_point"
    assert "spreadsheet" in refused.value.advice


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (";W;2026-10-25 01:30:00", ";VA;2026-10-25 01:30:00", "bad_unit"),
        (";CONS;BRUT;W;2026-10-25 01:30", ";AUTRE;BRUT;W;2026-10-25 01:30", "bad_direction"),
        ("30009900000022", "3000990", "bad_point"),
        ("PT30M;0;0\r\n30009900000022", "XX;0;0\r\n30009900000022", "bad_interval"),
        ("Horodate;Valeur", "Horodate;Horodate", "bad_heading"),
        ("PT60M", "PT90M", "overlapping_intervals"),
    ],
)  # fmt: skip
def test_french_files_that_are_refused(old: str, new: str, code: str) -> None:
    text = sample("fr-enedis-hard.csv").decode("utf-8-sig")
    assert old in text
    with pytest.raises(BadFile) as refused:
        read_text(text.replace(old, new))
    assert refused.value.code == code


def test_a_french_file_of_registers_is_no_curve() -> None:
    head = (
        "Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;Unite"
    )
    rows = [head, "30009900000011;Index;02/11/2026;03/11/2026;Energie active;Consommation;Comptage Brut;Wh", "",
            "Periode;Horodate;EAS F1;EAS F2"]  # fmt: skip
    with pytest.raises(BadFile) as refused:
        read_text("\n".join(rows))
    assert refused.value.code == "register_readings"


def test_french_two_columns_and_json() -> None:
    rows = ["Identifiant PRM;30009900000011;", "Horodate (ISO, fin de pas);Puissance moyenne (W)",
            "2026-11-02T00:30:00+01:00;320", "2026-11-02T01:00:00+01:00;"]  # fmt: skip
    found = read_text("\n".join(rows))
    assert sums(found) == {("offtake", "total"): 160_000}
    assert gaps(found) == [("2026-11-01T23:30:00Z", "2026-11-02T00:00:00Z", "empty")]
    answer = """{"meter_reading": {"usage_point_id": "30009900000011", "reading_type": {"unit": "W"},
    "interval_reading": [{"value": "320", "date": "2026-11-02 00:30:00", "interval_length": "PT30M"},
    {"value": "100", "date": "2026-11-02 00:40:00", "interval_length": "PT10M"}]}}"""
    assert format_of(answer.encode()) == "fr-enedis-json"
    assert [(v.length_ms, v.energy_mwh) for v in read_text(answer).values()] == [
        (1_800_000, 160_000),
        (600_000, 16_667),
    ]


def test_spring_day_by_ordinals_and_labels() -> None:
    cups = "ES9900000000000022BZ0F"
    rows = [f"{cups};29/03/2026;{hour};0,100;R" for hour in range(1, 25)]
    found = read_text("\n".join(["CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion", *rows]))
    assert (counted(found), found.report.counts["rejected"]) == (23, 1), "there is no hour 24 on the day of 23"
    labels = [f"{cups};29/03/2026;{hour:02}:00;0,100;R" for hour in range(1, 25)]
    found = read_text("\n".join(["CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion", *labels]))
    assert (counted(found), found.report.counts["rejected"]) == (23, 1), "clocks skip 02:00 to 03:00"


def test_spanish_quarters() -> None:
    cups = "ES9900000000000022BZ0F"
    rows = [f"{cups};25/10/2026;{n};0,001;R" for n in range(1, 101)]
    found = read_text("\n".join(["CUPS;Fecha;Hora;Consumo_kWh;Metodo_obtencion", *rows]))
    assert (counted(found), sums(found)["offtake", "total"]) == (100, 100_000)


def test_an_empty_spanish_answer_is_no_zero() -> None:
    with pytest.raises(BadFile, match="no consumption of zero"):
        read_text('{"timeCurve": [], "distributorError": []}')


def test_registers_and_demand_of_green_button_are_refused() -> None:
    text = sample("us-greenbutton-clean.xml").decode()
    for old, new, code in (
        ("<accumulationBehaviour>4<", "<accumulationBehaviour>3<", "register_readings"),
        ("<uom>72<", "<uom>38<", "register_readings"),
        ("<flowDirection>1<", "<flowDirection>4<", "bad_direction"),
        ("MeterReading/1/IntervalBlock\"/>", "elsewhere\"/>", "wrong_format"),
    ):  # fmt: skip
        assert old in text, old
        with pytest.raises(BadFile) as refused:
            read_text(text.replace(old, new, 1))
        assert refused.value.code == code, old


def test_of_a_green_button_block_the_newest_entry_counts() -> None:
    text = sample("us-greenbutton-clean.xml").decode()
    start = text.rindex("<entry>")
    block = text[start : text.rindex("</entry>") + 8]
    old = block.replace("<title>", "<updated>2026-11-02T05:00:00Z</updated><title>").replace(">210<", ">999<")
    new = block.replace("<title>", "<updated>2026-11-02T07:00:00Z</updated><title>")
    for both in (old + new, new + old):
        found = read_text(text.replace(block, both))
        assert sums(found) == {("offtake", "total"): 605_000}
        assert found.report.counts["superseded"] == 1


def test_austrian_messages_that_are_refused() -> None:
    text = sample("at-crmsg-clean.xml").decode()
    for old, new, code in (
        ('UOM="KWH"', 'UOM="XXX"', "bad_unit"),
        ("2026-11-03T05:00:00.1230000Z", "yesterday", "bad_time"),
        ("AT0088000707000000000000000000101", "1,99E+13", "damaged_point"),
        ("ConsumptionRecord xmlns:cr=", "Other xmlns:cr=", "wrong_format"),
    ):
        with pytest.raises(BadFile) as refused:
            read_text(text.replace(old, new).replace("</cr:ConsumptionRecord>", "</cr:Other>") if "Other" in new
                      else text.replace(old, new))  # fmt: skip
        assert refused.value.code == code


def test_the_first_and_last_interval_of_a_message_can_be_missing_too() -> None:
    text = sample("at-crmsg-clean.xml").decode()
    first = text[text.index("    <cr:EP>") : text.index("</cr:EP>") + 8]
    found = read_text(text.replace(first, "", 1))
    assert gaps(found) == [("2026-11-02T11:00:00Z", "2026-11-02T11:15:00Z", "absent")]


def test_powers_of_a_message_become_energies_and_times_without_offset_are_rejected() -> None:
    text = sample("at-crmsg-clean.xml").decode()
    found = read_text(text.replace('G.01" UOM="KWH"', 'G.01" UOM="KWT"'))
    assert sums(found)["offtake", "total"] == 975_000 // 4
    found = read_text(text.replace("<cr:DTF>2026-11-02T12:00:00+01:00", "<cr:DTF>2026-11-02T12:00:00"))
    assert found.report.counts["rejected"] == 4


def test_a_negative_energy_is_no_energy() -> None:
    text = sample("at-crmsg-clean.xml").decode()
    found = read_text(text.replace(">0.212000<", ">-0.212000<"))
    assert (sums(found)["offtake", "total"], found.report.counts["rejected"]) == (763_000, 1)


def test_two_files_that_differ_and_do_not_say_which_is_newer_are_refused() -> None:
    old, new = (
        read_document(bkw([("26.10.2026 00:00", v)]).encode(), ImportSettings(), name=v) for v in ("0.1", "0.2")
    )
    with pytest.raises(BadFile) as refused:
        joined([old, new])
    assert refused.value.code == "undated_conflict"
    old.created_ms, new.created_ms = 1, 2
    for documents in ([old, new], [new, old]):
        assert sums(joined(documents))["offtake", "total"] == 200_000


def test_registers_become_energies_only_a_step_apart() -> None:
    changes = {'kind = "energy"': 'kind = "meter_reading"'}
    rows = [
        "p;t;v",
        "M;2026-11-02 00:00;100.0",
        "M;2026-11-02 00:15;100.5",
        "M;2026-11-02 01:00;102",
        "M;2026-11-02 01:15;102",
    ]
    assert mapped("\n".join(rows), changes) == (2, {("offtake", "total"): 500_000})
    with pytest.raises(BadFile) as refused:
        mapped("\n".join([*rows, "M;2026-11-02 01:30;99"]), changes)
    assert refused.value.code == "register_falls"


def test_signs_part_both_ways() -> None:
    rows = "p;t;v\nM;2026-11-02 00:00;0.5\nM;2026-11-02 00:15;-0.25"
    counts, found = mapped(rows, {'direction = "consumption"': 'direction = "from_sign"'})
    assert (counts, found) == (2, {("offtake", "total"): 500_000, ("injection", "total"): 250_000})


def test_other_layouts_of_time() -> None:
    single = 'layout = "single"\ncolumn = "t"\nformat = "%Y-%m-%d %H:%M"'
    for layout, head, rows in (
        ('layout = "start_end"\ncolumn = "t"\nend_column = "e"\nformat = "%Y-%m-%d %H:%M"', "p;t;e;v",
         "M;2026-10-25 02:45;2026-10-25 02:00;1"),
        ('layout = "date_index"\ndate_column = "t"\nindex_column = "e"\nformat = "%Y-%m-%d"', "p;t;e;v",
         "M;2026-10-25;12;1"),
        ('layout = "single"\ncolumn = "t"\nformat = "iso"', "p;t;v", "M;2026-10-25T02:45+02:00;1"),
        ('layout = "single"\ncolumn = "t"\nformat = "%Y-%m-%d %H:%M %z"', "p;t;v", "M;2026-10-25 02:45 +0200;1"),
        ('layout = "single"\ncolumn = "t"\nformat = "epoch_s"', "p;t;v", "M;1792889100;1"),
        ('layout = "single"\ncolumn = "t"\nformat = "epoch_ms"', "p;t;v", "M;1792889100000;1"),
    ):  # fmt: skip
        mapping = read_mapping(CSV_MAPPING.replace(single, layout).encode())
        found = joined([read_document(f"{head}\n{rows}".encode(), ImportSettings(), mapping=mapping)])
        assert [value.start_ms for value in found.values()] == [1_792_889_100_000], layout
    mapping = read_mapping(CSV_MAPPING.replace(single, single.replace("%Y-%m-%d %H:%M", "excel")).encode())
    found = joined([read_document(b"p;t;v\nM;46320.0104166667;1", ImportSettings(), mapping=mapping)])
    assert [value.start_ms for value in found.values()] == [1_792_879_200_000 + 900_000]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('label = "start"', ""),
        ('label = "start"', 'label = "middle"'),
        ("version = 1", "version = 2"),
        ('decimal = "."', 'decimal = "."\nthousands = "."'),
        ('delimiter = ";"', 'delimitr = ";"'),
        ('delimiter = ";"', 'delimiter = ";;"'),
        ('unit = "kWh"', 'unit = "kW"'),
        ('step = "PT15M"', 'step = "15"'),
        ('column = "t"\n', ""),
        ('source = "column"\ncolumn = "p"', 'source = "column"'),
        ('source = "column"\ncolumn = "p"', 'source = "header_pattern"\npattern = "x"'),
        ('column = "v"', 'pattern = "(a+)+"'),
        ('column = "v"', ""),
        ("[[series]]", "[series]"),
        ('kind = "energy"', 'kind = "energy"\nsign = 3'),
    ],
)
def test_mapping_files_that_are_refused(old: str, new: str) -> None:
    assert old in CSV_MAPPING
    with pytest.raises(BadFile) as refused:
        read_mapping(CSV_MAPPING.replace(old, new, 1).encode())
    assert refused.value.code == "bad_mapping"


def test_missing_and_zero_are_told_apart() -> None:
    rows = "p;t;v\nM;2026-11-02 00:00;-\nM;2026-11-02 00:15;keine\nM;2026-11-02 00:30;0"
    changes = {'decimal = "."': 'decimal = "."\nmissing = ["", "-"]\nzero = ["keine"]'}
    assert mapped(rows, changes) == (2, {("offtake", "total"): 0})


def test_fold_first_and_reject() -> None:
    rows = "p;t;v\nM;2026-10-25 02:00;1\nM;2026-10-25 03:00;1"
    assert mapped(rows, {'step = "PT15M"': 'step = "PT15M"\nfold = "reject"'})[0] == 1
    assert mapped(rows, {'step = "PT15M"': 'step = "PT15M"\nfold = "first"'})[0] == 2


def test_injection_of_flemish_registers_is_added_and_a_part_that_is_missing_is_a_gap() -> None:
    text = sample("be-fluvius-clean.csv").decode()
    night = text.replace("Afname Dag;0,065", "Afname Nacht;0,065", 1)
    extra = (
        night + '02-11-2026;07:00:00;02-11-2026;07:15:00;="541449990000000120";1XYZ990000001;Digitale meter;'
        "Afname Dag;0,100;kWh;Geschat;\n"
    )
    found = read_text(extra)
    assert sums(found)["offtake", "total"] == 365_000
    assert "Uitgelezen+Geschat: estimated" in found.report.quality
    lost = read_text(extra.replace("Afname Dag;0,100", "Afname Dag;"))
    assert gaps(lost) == [("2026-11-02T06:00:00Z", "2026-11-02T06:15:00Z", "empty")]


def test_gas_and_peaks_are_passed_over_and_counted() -> None:
    row = '02-11-2026;07:00:00;02-11-2026;08:00:00;="541449990000000120";G;Gasmeter;Afname;1,0;m³;Uitgelezen;\n'
    found = read_text(sample("be-fluvius-clean.csv").decode() + row)
    assert sums(found)["offtake", "total"] == 265_000
    assert found.report.ignored == {"register Afname in m³": 1}
    assert counted(found, GridFlow.INJECTION) == 4


def test_a_sample_named_for_another_format_is_refused() -> None:
    for form in ("fr-enedis", "be-fluvius", "ch-bkw", "es-datadis", "green-button", "at-eda-record"):
        with pytest.raises(BadFile):
            imported("generic-a.csv", form=form)
