"""`nodechain proof`: proofs of what the chain holds, as files that anybody checks without a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ledger.bank.genesis import BANK_SECTION
from ledger.chain.genesis import Genesis
from ledger.encoding.codec import encode
from ledger.encoding.times import format_time
from ledger.errors import InvalidInput
from ledger.keys.address import format_address, format_key
from ledger.light.claims import AnyClaim, EventClaim, ProvenEvent, ProvenReceipt, ProvenState, ProvenTransaction, Shown
from ledger.light.headers import require_fresh
from ledger.light.proof_file import ProofFile, Proven, sign_proof
from ledger.limits import MAX_PROOF_FILE_BYTES
from ledger.state.full_key import split_key
from market.denominations import Denominations
from nodechain.api.codes import meaning_of
from nodechain.api.render import entry, event
from nodechain.api.transactions import transaction_view
from nodechain.clock import SystemClock
from nodechain.commands.light import client_of, max_age_option, newest_state
from nodechain.commands.sending.send import sender_name
from nodechain.commands.terminal.completing import accounts, keys
from nodechain.commands.terminal.event_text import entry_text, event_parts, payload_text
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.passwords import Passwords
from nodechain.commands.terminal.progress import Progress
from nodechain.commands.terminal.words import Words
from nodechain.errors import NodeError, NotFound, UsageError
from nodechain.files.user_file import read_user_file
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis
from nodechain.light.bundle import account_keys, make_proof, read_proof, verify_file
from nodechain.light.client import FetchedClaim, LightClient, genesis_trust, terms_of
from nodechain.light.opening import open_store
from nodechain.modules import REGISTRY


class BadProof(NodeError):
    """A proof file does not prove what it says."""

    code = "bad_proof"
    advice = "Do not rely on it. Ask who gave it to you for another one, or get your own: `nodechain proof get`."


@click.group()
def proof() -> None:
    """Proofs against the validators' signatures: get them from any node, check them without one."""


@proof.group()
def get() -> None:
    """Fetch a proof and write it to a file; it is checked before it is written."""


_out = click.option(
    "--out", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)


_sign = click.option(
    "--sign", metavar="NAME", shell_complete=keys, help="Sign the file with this key: you stand for it."
)


@get.command()
@click.argument("table")
@click.argument("key", default="")
@_out
@_sign
@max_age_option
@command
def state(invocation: Invocation, *, table: str, key: str, file: Path, sign: str | None, max_age: int | None) -> None:
    """What the state holds under KEY (hex) of TABLE, or that it holds nothing."""
    try:
        full_key = REGISTRY.table_of(table).full_key(bytes.fromhex(key))
    except (InvalidInput, ValueError) as error:
        raise UsageError(f"no such table, or no key in hex: {error}", code="bad_key") from None
    _write(invocation, file, sign, lambda client, genesis: newest_state(client, genesis, [full_key], max_age))


@get.command()
@click.argument("account", required=False, shell_complete=accounts)
@_out
@_sign
@max_age_option
@command
def balance(invocation: Invocation, *, account: str | None, file: Path, sign: str | None, max_age: int | None) -> None:
    """What ACCOUNT (default: the home's own) holds, and its metered energy."""
    address = invocation.address(account or sender_name(invocation))
    _write(
        invocation, file, sign, lambda client, genesis: newest_state(client, genesis, _keys(address, genesis), max_age)
    )


@get.command()
@click.argument("transaction_id", metavar="ID")
@_out
@_sign
@command
def transaction(invocation: Invocation, *, transaction_id: str, file: Path, sign: str | None) -> None:
    """That a block holds a transaction, and its receipt."""
    height, index = _place(invocation, transaction_id)
    _write(
        invocation,
        file,
        sign,
        lambda client, _genesis: [client.transaction(height, index), client.receipt(height, index + 1)],
    )


