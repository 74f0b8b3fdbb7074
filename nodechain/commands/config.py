"""`nodechain config`."""

from __future__ import annotations

import click

from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import table
from nodechain.errors import ConfigurationError
from nodechain.files.durable_file import make_directory
from nodechain.home.config import MEANINGS, Config, check_tls, set_config, unknown_variables


@click.group()
def config() -> None:
    """The settings of this home: defaults, config.toml, NODECHAIN_* variables, flags, in rising force."""


@config.command()
@click.option("--origin", is_flag=True, help="Where each value comes from.")
@command
def show(invocation: Invocation, *, origin: bool) -> None:
    """The settings in force."""
    loaded = invocation.loaded
    names = Config.__struct_fields__
    entries = [
        {"name": name, "value": getattr(loaded.config, name), "origin": loaded.origin[name], "meaning": MEANINGS[name]}
        for name in names
    ]
    last = "origin" if origin else "meaning"
    rows = [(entry["name"], str(entry["value"]), entry[last]) for entry in entries]
    invocation.show({"settings": entries}, table(("NAME", "VALUE", last.upper()), rows), entries)


@config.command("set")
@click.argument("name")
@click.argument("value")
@command
def set_(invocation: Invocation, *, name: str, value: str) -> None:
    """Write setting NAME into the home's config.toml."""
    make_directory(invocation.home)
    written = getattr(set_config(invocation.home, name, value), name)
    invocation.show({"name": name, "value": written}, f"{name} = {written}")


@config.command()
@command
def check(invocation: Invocation) -> None:
    """Check the configuration; what is wrong is named."""
    # A wrong value or an unknown name in the file ends every command before this; a misspelt variable does not.
    unknown = unknown_variables()
    if unknown:
        raise ConfigurationError(
            f"no setting belongs to {', '.join(unknown)}",
            code="unknown_setting",
            advice="Correct or unset the variable; `nodechain config show` lists the settings.",
        )
    check_tls(invocation.config)
    invocation.show({"valid": True, "home": str(invocation.home)}, f"The configuration of {invocation.home} is valid.")
