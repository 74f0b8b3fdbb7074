"""A connection that a test leaves open is reported in that test, not in the one during which it is collected."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _leaves_nothing_open() -> Iterator[None]:
    yield
    gc.collect()
