"""Genesis templates (TOML): what a founder writes, validated, and turned into the ledger's genesis.

Wherever an address stands, a template may use the name of a key of the founder's home. The templates that come with
the program are in the package `genesis`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError

from ledger.agents.genesis import AGENTS_SECTION, AgentsSection
from ledger.attestations.genesis import ATTESTATIONS_SECTION, AttestationsSection
from ledger.bank.assets import (
    CURRENCY_ASSET,
    ENERGY_ASSET,
    THESIS_ASSETS,
    Assets,
    AssetTerms,
    SupplyRule,
    number_of,
)
from ledger.bank.genesis import BANK_SECTION, BankSection, GenesisBalance
from ledger.billing.genesis import BILLING_SECTION, BillingSection
from ledger.chain.genesis import ConsensusMode, Genesis, GenesisValidator, check_genesis
from ledger.chain.parameter_text import parse_parameter
from ledger.chain.parameters import PARTS
from ledger.chain.section import check_sections, sections_of
from ledger.deals.genesis import DEALS_SECTION, DealsSection
from ledger.encoding.amounts import format_amount, parse_amount, parse_duration_ms, parse_energy, parse_share
from ledger.energy.genesis import ENERGY_SECTION, EnergySection, GenesisUnit, RateRule, SurplusRule
from ledger.energy.storage_terms import WHOLE, StorageTerms, Technology
from ledger.errors import GenesisError, InvalidInput, Refused
from ledger.governance.genesis import GOVERNANCE_SECTION, Access, GovernanceSection
from ledger.groups.genesis import GROUPS_SECTION, GroupsSection
from ledger.joining.genesis import JOINING_SECTION, AdmittedBy, JoiningSection
from ledger.limits import MAX_DURATION_MS, MIN_BLOCK_WEIGHT
from ledger.privacy.genesis import PRIVACY_SECTION, Detail, PrivacySection, ReadingRole
from ledger.resolutions.genesis import RESOLUTIONS_SECTION, Openers, ResolutionsSection
from ledger.sharing.genesis import SHARING_SECTION, SharingSection
from market.genesis import MARKET_SECTION, GenesisProduct, MarketSection
from nodechain.errors import NotFound, UsageError
from nodechain.files.toml_text import BadToml, parse_toml
from nodechain.home.certificates_table import CertificatesTable, certificates_section
from nodechain.home.community_table import CommunityTable
from nodechain.home.feed_file import FeedsTable, feeds_section
from nodechain.home.file_tables import FileTable, by_text, first_fault
from nodechain.home.fund_table import FundTable, fund_section
from nodechain.home.memos_table import MemosTable, memos_section
from nodechain.home.origin_table import OriginTable, origin_section
from nodechain.home.slots_table import SlotsTable, slots_section
from nodechain.home.tariff_file import GridTable, grid_section
from nodechain.home.together_table import TogetherTable, together_section
from nodechain.modules import REGISTRY

MAX_TEMPLATE_BYTES: Final = 8 * 1024 * 1024


Duration = Annotated[int, by_text(parse_duration_ms), Field(le=MAX_DURATION_MS)]
Share = Annotated[int, by_text(parse_share)]
Energy = Annotated[int, by_text(parse_energy)]


class ConsensusSection(FileTable):
    """Mode and timers."""

    mode: Literal["pbft", "poa"] = "pbft"
    min_interval: Duration = 200
    heartbeat: Duration = 6 * 3_600_000
    drift: Duration = 2_000
    max_validators: int = 64
    simulated_clock: bool = False


class LedgerSection(FileTable):
    """What can never be voted on."""

    access: Literal["members", "open"] = "members"
    fee_asset: str | None = None
    minimum_fee: str = "0"
    block_weight: int = MIN_BLOCK_WEIGHT
    tree_bits: int = 16
    market: str = "cda"


class EnergyTable(FileTable):
    """How the imbalance cost works."""

    surplus: Literal["share", "charge"] = "share"
    rate_rule: Literal["monotone", "literal"] = "monotone"
    daily_gain_limit: Share = 20_000_000


class PrivacyTable(FileTable):
    """Who reads everybody's details: holders of `roles`, `readers` by name, with `detail` every member."""

    detail: Literal["owner", "members"] = "owner"
    roles: tuple[Literal["voter", "banker", "validator", "treasurer", "grid-operator"], ...] = ()
    readers: tuple[str, ...] = ()


