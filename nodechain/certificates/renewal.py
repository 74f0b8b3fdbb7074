"""A certificate that is replaced while the node runs: its files are looked at, nothing has to be restarted."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path

from nodechain.certificates.check import server_context
from nodechain.errors import ConfigurationError

log = logging.getLogger("nodechain.api")

_Stamp = tuple[int, int, int]


class Renewal:
    """Knows the two files as they were when it was made, or when they were last taken."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._files = (certificate, key)
        self._seen = self._stamps()

    def newest(self) -> ssl.SSLContext | None:
        """TLS with the files of now if they have changed and fit together; else None, and the old ones go on.

        A pair that does not fit is told once: most likely the second file is still to come.
        """
        stamps = self._stamps()
        if stamps == self._seen:
            return None
        self._seen = stamps
        try:
            context = server_context(*self._files)
        except ConfigurationError as error:
            log.warning("the new certificate is not taken, the old one goes on", extra={"reason": error.detail})
            return None
        log.info("the interface has a new certificate", extra={"certificate": str(self._files[0])})
        return context

    def _stamps(self) -> tuple[_Stamp | None, ...]:
        return tuple(_stamp(path) for path in self._files)


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
