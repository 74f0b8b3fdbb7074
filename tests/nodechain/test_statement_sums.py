"""A statement reproduces the state from events alone, and says where it does not."""

from __future__ import annotations

import pytest

from harness.chain import ENT, ChainFixture, address, make_genesis
from harness.energy import actual, produce
from ledger.bank.assets import CURRENCY_ASSET
from ledger.bank.events import CurrencyMinted
from ledger.bank.genesis import BANK_SECTION, GenesisBalance
from ledger.chain.header import Event
from ledger.energy.events import EnergyStored, RateChanged
from nodechain.light.statement import Statement
from nodechain.modules import MODULES


@pytest.fixture(scope="module")
def chain() -> ChainFixture:
    chain = ChainFixture(make_genesis(balances=(GenesisBalance(address("A"), CURRENCY_ASSET, 5 * ENT),)), MODULES)
    assert produce(chain, "U1", "A", 10_000).applied
    assert actual(chain, "U1", 8_000).applied
    return chain


def differences(chain: ChainFixture, *without: type[Event]) -> list[str]:
    statement = Statement(BANK_SECTION.of(chain.genesis).fee_asset)
    for block in chain.blocks:
        for receipt in block.executed.receipts:
            statement.add(event for event in receipt.events if not isinstance(event, without))
    return statement.differences(chain.reader)


def test_all_events_reproduce_the_state(chain: ChainFixture) -> None:
    assert differences(chain) == []


@pytest.mark.parametrize(
    ("missing", "noticed"),
    [(RateChanged, "rate:"), (CurrencyMinted, "supply of asset 2:"), (EnergyStored, "supply of asset 1:")],
)
def test_what_an_event_lacks_is_named(chain: ChainFixture, missing: type[Event], noticed: str) -> None:
    assert any(line.startswith(noticed) for line in differences(chain, missing))
