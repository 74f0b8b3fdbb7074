"""How a validator's journal is opened: alone, any risk of a double signature stops it; among others,
such a validator follows in safe mode.

What an opening replaces is kept under another name, and said in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final, TypeVar

from consensus.recovery import NOTHING_RECOVERED, Recovered
from consensus.signing import NOTHING_SIGNED, DoubleSignRisk
from ledger.chain.validator_set import ValidatorSet
from nodechain.chain.app import Application
from nodechain.chain.validator_key import ValidatorKey
from nodechain.errors import DataDamaged, JournalMissing
from nodechain.files.durable_file import make_directory
from nodechain.home.home import Home
from nodechain.journal.journal import Journal

log = logging.getLogger("nodechain.journal")

T = TypeVar("T")

_ALONE: Final = (
    "Nothing was changed. Put the newest copy of the home's 'journal' back. A single validator that has lost it for "
    "good and whose key runs nowhere else may start with `nodechain validate --unsafe-resume`; the old files are kept."
)


def open_journal(
    home: Home, app: Application, key: ValidatorKey | None, *, unsafe_resume: bool
) -> tuple[Journal | None, Recovered]:
    """The journal and what the validator remembers; none for a node that only follows.

    Raises `DataDamaged` (restored_backup), `JournalMissing` or `StorageFailed`.
    """
    if not home.journal.is_dir():
        log.warning("the journal's folder is missing: an empty one is made", extra={"folder": str(home.journal)})
        make_directory(home.journal)
    if key is None:
        return None, NOTHING_RECOVERED
    journal, recovered = _open(home, app, key, unsafe_resume=unsafe_resume)
    for path in journal.set_aside:
        log.warning("a file of the old journal is kept under another name", extra={"path": str(path)})
    if journal.spoiled_copies:
        log.warning(
            "the disk decays: copies of the sign-state were unreadable", extra={"copies": journal.spoiled_copies}
        )
    return journal, recovered


def look_at_journal(home: Home, app_height: int, validators: ValidatorSet, address: bytes) -> Recovered:
    """What `open_journal` would find for a validator, changing nothing.

    Raises what it raises; a risk of one among several stands in what is recovered.
    """
    files = home.journal_files
    if not _is_alone(validators, address):
        try:
            return Journal.look(files, app_height)
        except JournalMissing:
            return Recovered(NOTHING_SIGNED, None, (), DoubleSignRisk.MISSING)
        except DataDamaged:
            return Recovered(NOTHING_SIGNED, None, (), DoubleSignRisk.DAMAGED)
    if app_height == 0 and not files.sign_state.exists() and not files.wal.exists():
        return NOTHING_RECOVERED
    return _require_sure(_saying_what_to_do(lambda: Journal.look(files, app_height)), app_height)


def _is_alone(validators: ValidatorSet, address: bytes) -> bool:
    return [member.address for member in validators.members] == [address]


def _open(home: Home, app: Application, key: ValidatorKey, *, unsafe_resume: bool) -> tuple[Journal, Recovered]:
    files = home.journal_files
    if unsafe_resume:
        log.warning(
            "unsafe resume: the journal is written anew; never run this key twice", extra={"height": app.height}
        )
        return Journal.resume_unsafely(files, app.height)
    if not _is_alone(app.parent.validators, key.address):
        return Journal.open_or_begin_anew(files, app.height)
    if app.height == 0 and not files.sign_state.exists() and not files.wal.exists():
        return Journal.create(files), NOTHING_RECOVERED
    return _open_alone(home, app.height)


def _open_alone(home: Home, height: int) -> tuple[Journal, Recovered]:
    """Nobody could tell a lone validator what it has forgotten."""
    journal, recovered = _saying_what_to_do(lambda: Journal.open(home.journal_files, height))
    try:
        _require_sure(recovered, height)
    except DataDamaged:
        journal.close()
        raise
    return journal, recovered


def _saying_what_to_do(look: Callable[[], T]) -> T:
    """Damage of the journal is not mended like that of the chain."""
    try:
        return look()
    except JournalMissing:
        raise
    except DataDamaged as error:
        raise DataDamaged(error.detail, code="journal_damaged", advice=_ALONE) from error


def _require_sure(recovered: Recovered, height: int) -> Recovered:
    if recovered.risk is None and recovered.last.height <= height + 1:
        return recovered
    older = "journal" if recovered.last.height < height else "chain"
    raise DataDamaged(
        f"the head is at height {height}, the sign-state at {recovered.last.height}: the {older} is an older copy",
        code="restored_backup",
        advice=_ALONE,
    )
