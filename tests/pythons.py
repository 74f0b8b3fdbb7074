"""`python -m tests.pythons`: the tests, but those of processes, web page and peers, on the other Pythons of a machine.

The gate runs everything on one Python. This makes an environment for each other version that nodechain supports and
that is found (`python3.13` on PATH, pyenv, or `--python FILE`), in `.venvs/`, with what pip chooses there and the
versions of requirements/ci.txt, and runs the rest of the tests in it. docs/platforms.md holds what came out.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
ENVIRONMENTS: Final = ROOT / ".venvs"
LOCK: Final = ROOT / "requirements" / "ci.txt"
SUPPORTED: Final = ("3.11", "3.12", "3.13", "3.14")
LEFT_OUT: Final = (
    "tests/process",
    "tests/web",
    "tests/peers",
    "tests/nodechain/test_cli_docs.py",
    "tests/devices/test_modbus_peers.py",
    "tests/test_types.py",
)
"""Real processes, browsers and other people's programs: slow, and the Python in the middle is the least of them."""
BOTH_BINDINGS: Final[Mapping[str, tuple[str, ...]]] = {"3.12": ("plyvel", "plyvel-next")}
"""Where both bindings to LevelDB can be installed, so that each is tested against the files of the other."""
USABLE: Final = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
PYENV: Final = "~/.pyenv"


def main() -> int:
    """Test on each version that is asked for and found; 1 if a test failed, 2 if no Python was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.pythons", description=__doc__)
    parser.add_argument(
        "versions", nargs="*", help=f"of {' '.join(SUPPORTED)}; by default all but the one that runs this"
    )
    parser.add_argument("--python", action="append", default=[], metavar="FILE", help="an interpreter to look at first")
    parser.add_argument("--arguments", default="-n auto --dist loadgroup", help="for pytest")
    given = parser.parse_args()
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = given.versions or [version for version in SUPPORTED if version != here]
    outcomes = [tested_on(version, given.python, given.arguments) for version in wanted]
    print(*(text for text, _code in outcomes), sep="\n")
    codes = [code for _text, code in outcomes if code is not None]
    return 2 if not codes else int(any(codes))


def tested_on(version: str, named: Iterable[str], arguments: str) -> tuple[str, int | None]:
    """One line of what came out, and pytest's exit code; None where there is no such Python."""
    python = find(version, named, os.environ)
    if python is None:
        return f"{version}: not found", None
    made = made_environment(version, python)
    left_out = [f"--ignore={path}" for path in LEFT_OUT]
    print(f"{version}: {python}", flush=True)
    done = subprocess.run([made, "-m", "pytest", *left_out, *shlex.split(arguments)], cwd=ROOT, check=False)
    return f"{version}: {'passed' if done.returncode == 0 else f'pytest ended with {done.returncode}'}", done.returncode


def find(version: str, named: Iterable[str], environment: Mapping[str, str]) -> Path | None:
    """An interpreter of this version that can make environments.

    Each candidate is run: a name on PATH may be a shim that fails.
    """
    return next((file for file in candidates(version, named, environment) if version_of(file) == version), None)


def version_of(python: Path) -> str | None:
    """What a program says of itself; None if it is no Python that can make environments."""
    try:
        said = subprocess.run([python, "-c", USABLE], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return said.stdout.strip() if said.returncode == 0 else None


def candidates(version: str, named: Iterable[str], environment: Mapping[str, str]) -> Iterator[Path]:
    """Where an interpreter of this version may be, the best first."""
    yield from map(Path, named)
    on_path = shutil.which(f"python{version}", path=environment.get("PATH", ""))
    if on_path is not None:
        yield Path(on_path)
    versions = Path(environment.get("PYENV_ROOT", PYENV)).expanduser() / "versions"
    yield from sorted(versions.glob(f"{version}.*/bin/python{version}"))


def made_environment(version: str, python: Path) -> Path:
    """The interpreter of an environment with the project and what its tests need; made anew when those change."""
    folder = ENVIRONMENTS / version
    made, stamp = folder / "bin" / "python", folder / "made-for"
    needs = sha256((ROOT / "pyproject.toml").read_bytes() + LOCK.read_bytes() + f"{ROOT} {python}".encode()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == needs:
        return made
    print(f"{version}: making {folder} (once; a minute or two)", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python, "-m", "venv", folder], check=True)
    install: list[str | Path] = [
        made,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--constraint",
        LOCK,
    ]
    subprocess.run([*install, "hatchling", *BOTH_BINDINGS.get(version, ())], check=True)
    subprocess.run([*install, "--no-build-isolation", "--editable", f"{ROOT}[node,test]"], check=True)
    stamp.write_text(needs, encoding="utf-8")
    return made


if __name__ == "__main__":
    sys.exit(main())
