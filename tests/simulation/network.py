"""The virtual network: delay, loss, duplication, partitions; everything by the seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass(slots=True)
class Weather:
    """How the network behaves now. Delays in ms; `cut` holds (from, to) pairs that nothing passes."""

    delay_ms: tuple[int, int] = (1, 20)
    loss: float = 0.0
    duplication: float = 0.0
    cut: set[tuple[bytes, bytes]] = field(default_factory=set)

    def deliveries(self, rng: random.Random, sender: bytes, receiver: bytes) -> list[int]:
        """After how many ms a message arrives: none, one, or several times."""
        if (sender, receiver) in self.cut or (self.loss and rng.random() < self.loss):
            return []
        low, high = self.delay_ms
        delays = [low + int((high - low) * rng.random())]
        if self.duplication and rng.random() < self.duplication:
            delays.append(low + int(10 * (high - low) * rng.random()))
        return delays

    def split(self, one: list[bytes], other: list[bytes], *, both_ways: bool = True) -> None:
        """Nothing passes from one side to the other, or both ways."""
        for here in one:
            for there in other:
                self.cut.add((here, there))
                if both_ways:
                    self.cut.add((there, here))

    def heal(self) -> None:
        """Fair weather."""
        self.delay_ms, self.loss, self.duplication = (1, 20), 0.0, 0.0
        self.cut.clear()
