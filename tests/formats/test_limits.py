"""Every limit of `nodechain.formats.limits` refuses what is beyond it; made small here where reaching it would cost."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from ledger.chain.registry import constants
from nodechain.formats import limits
from nodechain.formats.errors import BadFile
from nodechain.formats.json_reading import read_json
from nodechain.formats.mapping import read_mapping
from nodechain.formats.quantities import NumberStyle, checked_point_id, duration_ms, whole_mwh
from nodechain.formats.values import ImportSettings
from nodechain.formats.xml_reading import read_xml
from tests.support.format_samples import imported, read_text, sample

BKW = "Messpunkt;Datum;Strombezug [kWh];Stromeinspeisung [kWh];Messdatengüte\n"
ROW = "CH{};26.10.2026 0{}:00;0.1;0;W\n"


def rows(points: int, hours: int) -> str:
    return BKW + "".join(ROW.format(point, hour) for point in range(points) for hour in range(hours))


def deep_xml(levels: int) -> bytes:
    return b"<a>" * levels + b"</a>" * levels


def tag(size: int) -> bytes:
    return b'<a b="%s"/>' % (b"x" * size)


def archive(parts: int, size: int) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as made:
        made.writestr("xl/workbook.xml", "")
        for number in range(parts - 1):
            made.writestr(f"xl/{number}", bytes(size))
    return sink.getvalue()


def xml(data: bytes) -> object:
    return read_xml(data, lambda _around, _found: False)


SMALL: dict[str, tuple[int, str, Callable[[Any], object], str | bytes, str | bytes]] = {
    "MAX_FILE_BYTES": (500, "text", read_text, rows(1, 2), rows(1, 9) * 3),
    "MAX_FILE_ROWS": (5, "text", read_text, rows(1, 4), rows(1, 5)),
    "MAX_COLUMNS": (5, "text", read_text, rows(1, 1), rows(1, 1) + "a;" * 6),
    "MAX_CELL_CHARACTERS": (30, "text", read_text, rows(1, 1), rows(1, 1) + "a" * 31),
    "MAX_VALUES": (6, "collecting", read_text, rows(1, 3), rows(1, 4)),
    "MAX_SERIES": (4, "collecting", read_text, rows(2, 1), rows(3, 1)),
    "MAX_XML_CHILDREN": (3, "xml_reading", xml, b"<a><b/><b/><b/></a>", b"<a><b/><b/><b/><b/></a>"),
    "MAX_XML_DEPTH": (32, "xml_reading", xml, deep_xml(32), deep_xml(33)),
    "MAX_XML_KEPT": (3, "xml_reading", xml, b"<a><b><c/></b></a>", b"<a><b><c/><c/></b></a>"),
    "MAX_XML_TOKEN_BYTES": (100_000, "xml_reading", xml, tag(50_000), tag(200_000)),
    "MAX_JSON_ITEMS": (3, "json_reading", read_json, b"[1,1,1,1]", b"[1,1,1,1,1]"),
    "MAX_LINE_CHARACTERS": (90, "text", read_text, rows(1, 1), rows(1, 1) + "a" * 91),
    "MAX_JSON_DEPTH": (32, "json_reading", read_json, b"[" * 32 + b"]" * 32, b"[" * 33 + b"]" * 33),
}


@pytest.mark.parametrize("name", SMALL)
def test_what_is_beyond_a_limit_is_refused_and_what_reaches_it_is_not(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, module, read, good, bad = SMALL[name]
    monkeypatch.setattr(import_module(f"nodechain.formats.{module}"), name, small)
    read(good)
    with pytest.raises(BadFile) as refused:
        read(bad)
    assert refused.value.code in ("file_too_large", "bad_json")


OF_WORKBOOKS = (
    ("MAX_CELLS", "spreadsheet", 50),
    ("MAX_CELLS", "workbook_check", 50),
    ("MAX_PART_ELEMENTS", "workbook_check", 10),
    ("MAX_FILE_ROWS", "workbook_check", 5),
    ("MAX_COLUMNS", "workbook_check", 1),
)


@pytest.mark.parametrize(("name", "module", "small"), OF_WORKBOOKS)
def test_a_workbook_beyond_a_limit_is_refused(
    name: str, module: str, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openpyxl", reason="the extra xlsx is not installed")
    pytest.importorskip("defusedxml", reason="the extra xlsx is not installed")
    read_text(sample("at-report-hard.xlsx"))
    monkeypatch.setattr(import_module(f"nodechain.formats.{module}"), name, small)
    with pytest.raises(BadFile) as refused:
        read_text(sample("at-report-hard.xlsx"))
    assert refused.value.code == "file_too_large"


@pytest.mark.parametrize(("name", "small"), [("MAX_PARTS", 5), ("MAX_UNPACKED_BYTES", 4_500)])
def test_an_archive_beyond_a_limit_is_refused(name: str, small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openpyxl", reason="the extra xlsx is not installed")
    pytest.importorskip("defusedxml", reason="the extra xlsx is not installed")
    monkeypatch.setattr(import_module("nodechain.formats.spreadsheet"), name, small)
    with pytest.raises(BadFile) as refused:
        read_text(archive(6, 1_000))
    assert refused.value.code == "file_too_large"
    with pytest.raises(BadFile) as damaged:
        read_text(archive(4, 1_000))
    assert damaged.value.code == "bad_workbook"


def test_limits_of_single_values() -> None:
    assert NumberStyle().parse("9" * limits.MAX_NUMBER_CHARACTERS)
    with pytest.raises(ValueError, match="too long"):
        NumberStyle().parse("9" * (limits.MAX_NUMBER_CHARACTERS + 1))
    with pytest.raises(BadFile):
        read_json(b"9" * (limits.MAX_NUMBER_CHARACTERS + 1))
    with pytest.raises(ValueError, match="more energy"):
        whole_mwh(limits.MAX_INTERVAL_MWH + 1, 1)
    assert duration_ms("PT25H") == limits.MAX_STEP_MS
    with pytest.raises(ValueError, match="longer than a day"):
        duration_ms("PT25H1S")
    assert checked_point_id("x" * limits.MAX_POINT_CHARACTERS)
    with pytest.raises(BadFile):
        checked_point_id("x" * (limits.MAX_POINT_CHARACTERS + 1))
    with pytest.raises(BadFile, match="more than"):
        read_mapping(b"#" * (limits.MAX_MAPPING_BYTES + 1))


def test_a_report_lists_so_many_and_counts_the_rest() -> None:
    lines = [
        f"CH1;{day:02}.10.2026 {hour:02}:00;{'0.1' if hour % 2 else ''};;W"
        for day in range(1, 25)
        for hour in range(24)
    ]
    found = read_text(BKW + "\n".join(lines))
    offtake = [gap for gap in found.report.gaps if gap.series.flow == "offtake"]
    assert len(found.report.gaps) == limits.MAX_LISTED
    assert found.report.more_gaps > 0
    assert not offtake, "injection comes first, and fills the list"


def test_xml_with_a_document_type_is_refused() -> None:
    text = sample("at-crmsg-clean.xml").decode()
    bombs = (
        '<!DOCTYPE a [<!ENTITY x "y">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/a"> %x;]>',
    )
    for bomb in bombs:
        for form in ("at-eda-record", "green-button"):
            with pytest.raises(BadFile) as refused:
                read_text(text.replace("?>\n", f"?>\n{bomb}\n", 1), form=form)
            assert refused.value.code == "unsafe_xml"
    with pytest.raises(BadFile) as undefined:
        read_text(text.replace("L1", "&x;"), settings=ImportSettings(test_traffic=True))
    assert undefined.value.code == "bad_xml"


def test_every_limit_has_a_test() -> None:
    single = {"MAX_NUMBER_CHARACTERS", "MAX_INTERVAL_MWH", "MAX_STEP_MS", "MAX_POINT_CHARACTERS", "MAX_MAPPING_BYTES",
              "MAX_LISTED", "PART_ROWS", "PART_SLOTS", "PART_BYTES"}  # fmt: skip
    archives = {"MAX_PARTS", "MAX_UNPACKED_BYTES", *(name for name, _module, _small in OF_WORKBOOKS)}
    assert set(constants(limits)) == set(SMALL) | single | archives
    assert imported("ch-bkw-hard.csv").report.used