class BillingTable(FileTable):
    """Who numbers bills, the account that they are paid to, the text before their numbers."""

    treasurers: tuple[str, ...]
    account: str
    prefix: str = ""


class ManagedTable(FileTable):
    """The currency of a subject (default: the community's), and who decides without a vote."""

    asset: str | None = None
    managers: tuple[str, ...] = ()


class SharingTable(ManagedTable):
    """The currency that schemes settle in, and who opens and changes them."""


class GroupsTable(ManagedTable):
    """The currency of groups' limits, and who opens groups."""


class ResolutionsTable(FileTable):
    """Who may ask the members."""

    opened_by: Literal["voters", "members"] = "voters"


class DealsTable(FileTable):
    """The greatest part of a deal's amount that an arbiter may be promised."""

    max_fee: Share = PARTS // 10


class AgentsTable(FileTable):
    """What agents may be promised of what they sell, and be given for fees."""

    max_commission: Share = PARTS // 20
    max_for_fees: str = "0"


class AttestationsTable(FileTable):
    """Who is registrar and auditor from the start."""

    registrars: tuple[str, ...] = ()
    auditors: tuple[str, ...] = ()


class JoiningTable(FileTable):
    """What admits who has applied: a vote, or an attestation of the identity."""

    admit: Literal["vote", "attested"] = "vote"


class ValidatorSection(FileTable):
    """A validator: the name of its key in the home, or the key itself, and the account that its fees go to."""

    key: str
    account: str
    name: str


class UnitSection(FileTable):
    """A storage unit that is registered from the start."""

    address: str
    owner: str
    capacity: Energy = 0
    max_power_w: int = Field(default=0, ge=0)
    technology: Literal[
        "unknown", "lithium_ion", "sodium_ion", "lead_acid", "flow", "flywheel", "pumped_hydro", "hydrogen", "other"
    ] = "unknown"
    nominal: Energy = 0
    max_discharge_w: int = Field(default=0, ge=0)
    efficiency: Annotated[Share, Field(gt=0, le=WHOLE)] = WHOLE
    standing_loss: Energy = 0
    reserve: Energy = 0


class AssetSection(FileTable):
    """An asset, in the order of the genesis: energy, the community's currency, others."""

    name: str
    symbol: str | None = None
    decimals: int = 9
    code: str = ""
    supply: Literal["meters", "banker"] = "banker"


class BalanceSection(FileTable):
    """What an account holds of a currency at the start."""

    address: str
    amount: str
    asset: str | None = None


class ProductSection(FileTable):
    """What is traded for what."""

    base: str
    quote: str
    mechanism: str | None = None


class Template(FileTable):
    """A genesis template; `modules`: which of the optional ones are on from the start. `slots` switches slots on."""

    name: str
    modules: tuple[Literal["energy", "market"], ...] = ("energy", "market")
    slots: SlotsTable | None = None
    community: CommunityTable | None = None
    consensus: ConsensusSection = ConsensusSection()
    ledger: LedgerSection = LedgerSection()
    energy: EnergyTable = EnergyTable()
    privacy: PrivacyTable | None = None
    billing: BillingTable | None = None
    sharing: SharingTable | None = None
    feeds: FeedsTable | None = None
    grid: GridTable | None = None
    groups: GroupsTable | None = None
    resolutions: ResolutionsTable | None = None
    deals: DealsTable | None = None
    agents: AgentsTable | None = None
    fund: FundTable | None = None
    certificates: CertificatesTable | None = None
    memos: MemosTable | None = None
    attestations: AttestationsTable | None = None
    joining: JoiningTable | None = None
    origin: OriginTable | None = None
    together: TogetherTable | None = None
    validators: tuple[ValidatorSection, ...] = ()
    voters: tuple[str, ...] = ()
    banker: str = ""
    members: tuple[str, ...] = ()
    units: tuple[UnitSection, ...] = ()
    assets: tuple[AssetSection, ...] = ()
    balances: tuple[BalanceSection, ...] = ()
    products: tuple[ProductSection, ...] = ()
    parameters: dict[str, str] = Field(default_factory=dict)


