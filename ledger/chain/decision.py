"""What voters may decide: a class of action that a module brings (rule O2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from ledger.chain.context import Context
from ledger.encoding.codec import Value


class Decision(msgspec.Struct, frozen=True):
    """`check` refuses to open a vote that cannot be carried out; `carry_out` does it, or refuses by then."""

    action: type[Value]
    check: Callable[[Context, Any], object]
    carry_out: Callable[[Context, Any], object]
