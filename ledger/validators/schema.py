"""Tables of the validator set, signs of life and offences."""

from __future__ import annotations

from typing import Any, Final

from ledger.chain.schema import Link
from ledger.encoding.codec import Value
from ledger.encoding.quantities import Height
from ledger.state.table import Table


class FormerValidator(Value, frozen=True):
    """A term that is over: from `since` up to the height in the key."""

    since: Height


class Offence(Value, frozen=True):
    """An equivocation, punished at a height."""

    punished: Height


class Liveness(Value, frozen=True):
    """The height at which a validator key last showed that it is running."""

    height: Height


LIVENESS: Final = Table(40, "liveness", "validator_key", Liveness)


FORMER_VALIDATORS: Final = Table(41, "former_validators", "until address", FormerValidator, group=0)


OFFENCES: Final = Table(42, "offences", "height offence", Offence, group=0)


CANDIDATES: Final = Table(43, "candidates", "address", Link)


VALIDATORS_TABLES: Final[tuple[Table[Any], ...]] = (
    LIVENESS,
    FORMER_VALIDATORS,
    OFFENCES,
    CANDIDATES,
)
