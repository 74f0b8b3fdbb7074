"""Tests of the limits of generators and certificates; `test_limits.py` runs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from msgspec.structs import replace

from harness.chain import address
from ledger.bank.assets import CURRENCY_ASSET
from ledger.certificates import limits
from ledger.certificates.generators import check_describe_generator, known_generator, open_generator
from ledger.certificates.genesis import CertificatesSection
from ledger.certificates.payloads import DescribeGenerator, IssueSaving, OfferCertificate, RetireCertificate
from ledger.certificates.retiring import certificate_lapse_step
from ledger.certificates.schema import CERTIFICATE_HOLDINGS, GENERATOR_COUNT, GENERATOR_DAYS
from ledger.chain.parameters import DAY_MS
from ledger.encoding.codec import Codec, Value, encode
from ledger.errors import MalformedInput, Refused
from ledger.limits import MAX_INTEGER, MAX_TRANSACTION_BYTES, MIN_BLOCK_WEIGHT
from ledger.metering.registers import Interval
from ledger.state.table import big_endian
from tests.support.certificate_chain import REPORT, CertificateChain


def _decodes(kind: type[Value], at: Value, above: Value) -> None:
    codec: Codec[Any] = Codec(kind, MAX_TRANSACTION_BYTES)
    assert codec.decode(encode(at)) == at
    with pytest.raises(MalformedInput):
        codec.decode(encode(above))


def max_generators() -> None:
    chain = CertificateChain(described=False)
    context = chain.context()
    told = DescribeGenerator(address("U1"), address("B"), 1, 1, 0)
    context.change_count(GENERATOR_COUNT, limits.MAX_GENERATORS - 1)
    check_describe_generator(context, told)
    context.change_count(GENERATOR_COUNT, 1)
    with pytest.raises(Refused, match="at most"):
        check_describe_generator(context, told)


def max_generator_wh() -> None:
    """What is more does not count; the readings are taken."""
    assert limits.MAX_GENERATOR_WH * limits.MAX_GENERATORS < MAX_INTEGER
    chain = CertificateChain()
    context = chain.context()
    for energy_wh in (limits.MAX_GENERATOR_WH - 3, 5):
        booking = open_generator(context, chain.plant.known)
        assert booking is not None
        assert booking.book(chain.plant.known, Interval(energy_wh, 0, context.time_ms)) is None
        booking.close()
    assert known_generator(context, address("U1"), address("B")).metered_wh == limits.MAX_GENERATOR_WH


def kept_generator_days() -> None:
    chain = CertificateChain()
    chain.measure(100, 0)
    chain.until(limits.KEPT_GENERATOR_DAYS)
    assert chain.issue(0, 1).code == "certificate_expired", "it is kept, and its year is over"
    chain.until(limits.KEPT_GENERATOR_DAYS + 1)
    assert chain.issue(0, 1).code == "period_not_kept"


def forgotten_days_at_once() -> None:
    chain = CertificateChain()
    for day in range(6):
        chain.measure(10, day)
    chain.until(limits.KEPT_GENERATOR_DAYS + 20)
    chain.measure(10, limits.KEPT_GENERATOR_DAYS + 20)
    assert len(chain.entries(GENERATOR_DAYS)) == 6 - limits.FORGOTTEN_DAYS_AT_ONCE + 1
    chain.measure(10, limits.KEPT_GENERATOR_DAYS + 21)
    assert len(chain.entries(GENERATOR_DAYS)) == 2


def max_period_days() -> None:
    chain = CertificateChain()
    chain.measure(100, 0)
    chain.until(40)
    assert chain.issue(0, limits.MAX_PERIOD_DAYS + 1).code == "bad_period"
    assert chain.issue(0, limits.MAX_PERIOD_DAYS).applied


def max_saving_days() -> None:
    chain = CertificateChain()
    chain.until(limits.MAX_SAVING_DAYS + 1)
    assert chain.save(0, limits.MAX_SAVING_DAYS + 1).code == "bad_period"
    assert chain.save(0, limits.MAX_SAVING_DAYS).applied


def max_saving_wh() -> None:
    most = limits.MAX_SAVING_WH
    made = IssueSaving(address("C"), most, most, 0, DAY_MS, REPORT)
    _decodes(IssueSaving, made, replace(made, baseline_wh=most + 1))
    _decodes(IssueSaving, made, replace(made, measured_wh=most + 1))


def max_use_days() -> None:
    chain = CertificateChain()
    chain.issued()
    assert chain.retire(until_ms=chain.day_ms(limits.MAX_USE_DAYS + 1)).code == "bad_period"
    assert chain.retire(until_ms=chain.day_ms(limits.MAX_USE_DAYS)).applied


def max_retirement_purpose() -> None:
    made = RetireCertificate(1, 1, address("B"), "é" * limits.MAX_RETIREMENT_PURPOSE, 0, DAY_MS)
    for wrong in ("é" * (limits.MAX_RETIREMENT_PURPOSE + 1), "", " x", "x\ny", "x\x7f"):
        _decodes(RetireCertificate, made, replace(made, purpose=wrong))


def max_certificate_price() -> None:
    made = OfferCertificate(1, 1, CURRENCY_ASSET, limits.MAX_CERTIFICATE_PRICE)
    _decodes(OfferCertificate, made, replace(made, price=limits.MAX_CERTIFICATE_PRICE + 1))


def min_lifetime_ms() -> None:
    made = CertificatesSection(CURRENCY_ASSET, limits.MIN_LIFETIME_MS)
    _decodes(CertificatesSection, made, replace(made, lifetime_ms=limits.MIN_LIFETIME_MS - 1))


def max_lifetime_ms() -> None:
    made = CertificatesSection(CURRENCY_ASSET, limits.MAX_LIFETIME_MS)
    _decodes(CertificatesSection, made, replace(made, lifetime_ms=limits.MAX_LIFETIME_MS + 1))


def lapsed_at_once() -> None:
    names = [f"holder {number}" for number in range(limits.LAPSED_AT_ONCE)]
    members = tuple(sorted(address(name) for name in ("A", "B", "C", "D", *names)))
    chain = CertificateChain(members=members)
    chain.issued()
    for name in names:
        assert chain.transfer("B", name, 1).applied
    context, number = chain.context(), big_endian(1)
    assert certificate_lapse_step(context, number), "one holding is left"
    assert len(context.state.keys(CERTIFICATE_HOLDINGS, number)) == 1
    assert not certificate_lapse_step(context, number)


def a_meters_heaviest_transaction_fits() -> None:
    """As many readings as one may have, half a day apart, of a generator, in the smallest blocks."""
    chain = CertificateChain(block_weight=MIN_BLOCK_WEIGHT)
    chain.until(400)
    half_ms = DAY_MS // 2
    readings = [(chain.start_ms + number * half_ms, number) for number in range(1, 801)]
    assert chain.plant.read(*readings).applied
    assert len(chain.entries(GENERATOR_DAYS)) == 400


CERTIFICATE_LIMITS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "MAX_GENERATORS": (max_generators,),
    "MAX_GENERATOR_WH": (max_generator_wh,),
    "KEPT_GENERATOR_DAYS": (kept_generator_days, a_meters_heaviest_transaction_fits),
    "FORGOTTEN_DAYS_AT_ONCE": (forgotten_days_at_once,),
    "MAX_PERIOD_DAYS": (max_period_days,),
    "MAX_SAVING_DAYS": (max_saving_days,),
    "MAX_SAVING_WH": (max_saving_wh,),
    "MAX_USE_DAYS": (max_use_days,),
    "MAX_RETIREMENT_PURPOSE": (max_retirement_purpose,),
    "MAX_CERTIFICATE_PRICE": (max_certificate_price,),
    "MIN_LIFETIME_MS": (min_lifetime_ms,),
    "MAX_LIFETIME_MS": (max_lifetime_ms,),
    "LAPSED_AT_ONCE": (lapsed_at_once,),
}
