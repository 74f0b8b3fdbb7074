"""What owners and their agents send. Amounts in base units."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

import msgspec

from ledger.agents.terms import AgentTerms, TypeNumber
from ledger.bank.assets import AssetNumber
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Address, FeeAmount, IsContent
from ledger.limits import MAX_TRANSACTION_BYTES


class AgentTypeNumber(IntEnum):
    """The numbers of these transaction types, part of the protocol."""

    AUTHORISE_AGENT = 720
    REVOKE_AGENT = 721
    ACT_FOR_OWNER = 722
    SWEEP_FOR_OWNER = 723


class AuthoriseAgent(Value, frozen=True):
    """Let `agent` act for the sender within `terms`, in place of what it was let do before.

    `for_fees`: what the agent is given at once, of the asset in which fees are paid.
    """

    agent: Address
    for_fees: FeeAmount
    terms: AgentTerms


class RevokeAgent(Value, frozen=True):
    """Let `agent` act for the sender no more."""

    agent: Address


class ActForOwner(Value, frozen=True):
    """Send `content`, the payload of transaction type `type`, for `owner`."""

    owner: Address
    type: TypeNumber
    content: Annotated[bytes, msgspec.Meta(max_length=MAX_TRANSACTION_BYTES), IsContent("type")]


class SweepForOwner(Value, frozen=True):
    """Have paid out what `owner` has available of `asset` above the floor that it stated."""

    owner: Address
    asset: AssetNumber
