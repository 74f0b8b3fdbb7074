"""How many files and connections a node may have open, and who gets how many of them.

The system's soft limit is often 1,024, its hard one far more: it is raised as far as it goes and is needed. What is
there then is shared out before anything listens, so that connections never take what the store and the journal open.
"""

from __future__ import annotations

import logging
import resource
from typing import Final

from nodechain.errors import EnvironmentFailed

log = logging.getLogger("nodechain.node")

STORE: Final = 272
"""LevelDB's tables (256), its log and manifest, journal, head file, snapshots while they are made."""

OWN: Final = 32
"""Logs, the loop, worker processes, the home's small files."""

PEERS: Final = 208
"""Validators, followers, handshakes and calls under way at their limits (`nodechain.network.limits`)."""

CLIENTS: Final = 1_024
"""Connections to the interface."""

FEWEST: Final = 64
"""Connections without which a node is of no use."""


def peers_share(limit: int) -> int:
    """How many connections to peers a limit allows; the interface takes what is left (`nodechain.api.http.listening`).

    Raises `EnvironmentFailed` (too_few_files) where that is too little.
    """
    left = limit - STORE - OWN
    if left < FEWEST:
        raise EnvironmentFailed(
            f"only {limit} files may be open, a node needs {STORE + OWN + FEWEST}",
            code="too_few_files",
            advice="Raise the limit: `ulimit -n 4096`, or LimitNOFILE= in its systemd unit.",
        )
    return min(PEERS, left // 2)


def raise_limit() -> int:
    """Raise this process' limit to what is needed, or as far as may be; how many files may be open now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = STORE + OWN + PEERS + CLIENTS
    allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        soft = allowed
    if soft != resource.RLIM_INFINITY and soft < needed:
        log.warning("few files may be open: fewer connections are taken", extra={"limit": soft, "needed": needed})
    return needed if soft == resource.RLIM_INFINITY else soft
