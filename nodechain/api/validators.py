"""The validator set, and punished equivocations: the state has their identity (rule V9), the block their receipt."""

from __future__ import annotations

from collections import Counter
from typing import Final

from aiohttp import web

from ledger.chain.header import CERTIFICATE
from ledger.chain.proposer import proposer
from ledger.chain.validator_set import load_validators
from ledger.keys.address import format_address, format_key
from ledger.state.overlay import State
from ledger.validators import payloads
from ledger.validators.events import ValidatorPunished
from ledger.validators.evidence import offence_key
from ledger.validators.queries import muted_until_ms, offences
from market.denominations import UNKNOWN
from nodechain.api.amounts import view
from nodechain.api.http import requests
from nodechain.api.http.models import ApiModel, At
from nodechain.api.http.rights import EVERYBODY, Right
from nodechain.api.http.route import AT, PAGE, POINT, Route
from nodechain.api.reading import (
    MAX_PAGE_RECEIPTS,
    CommittedState,
    Work,
    blocks_of,
    ledger,
    reads_of,
    stored_header,
)
from nodechain.modules import REGISTRY
from nodechain.node import Node
from nodechain.store.layout import Location
from nodechain.store.view import Snapshot, StoreView

RECORD_BLOCKS: Final = 100
MAX_RECORD_BLOCKS: Final = 200


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


class ValidatorDeeds(ApiModel):
    """What a validator did in the last blocks: how many it `proposed`, how often a block's first turn was its own.

    `missed`: of these turns, those in which another one made the block. `signed`: blocks whose certificate, as the next
    block carries it, has its vote; a quorum is enough, so a late vote may be missing there.
    """

    address: str
    name: str
    signed: int
    proposed: int
    turns: int
    missed: int


class ValidatorRecord(At):
    """The validators of the next height, and those who were some in the last `blocks` blocks."""

    blocks: int
    validators: list[ValidatorDeeds]


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


def read_record(store: Snapshot, reads: CommittedState, blocks: int) -> ValidatorRecord:
    """What the validators did in the last blocks that are here."""
    names = {member.address: member.name for member in load_validators(reads.state).members}
    signed, proposed, turns, missed = Counter[bytes](), Counter[bytes](), Counter[bytes](), Counter[bytes]()
    first = max(reads.height - blocks + 1, store.base(), store.state_floor() + 1)
    for height in range(first, reads.height + 1):
        header = stored_header(store, height)
        decides = load_validators(State(store.at(height - 1)))
        turn = decides.members[proposer(decides, height, 0)].address
        turns[turn] += 1
        missed[turn] += turn != header.proposer
        proposed[header.proposer] += 1
        names = {member.address: member.name for member in decides.members} | names
        data = store.certificate(height)
        for signature in CERTIFICATE.decode(data).signatures if data else ():
            signed[decides.members[signature.validator].address] += 1
    deeds = [
        ValidatorDeeds(
            address=format_address(address),
            name=name,
            signed=signed[address],
            proposed=proposed[address],
            turns=turns[address],
            missed=missed[address],
        )
        for address, name in sorted(names.items())
    ]
    return ValidatorRecord(height=reads.height, blocks=max(reads.height - first + 1, 0), validators=deeds)


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


async def get_record(node: Node, request: web.Request) -> Work:
    """What the validators did lately."""
    blocks = requests.number(request, "blocks", RECORD_BLOCKS, least=1, most=MAX_RECORD_BLOCKS)
    time_ms = node.clock.wall_ms()

    def answer(snapshot: Snapshot) -> ValidatorRecord:
        return read_record(snapshot, reads_of(node, snapshot, time_ms), blocks)

    return blocks_of(node, answer)


async def get_evidence(node: Node, request: web.Request) -> Work:
    """Punished equivocations."""
    cursor, limit, time_ms = requests.cursor(request), requests.limit(request), node.clock.wall_ms()

    def answer(snapshot: Snapshot) -> EvidenceView:
        return evidence_page(snapshot, reads_of(node, snapshot, time_ms), cursor, limit)

    return blocks_of(node, answer)


ROUTES: Final = (
    Route("GET", "/v1/validators", "Validators of the next height", Validators, get_validators, query=AT, kind=POINT),
    Route(
        "GET",
        "/v1/validators/record",
        "What the validators did in the last blocks",
        ValidatorRecord,
        get_record,
        query=(("blocks", f"how many, 1 to {MAX_RECORD_BLOCKS}; default: {RECORD_BLOCKS}"),),
    ),
    Route("GET", "/v1/evidence", "Punished equivocations", EvidenceView, get_evidence, query=PAGE),
)

RIGHTS: Final[dict[str, Right]] = {
    "/v1/validators": EVERYBODY,
    "/v1/validators/record": EVERYBODY,
    "/v1/evidence": EVERYBODY,
}
