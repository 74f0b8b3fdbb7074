"""Where modules take part in what belongs to no subject: the first state, a block's start, parameters, fees."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ledger.chain.context import Context
from ledger.chain.envelope import Envelope, Transaction
from ledger.chain.hooks import HookPoint

FIRST_STATE: Final[HookPoint[Callable[[Context], None]]] = HookPoint("first_state")
"""Put what the genesis grants into the state; may refuse."""

BLOCK_PROPOSED: Final[HookPoint[Callable[[Context], None]]] = HookPoint("block_proposed")
"""Once, when a block begins that a validator proposed, before anything else; weighs what little it does itself."""

Step = Callable[[Context], int]
"""Does one step of work and says what it weighs, beside what it charged; 0: nothing is left in this block (D3)."""

BEGIN_BLOCK: Final[HookPoint[Step]] = HookPoint("begin_block")
"""At the start of a block, before what is due."""

END_BLOCK: Final[HookPoint[Step]] = HookPoint("end_block")
"""After a block's transactions."""

PARAMETER_CHECK: Final[HookPoint[Callable[[Context, str, int], None]]] = HookPoint("parameter_check")
"""Refuse a value in the light of the others."""

PARAMETER_CHANGED: Final[HookPoint[Callable[[Context, str], None]]] = HookPoint("parameter_changed")

FEE_CHECK: Final[HookPoint[Callable[[Context, Transaction], None]]] = HookPoint("fee_check")
"""Whether the sender can pay what the envelope offers; raises `InclusionError`."""

FEE_OFFERED: Final[HookPoint[Callable[[Context, Envelope], None]]] = HookPoint("fee_offered")
"""Whether an envelope offers enough; raises `InclusionError`."""

FEE_TAKEN: Final[HookPoint[Callable[[Context, Transaction], None]]] = HookPoint("fee_taken")
"""The sender pays, whatever becomes of the transaction."""
