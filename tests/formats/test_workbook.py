"""The Austrian community report (XLSX); needs the extra `xlsx`, which the tests' environment has."""

from __future__ import annotations

import io
import zipfile

import pytest

from nodechain.formats.detection import format_of
from nodechain.formats.errors import BadFile
from nodechain.formats.values import EnergyPart, GridFlow
from tests.support.format_samples import counted, gaps, imported, read_text, sample, sums

pytest.importorskip("openpyxl", reason="the extra xlsx is not installed")
pytest.importorskip("defusedxml", reason="the extra xlsx is not installed")

NAME = "at-report-hard.xlsx"
SHEET = "xl/worksheets/sheet2.xml"


def changed(old: str, new: str, part: str = SHEET, last_row: str = "") -> bytes:
    """The sample with a text of a part replaced, and a row more at the end of the sheet."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sample(NAME))) as archive, zipfile.ZipFile(sink, "w") as made:
        for name in archive.namelist():
            text = archive.read(name).decode()
            if name == part:
                assert old in text
                text = text.replace(old, new)
            if name == SHEET:
                text = text.replace("</sheetData>", f"{last_row}</sheetData>")
            made.writestr(name, text)
    return sink.getvalue()


def test_report() -> None:
    found = imported(NAME)
    assert sums(found) == {
        ("offtake", "total"): 13_350_000,
        ("offtake", "offered"): 28_109_500,
        ("offtake", "shared"): 3_179_500,
        ("injection", "total"): 57_552_000,
        ("injection", "surplus"): 54_322_500,
    }
    for quantity in (EnergyPart.TOTAL, EnergyPart.OFFERED, EnergyPart.SHARED):
        assert gaps(found, quantity=quantity) == [("2026-10-25T08:00:00Z", "2026-10-25T08:15:00Z", "empty")]
    assert (counted(found), counted(found, GridFlow.INJECTION)) == (99, 100)
    assert found.report.quality == {"L1: measured": 494, "L2: substituted": 2, "L3: estimated": 1}


def test_a_column_of_another_wording_is_refused_by_name() -> None:
    with pytest.raises(BadFile, match="Neuer Text"):
        read_text(changed("Anteil gemeinschaftliche Erzeugung", "Neuer Text"))


def test_a_sheet_without_points_is_refused() -> None:
    with pytest.raises(BadFile, match="no sheet has the rows"):
        read_text(changed("MeteringpointID", "Something"))


def test_sums_and_totals_are_no_values() -> None:
    point = "AT0088000707000000000000000000909"
    found = read_text(changed(point, "TOTAL"))
    assert counted(found, GridFlow.INJECTION) == 0
    assert found.report.ignored == {"column TOTAL": 2}


def test_an_archive_that_unpacks_without_end_is_refused_before_it_is_unpacked() -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", "")
        for number in range(5):
            made.writestr(f"xl/{number}", bytes(60_000_000))
    with pytest.raises(BadFile) as refused:
        read_text(sink.getvalue())
    assert refused.value.code == "file_too_large"


def test_entities_in_a_part_are_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'
    with pytest.raises(BadFile) as refused:
        read_text(changed("<worksheet", bomb))
    assert refused.value.code == "unsafe_xml"


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("</sheetData>", "<row>" + "<c/>" * 100_000 + "</row></sheetData>", SHEET),
        ("<sheetData>", "<a/>" * 400_001 + "<sheetData>", SHEET),
        ("</workbook>", "<a/>" * 400_001 + "</workbook>", "xl/workbook.xml"),
        ("</workbook>", "<row/>" * 400_001 + "</workbook>", "xl/workbook.xml"),
        ("<sheetData>", "<a>" * 40 + "</a>" * 40 + "<sheetData>", SHEET),
    ],
    ids=["wide row", "elements of a sheet", "elements of a part", "rows of a part", "deep"],
)
def test_a_small_workbook_that_grows_without_end_is_refused(old: str, new: str, part: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_text(changed(old, new, part))
    assert refused.value.code == "file_too_large"


def test_rows_that_a_wide_sheet_leaves_out_are_counted() -> None:
    """A sheet says how wide it is, and openpyxl hands out what lies between two of its rows that wide."""
    gap = '<row r="4000"><c r="A4000"/></row>'
    with pytest.raises(BadFile) as refused:
        read_text(changed("<sheetData>", '<dimension ref="A1:XFD4000"/><sheetData>', last_row=gap))
    assert refused.value.code == "file_too_large"


def test_a_damaged_workbook_is_refused() -> None:
    data = sample(NAME)
    for cut in (200, 1_000, len(data) // 2, len(data) - 30):
        with pytest.raises(BadFile):
            read_text(data[:cut])


def test_another_archive_is_refused() -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as made:
        made.writestr("curve.csv", "a;b")
    with pytest.raises(BadFile) as refused:
        format_of(sink.getvalue())
    assert refused.value.code == "not_read_zip"
