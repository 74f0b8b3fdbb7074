"""Files of operators: damaged anywhere. What a mutation leaves readable goes on to the report.

Workbooks are here where the extra `xlsx` is installed.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from fuzz.target import Target
from nodechain.formats import eda_points
from nodechain.formats.coefficients import faults_of
from nodechain.formats.detection import READERS, WORKBOOK, read_document
from nodechain.formats.documents import joined
from nodechain.formats.errors import BadFile
from nodechain.formats.french_keys import warnings_of_neutral, warnings_of_wide
from nodechain.formats.mapping import read_mapping
from nodechain.formats.plain_csv import values_file
from nodechain.formats.share_lists import read_share_list
from nodechain.formats.slot_rows import read_point_book
from nodechain.formats.slot_table import read_pair_shares, read_slot_table
from nodechain.formats.values import ImportSettings

SAMPLES = Path(__file__).resolve().parents[1] / "tests" / "formats" / "samples"
SETTINGS = ImportSettings(test_traffic=True, point_id="CH9900000000000000000000000000017")
GOOD = {
    "at-eda-record": ("at-crmsg-clean.xml", "at-crmsg-hard-1-dst.xml"),
    "fr-enedis": ("fr-enedis-hard.csv", "fr-enedis-curve-clean.csv"),
    "es-datadis": ("es-datadis-clean.json", "es-datadis-hard.json"),
    "es-distributor": ("es-distribuidora-hard.csv",),
    "be-fluvius": ("be-fluvius-clean.csv", "be-fluvius-hard.csv"),
    "green-button": ("us-greenbutton-clean.xml", "us-greenbutton-hard.xml"),
    "ch-ekz": ("ch-ekz-hard.csv",),
    "ch-bkw": ("ch-bkw-hard.csv",),
    WORKBOOK: ("at-report-hard.xlsx",),
}
SLOT_TABLE = b"""point,direction,key,owner,commissioned,price,1946000,1946001
1,injection,,nc1a,5,12,1.25,0
2,offtake,0.5,nc1b,,,0.5,0.25
"""
PAIR_SHARES = b"producer,consumer,share\n1,2,0.25\n1,3,0.75\n"
POINT_BOOK = b"operator_id;direction;number;salt\nAT0010000000000000001000000000001;injection;7;" + b"00" * 16 + b"\n"
ENEDIS_ANSWER = b"""{"meter_reading": {"usage_point_id": "30009900000011", "reading_type": {"unit": "W"},
"interval_reading": [{"value": "320", "date": "2026-11-02 00:30:00", "interval_length": "PT30M"}]}}"""


def format_targets() -> dict[str, Target]:
    """By name, as `fuzz.decoders.targets`."""
    found = {f"file {name}": _target(_reads(name), *map(_sample, GOOD[name])) for name in READERS if name in GOOD}
    if find_spec("openpyxl") is None:
        del found[f"file {WORKBOOK}"]
    mapping, mapped = _sample("generic-a.toml"), _sample("generic-a.csv")
    found |= {
        "file fr-enedis-json": _target(_reads("fr-enedis-json"), ENEDIS_ANSWER),
        "file csv": _target(lambda data: _all(data, mapping, None), mapped),
        "file csv, its mapping": _target(lambda data: _all(mapped, data, None), mapping),
        "file at-eda-points": _target(lambda data: eda_points.read(data, SETTINGS), _sample("at-ecmplist-hard.xml")),
        "file es-cau": _target(_coefficients, _sample("ES9900000000000011BA0FA000_2026.txt")),
        "file fr-keys": _target(warnings_of_neutral, _sample("fr-acc-keys-own-shape.csv")),
        "file fr-keys-wide": _target(warnings_of_wide, b"\r\n".join(_sample("30009900000099.csv").split(b"\r\n")[:4])),
        "file at-share-list": _target(read_share_list, _sample("at-share-list.csv")),
        "slot table": _target(read_slot_table, SLOT_TABLE),
        "pair shares": _target(read_pair_shares, PAIR_SHARES),
        "point book": _target(read_point_book, POINT_BOOK),
        "file, which": _target(_reads(None), _sample("be-fluvius-clean.csv"), _sample("us-greenbutton-clean.xml")),
    }
    return found


def _target(decode: Callable[[bytes], object], *good: bytes) -> Target:
    return Target(decode, good, text=True, refusals=(BadFile,))


def _sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def _reads(form: str | None) -> Callable[[bytes], object]:
    return lambda data: _all(data, None, form)


def _all(data: bytes, mapping: bytes | None, form: str | None) -> None:
    """A file read, reported on, and written again."""
    described = None if mapping is None else read_mapping(mapping)
    found = joined([read_document(data, SETTINGS, mapping=described, form=form)])
    found.report.shown()
    values_file(found.values(quantity=None))


def _coefficients(data: bytes) -> None:
    """A checker refuses nothing: it says what is wrong."""
    faults = faults_of("ES9900000000000011BA0FA000_2026.txt", data)
    if faults:
        raise BadFile(faults[0])
