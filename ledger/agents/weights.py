"""What work of agents weighs, in the unit of `ledger.chain.weights` (rule W1)."""

from __future__ import annotations

from typing import Final

AUTHORISING: Final = 10
"""An authorisation written: its place with both, a time that falls due."""

AUTHORISATION_END: Final = 8
"""Taken out, with what was used of its limits."""

ACTING: Final = 8
"""An authorisation looked up and its limits held, beside what the transaction itself weighs."""

ACTING_ASSET: Final = 1
"""Each asset of the chain of which the owner's balance is compared."""

COMMISSION: Final = 9
"""Charged as an agent acts for one, not when its order trades: who takes 256 orders pays for 256 trades, which is what
one transaction may weigh at most."""

SWEEPING: Final = 10
"""A sweep judged and asked for, with the lock."""
