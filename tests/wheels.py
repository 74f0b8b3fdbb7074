"""`python -m tests.wheels`: on which Pythons and machines a node installs from wheels alone, as the package index says.

For each target pip downloads what `nodechain[node]` needs, in the versions of requirements/ci.txt, and all of it is
thrown away. pip judges markers by the Python that runs it, so those of pyproject.toml are judged here. What comes out
is the table of docs/platforms.md, where 'resolved' means no more than this: there are wheels for everything.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from packaging.requirements import Requirement

from tests.pythons import LOCK, ROOT, SUPPORTED

JOBS: Final = 2
MISSING: Final = re.compile(
    r"(?:No matching distribution found for|Cannot install) ([A-Za-z0-9._-]+)\S*(?: because|\s*$)", re.MULTILINE
)
"""How pip says that there is no wheel: of a package that others need, or of one that we asked for."""
GLIBC: Final = 28
"""Debian 10, RHEL 8 and whatever is newer: glibc 2.28."""


@dataclass(frozen=True, slots=True)
class Machine:
    """A kind of machine as packages name it, and the tags of wheels that run there."""

    name: str
    system: str
    processor: str
    tags: tuple[str, ...]

    def needs(self, version: str) -> list[str]:
        """What pip would install there for a node, markers judged."""
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        here = {
            "python_version": version,
            "python_full_version": f"{version}.0",
            "sys_platform": self.system,
            "platform_machine": self.processor,
            "platform_system": "Linux" if self.system == "linux" else "Darwin",
        }
        lines = [*project["dependencies"], *project["optional-dependencies"]["node"]]
        needed = [Requirement(line) for line in lines]
        return [f"{item.name}{item.specifier}" for item in needed if item.marker is None or item.marker.evaluate(here)]


def glibc(processor: str) -> tuple[str, ...]:
    """The tags that a Linux with this glibc takes."""
    older = {"x86_64": ("manylinux2014", "manylinux2010", "manylinux1")}.get(processor, ("manylinux2014",))
    return (
        *(f"manylinux_2_{minor}_{processor}" for minor in range(GLIBC, 4, -1)),
        *(f"{n}_{processor}" for n in older),
    )


def macos(processor: str) -> tuple[str, ...]:
    """The tags that macOS 14 takes."""
    kinds = (processor, "universal2")
    return tuple(
        f"macosx_{version}_{kind}" for version in ("14_0", "13_0", "12_0", "11_0", *OLD_MACOS) for kind in kinds
    )


OLD_MACOS: Final = tuple(f"10_{minor}" for minor in range(16, 8, -1))
MACHINES: Final = (
    Machine("Linux x86-64", "linux", "x86_64", glibc("x86_64")),
    Machine("Linux aarch64", "linux", "aarch64", glibc("aarch64")),
    Machine("macOS arm64", "darwin", "arm64", macos("arm64")),
    Machine("macOS x86-64", "darwin", "x86_64", macos("x86_64")),
)


def resolve(version: str, machine: Machine) -> str:
    """`resolved`, or which packages have no wheel for this target and would be built there."""
    needed, built = machine.needs(version), list[str]()
    while True:
        missing = first_missing(version, machine, needed)
        if missing is None:
            return f"builds {', '.join(built)}" if built else "resolved"
        kept = [line for line in needed if Requirement(line).name.lower() != missing]
        if kept == needed:
            return f"no wheel of {missing}, which others need"
        built.append(missing)
        needed = kept


def first_missing(version: str, machine: Machine, needed: list[str]) -> str | None:
    """The first package without a wheel, or None. Raises `RuntimeError` for what is no answer of the index."""
    platforms = [part for tag in machine.tags for part in ("--platform", tag)]
    with tempfile.TemporaryDirectory() as nowhere:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--dest", nowhere),
                *(
                    "--only-binary",
                    ":all:",
                    "--constraint",
                    str(LOCK),
                    "--python-version",
                    version,
                    *platforms,
                    *needed,
                ),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode == 0:
        return None
    found = MISSING.search(done.stderr)
    if found is None:
        raise RuntimeError(done.stderr)
    return found.group(1).lower()


def main() -> None:
    """Print the table."""
    with ThreadPoolExecutor(JOBS) as pool:
        asked = {
            (version, machine): pool.submit(resolve, version, machine) for version in SUPPORTED for machine in MACHINES
        }
        print("| Python |", " | ".join(machine.name for machine in MACHINES), "|")
        print("| --- |", " | ".join("---" for _ in MACHINES), "|")
        for version in SUPPORTED:
            print(
                f"| {version} |", " | ".join(asked[version, machine].result() for machine in MACHINES), "|", flush=True
            )


if __name__ == "__main__":
    main()
