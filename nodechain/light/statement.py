"""A statement of account from events alone: what a wallet or an auditor can add up.

Folds the postings of decoded events, receipt by receipt, into sums, and follows the rate; `differences` compares them
with a state. An event that lacks something, is missing, or says something twice shows up here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ledger.bank.schema import SUPPLY
from ledger.chain.header import Event
from ledger.chain.invariants import entries
from ledger.chain.postings import Measure, Posting, TokenMeasure
from ledger.energy.events import RateChanged
from ledger.energy.schema import IMBALANCE
from ledger.state.overlay import Reader
from nodechain.modules import REGISTRY

Key = tuple[bytes, Measure, str]


@dataclass
class Statement:
    """Sums by holder, measure and bucket; `fee_asset` is the genesis'. What a genesis grants is in its events."""

    fee_asset: int
    sums: Counter[Key] = field(default_factory=Counter)
    rate: int = 0

    def add(self, events: Iterable[Event]) -> None:
        """The next receipt's events."""
        for event in events:
            if isinstance(event, RateChanged):
                self.rate = event.rate
            for line in REGISTRY.postings_of(event, self.fee_asset):
                self.sums[_key(line)] += line.amount

    def supply(self, asset: int) -> int:
        """Base units of an asset: the sum of all that everybody holds of it."""
        return sum(amount for (_, measure, _), amount in self.sums.items() if measure == TokenMeasure(asset))

    def differences(self, state: Reader) -> list[str]:
        """Where the state says something else, in words; empty if the statement reproduces it."""
        found = list(_compare(self.sums, Counter({_key(line): line.amount for line in REGISTRY.holdings(state)})))
        supplies = {key[0]: entry.amount for key, entry in entries(state, SUPPLY)}
        named = {measure.asset for _, measure, _ in self.sums if isinstance(measure, TokenMeasure)}
        for asset in sorted({*supplies, *named}):
            ours, stored = self.supply(asset), supplies.get(asset, 0)
            if ours != stored:
                found.append(f"supply of asset {asset}: events say {ours}, the state {stored}")
        rate = sum(entry.rate for _key, entry in entries(state, IMBALANCE))
        if self.rate != rate:
            found.append(f"rate: events say {self.rate}, the state {rate}")
        return found


def _key(line: Posting) -> Key:
    return line.holder, line.measure, line.bucket


def _compare(ours: Counter[Key], stored: Counter[Key]) -> Iterator[str]:
    for key in sorted({*ours, *stored}, key=repr):
        if ours[key] != stored[key]:
            yield f"{key[0].hex()} {key[1]} {key[2]}: events say {ours[key]}, the state {stored[key]}"
