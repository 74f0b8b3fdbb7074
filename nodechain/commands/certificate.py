"""Certificates: issue for what was metered, hand on in parts, offer, take, use up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from ledger.bank.assets import CURRENCY_ASSET
from ledger.certificates.payloads import (
    IssueCertificate,
    IssueSaving,
    OfferCertificate,
    RetireCertificate,
    TakeCertificate,
    TransferCertificate,
    WithdrawCertificate,
)
from ledger.certificates.terms import cost_of
from ledger.encoding.amounts import format_energy, parse_energy
from ledger.encoding.times import format_day, format_time
from nodechain.billing.periods import read_period
from nodechain.client.answers.certificates import (
    CertificateHoldingView,
    CertificateOfferView,
    CertificateView,
    GeneratorDayView,
)
from nodechain.client.answers.transactions import TransactionAnswer
from nodechain.commands.sending.chain import denominations, words_of
from nodechain.commands.sending.send import How, account_asked, events_of, send
from nodechain.commands.terminal.completing import accounts, units
from nodechain.commands.terminal.documents import DOCUMENT, document_hash
from nodechain.commands.terminal.options import Invocation, command, sending
from nodechain.commands.terminal.output import fields, heads, table
from nodechain.commands.terminal.words import Words
from nodechain.errors import NotFound

NUMBER: Final = click.argument("number", type=click.IntRange(min=1))
PERIOD: Final = click.argument("period")


def utc_period(text: str) -> tuple[int, int]:
    """The first ms of a period of UTC days, and the first after it; raises `UsageError` (bad_period)."""
    found = read_period(text, "UTC")
    return found.from_ms, found.to_ms


def days_text(first_ms: int, end_ms: int) -> str:
    """`2026-11-01 to 2026-11-30`, both days included."""
    first, last = format_day(first_ms), format_day(end_ms - 1)
    return first if first == last else f"{first} to {last}"


@click.group()
def certificate() -> None:
    """Certificates of renewable energy and of savings: issue, hand on, offer, take, use up."""


@certificate.command()
@PERIOD
@click.option("--at", "unit", metavar="UNIT", shell_complete=units, help="Where you produce (default: your own point).")
@sending
def issue(invocation: Invocation, how: How, *, period: str, unit: str | None) -> None:
    """Certify what your generator metered in PERIOD (UTC): a day, 2026-11, or 2026-11-01..2026-11-15."""
    place = invocation.address(unit) if unit else invocation.address(account_asked(invocation, None, "--from NAME"))
    send(invocation, how, IssueCertificate(place, *utc_period(period)), done=_issued)


def _issued(answer: TransactionAnswer) -> str:
    event = next(each for each in events_of(answer) if each["kind"] == "certificate_issued")
    until = format_day(event["expires_ms"])
    held_back = f" {format_energy(event['corrected_wh'])} were held back." if event["corrected_wh"] else ""
    return (
        f"Issued certificate {event['certificate']} of {format_energy(event['energy_wh'])}; it may be used until"
        f" {until}.{held_back}"
    )


@certificate.command()
@click.argument("account", shell_complete=accounts)
@PERIOD
@click.option("--baseline", required=True, metavar="ENERGY", help="What had been usual for such a period.")
@click.option("--measured", required=True, metavar="ENERGY", help="What was used.")
@click.option("--report", required=True, type=DOCUMENT, help="Method and measurement; its SHA-256 goes on the chain.")
@sending
def save(
    invocation: Invocation, how: How, *, account: str, period: str, baseline: str, measured: str, report: Path
) -> None:
    """Certify what ACCOUNT saved in PERIOD, as an auditor."""
    payload = IssueSaving(
        invocation.address(account), parse_energy(baseline), parse_energy(measured), *utc_period(period),
        document_hash(report),
    )  # fmt: skip
    send(invocation, how, payload, done=_issued)


def _source(view: CertificateView) -> str:
    return "saving" if view["kind"] == "saving" else view["source"]


def _state(view: CertificateView) -> str:
    if view["over"]:
        return "over"
    return "live" if view["live_wh"] else "used up"


@certificate.command("list")
@click.argument("account", required=False, shell_complete=accounts)
@command
def list_(invocation: Invocation, *, account: str | None) -> None:
    """The certificates of which ACCOUNT (default: one's own) holds a part."""
    address = account_asked(invocation, account, "`nodechain certificate list NAME`")
    found = [each for page in invocation.node.certificates.held_by(address) for each in page["holdings"]]
    rows = [
        (
            str(each["certificate"]["number"]), _source(each["certificate"]), _days(each["certificate"]),
            format_energy(each["energy_wh"]), format_energy(each["offered_wh"]),
            "-" if each["price"] is None else each["price"]["tokens"], format_day(each["certificate"]["expires_ms"]),
        )
        for each in found
    ]  # fmt: skip
    text = table(("NUMBER", "SOURCE", "OF", "HELD", "OFFERED", "PER KWH", "UNTIL (UTC)"), rows)
    invocation.show({"account": address, "holdings": found}, text if rows else "No certificate is held.", found,
                    columns=heads(CertificateHoldingView))  # fmt: skip


def _days(view: CertificateView) -> str:
    return days_text(view["first_ms"], view["end_ms"])


@certificate.command()
@NUMBER
@command
def show(invocation: Invocation, *, number: int) -> None:
    """Certificate NUMBER: what it is of, and what became of it."""
    data, words = invocation.node.certificates.show(number)["certificate"], words_of(invocation)
    invocation.show({"certificate": data}, fields([*_facts(data, words), *_fate(data)]))


def _facts(data: CertificateView, words: Words) -> list[tuple[str, str]]:
    told = [("certificate", f"{data['number']}, {_state(data)}"), ("of", f"{_source(data)}, {_days(data)}")]
    if data["kind"] == "saving":
        return [
            *told,
            ("saved by", words.who(data["account"])),
            ("baseline", format_energy(data["baseline_wh"])),
            ("measured", format_energy(data["measured_wh"])),
            ("auditor", words.who(data["issuer"])),
            ("report (SHA-256)", data["document"]),
        ]
    return [
        *told,
        ("producer", words.who(data["account"])),
        ("at", words.who(data["unit"])),
        ("rated power", f"{data['rated_w']} W, since {format_day(data['commissioned_ms'])}"),
        ("metered", format_energy(data["measured_wh"])),
    ]


def _fate(data: CertificateView) -> list[tuple[str, str]]:
    return [
        ("issued", f"{format_energy(data['issued_wh'])}, {format_time(data['issued_ms'])} UTC"),
        ("live", format_energy(data["live_wh"])),
        ("used up", format_energy(data["retired_wh"])),
        ("expired", format_energy(data["expired_wh"])),
        ("may be used until", format_time(data["expires_ms"]) + " UTC"),
    ]


@certificate.command()
@NUMBER
@click.argument("energy")
@click.argument("recipient", shell_complete=accounts)
@sending
def transfer(invocation: Invocation, how: How, *, number: int, energy: str, recipient: str) -> None:
    """Give ENERGY of certificate NUMBER to RECIPIENT."""
    payload = TransferCertificate(number, invocation.address(recipient), parse_energy(energy))
    send(invocation, how, payload, done=f"{recipient} has {energy} of certificate {number}.")


@certificate.command()
@NUMBER
@click.argument("energy")
@click.argument("price")
@sending
def offer(invocation: Invocation, how: How, *, number: int, energy: str, price: str) -> None:
    """Offer ENERGY of certificate NUMBER to every member, in parts, at PRICE per kWh."""
    chain, asset = denominations(invocation), invocation.node.certificates.sums()["asset"]
    base = 0 if price == "0" else chain.parse(asset, price)
    payload = OfferCertificate(number, parse_energy(energy), asset, base)
    send(
        invocation, how, payload, done=f"Offered {energy} of certificate {number} at {price} {chain.symbol(asset)}/kWh."
    )


def _offers(invocation: Invocation) -> Iterator[CertificateOfferView]:
    for page in invocation.node.certificates.offers():
        yield from page["offers"]


@certificate.command()
@command
def offers(invocation: Invocation) -> None:
    """What is offered to every member."""
    found, words = list(_offers(invocation)), words_of(invocation)
    symbol = denominations(invocation).symbol(found[0]["asset"] if found else CURRENCY_ASSET)
    rows = [
        (
            str(each["certificate"]["number"]), words.who(each["owner"]), _source(each["certificate"]),
            _days(each["certificate"]), format_energy(each["energy_wh"]), each["price"]["tokens"],
            each["cost"]["tokens"], format_day(each["certificate"]["expires_ms"]),
        )
        for each in found
    ]  # fmt: skip
    head = ("NUMBER", "OWNER", "SOURCE", "OF", "ENERGY", f"{symbol} PER KWH", "FOR ALL", "UNTIL (UTC)")
    text = table(head, rows)
    invocation.show({"offers": found}, text if rows else "Nothing is offered.", found,
                    columns=heads(CertificateOfferView))  # fmt: skip


@certificate.command()
@NUMBER
@click.argument("owner", shell_complete=accounts)
@click.argument("energy")
@sending
def take(invocation: Invocation, how: How, *, number: int, owner: str, energy: str) -> None:
    """Take ENERGY of what OWNER offers of certificate NUMBER, and pay its price."""
    address, energy_wh = invocation.address_text(owner), parse_energy(energy)
    found = next(
        (each for each in _offers(invocation) if (each["certificate"]["number"], each["owner"]) == (number, address)),
        None,
    )
    if found is None:
        raise NotFound(
            f"{owner} offers nothing of certificate {number}",
            code="unknown_certificate_offer",
            advice="See `nodechain certificate offers`.",
        )
    chain, asset = denominations(invocation), found["asset"]
    cost = cost_of(energy_wh, found["price"]["base"])
    payload = TakeCertificate(number, invocation.address(owner), energy_wh, asset, cost)
    paid = f"{chain.text(asset, cost)} {chain.symbol(asset)}"
    send(invocation, how, payload, done=f"You have {energy} of certificate {number}, and paid {paid}.")


@certificate.command()
@NUMBER
@sending
def withdraw(invocation: Invocation, how: How, *, number: int) -> None:
    """Offer nothing of certificate NUMBER any more."""
    send(invocation, how, WithdrawCertificate(number), done=f"You offer nothing of certificate {number} any more.")


@certificate.command()
@NUMBER
@click.argument("energy")
@PERIOD
@click.option("--purpose", required=True, help="What it is used up for, as the name of an obligation.")
@click.option("--beneficiary", shell_complete=accounts, help="Whose consumption it covers (default: one's own).")
@sending
def retire(
    invocation: Invocation, how: How, *, number: int, energy: str, period: str, purpose: str, beneficiary: str | None
) -> None:
    """Use up ENERGY of certificate NUMBER for what was consumed in PERIOD: for ever, and once."""
    address = account_asked(invocation, beneficiary, "--beneficiary NAME")
    payload = RetireCertificate(
        number, parse_energy(energy), invocation.address(address), purpose, *utc_period(period)
    )  # fmt: skip
    send(invocation, how, payload, done=_retired)


def _retired(answer: TransactionAnswer) -> str:
    event = next(each for each in events_of(answer) if each["kind"] == "certificate_retired")
    return (
        f"Used up {format_energy(event['energy_wh'])} of certificate {event['certificate']}; it is retirement"
        f" {event['retirement']}."
    )


@certificate.command()
@click.argument("account", required=False, shell_complete=accounts)
@click.option("--at", "unit", metavar="UNIT", shell_complete=units, help="Where it produces (default: its own point).")
@command
def days(invocation: Invocation, *, account: str | None, unit: str | None) -> None:
    """What the generator of ACCOUNT (default: one's own) metered by days, and which have a certificate."""
    address = account_asked(invocation, account, "`nodechain certificate days NAME`")
    pages = list(invocation.node.certificates.days(address, invocation.address_text(unit) if unit else address))
    found = [each for page in pages for each in page["days"]]
    rows = [
        (format_day(each["first_ms"]), format_energy(each["energy_wh"]), str(each["certificate"] or "-"))
        for each in found
    ]
    told = [
        ("metered", format_energy(pages[-1]["metered_wh"])),
        ("certified", format_energy(pages[-1]["certified_wh"])),
        ("held back", format_energy(pages[-1]["corrected_wh"])),
        ("still to be held back", format_energy(pages[-1]["withheld_wh"])),
        ("not certified in time", format_energy(pages[-1]["forgotten_wh"])),
    ]
    text = f"{fields(told)}\n\n{table(('DAY (UTC)', 'METERED', 'CERTIFICATE'), rows)}"
    invocation.show({**pages[-1], "days": found}, text, found, columns=heads(GeneratorDayView))
