"""Commands that send many transactions: however one ends, it says where to go on."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from nodechain.billing.bank_statement import BankEntry, MatchedEntry
from nodechain.commands import bill_bank
from nodechain.commands.sending import late_send, rows_import, slot_import
from nodechain.commands.sending.send import How
from nodechain.commands.terminal.batches import goes_on
from nodechain.commands.terminal.options import Invocation
from nodechain.errors import Unreachable

HOW = cast(How, {"sign_only": None, "wait": True})
NOBODY = cast(Invocation, None)
ENDS: dict[str, type[BaseException]] = {"interrupted": KeyboardInterrupt, "node gone": Unreachable}


def ended(with_: type[BaseException]) -> Any:
    def fail(*_arguments: object, **_named: object) -> Any:
        raise with_

    return fail


def note_all(monkeypatch: pytest.MonkeyPatch, end: type[BaseException]) -> None:
    monkeypatch.setattr(bill_bank, "_note", ended(end))
    entry = BankEntry("a", "b", "2026-01-01", 100, "EUR", (), "")
    bill_bank.note_all(NOBODY, HOW, (MatchedEntry(entry, 1, ""),), cast(Any, None), dry_run=False)


def import_slots(monkeypatch: pytest.MonkeyPatch, end: type[BaseException]) -> None:
    monkeypatch.setattr(slot_import, "checked_points", lambda *_arguments: {})
    monkeypatch.setattr(slot_import, "_send_file", ended(end))
    file = SimpleNamespace(name="a.csv", created_ms=1, sequence=0, sha256="00")
    slot_import.send_files(NOBODY, HOW, cast(Any, None), [cast(Any, file)], cast(Any, None))


def correct_late(monkeypatch: pytest.MonkeyPatch, end: type[BaseException]) -> None:
    monkeypatch.setattr(late_send, "submit_decided", ended(end))
    correction = SimpleNamespace(slots=range(1, 2), payloads=[SimpleNamespace(slot=1)])
    late_send.send_corrections(NOBODY, HOW, cast(Any, None), [cast(Any, correction)])


def import_rows(monkeypatch: pytest.MonkeyPatch, end: type[BaseException]) -> None:
    monkeypatch.setattr(rows_import, "submit_decided", ended(end))
    rows_import.send_rows(NOBODY, HOW, [cast(Any, SimpleNamespace(first_slot=1, slots=1))], 0)


BATCHES = {
    note_all: "what is noted is left out",
    import_slots: "Import the same files again",
    correct_late: "Run the same command again",
    import_rows: "Run the same command again",
}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("batch", BATCHES, ids=lambda batch: batch.__name__)
def test_a_batch_that_ends_in_between_says_where_to_go_on(
    batch: Any, end: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ENDS[end]) as found:
        batch(monkeypatch, ENDS[end])
    said = capsys.readouterr().err if end == "interrupted" else cast(Unreachable, found.value).advice
    assert said.count(BATCHES[batch]) == 1


def test_what_an_error_advises_already_is_not_said_twice() -> None:
    with pytest.raises(Unreachable) as found, goes_on("Go on."):
        raise Unreachable("gone", advice="Go on.")
    assert found.value.advice == "Go on."
