"""A validator's journal: the write-ahead log and the sign-state as one thing that is written before every send.

Order: log, then sign-state, each synced. The sign-state notes how far the log had come, so that a log whose tail is
gone shows; and whether the validator was in doubt about its memory, so that a crash does not end that doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from consensus.doubt import Doubt
from consensus.records import BODY_PIECE_BYTES, NOTHING_SIGNED, LoggedBody, LoggedLock, LoggedVote, SignRecord
from consensus.recovery import Memory, recover
from ledger.codec import Codec, Uint, Value, encode
from ledger.errors import InvalidInput
from ledger.types import Header
from nodechain.disk import OS_DISK, Disk
from nodechain.errors import DataDamaged, JournalMissing
from nodechain.journal.files import Files
from nodechain.journal.sign_state import SignState
from nodechain.journal.wal import Wal

RESTART_BYTES: Final = 16 * 1024 * 1024
"""A log larger than this is begun anew at the next height."""


class JournalEntry(Value, frozen=True):
    """What the sign-state file holds. `log_sequence`: the log's next number; `in_doubt`: the name of a `Doubt`."""

    signed: SignRecord
    log_sequence: Uint
    in_doubt: str


ENTRY: Final[Codec[JournalEntry]] = Codec(JournalEntry, 512)


class Journal:
    """The open journal. One owner; after a failed write it refuses everything (`StorageFailed`)."""

    def __init__(self, wal: Wal, sign_state: SignState, height: int) -> None:
        self._wal = wal
        self._sign_state = sign_state
        self._height = height

    @classmethod
    def create(cls, files: Files, signed: SignRecord = NOTHING_SIGNED, disk: Disk = OS_DISK) -> Journal:
        """A new journal that replaces what is there. Raises `StorageFailed`."""
        wal = Wal.create(files.wal, disk=disk)
        entry = encode(JournalEntry(signed, wal.next_sequence, ""))
        return cls(wal, SignState.create(files.sign_state, entry, disk), signed.height)

    @classmethod
    def open(cls, files: Files, head_height: int, disk: Disk = OS_DISK) -> tuple[Journal, Memory]:
        """The journal, and what a validator whose store ends at `head_height` remembers.

        Raises `JournalMissing`, `DataDamaged` (both leave the files as they are) or `StorageFailed`.
        """
        sign_state = SignState.open(files.sign_state, disk)
        try:
            entry = ENTRY.decode(sign_state.payload)
        except InvalidInput as error:
            raise DataDamaged(f"{files.sign_state} holds what is no sign-state") from error
        wal, payloads = Wal.open(files.wal, disk)
        if wal.next_sequence < entry.log_sequence:
            raise DataDamaged(
                f"{files.wal} ends at record {wal.next_sequence}, the sign-state knows {entry.log_sequence}: "
                "its tail is gone"
            )
        journal = cls(wal, sign_state, entry.signed.height)
        if entry.in_doubt:
            return journal, Memory(entry.signed, None, (), Doubt[entry.in_doubt])
        memory = recover(payloads, entry.signed, head_height)
        if memory.last != entry.signed or memory.doubt is not None:
            journal.persist((), (), memory.last, memory.doubt)
        return journal, memory

    @classmethod
    def begin_anew(cls, files: Files, doubt: Doubt, disk: Disk = OS_DISK) -> tuple[Journal, Memory]:
        """A new journal for a validator that has lost its own, in doubt until the doubt is resolved."""
        wal = Wal.create(files.wal, disk=disk)
        entry = encode(JournalEntry(NOTHING_SIGNED, wal.next_sequence, doubt.name))
        sign_state = SignState.create(files.sign_state, entry, disk)
        return cls(wal, sign_state, 0), Memory(NOTHING_SIGNED, None, (), doubt)

    @classmethod
    def open_or_doubt(cls, files: Files, head_height: int, disk: Disk = OS_DISK) -> tuple[Journal, Memory]:
        """`open` for one validator among several: without a journal it goes on in safe mode. Raises `StorageFailed`."""
        try:
            return cls.open(files, head_height, disk)
        except JournalMissing:
            return cls.begin_anew(files, Doubt.MISSING, disk)
        except DataDamaged:
            return cls.begin_anew(files, Doubt.DAMAGED, disk)

    def persist(
        self,
        bodies: Sequence[tuple[Header, bytes]],
        records: Sequence[LoggedVote | LoggedLock],
        signed: SignRecord,
        doubt: Doubt | None,
    ) -> None:
        """All of it is on the disk when this returns; only then may anything be sent. Raises `StorageFailed`."""
        log = [encode(piece) for header, data in bodies for piece in _pieces(header, data)]
        log += [encode(record) for record in records]
        if signed.height > self._height and self._wal.size > RESTART_BYTES:
            # What came before belongs to heights that the store has.
            self._wal.restart(log)
        elif log:
            self._wal.append(log)
        self._height = signed.height
        entry = JournalEntry(signed, self._wal.next_sequence, "" if doubt is None else doubt.name)
        self._sign_state.store(encode(entry))

    def close(self) -> None:
        """Close both files."""
        self._wal.close()
        self._sign_state.close()


def _pieces(header: Header, data: bytes) -> list[LoggedBody]:
    count = max(-(-len(data) // BODY_PIECE_BYTES), 1)
    return [
        LoggedBody(header, piece, count, data[piece * BODY_PIECE_BYTES : (piece + 1) * BODY_PIECE_BYTES])
        for piece in range(count)
    ]
