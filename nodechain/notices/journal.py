"""What was found, what waits to be told, and from which block on events are still to be read: one file, written whole.

HOME/notify/journal.json. What a block or a look brings is added to what waits in the same write that says that it was
read: so nothing is lost, and nothing is found twice. A delivery leaves the file as soon as its server has it. Cut off
between these two, it is sent again with the same identity, by which mail programs and subscribers know it.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from nodechain.errors import DataDamaged, WrongChain, require_present
from nodechain.files.durable_file import make_directory, replace_file
from nodechain.files.user_file import read_user_file
from nodechain.notices.limits import (
    FIRST_WAIT_MS,
    MAX_AGE_MS,
    MAX_FAILED,
    MAX_JOURNAL_BYTES,
    MAX_TRIES,
    MAX_WAIT_MS,
    MAX_WAITING,
)
from nodechain.notices.notice import Notice

VERSION: Final = 1


class Waiting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A notice for one receiver since `since_ms`: `channel` email or mqtt, `to` an address or a topic."""

    notice: Notice
    channel: str
    to: str
    language: str
    since_ms: int
    tries: int = 0
    next_ms: int = 0

    def identity(self, chain: str) -> str:
        """The same for the same notice to the same receiver."""
        said = f"{chain}\n{self.notice.name}\n{self.notice.account}\n{self.channel}\n{self.to}"
        return sha256(said.encode()).hexdigest()[:32]


class FailedNotice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A delivery that was given up, and why."""

    name: str
    account: str
    channel: str
    time_ms: int
    reason: str


class Seen(msgspec.Struct, forbid_unknown_fields=True):
    """What was said of figures that last: accounts whose balance is low, meters that are silent since a time, the
    newest bill of an account, bills that are overdue.
    """

    low: dict[str, int] = {}
    silent: dict[str, int] = {}
    bills: dict[str, int] = {}
    overdue: dict[str, list[int]] = {}


class NoticeEntry(msgspec.Struct, forbid_unknown_fields=True):
    """The file."""

    version: int
    chain: str
    next_height: int
    seen: Seen
    waiting: list[Waiting] = []
    failed: list[FailedNotice] = []
    told: int = 0


class NoticeJournal:
    """The journal of a home, for one process."""

    def __init__(self, home: Path) -> None:
        self.path = home / "notify" / "journal.json"
        self.entry: NoticeEntry | None = None

    def read(self) -> NoticeEntry | None:
        """What the file says; None where there is none. Raises `DataDamaged`."""
        if not self.path.exists():
            return None
        try:
            entry = msgspec.json.decode(
                read_user_file(self.path, MAX_JOURNAL_BYTES, "journal of notices"), type=NoticeEntry
            )
        except msgspec.DecodeError as error:
            raise DataDamaged(
                f"{self.path} is damaged: {error}",
                code="bad_notice_journal",
                advice="Move it away; notices begin anew with the next block.",
            ) from None
        return entry

    def open(self, chain: str, height: int) -> NoticeEntry:
        """The file's entry, or a new one that begins after a height. Raises `DataDamaged`, `WrongChain`."""
        entry = self.read()
        if entry is None:
            entry = NoticeEntry(VERSION, chain, height + 1, Seen())
        if entry.chain != chain:
            raise WrongChain(f"{self.path} is of the chain {entry.chain}, the node of {chain}")
        make_directory(self.path.parent)
        self.entry = entry
        return entry

    def begin_at(self, height: int) -> None:
        """Read events from a height on only, whatever lies before."""
        self.found(height, (), self._opened().seen)

    def found(self, next_height: int, waiting: Iterable[Waiting], seen: Seen) -> None:
        """Everything below a height was read, with what it brought."""
        entry = self._opened()
        entry.next_height, entry.seen = next_height, seen
        entry.waiting = [*entry.waiting, *waiting]
        self._write(entry)

    def delivered(self, waiting: Waiting) -> None:
        """A server has it."""
        entry = self._opened()
        entry.waiting.remove(waiting)
        entry.told += 1
        self._write(entry)

    def failed(self, waiting: Waiting, reason: str, now_ms: int, *, final: bool) -> None:
        """It could not be delivered: tried again later, or given up."""
        entry = self._opened()
        place = entry.waiting.index(waiting)
        tries = waiting.tries + 1
        notice = waiting.notice
        if final or tries >= MAX_TRIES or now_ms - waiting.since_ms > MAX_AGE_MS:
            del entry.waiting[place]
            given_up = FailedNotice(notice.name, notice.account, waiting.channel, now_ms, reason)
            entry.failed = [*entry.failed, given_up][-MAX_FAILED:]
        else:
            pause_ms = min(FIRST_WAIT_MS << (tries - 1), MAX_WAIT_MS)
            entry.waiting[place] = msgspec.structs.replace(waiting, tries=tries, next_ms=now_ms + pause_ms)
        self._write(entry)

    def due(self, now_ms: int) -> list[Waiting]:
        """What may be tried now, the oldest first."""
        return [each for each in self._opened().waiting if each.next_ms <= now_ms]

    @property
    def is_full(self) -> bool:
        """Whether nothing new is looked for until something was delivered."""
        return len(self._opened().waiting) >= MAX_WAITING

    def _opened(self) -> NoticeEntry:
        return require_present(self.entry, "the journal of notices is not open")

    def _write(self, entry: NoticeEntry) -> None:
        replace_file(self.path, msgspec.json.encode(entry))


class Undelivered(Exception):
    """A server did not take a notice; `final`: it never will."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        self.reason = reason
        self.final = final
        super().__init__(reason)
