"""What managers, operators and members send of groups, and what voters decide of them."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.bank.assets import AssetNumber
from ledger.chain.envelope import Signatures
from ledger.chain.parameters import PARTS
from ledger.encoding.codec import Value, encode
from ledger.encoding.quantities import Address, FieldUnit, IsContent, Number, PositiveAmount, PositiveNumber, Quantity
from ledger.encoding.times import Millis
from ledger.groups.limits import MAX_GROUP_ROWS, MAX_PURPOSE_CHARACTERS
from ledger.groups.terms import GroupRow, GroupTerms, Share
from ledger.keys.address import SenderKey
from ledger.keys.crypto import DOMAIN_TAKE_SHARE, signing_bytes
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.slots.payloads import PointTerms


class GroupTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    OPEN_GROUP = 384
    SET_GROUP_SHARES = 385
    TRANSFER_GROUP_SHARE = 386
    LEAVE_GROUP = 387
    DISTRIBUTE_GROUP = 388
    PAY_FROM_GROUP = 389
    ACT_FOR_GROUP = 390


GroupRows = Annotated[tuple[GroupRow, ...], msgspec.Meta(max_length=MAX_GROUP_ROWS)]
Purpose = Annotated[str, msgspec.Meta(max_length=MAX_PURPOSE_CHARACTERS)]


class OpenGroup(Value, frozen=True):
    """Open a group whose shares hold from the beginning of a slot to come; what no row has is the group's own part."""

    terms: GroupTerms
    from_slot: PositiveNumber
    rows: GroupRows


class SetGroupShares(Value, frozen=True):
    """Set members' shares and keys from the beginning of a slot to come; what they add comes from the group's own part.

    What had been decided of these members for later slots falls away.
    """

    group: PositiveNumber
    from_slot: PositiveNumber
    rows: Annotated[GroupRows, msgspec.Meta(min_length=1)]


class ShareTransferTerms(Value, frozen=True):
    """What the recipient agrees to: `parts` of the sender's share from `from_slot` on, so that it has `share_then`.

    `signed_ms`: when it agreed.
    """

    group: PositiveNumber
    sender: Address
    recipient: Address
    parts: Annotated[int, msgspec.Meta(ge=1, le=PARTS), FieldUnit(Quantity.PARTS)]
    share_then: Share
    from_slot: PositiveNumber
    signed_ms: Millis

    def message(self, genesis_hash: bytes) -> bytes:
        """The bytes that the recipient signs."""
        return signing_bytes(DOMAIN_TAKE_SHARE, genesis_hash, encode(self))


class TransferGroupShare(Value, frozen=True):
    """Give a part of one's share away, with the signatures of who takes it."""

    terms: ShareTransferTerms
    recipient_key: SenderKey
    recipient_signatures: Signatures


class LeaveGroup(Value, frozen=True):
    """Leave a group at the beginning of a slot to come; one's share becomes the group's own part."""

    group: PositiveNumber
    from_slot: PositiveNumber


class DistributeGroup(Value, frozen=True):
    """Divide now what came in."""

    group: PositiveNumber


class PayFromGroup(Value, frozen=True):
    """Pay `amount` out of the group's account to a member, or, where `bill` is not 0, for that bill of the community
    (the recipient is then the account that bills are paid to).
    """

    group: PositiveNumber
    recipient: Address
    asset: AssetNumber
    amount: PositiveAmount
    bill: Number
    purpose: Purpose


class ActForGroup(Value, frozen=True):
    """Send `content`, the payload of transaction type `type`, in the name of the group."""

    group: PositiveNumber
    type: Annotated[int, msgspec.Meta(ge=0, le=2**16), FieldUnit(Quantity.PLAIN)]
    content: Annotated[bytes, msgspec.Meta(max_length=MAX_TRANSACTION_BYTES), IsContent("type")]


class AdmitGroup(Value, frozen=True, tag=384):
    """Voters open a group."""

    opening: OpenGroup


class ChangeGroup(Value, frozen=True, tag=385):
    """Voters give a group other terms, from now on."""

    group: PositiveNumber
    terms: GroupTerms


class AssignShares(Value, frozen=True, tag=386):
    """Voters set members' shares and keys."""

    change: SetGroupShares


class SpendFromGroup(Value, frozen=True, tag=387):
    """Voters pay out of a group's account, whatever its operator's limit."""

    payment: PayFromGroup


class DissolveGroup(Value, frozen=True, tag=388):
    """Voters dissolve a group: what it has, and what still comes, is divided among its members."""

    group: PositiveNumber


class AdmitGroupPoint(Value, frozen=True, tag=389):
    """Voters register a metering point of a group, and agree for it."""

    terms: PointTerms
