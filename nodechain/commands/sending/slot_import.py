"""Operators' values sent to the chain: file by file, the oldest first, each in parts that follow one another.

The chain counts the parts of a file that it has, so what was interrupted goes on where it stopped, and what is there
is not sent twice. What a file was cut into is noted in the home: a file that was begun is never gone on with by other
settings.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec

from ledger.chain.parameters import DAY_MS
from ledger.encoding.codec import encode
from ledger.slots.genesis import SLOTS_SECTION
from ledger.slots.limits import KEPT_DAYS
from ledger.slots.payloads import ImportRow, ImportSlots
from ledger.slots.schema import POINTS, SLOT_FILES, Direction
from ledger.state.table import Table, big_endian
from nodechain.commands.sending.chain import chain_time_ms, signing_genesis
from nodechain.commands.sending.decided import require_waiting, submit_decided
from nodechain.commands.sending.send import How
from nodechain.commands.terminal.batches import goes_on
from nodechain.commands.terminal.options import Invocation
from nodechain.commands.terminal.progress import Progress
from nodechain.errors import LedgerRefused, TimedOut, Unreachable, UsageError
from nodechain.files.durable_file import create_file, make_directory
from nodechain.files.user_file import read_user_file
from nodechain.formats.collecting import OperatorFile
from nodechain.formats.documents import joined
from nodechain.formats.slot_rows import PointBook, SlotRow, SlotTimes, parts_of, slot_rows
from nodechain.formats.values import GridFlow

IMPORTS: Final = "imports"
MAX_NOTE_BYTES: Final = 4_096
AGAIN: Final = "Import the same files again: it goes on."
FILE_REPEATED: Final = "file_repeated"
Proven = Callable[[Table[Any], Sequence[bytes]], list[Any]]
"""Entries of a table now, each proven, None where there is none: values go to points that are what a list says."""
_DIRECTIONS: Final = {GridFlow.OFFTAKE: Direction.OFFTAKE, GridFlow.INJECTION: Direction.INJECTION}


class ImportNote(msgspec.Struct, frozen=True):
    """What a file was cut into when it was begun: the slots that could come in then, and a digest of all parts."""

    first_slot: int
    end_slot: int
    digest: str


class FileSent(msgspec.Struct, frozen=True):
    """What became of a file: parts in all, those that were there before, what was left out of it."""

    name: str
    sha256: str
    parts: int
    before: int
    slots: int
    left_out: dict[str, int]


def payloads_of(file: bytes, issued_ms: int, parts: Sequence[Sequence[SlotRow]]) -> list[ImportSlots]:
    """The transactions of a file's parts."""
    return [
        ImportSlots(
            file,
            issued_ms,
            number,
            tuple(
                ImportRow(
                    row.number, row.first_slot, row.quality, row.energies[0],
                    tuple(late - early for early, late in pairwise(row.energies)),
                )
                for row in part
            ),
        )
        for number, part in enumerate(parts)
    ]  # fmt: skip


def send_files(
    invocation: Invocation, how: How, proven: Proven, files: Sequence[OperatorFile], book: PointBook
) -> list[FileSent]:
    """Send the values of all files. Raises what refuses them; what was sent before stays, and is said."""
    require_waiting(how, "an import")
    undated = [file.name for file in files if file.created_ms is None]
    if undated:
        raise UsageError(
            f"{', '.join(undated)} does not say when it was made, and of two files the newer one counts",
            code="undated_file",
            advice=f"Say it: --created {undated[0]}=2026-11-28T08:00Z.",
        )
    ordered = sorted(files, key=lambda file: (file.created_ms or 0, file.sequence, file.sha256))
    windows = checked_points(invocation, proven, book)
    sent: list[FileSent] = []
    for file in ordered:
        try:
            with goes_on(AGAIN):
                sent.append(_send_file(invocation, how, proven, file, book, windows))
        except (LedgerRefused, TimedOut, Unreachable, UsageError) as error:
            done = ", ".join(each.name for each in sent) or "none"
            raise type(error)(
                f"{file.name}: {error.detail}. Sent before: {done}", code=error.code, advice=error.advice
            ) from error
    return sent


def _send_file(
    invocation: Invocation,
    how: How,
    proven: Proven,
    file: OperatorFile,
    book: PointBook,
    windows: dict[int, tuple[int, int]],
) -> FileSent:
    digest = bytes.fromhex(file.sha256)
    (known,) = proven(SLOT_FILES, [digest])
    before = 0 if known is None else known.parts
    note = _note_of(invocation.home, file.sha256)
    if before and note is None:
        raise UsageError(
            f"another home began to send this file ({before} parts)",
            code="file_begun_elsewhere",
            advice="Go on from that home, with the settings of the first time.",
        )
    times = _times(invocation, windows) if note is None else _noted_times(invocation, note, windows)
    rows, left = slot_rows(joined([file]).values(), book, times)
    payloads = payloads_of(digest, file.created_ms or 0, parts_of(rows))
    if not payloads:
        return FileSent(file.name, file.sha256, 0, 0, 0, dict(left))
    _keep_note(invocation.home, file.sha256, note, times, payloads)
    with Progress(f"part of {file.name}", len(payloads)) as progress:
        for payload in payloads[before:]:
            progress.at(payload.part)
            try:
                submit_decided(invocation, how, payload, f"part {payload.part + 1} of {len(payloads)}", AGAIN)
            except LedgerRefused as error:
                if payload.part == 0 and error.code != FILE_REPEATED:
                    # Nothing of the file is on the chain: the next time may cut it anew.
                    _note_path(invocation.home, file.sha256).unlink()
                raise
    slots = sum(len(row.energies) for row in rows)
    return FileSent(file.name, file.sha256, len(payloads), before, slots, dict(left))


