"""Voters' decisions and parameters on the command line.

The first yes opens a vote; the yes that passes it carries it out. Votes on a subject stand on its page.
"""

from __future__ import annotations

from typing import Final

import click

from ledger.chain.parameter_text import parse_parameter
from ledger.encoding.codec import Value
from ledger.encoding.times import format_day
from ledger.errors import InvalidInput
from ledger.fund.payloads import AdmitSponsored
from ledger.governance.payloads import AddVoter, AdmitMember, CastVote, ExpelMember, RemoveVoter, SetParameter
from nodechain.api.render import action as render_action
from nodechain.client.answers.governance import VoteView
from nodechain.client.answers.joining import ApplicationView
from nodechain.commands.sending.chain import denominations, words_of
from nodechain.commands.sending.send import How, send
from nodechain.commands.sending.voting import voted, voting
from nodechain.commands.terminal.action_text import action_text, sentence
from nodechain.commands.terminal.completing import accounts, completer, votes
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import heads, table
from nodechain.commands.terminal.passwords import confirm
from nodechain.commands.terminal.words import RULES, Words
from nodechain.errors import BadAnswer, NotFound, UsageError
from nodechain.modules import REGISTRY


@click.command()
@command
def params(invocation: Invocation) -> None:
    """The parameters in force; `nodechain vote set-param NAME VALUE` changes one."""
    data = invocation.node.parameters()
    rows = [
        (entry["name"], entry["text"], entry["minimum"], entry["maximum"], entry["unit"], entry["meaning"])
        for entry in data["parameters"]
    ]
    invocation.show(data, table(("NAME", "VALUE", "LEAST", "MOST", "UNIT", "MEANING"), rows), data["parameters"])


parameters: Final = completer(lambda _context: [(rule.name, rule.meaning) for rule in RULES.values()])


@click.group()
def vote() -> None:
    """Vote: say yes to an action, or --withdraw one's yes. `vote list` shows what is open."""


@vote.command("add-voter")
@click.argument("account", shell_complete=accounts)
@voting
def add_voter(invocation: Invocation, *, account: str) -> Value:
    """Give ACCOUNT the voter role."""
    return AddVoter(invocation.address(account))


@vote.command("remove-voter")
@click.argument("account", shell_complete=accounts)
@voting
def remove_voter(invocation: Invocation, *, account: str) -> Value:
    """Take the voter role from ACCOUNT."""
    return RemoveVoter(invocation.address(account))


@vote.command("set-param")
@click.argument("name", shell_complete=parameters)
@click.argument("value")
@voting
def set_param(invocation: Invocation, *, name: str, value: str) -> Value:
    """Set parameter NAME to VALUE (as `nodechain params` shows it)."""
    if name not in RULES:
        raise UsageError(f"no parameter is named {name}", code="unknown_parameter", advice="See `nodechain params`.")
    return SetParameter(
        name, parse_parameter(RULES[name], value, Words({}, denominations(invocation)).currency_decimals)
    )


@vote.command()
@click.argument("account", shell_complete=accounts)
@click.option("--sponsor", shell_complete=accounts, help="Who has agreed to pay the admission fee (`fund sponsor`).")
@click.option("--referrer", shell_complete=accounts, help="Who brought it, and gets the reward for a referral.")
@voting
def admit(invocation: Invocation, *, account: str, sponsor: str | None, referrer: str | None) -> Value:
    """Admit ACCOUNT as a member."""
    address = invocation.address(account)
    if sponsor is None and referrer is None:
        return AdmitMember(address)
    named = (address if name is None else invocation.address(name) for name in (sponsor, referrer))
    return AdmitSponsored(address, *named)


@vote.command()
@click.argument("account", shell_complete=accounts)
@voting
def expel(invocation: Invocation, *, account: str) -> Value:
    """Expel ACCOUNT: its orders and sessions end; it may still transfer and withdraw."""
    return ExpelMember(invocation.address(account))


@vote.command("yes")
@click.argument("number", type=click.IntRange(min=1), shell_complete=votes)
@click.option("--yes", is_flag=True, help="Do not ask.")
@sending
def yes_(invocation: Invocation, how: How, *, number: int, yes: bool) -> None:
    """Say yes to the open vote NUMBER; what it decides is shown before."""
    entry = next((each for each in invocation.node.votes()["votes"] if each["number"] == number), None)
    if entry is None:
        raise NotFound(f"no vote {number} is open", code="no_such_vote", advice="See `nodechain vote list`.")
    try:
        data = bytes.fromhex(entry["action_bytes"])
        # Shown from the bytes that are signed, not from what the node says of them.
        action, shown = REGISTRY.actions.decode(data), render_action(denominations(invocation), data)
    except (ValueError, InvalidInput) as error:
        raise BadAnswer(f"{invocation.node.url} shows a vote whose action cannot be read") from error
    said = action_text(shown, Words(invocation.names(), denominations(invocation)))
    confirm(f"Say yes to: {said}?", yes=yes)
    send(invocation, how, CastVote(action, True), done=lambda answer: f"{sentence(said)}\n{voted(True, answer)}")


@vote.command("list")
@click.option("--applications", is_flag=True, help="What strangers ask for instead (for voters).")
@command
def list_(invocation: Invocation, *, applications: bool) -> None:
    """Open votes, and who said yes."""
    if applications:
        _list_applications(invocation)
        return
    data = invocation.node.votes()
    words = words_of(invocation) if data["votes"] else Words({})
    rows = [
        (
            str(entry["number"]),
            action_text(entry["action"], words),
            f"{len(entry['yes'])} of {entry['needed']}",
            ", ".join(words.who(voter) for voter in entry["yes"]),
            format_day(entry["expires_ms"]),
        )
        for entry in data["votes"]
    ]
    text = table(("NUMBER", "ACTION", "YES", "BY", "EXPIRES"), rows)
    invocation.show(
        data, text if rows else f"No open votes; {data['voters']} voters.", data["votes"], columns=heads(VoteView)
    )


def _list_applications(invocation: Invocation) -> None:
    found = [each for page in invocation.node.joining.pages() for each in page["applications"]]
    words = words_of(invocation) if found else Words({})
    rows = [
        (
            str(each["number"]),
            words.who(each["account"]),
            ", ".join(
                (
                    *(f"{meter['kind']} meter" for meter in each["meters"]),
                    *("storage unit" for _unit in each["units"]),
                    *(("voter",) if each["voter"] else ()),
                )
            )
            or "member",
            each["status"],
            format_day(each["ends_ms"]),
        )
        for each in found
    ]
    text = table(("NUMBER", "ACCOUNT", "ASKS FOR", "STATE", "UNTIL"), rows)
    none = "No applications."
    invocation.show({"applications": found}, text if rows else none, found, columns=heads(ApplicationView))
