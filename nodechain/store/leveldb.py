"""The one place that chooses a binding to LevelDB: plyvel, or plyvel-next where plyvel has no wheel.

plyvel-next is plyvel under a name of its own, with wheels for newer Pythons and other machines (docs/platforms.md).
Both take the same options and write the same files; `pyproject.toml` lets pip choose, and where both are installed
plyvel is taken. What differs in the LevelDB inside is held by tests/nodechain/test_leveldb.py.
"""

from __future__ import annotations

try:
    from plyvel import DB, CorruptionError, Error
except ModuleNotFoundError as absent:
    if absent.name != "plyvel":
        raise  # it is installed and cannot load
    from plyvel_next import DB, CorruptionError, Error

__all__ = ["DB", "CorruptionError", "Error"]
