"""Why a slot came to what it did: by the node's answer, or of a folded day by the archive; each value proven."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

import click

from ledger.bank.assets import CURRENCY_ASSET
from ledger.encoding.amounts import format_share
from ledger.encoding.codec import encode
from ledger.encoding.times import format_time
from ledger.errors import ProofError
from ledger.keys.address import format_address
from ledger.sharing.hourly import outcomes_of
from ledger.sharing.late_archive import ArchivedSlot
from ledger.sharing.late_schema import LATE_RUNS
from ledger.sharing.members import chunk_key
from ledger.sharing.outcome import RunRow
from ledger.sharing.roots import POINT_PROOF, PointProofs, by_chunk, root_of, verify_point
from ledger.sharing.rows_schema import RowsState
from ledger.sharing.rows_values import POINT_ROWS, ROWS_PROOF, verify_point_rows
from ledger.sharing.schema import MEMBERS, SchemeMember, SchemeVersion, SlotInput
from ledger.slots.schema import Direction, SlotState, ValueSource
from ledger.state.table import big_endian
from market.denominations import Denominations
from nodechain.client.answers.amounts import Amount
from nodechain.client.answers.sharing_slots import HourView, SettledSlotView, ShareRow, SlotRunView
from nodechain.commands.light import proven_entries
from nodechain.commands.sending.chain import denominations
from nodechain.commands.sending.late_days import ARCHIVE, FOLDER, LateDays
from nodechain.commands.sharing_months import kwh, why_month
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import heads
from nodechain.commands.terminal.slot_options import SLOT_OR_MONTH, Begins, Month, slot_number
from nodechain.errors import BadAnswer, NotFound, UsageError

DAY_FOLDED: Final = "day_folded"
_SIDES: Final = 8
"""Rows of a point that a sentence names; `--output json` has all."""


@click.command()
@click.argument("slot", type=SLOT_OR_MONTH)
@click.option("--scheme", type=click.IntRange(min=1), default=1, show_default=True, help="Its number.")
@click.option("--point", "points", type=click.IntRange(min=1), multiple=True, help="Only this point; repeatable.")
@ARCHIVE
@command
def why(
    invocation: Invocation, *, slot: int | Begins | Month, scheme: int, points: tuple[int, ...], folder: Path | None
) -> None:
    """Why SLOT came to what it did, for one's own points: values, rule, arithmetic, each proven against the roots.

    Of a folded day, corrected since or not, the inputs stand in the archive (`sharing archive`): who has it is told
    of all its points. Of a scheme that settles by the month it is a month, as 2026-11.
    """
    if isinstance(slot, Month):
        why_month(invocation, slot.text, scheme)
        return
    number = slot_number(invocation, slot)
    symbol = denominations(invocation).symbol(CURRENCY_ASSET)
    data = _settled(invocation, scheme, number, folder)
    for row in data["rows"]:
        check_row(data["run"], row)
    rows = [row for row in data["rows"] if not points or row["point"] in points]
    lines = [_told(data, symbol), *_of_hour(data), *(_reason(data, row, symbol) for row in rows)]
    if not rows:
        lines.append("None of your points took part, or the inputs are kept no longer.")
    invocation.show({**data, "rows": rows}, "\n".join(lines), rows, columns=heads(ShareRow))


def _settled(invocation: Invocation, scheme: int, slot: int, folder: Path | None) -> SettledSlotView:
    """The node's answer; where it has no inputs any more, what the archive says, if there is one."""
    found = None
    try:
        found = invocation.node.sharing.slot(scheme, slot)
        if not found["folded"]:
            return found
    except NotFound as error:
        if error.code != DAY_FOLDED:
            raise
    try:
        proven = partial(proven_entries, invocation)
        days = LateDays(invocation, proven, folder or invocation.home / FOLDER, scheme)
        return archived_view(days, invocation, slot)
    except NotFound as error:
        if found is None or folder is not None or error.code != "not_archived":
            raise
        return found


