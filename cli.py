"""The door: one thin command, its groups loaded only when they are used.

The table below holds each group's module and one-line help, so that `--help` imports none of them (a test holds it).
This is the only file that imports late.
"""

from __future__ import annotations

import gc
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

GROUPS: Final[dict[str, tuple[str, str]]] = {
    "dev": ("nodechain.commands.dev:dev", "A development chain with funded accounts, without any set-up."),
    "demo": ("nodechain.commands.demo:demo", "Play a measured day, a week of sharing, or the thesis' worked example."),
    "init": ("nodechain.commands.init:init", "Make a home: keys, genesis from a template."),
    "validate": ("nodechain.commands.validate:validate", "Run a validator."),
    "node": ("nodechain.commands.validate:node", "Run a node that follows without validating."),
    "testnet": ("nodechain.commands.testnet:testnet", "Homes for several validators of a new chain, ready to start."),
    "status": ("nodechain.commands.status:status", "The node's height, duty, pool and the community's balance."),
    "keys": ("nodechain.commands.keys:keys", "Create, import, list and protect keys."),
    "account": ("nodechain.commands.household:account", "Further accounts of one recovery phrase."),
    "household": ("nodechain.commands.household:household", "All accounts of a household, with balances and sums."),
    "balance": ("nodechain.commands.bank:balance", "An account's balances."),
    "assets": ("nodechain.commands.bank:assets", "The chain's assets: energy, the currency, others."),
    "statement": ("nodechain.commands.bank:statement", "An account's movements, from the ledger's events."),
    "transfer": ("nodechain.commands.bank:transfer", "Send ENT, the currency, or another asset."),
    "energy": ("nodechain.commands.energy:energy", "Supply, backing, imbalance and the rates in force."),
    "units": ("nodechain.commands.energy:units", "Storage units and their energy."),
    "unit": ("nodechain.commands.energy:unit", "What a storage unit reports; its meters."),
    "point": ("nodechain.commands.slots:point", "Metering points and their energy by slots of time."),
    "session": ("nodechain.commands.energy:session", "Consumption sessions."),
    "deal": ("nodechain.commands.deal:deal", "Hold a payment until the goods are there; an arbiter in a dispute."),
    "fund": ("nodechain.commands.fund:fund", "The community's fund: what it has, payments, budgets."),
    "certificate": (
        "nodechain.commands.certificate:certificate",
        "Certificates of renewable energy and of savings.",
    ),
    "generators": (
        "nodechain.commands.generators:generators",
        "Every production register: source, rated power, owner.",
    ),
    "together": ("nodechain.commands.together:together", "Points for what helps the community, prizes."),
    "advice": ("nodechain.commands.advice:advice", "When the community will have energy left over."),
    "board": ("nodechain.commands.together:board", "The board: nicknames and points of who takes part."),
    "swap": ("nodechain.commands.swap:swap", "One asset for another at an agreed price, both sides at once."),
    "agent": ("nodechain.commands.agent:agent", "Let a key act for you within limits; act for others."),
    "origin": ("nodechain.commands.origin:origin", "Of which source the energy of units is, and what one drew."),
    "memo": ("nodechain.commands.memo:memo", "Texts beside payments and orders that one reader can open."),
    "market": ("nodechain.commands.market:market", "The market: buy, sell, cancel."),
    "bank": ("nodechain.commands.banker:bank", "Currency in and out."),
    "grid": ("nodechain.commands.grid:grid", "The grid account: tariffs, what was drawn and fed in, debts."),
    "feed": ("nodechain.commands.feed:feed", "Feeds: prices and CO2 that voted reporters bring."),
    "join": ("nodechain.commands.joining:join", "Join a community: one request with meters and roles, one vote."),
    "attestation": ("nodechain.commands.attestation:attestation", "What registrars and auditors sign of accounts."),
    "resolution": ("nodechain.commands.resolution:resolution", "Ask the members; one member, one ballot."),
    "bill": ("nodechain.commands.bill:bill", "Bills: preview, make final, check, export, pay."),
    "notify": ("nodechain.commands.notify:notify", "Tell members what they chose to be told, by e-mail or MQTT."),
    "vote": ("nodechain.commands.governance:vote", "Voters' decisions."),
    "params": ("nodechain.commands.governance:params", "The parameters in force."),
    "peers": ("nodechain.commands.peers:peers", "Who is connected, and who may connect."),
    "validators": ("nodechain.commands.validators:validators", "The validators."),
    "tx": ("nodechain.commands.transactions:tx", "Show, decode, sign and send transactions."),
    "block": ("nodechain.commands.blocks:block", "Blocks."),
    "light": ("nodechain.commands.light:light", "Follow the chain by its certificates, believing no node."),
    "proof": ("nodechain.commands.proofs:proof", "Proofs as files, checked without a network."),
    "snapshot": ("nodechain.commands.snapshots:snapshot", "Join a chain by its state; export it for others."),
    "audit": ("nodechain.commands.audit:audit", "Replay the chain of a home and check every invariant."),
    "export": ("nodechain.commands.archive:export_chain", "Write the chain of a home into one file."),
    "import": ("nodechain.commands.archive:import_chain", "Replay an exported chain into a new home."),
    "doctor": ("nodechain.commands.doctor:doctor", "Check clock, disk, ports, keys; say why no block is made."),
    "page": ("nodechain.commands.page:page", "Serve the page of this release; compare it with a node's."),
    "tls": ("nodechain.commands.tls:tls", "Check the interface's certificate; a community's own authority."),
    "config": ("nodechain.commands.config:config", "Show, set and check the configuration."),
    "completion": ("nodechain.commands.completion:completion", "Shell completion for bash, zsh and fish."),
    "meter": ("devices.commands.meter:meter", "Read, sign and submit a meter; simulate one."),
}


