"""Days of sharing kept for later, and corrections of what the chain itself keeps no longer (docs/sharing.md)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import click

from ledger.encoding.codec import Codec
from ledger.errors import ProofError
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.sharing.late_archive import ArchivedDay, ArchivedSlot, archived_slot
from ledger.sharing.schema import SLOT_RUNS, SettledSlot, SlotInput
from ledger.state.table import big_endian
from nodechain.client.answers.sharing_slots import SettledSlotView
from nodechain.commands.light import proven_entries
from nodechain.commands.operator_files import POINT_BOOK, created_times, read_files
from nodechain.commands.sending.decided import require_waiting
from nodechain.commands.sending.late_days import ARCHIVE, FOLDER, LateDays, slot_clock
from nodechain.commands.sending.late_send import Correction, corrections_of, send_corrections
from nodechain.commands.sending.send import How
from nodechain.commands.sending.slot_import import checked_points, kept_from, send_files, sent_rows, sent_text
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.passwords import confirm
from nodechain.commands.terminal.progress import Progress
from nodechain.errors import BadAnswer, NotFound, UsageError
from nodechain.files.user_file import read_user_file
from nodechain.formats.detection import NAMES
from nodechain.formats.documents import joined
from nodechain.formats.limits import MAX_FILE_BYTES
from nodechain.formats.slot_rows import SlotTimes, read_point_book, slot_rows
from nodechain.formats.values import ImportSettings
from nodechain.home.sharing_archive import day_text, read_day, write_day

SLOT_INPUT: Final[Codec[SlotInput]] = Codec(SlotInput, MAX_TRANSACTION_BYTES)
_PATH: Final = click.Path(dir_okay=False, path_type=Path)
_SCHEME: Final = click.option("--scheme", type=click.IntRange(min=1), default=1, show_default=True, help="Its number.")


@click.command()
@_SCHEME
@ARCHIVE
@command
def archive(invocation: Invocation, *, scheme: int, folder: Path | None) -> None:
    """Keep the settled days of a scheme with their inputs, each proven: what a correction needs after 35 days.

    Only who reads everything has the inputs. Days that are kept as they are now are not fetched again; run it daily.
    """
    place, clock = folder or invocation.home / FOLDER, slot_clock(invocation, partial(proven_entries, invocation))
    kept: list[dict[str, Any]] = []
    days: dict[int, list[int]] = {}
    for run in invocation.node.sharing.runs(scheme):
        if run["final"]:
            days.setdefault(clock.local_day(run["slot"]), []).append(run["slot"])
    with Progress("day", len(days)) as progress:
        for count, (day, slots) in enumerate(sorted(days.items())):
            progress.at(count)
            known, entries = read_day(place, scheme, day), _entries(invocation, scheme, slots)
            there = {} if known is None else {each.slot: each for each in known.slots}
            found = [
                there[slot]
                if slot in there and there[slot].entry == entry
                else _fetched(invocation, scheme, slot, entry)
                for slot, entry in entries.items()
            ]
            new = sum(1 for each in found if there.get(each.slot) is not each)
            if new:
                write_day(place, ArchivedDay(scheme, day, tuple(found)))
                kept.append({"day": day_text(day), "slots": len(found), "fetched": new})
    text = "\n".join(f"{each['day']}: {each['slots']} slots, {each['fetched']} of them new." for each in kept)
    invocation.show({"scheme": scheme, "archive": str(place), "days": kept}, text or "Nothing new.", kept)


def _entries(invocation: Invocation, scheme: int, slots: Sequence[int]) -> dict[int, SettledSlot]:
    found = proven_entries(invocation, SLOT_RUNS, [big_endian(scheme) + big_endian(slot) for slot in slots])
    return {slot: entry for slot, entry in zip(slots, found, strict=True) if entry is not None}


def _fetched(invocation: Invocation, scheme: int, slot: int, entry: SettledSlot) -> ArchivedSlot:
    """A slot's inputs from the node, which must lead to the proven run."""
    view: SettledSlotView = invocation.node.sharing.slot(scheme, slot)
    if view["run"]["slot_rows"] != "none":
        raise UsageError(
            f"slot {slot} was settled by rows that came with it; such days are neither archived nor corrected yet",
            code="settled_by_rows",
            advice="Correct values and rows within 34 days.",
        )
    try:
        inputs = [SLOT_INPUT.decode(bytes.fromhex(row["input"])) for row in view["rows"]]
    except ValueError as error:
        raise BadAnswer(f"the inputs of slot {slot} are none: {error}") from error
    if len(inputs) != view["points"]:
        raise NotFound(
            f"the inputs of slot {slot} are kept no longer, or are not all open to you",
            code="no_inputs",
            advice="Ask a node that who reads everything may ask, within 35 days.",
        )
    try:
        return archived_slot(slot, entry, [row["point"] for row in view["rows"]], inputs)
    except ProofError as error:
        raise BadAnswer(str(error)) from error


