"""`meter opening`: what a meter shows and where it is to be bound, read and signed where the meter is."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path
from typing import Any, Final

import click

from devices.binding import register_for
from devices.catalogue import load_meter_profile
from devices.client import DeviceClient, bytes_of_hex
from devices.clock import SystemDeviceClock
from devices.commands import completing
from devices.commands.output import Result, prints
from devices.commands.targets import (
    HOME_OPTION,
    KEY_HELP,
    at_option,
    meter_id_option,
    node_option,
    nodes_of,
    open_meter_key,
    pulses_option,
    reply_timeout_option,
    require_home_chain,
)
from devices.drivers.driver import Confirmation
from devices.drivers.opening import Lines
from devices.errors import BadNodeAnswer, Misuse
from devices.places import parse_place
from devices.readings import ReadingSigner
from devices.sample import Sample
from ledger.chain.identity import ChainIdentity
from ledger.errors import InvalidInput
from ledger.keys.address import parse_address
from ledger.metering.consent import BindingTerms, encode_terms_file
from ledger.metering.limits import MAX_REGISTER_FACTOR
from ledger.metering.payloads import NO_SERIAL, MeterTerms
from ledger.metering.schema import MeterKind

KINDS: Final = {kind.name.lower(): kind for kind in MeterKind}


@click.command()
@click.argument("profile", shell_complete=completing.profiles)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@at_option(required=True)
@click.option("--device-id", type=click.IntRange(1, 255), help="Default: the profile's.")
@meter_id_option
@pulses_option
@reply_timeout_option
@click.option("--register", help="The billing counter that is bound; default: energy_export, energy_import or level.")
@click.option("--factor", type=click.IntRange(1, MAX_REGISTER_FACTOR), default=1, help="Of transformers before it.")
@click.option("--unit", required=True, metavar="ADDRESS", help="The storage unit at which it is bound.")
@click.option("--account", required=True, metavar="ADDRESS", help="Whose energy it measures.")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="What it measures.")
@click.option("--max-power", type=click.IntRange(min=1), required=True, help="W; what rises faster is quarantined.")
@click.option("--key", required=True, help=KEY_HELP)
@HOME_OPTION
@node_option
@prints
def opening(file: Path, key: str, home: str, nodes: tuple[str, ...], **options: Any) -> Result:
    """Read a meter of PROFILE and write into FILE what it shows and where it is to be bound, signed with its key.

    The account consents within an hour (`nodechain unit consent FILE`), and the unit binds it (`unit bind FILE`).
    """
    if os.path.lexists(file):
        raise Misuse(f"{file} exists; choose another name", code="file_exists")
    signer = open_meter_key(key, home)
    found = asyncio.run(_opening(signer, nodes_of(nodes, home), {**options, "home": home}))
    _write(file, found)
    shown = {"file": str(file), **found.shown()}
    return Result(shown, f"The meter shows {found.opening_wh} Wh; signed in {file}. Still missing: account.")


async def _opening(signer: ReadingSigner, nodes: tuple[str, ...], options: dict[str, Any]) -> BindingTerms:
    client = DeviceClient(nodes)
    try:
        status = await client.status()
    finally:
        client.close()
    try:
        chain = ChainIdentity(status.chain_id, bytes_of_hex(status.genesis_hash))
    except InvalidInput as error:
        raise BadNodeAnswer(error.detail) from None
    require_home_chain(options["home"], chain, "the node")
    profile = load_meter_profile(options["profile"])
    sample, profile_hash, identity = await _read(options)
    terms = MeterTerms(
        unit=_address("--unit", options["unit"]),
        account=_address("--account", options["account"]),
        kind=int(KINDS[options["kind"]]),
        meter_key=signer.public_key,
        serial=hashlib.sha256(identity.encode()).digest() if identity else NO_SERIAL,
        profile=profile_hash,
        obis=sample.obis,
        scale=sample.scale_exponent,
        factor=options["factor"],
        rollover=profile.counters.rollover or 0,
        max_power_w=options["max_power"],
        opening_ms=sample.time_ms,
        opening_register=sample.raw,
        opening_sequence=0,
    )
    return BindingTerms(chain, terms, signer.sign(terms.message(chain.genesis_hash)))


async def _read(options: dict[str, Any]) -> tuple[Sample, bytes, str]:
    """The register now, confirmed by two readings, the hash of the profile, and how the meter calls itself."""
    profile = load_meter_profile(options["profile"])
    lines = Lines()
    try:
        driver = lines.open_driver(
            profile,
            parse_place(options["at"]),
            Confirmation(SystemDeviceClock().now_ms, options["max_power"]),
            counters=(register_for(profile, KINDS[options["kind"]], options["register"]).name,),
            device_id=options["device_id"],
            meter_id=options["meter_id"],
            pulse_file=options["pulse_file"],
            reply_timeout_s=options["reply_timeout_s"],
        )
        (sample,) = await driver.read_counters()
        return sample, driver.profile_hash, driver.identity
    finally:
        await lines.close()


def _address(option: str, text: str) -> bytes:
    try:
        return parse_address(text)
    except InvalidInput as error:
        raise Misuse(f"{option}: {error.detail}", code=error.code) from None


def _write(file: Path, found: BindingTerms) -> None:
    """Whole or not at all, and only where nothing is: no link is followed, none replaced."""
    temporary = file.with_name(f".{file.name}.new")
    try:
        temporary.unlink(missing_ok=True)
        try:
            with temporary.open("xb") as opened:
                opened.write(encode_terms_file(found))
                opened.flush()
                os.fsync(opened.fileno())
            os.link(temporary, file)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise Misuse(f"{file}: {error.strerror}", code="not_written") from None