JOINED: Final[dict[str, dict[str, str]]] = {
    "demo": {"sharing": "nodechain.commands.demo_sharing:sharing"},
    "unit": {
        "bind": "nodechain.commands.metering:bind",
        "replace": "nodechain.commands.metering:replace",
        "unbind": "nodechain.commands.metering:unbind",
        "consent": "nodechain.commands.metering:consent",
        "run": "devices.commands.unit:run",
        "reports": "devices.commands.unit_files:reports",
        "archive": "devices.commands.unit_files:archive",
    },
    "bank": {
        "import": "nodechain.commands.bank_files:import_",
        "mark-all": "nodechain.commands.bank_files:mark_all",
        "pay": "nodechain.commands.bank_files:pay",
        "reference": "nodechain.commands.bank_files:reference",
    },
    "bill": {
        "member": "nodechain.commands.bill_members:member",
        "bank": "nodechain.commands.bill_bank:bank",
        "export": "nodechain.commands.bill_documents:export",
        "receive": "nodechain.commands.bill_documents:receive",
        "remind": "nodechain.commands.bill_remind:remind",
    },
    "vote": {
        "open-group": "nodechain.commands.group_votes:open_group",
        "change-group": "nodechain.commands.group_votes:change_group",
        "group-shares": "nodechain.commands.group_votes:group_shares",
        "group-pay": "nodechain.commands.group_votes:group_pay",
        "group-point": "nodechain.commands.group_votes:group_point",
        "dissolve-group": "nodechain.commands.group_votes:dissolve_group",
        "set-together": "nodechain.commands.together_votes:set_together",
        "register-feed": "nodechain.commands.feed_votes:register_feed",
        "change-feed": "nodechain.commands.feed_votes:change_feed",
        "end-feed": "nodechain.commands.feed_votes:end_feed",
        "describe-generator": "nodechain.commands.generators:describe_generator",
        "hold-back-energy": "nodechain.commands.generators:hold_back_energy",
        "spend-fund": "nodechain.commands.fund_votes:spend_fund",
        "fund-budget": "nodechain.commands.fund_votes:fund_budget",
        "fee-split": "nodechain.commands.fund_votes:fee_split",
        "commission": "nodechain.commands.fund_votes:commission",
        "newcomer-terms": "nodechain.commands.fund_votes:newcomer_terms",
        "mint": "nodechain.commands.fund_votes:mint",
        "burn": "nodechain.commands.fund_votes:burn",
        "return-withdrawal": "nodechain.commands.fund_votes:return_withdrawal",
        "remove-banker": "nodechain.commands.fund_votes:remove_banker",
        "set-scheme": "nodechain.commands.sharing_schemes:set_scheme",
        "set-tariff": "nodechain.commands.grid:set_tariff",
        "set-point-tariff": "nodechain.commands.grid:set_point_tariff",
        "set-grid": "nodechain.commands.grid:set_grid",
        "preview": "nodechain.commands.sharing_preview:preview",
        "set-attester": "nodechain.commands.attestation:set_attester",
        "admit-application": "nodechain.commands.joining:admit_application",
        "dismiss-applications": "nodechain.commands.joining:dismiss_applications",
        "set-treasurer": "nodechain.commands.bill:set_treasurer",
        "set-banker": "nodechain.commands.banker:set_banker",
        "settle-withdrawal": "nodechain.commands.banker:settle_withdrawal",
        "register-unit": "nodechain.commands.energy:register_unit",
        "change-unit": "nodechain.commands.energy:change_unit",
        "remove-unit": "nodechain.commands.energy:remove_unit",
        "reinstate-unit": "nodechain.commands.energy:reinstate_unit",
        "set-priority": "nodechain.commands.energy:set_priority",
        "annul": "nodechain.commands.energy:annul",
        "register-point": "nodechain.commands.slots:admit_point",
        "change-point": "nodechain.commands.slots:alter_point",
        "remove-point": "nodechain.commands.slots:remove_point",
        "set-custodian": "nodechain.commands.slots:set_custodian",
        "extend-zone": "nodechain.commands.slots:extend_zone",
        "settle-jump": "nodechain.commands.metering:settle_jump",
        "release-meter": "nodechain.commands.metering:release_meter",
        "add-validator": "nodechain.commands.validators:add_validator",
        "validator-alive": "nodechain.commands.validators:validator_alive",
        "possession": "nodechain.commands.validators:possession",
        "remove-validator": "nodechain.commands.validators:remove_validator",
        "upgrade": "nodechain.commands.upgrades:upgrade",
        "cancel-upgrade": "nodechain.commands.upgrades:cancel_upgrade",
        "show": "nodechain.commands.upgrades:show",
    },
    "certificate": {
        "report": "nodechain.commands.certificate_report:report",
        "export": "nodechain.commands.certificate_export:export",
        "check": "nodechain.commands.certificate_export:check",
    },
    "group": {
        "join": "nodechain.commands.group_shares:join",
        "leave": "nodechain.commands.group_shares:leave",
        "consent": "nodechain.commands.group_shares:consent",
        "transfer": "nodechain.commands.group_shares:transfer",
    },
    "sharing": {
        "schemes": "nodechain.commands.sharing_schemes:schemes",
        "scheme": "nodechain.commands.sharing_schemes:scheme",
        "share": "nodechain.commands.sharing_schemes:share",
        "why": "nodechain.commands.sharing_why:why",
        "replay": "nodechain.commands.sharing_schemes:replay",
        "months": "nodechain.commands.sharing_months:months",
        "claims": "nodechain.commands.sharing_months:claims",
        "differences": "nodechain.commands.sharing_schemes:differences",
        "open": "nodechain.commands.sharing_schemes:open_",
        "change": "nodechain.commands.sharing_schemes:change",
        "import": "nodechain.commands.operator_files:import_files",
        "points": "nodechain.commands.operator_files:points",
        "export": "nodechain.commands.operator_exports:export",
        "check": "nodechain.commands.operator_exports:check",
        "compute": "nodechain.commands.sharing_compute:compute",
        "rows": "nodechain.commands.sharing_rows:rows",
        "slot-rows": "nodechain.commands.sharing_rows:slot_rows",
        "archive": "nodechain.commands.sharing_late:archive",
        "correct": "nodechain.commands.sharing_late:correct",
    },
}
"""Commands of a group that stand on the page of another subject: pages do not see each other, the door sees all."""