@click.command("correct")
@click.argument("file", type=_PATH)
@_SCHEME
@ARCHIVE
@click.option("--format", "form", type=click.Choice(NAMES), help="The file's format (default: as it looks).")
@click.option("--points", "book", type=_PATH, metavar="FILE", help="The list of points (default: points.csv).")
@click.option("--created", metavar="FILE=TIME", multiple=True, help="When a file was made that does not say it.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and send nothing.")
@click.option("--yes", is_flag=True, help="Do not ask before sending.")
@sending
def correct(
    invocation: Invocation,
    how: How,
    *,
    file: Path,
    scheme: int,
    folder: Path | None,
    form: str | None,
    book: Path | None,
    created: tuple[str, ...],
    dry_run: bool,
    yes: bool,
) -> None:
    """Correct slots by an operator's FILE, also those whose day is folded: these by proof, out of the archive.

    What the chain keeps still is imported as by `sharing import`. What was interrupted goes on when it is run again.
    """
    (document,) = read_files((file,), ImportSettings(), form=form, mapping=None, created=created_times(created))
    listed = read_point_book(read_user_file(book or invocation.home / POINT_BOOK, MAX_FILE_BYTES, "list of points"))
    proven = partial(proven_entries, invocation)
    windows, first_kept = checked_points(invocation, proven, listed), kept_from(invocation)
    days = LateDays(invocation, proven, folder or invocation.home / FOLDER, scheme)
    times = SlotTimes(days.clock.slot_ms, 0, first_kept, windows)
    rows, left = slot_rows(joined([document]).values(), listed, times)
    late: dict[int, dict[int, int]] = {}
    for row in rows:
        for slot, energy in enumerate(row.energies, row.first_slot):
            late.setdefault(slot, {})[row.number] = energy
    keeps = left["slots that are not over"] > 0
    corrections = corrections_of(invocation, days, late, bytes.fromhex(document.sha256))
    text = _text(corrections, keeps=keeps)
    shown = [each.shown() for each in corrections]
    if dry_run or not (corrections or keeps):
        invocation.show({"scheme": scheme, "late": shown, "sent": None}, text, shown)
        return
    require_waiting(how, "a correction")
    click.echo(text, err=True)
    confirm("Send these corrections?", yes=yes)
    sent = send_files(invocation, how, proven, [document], listed) if keeps else []
    send_corrections(invocation, how, days, corrections)
    done = [f"{sum(len(each.slots) for each in corrections)} folded slots are settled again."] if corrections else []
    told = "\n".join([*([sent_text(sent)] if sent else []), *done])
    invocation.show({"scheme": scheme, "late": shown, "sent": sent_rows(sent)}, told, shown)


def _text(corrections: Sequence[Correction], *, keeps: bool) -> str:
    lines = [each.text() for each in corrections]
    lines += ["The file has slots that the chain keeps still: they are imported."] if keeps else []
    return "\n".join(lines or ["Nothing of the file is another value than what the slots were settled with."])
