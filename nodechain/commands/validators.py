"""`nodechain validators`."""

from __future__ import annotations

import click

from ledger.chain.validator_set import validator_address
from ledger.encoding.codec import Value
from ledger.keys.address import KEY_PREFIX, format_address, format_key, parse_address, parse_key
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.keyfile import KeyKind
from ledger.validators.payloads import AddValidator, RemoveValidator, ValidatorAlive, possession_message
from nodechain.client.answers.validators import OffenceView
from nodechain.commands.sending.chain import signing_chain
from nodechain.commands.sending.send import How, send, sender_name
from nodechain.commands.sending.voting import voting
from nodechain.commands.terminal import completing
from nodechain.commands.terminal.completing import accounts, validator_keys
from nodechain.commands.terminal.options import Invocation, command, sending, signing
from nodechain.commands.terminal.output import heads, table
from nodechain.commands.terminal.passwords import Passwords
from nodechain.errors import UsageError, WrongSecret


@click.command()
@click.option("--punished", is_flag=True, help="Those that signed two things where they may sign one, instead.")
@command
def validators(invocation: Invocation, *, punished: bool) -> None:
    """The validators of the next height."""
    if punished:
        offences = invocation.node.chain.evidence()
        lines = [
            (entry["validator"], entry["kind"], f"{entry['height']}.{entry['round']}", str(entry["punished"]),
             "removed" if entry["removed"] else "noted", entry["transaction_id"])
            for entry in offences
        ]  # fmt: skip
        header = ("VALIDATOR", "VOTE", "HEIGHT.ROUND", "PUNISHED AT", "AND", "TRANSACTION")
        invocation.show({"evidence": offences}, table(header, lines), offences, columns=heads(OffenceView))
        return
    data = invocation.node.chain.validators()
    rows = [(entry["name"], entry["address"], str(entry["power"]), entry["key"]) for entry in data["validators"]]
    invocation.show(data, table(("NAME", "ADDRESS", "POWER", "KEY"), rows), data["validators"])


@click.command("add-validator")
@click.argument("key", shell_complete=validator_keys)
@click.argument("account", shell_complete=accounts)
@click.argument("name")
@click.option("--possession", metavar="HEX", help="The key's proof of possession, where the key is elsewhere.")
@voting
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


@click.command("validator-alive")
@click.argument("key", shell_complete=validator_keys)
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


@click.command()
@click.argument("key", shell_complete=validator_keys)
@click.argument("account", shell_complete=accounts)
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


@click.command("remove-validator")
@click.argument("validator", shell_complete=completing.validators)
@voting
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
