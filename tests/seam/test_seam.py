"""The house is built on: a subject and a market mechanism join as the patches beside this file, which touch what
`docs/architecture.md` says and nothing else.

Each patch is applied to a copy of the tree; its own tests run there in a process: transactions through the ledger, and
for the subject a command and a route of a development chain.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COPIED = (
    "ledger", "market", "consensus", "nodechain", "devices", "genesis", "harness", "tests", "docs", "stubs", "cli.py",
    "pyproject.toml",
)  # fmt: skip
NOT_COPIED = shutil.ignore_patterns("__pycache__", "vectors", "simulation", "web", ".hypothesis")

HOW = """
{error}
{patch} does not apply to this tree any more: what it builds on has moved. In a clean tree, with nothing to commit:
    git apply --reject {patch}
put in by hand what is in the *.rej files, make its tests pass, and write it anew from what is changed and new:
    find . -name '*.rej' -delete; git add --intent-to-add .; git diff -U1 --no-ext-diff > /tmp/new.patch
    git reset --hard; git clean -d --force; mv /tmp/new.patch {patch}
If that took more than the moved line, ask first whether a seam was lost.
"""

SUBJECT_FILES = re.compile(
    r"ledger/pledges/\w+\.py|nodechain/api/pledges\.py|nodechain/commands/pledges\.py"
    r"|nodechain/client/answers/pledges\.py"  # written by `python -m tests.makers.make_client_answers`
    r"|docs/\w+\.md|tests/(?:ledger|nodechain)/test_\w+\.py"
)
MECHANISM_FILES = re.compile(r"market/call/\w+\.py|tests/market/test_\w+\.py")


def patched(name: str, folder: Path) -> Path:
    """A copy of the tree with a patch; fails with what to do where the patch does not apply."""
    patch = Path(__file__).with_name(name)
    for part in COPIED:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=NOT_COPIED)
        else:
            shutil.copy(source, folder / part)
    done = subprocess.run(
        ["git", "apply", "-C1", str(patch)], cwd=folder, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)},
    )  # fmt: skip
    if done.returncode:
        pytest.fail(HOW.format(error=done.stderr.strip(), patch=f"tests/seam/{name}"), pytrace=False)
    return folder


def touched(name: str) -> tuple[list[str], dict[str, list[str]]]:
    """The files that a patch makes, and the lines that it takes out of or puts into files that there are."""
    made: list[str] = []
    changed: dict[str, list[str]] = {}
    for piece in re.split(r"(?m)^diff --git ", Path(__file__).with_name(name).read_text(encoding="utf-8"))[1:]:
        file = piece.partition("\n")[0].rpartition(" b/")[2]
        if "\nnew file mode" in piece:
            made.append(file)
        else:
            changed[file] = [line for line in piece.splitlines() if re.match(r"[+-](?![+-]{2} )", line)]
    return made, changed


def assert_one_line(changed: list[str], imported: str, end: str) -> None:
    """One line, of the table in which all are, has one more at its end; and its import."""
    (taken_out,) = (line[1:] for line in changed if line[0] == "-")
    first, put_in = (line[1:] for line in changed if line[0] == "+")
    assert first == imported
    assert put_in.endswith(end)
    assert put_in.removesuffix(end).rstrip(",") == taken_out.rstrip(",)")


def run_tests(folder: Path, *tests: str) -> None:
    """Tests of the copy, in a process whose packages are the copy's."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=folder, capture_output=True, text=True, timeout=600, check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]


def test_a_subject_touches_its_folder_one_line_its_pages_docs_and_tests() -> None:
    made, changed = touched("subject.patch")
    assert [file for file in made if not SUBJECT_FILES.fullmatch(file)] == []
    assert {"ledger/pledges/module.py", "nodechain/api/pledges.py", "nodechain/commands/pledges.py"} <= set(made)
    assert list(changed) == ["nodechain/modules.py"]
    assert_one_line(changed["nodechain/modules.py"], "from ledger.pledges.module import PLEDGES", ", PLEDGES)")


def test_a_mechanism_touches_its_folder_one_line_and_tests() -> None:
    made, changed = touched("mechanism.patch")
    assert [file for file in made if not MECHANISM_FILES.fullmatch(file)] == []
    assert "market/call/module.py" in made
    assert list(changed) == ["market/mechanisms.py"]
    assert_one_line(changed["market/mechanisms.py"], "from market.call.module import CALL", " CALL)")


def test_a_subject_joins(tmp_path: Path) -> None:
    """Its own asset, lock purpose, table, counter, due kind, hooks, events with postings, section, route, command."""
    tree = patched("subject.patch", tmp_path / "tree")
    run_tests(tree, "tests/ledger/test_rules_pledges.py", "tests/nodechain/test_pledges.py")
    run_tests(tree, "tests/test_architecture.py", "-k", "core_imports or names_nobody or cycles")


def test_a_mechanism_joins(tmp_path: Path) -> None:
    """It takes orders of its products, keeps them in a table of its own and trades them by a hook."""
    tree = patched("mechanism.patch", tmp_path / "tree")
    run_tests(tree, "tests/market/test_call.py")


def test_a_patch_that_does_not_apply_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = tmp_path / "moved"
    (moved / "market").mkdir(parents=True)
    (moved / "market" / "mechanisms.py").write_text("MECHANISMS = ()\n")
    monkeypatch.setattr(sys.modules[__name__], "ROOT", moved)
    monkeypatch.setattr(sys.modules[__name__], "COPIED", ("market",))
    with pytest.raises(pytest.fail.Exception, match=r"git apply --reject tests/seam/mechanism\.patch"):
        patched("mechanism.patch", tmp_path / "tree")
