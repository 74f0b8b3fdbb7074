"""Metering points of the development chain, for tests of interfaces."""

from __future__ import annotations

from harness.node import HomeFixture
from ledger.chain.envelope import Signature
from ledger.slots.payloads import PointTerms, RegisterPoint

SLOTS_TABLE = '\n[slots]\nzone = "Europe/Vienna"\nregistrars = ["alice"]\ncustodians = ["alice"]\n'
"""Of a genesis file: the module is on, and alice does all of it."""


def point_of_alice(home: HomeFixture, direction: int = 1) -> RegisterPoint:
    """A metering point that alice may register for herself."""
    now_ms = home.genesis.time_ms
    terms = PointTerms(home.address("alice"), direction, "local", 0, b"\x01" * 32, True, now_ms // 900_000, now_ms)
    key = home.key("alice")
    return RegisterPoint(terms, key.public_key, (Signature(0, key.sign(terms.message(home.genesis.hash))),))
