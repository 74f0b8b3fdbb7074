"""From a unit's reports to the chain: sign with the next numbers, hand over, and believe nothing but proofs."""

from __future__ import annotations

from enum import Enum
from typing import Final

from devices.client import DeviceClient
from devices.errors import BadNodeAnswer, EnvironmentFault, NodeRefusal
from devices.follower import Follower
from devices.readings import ReadingSigner
from devices.unit.reports import Item, ItemKind, Report, Reports, Sign
from ledger.chain.envelope import Signature, Transaction, assemble, sign_message, transaction_id, unsigned
from ledger.chain.identity import ChainIdentity
from ledger.encoding.codec import Codec, encode
from ledger.energy.payloads import ActualItem, ConsumedItem, EnergyBatch, EnergyTypeNumber, ProducedItem, ReportItem
from ledger.errors import InvalidInput
from ledger.keys.address import address_of
from ledger.limits import MAX_TRANSACTION_BYTES

_BATCH: Final[Codec[EnergyBatch]] = Codec(EnergyBatch, MAX_TRANSACTION_BYTES)


class ReportOutcome(Enum):
    """What one push brought."""

    IDLE = "idle"
    """Nothing waits."""
    DECIDED = "decided"
    """A block has it, applied or refused; there may be more."""
    WAITING = "waiting"
    """On its way."""
    UNREACHABLE = "unreachable"
    """No node answered, or none proved what it said."""
    REFUSED = "refused"
    """The node does not take it; the same bytes are tried again."""
    STUCK = "stuck"
    """Its number was used by something else: a person must decide (`unit reports --release`)."""


class Reporter:
    """One unit's reports. `signer`: the unit's key; `fee` in base units of the chain's fee asset."""

    def __init__(
        self, reports: Reports, client: DeviceClient, follower: Follower, signer: ReadingSigner, *, fee: int = 0
    ) -> None:
        self._reports = reports
        self._client = client
        self._follower = follower
        self._signer = signer
        self._fee = fee
        self.address = address_of(signer.public_key)
        """The unit's."""

    async def push(self) -> tuple[ReportOutcome, str]:
        """Try to get the next report decided, once; the second part says why it stopped."""
        try:
            report = self._reports.on_the_way()
            if report is not None and report.state == "stuck":
                return ReportOutcome.STUCK, f"number {report.nonce} was used by something else"
            if report is not None and not is_well_formed(report.body):
                # By the ledger's own form, not by what a node says: a node could keep it and decide both.
                self._reports.take_apart(report)
                report = None
            if report is None:
                report = await self._sign()
            if report is None:
                return ReportOutcome.IDLE, ""
            return await self._push(report)
        except NodeRefusal as refusal:
            return ReportOutcome.REFUSED, f"{refusal.code}: {refusal.detail}"
        except (EnvironmentFault, BadNodeAnswer) as fault:
            return ReportOutcome.UNREACHABLE, f"{fault.code}: {fault.detail}"

    async def _sign(self) -> Report | None:
        if not self._reports.waiting():
            return None
        chain = await self._follower.start()
        nonce, number, height = await self._follower.unit(self.address)
        if height < self._reports.decided_height():
            # Numbers of a node that lags were used already: two reports would share one.
            raise BadNodeAnswer(f"the node is at height {height}, behind the unit's last report", code="node_behind")
        return self._reports.sign_next(self._signing(chain, nonce + 1, number + 1))

    def _signing(self, chain: ChainIdentity, nonce: int, number: int) -> Sign:
        def sign(items: tuple[Item, ...]) -> tuple[int, bytes, bytes]:
            payload = EnergyBatch(number, tuple(_reported(item) for item in items))
            key = self._signer.public_key
            envelope = unsigned(chain.id, EnergyTypeNumber.ENERGY_BATCH, key, nonce, payload, fee=self._fee)
            body = assemble(envelope, (Signature(0, self._signer.sign(sign_message(envelope, chain.genesis_hash))),))
            return nonce, transaction_id(encode(envelope)), body

        return sign

    async def _push(self, report: Report) -> tuple[ReportOutcome, str]:
        await self._follower.start()
        if report.attempts and await self._settled(report):
            return ReportOutcome.DECIDED, ""
        # Noted before it is sent: a kill in between leaves a report that is asked for before it is sent again.
        self._reports.mark_sent(report)
        try:
            status = await self._client.submit(report.body, wait=True)
        except NodeRefusal as refusal:
            return await self._refused(report, refusal)
        if not status.decided or status.height is None or status.index is None:
            return ReportOutcome.WAITING, ""
        return ReportOutcome.DECIDED, await self._settle(report, status.height, status.index)

    async def _settle(self, report: Report, height: int, index: int) -> str:
        code = (await self._follower.decided(report.body, height, index)).code
        self._reports.settle(report, height, code)
        return code

    async def _settled(self, report: Report) -> bool:
        status = await self._client.transaction(report.transaction_id)
        if status is None or not status.decided or status.height is None or status.index is None:
            return False
        await self._settle(report, status.height, status.index)
        return True

    async def _refused(self, report: Report, refusal: NodeRefusal) -> tuple[ReportOutcome, str]:
        nonce, _number, _height = await self._follower.unit(self.address)
        if await self._settled(report):
            return ReportOutcome.DECIDED, ""
        if nonce >= report.nonce:
            self._reports.give_up_number(report)
            return (
                ReportOutcome.STUCK,
                f"number {report.nonce} was used by something else: is the unit's key used twice?",
            )
        return ReportOutcome.REFUSED, f"{refusal.code}: {refusal.detail}"


def is_well_formed(body: bytes) -> bool:
    """Whether these bytes are a batch that may stand in a block: no other one is ever decided."""
    try:
        _BATCH.decode(Transaction(body).envelope.payload)
    except InvalidInput:
        return False
    return True


def _reported(item: Item) -> ReportItem:
    match item.kind:
        case ItemKind.PRODUCTION:
            return ProducedItem(item.account, item.energy_wh)
        case ItemKind.CONSUMPTION:
            return ConsumedItem(item.account, item.energy_wh)
        case ItemKind.STORAGE:
            return ActualItem(item.energy_wh)
