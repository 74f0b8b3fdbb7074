"""The page in the package is what its sources make, to the byte; it is small, typed, linted, and its parts are tested.

Skipped where there is no Node or where `npm ci --prefix web/app` has not run, unless NODECHAIN_REQUIRE_WEB is set.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from ledger.encoding.quantities import field_types
from tests.makers.page_types import APP, SCHEMA, SUFFIXES, UNITS, kinds, page_types, page_units

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "nodechain" / "page"
CLIENT = ROOT / "web" / "client"
DEADLINE_S = 240.0


def ready() -> str:
    """Node's path; skips, or fails where it must be there, without Node or the page's packages."""
    node = shutil.which("node")
    installed = (APP / "node_modules" / "vite").is_dir() and (CLIENT / "node_modules").is_dir()
    if node is None or not installed:
        reason = "node is not installed" if node is None else "run npm ci --prefix web/app and --prefix web/client"
        if os.environ.get("NODECHAIN_REQUIRE_WEB"):
            pytest.fail(reason)
        pytest.skip(reason)
    return node


def run(program: str, *arguments: str, cwd: Path = APP, **environment: str) -> None:
    """A program of the page's packages; what it says when it fails is the failure."""
    node, tools = ready(), APP / "node_modules" / ".bin"
    done = subprocess.run(
        [node, str((tools / program).resolve()), *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-4_000:]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_page_is_built_from_its_sources_to_the_byte_wherever_they_lie(tmp_path: Path) -> None:
    ready()
    sources = tmp_path / "elsewhere" / "web"
    shutil.copytree(ROOT / "web", sources, ignore=shutil.ignore_patterns("node_modules"))
    for folder in (APP, CLIENT):
        (sources / folder.name / "node_modules").symlink_to(folder / "node_modules")
    run("vite", "build", "--logLevel", "warn", cwd=sources / "app", PAGE_FOLDER=str(tmp_path / "page"))
    built, committed = files(tmp_path / "page"), files(PAGE)
    assert sorted(built) == sorted(committed), "run make page"
    assert [name for name in built if built[name] != committed[name]] == [], "run make page"


def test_what_the_first_screen_loads_is_within_its_budget() -> None:
    run("size-limit")


def test_the_sources_are_formatted_and_linted() -> None:
    run("biome", "ci", "--error-on-warnings", ".")


def test_the_sources_have_the_right_types() -> None:
    run("tsc", "--noEmit")


def test_the_parts_do_what_their_tests_say() -> None:
    run("vitest", "run")


def test_the_types_are_those_of_the_nodes_answers(tmp_path: Path) -> None:
    ready()
    assert page_types(tmp_path) == SCHEMA.read_text(), "run python -m tests.makers.page_types"
    assert page_units() == UNITS.read_text(), "run python -m tests.makers.page_types"


def test_numbers_of_events_and_actions_that_are_no_amounts_say_their_unit_in_their_names() -> None:
    for kind, fields in kinds().items():
        for name, field in field_types(fields).items():
            suffix = "" if field.unit is None else SUFFIXES.get(field.unit.quantity, "")
            said = next((each for each in SUFFIXES.values() if name.endswith(each)), "")
            assert suffix == said, f"{kind}.{name}"


def test_every_file_has_its_hash_in_the_manifest_and_the_entry_carries_it() -> None:
    hashes = json.loads((PAGE / "manifest.json").read_text())["files"]
    found = files(PAGE)
    assert sorted(hashes) == sorted(set(found) - {"manifest.json"})
    for name, expected in hashes.items():
        assert expected == "sha384-" + base64.b64encode(hashlib.sha384(found[name]).digest()).decode(), name
    entry = found["index.html"].decode()
    loaded = re.findall(r'(?:src|href)="/(assets/[^"]+)" integrity="([^"]+)"', entry)
    assert sorted(Path(name).suffix for name, _hash in loaded) == [".css", ".js"]
    assert all(hashes[name] == expected for name, expected in loaded)


def test_nothing_in_the_page_is_inline_or_asks_elsewhere() -> None:
    for name, data in files(PAGE).items():
        text = data.decode()
        assert not re.search(r"\beval\(|new Function\(", text), name
        elsewhere = set(re.findall(r"https?://[\w.-]+", text)) - {"http://www.w3.org"}
        assert not elsewhere, (name, elsewhere)
    entry = (PAGE / "index.html").read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", entry)