COMMANDS: Final = Path(__file__).parent / "nodechain" / "commands"


@cache
def groups_of(folder: Path = COMMANDS) -> dict[str, tuple[str, str]]:
    """The table, and the pages of `nodechain/commands` that it does not know: a group of the page's name each.

    So a subject brings its page and edits nothing; the first line of the page is its help.
    """
    targets = [target for target, _help in GROUPS.values()] + [
        part for parts in JOINED.values() for part in parts.values()
    ]
    known = {target.partition(":")[0].rpartition(".")[2] for target in targets}
    found = dict(GROUPS)
    for page in sorted(folder.glob("[a-z]*.py")):
        if page.stem not in known:
            with page.open(encoding="utf-8") as file:
                found[page.stem] = f"nodechain.commands.{page.stem}:{page.stem}", file.readline().strip(' "\n')
    return found


class LazyGroup(click.Group):
    """Loads a group when it is invoked; lists all from the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return [*groups_of(), *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the group's module."""
        groups = groups_of()
        if cmd_name not in groups:
            return super().get_command(ctx, cmd_name)
        command = _loaded(groups[cmd_name][0])
        if isinstance(command, click.Group):
            for name, target in JOINED.get(cmd_name, {}).items():
                command.add_command(_loaded(target), name)
        _collect_from_now_on()
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, or what may have been meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            close = import_module("difflib").get_close_matches(args[0], groups_of(), 2)
            if not close:
                raise
            raise click.UsageError(f"{error.message} Is {' or '.join(close)} meant?", ctx) from None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Names and help from the table: completing must neither wait for imports nor need the extra `node`."""
        item = import_module("click.shell_completion").CompletionItem
        found = [item(name, help=text) for name, (_target, text) in groups_of().items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list for --help, without importing anything."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_target, text) in groups_of().items()])


def _loaded(target: str) -> click.Command:
    module, attribute = target.split(":")
    command = getattr(import_module(module), attribute)
    assert isinstance(command, click.Command)
    return command


def _collect_from_now_on() -> None:
    """What was imported stays to the end: the collector, which `main` had turned off, need never look at it."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="nodechain", prog_name="nodechain")
@click.option("--home", metavar="DIR", help="The home; may also stand after the command, as the next two.")
@click.option("--node", metavar="URL", help="The node to ask.")
@click.option("--output", "-o", type=click.Choice(["text", "json", "csv"]), help="How to print.")
@click.pass_context
def nodechain(ctx: click.Context, /, **given: str | None) -> None:
    """A blockchain node with an energy ledger, for communities that produce, store, trade and settle electricity."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        return
    options = {name: value for name, value in given.items() if value is not None}
    if options and ctx.invoked_subcommand == "meter":
        raise click.UsageError("write the options of `meter` after the command", ctx)
    ctx.ensure_object(dict).update(options)


def main() -> None:
    """Run the command line; every error becomes one clear message and an exit code."""
    gc.disable()  # until the command is there: looking for garbage in what is imported was a third of a short command
    errors = import_module("nodechain.commands.terminal.errors")
    sys.exit(errors.run(nodechain, sys.argv[1:]))


if __name__ == "__main__":
    main()
