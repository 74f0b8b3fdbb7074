"""`nodechain init`: make a home."""

from __future__ import annotations

import time
from pathlib import Path

import click

from ledger.bank.assets import MAX_DECIMALS
from ledger.keys.address import format_address, format_key
from ledger.keys.keyfile import COST_LIGHT, COST_STANDARD, KeyKind
from nodechain.commands.terminal.moments import moment_ms
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields, table
from nodechain.commands.terminal.passwords import Passwords
from nodechain.commands.terminal.recovery_phrase import check_free, hand_over
from nodechain.errors import UsageError
from nodechain.home.community_table import COMMUNITY_FILE, CommunityTable
from nodechain.home.genesis_file import Template, read_template, with_currency
from nodechain.home.home import Home
from nodechain.home.initialise import check_chain_name, initialise, join
from nodechain.home.keystore import new_mnemonic


@click.command()
@click.option(
    "--template",
    default="powerchain",
    show_default=True,
    help="One of the program's (powerchain, dev, at-eeg, ...), or a TOML file.",
)
@click.option("--genesis", type=click.Path(dir_okay=False, path_type=Path), help="Join a chain: its genesis file.")
@click.option("--name", help="The chain's name, instead of the template's.")
@click.option("--currency", metavar="CODE", help="The community's currency: three letters of ISO 4217, like CHF.")
@click.option("--decimals", type=click.IntRange(0, MAX_DECIMALS), default=MAX_DECIMALS, show_default=True,
              help="Of --currency.")  # fmt: skip
@click.option("--mnemonic-file", type=click.Path(dir_okay=False, path_type=Path), help="Write the phrase there.")
@click.option("--start", metavar="TIME", help="The genesis' time, of a chain whose clock is moved (default: now).")
@click.option("--light", is_flag=True, help="Key files for small devices: a cheaper key derivation.")
@command
def init(
    invocation: Invocation,
    *,
    template: str,
    genesis: Path | None,
    name: str | None,
    currency: str | None,
    decimals: int,
    mnemonic_file: Path | None,
    start: str | None,
    light: bool,
) -> None:
    """Make a home: directories, keys from one recovery phrase under one password, the genesis, an empty journal."""
    home = Home(invocation.home)
    if home.is_initialised:
        home.create()
    if genesis is not None:
        chain_id = join(invocation.home, genesis).chain_id
        invocation.show({"home": str(invocation.home), "chain_id": chain_id, "keys": []}, f"Joined {chain_id}.")
        return
    chosen = read_template(template)
    if name is not None:
        check_chain_name(name)
        chosen = chosen.model_copy(update={"name": name})
    if currency is not None:
        chosen = with_currency(chosen, currency, decimals)
    time_ms = _start_ms(chosen, start)
    check_free(mnemonic_file)
    phrase = new_mnemonic()
    password = Passwords().ask_new(f"the keys of {invocation.home}")
    hand_over(phrase, mnemonic_file)
    made = initialise(
        invocation.home,
        chosen,
        password=password,
        time_ms=time_ms,
        cost=COST_LIGHT if light else COST_STANDARD,
        mnemonic=phrase,
    )
    keys = [invocation.keystore.get(created) for created in made.created]
    shown = [
        (
            key.name,
            key.kind.value,
            format_key(key.public_key) if key.kind == KeyKind.VALIDATOR else format_address(key.address),
            key.path,
        )
        for key in keys
    ]
    community = chosen.community
    data = {
        "home": str(invocation.home),
        "community": None if community is None else community.model_dump(),
        "chain_id": made.genesis.chain_id,
        "genesis_hash": made.genesis.hash.hex(),
        "keys": [{"name": key[0], "kind": key[1], "address": key[2], "path": key[3]} for key in shown],
    }
    text = (
        f"Chain {made.genesis.chain_id} in {invocation.home}\n\n{table(('KEY', 'KIND', 'ADDRESS', 'PATH'), shown)}\n\n"
    )
    if community is not None:
        text += community_text(community) + "\n\n"
    invocation.show(data, text + "Back up the folder `keys`. Start with `nodechain validate`.")


def _start_ms(template: Template, start: str | None) -> int:
    """The genesis' time; raises `UsageError` (real_time, or `bad_usage` for no time)."""
    if start is None:
        return time.time_ns() // 1_000_000
    if not template.consensus.simulated_clock:
        raise UsageError(
            "this chain runs on real time, and begins now",
            code="real_time",
            advice="--start is for a template with `simulated_clock = true` in its table [consensus].",
        )
    return moment_ms(start)


def community_text(community: CommunityTable) -> str:
    """What a country template says, and above all what it does not know."""
    rule = f"{community.rule}, delivered {community.delivery}" + (", nobody with itself" * community.no_self_share)
    said = fields(
        [
            ("country", community.country),
            ("rule", rule),
            ("values", f"{community.sources}, waited for {community.cut_off}"),
            ("settled", f"by the {community.settlement}"),
            ("files read", ", ".join(community.formats) or "by a mapping file"),
        ]
    )
    unknown = "\n".join(f"  {line}" for line in community.unverified)
    return f"{said}\n\nNot verified (kept in {COMMUNITY_FILE}):\n{unknown}"
