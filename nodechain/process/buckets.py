"""Token buckets: how often one may. Rates a second, times in monotonic ms."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from typing import Final

MAX_ADDRESSES: Final = 4_096


class Bucket:
    """`burst` at once, then `rate` a second."""

    __slots__ = ("_at_ms", "_burst", "_left", "_rate")

    def __init__(self, rate: float, burst: float, now_ms: int) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._at_ms = now_ms

    def take(self, now_ms: int, cost: float = 1.0) -> float:
        """Take `cost`, even where it is not there; how many seconds until it is paid for, 0 where it was there."""
        self._left = min(self._left + (now_ms - self._at_ms) * self._rate / 1000, self._burst) - cost
        self._at_ms = now_ms
        return 0.0 if self._left >= 0 else -self._left / self._rate

    def is_full(self, now_ms: int) -> bool:
        """Whether nothing was taken lately."""
        self.take(now_ms, 0)
        return self._left >= self._burst

    def try_take(self, now_ms: int) -> bool:
        """Take one if it is there."""
        if self.take(now_ms) > 0:
            self._left += 1
            return False
        return True


def block_of(address: str) -> str:
    """What one customer of a provider has: an IPv4 address, or the /64 of an IPv6 one; other text as it is."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    return str(parsed.ipv4_mapped or ipaddress.IPv6Network((parsed, 64), strict=False))


class BucketPerAddress:
    """A bucket for each of the latest addresses (`block_of`)."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def try_take(self, address: str, now_ms: int) -> bool:
        """Whether the address may now."""
        address = block_of(address)
        bucket = self._buckets.pop(address, None) or Bucket(self._rate, self._burst, now_ms)
        self._buckets[address] = bucket
        if len(self._buckets) > MAX_ADDRESSES:
            self._buckets.popitem(last=False)
        return bucket.try_take(now_ms)
