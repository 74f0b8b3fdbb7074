"""`nodechain vote`: voters' decisions. The first yes opens a vote; the yes that passes it carries it out."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final

import click

from ledger.bank.payloads import SetBanker
from ledger.chain.parameter_text import format_parameter, parse_parameter
from ledger.chain.validator_set import validator_address
from ledger.encoding.amounts import parse_amount, parse_energy
from ledger.encoding.codec import Value, encode
from ledger.encoding.times import format_day
from ledger.energy.payloads import Annul, ChangeUnit, RegisterUnit, ReinstateUnit, RemoveUnit
from ledger.energy.storage_terms import IDEAL, StorageTerms
from ledger.governance.payloads import AddVoter, AdmitMember, CastVote, ExpelMember, RemoveVoter, SetParameter
from ledger.keys.address import KEY_PREFIX, format_address, format_key, parse_address, parse_key
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.keyfile import KeyKind
from ledger.metering.payloads import ReleaseMeter, SettleJump
from ledger.validators.payloads import AddValidator, RemoveValidator, ValidatorAlive, possession_message
from nodechain.commands.binding import meter_key
from nodechain.commands.chain import signing_chain
from nodechain.commands.options import Invocation, command, sending, signing
from nodechain.commands.output import table
from nodechain.commands.passwords import Passwords
from nodechain.commands.sending import How, send, sender_name
from nodechain.commands.storage_terms import terms_of, terms_options
from nodechain.errors import UsageError, WrongSecret
from nodechain.modules import REGISTRY


@click.group()
def vote() -> None:
    """Vote: say yes to an action, or --withdraw one's yes. `vote list` shows what is open."""


RULES: Final = {rule.name: rule for rule in REGISTRY.parameters.values()}
Build = Callable[..., Value]
Stated = Callable[[StorageTerms], StorageTerms]


def _voting(function: Build) -> Callable[..., None]:
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


@vote.command("add-voter")
@click.argument("account")
@_voting
def add_voter(invocation: Invocation, *, account: str) -> Value:
    """Give ACCOUNT the voter role."""
    return AddVoter(invocation.address(account))


@vote.command("remove-voter")
@click.argument("account")
@_voting
def remove_voter(invocation: Invocation, *, account: str) -> Value:
    """Take the voter role from ACCOUNT."""
    return RemoveVoter(invocation.address(account))


@vote.command("register-unit")
@click.argument("unit")
@click.argument("owner")
@click.option("--capacity", default="0", help="Like '100 kWh'; 0: unlimited.")
@click.option("--max-power", type=click.IntRange(min=0), default=0, help="W; 0: unlimited.")
@_voting
@terms_options
def register_unit(
    invocation: Invocation, *, unit: str, owner: str, capacity: str, max_power: int, stated: Stated
) -> Value:
    """Register the storage unit UNIT of OWNER; what is not stated of its terms is ideal."""
    addresses = invocation.address(unit), invocation.address(owner)
    return RegisterUnit(*addresses, parse_energy(capacity), max_power, stated(IDEAL))


@vote.command("change-unit")
@click.argument("unit")
@click.option("--capacity", help="Like '100 kWh'; 0: unlimited.")
@click.option("--max-power", type=click.IntRange(min=0), help="W; 0: unlimited.")
@_voting
@terms_options
def change_unit(
    invocation: Invocation, *, unit: str, capacity: str | None, max_power: int | None, stated: Stated
) -> Value:
    """Change the terms of the registered UNIT; what is not stated stays as it is."""
    now = invocation.node.unit(invocation.address_text(unit))
    return ChangeUnit(
        invocation.address(unit),
        now["capacity_wh"] if capacity is None else parse_energy(capacity),
        now["max_power_w"] if max_power is None else max_power,
        stated(terms_of(now)),
    )


@vote.command("remove-unit")
@click.argument("unit")
@_voting
def remove_unit(invocation: Invocation, *, unit: str) -> Value:
    """Remove the storage unit UNIT with all its energy."""
    return RemoveUnit(invocation.address(unit))


@vote.command("reinstate-unit")
@click.argument("unit")
@click.option("--accept", default="0", metavar="ENERGY", help="Of its quarantined gain, what is booked.")
@_voting
def reinstate_unit(invocation: Invocation, *, unit: str, accept: str) -> Value:
    """Let the suspended UNIT work again."""
    return ReinstateUnit(invocation.address(unit), parse_energy(accept))


@vote.command("settle-jump")
@click.argument("meter")
@click.option("--accept/--drop", default=None, required=True, help="Whether its energy counts.")
@_voting
def settle_jump(invocation: Invocation, *, meter: str, accept: bool) -> Value:
    """Count or drop the jump of METER's register that is quarantined (a name here, or nrgpub...)."""
    key = meter_key(invocation, meter)
    jump = invocation.node.meter(key)["quarantined"]
    if jump is None:
        raise UsageError(f"no jump of {meter} is quarantined", code="no_jump")
    click.echo(f"{meter}: a jump of {jump['jump_wh']} Wh is {'accepted' if accept else 'dropped'}.", err=True)
    return SettleJump(key, int(jump["raw_jump"]), accept)


@vote.command("release-meter")
@click.argument("meter")
@_voting
def release_meter(invocation: Invocation, *, meter: str) -> Value:
    """Let the key of the unbound METER be bound to another unit, account or register than it was."""
    return ReleaseMeter(meter_key(invocation, meter))


@vote.command()
@click.argument("account")
@click.argument("unit")
@click.argument("amount")
@_voting
def annul(invocation: Invocation, *, account: str, unit: str, amount: str) -> Value:
    """Destroy AMOUNT ENT of the expelled ACCOUNT, at most what its own, removed UNIT minted in the last 30 days."""
    return Annul(invocation.address(account), invocation.address(unit), parse_amount(amount))


