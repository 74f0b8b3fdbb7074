"""Reads of punished equivocations: the state has their identity (rule V9), the block what was said of them."""

from __future__ import annotations

from ledger.chain.votes import VoteKind
from ledger.keys.address import format_address
from ledger.validators.events import ValidatorPunished
from ledger.validators.evidence import offence_key
from ledger.validators.payloads import Evidence
from ledger.validators.schema import OFFENCES
from nodechain.api import models as m
from nodechain.api.chain_reads import MAX_PAGE_RECEIPTS
from nodechain.api.reads import LedgerReads
from nodechain.modules import REGISTRY
from nodechain.store.layout import Location
from nodechain.store.view import StoreView


def evidence_page(store: StoreView, reads: LedgerReads, cursor: bytes | None, limit: int) -> m.Evidence:
    """A page of the offences that the state remembers; `cursor` is the key of the last one before it.

    It ends early where the blocks that tell of them have too many receipts.
    """
    entries, following = reads.page(OFFENCES, b"", cursor, limit)
    told: dict[bytes, m.Offence] = {}
    looked_at: set[int] = set()
    shown: list[m.Offence] = []
    read = 0
    for number, (key, offence) in enumerate(entries):
        if offence.punished not in looked_at:
            if read >= MAX_PAGE_RECEIPTS:
                following = entries[number - 1][0]
                break
            looked_at.add(offence.punished)
            receipts = store.receipts(offence.punished)
            read += len(receipts)
            told.update(_punished_at(store, offence.punished, receipts))
        shown.append(told[key])
    return m.Evidence(height=reads.height, evidence=shown, next=None if following is None else following.hex())


def _punished_at(store: StoreView, height: int, receipts: tuple[bytes, ...]) -> dict[bytes, m.Offence]:
    """All that were punished in a block, by their key in the state."""
    found: dict[bytes, m.Offence] = {}
    for index, data in enumerate(receipts):
        receipt = REGISTRY.receipts.decode_trusted(data)
        event = next((event for event in receipt.events if isinstance(event, ValidatorPunished)), None)
        # The receipt of a block comes first, before those of its transactions.
        raw = None if event is None else store.transaction(Location(height, index - 1))
        if event is None or raw is None:
            continue
        payload = REGISTRY.decode(raw).payload
        if isinstance(payload, Evidence):
            found[offence_key(payload)] = m.Offence(
                validator=format_address(event.address),
                kind=VoteKind(event.kind).name.lower(),
                height=event.height,
                round=event.round,
                removed=event.removed,
                punished=height,
                transaction_id=receipt.transaction_id.hex(),
            )
    return found
