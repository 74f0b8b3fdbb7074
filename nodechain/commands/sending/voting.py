"""A command that casts a vote: the page of an action's subject says which, this casts it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from ledger.encoding.codec import Value, encode
from ledger.governance.payloads import CastVote
from ledger.governance.schema import VoteOutcome
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.commands.sending.send import How, events_of, send, sender_name
from nodechain.commands.terminal.options import Invocation, sending

Build = Callable[..., Value]


def voting(function: Build) -> Callable[..., None]:
    """A command that casts a vote on the action that `function` builds."""

    @click.option("--withdraw", is_flag=True, help="Withdraw one's yes.")
    @click.option("--toggle", is_flag=True, help="Say the opposite of what one said (as in the thesis).")
    @sending
    @functools.wraps(function)
    def run(invocation: Invocation, how: How, *, withdraw: bool, toggle: bool, **arguments: Any) -> None:
        action = function(invocation, **arguments)
        approve = not _said_yes(invocation, action) if toggle else not withdraw
        send(invocation, how, CastVote(action, approve), done=functools.partial(voted, approve))

    return run


def voted(approve: bool, answer: TransactionAnswer) -> str:
    """What became of a vote, by its events; saying the same again changes nothing (O1)."""
    events = events_of(answer)
    cast = next((event for event in events if event["kind"] == "vote_cast"), None)
    if cast is None:
        return f"Nothing changed: {'you had said yes already' if approve else 'no yes of yours stood'}."
    text = f"{'Voted yes on' if approve else 'Withdrew the yes of'} vote {cast['number']}."
    for event in events:
        if event["kind"] == "vote_closed" and event["number"] == cast["number"]:
            return f"{text} {_ended(str(event['outcome']), str(event['code']))}"
    return text


def _ended(outcome: str, code: str) -> str:
    if code:
        return f"It passed, but could not be carried out: {code}."
    return "It passed." if outcome == VoteOutcome.PASSED.name.lower() else "Nobody says yes any more: it is closed."


def _said_yes(invocation: Invocation, action: Value) -> bool:
    me = invocation.address_text(sender_name(invocation))
    return any(
        me in entry["yes"]
        for entry in invocation.node.votes()["votes"]
        if entry["action_bytes"] == encode(action).hex()
    )
