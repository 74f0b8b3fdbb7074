"""The validator set, and punished equivocations: the state has their identity (rule V9), the block their receipt."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from ledger.chain.validator_set import load_validators
from ledger.keys.address import format_address, format_key
from ledger.validators import payloads
from ledger.validators.events import ValidatorPunished
from ledger.validators.evidence import offence_key
from ledger.validators.queries import muted_until_ms, offences
from market.denominations import UNKNOWN
from nodechain.api.amounts import view
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import MAX_PAGE_RECEIPTS, CommittedState, Work, blocks_of, ledger, reads_of
from nodechain.modules import REGISTRY
from nodechain.node import Node
from nodechain.store.layout import Location
from nodechain.store.view import Snapshot, StoreView


class ValidatorView(ApiModel):
    """A validator; `muted_until_ms`: it let its turns pass and proposes last, at least till then; else 0."""

    address: str
    key: str
    power: int
    account: str
    name: str
    muted_until_ms: int


class Validators(At):
    """The set that decides the next height."""

    validators: list[ValidatorView]
    hash: str


class OffenceView(ApiModel):
    """A validator signed two votes of a kind in one round; `removed`: the evidence cost it its place in the set."""

    validator: str
    kind: str
    height: int
    round: int
    removed: bool
    punished: int
    transaction_id: str


class EvidenceView(At):
    """Punished equivocations, by the height they were committed at; the state forgets them after 100,000 heights."""

    evidence: list[OffenceView]
    next: str | None


def read_validators(at: CommittedState) -> Validators:
    """The set that decides the next height."""
    members = load_validators(at.state)
    views = [
        ValidatorView(
            address=format_address(member.address),
            key=format_key(b"\x01" + member.key),
            power=member.power,
            account=format_address(member.account),
            name=member.name,
            muted_until_ms=muted_until_ms(at.reader, member.address),
        )
        for member in members.members
    ]
    return Validators(height=at.height, validators=views, hash=members.hash.hex())


def evidence_page(store: StoreView, reads: CommittedState, cursor: bytes | None, limit: int) -> EvidenceView:
    """A page of the offences that the state remembers; `cursor` is the key of the last one before it.

    It ends early where the blocks that tell of them have too many receipts.
    """
    page = offences(reads.reader, cursor, limit)
    entries, following = page.entries, page.cursor
    told: dict[bytes, OffenceView] = {}
    looked_at: set[int] = set()
    shown: list[OffenceView] = []
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
    return EvidenceView(height=reads.height, evidence=shown, next=None if following is None else following.hex())


def _punished_at(store: StoreView, height: int, receipts: tuple[bytes, ...]) -> dict[bytes, OffenceView]:
    """All that were punished in a block, by their key in the state."""
    found: dict[bytes, OffenceView] = {}
    for index, data in enumerate(receipts):
        receipt = REGISTRY.receipts.decode_trusted(data)
        event = next((event for event in receipt.events if isinstance(event, ValidatorPunished)), None)
        # The receipt of a block comes first, before those of its transactions.
        raw = None if event is None else store.transaction(Location(height, index - 1))
        if event is None or raw is None:
            continue
        payload = REGISTRY.decode(raw).payload
        if isinstance(payload, payloads.Evidence):
            found[offence_key(payload)] = view(
                UNKNOWN,
                OffenceView,
                event,
                validator=format_address(event.address),
                punished=height,
                transaction_id=receipt.transaction_id.hex(),
            )
    return found


async def get_validators(node: Node, request: web.Request) -> Work:
    """The validators of the next height."""
    return ledger(node, request, read_validators)


async def get_evidence(node: Node, request: web.Request) -> Work:
    """Punished equivocations."""
    cursor, limit, time_ms = requests.cursor(request), requests.limit(request), node.clock.wall_ms()

    def answer(snapshot: Snapshot) -> EvidenceView:
        head = snapshot.head()
        reads = reads_of(node, snapshot, 0 if head is None else head.height, time_ms)
        return evidence_page(snapshot, reads, cursor, limit)

    return blocks_of(node, answer)


ROUTES: Final = (
    Route("GET", "/v1/validators", "Validators of the next height", Validators, get_validators, query=AT, kind=POINT),
    Route("GET", "/v1/evidence", "Punished equivocations", EvidenceView, get_evidence, query=PAGE),
)
