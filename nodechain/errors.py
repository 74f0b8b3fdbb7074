"""The errors of the node and its command line, one tree; the class decides the exit code and how to react.

    NodeError                       exit 1
    ├── UsageError                  exit 2   the person's input: refuse, say what is right
    │   └── ConfigurationError          a setting that is wrong or contradicts another
    ├── NotFound                    exit 3   what was asked for does not exist
    │   └── BeforeSnapshot              a block that is older than the snapshot with which the node began
    ├── LedgerRefused               exit 4   the ledger said no; `code` is the ledger's own
    ├── Unreachable                 exit 5   no node answers: try again, or another node
    │   └── BadAnswer                       something answers, and not as a node does
    ├── TimedOut                    exit 6   nothing decided in time; it may still be
    ├── WrongSecret                 exit 7   a password or key that does not open or does not fit
    │   ├── LoginNeeded                     a node shows this to who has signed in
    │   └── NotYours                        a node does not show this to the account that has signed in
    ├── DataDamaged                 exit 8   what was stored is not what was written: stop, touch nothing, restore
    │   └── JournalMissing              no sign-state or log where one must be: sign nothing (safe mode)
    ├── UpgradeRequired             exit 9   the chain goes on under rules that this release does not know: install
    ├── EnvironmentFailed           exit 1   the machine: disk, rights, ports, clock
    │   ├── HomeInUse                   another process runs on this home
    │   ├── WrongChain                  this home belongs to another genesis
    │   └── StorageFailed               a write failed: stop at once, never retry, reopen clean
    └── NodeInvariantBroken         exit 1   our fault; halt

`code` is a stable snake_case word, `detail` says what happened, `advice` says what to do about it; every error that
reaches a person shows all three. This room knows nothing of how they are printed (that is `nodechain.commands`).
"""

from __future__ import annotations

import errno
from typing import ClassVar, Final, TypeVar

T = TypeVar("T")


class NodeError(Exception):
    """Base of all errors of the node."""

    code = "node_error"
    advice = "See the log for what led to this."
    exit_code: ClassVar[int] = 1

    def __init__(self, detail: str = "", *, advice: str | None = None, code: str | None = None) -> None:
        if code is not None:
            self.code = code
        if advice is not None:
            self.advice = advice
        self.detail = detail
        super().__init__(f"{self.code}: {detail}" if detail else self.code)


class UsageError(NodeError):
    """The input is wrong: an argument, a name, an amount, a file's content."""

    code = "bad_usage"
    advice = "See the command's --help."
    exit_code = 2


class ConfigurationError(UsageError):
    """A setting is wrong, unknown or contradicts another one."""

    code = "bad_configuration"
    advice = "Correct it, then run `nodechain config check`."


class NotFound(NodeError):
    """The thing asked for does not exist, or is no longer kept."""

    code = "not_found"
    advice = "Check the name, id or height."
    exit_code = 3


class BeforeSnapshot(NotFound):
    """A block below the first one that this node has; `first_height` is that one's."""

    code = "before_snapshot"
    advice = "Ask a node that has the whole chain, or from the first height on."

    def __init__(self, height: int, first_height: int) -> None:
        self.first_height = first_height
        super().__init__(
            f"this node has the blocks from {first_height} on: it began with a snapshot, {height} is older"
        )


class LedgerRefused(NodeError):
    """The ledger refused a transaction; `code` is the ledger's reason."""

    code = "refused"
    advice = "Nothing but the fee and the nonce has changed; correct the transaction and send it again."
    exit_code = 4


class Unreachable(NodeError):
    """No node answers at the address."""

    code = "unreachable"
    advice = "Is the node running? Name another one with --node URL."
    exit_code = 5


class BadAnswer(Unreachable):
    """What answers at the address says what no node says."""

    code = "bad_answer"
    advice = "Is --node a nodechain URL, and of this version? Ask another node."


class TimedOut(NodeError):
    """No decision in time; the transaction may still be decided."""

    code = "timed_out"
    advice = "It may still be decided: look with `nodechain tx show ID`, do not send it again blindly."
    exit_code = 6


class WrongSecret(NodeError):
    """A password does not open its key, or a key is not the one that is needed."""

    code = "wrong_password_or_key"
    advice = "Try again with the right password; `nodechain keys list` shows the keys of this home."
    exit_code = 7


