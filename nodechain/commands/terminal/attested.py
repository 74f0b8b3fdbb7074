"""What is attested of whom a vote is about, and what an application asks for, as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from ledger.encoding.amounts import format_energy
from ledger.encoding.times import format_day, format_time
from ledger.energy.storage_terms import StorageTerms
from ledger.keys.address import ADDRESS_PREFIX
from nodechain.client.answers.attestations import AttestationView
from nodechain.client.answers.joining import ApplicationView
from nodechain.client.node_client import RestClient
from nodechain.commands.terminal.words import Words
from nodechain.errors import LoginNeeded, NotFound, NotYours


def addresses_in(shown: Any) -> Iterator[str]:
    """The addresses that an action names, as answers write them."""
    if isinstance(shown, str) and shown.startswith(f"{ADDRESS_PREFIX}1"):
        yield shown
    elif isinstance(shown, Mapping):
        for value in shown.values():
            yield from addresses_in(value)
    elif isinstance(shown, list):
        for value in shown:
            yield from addresses_in(value)


def application_of_vote(node: RestClient, action: Mapping[str, Any]) -> ApplicationView | None:
    """What a vote would admit; None for other votes, or where it is there no longer, or not for us."""
    if action["kind"] != "admit_application":
        return None
    try:
        return node.joining.show(action["application"])["application"]
    except (NotFound, NotYours, LoginNeeded):
        return None


def attested_of(node: RestClient, named: Mapping[str, Any]) -> list[AttestationView]:
    """What is attested of the accounts that an action names; nothing where the module is off, or for who votes not."""
    found: list[AttestationView] = []
    for address in dict.fromkeys(addresses_in(named)):
        with suppress(NotFound, NotYours, LoginNeeded):
            found += [each for page in node.attestations.about(address) for each in page["attestations"]]
    return found


def attestation_line(found: AttestationView, words: Words) -> str:
    """One in a line."""
    who, by = words.who(found["subject"]), words.who(found["attester"])
    state = "" if found["counts"] else " - revoked" if found["revoked_ms"] else " - does not count"
    return f"{found['kind']} of {who}, by {by}, until {format_day(found['expires_ms'])}{state}"


def application_lines(found: ApplicationView, words: Words) -> list[tuple[str, str]]:
    """What is asked for, as names and values."""
    rows = [("account", words.who(found["account"])), ("asked", f"{format_time(found['asked_ms'])} UTC")]
    if found["referrer"]:
        rows.append(("brought by", words.who(found["referrer"])))
    if found["attestation_hash"]:
        rows.append(("names attestation", found["attestation_hash"]))
    for meter in found["meters"]:
        shown = f"{meter['kind']} at {words.who(meter['unit'])}, up to {meter['max_power_w']} W"
        rows.append(("meter", f"{meter['meter']}: {shown}; showed {format_energy(meter['opening_wh'])}"))
    for unit in found["units"]:
        stated = ", ".join(f"{name} {text}" for name, text in words.parts(StorageTerms, unit["terms"]))
        rows.append(("storage unit", f"{words.who(unit['unit'])}: {format_energy(unit['capacity_wh'])}, {stated}"))
    if found["voter"]:
        rows.append(("role", "voter"))
    rows.append(("decide until", f"{format_day(found['ends_ms'])} UTC ({found['status']})"))
    return rows
