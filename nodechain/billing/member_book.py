"""The member book: who the members are, encrypted in the operator's home; it never goes on the chain or into a log.

HOME/billing/members.book: scrypt of the password, then AES-256-GCM over the JSON of all entries; a changed byte is
noticed. Files are replaced whole; a deleted entry is in no copy that the program keeps.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from nodechain.billing.iban import check_iban
from nodechain.billing.periods import years_before
from nodechain.billing.settings import Postal
from nodechain.errors import DataDamaged, NotFound, UsageError, WrongSecret
from nodechain.files.durable_file import make_directory, replace_file
from nodechain.files.user_file import read_user_file

FORMAT: Final = b"nodechain/member-book/1\n"
MAX_BOOK_BYTES: Final = 64 * 1024 * 1024
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
SCRYPT_N: Final = 2**15
Entropy = Callable[[int], bytes]
Line = Annotated[str, msgspec.Meta(max_length=140)]


class Mandate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A direct debit's: its reference, the day of its signature, CORE or B2B."""

    reference: Annotated[str, msgspec.Meta(max_length=35)]
    signed: str
    scheme: Literal["CORE", "B2B"] = "CORE"


class MemberEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person or firm behind an account; `profile`: the kind of tax payer in the billing settings.

    `self_billing`: it agreed that the community writes its credit notes. `left`: the day on which it left the
    community, empty while it is in it; from then on runs how long its entry is kept.
    """

    name: Line
    address: Postal
    profile: Line = "private"
    self_billing: bool = False
    vat_id: Line = ""
    tax_number: Line = ""
    iban: Line = ""
    email: Line = ""
    left: Annotated[str, msgspec.Meta(pattern="^(\\d{4}-\\d{2}-\\d{2})?\\Z")] = ""
    mandate: Mandate | None = None


Entries = dict[str, MemberEntry]
"""By the account's address in Bech32m."""


class MemberBook:
    """The file of a home's member book, opened with a password that is asked for only when it is needed."""

    def __init__(self, path: Path, password: Callable[[], str], entropy: Entropy = os.urandom) -> None:
        self._path = path
        self._password = password
        self._entropy = entropy
        self._entries: Entries | None = None

    def entries(self) -> Entries:
        """All entries; none where there is no file. Raises `WrongSecret`, `DataDamaged`."""
        if self._entries is None:
            self._entries = self._read() if self._path.exists() else {}
        return dict(self._entries)

    def get(self, account: str) -> MemberEntry:
        """Raises `NotFound` (no_member_entry)."""
        found = self.entries().get(account)
        if found is None:
            raise NotFound(
                f"the member book knows nobody with the account {account}",
                code="no_member_entry",
                advice="Add the member: `nodechain bill member set`.",
            )
        return found

    def put(self, account: str, entry: MemberEntry) -> None:
        """Add or replace an entry; raises `UsageError` (bad_iban)."""
        self.put_all({account: entry})

    def put_all(self, entries: Entries) -> None:
        """Add or replace entries, all or none; raises `UsageError` (bad_iban)."""
        for entry in entries.values():
            if entry.iban:
                check_iban(entry.iban)
        self._write({**self.entries(), **entries})

    def delete(self, account: str) -> None:
        """Forget a member; raises `NotFound`."""
        self.get(account)
        self._write({address: entry for address, entry in self.entries().items() if address != account})

    def outlived(self, today: str, years: int) -> tuple[str, ...]:
        """The accounts of those who left more than so many years ago."""
        before = years_before(today, years)
        return tuple(account for account, entry in sorted(self.entries().items()) if entry.left and entry.left < before)

    def export(self, account: str) -> bytes:
        """All that the book holds of a member, as JSON for that member."""
        return msgspec.json.format(msgspec.json.encode({"account": account, "entry": self.get(account)}), indent=2)

    def _read(self) -> Entries:
        data = read_user_file(self._path, MAX_BOOK_BYTES, "member book")
        head = len(FORMAT)
        if data[:head] != FORMAT or len(data) < head + SALT_BYTES + NONCE_BYTES:
            raise DataDamaged(f"{self._path} is no member book", advice="Take it back from a copy.")
        salt = data[head : head + SALT_BYTES]
        nonce = data[head + SALT_BYTES : head + SALT_BYTES + NONCE_BYTES]
        try:
            plain = self._cipher(salt).decrypt(nonce, data[head + SALT_BYTES + NONCE_BYTES :], FORMAT + salt)
        except InvalidTag:
            raise WrongSecret(
                f"{self._path} does not open: the password is wrong, or the file was changed",
                advice="Try again, or take the file back from a copy.",
            ) from None
        try:
            return msgspec.json.decode(plain, type=Entries)
        except msgspec.DecodeError as error:
            raise DataDamaged(f"{self._path}: {error}", advice="Use the release that wrote it.") from None

    def _write(self, entries: Entries) -> None:
        salt, nonce = self._entropy(SALT_BYTES), self._entropy(NONCE_BYTES)
        plain = msgspec.json.encode(entries, order="sorted")
        if len(plain) > MAX_BOOK_BYTES // 2:
            raise UsageError("the member book would be too large", code="book_too_large")
        make_directory(self._path.parent)
        sealed = self._cipher(salt).encrypt(nonce, plain, FORMAT + salt)
        replace_file(self._path, FORMAT + salt + nonce + sealed)
        self._entries = dict(entries)

    def _cipher(self, salt: bytes) -> AESGCM:
        return AESGCM(Scrypt(salt=salt, length=32, n=SCRYPT_N, r=8, p=1).derive(self._password().encode()))