@get.command("event")
@click.argument("transaction_id", metavar="ID")
@click.argument("number", type=click.IntRange(min=0))
@_out
@_sign
@command
def event_(invocation: Invocation, *, transaction_id: str, number: int, file: Path, sign: str | None) -> None:
    """Event NUMBER (from 0) of a transaction's receipt."""
    height, index = _place(invocation, transaction_id)
    _write(invocation, file, sign, lambda client, _genesis: [client.receipt(height, index + 1, number)])


@get.command()
@click.argument("account", required=False, shell_complete=accounts)
@_out
@_sign
@max_age_option
@command
def statement(
    invocation: Invocation, *, account: str | None, file: Path, sign: str | None, max_age: int | None
) -> None:
    """Every receipt that concerns ACCOUNT since the genesis, and what it holds now; the sums must agree."""
    address = invocation.address(account or sender_name(invocation))
    _write(
        invocation,
        file,
        sign,
        lambda client, genesis: _statement(
            invocation, client, address, newest_state(client, genesis, _keys(address, genesis), max_age)
        ),
        account=address,
    )


def _keys(address: bytes, genesis: Genesis) -> list[bytes]:
    return account_keys(address, len(BANK_SECTION.of(genesis).assets))


def _statement(
    invocation: Invocation, client: LightClient, address: bytes, held: list[FetchedClaim]
) -> list[FetchedClaim]:
    """Every receipt up to the height of what the account holds: these blocks do not change any more."""
    height = held[0].block.header.height
    movements = [
        move for move in invocation.node.statement(format_address(address), last=height) if move["height"] <= height
    ]
    receipts = []
    with Progress("receipt", len(movements)) as progress:
        for number, move in enumerate(movements):
            receipts.append(client.receipt(move["height"], move["index"]))
            progress.at(number)
    return receipts + held


def _place(invocation: Invocation, transaction_id: str) -> tuple[int, int]:
    """Where the node says that a transaction stands: height, and place in the block from 0."""
    found = invocation.node.transaction(transaction_id)
    height, receipt = found["height"], found["receipt"]
    if height is None or receipt is None:
        raise NotFound("no block has decided this transaction yet", advice="Wait: `nodechain tx wait ID`.")
    return height, receipt["index"] - 1


def _write(
    invocation: Invocation,
    file: Path,
    sign: str | None,
    fetch: Callable[[LightClient, Genesis], Sequence[FetchedClaim]],
    account: bytes = b"",
) -> None:
    client, genesis = client_of(invocation)
    key = Passwords().open(invocation.keystore, sign) if sign is not None else None
    fetched = fetch(client, genesis)
    first, bank = client.store.headers.first, BANK_SECTION.of(genesis)
    with Progress("making the proof"):
        made, proven = make_proof(client, first, fetched, account=account, bank=bank)
    if key is not None:
        made = sign_proof(made, key, client.terms.chain.genesis_hash)
    encoded = encode(made)
    if len(encoded) > MAX_PROOF_FILE_BYTES:
        raise NodeError(f"the proof would have {len(encoded)} bytes", code="proof_too_large", advice="Ask for less.")
    invocation.write_file(file, encoded, mode=0o644)
    _show(invocation, genesis, file, made, proven, "Written and checked.")


@proof.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--genesis", "genesis_file", type=click.Path(dir_okay=False, path_type=Path),
              help="The chain's genesis file (default: the home's).")  # fmt: skip
@max_age_option
@command
def verify(invocation: Invocation, *, file: Path, genesis_file: Path | None, max_age: int | None) -> None:
    """Check a proof file against the chain's genesis; no node is asked."""
    content = read_user_file(file, MAX_PROOF_FILE_BYTES, "proof file")
    genesis = read_genesis(genesis_file or Home(invocation.home).genesis)
    made = read_proof(content)
    anchor = genesis_trust(genesis) if genesis_file else open_store(Home(invocation.home), genesis).headers.first
    now_ms = _now_ms(genesis, made)
    try:
        with Progress("checking the proof"):
            proven = verify_file(terms_of(genesis), anchor, made, now_ms, BANK_SECTION.of(genesis))
        if max_age is not None:
            require_fresh(proven.head.header.time_ms, now_ms, max_age * 1_000)
    except InvalidInput as error:
        raise BadProof(error.detail, code=error.code) from error
    _show(invocation, genesis, file, made, proven, "Proven.")


