"""How a validator's journal is opened: alone, any doubt stops it; among others, a doubtful one follows in safe mode."""

from __future__ import annotations

import logging

from consensus.engine import EMPTY_MEMORY
from consensus.records import SignRecord, Step
from consensus.recovery import Memory
from nodechain.app import Application
from nodechain.errors import DataDamaged
from nodechain.home import Home
from nodechain.journal.journal import Journal
from nodechain.validator_key import ValidatorKey

log = logging.getLogger("nodechain.journal")


def open_journal(
    home: Home, app: Application, key: ValidatorKey | None, *, unsafe_resume: bool
) -> tuple[Journal | None, Memory]:
    """The journal and what the validator remembers; none for a node that only follows.

    Raises `DataDamaged` (restored_backup), `JournalMissing` or `StorageFailed`.
    """
    if key is None:
        return None, EMPTY_MEMORY
    files = home.journal_files
    members = app.parent.validators.members
    is_alone = len(members) == 1 and members[0].address == key.address
    if unsafe_resume:
        log.warning("unsafe resume: the journal is written anew; never run this key twice")
        signed = SignRecord(app.height, 0, int(Step.APPLIED), bytes(32))
        return Journal.create(files, signed), Memory(signed, None, (), None, overruled=True)
    if not is_alone:
        journal, memory = Journal.open_or_doubt(files, app.height)
        if memory.doubt is not None:
            log.warning(
                "safe mode: this validator follows and signs nothing for now", extra={"why": memory.doubt.value}
            )
        return journal, memory
    if app.height == 0 and not files.sign_state.exists() and not files.wal.exists():
        return Journal.create(files), EMPTY_MEMORY
    return _open_alone(home, app.height)


def _open_alone(home: Home, height: int) -> tuple[Journal, Memory]:
    """Nobody could tell a lone validator what it has forgotten."""
    journal, memory = Journal.open(home.journal_files, height)
    if memory.doubt is not None or memory.last.height > height + 1:
        journal.close()
        older = "journal" if memory.last.height < height else "chain"
        raise DataDamaged(
            f"the head is at height {height}, the sign-state at {memory.last.height}: the {older} is an older copy",
            code="restored_backup",
            advice="Put the newer copy back. A single validator that has lost it for good and whose key runs nowhere "
            "else may start with `nodechain validate --unsafe-resume`.",
        )
    return journal, memory
