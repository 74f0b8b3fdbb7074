"""What a light client trusts, in one small file (`ledger.light.kept`).

The file is replaced whole; a kill leaves the old one or the new one. Its loss costs nothing but following again from
the genesis. Commands that run at once write one after the other; what one has followed to, or begun anew, stays.
"""

from __future__ import annotations

from pathlib import Path

from ledger.errors import InvalidInput
from ledger.light.headers import Trusted
from ledger.light.kept import KeptHeaders
from nodechain.errors import DataDamaged, storage_failed
from nodechain.files.durable_file import make_directory, replace_file
from nodechain.files.user_file import only_writer


class LightStore:
    """Trusted headers by height; `add` is durable when it returns."""

    def __init__(self, path: Path, anchor: Trusted) -> None:
        """`anchor` is where a new file begins; an existing one stays. Raises `DataDamaged`, `StorageFailed`."""
        self.path = path
        self.headers = _read(path, anchor.header.chain_id) or KeptHeaders(anchor)

    @property
    def head(self) -> Trusted:
        """The newest trusted header."""
        return self.headers.head

    def add(self, trusted: Trusted) -> None:
        """Remember a header that was followed to."""
        if not self.headers.add(trusted):
            return
        make_directory(self.path.parent)
        with only_writer(self.path.parent):
            current = _read(self.path, trusted.header.chain_id)
            if current is None or _continues(self.headers, current):
                replace_file(self.path, self.headers.to_bytes())

    def reset(self, anchor: Trusted) -> None:
        """Trust this header and nothing else."""
        self.headers = KeptHeaders(anchor)
        make_directory(self.path.parent)
        with only_writer(self.path.parent):
            replace_file(self.path, self.headers.to_bytes())


def _continues(mine: KeptHeaders, current: KeptHeaders) -> bool:
    """Whether another command has neither begun anew meanwhile nor followed further."""
    return mine.first.hash == current.first.hash and mine.head.header.height >= current.head.header.height


def _read(path: Path, chain_id: str) -> KeptHeaders | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise storage_failed(f"reading {path}", error) from error
    try:
        return KeptHeaders.from_bytes(data, chain_id)
    except InvalidInput as error:
        raise DataDamaged(f"{path}: {error.detail}", advice=f"Remove {path}: it is built again.") from error
