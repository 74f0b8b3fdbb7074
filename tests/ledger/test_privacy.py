"""What a genesis says of reading: who reads everything, and what contradicts itself."""

from __future__ import annotations

import msgspec
import pytest

from ledger.chain.section import check_sections, sections_of
from ledger.errors import GenesisError
from ledger.privacy.genesis import PRIVACY_SECTION, Detail, PrivacySection, ReadingRole
from ledger.privacy.limits import MAX_READERS
from nodechain.home.genesis_file import build_genesis, read_template
from nodechain.modules import REGISTRY


def checked(section: PrivacySection) -> None:
    """Raises what the check of a genesis with this section raises."""
    names: dict[str, bytes] = {}

    def named(name: str) -> bytes:
        return names.setdefault(name, bytes((len(names) + 1,)) * 20)

    genesis = build_genesis(
        read_template("dev"), time_ms=1, address_of=named, validator_key_of=lambda _name: b"\x01" * 32
    )
    sections = sections_of(*genesis.sections, PRIVACY_SECTION.holding(section))
    check_sections(msgspec.structs.replace(genesis, sections=sections), REGISTRY.sections)


def readers(count: int) -> tuple[bytes, ...]:
    return tuple(number.to_bytes(20, "big") for number in range(count))


def test_as_many_readers_as_the_limit_says() -> None:
    checked(PrivacySection(Detail.MEMBERS, tuple(int(role) for role in ReadingRole), readers(MAX_READERS)))
    with pytest.raises(GenesisError):
        checked(PrivacySection(Detail.OWNER, (), readers(MAX_READERS + 1)))


@pytest.mark.parametrize(
    "section",
    [
        PrivacySection(3, (), ()), PrivacySection(0, (), ()), PrivacySection(1, (6,), ()),
        PrivacySection(1, (1, 1), ()), PrivacySection(1, (), readers(1) * 2), PrivacySection(1, (), (b"short",)),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_no_genesis(section: PrivacySection) -> None:
    with pytest.raises(GenesisError):
        checked(section)
