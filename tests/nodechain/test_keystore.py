"""The key store never loses, overwrites or exposes a key."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.errors import KeyfileError, MnemonicError, PathError
from ledger.keys.crypto import Algorithm, Ed25519SecretKey, verify
from ledger.keys.derivation import derive
from ledger.keys.keyfile import KeyKind, ScryptCost, write_keyfile
from ledger.keys.mnemonic import entropy_of, mnemonic_of, seed_of
from nodechain.errors import NodeError, StorageFailed, WrongSecret
from nodechain.files import durable_file
from nodechain.home.keystore import BadName, DamagedKey, KeyDamaged, KeyNotFound, Keystore, NameTaken, new_mnemonic

QUICK = ScryptCost(2**4)
PHRASE = mnemonic_of(bytes(range(32)))
PASSWORD = "correct horse"


@pytest.fixture
def store(tmp_path: Path) -> Keystore:
    return Keystore(tmp_path / "keys", cost=QUICK)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_an_absent_directory_has_no_keys_and_is_not_made(store: Keystore) -> None:
    assert store.names() == []
    assert not store.entries()
    assert not store.damaged()
    assert not store.exposed()
    assert not store.directory.exists()


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_new_key_can_be_found_opened_and_signs(store: Keystore, algorithm: Algorithm) -> None:
    made = store.create("anna", KeyKind.METER, PASSWORD, algorithm=algorithm)
    found = store.get("anna")
    assert found == made
    assert found.kind is KeyKind.METER
    assert found.path == ""
    assert store.entries() == (found,)
    assert store.find(found.address) == found
    assert store.find(bytes(20)) is None
    key = store.open("anna", PASSWORD)
    assert key.public_key == found.public_key
    assert key.algorithm is algorithm
    assert verify(found.public_key, b"message", key.sign(b"message"))


def test_files_are_for_their_owner_only(store: Keystore) -> None:
    previous = os.umask(0)
    try:
        store.create("anna", KeyKind.ACCOUNT, PASSWORD)
        store.change_password("anna", PASSWORD, "other")
    finally:
        os.umask(previous)
    assert mode(store.directory) == 0o700
    assert mode(store.path("anna")) == 0o600
    assert store.exposed() == ()
    store.path("anna").chmod(0o640)
    assert store.exposed() == ("anna",)


def test_two_keys_never_share_secret_salt_or_uuid(store: Keystore) -> None:
    one, other = (store.create(name, KeyKind.ACCOUNT, PASSWORD) for name in ("one", "two"))
    assert one.public_key != other.public_key
    assert one.uuid != other.uuid
    assert one.crypto.kdf.params.salt != other.crypto.kdf.params.salt
    assert one.crypto.cipher.params.iv != other.crypto.cipher.params.iv


def test_keys_are_listed_by_name(store: Keystore) -> None:
    for name in ("carl", "anna", "bert"):
        store.create(name, KeyKind.ACCOUNT, PASSWORD)
    assert [key.name for key in store.entries()] == ["anna", "bert", "carl"]


def test_a_recovery_phrase_brings_back_the_same_key(store: Keystore) -> None:
    first = store.import_mnemonic("anna", KeyKind.ACCOUNT, PASSWORD, PHRASE)
    again = store.import_mnemonic("again", KeyKind.ACCOUNT, "another", PHRASE.upper())
    expected = Ed25519SecretKey(derive(seed_of(PHRASE), "m/44'/7238247'/0'/0'").secret)
    assert first.public_key == again.public_key == expected.public_key
    assert first.path == "m/44'/7238247'/0'/0'"


def test_kind_index_and_passphrase_give_other_keys(store: Keystore) -> None:
    made = [store.import_mnemonic(f"key-{kind}", kind, PASSWORD, PHRASE) for kind in KeyKind]
    made.append(store.import_mnemonic("index", KeyKind.ACCOUNT, PASSWORD, PHRASE, index=1))
    made.append(store.import_mnemonic("phrase", KeyKind.ACCOUNT, PASSWORD, PHRASE, passphrase="x"))
    assert len({key.public_key for key in made}) == 6


def test_a_new_phrase_has_24_words_of_fresh_entropy() -> None:
    assert new_mnemonic(lambda size: bytes(range(size))) == PHRASE
    assert len(entropy_of(new_mnemonic())) == 32
    assert new_mnemonic() != new_mnemonic()


def test_a_wrong_phrase_leaves_nothing_behind(store: Keystore) -> None:
    with pytest.raises(MnemonicError):
        store.import_mnemonic("anna", KeyKind.ACCOUNT, PASSWORD, "zoo " * 24)
    with pytest.raises(PathError):
        store.import_mnemonic("anna", KeyKind.ACCOUNT, PASSWORD, PHRASE, index=2**31)
    with pytest.raises(KeyfileError):
        store.import_mnemonic("anna", KeyKind.ACCOUNT, "", PHRASE)
    assert store.names() == []


def test_an_exported_file_opens_in_another_store(store: Keystore, tmp_path: Path) -> None:
    made = store.create("anna", KeyKind.VALIDATOR, PASSWORD)
    other = Keystore(tmp_path / "other", cost=QUICK)
    found = other.import_file("bert", store.export("anna"), PASSWORD)
    assert (found.name, found.kind, found.public_key) == ("bert", KeyKind.VALIDATOR, made.public_key)
    assert found.crypto.kdf.params.salt != made.crypto.kdf.params.salt
    assert other.open("bert", PASSWORD).public_key == made.public_key


def test_a_file_that_does_not_open_is_not_imported(store: Keystore) -> None:
    store.create("anna", KeyKind.ACCOUNT, PASSWORD)
    with pytest.raises(WrongSecret):
        store.import_file("bert", store.export("anna"), "wrong")
    with pytest.raises(KeyfileError):
        store.import_file("bert", b"{}", PASSWORD)
    assert store.names() == ["anna"]


def test_a_wrong_password_has_the_exit_code_7(store: Keystore) -> None:
    store.create("anna", KeyKind.ACCOUNT, PASSWORD)
    with pytest.raises(WrongSecret) as caught:
        store.open("anna", "wrong")
    assert (caught.value.code, caught.value.exit_code) == ("wrong_password", 7)


Making = Callable[[Keystore], object]


@pytest.mark.parametrize(
    "make",
    [
        lambda store: store.create("anna", KeyKind.ACCOUNT, PASSWORD),
        lambda store: store.import_mnemonic("anna", KeyKind.ACCOUNT, PASSWORD, PHRASE),
        lambda store: store.import_file("anna", store.export("bert"), PASSWORD),
        lambda store: store.rename("bert", "anna"),
        lambda store: store.rename("anna", "anna"),
    ],
    ids=["create", "mnemonic", "file", "rename", "rename to itself"],
)
def test_nothing_overwrites_a_key(store: Keystore, make: Making) -> None:
    for name in ("anna", "bert"):
        store.create(name, KeyKind.ACCOUNT, PASSWORD)
    before = {path: path.read_bytes() for path in store.directory.iterdir()}
    with pytest.raises(NameTaken):
        make(store)
    assert {path: path.read_bytes() for path in store.directory.iterdir()} == before


def test_a_name_taken_meanwhile_is_not_overwritten(store: Keystore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process makes the file after our look and before our write."""
    store.create("bert", KeyKind.ACCOUNT, PASSWORD)

    def late(path: Path, data: bytes) -> None:
        path.write_bytes(b"theirs")
        durable_file.create_file(path, data)

    monkeypatch.setattr("nodechain.home.keystore.create_file", late)
    with pytest.raises(NameTaken):
        store.create("anna", KeyKind.ACCOUNT, PASSWORD)
    assert store.path("anna").read_bytes() == b"theirs"


