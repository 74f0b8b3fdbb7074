"""The example meter in C: compiled, and run over descriptions (`examples/meter_program.c` says their form)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

import pytest

from tests.makers.make_meter_vectors import Case

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples"
STRICT: Final = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror")
SANITIZED: Final = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
DEADLINE_S: Final = 120.0


def missing(reason: str) -> NoReturn:
    """Skip; fail where NODECHAIN_REQUIRE_PEERS says that everything must be there (CI does)."""
    if os.environ.get("NODECHAIN_REQUIRE_PEERS"):
        pytest.fail(reason)
    pytest.skip(reason)


def compile_meter(folder: Path, *options: str) -> Path:
    """The program, compiled without a warning."""
    compiler = shutil.which("cc")
    if compiler is None:
        missing("there is no C compiler 'cc'")
    probe, program = folder / "probe.c", folder / "meter"
    probe.write_text("#include <sodium.h>\nint main(void) { return sodium_init() < 0; }\n")
    if _compile(compiler, (probe,), folder / "probe", "-std=c99").returncode:
        missing("libsodium's headers are not installed (Debian: libsodium-dev)")
    if _compile(compiler, (probe,), folder / "probe", "-std=c99", *options).returncode:
        missing(f"the compiler does not know {' '.join(options)}")
    sources = (EXAMPLES / "meter.c", EXAMPLES / "meter_program.c")
    outcome = _compile(compiler, sources, program, *STRICT, *options)
    assert outcome.returncode == 0, outcome.stderr
    return program


def _compile(compiler: str, sources: Sequence[Path], program: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [compiler, *options, *map(str, sources), "-lsodium", "-o", str(program)]
    return subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_S, check=False)


def run_meter(program: Path, descriptions: bytes) -> subprocess.CompletedProcess[bytes]:
    """One run over descriptions, good or bad; the outcome is not judged."""
    return subprocess.run([str(program)], input=descriptions, capture_output=True, timeout=DEADLINE_S, check=False)


def describe(case: Case) -> bytes:
    """A case of Ed25519 as the program reads it."""
    header = case.header
    lines = [
        f"chain {case.chain_id}",
        f"genesis {case.chain.genesis_hash.hex()}",
        f"seed {case.key.secret_bytes.hex()}",
        f"valid_until {case.valid_until_height}",
        f"profile {header.profile.hex()}",
        f"boot {header.boot}",
        f"clock {header.clock}",
        f"flags {header.flags}",
        f"obis {header.obis.hex()}",
        f"scale {header.scale}",
        *(f"reading {reading.sequence} {reading.time_ms} {reading.register}" for reading in case.readings),
        "end",
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def transactions_of(program: Path, cases: Sequence[Case]) -> list[tuple[bytes, bytes]]:
    """Transaction and id of each, from one run."""
    outcome = run_meter(program, b"".join(map(describe, cases)))
    assert (outcome.returncode, outcome.stderr) == (0, b"")
    lines = [line.split(" ") for line in outcome.stdout.decode().splitlines()]
    return [(bytes.fromhex(body), bytes.fromhex(number)) for body, number in lines]
