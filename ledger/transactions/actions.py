"""What voters decide. The canonical bytes of an action name its vote."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from ledger.codec import Bytes20, Bytes32, Bytes64, Codec, Uint, Value
from ledger.limits import MAX_NAME_BYTES
from ledger.storage import IDEAL, StorageTerms

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME_BYTES)]


class AddVoter(Value, frozen=True, tag=1):
    """Give the voter role."""

    address: Bytes20


class RemoveVoter(Value, frozen=True, tag=2):
    """Take the voter role; the voter's open votes lose its yes."""

    address: Bytes20


class RegisterUnit(Value, frozen=True, tag=3):
    """Register a storage unit; capacity (Wh) and maximum power (W) 0: unlimited, as in the thesis."""

    unit: Bytes20
    owner: Bytes20
    capacity_wh: Uint
    max_power_w: Uint
    terms: StorageTerms = IDEAL


class RemoveUnit(Value, frozen=True, tag=4):
    """Remove a storage unit with all its energy."""

    unit: Bytes20


class SetBanker(Value, frozen=True, tag=5):
    """Make an account the banker."""

    address: Bytes20


class SetParameter(Value, frozen=True, tag=6):
    """Set a parameter of `ledger.params` or of the market."""

    name: Name
    value: Uint


class AddValidator(Value, frozen=True, tag=7):
    """Add a validator; `possession` is its key's signature over `possession_message`."""

    key: Bytes32
    account: Bytes20
    name: Name
    possession: Bytes64


class RemoveValidator(Value, frozen=True, tag=8):
    """Remove a validator by its address."""

    address: Bytes20


class AdmitMember(Value, frozen=True, tag=9):
    """Admit a member."""

    address: Bytes20


class ExpelMember(Value, frozen=True, tag=10):
    """Expel a member: its orders and sessions end; it may still transfer and withdraw."""

    address: Bytes20


class ReinstateUnit(Value, frozen=True, tag=11):
    """Let a suspended unit work again; `accept_wh` of its quarantined gain is booked, the rest dropped."""

    unit: Bytes20
    accept_wh: Uint


class ChangeUnit(Value, frozen=True, tag=12):
    """Change a registered unit's capacity (Wh), maximum power (W) and terms; its books stay."""

    unit: Bytes20
    capacity_wh: Uint
    max_power_w: Uint
    terms: StorageTerms


class Annul(Value, frozen=True, tag=13):
    """Destroy ENT of an expelled account, at most what its own, removed unit minted lately."""

    address: Bytes20
    unit: Bytes20
    amount: Uint


class SettleJump(Value, frozen=True, tag=14):
    """Count (`accept`) or drop the jump of a meter's register that is quarantined, `jump` raw steps high."""

    meter_key: bytes
    jump: Uint
    accept: bool


class ReleaseMeter(Value, frozen=True, tag=15):
    """Let an unbound meter's key be bound to another unit, account or register than it was."""

    meter_key: bytes


Action = (
    AddVoter
    | RemoveVoter
    | RegisterUnit
    | RemoveUnit
    | SetBanker
    | SetParameter
    | AddValidator
    | RemoveValidator
    | AdmitMember
    | ExpelMember
    | ReinstateUnit
    | ChangeUnit
    | Annul
    | SettleJump
    | ReleaseMeter
)

ACTION: Final[Codec[Action]] = Codec(Action, 1024)


class CastVote(Value, frozen=True):
    """Say yes to an action (the first yes opens the vote), or withdraw one's yes."""

    action: Action
    approve: bool