def template_names() -> list[str]:
    """The templates that come with the program."""
    folder = resources.files("genesis")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def read_template(name_or_path: str) -> Template:
    """A template by its name, or from a file. Raises `NotFound` (file_not_found) or `UsageError` (bad_genesis)."""
    if name_or_path in template_names():
        text = (resources.files("genesis") / f"{name_or_path}.toml").read_text()
    else:
        path = Path(name_or_path)
        try:
            if path.stat().st_size > MAX_TEMPLATE_BYTES:
                raise UsageError(f"{path} is larger than {MAX_TEMPLATE_BYTES} bytes", code="bad_genesis")
            text = path.read_text()
        except FileNotFoundError:
            raise NotFound(
                f"there is no template and no file {name_or_path}",
                code="file_not_found",
                advice=f"Name one of {', '.join(template_names())}, or a TOML file.",
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path} is no template: {error}", code="bad_genesis") from None
    return parse_template(text)


def parse_template(text: str) -> Template:
    """Raises `UsageError` (bad_genesis) that names the field."""
    try:
        return Template.model_validate(parse_toml(text))
    except BadToml as error:
        raise UsageError(f"the template is no TOML: {error}", code="bad_genesis") from None
    except ValidationError as error:
        raise UsageError(first_fault(error), code="bad_genesis", advice="Correct the template.") from None


def build_genesis(
    template: Template,
    *,
    time_ms: int,
    address_of: Callable[[str], bytes],
    validator_key_of: Callable[[str], bytes],
) -> Genesis:
    """The genesis of a template; the two functions look names up. Raises `UsageError` (bad_genesis)."""
    consensus, ledger = template.consensus, template.ledger
    try:
        genesis = Genesis(
            version=REGISTRY.newest,
            name=template.name,
            time_ms=time_ms,
            mode=int(ConsensusMode[consensus.mode.upper()]),
            min_interval_ms=consensus.min_interval,
            heartbeat_ms=consensus.heartbeat,
            drift_ms=consensus.drift,
            max_validators=consensus.max_validators,
            simulated_clock=consensus.simulated_clock,
            block_weight=ledger.block_weight,
            tree_bits=ledger.tree_bits,
            validators=tuple(
                GenesisValidator(validator_key_of(entry.key), address_of(entry.account), entry.name)
                for entry in template.validators
            ),
            parameters=tuple(sorted(_parameters(template).items())),
            sections=_sections(template, address_of),
        )
        check_genesis(genesis)
        check_sections(genesis, REGISTRY.sections)
    except (InvalidInput, Refused) as error:
        raise UsageError(error.detail, code="bad_genesis", advice="Correct the template.") from error
    return genesis


def _sections(template: Template, address_of: Callable[[str], bytes]) -> tuple[tuple[str, bytes], ...]:
    ledger, energy = template.ledger, template.energy
    assets = template_assets(template)
    fee_asset = _asset(assets, ledger.fee_asset)
    if template.units and "energy" not in template.modules:
        raise UsageError("units are listed, but the module energy is off", code="bad_genesis")
    found = (
        *_privacy(template, address_of),
        *(() if template.slots is None else (slots_section(template.slots, address_of),)),
        *_billing(template, address_of),
        *_sharing(template, assets, address_of),
        *feeds_section(template.feeds, assets, partial(_asset, assets), address_of),
        *grid_section(template.grid, assets, partial(_asset, assets), address_of),
        *_groups(template, assets, address_of),
        *_resolutions(template),
        *_deals(template),
        *_agents(template, assets, fee_asset),
        *(() if template.memos is None else (memos_section(template.memos),)),
        *(() if template.fund is None else (fund_section(template.fund, template_assets(template)),)),
        *(() if template.certificates is None else (certificates_section(template.certificates, assets),)),
        *_attestations(template, address_of),
        *_joining(template),
        *origin_section(template.origin),
        *(() if template.together is None else (together_section(template.together, assets),)),
        GOVERNANCE_SECTION.holding(
            GovernanceSection(
                access=int(Access[ledger.access.upper()]),
                voters=tuple(address_of(voter) for voter in template.voters),
                members=tuple(address_of(member) for member in template.members),
            )
        ),
        BANK_SECTION.holding(
            BankSection(
                assets=assets,
                fee_asset=fee_asset,
                minimum_fee=_amount(assets, fee_asset, ledger.minimum_fee, "ledger.minimum_fee"),
                banker=address_of(template.banker),
                balances=tuple(
                    _balance(assets, address_of, number, entry) for number, entry in enumerate(template.balances)
                ),
            )
        ),
        ENERGY_SECTION.holding(
            EnergySection(
                surplus=int(SurplusRule[energy.surplus.upper()]),
                rate_rule=int(RateRule[energy.rate_rule.upper()]),
                gain_parts=energy.daily_gain_limit,
                units=tuple(
                    GenesisUnit(
                        address_of(unit.address), address_of(unit.owner), unit.capacity, unit.max_power_w, _terms(unit)
                    )
                    for unit in template.units
                ),
            )
        ),
        MARKET_SECTION.holding(MarketSection(_products(template, assets))),
    )
    off = {"energy", "market"} - set(template.modules)
    return sections_of(*(section for section in found if section[0] not in off))


