"""A command that casts a vote: the page of an action's subject says which, this casts it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from ledger.encoding.codec import Value, encode
from ledger.governance.payloads import CastVote
from nodechain.commands.sending.send import How, send, sender_name
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
        done = "Voted yes." if approve else "Withdrew the yes."
        send(invocation, how, CastVote(action, approve), done=done)

    return run


def _said_yes(invocation: Invocation, action: Value) -> bool:
    me = invocation.address_text(sender_name(invocation))
    return any(
        me in entry["yes"]
        for entry in invocation.node.votes()["votes"]
        if entry["action_bytes"] == encode(action).hex()
    )
