"""`nodechain dev` with several validators or with meters: processes of the commands that a person would type.

The meters play the measured day: each of its quarter hours takes as long as the person wants, and the chain's clock
moves with it. They all end with the process that began them.
"""

from __future__ import annotations

import time
from typing import Final

from nodechain.client.node_client import RestClient
from nodechain.demo.children import Child
from nodechain.demo.community import Community, read_profile, set_up_accounts
from nodechain.demo.play import missing_readings
from nodechain.demo.street import DemoStreet
from nodechain.demo.wallet import Wallet
from nodechain.errors import NodeError

MAX_METERS: Final = 32
"""As many as the measured street has."""
MAX_PROCESSES: Final = 16


class MeteredDay:
    """The street's meters on a running chain: bound once, then read at the end of each quarter hour."""

    def __init__(self, community: Community, api: RestClient) -> None:
        self._community = community
        self._wallet: Wallet = community.wallet(api, ())
        set_up_accounts(community, self._wallet, read_profile(community))
        self._simulator, ports = community.start_simulator()
        self._reader: Child = community.start_reader(ports, api.url)

    @property
    def street(self) -> DemoStreet:
        """Whose day it is."""
        return self._community.street

    def play(self, quarter_s: float) -> None:
        """The whole day, each quarter of an hour in so many seconds. Raises `NodeError`."""
        for interval in range(self.street.intervals):
            time.sleep(quarter_s)
            end_ms = self.street.end_ms(interval)
            self._simulator.step()
            self._wallet.move_clock(end_ms)
            trouble = missing_readings(self._reader.step(str(end_ms)), len(self._community.places))
            if trouble:
                raise NodeError(
                    f"interval {interval}: {trouble}",
                    code="readings_missing",
                    advice=f"See the *.log files in {self._community.folder}.",
                )
