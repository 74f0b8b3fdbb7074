"""Taking over a snapshot from several nodes at once, none of which is believed.

The header is followed to by certificates; every chunk proves itself against its state root. Who sends what does not is
dropped, what it owed is asked of the others. What was taken stays over a kill; the next run goes on with the rest.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from ledger.chain.blocks import Chain, genesis_block
from ledger.chain.commits import commits_hash
from ledger.chain.envelope import full_hash_of
from ledger.chain.genesis import Genesis
from ledger.encoding.codec import encode
from ledger.errors import InvalidInput
from ledger.light.headers import Trusted
from ledger.light.snapshot import SNAPSHOT_CHUNK, SnapshotChunk, bucket_range, check_chunk
from ledger.state.merkle import list_root
from nodechain.chain.app import NO_CERTIFICATE, account_index, record_of
from nodechain.client.answers.snapshots import Snapshots
from nodechain.client.rest import NodeApi
from nodechain.errors import DataDamaged, NodeError, TimedOut, Unreachable
from nodechain.light.client import LightClient, UnprovenAnswer
from nodechain.modules import REGISTRY
from nodechain.snapshots.chunk_work import ChunkWork
from nodechain.snapshots.files import SNAPSHOT_ABOUT, SnapshotAbout
from nodechain.store.adoption import Adoption
from nodechain.store.records import BlockRecord

log = logging.getLogger("nodechain.snapshots")

PAUSES_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Between tries at a node that does not answer; after a minute in all it is given up. Others go on meanwhile."""


class NoSource(NodeError):
    """No node is left that gives what is missing."""

    code = "no_source"
    advice = "Name further nodes with --also, and run it again: what was taken is kept."


@dataclass
class Source:
    """A node; `dropped` says why it is asked no more."""

    api: NodeApi
    heights: list[int] = field(default_factory=list)
    dropped: str = ""

    def drop(self, why: str) -> None:
        """Never again in this run."""
        self.dropped = why
        log.warning("%s is not asked any more: %s", self.api.url, why)


