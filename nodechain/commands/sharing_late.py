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
from nodechain.client.answers.sharing import SettledSlotView
from nodechain.commands.late_days import ARCHIVE, FOLDER, LateDays, slot_clock
from nodechain.commands.late_send import Correction, corrections_of, send_corrections
from nodechain.commands.light import proven_entries
from nodechain.commands.operator_files import POINT_BOOK, created_times, read_files
from nodechain.commands.sending.decided import require_waiting
from nodechain.commands.sending.send import How
from nodechain.commands.sending.slot_import import checked_points, kept_from, send_files, sent_rows, sent_text
from nodechain.commands.terminal.batches import goes_on
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
_ARCHIVE: Final = click.option(
    "--archive",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where days are kept (default: sharing-archive in the home).",
)
FOLDER: Final = "sharing-archive"
_GO_ON: Final = "Run the same command again: it goes on."
SETTLED_S: Final = 60.0
"""How long the run of a correction is waited for when its last piece was decided."""

Energies = Mapping[int, int]
"""What points have in a slot, in mWh."""


@click.command()
@_SCHEME
@ARCHIVE
@command
def archive(invocation: Invocation, *, scheme: int, folder: Path | None) -> None:
    """Keep the settled days of a scheme with their inputs, each proven: what a correction needs after 35 days.

    Only who reads everything has the inputs. Days that are kept as they are now are not fetched again; run it daily.
    """
    place, clock = folder or invocation.home / FOLDER, slot_clock(invocation)
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
    days = LateDays(invocation, folder or invocation.home / FOLDER, scheme)
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
    send_correctionssend_late(invocation, how, days, corrections)
    done = [f"{sum(len(each.slots) for each in corrections)} folded slots are settled again."] if corrections else []
    told = "\n".join([*([sent_text(sent)] if sent else []), *done])
    invocation.show({"scheme": scheme, "late": shown, "sent": sent_rows(sent)}, told, shown)


def _text(corrections: Sequence[Correction], *, keeps: bool) -> str:
    lines = [each.text() for each in corrections]
    lines += ["The file has slots that the chain keeps still: they are imported."] if keeps else []
    return "\n".join(lines or ["Nothing of the file is another value than what the slots were settled with."])


def _corrections(
    invocation: Invocation, place: Path, scheme: int, clock: SlotClock, late: Mapping[int, Energies], file: bytes
) -> list[Correction]:
    """What differs from the newest runs. Raises `NotFound` (day_not_folded, not_archived), `UsageError`."""
    days: dict[int, ArchivedDay] = {}
    found: list[Correction] = []
    with Progress("slot that is folded", len(late)) as progress:
        for count, slot in enumerate(sorted(late)):
            progress.at(count)
            number = clock.local_day(slot)
            day = days.get(number) or _archived_day(invocation, place, scheme, number)
            day = days[number] = _caught_up(invocation, place, day, slot, late[slot])
            newest = day.newest(slot)
            if newest is None:
                continue
            used = newest.energies()
            energies = {point: e for point, e in late[slot].items() if point in used and used[point] != e}
            if energies:
                brought = _brought(invocation, scheme, newest, file)
                found.append(Correction(day, slot, energies, payloads_of(day, slot, file, energies, brought)))
    return found


def _archived_day(invocation: Invocation, place: Path, scheme: int, number: int) -> ArchivedDay:
    folded = proven_entry(invocation, FOLDED_DAYS, big_endian(scheme) + big_endian(number))
    if folded is None:
        raise NotFound(
            f"{day_text(number)} is not folded: nothing was settled, it is about to be, or is too long ago",
            code="day_not_folded",
            advice="A day is folded at the first cut-off after its values are 35 days old; try again tomorrow.",
        )
    day = read_day(place, scheme, number)
    if day is None:
        raise NotFound(
            f"{path_of(place, scheme, number)} is not there, and the chain has only the root of that day",
            code="not_archived",
            advice="Take it from who keeps an archive (`sharing archive`); it proves itself.",
        )
    try:
        check_day(day, folded)
    except ProofError as error:
        raise UsageError(
            str(error), code="archive_behind", advice="A run came after the day was archived: take another archive."
        ) from None
    return day


