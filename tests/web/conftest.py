"""One street for all tests of the page: playing its day takes minutes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.street import Street, played_street


@pytest.fixture(scope="session")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with played_street(tmp_path_factory.mktemp("street")) as opened:
        yield opened
