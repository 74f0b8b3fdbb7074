"""The samples of operators' files (`tests/formats/samples`), read."""

from __future__ import annotations

from pathlib import Path

from nodechain.formats.detection import read_document
from nodechain.formats.documents import ImportedFiles, joined
from nodechain.formats.mapping import read_mapping
from nodechain.formats.values import EnergyPart, GridFlow, ImportSettings

SAMPLES = Path(__file__).resolve().parents[1] / "formats" / "samples"


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def imported(
    *names: str, settings: ImportSettings | None = None, mapping: str = "", form: str | None = None
) -> ImportedFiles:
    found = read_mapping(sample(mapping)) if mapping else None
    chosen = settings or ImportSettings(test_traffic=True)
    return joined([read_document(sample(n), chosen, name=n, mapping=found, form=form) for n in names])


def read_text(text: str | bytes, *, settings: ImportSettings | None = None, form: str | None = None) -> ImportedFiles:
    data = text.encode() if isinstance(text, str) else text
    return joined([read_document(data, settings or ImportSettings(test_traffic=True), name="file", form=form)])


def sums(found: ImportedFiles) -> dict[tuple[str, str], int]:
    """By direction and quantity, over all points."""
    result: dict[tuple[str, str], int] = {}
    for line in found.report.sums:
        key = line.series.flow.value, line.series.quantity.value
        result[key] = result.get(key, 0) + line.energy_mwh
    return result


def counted(found: ImportedFiles, flow: GridFlow = GridFlow.OFFTAKE, quantity: EnergyPart = EnergyPart.TOTAL) -> int:
    return sum(s.values for s in found.report.sums if (s.series.flow, s.series.quantity) == (flow, quantity))


def gaps(
    found: ImportedFiles, flow: GridFlow = GridFlow.OFFTAKE, quantity: EnergyPart = EnergyPart.TOTAL
) -> list[tuple[str, str, str]]:
    shown = found.report.shown()["gaps"]
    return [
        (gap["from"], gap["to"], gap["reason"])
        for gap in shown
        if (gap["direction"], gap["quantity"]) == (flow.value, quantity.value)
    ]
