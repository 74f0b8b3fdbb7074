"""From the outbox to the chain: hand over, wait for the decision, and never believe less than a decision.

A batch is settled when a block is proven to have decided it, applied or refused; everything else keeps it on its way
with the same bytes: silence, a full mempool, a node that does not like it or cannot prove what it says. Two things end
it otherwise, each proven by the chain's state: its height has passed (`valid_until_height`), or its numbers are taken
by readings that are not from here.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from functools import partial
from typing import Final, Protocol

import msgspec

from devices.binding import take_up
from devices.client import DeviceClient, TransactionStatus
from devices.errors import BadNodeAnswer, ConnectionLost, NodeRefusal, NodeUnreachable, SignerFault
from devices.follower import DecidedTransaction
from devices.outbox import Build, Outbox
from devices.outbox_file import Batch
from devices.readings import ReadingSigner, build_batch
from devices.time_bound import TimeBound
from ledger.chain.identity import ChainIdentity
from ledger.metering.limits import MAX_READINGS
from ledger.metering.schema import Meter, Quarantine

TOO_EARLY: Final = "reading_too_early"
"""The ledger takes one transaction of a meter in so much time (X15); the batch is sent again."""


class Proofs(Protocol):
    """What is true of the chain, whatever a node says; raises `BadNodeAnswer` where it is not proven."""

    async def decided(self, transaction: bytes, height: int, index: int) -> DecidedTransaction:
        """What a block made of a transaction at a place of the chain."""

    async def meter(self, public_key: bytes) -> tuple[Meter | None, int]:
        """What the chain knows of a meter's key, and the height at which that was so."""

    async def time_bound(self, needed_ms: int) -> TimeBound:
        """How late a reading may be, by a header as new as is needed for that time, or the newest."""


class PushProgress(Enum):
    """What one push brought."""

    IDLE = "idle"
    """Nothing is pending."""
    DECIDED = "decided"
    """A block has the batch and the ledger accepted all of it; there may be more."""
    QUARANTINED = "quarantined"
    """A block has the batch, and readings of it bill nothing; the next goes on from the last that was accepted."""
    REJECTED = "rejected"
    """A block has the batch, and the ledger refused all of it; `code` is its reason."""
    WAITING = "waiting"
    """On its way and not decided yet, or later than the chain: not signed yet (`clock_ahead`)."""
    DROPPED = "dropped"
    """Readings that were not signed are gone: their time was that of a clock that has been set right since."""
    RENUMBERED = "renumbered"
    """Its numbers were taken or its time had passed; what is left is signed anew."""
    REFUSED = "refused"
    """The node does not take it; it is kept and tried again later."""
    UNSIGNED = "unsigned"
    """The device that holds the key did not sign; the readings stay pending."""
    UNREACHABLE = "unreachable"
    """No node answered."""

    @property
    def is_loss(self) -> bool:
        """Whether the ledger did not accept readings, or they were given up: what is told though more may follow."""
        return self in (PushProgress.QUARANTINED, PushProgress.REJECTED, PushProgress.DROPPED)

    @property
    def goes_on(self) -> bool:
        """Whether to push again at once."""
        return self in _GOING_ON


_GOING_ON: Final = frozenset(
    {
        PushProgress.DECIDED,
        PushProgress.QUARANTINED,
        PushProgress.REJECTED,
        PushProgress.DROPPED,
        PushProgress.RENUMBERED,
    }
)


class Pushed(msgspec.Struct, frozen=True):
    """What one push of one meter brought, and why if it stopped."""

    meter: bytes
    progress: PushProgress
    code: str = ""
    detail: str = ""


class Backoff:
    """Waiting times that double from `first_s` to `most_s`, each drawn between half and whole by `draw`."""

    def __init__(self, draw: random.Random, *, first_s: float = 0.5, most_s: float = 60.0) -> None:
        self._draw = draw
        self._first_s = first_s
        self._most_s = most_s
        self._next_s = first_s

    def next_s(self) -> float:
        """How long to wait this time."""
        whole = self._next_s
        self._next_s = min(2 * whole, self._most_s)
        return whole * (1 + self._draw.random()) / 2

    def reset(self) -> None:
        """Something went right: start over."""
        self._next_s = self._first_s


