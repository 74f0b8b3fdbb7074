"""`nodechain completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from nodechain.commands.terminal.options import Invocation, command
from nodechain.errors import UsageError


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@command
def completion(invocation: Invocation, *, shell: str) -> None:
    """Print the completion script of SHELL; put it where your shell looks, or `eval` it."""
    kind = get_completion_class(shell)
    root = click.get_current_context().find_root().command
    if kind is None:
        raise UsageError(f"there is no completion for {shell}")
    script = kind(root, {}, "nodechain", "_NODECHAIN_COMPLETE").source()
    invocation.show({"shell": shell, "script": script}, script)
