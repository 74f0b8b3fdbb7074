"""The numbers of the ledger's transaction types, part of the protocol. The market's start at 64."""

from __future__ import annotations

from enum import IntEnum


class TypeNumber(IntEnum):
    """The subjects' `module.py` have payloads and handlers."""

    TRANSFER = 1
    LOCK_WITHDRAWAL = 2
    OPEN_SESSION = 3
    CLOSE_SESSION = 4
    ENERGY_PRODUCED = 5
    ENERGY_CONSUMED = 6
    ENERGY_ACTUAL = 7
    ENERGY_BATCH = 8
    BIND_METER = 9
    REPLACE_METER = 10
    UNBIND_METER = 11
    SUBMIT_READINGS = 12
    MINT_CURRENCY = 13
    BURN_CURRENCY = 14
    UNLOCK_CURRENCY = 15
    CAST_VOTE = 16
    VALIDATOR_ALIVE = 17
    EVIDENCE = 18
    RELEASE_SESSION = 19