def _now_ms(genesis: Genesis, made: ProofFile) -> int:
    """The own clock; on a chain with a simulated one, the latest time in the file."""
    if genesis.simulated_clock:
        return max((block.header.time_ms for block in made.blocks), default=0)
    return SystemClock().wall_ms()


def _show(invocation: Invocation, genesis: Genesis, file: Path, made: ProofFile, proven: Proven, said: str) -> None:
    chain = Denominations.of(genesis)
    header = proven.head.header
    claims = [claim_data(chain, claim, shown) for claim, shown in zip(made.claims, proven.shown, strict=True)]
    data = {
        "file": str(file),
        "bytes": len(encode(made)),
        "chain_id": made.chain_id,
        "height": header.height,
        "block_hash": proven.head.hash.hex(),
        "time_ms": header.time_ms,
        "statement_of": format_address(made.account) if made.account else "",
        "signer": format_key(made.signer) if made.signer else "",
        "claims": claims,
    }
    known = [_in_words(name, value) for name, value in data.items() if name != "claims" and value != ""]
    words = Words(invocation.names(), chain)
    lines = [claim_line(claim, words) for claim in claims]
    invocation.show(data, "\n".join([said, fields(known), *lines]), claims)


def _in_words(name: str, value: Any) -> tuple[str, Any]:
    """A field of a proof file; the time of its head as a date."""
    return ("time", f"{format_time(value)} UTC") if name == "time_ms" else (name, value)


def claim_data(chain: Denominations, claim: AnyClaim, shown: Shown) -> dict[str, Any]:
    """A claim and what it shows."""
    match shown:
        case ProvenState(height, full_key, value):
            number, key = split_key(full_key)
            table = REGISTRY.tables.get(number)
            name = f"table {number}" if table is None else table.name
            decoded = None if value is None or table is None else entry(chain, table, key, table.codec.decode(value))
            raw = None if value is None else value.hex()
            return {"kind": "state", "height": height, "table": name, "key": key.hex(), "raw": raw,
                    "value": decoded}  # fmt: skip
        case ProvenTransaction(height, position, raw_transaction):
            view = transaction_view(chain, raw_transaction).model_dump(by_alias=True)
            return {"kind": "transaction", "height": height, "position": position, "transaction": view}
        case ProvenReceipt(height, position, raw_receipt):
            receipt = REGISTRY.receipts.decode(raw_receipt)
            events = [event(chain, each) for each in receipt.events]
            return {"kind": "receipt", "height": height, "position": position, "code": receipt.code,
                    "transaction_id": receipt.transaction_id.hex(), "events": events}  # fmt: skip
        case ProvenEvent(height, position, place, _raw):
            assert isinstance(claim, EventClaim)
            found = REGISTRY.receipts.decode(claim.receipt).events[place]
            return {
                "kind": "event",
                "height": height,
                "position": position,
                "place": place,
                "event": event(chain, found),
            }


def claim_line(data: Mapping[str, Any], words: Words) -> str:
    """The same in one line, or one for each event."""
    where = f"height {data['height']}"
    match data["kind"]:
        case "state":
            raw = {"raw": data["raw"]}
            value = "nothing" if data["raw"] is None else entry_text(data["table"], data["value"] or raw, words)
            return f"{where}: {data['table']} {data['key'] or '-'}: {value}"
        case "transaction":
            view = data["transaction"]
            payload = payload_text(view["type"], view["payload"], words)
            sender = words.who(view["sender"])
            return f"{where}: transaction {data['position']}: {view['type']} of {sender} {payload}"
        case "event":
            return f"{where}: event: {data['event']['kind']} {event_parts(data['event'], words)}"
    refused = f" failed: {meaning_of(data['code'])}" if data["code"] else ""
    lines = [f"{where}: receipt {data['position']}{refused}"]
    return "\n".join([*lines, *(f"  {each['kind']}: {event_parts(each, words)}" for each in data["events"])])