def _privacy(template: Template, address_of: Callable[[str], bytes]) -> tuple[tuple[str, bytes], ...]:
    table = template.privacy
    if table is None:
        return ()
    section = PrivacySection(
        detail=int(Detail[table.detail.upper()]),
        roles=tuple(int(ReadingRole[role.upper().replace("-", "_")]) for role in table.roles),
        readers=tuple(address_of(reader) for reader in table.readers),
    )
    return (PRIVACY_SECTION.holding(section),)


def _billing(template: Template, address_of: Callable[[str], bytes]) -> tuple[tuple[str, bytes], ...]:
    table = template.billing
    if table is None:
        return ()
    treasurers = tuple(address_of(treasurer) for treasurer in table.treasurers)
    return (BILLING_SECTION.holding(BillingSection(treasurers, address_of(table.account), table.prefix)),)


def _sharing(template: Template, assets: Assets, address_of: Callable[[str], bytes]) -> tuple[tuple[str, bytes], ...]:
    table = template.sharing
    if table is None:
        return ()
    return (SHARING_SECTION.holding(SharingSection(*_managed(table, assets, address_of))),)


def _groups(template: Template, assets: Assets, address_of: Callable[[str], bytes]) -> tuple[tuple[str, bytes], ...]:
    table = template.groups
    if table is None:
        return ()
    return (GROUPS_SECTION.holding(GroupsSection(*_managed(table, assets, address_of))),)


def _resolutions(template: Template) -> tuple[tuple[str, bytes], ...]:
    table = template.resolutions
    if table is None:
        return ()
    return (RESOLUTIONS_SECTION.holding(ResolutionsSection(Openers[table.opened_by.upper()])),)


def _attestations(template: Template, address_of: Callable[[str], bytes]) -> tuple[tuple[str, bytes], ...]:
    table = template.attestations
    if table is None:
        return ()
    registrars, auditors = (tuple(map(address_of, names)) for names in (table.registrars, table.auditors))
    return (ATTESTATIONS_SECTION.holding(AttestationsSection(registrars, auditors)),)


def _joining(template: Template) -> tuple[tuple[str, bytes], ...]:
    table = template.joining
    if table is None:
        return ()
    admitted_by = AdmittedBy.ATTESTATION if table.admit == "attested" else AdmittedBy.VOTE
    return (JOINING_SECTION.holding(JoiningSection(admitted_by)),)


def _managed(table: ManagedTable, assets: Assets, address_of: Callable[[str], bytes]) -> tuple[int, tuple[bytes, ...]]:
    """The currency of a subject, and its managers."""
    asset = CURRENCY_ASSET if table.asset is None else _asset(assets, table.asset)
    return asset, tuple(address_of(manager) for manager in table.managers)


FINE_DECIMALS: Final = 6
"""With fewer, the usual tick of 1,000 base units would be more than a thousandth of the currency."""