def archived_view(days: LateDays, invocation: Invocation, slot: int) -> SettledSlotView:
    """The newest run of a folded slot out of the archive, computed anew, in the shape of a node's answer.

    Raises `NotFound` (not_archived), `UsageError` (archive_behind), `BadAnswer` where rows do not lead to the roots.
    """
    together, version = days.together(slot), days.version(slot)
    runs = _newest_runs(days, together.slots)
    chunks = days.proven(MEMBERS, [chunk_key(days.scheme, chunk) for chunk in version.chunks])
    members = [member for chunk in chunks if chunk is not None for member in chunk.members]
    inputs = [[one for chunk in run.chunks for one in chunk.inputs] for run in runs]
    if any(len(of_slot) != len(members) for of_slot in inputs):
        raise BadAnswer(f"the archive has other points than scheme {days.scheme} had in slot {slot}")
    numbers = [member.point for member in members]
    outcomes = outcomes_of(version.terms, members, together.number, inputs)
    for run, outcome in zip(runs, outcomes, strict=True):
        if root_of(by_chunk(numbers, outcome.rows)) != run.entry.rows_root:
            raise BadAnswer(f"run {run.entry.run} of slot {run.slot} is not what its terms and inputs come to")
    at = together.slots.index(slot)
    hour_rows = [
        (sum(outcome.rows[place].energy_mwh for outcome in outcomes), sum(o.rows[place].shared_mwh for o in outcomes))
        for place in range(len(members))
    ]
    chain = denominations(invocation)
    row_proofs, input_proofs = (
        PointProofs(by_chunk(numbers, outcomes[at].rows)),
        PointProofs(by_chunk(numbers, inputs[at])),
    )
    rows: list[ShareRow] = []
    for chunk, archived in enumerate(runs[at].chunks):
        for in_chunk in range(len(archived.points)):
            place = len(rows)
            proofs = encode(row_proofs.of(chunk, in_chunk)).hex(), encode(input_proofs.of(chunk, in_chunk)).hex()
            values = members[place], outcomes[at].rows[place], inputs[at][place]
            rows.append(_row(chain, *values, hour_rows[place], proofs))
    entry, sums = runs[at].entry, runs[at].entry.sums
    known = invocation.node.sharing.scheme(days.scheme)
    terms = next((each["terms"] for each in known["versions"] if each["version"] == entry.version), {})
    hour = [run.entry.sums for run in runs] if version.terms.rule.hourly else []
    return {
        "height": known["height"], "scheme": days.scheme, "run": _run(days, version, runs[at]), "folded": True,
        "hour": HourView(
            first_slot=together.slots.start, slots=len(together.slots),
            injected_mwh=sum(each.injected_mwh for each in hour), taken_mwh=sum(each.taken_mwh for each in hour),
            shared_mwh=sum(each.shared_mwh for each in hour),
        ) if hour else None,
        "terms": terms, "injected_mwh": sums.injected_mwh, "taken_mwh": sums.taken_mwh, "shared_mwh": sums.shared_mwh,
        "paid": _amount(chain, sums.paid), "fees": _amount(chain, sums.fees), "points": len(members), "rows": rows,
        "next": None,
    }  # fmt: skip


def _newest_runs(days: LateDays, slots: range) -> list[ArchivedSlot]:
    """The archived runs of slots, each the newest that the chain has. Raises `UsageError` (archive_behind)."""
    late = days.proven(LATE_RUNS, [big_endian(days.scheme) + big_endian(slot) for slot in slots])
    found: list[ArchivedSlot] = []
    for slot, entry in zip(slots, late, strict=True):
        day = days.day_of(slot)
        run = day.newest(slot) if entry is not None else next((each for each in day.slots if each.slot == slot), None)
        if run is None:
            raise NotFound(f"slot {slot} of scheme {days.scheme} was not settled", code="unknown_slot")
        if entry is not None and run.entry != entry:
            raise UsageError(
                f"slot {slot} was corrected since; the archive does not know run {entry.run}",
                code="archive_behind",
                advice="Take the archive of who sent that correction.",
            )
        found.append(run)
    return found


