"""What became of readings, in words and exit codes: everything but a decided, accepted reading is told apart.

code             exit  what happened
(none)              0  read, decided and accepted; or nothing was to be done
rejected            4  a block has the batch, and the ledger refused all of it (its code is shown)
refused             4  a node does not take the batch (its code is shown); it is kept and sent again
unreachable         5  no node answered, or none could prove what it said; kept and sent again
unsigned            5  the device that holds the key did not sign; the readings wait
waiting             6  on its way and not decided yet; or later than the chain (clock_ahead), and not signed
implausible         9  read, but not believed: never signed (too_fast, clock_not_later, scale_mismatch, ...)
rollback            9  the register fell: never signed until the owner says what happened (--replaced)
dropped             9  readings with a wrong clock's time were dropped, unsigned; the next one carries their energy
quarantined        10  a block has it, and it bills nothing; the next goes on from the last accepted reading
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from devices.collector import JudgedSample
from devices.commands.output import Trouble
from devices.submitter import Pushed, PushProgress

_EXIT: Final = {
    PushProgress.QUARANTINED: 10,
    PushProgress.REJECTED: 4,
    PushProgress.REFUSED: 4,
    PushProgress.DROPPED: 9,
    PushProgress.UNSIGNED: 5,
    PushProgress.UNREACHABLE: 5,
    PushProgress.WAITING: 6,
}
NOT_BELIEVED: Final = 9

_ADVICE: Final = {
    PushProgress.QUARANTINED: "The reading stands in a block and bills nothing; compare clock and register.",
    PushProgress.REJECTED: "Compare profile, scale and register with the binding: `nodechain unit meters`.",
    PushProgress.REFUSED: "It is kept and sent again; the node gives the reason.",
    PushProgress.DROPPED: "Nothing is to be done: the next reading carries the energy.",
    PushProgress.UNSIGNED: "Is the device with the key there? The readings wait.",
    PushProgress.UNREACHABLE: "Is the node running? Name others with --node. The readings wait in the outbox.",
    PushProgress.WAITING: "It is sent again by the next run; `nodechain meter outbox` shows what waits.",
}
_CLOCK: Final = "Set this device's clock (`timedatectl`), or see whether the chain goes on (`nodechain status`)."
_READ_ADVICE: Final = {
    "rollback": "After `unit replace`, --replaced says once that another or a reset meter begins.",
    "implausible": "The reading is left out; the next may be right. `nodechain meter read` shows what the meter says.",
}


def troubles_of(taken: Iterable[JudgedSample], pushed: Iterable[Pushed]) -> tuple[Trouble, ...]:
    """What is to be told of a run, the gravest first; empty where all is well."""
    found = [
        Trouble(entry.judgement.state.value, entry.judgement.reason, _READ_ADVICE[entry.judgement.state.value],
                NOT_BELIEVED)
        for entry in taken
        if not entry.judgement.state.accepted
    ]  # fmt: skip
    found += [_of_push(entry) for entry in pushed if entry.progress in _EXIT]
    return tuple(sorted(dict.fromkeys(found), key=lambda trouble: -_SEVERITY[trouble.exit_code]))


_SEVERITY: Final = {10: 5, 4: 4, NOT_BELIEVED: 3, 5: 2, 6: 1}


def _of_push(pushed: Pushed) -> Trouble:
    advice = _CLOCK if pushed.code == "clock_ahead" else _ADVICE[pushed.progress]
    code, detail = pushed.progress.value, pushed.detail
    if pushed.code not in ("", code):
        detail = f"{pushed.code}: {detail}".rstrip(": ")
    return Trouble(code, detail, advice, _EXIT[pushed.progress])