@vote.command("set-banker")
@click.argument("account")
@_voting
def set_banker(invocation: Invocation, *, account: str) -> Value:
    """Make ACCOUNT the banker."""
    return SetBanker(invocation.address(account))


@vote.command("set-param")
@click.argument("name")
@click.argument("value")
@_voting
def set_param(invocation: Invocation, *, name: str, value: str) -> Value:
    """Set parameter NAME to VALUE (as `nodechain params` shows it)."""
    del invocation
    if name not in RULES:
        raise UsageError(f"no parameter is named {name}", code="unknown_parameter", advice="See `nodechain params`.")
    return SetParameter(name, parse_parameter(RULES[name], value))


@vote.command("add-validator")
@click.argument("key")
@click.argument("account")
@click.argument("name")
@click.option("--possession", metavar="HEX", help="The key's proof of possession, where the key is elsewhere.")
@_voting
def add_validator(invocation: Invocation, *, key: str, account: str, name: str, possession: str | None) -> Value:
    """Add a validator: its KEY (a name here, or nrgpub...), the ACCOUNT for its fees, and a NAME."""
    address = invocation.address(account)
    if possession is not None:
        return AddValidator(parse_key(key)[1:], address, name, _hex(possession))
    secret = Passwords().open(invocation.keystore, key)
    if not isinstance(secret, Ed25519SecretKey):
        raise WrongSecret(f"{key} is no Ed25519 key")
    public = secret.public_key[1:]
    chain = signing_chain(invocation)
    proof = secret.sign(possession_message(chain.genesis_hash, public, address, 0))
    return AddValidator(public, address, name, proof)


@vote.command("validator-alive")
@click.argument("key")
@sending
def validator_alive(invocation: Invocation, how: How, *, key: str) -> None:
    """Show that the validator KEY of this home is held by a running node: a vote to add it needs that.

    The sender must be the account that gets its fees. It holds for the next 1,000 blocks.
    """
    secret = Passwords().open(invocation.keystore, key)
    if not isinstance(secret, Ed25519SecretKey):
        raise WrongSecret(f"{key} is no Ed25519 key")
    status = invocation.node.status()
    public, height = secret.public_key[1:], max(status["height"], 1)
    account = invocation.address(sender_name(invocation))
    signature = secret.sign(possession_message(signing_chain(invocation).genesis_hash, public, account, height))
    send(invocation, how, ValidatorAlive(public, height, signature), done=f"{key} is alive at height {height}.")


@vote.command()
@click.argument("key")
@click.argument("account")
@signing
def possession(invocation: Invocation, *, key: str, account: str) -> None:
    """The proof that this home holds the validator KEY, for the voter who proposes it with ACCOUNT for its fees."""
    secret = Passwords().open(invocation.keystore, key)
    if not isinstance(secret, Ed25519SecretKey):
        raise WrongSecret(f"{key} is no Ed25519 key")
    public, address = secret.public_key[1:], invocation.address(account)
    proof = secret.sign(possession_message(signing_chain(invocation).genesis_hash, public, address, 0)).hex()
    data = {"key": format_key(secret.public_key), "account": format_address(address), "possession": proof}
    text = f"nodechain vote add-validator {data['key']} {data['account']} NAME --possession {proof}"
    invocation.show(data, text)


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise UsageError("--possession is no hexadecimal text") from None


@vote.command("remove-validator")
@click.argument("validator")
@_voting
def remove_validator(invocation: Invocation, *, validator: str) -> Value:
    """Remove VALIDATOR: its name or address as `nodechain validators` shows it, or its key."""
    return RemoveValidator(_validator(invocation, validator))


def _validator(invocation: Invocation, text: str) -> bytes:
    """A validator's address, which is not its key's account address: as shown, of a key, or by its name in the set."""
    if text.startswith(KEY_PREFIX + "1"):
        return validator_address(parse_key(text)[1:])
    if text in invocation.keystore.names():
        found = invocation.keystore.get(text)
        if found.kind == KeyKind.VALIDATOR:
            return validator_address(found.public_key[1:])
    for entry in invocation.node.chain.validators()["validators"]:
        if entry["name"] == text:
            return parse_address(entry["address"])
    return invocation.address(text)


@vote.command()
@click.argument("account")
@_voting
def admit(invocation: Invocation, *, account: str) -> Value:
    """Admit ACCOUNT as a member."""
    return AdmitMember(invocation.address(account))


@vote.command()
@click.argument("account")
@_voting
def expel(invocation: Invocation, *, account: str) -> Value:
    """Expel ACCOUNT: its orders and sessions end; it may still transfer and withdraw."""
    return ExpelMember(invocation.address(account))


@vote.command("list")
@command
def list_(invocation: Invocation) -> None:
    """Open votes, and who said yes."""
    data = invocation.node.votes()
    names = invocation.names()
    rows = [
        (
            str(entry["number"]),
            _action_text(entry["action"], names),
            f"{len(entry['yes'])} of {entry['needed']}",
            ", ".join(names.get(voter, voter) for voter in entry["yes"]),
            format_day(entry["expires_ms"]),
        )
        for entry in data["votes"]
    ]
    text = table(("NUMBER", "REGISTRY.actions", "YES", "BY", "EXPIRES"), rows)
    invocation.show(data, text if rows else f"No open votes; {data['voters']} voters.", data["votes"])


def _action_text(action: dict[str, Any], names: dict[str, str]) -> str:
    rule = RULES.get(str(action.get("name", "")))
    if rule is not None and isinstance(action.get("value"), int):
        action = {**action, "value": format_parameter(rule, action["value"])}
    parts = [names.get(value, str(value)) if isinstance(value, str) else str(value) for value in action.values()]
    return " ".join(parts)