RESTORE_STEPS = (
    "Nothing was changed. Do not edit the files. Stop the node, check the disk (dmesg, smartctl), rename the 'data' "
    "directory of the home so that it is kept, and start again: the node fetches the chain from its peers. "
    "Without peers, put a backup of 'data' in its place. Never restore an older backup of 'journal' on a validator."
)


class LoginNeeded(WrongSecret):
    """A node shows something only to who has signed in."""

    code = "login_needed"
    advice = "Sign in: name an account whose key is in this home with --as ACCOUNT; POST /v1/login says how by hand."


class NotYours(WrongSecret):
    """A node does not show this to the account that has signed in."""

    code = "not_yours"
    advice = "Ask as the account whose it is, or as one whose role reads everything (see docs/privacy.md)."


class DataDamaged(NodeError):
    """Stored bytes are not what was written, or parts of the store contradict each other."""

    code = "data_damaged"
    advice = RESTORE_STEPS
    exit_code = 8


class JournalMissing(DataDamaged):
    """No sign-state or write-ahead log where one must be."""

    code = "journal_missing"
    advice = (
        "The validator signs nothing until it has followed the chain past everything that it may have signed. "
        "A single validator needs `nodechain validate --unsafe-resume`, if no other copy of its key is running."
    )


class UpgradeRequired(NodeError):
    """The block at `height` is executed under a protocol version that this program does not know."""

    code = "upgrade_required"
    exit_code = 9

    def __init__(self, height: int, version: int, known: int, release: str) -> None:
        self.height = height
        self.version = version
        super().__init__(
            f"from height {height} on protocol version {version} is in force; this program knows {known}",
            advice=f"Install {release or 'a newer release of nodechain'} and start again: the node goes on from here. "
            "Nothing is damaged, and nothing of that height was voted on.",
        )


class EnvironmentFailed(NodeError):
    """The machine does not give what the node needs."""

    code = "environment"
    advice = "Run `nodechain doctor`."


class HomeInUse(EnvironmentFailed):
    """Another process holds the home; `pid` is its process id if it is known."""

    code = "home_in_use"
    advice = "Stop that process first, or use another --home. Never run one validator key twice."

    def __init__(self, home: str, pid: int | None) -> None:
        self.pid = pid
        who = f"process {pid}" if pid is not None else "another process"
        super().__init__(f"{who} is already running on {home}")


class WrongChain(EnvironmentFailed):
    """The home's data belong to another genesis."""

    code = "wrong_chain"
    advice = "Use the genesis this home was made with, or another --home for the new chain."


class StorageFailed(EnvironmentFailed):
    """A write to the disk failed. The process stops; what was acknowledged before is safe."""

    code = "storage_failed"
    advice = "Check the disk (dmesg, df), then start again: nothing acknowledged is lost, and no repair is needed."


class NodeInvariantBroken(NodeError):
    """The program contradicts itself: a bug. The node halts."""

    code = "broken_invariant"
    advice = "This is a bug. Keep the log and report it."


DISK_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NO_PLACE: Final = (errno.ENOENT, errno.ENOTDIR)
FORBIDDEN: Final = (errno.EACCES, errno.EPERM, errno.EROFS)


def storage_failed(what: str, error: OSError) -> StorageFailed:
    """The `StorageFailed` for an operating system error, with advice for its cause."""
    reason = error.strerror or str(error)
    detail = what if reason in what else f"{what}: {reason}"
    if error.errno in DISK_FULL:
        return StorageFailed(
            detail,
            code="disk_full",
            advice="Make room on the disk (df), then start again: nothing acknowledged is lost, no repair is needed.",
        )
    if error.errno in NO_PLACE:
        return StorageFailed(
            detail,
            code="no_such_place",
            advice="The folder is not there, or a file stands where one must be: name another home with --home"
            " (NODECHAIN_HOME), or make the folder.",
        )
    if error.errno in FORBIDDEN:
        return StorageFailed(
            detail,
            code="no_permission",
            advice="Let the node's user own its home, on a file system that can be written, then start again.",
        )
    return StorageFailed(detail)


def require(condition: bool, detail: str) -> None:
    """Raise `NodeInvariantBroken` unless `condition`; unlike `assert` it survives `python -O`."""
    if not condition:
        raise NodeInvariantBroken(detail)


def require_present(value: T | None, detail: str) -> T:
    """`value`; raises `NodeInvariantBroken` where there is none."""
    if value is None:
        raise NodeInvariantBroken(detail)
    return value
