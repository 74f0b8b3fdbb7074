"""Tables of applications, and of how fast they come."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Final

from ledger.chain.schema import DueKind, Link
from ledger.encoding.codec import Bytes32, Value
from ledger.encoding.quantities import Address, Count, Number, TimeMs
from ledger.joining.payloads import WishedUnit
from ledger.metering.payloads import MeterTerms
from ledger.state.table import Table


class ApplicationStatus(IntEnum):
    """Open until voters decide or its time is over; a dismissed one is shown for a while."""

    OPEN = 1
    DISMISSED = 2


class MembershipApplication(Value, frozen=True):
    """What an account has asked for. `referrer`: itself where it names nobody. `signed_ms`: the nonce of its request;
    from `ends_ms` on it is forgotten."""

    number: Number
    account: Address
    referrer: Address
    attestation_hash: Bytes32
    meters: tuple[MeterTerms, ...]
    units: tuple[WishedUnit, ...]
    voter: bool
    signed_ms: TimeMs
    asked_ms: TimeMs
    ends_ms: TimeMs
    status: Annotated[int, ApplicationStatus]


class ApplicationPace(Value, frozen=True):
    """How many requests the hour that began at `hour_ms` has taken."""

    hour_ms: TimeMs
    taken: Count


APPLICATIONS: Final = Table(232, "applications", "account", MembershipApplication, group=0)
APPLICATION_NUMBERS: Final = Table(233, "application_numbers", "number", Link, group=0)
APPLICATION_PACE: Final = Table(234, "application_pace", "", ApplicationPace)

JOINING_TABLES: Final[tuple[Table[Any], ...]] = (APPLICATIONS, APPLICATION_NUMBERS, APPLICATION_PACE)

APPLICATION_DUE: Final = DueKind(232, "application_ended")

APPLICATION_SERIES: Final = b"application"
APPLICATION_COUNT: Final = b"applications"
