"""`nodechain vote upgrade`, `cancel-upgrade` and `show`: plans of the protocol, and votes in words."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from ledger.encoding.codec import Value
from ledger.encoding.times import format_day
from ledger.upgrades.payloads import CancelUpgrade, PlanUpgrade
from nodechain.client.answers.governance import VoteView
from nodechain.commands.sending.chain import words_of
from nodechain.commands.sending.voting import voting
from nodechain.commands.terminal.action_text import action_text
from nodechain.commands.terminal.attested import (
    application_lines,
    application_of_vote,
    attestation_line,
    attested_of,
)
from nodechain.commands.terminal.completing import votes
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.plan_text import plan_text
from nodechain.commands.terminal.section_file import read_section
from nodechain.commands.terminal.words import Words
from nodechain.errors import NotFound, UsageError
from nodechain.modules import REGISTRY

NO_SECTION: Final = "A module is switched on with its section: --module and --section belong together."


@click.command()
@click.argument("height", type=click.IntRange(min=1))
@click.option("--to-version", type=click.IntRange(min=1), help="The protocol version from then on; else as it is.")
@click.option("--module", default="", help="A module to switch on.")
@click.option("--section", type=click.Path(path_type=Path), help="Its section of a genesis, as a TOML file.")
@click.option("--release", default="", help="What people are to install, in a few words.")
@voting
def upgrade(
    invocation: Invocation, *, height: int, to_version: int | None, module: str, section: Path | None, release: str
) -> Value:
    """Plan that at HEIGHT another protocol version holds, or a module is switched on.

    It takes force if validators with more than two thirds of the power run a program that knows the version by then,
    and lapses otherwise. `nodechain status` shows how many do.
    """
    if bool(module) != (section is not None):
        raise UsageError(NO_SECTION, code="no_section")
    version = invocation.node.status()["protocol_version"] if to_version is None else to_version
    data = b"" if section is None else _section(invocation, module, section)
    return PlanUpgrade(height, version, module, data, release)


def _section(invocation: Invocation, module: str, path: Path) -> bytes:
    """A module's section, checked in the light of the genesis as it is here; the ledger checks it again."""
    known = REGISTRY.section_of(module)
    if known is None:
        raise UsageError(
            f"this program has no module {module} with a section",
            code="unknown_module",
            advice="Use the release that brings it: only that one can read the section.",
        )
    return read_section(known, path, invocation.address)


@click.command("cancel-upgrade")
@click.argument("height", type=click.IntRange(min=1))
@voting
def cancel_upgrade(invocation: Invocation, *, height: int) -> Value:
    """Do not do what is planned for HEIGHT."""
    del invocation
    return CancelUpgrade(height)


@click.command()
@click.argument("number", type=click.IntRange(min=1), shell_complete=votes)
@command
def show(invocation: Invocation, *, number: int) -> None:
    """An open vote in words, with what is attested of whom it is about (for voters)."""
    found = [entry for entry in invocation.node.votes()["votes"] if entry["number"] == number]
    if not found:
        raise NotFound(f"no vote {number} is open", advice="See `nodechain vote list`.")
    (entry,) = found
    words = words_of(invocation)
    rows = [
        ("vote", entry["number"]),
        ("decides", _in_words(invocation, entry, words)),
        ("opened by", words.who(entry["opened_by"])),
        ("yes", f"{len(entry['yes'])} of {entry['needed']} needed"),
        ("by", ", ".join(words.who(voter) for voter in entry["yes"])),
        ("expires", f"{format_day(entry['expires_ms'])} UTC"),
    ]
    asked = application_of_vote(invocation.node, entry["action"])
    attested = attested_of(invocation.node, entry["action"] if asked is None else {"account": asked["account"]})
    if asked is not None:
        rows += application_lines(asked, words)
    rows += [("attested", attestation_line(each, words)) for each in attested]
    invocation.show({**entry, "application": asked, "attestations": attested}, fields(rows))


def _in_words(invocation: Invocation, entry: VoteView, words: Words) -> str:
    action = entry["action"]
    if action["kind"] == "plan_upgrade":
        return plan_text(action, now=invocation.node.status()["protocol_version"])
    return action_text(action, words)
