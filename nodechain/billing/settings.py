"""What the community bills by: `billing.toml` in the operator's home, checked field by field."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from nodechain.billing.document import REMINDER, BillTerms, Due, ReminderRule, TaxRule
from nodechain.errors import NotFound, UsageError
from nodechain.files.toml_text import BadToml, parse_toml
from nodechain.files.user_file import read_user_file

MAX_SETTINGS_BYTES: Final = 256 * 1024
_RATE: Final = re.compile(r"\d{1,2}(\.\d{1,2})?")
_MONEY: Final = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?")
MAX_REMINDERS: Final = 9
MAX_REMINDER_DAYS: Final = 365
Short = Annotated[str, msgspec.Meta(max_length=140)]


class SettingsPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the tables of the file."""


class Postal(SettingsPart, frozen=True, kw_only=True):
    """An address."""

    street: Short = ""
    postcode: Short = ""
    city: Short = ""
    country: Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}\\Z")]


class Seller(SettingsPart, frozen=True, kw_only=True):
    """The community as it stands on bills. `creditor_id`: for debits; `vat_id` empty: it has none."""

    name: Short
    address: Postal
    vat_id: Short = ""
    tax_number: Short = ""
    iban: Short = ""
    bic: Short = ""
    creditor_id: Short = ""
    email: Short = ""


class TaxTable(SettingsPart, frozen=True, kw_only=True):
    """A rule of taxes; see `nodechain.billing.document.TaxRule`. `rate` is per cent as text."""

    section: str = "*"
    side: Literal["charges", "credits", "*"] = "*"
    profile: str = "*"
    category: Literal["S", "Z", "E", "AE", "O"]
    rate: str = "0"
    reason: Short = ""


class DueTable(SettingsPart, frozen=True, kw_only=True):
    """What is asked for beside what moved on the chain: an amount in the currency for each member or meter."""

    name: Short
    text: Short
    amount: str
    per: Literal["member", "meter"] = "member"


class ReminderTable(SettingsPart, frozen=True, kw_only=True):
    """A level of reminders: `days` after the due day, and what it costs in the currency."""

    days: Annotated[int, msgspec.Meta(ge=1, le=MAX_REMINDER_DAYS)]
    fee: str = "0"


class BillingSettings(SettingsPart, frozen=True, kw_only=True):
    """The whole file. `retention_years`: how long the law of the country wants bills and their receivers kept."""

    zone: str
    language: Literal["de", "el", "en"] = "en"
    due_days: Annotated[int, msgspec.Meta(ge=0, le=365)] = 14
    retention_years: Annotated[int, msgspec.Meta(ge=1, le=10)] = 10
    seller: Seller
    taxes: tuple[TaxTable, ...] = ()
    dues: tuple[DueTable, ...] = ()
    reminders: Annotated[tuple[ReminderTable, ...], msgspec.Meta(max_length=MAX_REMINDERS)] = ()

    def terms_for(
        self, profile: str, meters: int, *, self_billing: bool, left: bool = False, fees: tuple[Due, ...] = ()
    ) -> BillTerms:
        """The terms of one account: a kind of tax payer with so many meters; who has `left` owes no dues of members.

        `fees`: of reminders since the bill before.
        """
        taxes = tuple(
            TaxRule(rule.section, rule.side, rule.category, rate_of(rule.rate), rule.reason)
            for rule in self.taxes
            if rule.profile in (profile, "*")
        )
        dues = tuple(
            Due(due.name, due.text, cents_of(due.amount), count)
            for due in self.dues
            if (count := meters if due.per == "meter" else int(not left))
        )
        levels = tuple(ReminderRule(level.days, cents_of(level.fee)) for level in self.reminders)
        return BillTerms(
            self.seller.name, profile, self.language, self_billing, self.due_days, taxes, (*dues, *fees), levels
        )


def read_settings(path: Path) -> BillingSettings:
    """Raises `NotFound` (no_billing_settings) and `UsageError` (bad_billing_settings)."""
    if not path.exists():
        raise NotFound(
            f"there is no {path}",
            code="no_billing_settings",
            advice="Write what the community bills by into it; docs/bills.md has an example.",
        )
    return parse_settings(read_user_file(path, MAX_SETTINGS_BYTES, "file of billing settings"), str(path))


def parse_settings(data: bytes, name: str) -> BillingSettings:
    """The settings of a file's bytes; raises `UsageError` (bad_billing_settings) with the file's name."""
    try:
        settings = msgspec.convert(parse_toml(data), BillingSettings)
        for rule in settings.taxes:
            rate_of(rule.rate)
        for due in settings.dues:
            cents_of(due.amount)
            if due.name == REMINDER:
                raise BadToml(f"dues: the name {REMINDER} is for fees of reminders")
        for level in settings.reminders:
            cents_of(level.fee)
        days = [level.days for level in settings.reminders]
        if days != sorted(set(days)):
            raise BadToml("reminders: each level comes more days after the due day than the one before")
    except (BadToml, msgspec.ValidationError) as error:
        raise UsageError(f"{name}: {error}", code="bad_billing_settings", advice="Correct the file.") from None
    return settings


def rate_of(text: str) -> int:
    """A rate in 1/100 per cent; raises `UsageError` (bad_billing_settings)."""
    if not _RATE.fullmatch(text):
        raise UsageError(f"{text} is no rate of tax", code="bad_billing_settings", advice="Like 20 or 5.5.")
    whole, _point, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def cents_of(text: str) -> int:
    """Cents of an amount; raises `UsageError` (bad_billing_settings)."""
    found = _MONEY.fullmatch(text)
    if found is None:
        raise UsageError(f"{text} is no amount", code="bad_billing_settings", advice="Like 2.50.")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
