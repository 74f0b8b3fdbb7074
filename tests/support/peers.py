"""Independent implementations that tests speak to: found, or the test is skipped; in the gate none may be missing."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

REQUIRED = "NODECHAIN_REQUIRE_PEERS"


def missing(reason: str) -> None:
    """Skip the test, or fail it where nothing may be missing."""
    if os.environ.get(REQUIRED):
        pytest.fail(f"{reason}, and {REQUIRED} is set")
    pytest.skip(reason)


def program(name: str) -> str:
    """The path of an installed program."""
    found = shutil.which(name)
    if found is None:
        missing(f"{name} is not installed")
    return found or ""


def package(name: str) -> None:
    """A Python package must be there; it is not imported."""
    if find_spec(name) is None:
        missing(f"the Python package {name} is not installed")


def module(name: str) -> ModuleType:
    """A package that only tests use, imported."""
    package(name.partition(".")[0])
    return importlib.import_module(name)


def file(candidates: Sequence[str]) -> Path:
    """The first of these files that is there."""
    found = [Path(name) for name in candidates if Path(name).exists()]
    if not found:
        missing(f"none of these is there: {', '.join(candidates)}")
    return found[0]


def compiled(source: Path, folder: Path, library: str, *flags: str) -> Path:
    """A C program of ours that uses a library."""
    asked = [program("pkg-config"), "--cflags", "--libs", library]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    if found.returncode:
        missing(f"{library} is not installed")
    target = folder / source.stem
    options = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-O1", *flags]
    subprocess.run([program("cc"), *options, str(source), "-o", str(target), *found.stdout.split()], check=True)
    return target
