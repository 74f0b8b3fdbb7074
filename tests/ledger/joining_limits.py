"""Tests of the limits of joining; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from msgspec.structs import replace

from harness.chain import address
from ledger.chain.parameters import HOUR_MS
from ledger.chain.pool import MAX_POOL_GUESTS
from ledger.encoding.codec import Codec, encode
from ledger.errors import InclusionError, MalformedInput
from ledger.joining import limits
from ledger.joining.payloads import DismissApplications, RequestMembership
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.metering.schema import MeterKind
from tests.support.joining_chain import DATA_HASH, NOTHING, JoiningChain, unit_of


def max_applications_per_hour() -> None:
    assert limits.MAX_APPLICATIONS_PER_HOUR == MAX_POOL_GUESTS, "a pool holds what an hour takes, and not more"
    chain, most = JoiningChain(), limits.MAX_APPLICATIONS_PER_HOUR
    chain.block([chain.request(f"N{number}") for number in range(most)])
    assert chain.refused(f"N{most}")[0] == "applications_paused"


def max_applications() -> None:
    chain, hour = JoiningChain(), limits.MAX_APPLICATIONS_PER_HOUR
    assert limits.MAX_APPLICATIONS % hour == 0
    for first in range(0, limits.MAX_APPLICATIONS, hour):
        chain.block([chain.request(f"N{first + number}") for number in range(hour)])
        chain.block(after_ms=HOUR_MS)
    assert chain.refused("N999")[0] == "too_many_applications"
    chain.ask("N0", referrer=address("B"))  # who stands on the list may ask anew
    chain.vote(DismissApplications(tuple(range(2, 2 + limits.MAX_DISMISSED_AT_ONCE))))
    assert chain.refused("N999")[0] == "too_many_applications", "dismissed ones are still kept"
    chain.block(after_ms=limits.DISMISSED_KEPT_MS)
    chain.ask("N999")


def max_wishes() -> None:
    codec: Codec[RequestMembership] = Codec(RequestMembership, MAX_TRANSACTION_BYTES)
    chain = JoiningChain()
    meters = (chain.wished_meter("N1"),) * (limits.MAX_WISHED_METERS + 1)
    units = (unit_of("U9"),) * (limits.MAX_WISHED_UNITS + 1)
    codec.decode(encode(replace(NOTHING, meters=meters[1:], units=units[1:])))
    for above in (replace(NOTHING, meters=meters), replace(NOTHING, units=units)):
        with pytest.raises(MalformedInput):
            codec.decode(encode(above))


def max_request_bytes() -> None:
    chain = JoiningChain()
    codec: Codec[RequestMembership] = Codec(RequestMembership, MAX_TRANSACTION_BYTES)
    chain.attest("N1")
    meters = tuple(
        chain.wished_meter("N1", "U9", kind, key, opening_register=2**63 - 1, max_power_w=2**63 - 1)
        for kind, key in ((MeterKind.PRODUCTION, "P"), (MeterKind.CONSUMPTION, "M"))
    )
    largest = replace(
        NOTHING, referrer=address("B"), attestation_hash=DATA_HASH, meters=meters, units=(unit_of("U9"),), voter=True
    )
    made = chain.request("N1", largest)
    assert len(made.raw) <= limits.MAX_REQUEST_BYTES // 2, "whatever is wished has room"
    assert codec.decode(made.envelope.payload) == largest
    padded = chain.request("N1", largest)
    padded.raw += bytes(limits.MAX_REQUEST_BYTES + 1 - len(padded.raw))
    with pytest.raises(InclusionError) as refused:
        chain.block([padded])
    assert refused.value.code == "request_too_large"


def max_request_age_ms() -> None:
    chain, now = JoiningChain(), 1_700_000_001_000
    with pytest.raises(InclusionError) as refused:
        chain.block([chain.request("N1", at_ms=now - limits.MAX_REQUEST_AGE_MS - 1)])
    assert refused.value.code == "request_too_old"
    chain.time_ms = now - 1_000
    chain.block([chain.request("N1", at_ms=now - limits.MAX_REQUEST_AGE_MS)])


def dismissed_kept_ms() -> None:
    assert limits.DISMISSED_KEPT_MS > limits.MAX_REQUEST_AGE_MS + 10_000, "no request outlives the entry against it"
    chain = JoiningChain()
    chain.ask("N1")
    chain.vote(DismissApplications((1,)))
    chain.block(after_ms=limits.DISMISSED_KEPT_MS - 1)
    assert chain.application("N1") is not None
    chain.block(after_ms=1)
    assert chain.application("N1") is None


def max_dismissed_at_once() -> None:
    codec: Codec[DismissApplications] = Codec(DismissApplications, MAX_TRANSACTION_BYTES)
    numbers = tuple(range(1, limits.MAX_DISMISSED_AT_ONCE + 2))
    codec.decode(encode(DismissApplications(numbers[1:])))
    with pytest.raises(MalformedInput):
        codec.decode(encode(DismissApplications(numbers)))


JOINING_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_APPLICATIONS": (max_applications,),
    "MAX_APPLICATIONS_PER_HOUR": (max_applications_per_hour,),
    "MAX_WISHED_METERS": (max_wishes,),
    "MAX_WISHED_UNITS": (max_wishes,),
    "MAX_REQUEST_BYTES": (max_request_bytes,),
    "MAX_REQUEST_AGE_MS": (max_request_age_ms,),
    "DISMISSED_KEPT_MS": (dismissed_kept_ms,),
    "MAX_DISMISSED_AT_ONCE": (max_dismissed_at_once,),
}
