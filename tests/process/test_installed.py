"""What a stranger installs, away from the clone: a node that runs, and a meter's program without the node's parts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Installed

pytestmark = pytest.mark.xdist_group("wheel")


def test_the_wheel_runs_a_development_chain(installed_wheel: Installed, tmp_path: Path) -> None:
    program = str(installed_wheel.folder / "bin" / "nodechain")
    home = tmp_path / "home"
    node = subprocess.Popen(
        [program, "dev", "--port", "0", "--state", str(home), "--output", "json"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    try:
        assert node.stdout is not None
        assert json.loads(node.stdout.readline())["success"]
        environment = {**os.environ, "NODECHAIN_HOME": str(home), "NODECHAIN_PASSWORD_FILE": str(home / "password")}
        sent = subprocess.run(
            [program, "transfer", "eeuro", "bob", "5", "--from", "alice", "--output", "json"],
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
            timeout=60,
            check=True,
        )
        assert json.loads(sent.stdout)["data"]["status"] == "decided"
    finally:
        node.send_signal(signal.SIGTERM)
        code = node.wait(60)
        if node.stdout is not None:
            node.stdout.close()
    assert code == 0


def test_the_meters_wheel_works_without_the_nodes_parts(installed_meter_wheel: Installed, tmp_path: Path) -> None:
    program = str(installed_meter_wheel.folder / "bin" / "nodechain")

    def run(*arguments: str) -> tuple[int, dict[str, object]]:
        done = subprocess.run(
            [program, *arguments, "--output", "json"],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )
        return done.returncode, json.loads(done.stdout)

    code, envelope = run("meter", "profiles", "list")
    assert (code, envelope["success"]) == (0, True)
    code, envelope = run("dev")
    assert code == 1
    errors = envelope["errors"]
    assert isinstance(errors, list)
    assert errors[0]["code"] == "missing_extra"
    assert "nodechain[node]" in errors[0]["advice"]
