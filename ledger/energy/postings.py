"""What the events of units, sessions and readings move, and what the tables say that units and households have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from ledger.bank.assets import ENERGY_ASSET
from ledger.chain.invariants import entries
from ledger.chain.postings import AVAILABLE, EnergyMeasure, Posting, Postings, TokenMeasure, nothing, transfer
from ledger.chain.schema import Purpose
from ledger.energy.events import (
    ActualReported,
    Annulled,
    BooksExceeded,
    EnergyDrawn,
    EnergyLost,
    EnergyStored,
    EnergyUncovered,
    ExcessDrawn,
    ExpectedLoss,
    GainExplained,
    GainQuarantined,
    GridExported,
    GridImported,
    LossesNoticed,
    LossExplained,
    PriorityChanged,
    RateChanged,
    ReservationPaid,
    SessionClosed,
    SessionEnded,
    SessionOpened,
    SuspensionLifted,
    UnitChanged,
    UnitRegistered,
    UnitReinstated,
    UnitRemoved,
    UnitSuspended,
)
from ledger.energy.schema import HOUSEHOLDS, UNITS
from ledger.energy.sessions import RESERVATION_LOCK, SESSION_LOCK, WAITING_LOCK
from ledger.state.overlay import Reader

_ENT: Final = TokenMeasure(ENERGY_ASSET)
_SESSION, _WAITING, _RESERVATION = SESSION_LOCK.name, WAITING_LOCK.name, RESERVATION_LOCK.name
LOCKED: Final = "session"
"""Energy of a unit that sessions hold."""

Lines = tuple[Posting, ...]


def _in_books(unit: bytes, energy_wh: int) -> Posting:
    return Posting(unit, EnergyMeasure.STORED, AVAILABLE, energy_wh)


def _metered(account: bytes, bucket: str, energy_wh: int) -> Posting:
    return Posting(account, EnergyMeasure.METERED, bucket, energy_wh)


def _freed(unit: bytes, energy_wh: int) -> Lines:
    return transfer(EnergyMeasure.STORED, (unit, LOCKED), (unit, AVAILABLE), energy_wh)


def _stored(event: EnergyStored, _fee_asset: int) -> Lines:
    return (
        Posting(event.producer, _ENT, AVAILABLE, event.minted),
        Posting(event.owner, _ENT, AVAILABLE, event.provider_share),
        _in_books(event.unit, event.energy_wh),
        _metered(event.producer, "produced", event.energy_wh + event.lost_wh),
    )


def _opened(event: SessionOpened, _fee_asset: int) -> Lines:
    consumer = event.consumer
    return (
        *transfer(_ENT, (consumer, AVAILABLE), (consumer, _SESSION), event.locked),
        *transfer(_ENT, (consumer, AVAILABLE), (consumer, _RESERVATION), event.reservation),
        *_freed(event.unit, -event.energy_wh),
    )


def _drawn(event: EnergyDrawn, _fee_asset: int) -> Lines:
    return (
        Posting(event.consumer, _ENT, _WAITING if event.waiting else _SESSION, -event.burned),
        Posting(event.unit, EnergyMeasure.STORED, LOCKED, event.lost_wh - event.energy_wh),
        _metered(event.consumer, "consumed", event.energy_wh),
    )


def _ended(event: SessionEnded, _fee_asset: int) -> Lines:
    return transfer(_ENT, (event.consumer, _SESSION), (event.consumer, _WAITING), event.locked)


def _closed(event: SessionClosed, _fee_asset: int) -> Lines:
    held = _WAITING if event.waiting else _SESSION
    returned = transfer(_ENT, (event.consumer, held), (event.consumer, AVAILABLE), event.returned)
    return (*returned, *_freed(event.unit, event.energy_wh))


def _lost(event: EnergyLost, _fee_asset: int) -> Lines:
    return _freed(event.unit, event.freed_wh)


def _uncovered(event: EnergyUncovered, _fee_asset: int) -> Lines:
    return _freed(event.unit, event.energy_wh)


def _reservation_paid(event: ReservationPaid, _fee_asset: int) -> Lines:
    held = event.consumer, _RESERVATION
    return (
        *transfer(_ENT, held, (event.consumer, AVAILABLE), event.returned),
        *transfer(_ENT, held, (event.owner, AVAILABLE), event.paid),
    )


def _excess_drawn(event: ExcessDrawn, _fee_asset: int) -> Lines:
    return (
        Posting(event.consumer, _ENT, AVAILABLE, -event.burned),
        _in_books(event.unit, -event.energy_wh),
        _metered(event.consumer, "consumed", event.energy_wh - event.unpaid_wh),
    )


def _actual(event: ActualReported, _fee_asset: int) -> Lines:
    return (_in_books(event.unit, event.gained_wh - event.lost_wh),)


def _into_books(event: BooksExceeded | LossExplained, _fee_asset: int) -> Lines:
    return (_in_books(event.unit, event.energy_wh),)


def _out_of_books(event: ExpectedLoss | GainExplained | UnitRemoved, _fee_asset: int) -> Lines:
    return (_in_books(event.unit, -event.energy_wh),)


def _reinstated(event: UnitReinstated, _fee_asset: int) -> Lines:
    return (_in_books(event.unit, event.accepted_wh),)


def _annulled(event: Annulled, _fee_asset: int) -> Lines:
    return (Posting(event.address, _ENT, AVAILABLE, -event.amount),)


def _imported(event: GridImported, _fee_asset: int) -> Lines:
    return (_metered(event.account, "imported", event.energy_wh),)


def _exported(event: GridExported, _fee_asset: int) -> Lines:
    return (_metered(event.account, "exported", event.energy_wh),)


ENERGY_POSTINGS: Final[Postings] = MappingProxyType(
    {
        EnergyStored: _stored,
        SessionOpened: _opened,
        EnergyDrawn: _drawn,
        SessionEnded: _ended,
        SessionClosed: _closed,
        EnergyLost: _lost,
        EnergyUncovered: _uncovered,
        ReservationPaid: _reservation_paid,
        ExcessDrawn: _excess_drawn,
        BooksExceeded: _into_books,
        LossExplained: _into_books,
        ExpectedLoss: _out_of_books,
        GainExplained: _out_of_books,
        UnitRemoved: _out_of_books,
        ActualReported: _actual,
        UnitReinstated: _reinstated,
        Annulled: _annulled,
        GridImported: _imported,
        GridExported: _exported,
        GainQuarantined: nothing,
        UnitSuspended: nothing,
        SuspensionLifted: nothing,
        PriorityChanged: nothing,
        UnitRegistered: nothing,
        UnitChanged: nothing,
        LossesNoticed: nothing,
        RateChanged: nothing,
    }
)


def energy_holdings(state: Reader, _purposes: Mapping[int, Purpose]) -> Iterator[Posting]:
    """The books of all units, and what was metered of all households."""
    for key, unit in entries(state, UNITS):
        yield Posting(key, EnergyMeasure.STORED, AVAILABLE, unit.available_wh)
        yield Posting(key, EnergyMeasure.STORED, LOCKED, unit.locked_wh)
    for key, household in entries(state, HOUSEHOLDS):
        yield _metered(key, "produced", household.produced_wh)
        yield _metered(key, "exported", household.exported_wh)
        yield _metered(key, "consumed", household.consumed_wh)
        yield _metered(key, "imported", household.imported_wh)
