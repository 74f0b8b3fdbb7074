"""Values of the ledger in answers: amounts of tokens, and whole values by the types of their fields."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import msgspec

from ledger.bank.assets import ENERGY_ASSET
from market.denominations import UNKNOWN, Denominations
from nodechain.api.http.models import ApiModel
from nodechain.api.render import amount, fields_of

M = TypeVar("M", bound=ApiModel)


class Amount(ApiModel):
    """An amount, price or rate: exact base units, and whole tokens as text."""

    base: int
    tokens: str


def view(chain: Denominations, model: type[M], value: msgspec.Struct, **more: Any) -> M:
    """A value of the ledger as a model: the fields that both have, rendered by their types, and what `more` says."""
    shared = [name for name in _shared(model, type(value)) if name not in more]
    return model(**fields_of(chain, value, shared), **more)


@cache
def _shared(model: type[ApiModel], kind: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(name for name in model.model_fields if name in kind.__struct_fields__)


def tokens(chain: Denominations, asset: int, base: int) -> Amount:
    """An amount of an asset in base units as it is shown."""
    return Amount(**amount(chain, asset, base))


def energy_tokens(base: int) -> Amount:
    """An amount, price or rate of the energy token, which has the same decimals on every chain."""
    return tokens(UNKNOWN, ENERGY_ASSET, base)
