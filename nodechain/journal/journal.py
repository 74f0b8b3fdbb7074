"""A validator's journal: the write-ahead log and the sign-state as one thing that is written before every send.

Order: log, then sign-state, each synced. The sign-state notes how far the log had come, so that a log whose tail is
gone shows; and whether the validator was in safe mode, so that a crash does not end it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from consensus.recovery import Recovered, recover, still_needed
from consensus.signing import (
    BODY_PIECE_BYTES,
    NOTHING_SIGNED,
    DoubleSignRisk,
    LoggedBody,
    LoggedLock,
    LoggedVote,
    SignRecord,
    Step,
)
from ledger.chain.header import Header
from ledger.encoding.codec import Codec, Uint, Value, encode
from ledger.errors import InvalidInput
from nodechain.errors import DataDamaged, JournalMissing
from nodechain.files.disk import OS_DISK, Disk
from nodechain.journal.files import Files
from nodechain.journal.sign_state import SignState
from nodechain.journal.wal import Wal

RESTART_BYTES: Final = 16 * 1024 * 1024
"""A log larger than this is begun anew at the next height, and compacted within one that does not end.

What a height needs (`still_needed`) is a few blocks and messages, well below `MAX_WAL_BYTES`; a log that compaction
left large may double before the next one, so that the work stays in proportion to what is written.
"""


class JournalEntry(Value, frozen=True):
    """What the sign-state file holds. `log_sequence`: the log's next number; `risk`: the name of a `DoubleSignRisk`.

    `resumed_unsafely`: an operator's `--unsafe-resume` still covers what this validator learns of itself.
    """

    signed: SignRecord
    log_sequence: Uint
    risk: str
    resumed_unsafely: bool


ENTRY: Final[Codec[JournalEntry]] = Codec(JournalEntry, 512)


class Journal:
    """The open journal. One owner; after a failed write it refuses everything (`StorageFailed`)."""

    def __init__(self, wal: Wal, sign_state: SignState, height: int, set_aside: tuple[Path, ...] = ()) -> None:
        self._wal = wal
        self._sign_state = sign_state
        self._height = height
        self._compact_above = RESTART_BYTES
        self.set_aside = set_aside
        """Files of an earlier journal that this one has replaced, under their new names."""

    @property
    def spoiled_copies(self) -> int:
        """See `SignState.spoiled_copies`."""
        return self._sign_state.spoiled_copies

    @classmethod
    def create(cls, files: Files, signed: SignRecord = NOTHING_SIGNED, disk: Disk = OS_DISK) -> Journal:
        """A new journal that replaces what is there. Raises `StorageFailed`."""
        return cls._replace(files, JournalEntry(signed, 0, "", resumed_unsafely=False), (), disk)

    @classmethod
    def open(cls, files: Files, head_height: int, disk: Disk = OS_DISK) -> tuple[Journal, Recovered]:
        """The journal, and what a validator whose store ends at `head_height` remembers.

        Raises `JournalMissing`, `DataDamaged` (both leave the files as they are) or `StorageFailed`.
        """
        sign_state = SignState.open(files.sign_state, disk)
        entry = _entry(files, sign_state)
        wal, payloads = Wal.open(files.wal, disk)
        recovered = _recovered(files, entry, payloads, wal.next_sequence, head_height)
        journal = cls(wal, sign_state, entry.signed.height)
        if not entry.risk and (recovered.last != entry.signed or recovered.risk is not None):
            journal.persist((), (), recovered.last, recovered.risk, resumed_unsafely=recovered.resumed_unsafely)
        return journal, recovered

    @classmethod
    def look(cls, files: Files, head_height: int, disk: Disk = OS_DISK) -> Recovered:
        """What `open` would remember, changing nothing. Raises the same."""
        sign_state = SignState.open(files.sign_state, disk)
        try:
            entry = _entry(files, sign_state)
        finally:
            sign_state.close()
        contents = Wal.look(files.wal, disk)
        return _recovered(files, entry, contents.payloads, contents.next_sequence, head_height)

    @classmethod
    def begin_anew(cls, files: Files, risk: DoubleSignRisk, disk: Disk = OS_DISK) -> tuple[Journal, Recovered]:
        """A new journal for a validator that has lost its own, in safe mode until that ends.

        What is left of the old one is kept beside it: it may tell somebody what was signed.
        """
        aside = _set_aside(files, "damaged", disk)
        journal = cls._replace(files, JournalEntry(NOTHING_SIGNED, 0, risk.name, resumed_unsafely=False), aside, disk)
        return journal, Recovered(NOTHING_SIGNED, None, (), risk)

    @classmethod
    def resume_unsafely(cls, files: Files, head_height: int, disk: Disk = OS_DISK) -> tuple[Journal, Recovered]:
        """A new journal on an operator's word that the key runs nowhere else; what was there is kept beside it.

        The word covers what is learned of the old memory until this validator has caught up and its open heights are
        over, over restarts too. Raises `StorageFailed`.
        """
        aside = _set_aside(files, "replaced", disk)
        signed = SignRecord(head_height, 0, int(Step.APPLIED), bytes(32))
        journal = cls._replace(files, JournalEntry(signed, 0, "", resumed_unsafely=True), aside, disk)
        return journal, Recovered(signed, None, (), None, resumed_unsafely=True)

    @classmethod
    def _replace(cls, files: Files, entry: JournalEntry, aside: tuple[Path, ...], disk: Disk) -> Journal:
        wal = Wal.create(files.wal, disk=disk)
        return cls(wal, SignState.create(files.sign_state, encode(entry), disk), entry.signed.height, aside)

    @classmethod
    def open_or_begin_anew(cls, files: Files, head_height: int, disk: Disk = OS_DISK) -> tuple[Journal, Recovered]:
        """`open` for one validator among several: without a journal it goes on in safe mode. Raises `StorageFailed`."""
        try:
            return cls.open(files, head_height, disk)
        except JournalMissing:
            return cls.begin_anew(files, DoubleSignRisk.MISSING, disk)
        except DataDamaged:
            return cls.begin_anew(files, DoubleSignRisk.DAMAGED, disk)

    def persist(
        self,
        bodies: Sequence[tuple[Header, bytes]],
        records: Sequence[LoggedVote | LoggedLock],
        signed: SignRecord,
        risk: DoubleSignRisk | None,
        *,
        resumed_unsafely: bool = False,
    ) -> None:
        """All of it is on the disk when this returns; only then may anything be sent.

        Raises `StorageFailed`, or `DataDamaged` if a log that has to be compacted can no longer be read.
        """
        log = [encode(piece) for header, data in bodies for piece in _pieces(header, data)]
        log += [encode(record) for record in records]
        if signed.height > self._height and self._wal.size > RESTART_BYTES:
            # What came before belongs to heights that the store has.
            self._wal.restart(log)
            self._compact_above = RESTART_BYTES
        elif self._wal.size > self._compact_above:
            self._wal.restart(still_needed([*self._wal.payloads(), *log], signed.height))
            self._compact_above = max(RESTART_BYTES, 2 * self._wal.size)
        elif log:
            self._wal.append(log)
        self._height = signed.height
        entry = JournalEntry(signed, self._wal.next_sequence, "" if risk is None else risk.name, resumed_unsafely)
        self._sign_state.store(encode(entry))

    def close(self) -> None:
        """Close both files."""
        self._wal.close()
        self._sign_state.close()


def _entry(files: Files, sign_state: SignState) -> JournalEntry:
    try:
        return ENTRY.decode(sign_state.payload)
    except InvalidInput as error:
        raise DataDamaged(f"{files.sign_state} holds what is no sign-state") from error


def _recovered(
    files: Files, entry: JournalEntry, payloads: Sequence[bytes], next_sequence: int, head_height: int
) -> Recovered:
    if next_sequence < entry.log_sequence:
        raise DataDamaged(
            f"{files.wal} ends at record {next_sequence}, the sign-state knows {entry.log_sequence}: its tail is gone"
        )
    if entry.risk:
        return Recovered(entry.signed, None, (), DoubleSignRisk[entry.risk])
    recovered = recover(payloads, entry.signed, head_height)
    return replace(recovered, resumed_unsafely=entry.resumed_unsafely and recovered.risk is None)


def _set_aside(files: Files, why: str, disk: Disk) -> tuple[Path, ...]:
    renamed = (disk.set_aside(path, why) for path in (files.sign_state, files.wal))
    return tuple(path for path in renamed if path is not None)


def _pieces(header: Header, data: bytes) -> list[LoggedBody]:
    count = max(-(-len(data) // BODY_PIECE_BYTES), 1)
    return [
        LoggedBody(header, piece, count, data[piece * BODY_PIECE_BYTES : (piece + 1) * BODY_PIECE_BYTES])
        for piece in range(count)
    ]
