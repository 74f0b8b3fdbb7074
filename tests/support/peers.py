"""Independent implementations that tests speak to: found, or the test is skipped; in the gate none may be missing."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

REQUIRED = "NODECHAIN_REQUIRE_PEERS"


def _missing(what: str) -> None:
    if os.environ.get(REQUIRED):
        pytest.fail(f"{what} is not installed, and {REQUIRED} is set")
    pytest.skip(f"{what} is not installed")


def program(name: str) -> str:
    """The path of a program."""
    found = shutil.which(name)
    if found is None:
        _missing(name)
    return found or ""


def module(name: str) -> ModuleType:
    """A package that only tests use."""
    try:
        return importlib.import_module(name)
    except ImportError:
        _missing(name)
        raise


def compiled(source: Path, folder: Path, library: str, *flags: str) -> Path:
    """A C program of ours that uses a library."""
    asked = [program("pkg-config"), "--cflags", "--libs", library]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    if found.returncode:
        _missing(library)
    target = folder / source.stem
    options = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-O1", *flags]
    subprocess.run([program("cc"), *options, str(source), "-o", str(target), *found.stdout.split()], check=True)
    return target
