"""Names of addresses, and what a person means by a name."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from ledger.errors import AddressError, CryptoKeyError
from ledger.keys.address import MultisigKey, address_of, format_address
from ledger.keys.crypto import Ed25519SecretKey
from ledger.keys.keyfile import KeyKind, ScryptCost
from nodechain.home.address_book import AddressBook, DamagedBook, resolve_address
from nodechain.home.keystore import BadName, KeyNotFound, Keystore, NameTaken

ANNA = bytes([1]) * 20
BERT = bytes([2]) * 20
KEYS = tuple(sorted(Ed25519SecretKey(bytes([number]) * 32).public_key for number in range(3)))
SHARED = MultisigKey(2, KEYS)


@pytest.fixture
def book(tmp_path: Path) -> AddressBook:
    return AddressBook(tmp_path / "home" / "addresses.json")


@pytest.fixture
def store(tmp_path: Path) -> Keystore:
    return Keystore(tmp_path / "home" / "keys", cost=ScryptCost(2**4))


def test_an_absent_book_is_empty(book: AddressBook) -> None:
    assert book.entries() == {}
    assert book.find(ANNA) is None
    with pytest.raises(KeyNotFound):
        book.get("anna")
    assert not book.path.exists()


def test_names_are_remembered_and_forgotten(book: AddressBook) -> None:
    book.add("bert", BERT)
    book.add("anna", ANNA)
    again = AddressBook(book.path)
    assert list(again.entries().items()) == [("anna", ANNA), ("bert", BERT)]
    assert again.get("anna") == ANNA
    assert again.find(BERT) == "bert"
    assert again.multisig("anna") is None
    assert stat.S_IMODE(book.path.stat().st_mode) == 0o600
    again.remove("anna")
    assert book.entries() == {"bert": BERT}
    with pytest.raises(KeyNotFound):
        book.remove("anna")


def test_nothing_is_overwritten(book: AddressBook) -> None:
    book.add("anna", ANNA)
    with pytest.raises(NameTaken):
        book.add("anna", BERT)
    with pytest.raises(NameTaken):
        book.add_multisig("anna", SHARED)
    assert book.get("anna") == ANNA


@pytest.mark.parametrize("name", ["", "Anna", "a/b", "nrg1qqqq"])
def test_what_is_no_name(book: AddressBook, name: str) -> None:
    with pytest.raises(BadName):
        book.add(name, ANNA)
    assert not book.path.exists()


def test_a_multisig_account_keeps_its_keys(book: AddressBook) -> None:
    assert book.add_multisig("fund", SHARED) == address_of(SHARED)
    assert book.get("fund") == address_of(SHARED)
    assert book.multisig("fund") == SHARED


def test_a_multisig_account_that_could_never_sign_is_refused(book: AddressBook) -> None:
    with pytest.raises(CryptoKeyError):
        book.add_multisig("fund", MultisigKey(4, KEYS))
    assert not book.path.exists()


def entry(address: bytes = ANNA) -> dict[str, object]:
    return {"address": format_address(address)}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        json.dumps({"version": 2, "entries": {}}),
        json.dumps({"version": 1, "entries": {"anna": {"address": "nrg1x"}}}),
        json.dumps({"version": 1, "entries": {"Anna": entry()}}),
        json.dumps({"version": 1, "entries": {"anna": {**entry(), "note": "x"}}}),
        json.dumps({"version": 1, "entries": {"anna": {**entry(), "multisig": {"threshold": 1, "keys": []}}}}),
    ],
)
def test_a_damaged_book_is_reported_and_never_overwritten(book: AddressBook, content: str) -> None:
    book.path.parent.mkdir()
    book.path.write_text(content)
    for act in (book.entries, lambda: book.get("anna"), lambda: book.add("carl", BERT), lambda: book.remove("anna")):
        with pytest.raises(DamagedBook):
            act()
    assert book.path.read_text() == content


def test_changed_multisig_keys_are_noticed(book: AddressBook) -> None:
    """Whoever exchanges the keys behind a name must not make us sign for another account unnoticed."""
    book.add_multisig("fund", SHARED)
    document = json.loads(book.path.read_text())
    document["entries"]["fund"]["multisig"]["threshold"] = 1
    book.path.write_text(json.dumps(document))
    with pytest.raises(DamagedBook, match="another address"):
        book.multisig("fund")


def test_an_address_a_key_or_a_name_is_resolved(book: AddressBook, store: Keystore) -> None:
    own = store.create("mine", KeyKind.ACCOUNT, "x").address
    book.add("anna", ANNA)
    book.add("mine", own)
    assert resolve_address(format_address(BERT), store, book) == BERT
    assert resolve_address(format_address(BERT).upper(), store, book) == BERT
    assert resolve_address("anna", store, book) == ANNA
    assert resolve_address("mine", store, book) == own


def test_what_cannot_be_resolved(book: AddressBook, store: Keystore) -> None:
    with pytest.raises(AddressError, match="checksum"):
        resolve_address(format_address(BERT)[:-1] + "x", store, book)
    with pytest.raises(KeyNotFound, match="neither"):
        resolve_address("nobody", store, book)
    with pytest.raises(BadName):
        resolve_address("No Body", store, book)
    store.create("anna", KeyKind.ACCOUNT, "x")
    book.add("anna", BERT)
    with pytest.raises(NameTaken, match="different addresses"):
        resolve_address("anna", store, book)
