"""Together: points, the board of who takes part, joining and leaving it."""

from __future__ import annotations

from typing import Final

import click

from ledger.together.payloads import JoinBoard, LeaveBoard
from nodechain.client.answers.together import BoardRowView, StandingView, TogetherTermsView
from nodechain.commands.sending.send import How, account_asked, send
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, heads, table

KINDS: Final = (
    ("used", "a kWh used from the community"),
    ("given", "a kWh given to the community"),
    ("on_time", "a day with readings in time"),
    ("ballots", "a ballot in a question"),
)


@click.group()
def together() -> None:
    """Points for what helps the community, counted for those who take part."""


@together.command()
@command
def show(invocation: Invocation) -> None:
    """What earns points, prizes, and seasons that ended."""
    data = invocation.node.together.show()
    told = [("season", data["season"]), ("on the board", str(data["participants"])), *_terms(data["terms"])]
    if data["next_terms"] is not None:
        told += [(f"from {data['since']}: {name}", value) for name, value in _terms(data["next_terms"])]
    lines = [fields(told)]
    rows = [
        (
            season["season"], str(place["place"]), place["nickname"] or "(has left)", str(place["points"]),
            f"{place['amount']['tokens']} {place['symbol']}",
        )
        for season in data["closed"]
        for place in season["places"]
    ]  # fmt: skip
    if rows:
        lines.append(table(("SEASON", "PLACE", "NICKNAME", "POINTS", "PRIZE"), rows))
    invocation.show(data, "\n\n".join(lines))


def _terms(terms: TogetherTermsView) -> list[tuple[str, str]]:
    points = {"used": terms["used"], "given": terms["given"], "on_time": terms["on_time"], "ballots": terms["ballots"]}
    prizes = ", ".join(f"{prize['amount']['tokens']} {prize['symbol']}" for prize in terms["prizes"])
    return [
        *((f"points for {text}", str(points[kind])) for kind, text in KINDS),
        ("most a kind", str(terms["most"])),
        ("closed", f"{terms['grace_days']} days after the month"),
        ("prizes", prizes or "none"),
    ]


@click.command()
@click.option("--season", metavar="MONTH", help="One that is not closed, like 2026-11 (default: this month).")
@command
def board(invocation: Invocation, *, season: str | None) -> None:
    """The board: nicknames and points of those who take part, the first one first."""
    data = invocation.node.together.show()
    wanted = season or data["season"]
    rows = next((each["rows"] for each in data["boards"] if each["season"] == wanted), [])
    shown = [(str(row["place"]), row["nickname"], str(row["points"])) for row in rows]
    text = table(("PLACE", "NICKNAME", "POINTS"), shown) if rows else f"Nobody has points in {wanted} (yet)."
    invocation.show({"season": wanted, "rows": rows}, text, rows, columns=heads(BoardRowView))


@together.command()
@click.argument("account", required=False, shell_complete=accounts)
@command
def points(invocation: Invocation, *, account: str | None) -> None:
    """Points of ACCOUNT (default: who sends) by what they are for; nobody else sees them by kind."""
    data = invocation.node.together.account(account_asked(invocation, account, "`nodechain together points NAME`"))
    if not data["nickname"]:
        invocation.show(
            data, "The account is not on the board: nothing is counted for it.", columns=heads(StandingView)
        )
        return
    rows = [
        (season["season"], text, str(season["points"][kind]))
        for season in data["seasons"]
        for kind, text in KINDS
        if season["points"][kind]
    ]
    places = ", ".join(
        f"{season['total']} points in {season['season']}" + (f", place {season['place']}" if season["place"] else "")
        for season in data["seasons"]
    )
    text = fields([("nickname", data["nickname"]), ("has", places)])
    if rows:
        text += f"\n\n{table(('SEASON', 'FOR', 'POINTS'), rows)}"
    invocation.show(data, text, data["seasons"], columns=heads(StandingView))


@together.command()
@click.argument("nickname")
@sending
def join(invocation: Invocation, how: How, *, nickname: str) -> None:
    """Take part as NICKNAME, which all members see with its points; the blocks keep who chose it."""
    send(invocation, how, JoinBoard(nickname), done=f"On the board as {nickname}: points are counted from now on.")


@together.command()
@sending
def leave(invocation: Invocation, how: How) -> None:
    """Take part no longer: nickname and points are forgotten."""
    send(invocation, how, LeaveBoard(), done="Off the board; nickname and points are forgotten.")
