"""Sections of the genesis: each module's own part, which only that module reads (rule G2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ledger.chain.genesis import Genesis
from ledger.encoding.codec import Codec, Value, encode
from ledger.errors import GenesisError, InvalidInput
from ledger.limits import MAX_GENESIS_BYTES

S = TypeVar("S", bound=Value)


@dataclass(frozen=True, slots=True)
class Section(Generic[S]):
    """A module's part of the genesis; `check` raises `GenesisError` where it contradicts itself, or the rest.

    `optional`: a genesis without it has a chain on which the module is off, until a vote switches it on (G5).
    """

    name: str
    kind: type[S]
    check: Callable[[Genesis, S], None]
    optional: bool = False
    codec: Codec[S] = field(init=False, repr=False, compare=False)
    _kept_as: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codec", Codec(self.kind, MAX_GENESIS_BYTES))
        object.__setattr__(self, "_kept_as", f"section {self.name}")

    def is_in(self, genesis: Genesis) -> bool:
        """Whether a genesis has the section; without it the module is off (G5)."""
        return any(name == self.name for name, _content in genesis.sections)

    def of(self, genesis: Genesis) -> S:
        """The section of a genesis, decoded once; raises `GenesisError` where there is none or it is malformed."""
        found: S | None = genesis.__dict__.get(self._kept_as)
        if found is None:
            content = dict(genesis.sections).get(self.name)
            if content is None:
                raise GenesisError(f"the genesis has no section {self.name}")
            try:
                found = self.codec.decode(content)
            except InvalidInput as error:
                raise GenesisError(f"section {self.name}: {error.detail}") from error
            genesis.__dict__[self._kept_as] = found
        return found

    def holding(self, value: S) -> tuple[str, bytes]:
        """The section as it stands in a genesis."""
        return self.name, encode(value)


def sections_of(*found: tuple[str, bytes]) -> tuple[tuple[str, bytes], ...]:
    """Sections in the order in which a genesis has them."""
    return tuple(sorted(found))


def check_sections(genesis: Genesis, sections: tuple[Section[Any], ...]) -> None:
    """Raise `GenesisError` unless a genesis has the sections of all modules that it must have, and no unknown one, each
    in order (G2)."""
    names = [name for name, _content in genesis.sections]
    if names != sorted(set(names)):
        raise GenesisError("sections are listed twice, or not in order of their names")
    unknown = sorted(set(names) - {section.name for section in sections})
    if unknown:
        raise GenesisError(f"no module has a section {unknown[0]}")
    for section in sections:
        if section.name in names or not section.optional:
            section.check(genesis, section.of(genesis))


def distinct(what: str, values: list[bytes]) -> None:
    """Raise `GenesisError` where something is listed twice."""
    if len(set(values)) != len(values):
        raise GenesisError(f"a {what} is listed twice")
