"""Blocks of certificates for `bench.weights`: as `kinds_of_work`, which lists them.

Each of so many members has a generator at its own address and certifies 31 days of it, the most that one may have.
"""

from __future__ import annotations

from typing import Final

from bench.execution import Community
from ledger.bank.assets import CURRENCY_ASSET
from ledger.certificates.payloads import (
    CertificateTypeNumber,
    IssueCertificate,
    OfferCertificate,
    RetireCertificate,
    TakeCertificate,
    TransferCertificate,
)
from ledger.certificates.schema import GENERATOR_DAYS, GENERATORS, EnergyGenerator, GeneratorDay
from ledger.certificates.terms import EnergySource, cost_of
from ledger.chain.envelope import Transaction
from ledger.chain.parameters import DAY_MS
from ledger.state.overlay import State
from ledger.state.table import big_endian

CERTIFICATES: Final = 400
"""Certificates, or parts of them, of a block."""
DAYS: Final = 31
DAY_WH: Final = 1_000
PRICE: Final = 10**6
_FIRST: Final = 100
_TAKERS: Final = 1_000
_N: Final = CertificateTypeNumber

Blocks = list[list[Transaction]]


def _numbers(run: int) -> range:
    return range(run * CERTIFICATES + 1, (run + 1) * CERTIFICATES + 1)


def _with_days(community: Community, run: int) -> tuple[int, int]:
    """Days that every generator metered: those of a run lie before those of the run before."""
    end = community.time_ms // DAY_MS - run * DAYS
    state = State(community.reader)
    for owner in community.addresses[_FIRST : _FIRST + CERTIFICATES]:
        metered_wh = (run + 1) * DAYS * DAY_WH
        found = EnergyGenerator(EnergySource.PV, 9_800, 0, 0, metered_wh, run * DAYS * DAY_WH, 0, 0, 0)
        state.put(GENERATORS, owner + owner, found)
        for day in range(end - DAYS, end):
            state.put(GENERATOR_DAYS, owner + owner + big_endian(day), GeneratorDay(DAY_WH, 0))
    community.commit(state.changes())
    return (end - DAYS) * DAY_MS, end * DAY_MS


def certificates_issued(community: Community, run: int) -> Blocks:
    """Of 31 days each."""
    first_ms, end_ms = _with_days(community, run)
    owners = range(_FIRST, _FIRST + CERTIFICATES)
    return [
        [
            community.signed(
                community.members[place],
                _N.ISSUE_CERTIFICATE,
                IssueCertificate(community.addresses[place], first_ms, end_ms),
            )
            for place in owners
        ]
    ]


def parts_transferred(community: Community, run: int) -> Blocks:
    """To an account that holds none."""
    return [*certificates_issued(community, run), [
        community.signed(
            community.members[_FIRST + at], _N.TRANSFER_CERTIFICATE,
            TransferCertificate(number, community.addresses[_TAKERS + at], DAY_WH),
        )
        for at, number in enumerate(_numbers(run))
    ]]  # fmt: skip


def parts_offered(community: Community, run: int) -> Blocks:
    """By their owners."""
    return [*certificates_issued(community, run), [
        community.signed(
            community.members[_FIRST + at], _N.OFFER_CERTIFICATE,
            OfferCertificate(number, 2 * DAY_WH, CURRENCY_ASSET, PRICE),
        )
        for at, number in enumerate(_numbers(run))
    ]]  # fmt: skip


def parts_taken(community: Community, run: int) -> Blocks:
    """By accounts that hold none."""
    cost = cost_of(DAY_WH, PRICE)
    return [*parts_offered(community, run), [
        community.signed(
            community.members[_TAKERS + at], _N.TAKE_CERTIFICATE,
            TakeCertificate(number, community.addresses[_FIRST + at], DAY_WH, CURRENCY_ASSET, cost),
        )
        for at, number in enumerate(_numbers(run))
    ]]  # fmt: skip


def parts_used_up(community: Community, run: int) -> Blocks:
    """For their owners."""
    return [*certificates_issued(community, run), [
        community.signed(
            community.members[_FIRST + at], _N.RETIRE_CERTIFICATE,
            RetireCertificate(number, DAY_WH, community.addresses[_FIRST + at], "RPO", 0, DAY_MS),
        )
        for at, number in enumerate(_numbers(run))
    ]]  # fmt: skip
