"""`nodechain bill member`: who the members are, encrypted in this home; nothing of it goes on the chain."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click
from msgspec.structs import replace

from nodechain.billing.archive import BillArchive
from nodechain.billing.member_book import Mandate, MemberBook, MemberEntry
from nodechain.billing.periods import local_day
from nodechain.billing.settings import Postal, read_settings
from nodechain.commands.sending.chain import chain_time_ms
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields, table
from nodechain.commands.terminal.passwords import confirm
from nodechain.errors import UsageError


@click.group()
def member() -> None:
    """The member book: names, addresses, accounts at banks; encrypted, joined to bills when they are written."""


def _book(invocation: Invocation) -> MemberBook:
    path = BillArchive(invocation.home).book
    ask = invocation.passwords.ask if path.exists() else invocation.passwords.ask_new
    return MemberBook(path, lambda: ask("the member book"))


@member.command("set")
@click.argument("account", shell_complete=accounts)
@click.option("--name", help="The person or firm.")
@click.option("--street", help="Street and number.")
@click.option("--postcode", help="Postcode.")
@click.option("--city", help="City.")
@click.option("--country", help="Two letters, like AT.")
@click.option("--tax-profile", help="The kind of tax payer in the billing settings (default: private).")
@click.option("--self-billing/--no-self-billing", default=None, help="Agreed that the community writes credit notes.")
@click.option("--vat-id", help="VAT number.")
@click.option("--iban", help="Account at a bank.")
@click.option("--email", help="For sending bills.")
@click.option("--left", metavar="DATE", help="The day on which it left the community (empty: it is in it).")
@click.option("--mandate", metavar="REFERENCE", help="A direct debit's mandate; with --signed.")
@click.option("--signed", metavar="DATE", help="The day on which the mandate was signed.")
@click.option("--scheme", type=click.Choice(["CORE", "B2B"]), default="CORE", help="The mandate's scheme.")
@command
def set_(
    invocation: Invocation,
    *,
    account: str,
    street: str | None,
    postcode: str | None,
    city: str | None,
    country: str | None,
    mandate: str | None,
    signed: str | None,
    scheme: Literal["CORE", "B2B"],
    tax_profile: str | None,
    **given: object,
) -> None:
    """Add ACCOUNT's member, or change what is said."""
    book, address = _book(invocation), invocation.address_text(account)
    before = book.entries().get(address)
    if before is None and (given["name"] is None or country is None):
        raise UsageError("a new member needs --name and --country", code="incomplete_member")
    entry = before or MemberEntry("", Postal(country=country or ""))
    parts = {"street": street, "postcode": postcode, "city": city, "country": country}
    postal = replace(entry.address, **{name: value for name, value in parts.items() if value is not None})
    given["profile"] = tax_profile
    entry = replace(entry, address=postal, **{name: value for name, value in given.items() if value is not None})
    if mandate is not None:
        if signed is None:
            raise UsageError("a mandate was signed on some day", code="incomplete_member", advice="Say --signed DATE.")
        entry = replace(entry, mandate=Mandate(mandate, signed, scheme))
    book.put(address, entry)
    invocation.show({"account": address}, "The member book knows the member.")


@member.command("list")
@command
def list_(invocation: Invocation) -> None:
    """Everybody in the book."""
    found = _book(invocation).entries()
    rows = [
        {"account": address, "name": entry.name, "city": entry.address.city, "profile": entry.profile}
        for address, entry in sorted(found.items())
    ]
    text = table(("ACCOUNT", "NAME", "CITY", "PROFILE"), [tuple(row.values()) for row in rows])
    invocation.show({"members": rows}, text if rows else "The member book is empty.", rows)


@member.command()
@click.argument("account", shell_complete=accounts)
@click.option("--out", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file.")
@command
def export(invocation: Invocation, *, account: str, file: Path) -> None:
    """Write all that the book holds of a member, for that member."""
    data = _book(invocation).export(invocation.address_text(account))
    invocation.write_file(file, data)
    invocation.show({"file": str(file)}, fields([("written", str(file))]))


@member.command()
@click.argument("account", shell_complete=accounts)
@click.option("--yes", is_flag=True, help="Do not ask.")
@command
def delete(invocation: Invocation, *, account: str, yes: bool) -> None:
    """Forget a member; final bills stay, without a name in them."""
    address = invocation.address_text(account)
    book = _book(invocation)
    book.get(address)
    confirm(f"Forget the member of {address}?", yes=yes)
    book.delete(address)
    invocation.show({"account": address}, "The member book knows the member no more.")


@member.command()
@click.option("--dry-run", is_flag=True, help="Only say who would be forgotten.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@command
def expire(invocation: Invocation, *, dry_run: bool, yes: bool) -> None:
    """Forget who left more than `retention_years` of the billing settings ago, by the chain's day."""
    settings = read_settings(BillArchive(invocation.home).settings)
    book = _book(invocation)
    today = local_day(chain_time_ms(invocation.node.status()), settings.zone)
    found = book.outlived(today, settings.retention_years)
    data = {"accounts": list(found), "forgotten": bool(found) and not dry_run}
    if not found:
        invocation.show(data, f"Nobody left more than {settings.retention_years} years ago.")
        return
    if not dry_run:
        confirm(f"Forget {len(found)} members: {', '.join(found)}?", yes=yes)
        for account in found:
            book.delete(account)
    said = "would be forgotten" if dry_run else "forgotten"
    invocation.show(data, f"Left more than {settings.retention_years} years ago, {said}: {', '.join(found)}.")
