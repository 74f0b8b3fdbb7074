"""How a validator's journal is opened: alone, any doubt stops it; among others, a doubtful one follows in safe mode.

What an opening replaces is kept under another name, and said in the log.
"""

from __future__ import annotations

import logging
from typing import Final

from consensus.engine import EMPTY_MEMORY
from consensus.recovery import Memory
from nodechain.app import Application
from nodechain.durable_file import make_directory
from nodechain.errors import DataDamaged, JournalMissing
from nodechain.home import Home
from nodechain.journal.journal import Journal
from nodechain.validator_key import ValidatorKey

log = logging.getLogger("nodechain.journal")

_ALONE: Final = (
    "Nothing was changed. Put the newest copy of the home's 'journal' back. A single validator that has lost it for "
    "good and whose key runs nowhere else may start with `nodechain validate --unsafe-resume`, which keeps the old files."
)


def open_journal(
    home: Home, app: Application, key: ValidatorKey | None, *, unsafe_resume: bool
) -> tuple[Journal | None, Memory]:
    """The journal and what the validator remembers; none for a node that only follows.

    Raises `DataDamaged` (restored_backup), `JournalMissing` or `StorageFailed`.
    """
    if not home.journal.is_dir():
        log.warning("the journal's folder is missing: an empty one is made", extra={"folder": str(home.journal)})
        make_directory(home.journal)
    if key is None:
        return None, EMPTY_MEMORY
    journal, memory = _open(home, app, key, unsafe_resume=unsafe_resume)
    for path in journal.set_aside:
        log.warning("a file of the old journal is kept under another name", extra={"path": str(path)})
    if journal.spoiled_copies:
        log.warning(
            "the disk decays: copies of the sign-state were unreadable", extra={"copies": journal.spoiled_copies}
        )
    return journal, memory


def _open(home: Home, app: Application, key: ValidatorKey, *, unsafe_resume: bool) -> tuple[Journal, Memory]:
    files = home.journal_files
    if unsafe_resume:
        log.warning(
            "unsafe resume: the journal is written anew; never run this key twice", extra={"height": app.height}
        )
        return Journal.resume_unsafely(files, app.height)
    members = app.parent.validators.members
    if len(members) != 1 or members[0].address != key.address:
        return Journal.open_or_doubt(files, app.height)
    if app.height == 0 and not files.sign_state.exists() and not files.wal.exists():
        return Journal.create(files), EMPTY_MEMORY
    return _open_alone(home, app.height)


def _open_alone(home: Home, height: int) -> tuple[Journal, Memory]:
    """Nobody could tell a lone validator what it has forgotten."""
    try:
        journal, memory = Journal.open(home.journal_files, height)
    except JournalMissing:
        raise
    except DataDamaged as error:
        raise DataDamaged(error.detail, code="journal_damaged", advice=_ALONE) from error
    if memory.doubt is not None or memory.last.height > height + 1:
        journal.close()
        older = "journal" if memory.last.height < height else "chain"
        raise DataDamaged(
            f"the head is at height {height}, the sign-state at {memory.last.height}: the {older} is an older copy",
            code="restored_backup",
            advice=_ALONE,
        )
    return journal, memory