def test_what_another_process_wrote_is_not_taken_for_ours(store: Keystore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodechain.home.keystore.create_file", lambda path, data: path.write_bytes(b"theirs"))
    with pytest.raises(NameTaken, match="same time"):
        store.create("anna", KeyKind.ACCOUNT, PASSWORD)


def test_renaming_keeps_the_key(store: Keystore) -> None:
    made = store.create("anna", KeyKind.ACCOUNT, PASSWORD)
    renamed = store.rename("anna", "bert")
    assert store.names() == ["bert"]
    assert store.get("bert") == renamed
    assert json.loads(store.path("bert").read_text())["name"] == "bert"
    assert store.open("bert", PASSWORD).public_key == made.public_key


def test_a_crash_in_renaming_leaves_both_names(store: Keystore, monkeypatch: pytest.MonkeyPatch) -> None:
    made = store.create("anna", KeyKind.ACCOUNT, PASSWORD)

    def crash(name: str) -> None:
        raise StorageFailed("power cut")

    monkeypatch.setattr(store, "remove", crash)
    with pytest.raises(StorageFailed):
        store.rename("anna", "bert")
    assert {key.public_key for key in store.entries()} == {made.public_key}
    assert store.names() == ["anna", "bert"]


def test_a_new_password_replaces_the_old_one(store: Keystore) -> None:
    made = store.import_mnemonic("anna", KeyKind.NODE, PASSWORD, PHRASE)
    changed = store.change_password("anna", PASSWORD, "other")
    assert (changed.kind, changed.path, changed.public_key) == (made.kind, made.path, made.public_key)
    assert changed.crypto.cipher.message != made.crypto.cipher.message
    assert store.open("anna", "other").public_key == made.public_key
    with pytest.raises(WrongSecret):
        store.open("anna", PASSWORD)


@pytest.mark.parametrize(("old", "new", "error"), [("wrong", "other", WrongSecret), (PASSWORD, "", KeyfileError)])
def test_a_failed_change_of_password_changes_nothing(
    store: Keystore, old: str, new: str, error: type[Exception]
) -> None:
    store.create("anna", KeyKind.ACCOUNT, PASSWORD)
    before = store.path("anna").read_bytes()
    with pytest.raises(error):
        store.change_password("anna", old, new)
    assert store.path("anna").read_bytes() == before


def test_a_removed_key_is_gone(store: Keystore) -> None:
    store.create("anna", KeyKind.ACCOUNT, PASSWORD)
    store.remove("anna")
    assert list(store.directory.iterdir()) == []
    with pytest.raises(KeyNotFound):
        store.remove("anna")


@pytest.mark.parametrize(
    "act",
    [
        lambda store: store.get("anna"),
        lambda store: store.open("anna", PASSWORD),
        lambda store: store.export("anna"),
        lambda store: store.rename("anna", "bert"),
        lambda store: store.change_password("anna", PASSWORD, "x"),
        lambda store: store.remove("anna"),
    ],
)
def test_an_unknown_name_has_the_exit_code_3(store: Keystore, act: Making) -> None:
    with pytest.raises(KeyNotFound, match="anna") as caught:
        act(store)
    assert (caught.value.code, caught.value.exit_code) == ("key_not_found", 3)
    assert caught.value.advice


BAD_NAMES = [
    "",
    "A",
    "Anna",
    "1a",
    "-a",
    "a b",
    "a.b",
    "a/b",
    "../a",
    "a\0b",
    "ä",
    "a" * 33,
    "a\n",
    "nrg1abc",
    "nrgpub1x",
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_what_is_no_name(store: Keystore, name: str) -> None:
    for act in (store.get, store.remove, store.export, store.path):
        with pytest.raises(BadName):
            act(name)
    with pytest.raises(BadName):
        store.create(name, KeyKind.ACCOUNT, PASSWORD)
    store.create("anna", KeyKind.ACCOUNT, PASSWORD)
    with pytest.raises(BadName):
        store.rename("anna", name)
    assert store.names() == ["anna"]


@pytest.mark.parametrize("name", ["a", "anna", "house-1", "unit_2", "nrg", "nrg-1", "a" * 32])
def test_what_is_a_name(store: Keystore, name: str) -> None:
    store.create(name, KeyKind.ACCOUNT, PASSWORD)
    assert store.names() == [name]


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"x" * 100_000])
def test_a_damaged_file_hides_no_other_key(store: Keystore, content: bytes) -> None:
    store.create("anna", KeyKind.ACCOUNT, PASSWORD)
    store.path("broken").write_bytes(content)
    assert [key.name for key in store.entries()] == ["anna"]
    (damaged,) = store.damaged()
    assert isinstance(damaged, DamagedKey)
    assert damaged.name == "broken"
    with pytest.raises(KeyDamaged) as caught:
        store.get("broken")
    assert caught.value.exit_code == 8
    assert "backup" in caught.value.advice
    with pytest.raises(NameTaken):
        store.create("broken", KeyKind.ACCOUNT, PASSWORD)
    store.remove("broken")
    assert store.damaged() == ()