def with_currency(template: Template, code: str, decimals: int) -> Template:
    """The template with another currency, called by its code in ISO 4217; amounts of it stay as they are written.

    Where it divides too coarsely for the usual lot and tick, orders are of whole ENT, at prices in its smallest unit.
    """
    energy, *others = template.assets or (_section(THESIS_ASSETS[0]), _section(THESIS_ASSETS[1]))
    before, currency = others[0], AssetSection(name=code, decimals=decimals, code=code)
    ledger = template.ledger
    if ledger.fee_asset in (before.name, before.symbol):
        ledger = ledger.model_copy(update={"fee_asset": code})
    parameters = template.parameters
    if decimals < FINE_DECIMALS:
        parameters = {"lot": "1", "tick": format_amount(1, decimals), **parameters}
    return template.model_copy(
        update={"assets": (energy, currency, *others[1:]), "ledger": ledger, "parameters": parameters}
    )


def _section(asset: AssetTerms) -> AssetSection:
    supply: Literal["meters", "banker"] = "meters" if asset.supply == SupplyRule.METERS else "banker"
    return AssetSection(name=asset.name, symbol=asset.symbol, decimals=asset.decimals, code=asset.code, supply=supply)


def template_assets(template: Template) -> Assets:
    """The assets of a template; those of the thesis where it names none. Raises `GenesisError`."""
    if not template.assets:
        return THESIS_ASSETS
    if len(template.assets) < CURRENCY_ASSET:
        raise GenesisError("a template names at least two assets: energy, then the currency")
    return tuple(
        AssetTerms(entry.name, entry.symbol or entry.name, entry.decimals, entry.code, SupplyRule[entry.supply.upper()])
        for entry in template.assets
    )


def _asset(assets: Assets, name: str | None) -> int:
    """The number of an asset by its name; the currency's where there is none."""
    return CURRENCY_ASSET if name is None else number_of(assets, name)


def _amount(assets: Assets, asset: int, text: str, where: str) -> int:
    try:
        return parse_amount(text, assets[asset - 1].decimals)
    except InvalidInput as error:
        raise GenesisError(f"{where}: {error.detail}") from None


def _balance(assets: Assets, address_of: Callable[[str], bytes], number: int, entry: BalanceSection) -> GenesisBalance:
    asset = _asset(assets, entry.asset)
    return GenesisBalance(
        address_of(entry.address), asset, _amount(assets, asset, entry.amount, f"balances.{number}.amount")
    )


def _products(template: Template, assets: Assets) -> tuple[GenesisProduct, ...]:
    """The products of a template; energy for the currency where it names none."""
    usual = template.ledger.market
    if not template.products:
        return (GenesisProduct(usual, ENERGY_ASSET, CURRENCY_ASSET),)
    return tuple(
        GenesisProduct(entry.mechanism or usual, number_of(assets, entry.base), number_of(assets, entry.quote))
        for entry in template.products
    )


def _deals(template: Template) -> tuple[tuple[str, bytes], ...]:
    table = template.deals
    if table is None:
        return ()
    return (DEALS_SECTION.holding(DealsSection(table.max_fee)),)


def _agents(template: Template, assets: Assets, fee_asset: int) -> tuple[tuple[str, bytes], ...]:
    table = template.agents
    if table is None:
        return ()
    for_fees = _amount(assets, fee_asset, table.max_for_fees, "agents.max_for_fees")
    return (AGENTS_SECTION.holding(AgentsSection(table.max_commission, for_fees)),)


def _terms(unit: UnitSection) -> StorageTerms:
    return StorageTerms(
        int(Technology[unit.technology.upper()]),
        unit.nominal,
        unit.max_discharge_w,
        unit.efficiency,
        unit.standing_loss,
        unit.reserve,
    )


def _parameters(template: Template) -> dict[str, int]:
    tables = {
        "slots": template.slots,
        "sharing": template.sharing,
        "feeds": template.feeds,
        "grid": template.grid,
        "groups": template.groups,
        "deals": template.deals,
        "fund": template.fund,
        "certificates": template.certificates,
    }
    chosen = {*template.modules, *(name for name, table in tables.items() if table is not None)}
    on = (section.name for section in REGISTRY.sections if not section.optional or section.name in chosen)
    rules = REGISTRY.in_force(REGISTRY.newest, tuple(sorted(on))).parameters
    values = {}
    decimals = template_assets(template)[CURRENCY_ASSET - 1].decimals
    for name, text in template.parameters.items():
        if name not in rules:
            raise UsageError(
                f"unknown parameter {name}", code="bad_genesis", advice=f"Known: {', '.join(sorted(rules))}."
            )
        values[name] = parse_parameter(rules[name], text, decimals)
    return values
