"""Resolutions: what members are asked; one member, one ballot, counted by the chain."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from ledger.encoding.times import format_time
from ledger.resolutions.limits import MAX_OPTIONS
from ledger.resolutions.payloads import ABSTENTION, CastBallot, Majority, OpenResolution, WithdrawResolution
from nodechain.client.answers.resolutions import ResolutionView
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.commands.sending.send import How, account_asked, events_of, send
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.documents import DOCUMENT, document_hash
from nodechain.commands.terminal.moments import moment_ms
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, heads, table
from nodechain.errors import NodeError, UsageError

_NUMBER: Final = click.argument("number", type=click.IntRange(min=1))
_WORDS: Final[dict[str, str]] = {
    "most": "the most ballots",
    "half": "more than half of the ballots",
    "two_thirds": "two thirds of the ballots",
    "open": "open",
    "decided": "decided",
    "no_quorum": "too few voted",
    "no_majority": "no option has enough",
}


@click.group()
def resolution() -> None:
    """Resolutions: what members are asked; one member, one ballot, counted by the chain."""


@resolution.command("list")
@click.option("--all", "also_closed", is_flag=True, help="Those that are closed, too.")
@command
def list_(invocation: Invocation, *, also_closed: bool) -> None:
    """What members are asked now."""
    found = [
        each
        for page in invocation.node.resolutions.pages()
        for each in page["resolutions"]
        if also_closed or each["outcome"] == "open"
    ]
    rows = [
        (str(each["number"]), each["title"], format_time(each["deadline_ms"]), str(_cast(each)), _stands(each))
        for each in found
    ]
    text = table(("NUMBER", "TITLE", "UNTIL (UTC)", "BALLOTS", "STATE"), rows)
    none = "No resolution." if also_closed else "No resolution is open; `--all` lists closed ones."
    invocation.show({"resolutions": found}, text if rows else none, found, columns=heads(ResolutionView))


def _cast(found: ResolutionView) -> int:
    return found["abstentions"] + sum(option["ballots"] for option in found["options"])


def _stands(found: ResolutionView) -> str:
    if found["decided"]:
        return f"decided: {found['options'][found['decided'] - 1]['text']}"
    return _WORDS[found["outcome"]]


@resolution.command()
@_NUMBER
@click.argument("account", required=False, shell_complete=accounts)
@command
def show(invocation: Invocation, *, number: int, account: str | None) -> None:
    """Resolution NUMBER, how it stands, and what ACCOUNT (one's own, where one is signed in as) has said."""
    found = invocation.node.resolutions.show(number)["resolution"]
    own = None if account is None else _said(invocation, number, account)
    told = [
        ("resolution", f"{number}: {found['title']}"),
        ("SHA-256 of the text", found["text_hash"]),
        ("asked by", invocation.names().get(found["opened_by"], found["opened_by"])),
        ("ballots until", f"{format_time(found['deadline_ms'])} UTC"),
        ("decides", f"{_WORDS[found['majority']]}; at least {found['quorum']} ballots, abstentions included"),
        ("state", _stands(found)),
        *(() if own is None else (("your ballot", own),)),
    ]
    rows = [(str(each["option"]), each["text"], str(each["ballots"])) for each in found["options"]]
    rows.append((str(ABSTENTION), "(abstention)", str(found["abstentions"])))
    text = f"{fields(told)}\n\n{table(('OPTION', 'TEXT', 'BALLOTS'), rows)}"
    invocation.show({"resolution": found}, text, found["options"])


def _said(invocation: Invocation, number: int, account: str) -> str:
    address = account_asked(invocation, account, "`nodechain resolution show NUMBER NAME`")
    option = invocation.node.resolutions.ballot(number, address)["option"]
    return "none" if option is None else "abstention" if option == ABSTENTION else f"option {option}"


@resolution.command("open")
@click.argument("title")
@click.argument("text", type=DOCUMENT)
@click.option("--option", "options", multiple=True, metavar="TEXT", help="An option (default: yes, no).")
@click.option("--until", required=True, metavar="TIME", help="The deadline, like 2026-12-24T18:00+01:00.")
@click.option(
    "--quorum",
    default="0",
    show_default=True,
    metavar="NUMBER",
    help="Ballots that it needs, or a part of those who may vote now, like 50%.",
)
@click.option(
    "--majority",
    type=click.Choice([each.name.lower() for each in Majority]),
    default="most",
    show_default=True,
    help="What an option needs: the most ballots, more than half, or two thirds.",
)
@sending
def open_(
    invocation: Invocation, how: How, *, title: str, text: Path, options: tuple[str, ...], until: str, quorum: str,
    majority: str,
) -> None:  # fmt: skip
    """Ask the members TITLE. Only the SHA-256 of TEXT goes to the chain: send the document round yourself."""
    chosen = options or ("yes", "no")
    if not 2 <= len(chosen) <= MAX_OPTIONS:
        raise UsageError(f"a resolution has 2 to {MAX_OPTIONS} options", code="bad_options")
    digest = document_hash(text)
    needed = _quorum(invocation, quorum)
    payload = OpenResolution(title, digest, chosen, Majority[majority.upper()], needed, moment_ms(until))
    send(invocation, how, payload, done=_opened)


def _quorum(invocation: Invocation, text: str) -> int:
    """A number, or a part of all who may vote now, rounded up."""
    number, percent, rest = text.strip().partition("%")
    if not number.strip().isascii() or not number.strip().isdigit() or rest.strip():
        raise UsageError(f"{text}: no number of ballots", code="bad_quorum", advice="Write 12, or a part like 50%.")
    if not percent:
        return int(number)
    if int(number) > 100:
        raise UsageError(f"{text} is more than all", code="bad_quorum", advice="Write a part up to 100%.")
    asked = {*invocation.node.chain.members(), *invocation.node.chain.voters()}
    return -(-len(asked) * int(number) // 100)


def _opened(answer: TransactionAnswer) -> str:
    event: dict[str, Any] = next(each for each in events_of(answer) if each["kind"] == "resolution_opened")
    return f"Opened resolution {event['resolution']}; `nodechain resolution cast {event['resolution']} OPTION` votes."


@resolution.command()
@_NUMBER
@click.argument("option", type=click.IntRange(ABSTENTION, MAX_OPTIONS))
@sending
def cast(invocation: Invocation, how: How, *, number: int, option: int) -> None:
    """Vote for OPTION of resolution NUMBER; 0 abstains. Until the deadline another ballot takes its place."""
    said = "abstained" if option == ABSTENTION else f"voted for option {option}"
    send(invocation, how, CastBallot(number, option), done=f"You {said} of resolution {number}.")


@resolution.command()
@_NUMBER
@sending
def withdraw(invocation: Invocation, how: How, *, number: int) -> None:
    """Take resolution NUMBER back, before anybody else has voted."""
    send(invocation, how, WithdrawResolution(number), done=f"Took resolution {number} back.")


@resolution.command()
@_NUMBER
@click.argument("text", type=DOCUMENT)
@command
def verify(invocation: Invocation, *, number: int, text: Path) -> None:
    """Check that TEXT is the document that resolution NUMBER is about."""
    digest = document_hash(text).hex()
    found = invocation.node.resolutions.show(number)["resolution"]
    if digest != found["text_hash"]:
        raise NodeError(
            f"{text} is not what resolution {number} is about: its SHA-256 is {digest}, not {found['text_hash']}",
            code="wrong_text",
            advice="Ask who opened it for the document.",
        )
    invocation.show({"resolution": number, "text_hash": digest}, f"{text} is what resolution {number} is about.")
