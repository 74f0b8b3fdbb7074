"""What voters decide. The canonical bytes of an action name its vote."""

from __future__ import annotations

from enum import IntEnum

from ledger.encoding.codec import Name, Value
from ledger.encoding.quantities import Address, ParameterValue


class GovernanceTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    CAST_VOTE = 72


class AddVoter(Value, frozen=True, tag=72):
    """Give the voter role."""

    address: Address


class RemoveVoter(Value, frozen=True, tag=73):
    """Take the voter role; the voter's open votes lose its yes."""

    address: Address


class SetParameter(Value, frozen=True, tag=74):
    """Set a parameter to a value, in the parameter's own unit."""

    name: Name
    value: ParameterValue


class AdmitMember(Value, frozen=True, tag=75):
    """Admit a member."""

    address: Address


class ExpelMember(Value, frozen=True, tag=76):
    """Expel a member: its orders and sessions end; it may still transfer and withdraw."""

    address: Address


class CastVote(Value, frozen=True):
    """Say yes to an action (the first yes opens the vote), or withdraw one's yes."""

    action: Value
    """Of a class that some module brings (`ledger.chain.decision`); the registry decodes it as such."""
    approve: bool
