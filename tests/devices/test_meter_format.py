"""The example meter in C makes the same bytes as ours, and refuses what is no description; never does it crash.

Skipped where there is no compiler or no libsodium, unless NODECHAIN_REQUIRE_PEERS says that both must be there.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.readings import Reading, ReadingHeader
from ledger.keys.crypto import Algorithm
from ledger.metering.limits import MAX_READINGS, MAX_SEQUENCE_STEP
from tests.makers.make_meter_vectors import MAX, Case, cases, chain_id_of, quarter_hours, walk
from tests.support.meter_program import SANITIZED, compile_meter, describe, run_meter, transactions_of

pytestmark = pytest.mark.xdist_group("meter in C")

GOOD = describe(Case("good", quarter_hours(2)))
SMALL_BYTES = 402
"""No padding follows a buffer of this size, so that the sanitizers see the first byte past it."""


@pytest.fixture(scope="module", params=["plain", "sanitized"])
def program(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program as a person compiles it, and under the sanitizers."""
    options = SANITIZED if request.param == "sanitized" else ("-O2",)
    return compile_meter(tmp_path_factory.mktemp("meter"), *options)


@pytest.fixture(scope="module")
def sanitized(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program under the sanitizers."""
    return compile_meter(tmp_path_factory.mktemp("meter"), *SANITIZED)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of a device with little memory."""
    return compile_meter(tmp_path_factory.mktemp("meter"), *SANITIZED, f"-DMETER_MAX_BYTES={SMALL_BYTES}")


def compare(program: Path, given: list[Case]) -> None:
    expected = [(batch.body, batch.transaction_id) for batch in (case.build() for case in given)]
    for case, made, wanted in zip(given, transactions_of(program, given), expected, strict=True):
        assert made == wanted, case.name


# --- the same bytes ------------------------------------------------------------------------------------------------


def test_every_vector(program: Path) -> None:
    compare(program, [case for case in cases() if case.algorithm is Algorithm.ED25519])


def test_large_batches(program: Path) -> None:
    most = Case("as many readings as one transaction may have", walk(*((1, 1, 1),) * (MAX_READINGS - 1)))
    compare(program, [Case("a week", quarter_hours(672)), most])
    assert most.build().count == MAX_READINGS


numbers = st.integers(0, MAX) | st.integers(0, 300) | st.integers(0, 63).map(lambda bits: 2**bits - 1)
headers = st.builds(
    ReadingHeader,
    profile=st.binary(min_size=32, max_size=32),
    boot=numbers,
    clock=st.integers(0, 2),
    flags=st.integers(0, 2**32 - 1),
    obis=st.binary(min_size=6, max_size=6),
    scale=st.integers(-9, 9),
)


@st.composite
def runs(draw: st.DrawFn) -> tuple[Reading, ...]:
    """Readings whose steps have every width and sign."""
    sequence, made = draw(st.integers(1, MAX // 2)), []
    for step, time_ms, register in draw(
        st.lists(st.tuples(st.integers(1, MAX_SEQUENCE_STEP), numbers, numbers), min_size=1, max_size=40)
    ):
        made.append(Reading(sequence, time_ms, register))
        sequence += step
    return tuple(made)


batches = st.builds(
    Case,
    name=st.text(),
    readings=runs(),
    header=headers,
    chain_id=st.from_regex(r"[a-z][a-z0-9-]{0,54}-[0-9a-f]{8}", fullmatch=True),
    valid_until_height=numbers,
    algorithm=st.just(Algorithm.ED25519),
)


@settings(max_examples=40)
@given(given=st.lists(batches, min_size=1, max_size=20))
def test_random_batches(program: Path, given: list[Case]) -> None:
    compare(program, given)


def test_little_memory_gives_the_same_bytes_or_none(small: Path) -> None:
    """Every size around the bound, of the transaction and of the envelope alone, so that no write past it can hide."""
    fitted = set()
    for case in (
        Case("small", quarter_hours(count), chain_id=chain_id_of(size))
        for count in (19, 20, 34)
        for size in range(10, 65)
    ):
        body = case.build().body
        if len(body) <= SMALL_BYTES:
            fitted.add(len(body))
            compare(small, [case])
        else:
            assert refusal(small, describe(case)).endswith("too many bytes: send fewer readings\n")
    assert SMALL_BYTES in fitted


# --- what is no description ----------------------------------------------------------------------------------------


def refusal(program: Path, description: bytes) -> str:
    """What the program says when it refuses, which it must."""
    outcome = run_meter(program, description)
    said = outcome.stderr.decode()
    assert (outcome.returncode, outcome.stdout, said.count("\n")) == (2, b"", 1), said
    assert said.startswith("meter: line ")
    return said


BAD: list[tuple[bytes, bytes, str]] = [
    (b"chain town", b"chain Town", "line 13: a chain id has 1 to 64"),
    (b"chain town-01234567", b"chain ", "a chain id has 1 to 64"),
    (b"chain town-01234567", b"chain " + b"c" * 65, "a chain id has 1 to 64"),
    (b"chain town-01234567", b"chain " + b"c" * 300, "line 1: too long, or without an end"),
    (b"chain ", b"", "line 1: a description starts with its chain"),
    (b"town", b"to\0wn", "line 1: too long, or without an end"),
    (b"seed ", b"seed 0", "line 3: more than belongs there"),
    (b"seed ", b"seed x", "line 3: too few bytes"),
    (b"obis 01", b"obis ", "line 9: too few bytes"),
    (b"obis 0100010800ff", b"obis 0100010800FF", "line 9: too few bytes, or not in lower-case"),
    (b"valid_until 0\n", b"", "line 4: not what comes here"),
    (b"valid_until 0", b"valid_until", "line 4: not what comes here"),
    (b"valid_until 0", b"valid_until ", "line 4: not a number"),
    (b"valid_until 0", b"valid_until  0", "line 4: not a number"),
    (b"valid_until 0", b"valid_until +1", "line 4: not a number"),
    (b"valid_until 0", b"valid_until 0.5", "line 4: more than belongs there"),
    (b"valid_until 0", b"valid_until 9223372036854775808", "line 4: a number above 2^63-1"),
    (b"valid_until 0", b"valid_until -9223372036854775808", "line 4: a number above 2^63-1"),
    (b"valid_until 0", b"valid_until -1", "boot counter and height"),
    (b"boot 3", b"boot -1", "boot counter and height"),
    (b"clock 2", b"clock 3", "the clock's quality is 0 to 2"),
    (b"flags 0", b"flags 4294967296", "the flags have 32 bits"),
    (b"scale 1", b"scale 10", "the scale is -9 to 9"),
    (b"scale 1", b"scale -10", "the scale is -9 to 9"),
    (b"reading 1 ", b"reading 0 ", "a sequence is 1 or more"),
    (b"reading 1 ", b"reading -9223372036854775807 ", "a sequence is 1 or more"),
    (b"reading 1 ", b"reading 2 ", "sequences rise by 1 to 2^20"),
    (b"reading 1 ", b"reading 3 ", "sequences rise by 1 to 2^20"),
    (b"reading 2 ", b"reading 1048578 ", "sequences rise by 1 to 2^20"),
    (b"reading 2 ", b"reading 2 -", "time and register are 0 or more"),
    (b"reading 2 ", b"reading 2\t", "line 12: a reading has three numbers"),
    (b"reading 2 ", b"reading 2 7 ", "line 12: more than belongs there"),
    (b"reading 2 ", b"reeding 2 ", "line 12: neither a reading nor the end"),
    (b"end\n", b"", "line 13: neither a reading nor the end"),
    (b"end\n", b"end", "line 13: too long, or without an end"),
]


@pytest.mark.parametrize(("old", "new", "reason"), BAD, ids=[f"{old!r} to {new[:24]!r}" for old, new, _ in BAD])
def test_what_is_no_description_is_refused_by_line(sanitized: Path, old: bytes, new: bytes, reason: str) -> None:
    assert GOOD.count(old) == 1
    assert reason in refusal(sanitized, GOOD.replace(old, new))


def test_what_comes_before_a_mistake_is_answered(sanitized: Path) -> None:
    outcome = run_meter(sanitized, GOOD + GOOD + b"\n")
    assert (outcome.returncode, outcome.stdout.count(b"\n")) == (2, 2)
    assert outcome.stderr == b"meter: line 27: a description starts with its chain\n"


def test_no_readings_and_too_many(sanitized: Path) -> None:
    head, readings = GOOD.split(b"reading", 1)
    assert "a batch has 1 to 800 readings" in refusal(sanitized, head + b"end\n")
    line = b"reading" + readings.split(b"\n", 1)[0] + b"\n"
    assert "line 811: too many readings" in refusal(sanitized, head + line * (MAX_READINGS + 1) + b"end\n")


def test_nothing_is_no_mistake(sanitized: Path) -> None:
    outcome = run_meter(sanitized, b"")
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (0, b"", b"")


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A description with something cut out, put in, doubled or overwritten."""
    data = bytearray(GOOD)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(data)))
        size = draw(st.sampled_from((0, 1, 2, 20, 300)))
        filling = draw(st.binary(max_size=4) | st.sampled_from((b"9" * 30, b"\n", b"-", b" ", b"\0", bytes(GOOD))))
        data[place : place + size] = filling
    return bytes(data)


@settings(max_examples=150)
@given(description=damaged() | st.binary(max_size=200))
def test_whatever_comes_in_it_answers_or_refuses(sanitized: Path, description: bytes) -> None:
    outcome = run_meter(sanitized, description)
    assert outcome.returncode in (0, 2), outcome.stderr.decode()
    assert bool(outcome.stderr) == (outcome.returncode == 2)
    assert not outcome.stderr or outcome.stderr.startswith(b"meter: line ")
