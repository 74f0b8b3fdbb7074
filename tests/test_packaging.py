"""The wheel holds what the clone holds, and a meter's installation stays small."""

from __future__ import annotations

import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.conftest import Installed

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("ledger", "market", "consensus", "nodechain", "devices", "genesis")

pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def shipped(folder: Path) -> set[str]:
    """Every file below a folder that is code or data, not what Python or a tool left there."""
    files = {file for file in folder.rglob("*") if file.is_file() and file.suffix not in (".pyc", ".pyo")}
    return {file.relative_to(ROOT).as_posix() for file in files if not any(p.startswith(".") for p in file.parts)}


@pytest.mark.parametrize("package", PACKAGES)
def test_wheel_has_code_and_data(package: str, names: set[str]) -> None:
    assert shipped(ROOT / package) == {name for name in names if name.startswith(package + "/")}


def test_wheel_has_door_licence_and_nothing_else(names: set[str]) -> None:
    metadata = {name for name in names if name.startswith("nodechain-0.1.0.dist-info/")}
    rest = {name for name in names - metadata if name.partition("/")[0] not in PACKAGES}
    assert rest == {name for name in ("cli.py",) if (ROOT / name).exists()}
    assert {Path(name).name for name in metadata} >= {"LICENSE", "NOTICE", "METADATA", "entry_points.txt"}


def test_every_package_of_the_tree_is_listed() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert packages | {"cli.py"} == set(listed["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"])


def test_source_archive_lists_what_is_there_and_all_of_it() -> None:
    """A5: a folder was listed that did not exist; a new folder must not be forgotten either."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = listed["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert not [path for path in included if not (ROOT / path.removeprefix("/")).exists()]
    made = {line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()}
    folders = {folder.name for folder in ROOT.iterdir() if folder.is_dir() and not folder.name.startswith(".")}
    kept = {name for name in folders - made if not name.endswith(".egg-info")}
    assert kept == {path.strip("/") for path in included if (ROOT / path.strip("/")).is_dir()}


def test_meter_has_no_database_no_server_no_pydantic(installed_meter_wheel: Installed) -> None:
    outcome = installed_meter_wheel.run(installed_meter_wheel.python, "-m", "pip", "freeze")
    assert outcome.returncode == 0, outcome.stderr
    installed = {line.partition("==")[0].partition(" ")[0].lower() for line in outcome.stdout.splitlines()}
    assert {"nodechain", "msgspec", "pynacl", "cryptography", "click", "pymodbus", "pyserial"} <= installed
    assert not installed & {"plyvel", "plyvel-next", "plyvel_next", "aiohttp", "pydantic"}


def test_node_has_everything(installed_wheel: Installed) -> None:
    names = "ledger, market, consensus, nodechain, devices, nodechain.store.leveldb, aiohttp, pydantic"
    check = f"import {names}; print(ledger.__file__)"
    outcome = installed_wheel.run(installed_wheel.python, "-c", check)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.startswith(str(installed_wheel.folder))
    assert installed_wheel.nodechain.exists()
