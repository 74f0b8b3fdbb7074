"""What time it is on the chain, for durations that a person gives; never the clock of the person's own machine."""

from __future__ import annotations

from nodechain.client.answers import Status


def chain_time_ms(status: Status) -> int:
    """The time that the next block will have at least, from a node's `/v1/status`.

    That of the newest block, which may have come from a clock ahead of all others; else the node's clock, set right by
    what its peers say.
    """
    clock_ms = int(status["clock_ms"]) - int(status["clock_ahead_ms"] or 0)
    return max(int(status["time_ms"]), clock_ms)