def test_a_file_with_a_strange_public_key_is_damaged(store: Keystore) -> None:
    one = store.create("one", KeyKind.ACCOUNT, PASSWORD)
    document = json.loads(store.export("one"))
    document["pubkey"] = store.create("two", KeyKind.ACCOUNT, PASSWORD).pubkey
    store.path("one").write_text(json.dumps(document))
    with pytest.raises(KeyDamaged, match="another public key"):
        store.open("one", PASSWORD)
    assert store.get("one").public_key != one.public_key


def test_a_file_renamed_by_hand_has_its_files_name(store: Keystore) -> None:
    store.create("anna", KeyKind.ACCOUNT, PASSWORD)
    store.path("anna").rename(store.path("bert"))
    assert store.get("bert").name == "bert"


def test_other_files_are_not_keys(store: Keystore) -> None:
    store.create("anna", KeyKind.ACCOUNT, PASSWORD)
    for name in (".anna.json.new", "README", "Anna.json", "notes.txt", "nrg1.json.bak"):
        (store.directory / name).write_bytes(b"x")
    assert store.names() == ["anna"]


def test_what_the_system_refuses_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "keys").write_bytes(b"not a directory")
    store = Keystore(tmp_path / "keys", cost=QUICK)
    acts: list[Callable[[], object]] = [store.names, lambda: store.get("anna"), lambda: store.remove("anna")]
    acts.append(lambda: store.create("anna", KeyKind.ACCOUNT, PASSWORD))
    for act in acts:
        with pytest.raises(NodeError) as caught:
            act()
        assert isinstance(caught.value, StorageFailed)


def test_no_error_or_file_shows_a_secret(store: Keystore) -> None:
    store.import_mnemonic("anna", KeyKind.ACCOUNT, PASSWORD, PHRASE)
    secret = store.open("anna", PASSWORD).secret_bytes.hex()
    content = store.path("anna").read_text()
    assert secret not in content
    assert PASSWORD not in content
    assert not any(f" {word} " in content for word in PHRASE.split())
    with pytest.raises(WrongSecret) as caught:
        store.open("anna", "a-wrong-password")
    assert "a-wrong-password" not in str(caught.value)
    assert write_keyfile(store.get("anna")) == store.export("anna") == store.path("anna").read_bytes()
