"""A fork of the imported program is the process that a fresh start is: what a test sees of it is the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from harness import forked, processes
from harness.forked_process import ForkedProcess
from harness.processes import NodeProcess, clean_environment, password_file


@pytest.mark.parametrize(
    "arguments",
    [
        ("keys", "list", "--output", "json"),
        ("nonsense",),
        ("validate", "--help"),
    ],
)
def test_a_command_says_and_returns_the_same(arguments: tuple[str, ...], tmp_path: Path) -> None:
    environment = {"NODECHAIN_HOME": str(tmp_path / "none"), "COLUMNS": "70"}
    fresh = processes.run(*arguments, environment=environment)
    assert forked.run(*arguments, environment=environment) == fresh


def test_its_environment_folder_and_stdin_are_its_own(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("open sesame\n")
    named = {**clean_environment(), "NODECHAIN_HOME": "home", "NODECHAIN_PASSWORD_FILE": "password"}
    made = forked.run_in(tmp_path, ("keys", "new", "bob", "-o", "json"), named)
    assert made.data["name"] == "bob"
    assert (tmp_path / "home" / "keys").is_dir()
    del named["NODECHAIN_PASSWORD_FILE"]
    asked = forked.run_in(tmp_path, ("keys", "new", "eve", "-o", "json", "--password-file", "-"), named)
    assert asked.code != 0


def test_modes_of_files_count_for_an_ordinary_user(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text("")
    (home / "config.toml").chmod(0)
    said = [
        start("config", "show", "--output", "json", environment={"NODECHAIN_HOME": str(home)}, ordinary_user=True)
        for start in (processes.run, forked.run)
    ]
    assert said[0] == said[1]
    assert said[0].code != 0


def test_a_node_is_killed_and_stopped_by_its_id(tmp_path: Path) -> None:
    state = str(tmp_path / "home")
    environment = {"NODECHAIN_PASSWORD_FILE": str(password_file(tmp_path))}
    node = NodeProcess(["dev", "--port", "0", "--state", state], environment, forked=True)
    assert node.url
    pid = node.process.pid
    assert pid != os.getpid()
    assert node.stop(signal.SIGKILL) == -signal.SIGKILL
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    again = NodeProcess(["dev", "--port", "0", "--state", state], environment, forked=True)
    assert again.url
    assert again.stop() == 0
    assert again.process.poll() == 0


def test_who_waits_for_it_may_give_up() -> None:
    environment = {**clean_environment(), "NODECHAIN_HOME": "none"}
    command = ("meter", "simulate", "abb-b23-b24", "--tcp", "0", "--opening", "5", "--output", "json")
    process = ForkedProcess(command, environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["success"]
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    process.terminate()
    assert process.wait(processes.DEADLINE_S) == 0
    process.stdout.close()