def _times(invocation: Invocation, windows: dict[int, tuple[int, int]]) -> SlotTimes:
    """What the chain takes now, with a day to spare for the oldest; an idle chain's newest block may be hours old.

    A chain with a simulated clock has no other time than its node's.
    """
    slot_ms, now_ms = SLOTS_SECTION.of(signing_genesis(invocation)).slot_ms, _now_ms(invocation)
    first_day = now_ms // DAY_MS - KEPT_DAYS + 1
    return SlotTimes(slot_ms, first_day * DAY_MS // slot_ms, now_ms // slot_ms, windows)


def _now_ms(invocation: Invocation) -> int:
    genesis, status = signing_genesis(invocation), invocation.node.status()
    own_ms = chain_time_ms(status) if genesis.simulated_clock else time.time_ns() // 1_000_000
    return max(status["time_ms"], own_ms)


def kept_from(invocation: Invocation) -> int:
    """The first slot whose value comes in like others, and is settled again (SC11); older ones need their inputs."""
    slot_ms = SLOTS_SECTION.of(signing_genesis(invocation)).slot_ms
    return (_now_ms(invocation) // DAY_MS - KEPT_DAYS + 1) * DAY_MS // slot_ms


def _noted_times(invocation: Invocation, note: ImportNote, windows: dict[int, tuple[int, int]]) -> SlotTimes:
    slot_ms = SLOTS_SECTION.of(signing_genesis(invocation)).slot_ms
    return SlotTimes(slot_ms, note.first_slot, note.end_slot, windows)


def checked_points(invocation: Invocation, proven: Proven, book: PointBook) -> dict[int, tuple[int, int]]:
    """From which slot to which each point of the list counts.

    Raises `UsageError` (wrong_point) where the chain's point has another id or direction.
    """
    if not SLOTS_SECTION.is_in(signing_genesis(invocation)):
        raise UsageError("this chain has no slots", code="module_off", advice="Say --dry-run to read files only.")
    wanted = {point.number: (operator_id, flow, point) for (operator_id, flow), point in book.items() if point.number}
    numbers = sorted(wanted)
    points = proven(POINTS, [big_endian(number) for number in numbers])
    windows: dict[int, tuple[int, int]] = {}
    for number, found in zip(numbers, points, strict=True):
        operator_id, flow, point = wanted[number]
        if found is None or found.direction != _DIRECTIONS[flow] or found.id_hash != point.id_hash(operator_id):
            raise UsageError(
                f"point {number} of the chain is not {operator_id} ({flow.value}) with this salt",
                code="wrong_point",
                advice="Correct the list of points; nothing was sent.",
            )
        windows[number] = found.from_slot, found.until_slot
    return windows


def _note_path(home: Path, file: str) -> Path:
    return home / IMPORTS / f"{file}.json"


def _note_of(home: Path, file: str) -> ImportNote | None:
    path = _note_path(home, file)
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(read_user_file(path, MAX_NOTE_BYTES, "note of an import"), type=ImportNote)
    except msgspec.DecodeError as error:
        raise UsageError(f"{path} is damaged: {error}", code="bad_import_note") from None


def _keep_note(
    home: Path, file: str, note: ImportNote | None, times: SlotTimes, payloads: Sequence[ImportSlots]
) -> None:
    """Note what the file is cut into, or compare it with what was noted. Raises `UsageError` (other_settings)."""
    digest = sha256(b"".join(encode(payload) for payload in payloads)).hexdigest()
    if note is None:
        made = ImportNote(times.first_slot, times.end_slot, digest)
        make_directory(home / IMPORTS)
        create_file(_note_path(home, file), (json.dumps(msgspec.to_builtins(made)) + "\n").encode())
    elif note.digest != digest:
        raise UsageError(
            "this file was begun with other settings, or another list of points",
            code="other_settings",
            advice="Import it as the first time; a file that was changed is another file.",
        )


def sent_text(sent: Sequence[FileSent]) -> str:
    """What became of the files, for people."""
    left: Counter[str] = Counter()
    lines = []
    for each in sent:
        left.update(each.left_out)
        there = f", {each.before} of them before" if each.before else ""
        lines.append(f"{each.name}: {each.slots} slots in {each.parts} transactions{there}.")
    return "\n".join([*lines, *(f"Left out: {count} {why}." for why, count in sorted(left.items()))])


def sent_rows(sent: Sequence[FileSent]) -> list[dict[str, Any]]:
    """The same as data."""
    return [msgspec.to_builtins(each) for each in sent]
