"""The SunSpec models as data: complete, consistent, and with what later code relies on."""

from __future__ import annotations

import json

import pytest

from devices.errors import BadProfile
from devices.sunspec import MODELS_FILE, decode_models, load_models


def test_the_nine_models_are_there_with_the_energy_points_of_storage_and_meters() -> None:
    models = load_models()
    assert [model.model for model in models.models] == [1, 101, 103, 201, 203, 701, 713, 714, 802]
    assert models.marker == (int.from_bytes(b"Su", "big"), int.from_bytes(b"nS", "big"))
    assert models.model(203).point("TotWhImp").type == "acc32"
    assert models.model(714).point("DCWhInj").size == 4
    assert models.model(713).point("WHAvail").scale_factor == "WH_SF"
    assert models.no_value("acc32") == 0
    assert models.no_value("int16") == 0x8000
    assert models.no_value("string") is None


def test_points_do_not_overlap() -> None:
    for model in load_models().models:
        end = 2
        for point in sorted(model.points, key=lambda point: point.offset):
            assert point.offset >= end, (model.model, point.point)
            end = point.offset + point.size


def test_points_whose_scale_factor_is_not_known_are_the_ones_that_nobody_bills() -> None:
    unscaled = {
        (model.model, point.point)
        for model in load_models().models
        for point in model.points
        if point.scale_factor is not None and not model.has(point.scale_factor)
    }
    assert unscaled == {(802, "DoD")}


def test_what_contradicts_itself_is_refused() -> None:
    good = json.loads(MODELS_FILE.read_bytes())
    for place, key, value in ((0, "size", 99), (3, "scale_factor", "A"), (0, "extra", 1)):
        document = json.loads(json.dumps(good))
        document["models"][1]["points"][place][key] = value
        with pytest.raises(BadProfile):
            decode_models(json.dumps(document).encode())
    with pytest.raises(BadProfile):
        decode_models(json.dumps(good | {"schema": "x"}).encode())
    with pytest.raises(BadProfile):
        decode_models(b"\xff")
    with pytest.raises(BadProfile):
        load_models().model(999)
    with pytest.raises(BadProfile):
        load_models().model(802).point("WhImp")
