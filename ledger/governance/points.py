"""Where modules take part in the rules of membership and votes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from ledger.chain.context import Context
from ledger.chain.hooks import HookPoint

ROLE_HELD: Final[HookPoint[Callable[[Context, bytes], bool]]] = HookPoint("role_held")
"""Whether an address holds a role that makes it a member (N2)."""

ACCOUNT_KNOWN: Final[HookPoint[Callable[[Context, bytes], bool]]] = HookPoint("account_known")
"""Whether an address is known as an account's: its key cannot become a meter's (M11)."""

DEVICE_KEY: Final[HookPoint[Callable[[Context, bytes], bool]]] = HookPoint("device_key")
"""Whether an address is that of a device's key, which is no account (M11)."""

HOLDS_TOKENS: Final[HookPoint[Callable[[Context, bytes], bool]]] = HookPoint("holds_tokens")
"""Whether who is no member any more has something to take along (N5)."""


class MemberAdmission(NamedTuple):
    """A vote has admitted `address`; `is_first`: never before. `sponsor` and `referrer` may be empty."""

    address: bytes
    is_first: bool
    sponsor: bytes
    referrer: bytes


MEMBER_ADMITTED: Final[HookPoint[Callable[[Context, MemberAdmission], None]]] = HookPoint("member_admitted")
"""Somebody was admitted, by the genesis too (height 0). Must not refuse: the vote has passed."""

ADMISSION_CHECK: Final[HookPoint[Callable[[Context, bytes], None]]] = HookPoint("admission_check")
"""Refuse a vote to admit an address that lacks what the community demands of its members (N1)."""

MEMBER_EXPELLED: Final[HookPoint[Callable[[Context, bytes], None]]] = HookPoint("member_expelled")
"""End what an expelled member has running (N3)."""

SIGNS_FOR: Final[HookPoint[Callable[[Context, bytes, bytes], bool]]] = HookPoint("signs_for")
"""Whether an account that no key owns agrees by the signature of another one."""


def signs_for(context: Context, account: bytes, signer: bytes) -> bool:
    """Whether a signature of `signer` is the consent of `account`: its own, or where a module says so."""
    return signer == account or any(signs(context, account, signer) for signs in context.hooks.at(SIGNS_FOR))
