"""`nodechain export` and `nodechain import`: a chain as one file.

The file: a line that names the format, then length-prefixed canonical records: the genesis, then each block as
[header, certificate, [transactions]], and at the end an empty record. Nothing of it is trusted on import: the chain is
executed and checked beside the home's place for data, which it takes only when all of it is sound.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import click

from ledger.chain.genesis import GENESIS, Genesis
from ledger.encoding.codec import Codec, Value, encode
from ledger.errors import InvalidInput
from nodechain.chain.app import NO_CERTIFICATE, Application, audit_rules, record_of
from nodechain.chain.replay import ChainBlock, Replay
from nodechain.commands.audit import stored_blocks
from nodechain.commands.running.stopped_chain import stopped_chain
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.progress import Progress
from nodechain.errors import UsageError
from nodechain.files.durable_file import make_directory, sync_directory
from nodechain.files.user_file import check_absent, new_user_file, open_user_file
from nodechain.home.home import Home
from nodechain.home.initialise import join_genesis
from nodechain.home.lock import HomeLock
from nodechain.store.store import Store

MAGIC: Final = b"nodechain-chain-1\n"
MAX_RECORD: Final = 64 * 1024 * 1024


class _Exported(Value, frozen=True):
    header: bytes
    certificate: bytes
    transactions: tuple[bytes, ...]


_BLOCK: Final[Codec[_Exported]] = Codec(_Exported, MAX_RECORD)


@click.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@command
def export_chain(invocation: Invocation, *, file: Path) -> None:
    """Write the chain of a stopped home into FILE."""
    check_absent(file)
    with stopped_chain(invocation.home) as stopped:
        chain_id, height = stopped.genesis.chain_id, stopped.head.height
        _write(file, stopped.genesis, stopped.store, height)
    data = {"file": str(file), "chain_id": chain_id, "height": height, "bytes": file.stat().st_size}
    invocation.show(data, f"Exported {chain_id} up to height {height} to {file}.")


def _write(file: Path, genesis: Genesis, store: Store, height: int) -> None:
    with new_user_file(file) as sink, Progress("block", height + 1) as progress:
        sink.write(MAGIC)
        _record(sink, encode(genesis))
        for place, block in enumerate(stored_blocks(store, 0, height)):
            _record(sink, encode(_Exported(block.header, block.certificate, block.transactions)))
            progress.at(place)
        _record(sink, b"")


def _record(sink: BinaryIO, data: bytes) -> None:
    sink.write(len(data).to_bytes(4, "big") + data)


def _records(source: BinaryIO) -> Iterator[bytes]:
    if source.read(len(MAGIC)) != MAGIC:
        raise UsageError("this is no exported chain", code="bad_export")
    while True:
        prefix = source.read(4)
        size = int.from_bytes(prefix, "big")
        if size > MAX_RECORD:
            raise UsageError("a record is too large for an exported chain", code="bad_export")
        data = source.read(size)
        if len(prefix) != 4 or len(data) != size:
            raise UsageError("the exported chain is cut off", code="bad_export", advice="Get the file again.")
        if not data:
            break
        yield data
    if source.read(1):
        raise UsageError("bytes follow the end of the exported chain", code="bad_export")


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@command
def import_chain(invocation: Invocation, *, file: Path) -> None:
    """Replay the chain in FILE, checking everything, into a new home (without keys)."""
    with open_user_file(file) as source:
        records = _records(source)
        try:
            genesis = GENESIS.decode(next(records, b""))
        except InvalidInput as error:
            raise UsageError(f"{file}: {error}", code="bad_export") from None
        height = _import(Home(invocation.home), genesis, records)
    data = {"home": str(invocation.home), "chain_id": genesis.chain_id, "height": height}
    invocation.show(data, f"Imported {genesis.chain_id} up to height {height} into {invocation.home}.")


def _import(home: Home, genesis: Genesis, records: Iterator[bytes]) -> int:
    """Only the whole chain becomes a home; a failure, or a kill half-way, leaves none, and the next try starts anew."""
    home.create()
    with HomeLock(home.lock):
        if any(home.data.iterdir()):
            raise UsageError(f"{home.data} is not empty", code="home_exists", advice="Choose another --home.")
        part = home.path / "data.importing"
        _remove(part)
        make_directory(part)
        try:
            with Store.open(part, rules=audit_rules(genesis)) as store:
                height = _replay_into(store, genesis, records)
        except BaseException:
            _remove(part)
            raise
        part.replace(home.data)
        sync_directory(home.path)
        join_genesis(home.path, genesis)
    return height


def _remove(directory: Path) -> None:
    if directory.exists():
        shutil.rmtree(directory)


def _replay_into(store: Store, genesis: Genesis, records: Iterator[bytes]) -> int:
    Application(genesis, store)
    chain = Replay(genesis)
    with Progress("block") as progress:
        for place, data in enumerate(records):
            exported = _BLOCK.decode(data)
            block = ChainBlock(exported.header, exported.certificate, exported.transactions)
            if place == 0:
                chain.start(block)
                continue
            store.commit(record_of(chain.add(block), exported.certificate or NO_CERTIFICATE))
            progress.at(place)
    with Progress("checking the invariants"):
        chain.check_invariants()
    return chain.header.height
