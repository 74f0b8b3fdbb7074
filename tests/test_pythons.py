"""The Pythons that nodechain runs on: one list in all places, found where they are, and none stumbles over the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tests.pythons import LEFT_OUT, LOCK, ROOT, SUPPORTED, find
from tests.wheels import MACHINES

COMPILE = """
import pathlib, sys, warnings
warnings.simplefilter("error")
for name in sys.argv[1:]:
    for file in sorted(pathlib.Path(name).rglob("*.py")) or [pathlib.Path(name)]:
        compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
"""


def project() -> dict[str, object]:
    found = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert isinstance(found, dict)
    return found


def test_one_list_of_versions_everywhere() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert tuple(re.findall(r"Python :: (3\.\d+)", text)) == SUPPORTED
    lowest = SpecifierSet(str(project()["requires-python"]))
    assert [version for version in ("3.10", *SUPPORTED) if version in lowest] == list(SUPPORTED)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    numbers = ", ".join(f"({version.replace('.', ', ')})" for version in SUPPORTED)
    assert f"sys.version_info[:2] not in ({numbers})" in makefile
    platforms = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")
    assert tuple(re.findall(r"^\| (3\.\d+) \|", platforms, re.MULTILINE)) == SUPPORTED
    (columns,) = re.findall(r"^\| Python \| (.+) \|$", platforms, re.MULTILINE)
    assert columns.split(" | ") == [machine.name for machine in MACHINES]


def test_the_gate_runs_on_a_supported_version() -> None:
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in SUPPORTED


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
@pytest.mark.parametrize("version", SUPPORTED)
def test_everything_a_node_needs_is_locked(version: str, machine: object) -> None:
    (found,) = [item for item in MACHINES if item is machine]
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    locked = {line.partition("==")[0].lower(): line.partition("==")[2] for line in lines if not line.startswith("#")}
    for needed in map(Requirement, found.needs(version)):
        assert locked[needed.name.lower()] in needed.specifier


def test_what_is_left_out_exists() -> None:
    assert not [path for path in LEFT_OUT if not (ROOT / path).exists()]


def test_an_interpreter_is_believed_when_it_has_run(tmp_path: Path) -> None:
    """A shim that fails, one of another version, a file that is no program: the next candidate is taken."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    folders = [tmp_path / name for name in ("path", "pyenv/versions/9.9.1/bin", f"pyenv/versions/{here}.0/bin")]
    for folder in folders:
        folder.mkdir(parents=True)
    shim, other, good = (folder / f"python{here}" for folder in folders)
    shim.write_text("#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    other.write_text("")
    good.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    good.chmod(0o755)
    world = {"PATH": str(folders[0]), "PYENV_ROOT": str(tmp_path / "pyenv")}
    assert find(here, [str(other), str(tmp_path / "nowhere")], world) == good
    assert find("9.9", [], world) is None
    assert find(here, [sys.executable], world) == Path(sys.executable)


@pytest.mark.parametrize("version", SUPPORTED)
def test_every_file_compiles_without_a_warning(version: str) -> None:
    """On each Python that this machine has; what runs there is `make test-pythons`."""
    python = find(version, [sys.executable], os.environ)
    if python is None:
        pytest.skip(f"there is no Python {version} here")
    folders = [
        "ledger",
        "market",
        "consensus",
        "nodechain",
        "devices",
        "genesis",
        "cli.py",
        "bench",
        "fuzz",
        "harness",
        "tests",
    ]
    outcome = subprocess.run(
        [python, "-I", "-B", "-c", COMPILE, *folders],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stderr