class Fetcher:
    """One run. `client_of` makes a light client that asks a node; all share what is trusted."""

    def __init__(
        self,
        genesis: Genesis,
        sources: list[Source],
        client_of: Callable[[NodeApi], LightClient],
        directory: Path,
        progress: Callable[[int, int], None],
    ) -> None:
        """`directory` becomes the store; `progress` is told chunks taken and chunks in all."""
        self._genesis = genesis
        self.sources = sources
        self._client_of = client_of
        self._directory = directory
        self._progress = progress

    def run(self, height: int | None = None) -> SnapshotAbout:
        """Take over the newest snapshot that is offered, or that of a height. Raises `NoSource`."""
        for source in self.sources:
            self._list(source)
        while True:
            offered = sorted({h for source in self._left() for h in source.heights if height in (None, h)})
            if not offered:
                told = "; ".join(f"{source.api.url}: {source.dropped or 'none'}" for source in self.sources)
                raise NoSource(f"no node offers a snapshot that can be used ({told})")
            about = self._about(offered[-1])
            if about is not None:
                self._take(about)
                return about

    def _left(self) -> list[Source]:
        return [source for source in self.sources if not source.dropped]

    def _list(self, source: Source) -> None:
        try:
            source.heights = [entry["height"] for entry in source.api.get("/v1/snapshots", Snapshots)["snapshots"]]
        except NodeError as error:
            source.drop(str(error))

    def _about(self, height: int) -> SnapshotAbout | None:
        """The snapshot's block, proven; None where nobody can show it."""
        for source in self._left():
            if height not in source.heights:
                continue
            try:
                about = SNAPSHOT_ABOUT.decode(source.api.get_bytes(f"/v1/snapshots/{height}/about"))
                trusted = self._client_of(source.api).reach(about.block)
                _check_about(self._genesis, height, trusted, about)
            except (NodeError, InvalidInput) as error:
                source.drop(error.detail)
                continue
            return about
        for source in self._left():
            source.heights = [h for h in source.heights if h != height]
        return None

    def _take(self, about: SnapshotAbout) -> None:
        adoption = self._adoption(about)
        try:
            taken = adoption.taken()
            useful = [source for source in self._left() if about.block.header.height in source.heights]
            work = ChunkWork(
                [number for number in range(about.chunks) if number not in taken],
                len(useful),
                lambda missing: self._progress(about.chunks - missing, about.chunks),
            )
            for source in useful:
                # Daemons: one that hangs on a node that never ends its answer must not hang the process.
                threading.Thread(target=self._work, args=(source, about, adoption, work), daemon=True).start()
            work.wait()
            if work.failure is not None:
                raise work.failure
            if work.missing:
                told = "; ".join(f"{source.api.url}: {source.dropped}" for source in self.sources if source.dropped)
                raise NoSource(f"{work.missing} of {about.chunks} chunks are missing ({told})")
            genesis = record_of(genesis_block(Chain(REGISTRY, self._genesis)), NO_CERTIFICATE)
            adoption.finish(genesis, _record(about), encode(about.block.members))
        finally:
            adoption.close()

    def _adoption(self, about: SnapshotAbout) -> Adoption:
        owner = encode((about.block.header.height, about.block.header.hash(), about.chunks))
        try:
            return Adoption(self._directory, owner)
        except DataDamaged as error:
            log.warning("%s; it is begun anew", error.detail)
            shutil.rmtree(self._directory)
            return Adoption(self._directory, owner)

    def _work(self, source: Source, about: SnapshotAbout, adoption: Adoption, work: ChunkWork) -> None:
        """One node's part, until there is nothing more to do or the node is dropped."""
        silent = 0
        try:
            while not source.dropped and (number := work.next()) is not None:
                try:
                    chunk, buckets = self._chunk(source, about, number)
                except (Unreachable, TimedOut) as error:
                    work.give_back(number)
                    if silent == len(PAUSES_S):
                        source.drop(error.detail)
                    else:
                        work.rest(PAUSES_S[silent])
                        silent += 1
                except (NodeError, InvalidInput) as error:
                    work.give_back(number)
                    source.drop(error.detail)
                else:
                    silent = 0
                    work.take(number, partial(adoption.take, number, chunk.entries, buckets))
        finally:
            work.leave()

    def _chunk(self, source: Source, about: SnapshotAbout, number: int) -> tuple[SnapshotChunk, dict[int, bytes]]:
        """A chunk and its buckets, proven."""
        header = about.block.header
        chunk = SNAPSHOT_CHUNK.decode(source.api.get_bytes(f"/v1/snapshots/{header.height}/{number}"))
        buckets = check_chunk(header.state_root, self._genesis.tree_bits, chunk)
        if (chunk.number, chunk.chunks) != (number, about.chunks):
            raise UnprovenAnswer(f"chunk {number} was asked for, chunk {chunk.number} of {chunk.chunks} came")
        return chunk, buckets


def _check_about(genesis: Genesis, height: int, trusted: Trusted, about: SnapshotAbout) -> None:
    """The block is the one followed to, its body and receipts are what it names. Raises `UnprovenAnswer`."""
    header = about.block.header
    whole = (
        header.height == height
        and header.hash() == trusted.hash
        and bool(about.block.members)
        and list_root([full_hash_of(raw) for raw in about.transactions]) == header.transactions_root
        and list_root(about.receipts) == header.receipts_root
        and commits_hash(about.commits) == header.commits_hash
    )
    bucket_range(genesis.tree_bits, 0, about.chunks)
    if not whole:
        raise UnprovenAnswer(f"the snapshot of height {height} is not of the block that the validators signed")


def _record(about: SnapshotAbout) -> BlockRecord:
    """The snapshot's block as the store takes it; its state is there already."""
    block, transactions = about.block, [REGISTRY.decode(raw) for raw in about.transactions]
    receipts = [REGISTRY.receipts.decode(data) for data in about.receipts]
    return BlockRecord(
        height=block.header.height,
        block_hash=block.header.hash(),
        header=encode(block.header),
        certificate=encode(block.certificate),
        transactions=about.transactions,
        receipts=about.receipts,
        transaction_ids=tuple(transaction.id for transaction in transactions),
        account_index=account_index([transaction.sender for transaction in transactions], receipts),
        state_changes={},
        tree_buckets={},
        state_root=block.header.state_root,
        next_validators=encode(block.next_members) if block.next_members else None,
        parent_certificate=None if about.commits is None else encode(about.commits),
    )
