"""A certificate, and what of it was used up, as a file with its proof: JSON, with the fields of EECS certificates."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import click
import msgspec

from ledger.bank.genesis import BANK_SECTION
from ledger.certificates.schema import CERTIFICATES, RETIREMENTS, EnergyCertificate, Retirement
from ledger.certificates.terms import CertificateKind, EnergySource
from ledger.chain.genesis import Genesis
from ledger.encoding.amounts import format_amount
from ledger.encoding.codec import encode
from ledger.encoding.times import format_day
from ledger.errors import InvalidInput
from ledger.keys.address import format_address
from ledger.light.claims import ProvenState
from ledger.light.proof_file import Proven
from ledger.limits import MAX_PROOF_FILE_BYTES
from ledger.state.table import big_endian
from market.denominations import Denominations
from nodechain.api.render import struct
from nodechain.clock import SystemClock
from nodechain.commands.light import client_of, max_age_option, newest_state
from nodechain.commands.sending.send import account_asked
from nodechain.commands.terminal.completing import accounts
from nodechain.commands.terminal.options import Invocation, command
from nodechain.commands.terminal.output import fields
from nodechain.commands.terminal.progress import Progress
from nodechain.errors import NodeError, NotFound, UsageError
from nodechain.files.user_file import read_user_file
from nodechain.home.home import Home
from nodechain.home.home_genesis import read_genesis
from nodechain.light.bundle import make_proof, read_proof, verify_file
from nodechain.light.client import genesis_trust, terms_of
from nodechain.light.opening import open_store

FORMAT: Final = "nodechain/certificate/1"
MAX_FILE_BYTES: Final = 2 * MAX_PROOF_FILE_BYTES
_MWH_DECIMALS: Final = 6
_KW_DECIMALS: Final = 3

TECHNOLOGY: Final[Mapping[int, str]] = MappingProxyType(
    {
        EnergySource.PV: "solar, photovoltaic",
        EnergySource.WIND: "wind",
        EnergySource.HYDRO: "hydro",
        EnergySource.BIOMASS: "biomass",
    }
)

NOT_FILLED: Final = (
    "country_of_issue", "location", "energy_input_code", "technology_code", "production_device_gsrn", "label_schemes",
    "directives", "other_certificates", "public_support",
)  # fmt: skip
"""What an EECS certificate says that no chain knows."""


class BadCertificateFile(NodeError):
    """A file does not prove what it says of a certificate."""

    code = "bad_certificate_file"
    advice = "Do not rely on it. Ask who gave it to you for another one."


def eecs_fields(chain_id: str, found: EnergyCertificate) -> dict[str, str] | None:
    """What stands on a certificate of the European system, as far as the chain knows it; None for a saving."""
    if found.kind != CertificateKind.ORIGIN:
        return None
    return {
        "energy_medium": "electricity",
        "certificate_number": f"{chain_id}/{found.number}",
        "issuer": format_address(found.issuer),
        "date_of_issue": format_day(found.issued_ms),
        "expiry_date": format_day(found.expires_ms),
        "production_device": f"{format_address(found.unit)}/{format_address(found.account)}",
        "operational_date": format_day(found.commissioned_ms),
        "capacity_kw": format_amount(found.rated_w, _KW_DECIMALS),
        "energy_source": "renewable",
        "technology": TECHNOLOGY[found.source],
        "production_first_day": format_day(found.first_ms),
        "production_last_day": format_day(found.end_ms - 1),
        "face_value_mwh": format_amount(found.issued_wh, _MWH_DECIMALS),
        "purpose": "disclosure",
    }


def said_of(genesis: Genesis, proven: Proven) -> dict[str, Any]:
    """What a proof of a certificate, and perhaps of a retirement of it, shows. Raises `InvalidInput`."""
    shown = [each for each in proven.shown if isinstance(each, ProvenState)]
    certificate: EnergyCertificate | None = None
    retirement: Retirement | None = None
    for each in shown:
        if each.value is None:
            raise BadCertificateFile("the state has no such entry")
        if each.full_key[:-8] == CERTIFICATES.full_key(b""):
            certificate = CERTIFICATES.codec.decode(each.value)
        elif each.full_key.startswith(RETIREMENTS.full_key(b"")):
            retirement = RETIREMENTS.codec.decode(each.value)
    if certificate is None or len(shown) != 1 + (retirement is not None):
        raise BadCertificateFile("the proof is of something else")
    if retirement is not None and retirement.certificate != certificate.number:
        raise BadCertificateFile("the retirement is of another certificate")
    chain, header = Denominations.of(genesis), proven.head.header
    return {
        "format": FORMAT,
        "chain_id": genesis.chain_id,
        "height": header.height,
        "time_ms": header.time_ms,
        "certificate": struct(chain, certificate),
        "retirement": None if retirement is None else struct(chain, retirement),
        "eecs": eecs_fields(genesis.chain_id, certificate),
        "eecs_not_filled": list(NOT_FILLED) if certificate.kind == CertificateKind.ORIGIN else [],
    }


@click.command()
@click.argument("number", type=click.IntRange(min=1))
@click.option(
    "--out", "file", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write."
)
@click.option("--retirement", type=click.IntRange(min=1), help="With the proof of this use of it.")
@click.option("--beneficiary", shell_complete=accounts, help="For whom it was used up (default: oneself).")
@max_age_option
@command
def export(
    invocation: Invocation, *, number: int, file: Path, retirement: int | None, beneficiary: str | None,
    max_age: int | None,
) -> None:  # fmt: skip
    """Write certificate NUMBER as JSON, with its proof and the fields of an EECS certificate."""
    keys = [CERTIFICATES.full_key(big_endian(number))]
    if retirement is not None:
        address = invocation.address(account_asked(invocation, beneficiary, "--beneficiary NAME"))
        keys.append(RETIREMENTS.full_key(address + big_endian(retirement)))
    client, genesis = client_of(invocation)
    fetched = newest_state(client, genesis, keys, max_age)
    with Progress("making the proof"):
        made, proven = make_proof(client, client.store.headers.first, fetched, bank=BANK_SECTION.of(genesis))
    if any(isinstance(each, ProvenState) and each.value is None for each in proven.shown):
        raise NotFound("there is no such certificate, or no such use of it", code="unknown_certificate")
    said = said_of(genesis, proven)
    content = {**said, "proof": b64encode(encode(made)).decode()}
    invocation.write_file(file, msgspec.json.format(msgspec.json.encode(content)), mode=0o644)
    invocation.show({**said, "file": str(file)}, _told("Written and checked.", said))


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--genesis", "genesis_file", type=click.Path(dir_okay=False, path_type=Path),
              help="The chain's genesis file (default: the home's).")  # fmt: skip
@command
def check(invocation: Invocation, *, file: Path, genesis_file: Path | None) -> None:
    """Check a file that `export` wrote against the chain's genesis; no node is asked."""
    genesis = read_genesis(genesis_file or Home(invocation.home).genesis)
    anchor = genesis_trust(genesis) if genesis_file else open_store(Home(invocation.home), genesis).headers.first
    try:
        raw = read_user_file(file, MAX_FILE_BYTES, "file of a certificate")
        content = msgspec.json.decode(raw, type=dict[str, Any])
        made = read_proof(b64decode(content.pop("proof"), validate=True))
    except (msgspec.DecodeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"this is no file of a certificate: {error}", code="bad_file") from None
    now_ms = SystemClock().wall_ms()
    if genesis.simulated_clock:
        now_ms = max((block.header.time_ms for block in made.blocks), default=0)
    try:
        proven = verify_file(terms_of(genesis), anchor, made, now_ms, BANK_SECTION.of(genesis))
    except InvalidInput as error:
        raise BadCertificateFile(error.detail) from error
    said = said_of(genesis, proven)
    if content != msgspec.json.decode(msgspec.json.encode(said)):
        raise BadCertificateFile("the file says something else than its proof")
    invocation.show(said, _told("Proven.", said))


def _told(begin: str, said: Mapping[str, Any]) -> str:
    found, used = said["certificate"], said["retirement"]
    lines: list[tuple[str, object]] = [
        ("certificate", f"{found['number']} of {said['chain_id']}"),
        ("issued", f"{found['issued_wh']} Wh"),
        ("height", said["height"]),
    ]
    if used is not None:
        lines += [("used up", f"{used['energy_wh']} Wh for {used['beneficiary']}"), ("purpose", used["purpose"])]
    return f"{begin}\n{fields(lines)}"