def _run(days: LateDays, version: SchemeVersion, run: ArchivedSlot) -> SlotRunView:
    return {
        "slot": run.slot, "start_ms": days.clock.start_ms(run.slot), "run": run.entry.run, "version": version.version,
        "substituted": run.entry.substituted, "final": True, "inputs_root": run.entry.inputs_root.hex(),
        "rows_root": run.entry.rows_root.hex(), "slot_rows": RowsState(run.entry.slot_rows).name.lower(),
    }  # fmt: skip


def _row(
    chain: Denominations,
    member: SchemeMember,
    row: RunRow,
    used: SlotInput,
    of_hour: tuple[int, int],
    proofs: tuple[str, str],
) -> ShareRow:
    return {
        "point": row.point, "account": format_address(row.account),
        "direction": Direction(member.direction).name.lower(), "state": SlotState(used.state).name.lower(),
        "source": ValueSource(used.source).name.lower(), "keys": list(member.keys), "energy_mwh": used.energy_mwh,
        "counted_mwh": row.energy_mwh, "shared_mwh": row.shared_mwh, "amount": _amount(chain, row.amount),
        "fee": _amount(chain, row.fee), "hour_counted_mwh": of_hour[0], "hour_shared_mwh": of_hour[1],
        "row": encode(row).hex(), "row_proof": proofs[0], "input": encode(used).hex(), "input_proof": proofs[1],
        "zones": [], "sides": [], "point_rows": "", "point_rows_proof": "",
    }  # fmt: skip


def _amount(chain: Denominations, base: int) -> Amount:
    return {"base": base, "tokens": chain.text(CURRENCY_ASSET, base)}


def check_row(run: SlotRunView, row: ShareRow) -> None:
    """That a row and its input stand under the run's roots; raises `BadAnswer` where they do not."""
    try:
        for root, item, proof in (
            (run["rows_root"], row["row"], row["row_proof"]),
            (run["inputs_root"], row["input"], row["input_proof"]),
        ):
            verify_point(bytes.fromhex(root), bytes.fromhex(item), POINT_PROOF.decode(bytes.fromhex(proof)))
        if row["point_rows"]:
            _check_sides(run, row)
    except (ProofError, ValueError) as error:
        raise BadAnswer(f"the row of point {row['point']} does not lead to the run's roots: {error}") from error


def _check_sides(run: SlotRunView, row: ShareRow) -> None:
    """That the rows of the slot that name the point are those under the root of inputs; raises `ProofError`."""
    leaf = bytes.fromhex(row["point_rows"])
    verify_point_rows(
        bytes.fromhex(run["inputs_root"]), leaf, ROWS_PROOF.decode(bytes.fromhex(row["point_rows_proof"]))
    )
    found = POINT_ROWS.decode(leaf)
    shown = [(side["other"], side["share"]) for side in row["sides"]]
    if found.point != row["point"] or [(side.other, side.share) for side in found.rows] != shown:
        raise ProofError("the rows shown are not those that are proven")


def _told(data: SettledSlotView, symbol: str) -> str:
    run, terms = data["run"], data["terms"]
    final = "final" if run["final"] else "provisional until its cut-off"
    final += ", of a folded day" if data["folded"] else ""
    marked = f", {run['substituted']} values substituted" if run["substituted"] else ""
    rule = terms["rule"]["method"]["kind"].replace("_", " ")
    rows = {"imported": ", rows imported", "substituted": ", rows of the terms in place of those that did not come"}
    marked += rows.get(run["slot_rows"], "")
    return (
        f"Scheme {data['scheme']} ({terms['name']}), slot {run['slot']} from {format_time(run['start_ms'])} UTC:"
        f" run {run['run']} under version {run['version']}, {final}{marked}.\n"
        f"Injected {kwh(data['injected_mwh'])}, taken {kwh(data['taken_mwh'])}; by the rule '{rule}'"
        f" {kwh(data['shared_mwh'])} were shared, for {data['paid']['tokens']} {symbol}"
        + (f" and {data['fees']['tokens']} {symbol} of fees." if data["fees"]["base"] else ".")
    )


