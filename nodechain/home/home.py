"""The paths inside a node's home directory, the only place that knows them.

HOME/                 0700
  config.toml         settings of this node
  genesis             the chain's genesis, canonical bytes
  lock                who runs on this home
  keys/               encrypted keys                                   back up, with the password elsewhere
  node/               the key and certificate by which peers know this machine
  peers/              a card for each peer that may connect, and introductions that validators sent
  journal/            sign-state, wal: never restore an older copy; pending
  data/               the chain: can be fetched again from peers
  snapshots/          states for nodes that join: made anew at set heights
  light               headers that were followed by their certificates: can be followed again
  logs/
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from nodechain.errors import NotFound, UsageError
from nodechain.files.durable_file import make_directory, set_aside
from nodechain.journal.files import Files


class Home(msgspec.Struct, frozen=True):
    """A home directory; making the object touches nothing."""

    path: Path

    @property
    def config(self) -> Path:
        """Settings of this node (TOML)."""
        return self.path / "config.toml"

    @property
    def genesis(self) -> Path:
        """The chain's genesis."""
        return self.path / "genesis"

    @property
    def lock(self) -> Path:
        """The file that a running process holds locked."""
        return self.path / "lock"

    @property
    def keys(self) -> Path:
        """The directory of encrypted keys."""
        return self.path / "keys"

    @property
    def node(self) -> Path:
        """The directory of the node's own key and certificate."""
        return self.path / "node"

    @property
    def peers(self) -> Path:
        """The directory of peers' cards."""
        return self.path / "peers"

    @property
    def snapshots(self) -> Path:
        """The directory of snapshots."""
        return self.path / "snapshots"

    @property
    def light(self) -> Path:
        """The headers that the home trusts."""
        return self.path / "light"

    @property
    def journal(self) -> Path:
        """The directory of sign-state and write-ahead log."""
        return self.path / "journal"

    @property
    def sign_state(self) -> Path:
        """The validator's sign-state."""
        return self.journal / "sign-state"

    @property
    def wal(self) -> Path:
        """The write-ahead log of consensus."""
        return self.journal / "wal"

    @property
    def pending(self) -> Path:
        """Transactions that the node promised to keep."""
        return self.journal / "pending"

    @property
    def journal_files(self) -> Files:
        """Both of the journal's files."""
        return Files(self.sign_state, self.wal)

    @property
    def data(self) -> Path:
        """The directory of the store (chain, state, head file)."""
        return self.path / "data"

    @property
    def logs(self) -> Path:
        """The directory of log files."""
        return self.path / "logs"

    @property
    def is_initialised(self) -> bool:
        """Whether `nodechain init` has been here."""
        return self.genesis.is_file()

    @property
    def is_clients(self) -> bool:
        """Whether no node ever was here, but keys or settings are: its commands ask another home's node."""
        is_nodes = any(path.is_dir() and any(path.iterdir()) for path in (self.node, self.journal, self.data))
        return not is_nodes and (self.keys.is_dir() or self.config.is_file())

    def create(self) -> None:
        """Make the directories, for the owner only (0700). Raises `UsageError` if a home is there already."""
        if self.is_initialised:
            raise UsageError(
                f"{self.path} is already a node's home",
                code="home_exists",
                advice="Choose another directory with --home, or use the node that lives there.",
            )
        if self.path.exists() and not self.path.is_dir():
            raise UsageError(f"{self.path} is not a directory", advice="Choose another directory with --home.")
        for directory in (self.path, self.keys, self.journal, self.data, self.logs):
            make_directory(directory)

    def require_initialised(self) -> None:
        """Raises `NotFound` with what to do if there is no home here."""
        if not self.is_initialised:
            raise NotFound(
                f"there is no node in {self.path}",
                code="no_home",
                advice="Create one with `nodechain init`, or name it with --home (or NODECHAIN_HOME).",
            )

    def set_data_aside(self) -> Path | None:
        """Rename `data` to the first free `data.damaged-N`, keep it, and start an empty one; the new name, if any.

        The node does this only when a peer has shown a certified head to sync to. Raises `StorageFailed`.
        """
        aside = set_aside(self.data, "damaged")
        make_directory(self.data)
        return aside
