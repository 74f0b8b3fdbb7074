"""Schemes on the command line: which there are, what a slot came to and why, checked anew; opening and changing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from ledger.bank.assets import CURRENCY_ASSET
from ledger.chain.parameters import HOUR_MS, MINUTE_MS
from ledger.encoding.codec import Codec, Value
from ledger.encoding.times import format_time
from ledger.limits import MAX_TRANSACTION_BYTES
from ledger.sharing.hourly import outcomes_of
from ledger.sharing.hours import Together
from ledger.sharing.members import chunk_key
from ledger.sharing.payloads import ChangeScheme, SetScheme
from ledger.sharing.roots import by_chunk, root_of
from ledger.sharing.rows_schema import OLD_ROWS, SLOT_ROWS, RowsState, SlotRows
from ledger.sharing.rows_used import asks_for_rows, rows_of
from ledger.sharing.rows_values import inputs_root, rows_root
from ledger.sharing.schema import MEMBERS, SCHEMES, SLOT_RUNS, SchemeMember, SchemeVersion, SettledSlot, SlotInput
from ledger.sharing.scheme_terms import SchemeTerms
from ledger.state.merkle import list_root
from ledger.state.table import big_endian, newest_first
from nodechain.client.answers.sharing import SchemeView
from nodechain.client.answers.sharing_slots import SettledSlotView
from nodechain.commands.light import proven_entries, proven_entry
from nodechain.commands.sending.chain import denominations, words_of
from nodechain.commands.sending.send import How, events_of, send, sender_name
from nodechain.commands.sending.voting import voting
from nodechain.commands.sharing_months import kwh, replay_month
from nodechain.commands.terminal import completing
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import heads, table
from nodechain.commands.terminal.slot_options import FROM_SLOT, SLOT, SLOT_OR_MONTH, Begins, Month, slot_number
from nodechain.commands.terminal.versions_text import versions_text
from nodechain.errors import BadAnswer, NotFound
from nodechain.home.community_table import usual_terms
from nodechain.home.scheme_file import read_scheme_file

_SCHEME: Final = click.option("--scheme", type=click.IntRange(min=1), default=1, show_default=True, help="Its number.")
_FILE: Final = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))

_OTHERS_STAY: Final = click.option(
    "--others-stay", is_flag=True, help="The file's points come to those that take part, or take the place of the same."
)
_LEAVE: Final = click.option(
    "--leave", type=click.IntRange(min=1), multiple=True, help="A point that leaves, with --others-stay; repeatable."
)
SLOT_INPUT: Final[Codec[SlotInput]] = Codec(SlotInput, MAX_TRANSACTION_BYTES)


@click.command()
@command
def schemes(invocation: Invocation) -> None:
    """Schemes, and the terms that hold."""
    data = invocation.node.sharing.schemes()
    rows = [
        (
            str(each["scheme"]), each["terms"]["name"], str(each["points"] or "closed"),
            each["terms"]["rule"]["method"]["kind"].replace("_", " "), each["terms"]["settlement"],
            each["terms"]["sources"].replace("_", " "), format_time(each["from_ms"]),
        )
        for each in data["schemes"]
    ]  # fmt: skip
    text = table(("NUMBER", "NAME", "POINTS", "RULE", "SETTLEMENT", "SOURCES", "SINCE"), rows)
    invocation.show(data, text if rows else "No scheme.", data["schemes"], columns=heads(SchemeView))


@click.command()
@click.argument("number", type=click.IntRange(min=1))
@command
def scheme(invocation: Invocation, *, number: int) -> None:
    """The terms of scheme NUMBER, the newest first."""
    data = invocation.node.sharing.scheme(number)
    words = words_of(invocation)
    text = versions_text(data["versions"], lambda terms: words.lines(SchemeTerms, terms))
    invocation.show(data, text, data["versions"], columns=heads(SchemeView))


@click.command()
@click.argument("account", required=False, shell_complete=completing.accounts)
@command
def share(invocation: Invocation, *, account: str | None) -> None:
    """What ACCOUNT (default: one's own) bought and sold by month, what it owes and is owed."""
    data = invocation.node.sharing.account(invocation.address_text(account or sender_name(invocation)))
    symbol = denominations(invocation).symbol(CURRENCY_ASSET)
    rows = [
        (
            each["month"], str(each["scheme"]), kwh(each["bought_mwh"]), kwh(each["sold_mwh"]),
            each["cost"]["tokens"], each["fee"]["tokens"], each["revenue"]["tokens"],
        )
        for each in data["months"]
    ]  # fmt: skip
    heading = ("MONTH", "SCHEME", "BOUGHT", "SOLD", f"COST {symbol}", "FEES", "REVENUE")
    lines = [table(heading, rows) if rows else "Nothing was shared in the last 13 months."]
    lines += [f"Owes scheme {each['scheme']} {each['amount']['tokens']} {symbol}." for each in data["owes"]]
    lines += [f"Scheme {each['scheme']} owes it {each['amount']['tokens']} {symbol}." for each in data["is_owed"]]
    invocation.show(data, "\n".join(lines), data["months"])


@click.command()
@click.argument("first", type=SLOT)
@click.argument("count", type=click.IntRange(1, 3_000), default=96)
@_SCHEME
@command
def differences(invocation: Invocation, *, first: int | Begins, count: int, scheme: int) -> None:
    """Slots from FIRST on (COUNT of them, default 96) in which our meter and the operator's file differ."""
    data = invocation.node.sharing.differences(scheme, slot_number(invocation, first), count)
    rows = [
        (
            str(each["point"]), format_time(each["start_ms"]), kwh(each["own_mwh"]), kwh(each["operator_mwh"]),
            kwh(each["operator_mwh"] - each["own_mwh"]),
        )
        for each in data["differences"]
    ]  # fmt: skip
    text = table(("POINT", "SLOT FROM (UTC)", "OURS", "OPERATOR'S", "DIFFERENCE"), rows)
    invocation.show(data, text if rows else "No difference beyond the scheme's bound.", data["differences"])


def _terms(invocation: Invocation, file: Path) -> SchemeTerms:
    chain = denominations(invocation)
    decimals, usual = chain.assets[CURRENCY_ASSET - 1].decimals, usual_terms(invocation.home)
    return read_scheme_file(file, CURRENCY_ASSET, decimals, invocation.address, usual)


@click.command("open")
@_FILE
@FROM_SLOT
@sending
def open_(invocation: Invocation, how: How, *, file: Path, from_slot: int | Begins) -> None:
    """Open a scheme by FILE, as a manager; others: `vote set-scheme`."""
    send(invocation, how, ChangeScheme(0, slot_number(invocation, from_slot), _terms(invocation, file)), done=_changed)


@click.command()
@click.argument("number", type=click.IntRange(min=1))
@_FILE
@FROM_SLOT
@_OTHERS_STAY
@_LEAVE
@sending
def change(
    invocation: Invocation,
    how: How,
    *,
    number: int,
    file: Path,
    from_slot: int | Begins,
    others_stay: bool,
    leave: tuple[int, ...],
) -> None:
    """Change scheme NUMBER by FILE, as a manager; others: `vote set-scheme --scheme NUMBER`.

    One file brings at most 400 points; more come by several changes to one slot, with --others-stay.
    """
    slot = slot_number(invocation, from_slot)
    send(invocation, how, ChangeScheme(number, slot, _terms(invocation, file), others_stay, leave), done=_changed)


def _changed(answer: Any) -> str:
    event = next(each for each in events_of(answer) if each["kind"] == "scheme_changed")
    return f"Scheme {event['scheme']} has version {event['version']} from slot {event['from_slot']} on."


@click.command("set-scheme")
@_FILE
@FROM_SLOT
@click.option("--scheme", type=click.IntRange(min=0), default=0, help="Its number; 0: open a new one.")
@_OTHERS_STAY
@_LEAVE
@voting
def set_scheme(
    invocation: Invocation,
    *,
    file: Path,
    from_slot: int | Begins,
    scheme: int,
    others_stay: bool,
    leave: tuple[int, ...],
) -> Value:
    """Open or change a sharing scheme by FILE."""
    return SetScheme(scheme, slot_number(invocation, from_slot), _terms(invocation, file), others_stay, leave)


@click.command()
@click.argument("slot", type=SLOT_OR_MONTH)
@_SCHEME
@command
def replay(invocation: Invocation, *, slot: int | Begins | Month, scheme: int) -> None:
    """Compute SLOT anew from its terms and inputs, both proven by the chain, and compare the roots of its run.

    Only who may read all points' values has the inputs; others check their own rows by `why`. Of a scheme that settles
    by the month it is a month, as 2026-11.
    """
    if isinstance(slot, Month):
        replay_month(invocation, slot.text, scheme)
        return
    number = slot_number(invocation, slot)
    asked = invocation.node.sharing.slot(scheme, number)
    known = invocation.node.sharing.scheme(scheme)
    from_slot = next(each["from_slot"] for each in known["versions"] if each["version"] == asked["run"]["version"])
    version = proven_entry(invocation, SCHEMES, big_endian(scheme) + newest_first(from_slot))
    if version is None:
        raise NotFound("the terms of this slot are kept no longer", code="unknown_scheme")
    together = together_of(asked, known["slot_ms"])
    entries: list[SettledSlot] = []
    inputs: list[list[SlotInput]] = []
    for each in together.slots:
        entry = proven_entry(invocation, SLOT_RUNS, big_endian(scheme) + big_endian(each))
        view = asked if each == number else invocation.node.sharing.slot(scheme, each)
        if entry is None or len(view["rows"]) != version.points:
            raise NotFound(
                "the inputs of this slot are kept no longer, or are not all open to you; `sharing why` proves your own",
                code="unknown_scheme",
            )
        entries.append(entry)
        inputs.append([SLOT_INPUT.decode(bytes.fromhex(row["input"])) for row in view["rows"]])
    chunks = proven_entries(invocation, MEMBERS, [chunk_key(scheme, chunk) for chunk in version.chunks])
    members = [member for chunk in chunks if chunk is not None for member in chunk.members]
    entry = entries[together.slots.index(number)]
    text = replayed(version, members, together, entries, inputs, _slot_rows(invocation, version, number, entry))
    invocation.show({"scheme": scheme, "slot": number, "run": entry.run, "rows_root": entry.rows_root.hex()}, text)


def _slot_rows(invocation: Invocation, version: SchemeVersion, slot: int, entry: SettledSlot) -> SlotRows | None:
    """The rows that a run used, each proven: those remembered of it or of the next one, else those there (SC20)."""
    if not asks_for_rows(version.terms):
        return None
    key = big_endian(version.scheme) + big_endian(slot)
    old = proven_entries(invocation, OLD_ROWS, [key + big_endian(run) for run in (entry.run, entry.run + 1)])
    found = next((each for each in old if each is not None), None) or proven_entry(invocation, SLOT_ROWS, key)
    if found is None:
        raise NotFound("the rows of this slot are kept no longer", code="unknown_scheme")
    return found


def together_of(asked: SettledSlotView, slot_ms: int) -> Together:
    """The slots that are computed together with one, as the node says: with others the roots would differ."""
    hour, slot = asked["hour"], asked["run"]["slot"]
    if hour is None:
        return Together(range(slot, slot + 1), slot)
    if not MINUTE_MS <= slot_ms <= HOUR_MS or not 0 < hour["slots"] <= HOUR_MS // slot_ms:
        raise BadAnswer("the node speaks of an hour that is none")
    slots = range(hour["first_slot"], hour["first_slot"] + hour["slots"])
    if slot not in slots:
        raise BadAnswer(f"slot {slot} does not lie in the hour of which the node speaks")
    return Together(slots, slots.start // (HOUR_MS // slot_ms))


def replayed(
    version: SchemeVersion,
    members: Sequence[SchemeMember],
    together: Together,
    entries: Sequence[SettledSlot],
    inputs: Sequence[Sequence[SlotInput]],
    slot_rows: SlotRows | None = None,
) -> str:
    """What slots that are settled together come to, computed here; raises `BadAnswer` where that was not posted.

    `slot_rows`: the rows that came with the slot, where the rule asks for some.
    """
    points, came = [member.point for member in members], rows_of(slot_rows)
    root = None if slot_rows is None else rows_root(RowsState(slot_rows.state), came)
    for slot, entry, of_slot in zip(together.slots, entries, inputs, strict=True):
        chunks = [list_root(chunk) for chunk in by_chunk(points, of_slot)]
        if len(points) != version.points or inputs_root(chunks, root) != entry.inputs_root:
            raise BadAnswer(f"these are not the inputs of run {entry.run} of slot {slot}")
    outcomes = outcomes_of(version.terms, members, together.number, inputs, came)
    for slot, entry, outcome in zip(together.slots, entries, outcomes, strict=True):
        if (root_of(by_chunk(points, outcome.rows)), outcome.sums) != (entry.rows_root, entry.sums):
            raise BadAnswer(f"run {entry.run} of slot {slot} is not what its terms and inputs come to")
    rows, shared = sum(len(outcome.rows) for outcome in outcomes), sum(one.sums.shared_mwh for one in outcomes)
    which = f"slot {together.slots[0]}"
    if len(outcomes) > 1:
        which = f"the hour of slots {together.slots[0]} to {together.slots[-1]}"
    return (
        f"Run {entries[0].run} of {which}: {rows} rows computed anew from proven terms and inputs,"
        f" {kwh(shared)} shared; the roots are the same."
    )