def _of_hour(data: SettledSlotView) -> list[str]:
    hour = data["hour"]
    if hour is None:
        return []
    told = (
        f"The rule works by the hour: in the {hour['slots']} slots from {hour['first_slot']} on"
        f" {kwh(hour['injected_mwh'])} were injected and {kwh(hour['taken_mwh'])} taken, of which"
        f" {kwh(hour['shared_mwh'])} were shared. A point's part of the hour is laid on its slots by what it took or"
        " injected in them; what one slot's plants deliver others may take in another."
    )
    return [told]


def _part(data: SettledSlotView, row: ShareRow) -> str:
    if data["hour"] is None:
        return f"its part of what was shared is {kwh(row['shared_mwh'])}"
    return (
        f"of the hour's {kwh(row['hour_counted_mwh'])} its part of what was shared is {kwh(row['hour_shared_mwh'])},"
        f" in this slot {kwh(row['shared_mwh'])}"
    )


def _reason(data: SettledSlotView, row: ShareRow, symbol: str) -> str:
    consumes = row["direction"] == "offtake"
    whole, of_all = ("took", data["taken_mwh"]) if consumes else ("injected", data["injected_mwh"])
    counted = "" if row["counted_mwh"] == row["energy_mwh"] else f", of which {kwh(row['counted_mwh'])} count here"
    key = f", key {', '.join(map(str, row['keys']))}" if row["keys"] else ""
    rest = kwh(row["counted_mwh"] - row["shared_mwh"])
    paid = f"pays {row['amount']['tokens']} {symbol}" if consumes else f"receives {row['amount']['tokens']} {symbol}"
    fee = f" and {row['fee']['tokens']} {symbol} of fees" if row["fee"]["base"] else ""
    left = f"{rest} came from the grid" if consumes else f"{rest} went to the grid"
    return (
        f"Point {row['point']} {whole} {kwh(row['energy_mwh'])} ({row['state']}, source {row['source']}{key}){counted},"
        f" of {kwh(of_all)} in all; {_part(data, row)}, {left}."
        f"{_sides(data, row)} For that it {paid}{fee}.{_of_zones(row)} (Value and row are proven by the run's roots.)"
    )


def _sides(data: SettledSlotView, row: ShareRow) -> str:
    """What the rows of the slot say of a point."""
    if data["run"]["slot_rows"] == "none":
        return ""
    if not row["sides"]:
        return " No row of the slot names it."
    shares = [f"{format_share(side['share'])} {'of' if row['direction'] == 'offtake' else 'for'} point {side['other']}"
              for side in row["sides"][:_SIDES]]  # fmt: skip
    more = f" and {len(row['sides']) - _SIDES} more" if len(row["sides"]) > _SIDES else ""
    return f" By the rows of the slot it has {', '.join(shares)}{more} (proven too)."


def _of_zones(row: ShareRow) -> str:
    """Whence a consumer's share came, and what the grid took for the way."""
    told = []
    for part in row["zones"]:
        way = "for which no grid fee is asked"
        if part["pair"] is not None and part["rate"] is not None and part["fee"] is not None:
            way = f"grid fee {part['pair']} at {part['rate']['tokens']} a kWh: {part['fee']['tokens']}"
        told.append(f"{kwh(part['energy_mwh'])} from zone {part['zone'] or '(none)'} ({way})")
    return f" Of its part came {', '.join(told)}." if told else ""
