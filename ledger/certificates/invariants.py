"""What must hold of generators and certificates in every state (rule CE11)."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

from ledger.certificates.schema import (
    CERTIFICATE_DUE,
    CERTIFICATE_HOLDINGS,
    CERTIFICATE_SWEEP,
    CERTIFICATES,
    CERTIFIED_WH,
    EXPIRED_WH,
    GENERATOR_COUNT,
    GENERATOR_DAYS,
    GENERATORS,
    HELD_CERTIFICATES,
    OFFER_COUNT,
    OFFERED_CERTIFICATES,
    RETIRED_WH,
    RETIREMENTS,
)
from ledger.certificates.terms import CertificateKind
from ledger.chain.expiries import expiry_key
from ledger.chain.invariants import entries, expiries_of
from ledger.chain.schema import COUNTERS, SWEEPS
from ledger.errors import require
from ledger.state.overlay import Reader


def _counts(state: Reader) -> dict[bytes, int]:
    return {key: entry.value for key, entry in entries(state, COUNTERS)}


def check_generators(state: Reader) -> None:
    """Each metered Wh is of a day that is not certified, or certified, held back, or forgotten: once."""
    waiting: Tally[bytes] = Tally()
    measured: Tally[int] = Tally()
    for key, day in entries(state, GENERATOR_DAYS):
        if day.certificate:
            measured[day.certificate] += day.energy_wh
        else:
            waiting[key[:40]] += day.energy_wh
    certified: Tally[bytes] = Tally()
    corrected: Tally[bytes] = Tally()
    for _key, made in entries(state, CERTIFICATES):
        if made.kind == CertificateKind.ORIGIN:
            place = made.unit + made.account
            certified[place] += made.issued_wh
            corrected[place] += made.measured_wh - made.issued_wh
            require(measured[made.number] <= made.measured_wh, "a certificate has days that metered more")
    generators = dict(entries(state, GENERATORS))
    for key, found in generators.items():
        used_wh = waiting[key] + found.certified_wh + found.corrected_wh + found.forgotten_wh
        require(found.metered_wh == used_wh, f"a generator metered {found.metered_wh} Wh, {used_wh} Wh are used")
        require(found.certified_wh == certified[key], "a generator's certificates have another sum")
        require(found.corrected_wh == corrected[key], "what was held back of a generator has another sum")
    require({*waiting, *certified} <= generators.keys(), "days or certificates are of no generator")
    require(_counts(state).get(GENERATOR_COUNT, 0) == len(generators), "the count of generators differs")


def check_certificates(state: Reader) -> None:
    """What was issued is live, retired, or expired; what is live is held; what is used up has its records."""
    held: Tally[int] = Tally()
    places, offered = set(), set()
    for key, part in entries(state, CERTIFICATE_HOLDINGS):
        require(part.energy_wh > 0 and 0 <= part.offered_wh <= part.energy_wh, "a holding is of nothing")
        require(bool(part.offered_wh) == bool(part.asset), "an offer has no asset, or no offer has one")
        held[int.from_bytes(key[:8], "big")] += part.energy_wh
        places.add(key[8:] + key[:8])
        if part.offered_wh:
            offered.add(key)
    retired: Tally[int] = Tally()
    for key, use in entries(state, RETIREMENTS):
        require(key[:20] == use.beneficiary, "a retirement stands at another account")
        retired[use.certificate] += use.energy_wh
    lapsing = {entry.subject for _key, entry in entries(state, SWEEPS) if entry.kind == CERTIFICATE_SWEEP.number}
    due, sums = set(), Tally[bytes]()
    for key, made in entries(state, CERTIFICATES):
        used_wh = made.live_wh + made.retired_wh + made.expired_wh
        require(made.issued_wh == used_wh, f"of {made.issued_wh} Wh issued {used_wh} Wh are accounted for")
        require(made.retired_wh == retired[made.number], "retirements of a certificate have another sum")
        sums.update({CERTIFIED_WH: made.issued_wh, RETIRED_WH: made.retired_wh, EXPIRED_WH: made.expired_wh})
        if key in lapsing:
            require(held.pop(made.number, 0) <= made.expired_wh and not made.live_wh, "more lapses than expired")
        else:
            require(held.pop(made.number, 0) == made.live_wh, "what is held of a certificate is not what lives")
        if made.live_wh:
            due.add(expiry_key(made.expires_ms, CERTIFICATE_DUE, made.number))
    require(not held, "somebody holds a part of no certificate")
    require(set(expiries_of(state, CERTIFICATE_DUE)) == due, "a certificate does not wait for its time")
    require({key for key, _link in entries(state, HELD_CERTIFICATES)} == places, "holdings and their places differ")
    require({key for key, _link in entries(state, OFFERED_CERTIFICATES)} == offered, "offers and their places differ")
    counts = _counts(state)
    require(counts.get(OFFER_COUNT, 0) == len(offered), "the count of offers differs")
    for name in (CERTIFIED_WH, RETIRED_WH, EXPIRED_WH):
        require(counts.get(name, 0) == sums[name], f"the sum {name.decode()} differs")


CERTIFICATE_INVARIANTS: Final[tuple[Callable[[Reader], None], ...]] = (check_generators, check_certificates)
