"""What every test shares: deterministic Hypothesis, and the wheel as a user installs it.

Hypothesis draws the same examples each time (a red gate is a change, not luck) and prints how to repeat a failure.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "ci.txt"

# deadline: the machines of the gate are shared, and a timed assertion there measures the neighbours.
settings.register_profile(
    "gate", derandomize=True, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
# `pytest --hypothesis-profile=search` looks for new examples.
settings.register_profile("search", derandomize=False, deadline=None, print_blob=True, max_examples=2_000)
settings.load_profile("gate")

# A shell that starts the tests in the background has them ignore Ctrl-C; what they start would ignore it too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

FIRST = (
    "tests/test_types.py",
    "tests/process/",
    "tests/web/test_page.py",
    "tests/web/test_page_access.py",
    "tests/web/test_page_login.py",
    "tests/nodechain/test_demo.py",
    "tests/devices/",
    "tests/web/",
    "tests/simulation/",
    "tests/nodechain/test_cli_docs.py",
    "tests/nodechain/",
    "tests/economy/",
)
"""Where long tests are: they begin first (`make test` hands them out in this order), so none is waited for last."""


LONGEST_ID = 120
"""Characters: a file of 4 MiB in the name of a test goes to every worker and comes back with each of its reports."""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """What is too long for a name is named by its size; pytest numbers those that are called the same."""
    return f"{argname} of {len(val)}" if isinstance(val, str | bytes) and len(val) > LONGEST_ID else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first; otherwise as they were found."""

    def rank(item: pytest.Item) -> int:
        return next((place for place, folder in enumerate(FIRST) if item.nodeid.startswith(folder)), len(FIRST))

    items.sort(key=rank)


@dataclass(frozen=True, slots=True)
class Installed:
    """A virtual environment with nothing in it but the wheel and what it requires, away from the clone."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    @property
    def nodechain(self) -> Path:
        """The command that a user types."""
        return self.folder / "bin" / "nodechain"

    def run(self, *arguments: str | Path, timeout_s: int = 60) -> subprocess.CompletedProcess[str]:
        """Run one of its programs in its own folder, out of the clone's sight; the outcome is not judged."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return subprocess.run(
            [str(item) for item in arguments],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )


def _run(*arguments: str | Path) -> None:
    outcome = subprocess.run(
        [str(item) for item in arguments], cwd=ROOT, capture_output=True, text=True, timeout=600, check=False
    )
    assert outcome.returncode == 0, f"{' '.join(map(str, arguments))}\n{outcome.stdout}{outcome.stderr}"


def _install(folder: Path, requirement: str) -> Installed:
    installed = Installed(folder)
    venv.create(folder, with_pip=True)
    _run(installed.python, "-m", "pip", "install", "--quiet", "--constraint", LOCK, requirement)
    return installed


# Tests that use these share one worker: @pytest.mark.xdist_group("wheel"), so that each is made once.


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the clone as it is."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    _run(*build, "--wheel-dir", folder, ROOT)
    (built,) = folder.glob("nodechain-*.whl")
    return built


@pytest.fixture(scope="session")
def installed_wheel(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """`pip install nodechain[node]` in an empty environment."""
    return _install(tmp_path_factory.mktemp("node"), f"{wheel}[node]")


@pytest.fixture(scope="session")
def installed_meter_wheel(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """`pip install nodechain` in an empty environment: what a meter has."""
    return _install(tmp_path_factory.mktemp("meter"), str(wheel))
