"""Key files go both ways between the JavaScript client and the command line; words give the same keys in both."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from ledger.keys.crypto import Algorithm, Ed25519SecretKey, verify
from ledger.keys.keyfile import COST_LIGHT, KeyKind
from nodechain.home.keystore import Keystore
from tests.makers.make_vectors import FILE as VECTORS
from tests.web.test_client import CLIENT
from tests.web.test_verifier import DEADLINE_S, ROOT, WEB, missing, program

PASSWORD: Final = "Gänse\u00a0füße 🔑"
MESSAGE: Final = b"whatever is signed"
KNOWN: Final = ROOT / "tests" / "vectors"


def ask(**question: Any) -> dict[str, Any]:
    """What the client answers."""
    if not (CLIENT / "node_modules").is_dir():
        missing("the client's packages are not installed: npm ci --prefix web/client")
    done = subprocess.run(
        [program("node"), str(WEB / "test" / "keys.mjs")],
        input=json.dumps(question) + "\n", capture_output=True, text=True, timeout=DEADLINE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((KNOWN / name).read_text(encoding="utf-8"))
    return found


@pytest.fixture
def store(tmp_path: Path) -> Keystore:
    return Keystore(tmp_path / "keys", cost=COST_LIGHT)


@pytest.mark.parametrize("algorithm", list(Algorithm), ids=lambda found: found.name)
def test_the_client_opens_what_the_command_line_wrote(store: Keystore, algorithm: Algorithm) -> None:
    written = store.create("alice", KeyKind.ACCOUNT, PASSWORD, algorithm=algorithm)
    answer = ask(ask="open", file=store.export("alice").decode(), password=PASSWORD, message=MESSAGE.hex())
    assert answer["public_key"] == written.pubkey
    assert verify(written.public_key, MESSAGE, bytes.fromhex(answer["signature"]))


@pytest.mark.parametrize("algorithm", list(Algorithm), ids=lambda found: found.name)
def test_the_command_line_imports_what_the_client_wrote(store: Keystore, algorithm: Algorithm) -> None:
    secret = bytes(range(1, 33))
    about = {"name": "alice", "kind": "meter", "path": "m/44'/7238247'/3'/0'"}
    answer = ask(ask="write", algorithm=int(algorithm), secret=secret.hex(), password=PASSWORD, about=about)
    data = answer["file"].encode()
    imported = store.import_file("kept", data, PASSWORD)
    assert (imported.kind, imported.path) == (KeyKind.METER, about["path"])
    assert store.open("kept", PASSWORD).secret_bytes == secret
    assert json.loads(data)["crypto"]["kdf"]["params"]["c"] == 600_000


def test_the_client_opens_the_files_of_the_standard() -> None:
    """Both derivations of EIP-2335, with its own password; the secret there is taken for an Ed25519 key."""
    vectors = read("eip2335.json")
    secret = bytes.fromhex(vectors["secret"])
    assert len(vectors["crypto"]) == 2
    for crypto in vectors["crypto"]:
        about = {"name": "x", "kind": "account", "path": "", "version": 4, "uuid": "", "description": ""}
        file = json.dumps({**about, "pubkey": key_of(secret), "crypto": crypto})
        answer = ask(ask="open", file=file, password=vectors["password"], message=MESSAGE.hex())
        assert answer["public_key"] == key_of(secret)


def key_of(secret: bytes) -> str:
    return Ed25519SecretKey(secret).public_key.hex()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": 3}, "bad_keyfile"),
        ({"kind": "wallet"}, "bad_keyfile"),
        ({"pubkey": "01" + 32 * "09"}, "bad_keyfile"),
        ({"pubkey": "01"}, "bad_keyfile"),
    ],
)
def test_the_client_refuses_files_that_were_changed(store: Keystore, change: dict[str, Any], code: str) -> None:
    store.create("alice", KeyKind.ACCOUNT, PASSWORD)
    file = json.dumps({**json.loads(store.export("alice")), **change})
    assert ask(ask="open", file=file, password=PASSWORD, message="") == {"code": code}


@pytest.mark.parametrize("params", [{"n": 2**22}, {"n": 3}, {"r": 0}, {"p": 17}, {"salt": "00"}, {"dklen": 64}])
def test_the_client_bounds_what_opening_a_file_costs(store: Keystore, params: dict[str, Any]) -> None:
    store.create("alice", KeyKind.ACCOUNT, PASSWORD)
    file = json.loads(store.export("alice"))
    file["crypto"]["kdf"]["params"].update(params)
    assert ask(ask="open", file=json.dumps(file), password=PASSWORD, message="") == {"code": "bad_keyfile"}


def test_a_wrong_password_is_said_to_be_wrong(store: Keystore) -> None:
    store.create("alice", KeyKind.ACCOUNT, PASSWORD)
    answer = ask(ask="open", file=store.export("alice").decode(), password=PASSWORD.lower(), message="")
    assert answer == {"code": "wrong_password"}


def test_words_give_the_keys_of_the_vectors() -> None:
    expected = json.loads(VECTORS.read_text(encoding="utf-8"))["derivation"]
    paths = [key["path"] for key in expected["keys"]]
    answer = ask(ask="derive", words=expected["mnemonic"], passphrase=expected["passphrase"], paths=paths)
    assert answer == {"seed": expected["seed"], "secrets": [key["secret"] for key in expected["keys"]]}


def test_words_are_those_of_the_standard() -> None:
    for vector in read("bip39_english.json")["vectors"][:4]:
        assert ask(ask="words", entropy=vector["entropy"]) == {"words": vector["mnemonic"]}
        assert (
            ask(ask="derive", words=vector["mnemonic"].upper(), passphrase="TREZOR", paths=[])["seed"] == vector["seed"]
        )


@pytest.mark.parametrize("words", ["", "abandon", "abandon " * 11 + "zzz", "abandon " * 12])
def test_words_that_are_none_are_refused(words: str) -> None:
    assert ask(ask="check", words=words) == {"code": "bad_words"}
