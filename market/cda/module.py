"""The continuous double auction on one page: what it brings beside what all mechanisms share."""

from __future__ import annotations

from typing import Final

from ledger.chain.numbers import Places
from ledger.chain.registry import Module
from market.cda.parameters import CDA_PARAMETERS
from market.cda.schema import BOOK
from market.cda.state_book import queue
from market.cda.state_invariants import CDA_INVARIANTS
from market.cda.trading import enter_order, remove_order, replace_order
from market.mechanism import Mechanism
from market.types import OrderKind

CDA: Final = Mechanism(
    name="cda",
    module=Module(
        name="cda",
        places=Places(10),
        part_of="market",
        tables=(BOOK,),
        parameters=CDA_PARAMETERS,
        invariants=CDA_INVARIANTS,
    ),
    kinds=frozenset(OrderKind),
    enter=enter_order,
    replace=replace_order,
    remove=remove_order,
    queue=queue,
)
