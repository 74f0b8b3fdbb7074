"""The genesis that a home holds. Apart from the node, because commands that only sign must start fast."""

from __future__ import annotations

from pathlib import Path

from ledger.chain.genesis import GENESIS, Genesis
from ledger.errors import InvalidInput
from ledger.limits import MAX_GENESIS_BYTES
from nodechain.errors import DataDamaged
from nodechain.files.user_file import read_user_file


def read_genesis(path: Path) -> Genesis:
    """The genesis of a home; raises `NotFound` (file_not_found), `DataDamaged` (bad_genesis) for what is none."""
    try:
        return GENESIS.decode(read_user_file(path, MAX_GENESIS_BYTES, "genesis"))
    except InvalidInput as error:
        raise DataDamaged(
            f"{path} is no genesis: {error.detail}",
            code="bad_genesis",
            advice="Get the chain's genesis file again from another member and compare the chain id.",
        ) from error
