"""Which chain a command signs for."""

from __future__ import annotations

from ledger.chain_identity import ChainIdentity
from nodechain.commands.options import Invocation


def signing_chain(invocation: Invocation) -> ChainIdentity:
    """The chain of the node that --node names."""
    status = invocation.api.get("/v1/status")
    return ChainIdentity(str(status["chain_id"]), bytes.fromhex(status["genesis_hash"]))