def building_with(signers: Mapping[bytes, ReadingSigner], chain: ChainIdentity) -> Callable[[bytes], Build]:
    """Sign each meter's batches for a chain with its own key; `signers` by public key."""
    return lambda meter: partial(build_batch, signers[meter], chain)


class Submitter:
    """Pushes the batches of an outbox to nodes; what they say is checked by `proofs`.

    `build` signs a batch, given the meter's key first (see `building_with`). `draw` is the source of
    jitter; `report` hears of every push that brought something.
    """

    def __init__(
        self,
        outbox: Outbox,
        client: DeviceClient,
        proofs: Proofs,
        build: Callable[[bytes], Build],
        *,
        draw: random.Random,
        most_readings: int = MAX_READINGS,
        idle_s: float = 1.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        report: Callable[[Pushed], None] | None = None,
    ) -> None:
        self._outbox = outbox
        self._client = client
        self._proofs = proofs
        self._build = build
        self._draw = draw
        self._most_readings = most_readings
        self._idle_s = idle_s
        self._sleep = sleep
        self._report = report

    async def push(self, meter: bytes) -> Pushed:
        """Try to get the meter's next batch decided, once. Raises only what the outbox and a locked key raise."""
        try:
            batch = self._outbox.on_the_way(meter) or await self._sign(meter)
            pushed = await self._push(meter, batch) if isinstance(batch, Batch) else batch
        except SignerFault as fault:
            pushed = Pushed(meter, PushProgress.UNSIGNED, fault.code, fault.detail)
        except NodeRefusal as refusal:
            pushed = Pushed(meter, PushProgress.REFUSED, refusal.code, refusal.detail)
        except (NodeUnreachable, ConnectionLost, BadNodeAnswer) as fault:
            pushed = Pushed(meter, PushProgress.UNREACHABLE, fault.code, fault.detail)
        return pushed if pushed.progress is PushProgress.IDLE else self._reported(pushed)

    async def _sign(self, meter: bytes) -> Batch | Pushed:
        """The next batch of what is pending, as far as it is not later than the chain is proven to be."""
        # Also where nothing is pending: what the next reading is judged by may be what the ledger did not take.
        if not self._outbox.is_reconciled(meter):
            await self._reconcile(meter)
        newest_ms = self._outbox.newest_pending_ms(meter)
        if newest_ms is None:
            return Pushed(meter, PushProgress.IDLE)
        bound = await self._proofs.time_bound(newest_ms)
        batch = self._outbox.next_batch(meter, self._build(meter), most=self._most_readings, latest_ms=bound.latest_ms)
        if batch is not None:
            return batch
        if bound.clock_agrees:
            dropped = self._outbox.drop_pending(meter, bound.latest_ms)
            detail = f"{dropped} readings bear a time that has not come; the clock was wrong and is right now"
            return Pushed(meter, PushProgress.DROPPED, "clock_was_ahead", detail)
        ahead_s = (newest_ms - bound.head_ms) // 1000
        return Pushed(
            meter,
            PushProgress.WAITING,
            "clock_ahead",
            f"the reading is {ahead_s} s later than the newest proven block: set the clock, or the chain stands still",
        )

    async def _reconcile(self, meter: bytes) -> None:
        known, _height = await self._proofs.meter(meter)
        take_up(self._outbox, meter, known)

    def _reported(self, pushed: Pushed) -> Pushed:
        if self._report is not None:
            self._report(pushed)
        return pushed

    async def drain(self, meters: tuple[bytes, ...] | None = None, *, attempts: int = 8) -> tuple[Pushed, ...]:
        """Push all meters until nothing is pending; each gives up after `attempts` pushes without a decision."""
        chosen = self._outbox.meters() if meters is None else meters
        return tuple(await asyncio.gather(*(self._drain_one(meter, attempts) for meter in chosen)))

    async def run(self, stop: asyncio.Event) -> None:
        """Push all meters for ever, until `stop` is set."""
        async with asyncio.TaskGroup() as tasks:
            for meter in self._outbox.meters():
                tasks.create_task(self._run_one(meter, stop))

    async def _drain_one(self, meter: bytes, attempts: int) -> Pushed:
        backoff = Backoff(self._draw)
        pushed = await self.push(meter)
        while pushed.progress is not PushProgress.IDLE:
            if pushed.progress.goes_on:
                backoff.reset()
            else:
                attempts -= 1
                if attempts <= 0:
                    break
                await self._sleep(backoff.next_s())
            pushed = await self.push(meter)
        return pushed

    async def _run_one(self, meter: bytes, stop: asyncio.Event) -> None:
        backoff = Backoff(self._draw)
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                pushed = await self.push(meter)
                if pushed.progress.goes_on or pushed.progress is PushProgress.IDLE:
                    backoff.reset()
                if not pushed.progress.goes_on:
                    wait_s = self._idle_s if pushed.progress is PushProgress.IDLE else backoff.next_s()
                    nap = asyncio.ensure_future(self._sleep(wait_s))
                    await asyncio.wait((nap, stopping), return_when=asyncio.FIRST_COMPLETED)
                    nap.cancel()
        finally:
            stopping.cancel()

    async def _push(self, meter: bytes, batch: Batch) -> Pushed:
        if batch.attempts and (settled := await self._settled(batch)) is not None:
            return settled
        # Noted before it is sent: a kill in between leaves a batch that is asked for before it is sent again.
        self._outbox.mark_sent(batch)
        # The other meters' batches are signed meanwhile: a street hands all of a round over together, for one block.
        await asyncio.sleep(0)
        try:
            status = await self._client.submit(batch.body, wait=True)
        except NodeRefusal as refusal:
            return await self._refused(meter, batch, refusal)
        if not status.decided:
            return Pushed(meter, PushProgress.WAITING, "not_decided", "no block has it yet")
        return await self._settle(batch, status)

    async def _settle(self, batch: Batch, status: TransactionStatus) -> Pushed:
        """What the block made of the batch, when its place in the chain is proven."""
        if status.height is None or status.index is None:
            raise BadNodeAnswer("the node does not say where the batch stands")
        decided = await self._proofs.decided(batch.body, status.height, status.index)
        self._outbox.settle(batch, decided.code, len(decided.quarantined))
        if not decided.code and not decided.quarantined:
            return Pushed(batch.meter, PushProgress.DECIDED)
        if decided.code:
            return Pushed(
                batch.meter, PushProgress.REJECTED, decided.code, f"the ledger refused {batch.count} readings"
            )
        reasons = sorted({_reason(entry.reason) for entry in decided.quarantined})
        detail = f"{len(decided.quarantined)} of {batch.count} readings bill nothing: {', '.join(reasons)}"
        return Pushed(batch.meter, PushProgress.QUARANTINED, "quarantined", detail)

    async def _settled(self, batch: Batch) -> Pushed | None:
        """What a block made of the batch meanwhile, if one has it; then it is settled here too."""
        status = await self._client.transaction(batch.transaction_id)
        if status is None or not status.decided:
            return None
        return await self._settle(batch, status)

    async def _refused(self, meter: bytes, batch: Batch, refusal: NodeRefusal) -> Pushed:
        """A node refuses the batch: decided already, provably dead, or to be tried again."""
        known, height = await self._proofs.meter(meter)
        if (settled := await self._settled(batch)) is not None:
            return settled
        if refusal.code == TOO_EARLY:
            return Pushed(meter, PushProgress.WAITING, refusal.code, refusal.detail)
        if known is not None and known.sequence >= batch.first_sequence:
            self._outbox.resume_after(meter, known.sequence)
            detail = (
                f"the chain has readings up to {known.sequence} that are not from this outbox: is its key used twice?"
            )
            return Pushed(meter, PushProgress.RENUMBERED, "number_taken", detail)
        if batch.valid_until_height and height > batch.valid_until_height:
            self._outbox.give_up(batch, "expired")
            return Pushed(
                meter, PushProgress.RENUMBERED, "expired", f"was valid until height {batch.valid_until_height}"
            )
        if refusal.code == "known":
            # It waits at the node, perhaps for a minute of block time since the meter's last one.
            return Pushed(meter, PushProgress.WAITING)
        return Pushed(meter, PushProgress.REFUSED, refusal.code, refusal.detail)


def _reason(number: int) -> str:
    """The ledger's word for why a reading bills nothing; its number where this program does not know it."""
    try:
        return Quarantine(number).name.lower()
    except ValueError:
        return f"reason {number}"
