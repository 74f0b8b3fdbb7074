"""All formats: which one a file is, and its document. What looks like two is refused; nothing is tried out blindly."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from importlib import import_module
from typing import Final

import msgspec

from nodechain.formats import (
    datadis,
    eda_points,
    eda_record,
    enedis,
    fluvius,
    generic_csv,
    green_button,
    refused,
    spanish_csv,
    swiss,
)
from nodechain.formats.collecting import OperatorFile
from nodechain.formats.errors import BadFile, too_large
from nodechain.formats.json_reading import read_json
from nodechain.formats.limits import MAX_FILE_BYTES
from nodechain.formats.mapping import CsvMapping
from nodechain.formats.text import first_line
from nodechain.formats.values import ImportSettings

Reader = Callable[[bytes, ImportSettings], OperatorFile]
WORKBOOK: Final = "at-eda-report"
_HEAD_BYTES: Final = 4_096


def _datadis(data: bytes, settings: ImportSettings) -> OperatorFile:
    return datadis.read_hours(read_json(data), settings)


def _enedis_json(data: bytes, settings: ImportSettings) -> OperatorFile:
    return enedis.read_curve(read_json(data), settings)


def _workbook(data: bytes, settings: ImportSettings) -> OperatorFile:
    """By openpyxl, which is there only with the extra."""
    try:
        module = import_module("nodechain.formats.eda_workbook")
    except ModuleNotFoundError as error:
        raise BadFile(
            f"reading a workbook needs the package {error.name}, which is not installed",
            code="extra_missing",
            advice="pip install 'nodechain[xlsx]'; or import the XML messages.",
        ) from None
    reader: Reader = module.read
    return reader(data, settings)


ENEDIS_JSON: Final = "fr-enedis-json"
READERS: Final[dict[str, Reader]] = {
    eda_record.FORMAT: eda_record.read,
    WORKBOOK: _workbook,
    enedis.FORMAT: enedis.read,
    ENEDIS_JSON: _enedis_json,
    datadis.FORMAT: _datadis,
    spanish_csv.FORMAT: spanish_csv.read,
    fluvius.FORMAT: fluvius.read,
    green_button.FORMAT: green_button.read,
    swiss.EKZ: swiss.read_ekz,
    swiss.BKW: swiss.read_bkw,
}
"""By name, as `--format` has it; `csv` needs a mapping file and is not here."""
NAMES: Final = (generic_csv.FORMAT, *READERS)

_BY_LINE: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    (enedis.FORMAT, enedis.recognises),
    (spanish_csv.FORMAT, spanish_csv.recognises),
    (fluvius.FORMAT, fluvius.recognises),
    (swiss.EKZ, swiss.recognises_ekz),
    (swiss.BKW, swiss.recognises_bkw),
)
_BY_HEAD: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    (eda_record.FORMAT, eda_record.recognises),
    (green_button.FORMAT, green_button.recognises),
)
_BY_KEY: Final = (
    (datadis.FORMAT, ("timeCurve", "cups")),
    (ENEDIS_JSON, ("meter_reading", "interval_reading")),
)


def format_of(data: bytes) -> str:
    """The name of a file's format. Raises `BadFile`: unknown_format, or why a known one is not read."""
    head = data[:_HEAD_BYTES].decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    if data[:4] == b"PK\x03\x04" and b"xl/" in data:
        return WORKBOOK
    refused_name = refused.refused_kind(data, head)
    if refused_name is not None:
        raise refused.refuse(refused_name)
    if eda_points.recognises(head):
        raise BadFile(
            "this is a list of metering points (ECMPList), it holds no energies",
            code="point_list",
            advice="Look at it with `nodechain sharing points FILE`.",
        )
    line = first_line(data)
    start = head.lstrip("\ufeff \r\n\t")
    found = [name for name, recognises in _BY_HEAD if start.startswith("<") and recognises(head)]
    found += [name for name, recognises in _BY_LINE if recognises(line)]
    found += [name for name, words in _BY_KEY if start[:1] in ("{", "[") and any(f'"{word}"' in head for word in words)]
    if len(found) != 1:
        raise BadFile(
            f"the file is in no format that is known here; it begins with {line[:80]!r}",
            code="unknown_format",
            advice="Describe a CSV with a mapping file (--mapping FILE; docs/formats.md), or name its --format.",
        )
    return found[0]


def read_document(
    data: bytes, settings: ImportSettings, *, name: str = "", form: str | None = None, mapping: CsvMapping | None = None
) -> OperatorFile:
    """A file's document with its name and digest. Raises `BadFile`."""
    if len(data) > MAX_FILE_BYTES:
        raise too_large("bytes", MAX_FILE_BYTES)
    if mapping is not None:
        if form not in (None, generic_csv.FORMAT):
            raise BadFile(f"a mapping file is for {generic_csv.FORMAT}, not for {form}", code="wrong_format")
        document = generic_csv.read(data, mapping)
    elif form == generic_csv.FORMAT:
        raise BadFile("a CSV needs a mapping file", code="bad_mapping", advice="Name it: --mapping FILE.")
    else:
        chosen = form or format_of(data)
        reader = READERS.get(chosen)
        if reader is None:
            raise BadFile(f"{chosen!r} is no format: {', '.join(NAMES)}", code="unknown_format")
        document = reader(data, settings)
    return msgspec.structs.replace(document, name=name, sha256=sha256(data).hexdigest())
