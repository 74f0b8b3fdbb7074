"""Which corrections wait for more of their day, so that one run takes them all (rule SC8).

A corrected file comes in parts, over several blocks. One changed value changes the rows of all points, so a run that
began with the first part would be made again for the others. Nothing else waits: first values and cut-offs do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ledger.chain.context import Context
from ledger.sharing.late_limits import MAX_WAIT_BLOCKS, QUIET_BLOCKS
from ledger.sharing.late_schema import WAITING_CORRECTIONS
from ledger.sharing.progress import first_settled
from ledger.sharing.schema import QUEUED_SLOTS, QueueReason
from ledger.sharing.weights import WAITING_SLOTS_A_UNIT
from ledger.slots.clock import SlotClock
from ledger.state.table import big_endian

CORRECTIONS: Final = frozenset((QueueReason.CHANGED, QueueReason.LATE))


def waits_for_more(context: Context, clock: SlotClock, scheme: int, day: int, reason: QueueReason) -> bool:
    """Whether a slot of a local day that waits for this reason is not settled yet, since more may come."""
    if reason not in CORRECTIONS:
        return False
    found = context.state.get(WAITING_CORRECTIONS, big_endian(scheme) + big_endian(day))
    if found is None or context.height >= min(found.last + QUIET_BLOCKS, found.first + MAX_WAIT_BLOCKS):
        return False
    ends = first_settled(context, clock) + clock.slots_per_day
    return reason == QueueReason.LATE or clock.first_slot_of_day(day) >= ends


def next_slot(context: Context, clock: SlotClock, scheme: int) -> int | None:
    """The first slot that is settled now; None: all that wait do so for more of their day, or none does."""
    waiting: dict[tuple[int, QueueReason], bool] = {}
    for looked_at, key in enumerate(context.state.scan(QUEUED_SLOTS, big_endian(scheme)), 1):
        slot = int.from_bytes(key[8:], "big")
        where = clock.local_day(slot), QueueReason(context.get(QUEUED_SLOTS, key).reason)
        if where not in waiting:
            waiting[where] = waits_for_more(context, clock, scheme, *where)
        context.charge(0 if looked_at % WAITING_SLOTS_A_UNIT else 1)
        if not waiting[where]:
            return slot
    return None


def take_waiting(
    context: Context, clock: SlotClock, scheme: int, day: int, waiting: Mapping[int, QueueReason]
) -> list[int]:
    """The slots of a day that a run begins with: what waits for more of its day stays, unless there is nothing else."""
    wait = {reason for reason in CORRECTIONS if waits_for_more(context, clock, scheme, day, reason)}
    taken = [slot for slot, reason in waiting.items() if reason not in wait] or list(waiting)
    if len(taken) == len(waiting):
        forget_waiting(context, scheme, day)
    return taken


def forget_waiting(context: Context, scheme: int, day: int) -> None:
    """The corrections of a day wait for no more."""
    context.state.delete(WAITING_CORRECTIONS, big_endian(scheme) + big_endian(day))
