"""Operators' files on a chain: the state holds what the files have, in whichever order they come, and nothing twice."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from harness.chain import ChainFixture
from harness.slots import FIRST_SLOT, QUARTER_MS, energies, register, slots_chain
from ledger.slots.payloads import ImportSlots
from ledger.slots.schema import ValueSource
from nodechain.commands.sending.slot_import import payloads_of
from nodechain.formats.detection import read_document
from nodechain.formats.documents import joined
from nodechain.formats.local_time import EPOCH
from nodechain.formats.slot_rows import BookedPoint, SlotTimes, parts_of, slot_rows
from nodechain.formats.values import GridFlow, ImportSettings

POINT = "CH9900000000000000000000000000017"
SLOTS = 150
ISSUED_MS = FIRST_SLOT * QUARTER_MS


def file_of(values: dict[int, int]) -> bytes:
    """A BKW file of energies in Wh by slot after the first."""
    zone = ZoneInfo("Europe/Zurich")
    rows = ["Messpunkt;Datum;Strombezug [kWh];Stromeinspeisung [kWh];Messdatengüte"]
    for slot, energy in sorted(values.items()):
        time = (EPOCH + timedelta(milliseconds=(FIRST_SLOT + slot) * QUARTER_MS)).astimezone(zone)
        rows.append(f"{POINT};{time:%d.%m.%Y %H:%M};{energy // 1_000}.{energy % 1_000:03};;W")
    return "\n".join(rows).encode()


def payloads(number: int, data: bytes, issued_ms: int) -> list[ImportSlots]:
    document = read_document(data, ImportSettings(), name="file.csv")
    book = {(POINT, GridFlow.OFFTAKE): BookedPoint(number, bytes(16)),
            (POINT, GridFlow.INJECTION): BookedPoint(0, b"")}  # fmt: skip
    rows, left = slot_rows(joined([document]).values(), book, SlotTimes(QUARTER_MS, FIRST_SLOT, 2**40))
    assert not left
    return payloads_of(bytes.fromhex(document.sha256), issued_ms, parts_of(rows))


def held(chain: ChainFixture, number: int) -> list[int]:
    return energies(chain, number, ValueSource.OPERATOR, FIRST_SLOT, SLOTS)


OLD = file_of({slot: slot % 7 for slot in range(SLOTS) if slot % 11})
NEW = file_of({slot: 1 + slot % 5 for slot in range(60, SLOTS)})


def test_the_state_holds_what_the_file_has_and_a_part_is_taken_once() -> None:
    chain = slots_chain()
    number = register(chain)
    (payload,) = payloads(number, OLD, ISSUED_MS)
    chain.do("K", payload)
    assert held(chain, number) == [1_000 * (slot % 7) if slot % 11 else 0 for slot in range(SLOTS)]
    assert chain.try_("K", payload).code == "file_repeated"


def test_of_two_files_the_later_one_counts_in_whichever_order_they_come() -> None:
    results = []
    for order in (0, 1):
        chain = slots_chain()
        number = register(chain)
        sent = [payloads(number, OLD, ISSUED_MS), payloads(number, NEW, ISSUED_MS + 1)]
        for payload in [payload for file in (sent[order], sent[1 - order]) for payload in file]:
            chain.do("K", payload)
        results.append(held(chain, number))
    assert results[0] == results[1]
    expected = [1_000 * (slot % 7) if slot % 11 else 0 for slot in range(60)]
    assert results[0] == expected + [1_000 * (1 + slot % 5) for slot in range(60, SLOTS)]


def test_rows_are_cut_at_gaps_so_that_what_is_missing_stays_missing() -> None:
    (payload,) = payloads(1, OLD, ISSUED_MS)
    slots = {row.first_slot + n - FIRST_SLOT for row in payload.rows for n in range(len(row.steps) + 1)}
    assert slots == {slot for slot in range(SLOTS) if slot % 11}