def _caught_up(invocation: Invocation, place: Path, day: ArchivedDay, slot: int, energies: Energies) -> ArchivedDay:
    """The archive with the late run that the chain has of a slot, which this file may have brought about."""
    entry = proven_entry(invocation, LATE_RUNS, big_endian(day.scheme) + big_endian(slot))
    newest = day.newest(slot)
    if entry is None or newest is None or entry == newest.entry:
        return day
    used = newest.energies()
    changed = {point: energy for point, energy in energies.items() if used.get(point, energy) != energy}
    chunks = corrected(newest, changed, _parts(invocation, day.scheme, slot, changed))
    try:
        late = archived_slot(
            slot, entry, [p for chunk in chunks for p in chunk.points], [i for chunk in chunks for i in chunk.inputs]
        )
    except ProofError:
        raise UsageError(
            f"slot {slot} was corrected by another file since; the archive does not know run {entry.run}",
            code="archive_behind",
            advice="Take the archive of who sent that correction.",
        ) from None
    day = replace(day, late=(*day.late, late))
    write_day(place, day)
    return day


def _parts(invocation: Invocation, scheme: int, slot: int, energies: Energies) -> dict[int, int]:
    """What of the points' energies counts in the scheme, by the shares that the chain remembers."""
    schemes = [each["scheme"] for each in invocation.node.sharing.schemes()["schemes"]]
    parts = {}
    for point, energy in energies.items():
        keys = [big_endian(point) + big_endian(each) for each in schemes]
        shares = proven_entries(invocation, PARTICIPATIONS, keys)
        factors = {
            each: factor_at(share, slot) for each, share in zip(schemes, shares, strict=True) if share is not None
        }
        factors = {each: factor for each, factor in factors.items() if factor}
        split = split_over_schemes(energy, tuple(factors.values()), slot)
        parts[point] = dict(zip(factors, split, strict=True)).get(scheme, 0)
    return parts


def _brought(invocation: Invocation, scheme: int, newest: ArchivedSlot, file: bytes) -> frozenset[int]:
    """The pieces of a correction that was interrupted. Raises `LedgerRefused` (correction_open) for another file's."""
    key = big_endian(scheme) + big_endian(newest.slot)
    known = proven_entry(invocation, LATE_CORRECTIONS, key)
    if known is None:
        return frozenset()
    if known.file != file:
        raise LedgerRefused(
            f"a correction of slot {newest.slot} by another file is being brought",
            code="correction_open",
            advice="It lapses seven days after its first piece.",
        )
    chunks = [chunk_of(chunk.points[0]) for chunk in newest.chunks]
    parts = proven_entries(invocation, RUN_PARTS, [key + big_endian(chunk) for chunk in chunks])
    return frozenset(chunk for chunk, part in zip(chunks, parts, strict=True) if part is not None)


def send_late(invocation: Invocation, how: How, place: Path, corrections: Iterable[Correction]) -> None:
    """Slot by slot: its pieces, then its run, which the archive keeps."""
    if how["sign_only"] is not None or not how["wait"]:
        raise UsageError("a correction sends several transactions, each after the one before was decided")
    listed = list(corrections)
    days = {each.day.day: each.day for each in listed}
    total = sum(len(each.payloads) for each in listed)
    sent = 0
    with goes_on(_GO_ON), Progress("transaction of the correction", total) as progress:
        for each in listed:
            for payload in each.payloads:
                progress.at(sent)
                _submit(invocation, how, payload, f"slot {each.slot}")
                sent += 1
            days[each.day.day] = _settled(invocation, place, days[each.day.day], each)


def _settled(invocation: Invocation, place: Path, day: ArchivedDay, correction: Correction) -> ArchivedDay:
    """Wait for the run, and keep it."""
    end = time.monotonic() + SETTLED_S
    while True:
        after = _caught_up(invocation, place, day, correction.slot, correction.energies)
        if after is not day:
            return after
        if time.monotonic() > end:
            raise TimedOut(f"slot {correction.slot} is not settled yet", advice=_GO_ON)
        time.sleep(0.2)


def _submit(invocation: Invocation, how: How, payload: Value, what: str) -> None:
    """One transaction, decided. Raises `LedgerRefused`, `TimedOut`."""
    _chain, envelope, signed = signed_envelope(invocation, how, payload, invocation.passwords)
    raw = assemble(envelope, signed)
    try:
        answer = invocation.node.submit(raw, wait_s=invocation.config.timeout)
    except LedgerRefused as error:
        told = fee_refusal(invocation, raw, error)
        raise LedgerRefused(f"{what}: {told.detail}", code=told.code, advice=told.advice) from None
    if answer["status"] == "waiting":
        raise TimedOut(f"{what} is not decided yet ({answer['id']})", advice=_GO_ON)
    if answer["code"]:
        told = refusal(invocation, answer)
        raise LedgerRefused(f"{what}: {told.detail}", code=told.code, advice=told.advice)
