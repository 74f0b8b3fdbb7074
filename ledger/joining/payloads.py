"""What a stranger sends, and what voters decide of it (rules JO1 to JO7)."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Final

import msgspec

from ledger.encoding.codec import Bytes32, Bytes64, Value
from ledger.encoding.quantities import Address, PositiveNumber, WattHours, Watts
from ledger.energy.storage_terms import StorageTerms
from ledger.joining.limits import MAX_DISMISSED_AT_ONCE, MAX_WISHED_METERS, MAX_WISHED_UNITS
from ledger.metering.payloads import MeterTerms


class JoiningTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    REQUEST_MEMBERSHIP = 696


NO_ATTESTATION: Final = bytes(32)
"""In place of the hash that an attestation has: none is named."""


class WishedMeter(Value, frozen=True):
    """A meter that the account wishes to have bound at a storage unit: what it showed just now, signed by it."""

    terms: MeterTerms
    meter_signature: Bytes64


class WishedUnit(Value, frozen=True):
    """A storage unit of the account that it wishes to have registered, with its terms."""

    unit: Address
    capacity_wh: WattHours
    max_power_w: Watts
    terms: StorageTerms


class RequestMembership(Value, frozen=True):
    """Ask the voters to admit the sender, who is no member, with its meters and roles. Free; the nonce is the time in
    ms at which it was signed.

    `referrer`: the member that brought it, or the sender itself: nobody. `attestation_hash`: the data hash of an
    attestation about the sender, or zeros. `voter`: it wishes to vote. Personal data does not belong here: a block is
    kept for ever.
    """

    referrer: Address
    attestation_hash: Bytes32
    meters: Annotated[tuple[WishedMeter, ...], msgspec.Meta(max_length=MAX_WISHED_METERS)]
    units: Annotated[tuple[WishedUnit, ...], msgspec.Meta(max_length=MAX_WISHED_UNITS)]
    voter: bool


class AdmitApplication(Value, frozen=True, tag=696):
    """Admit who has applied, bind its meters and give it its roles: all of it, or nothing. `sponsor`: the member that
    stands in for it, or the account itself: nobody."""

    application: PositiveNumber
    sponsor: Address


class DismissApplications(Value, frozen=True, tag=697):
    """Take applications off the list, by their numbers, rising."""

    applications: Annotated[tuple[PositiveNumber, ...], msgspec.Meta(min_length=1, max_length=MAX_DISMISSED_AT_ONCE)]
