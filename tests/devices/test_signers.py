"""Meters' keys in a real token and a real TPM: what they sign the ledger takes, what fails says so."""

from __future__ import annotations

import asyncio
import builtins
import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner

from devices.client import DeviceClient
from devices.commands.meter import meter
from devices.errors import BadKeyPlace, DeviceError, MissingPackage, Misuse, SignerFault, WrongPin
from devices.follower import Follower
from devices.outbox import NewReading, Outbox
from devices.readings import Reading, ReadingHeader, ReadingSigner, SignedBatch, build_batch
from devices.signers.device import DeviceSigner
from devices.signers.opening import Signers, open_signer
from devices.signers.places import FilePlace, Pkcs11Place, TpmPlace, parse_place
from devices.submitter import PushProgress, Submitter
from harness.fake_chain import TOWN
from harness.fake_node import FakeNode
from ledger.chain.envelope import Transaction
from ledger.keys.crypto import Algorithm, P256SecretKey, verify
from ledger.keys.p256 import ORDER
from ledger.metering.schema import MeterKind
from tests.devices.key_devices import PIN, SoftHsm, SoftTpm
from tests.support import peers

HEAD = ReadingHeader(bytes(32), 1, 2, 0, bytes((1, 0, 1, 8, 0, 255)), 0)
READINGS = tuple(Reading(number, number * 900_000, number * 37) for number in range(1, 100))
KIND = int(MeterKind.PRODUCTION)
MODULE = "?module-path=/x.so"


class Asked:
    """A person who knows one PIN, and how often it was asked for."""

    def __init__(self, pin: str = PIN) -> None:
        self.pin = pin
        self.questions: list[str] = []

    def __call__(self, what: str, *, new: bool = False) -> str:
        self.questions.append(f"{what}{' (new)' if new else ''}")
        return self.pin


def check_batch(signer: ReadingSigner) -> None:
    transaction = Transaction(build_batch(signer, TOWN, HEAD, READINGS).body)
    assert transaction.verify_signatures(TOWN.genesis_hash)
    assert transaction.envelope.sender_key == signer.public_key


@pytest.fixture(scope="module")
def hsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsm]:
    peers.package("pkcs11")
    found = SoftHsm(tmp_path_factory.mktemp("softhsm"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(found.conf))
        yield found


@pytest.fixture
def token(hsm: SoftHsm) -> str:
    """A token of its own for each test."""
    return hsm.add_token()


@pytest.fixture
def tpm(tmp_path: Path) -> Iterator[SoftTpm]:
    peers.package("tpm2_pytss")
    found = SoftTpm(tmp_path)
    found.start()
    yield found
    found.stop()


def signers(asked: Asked | None = None) -> Signers:
    return Signers("home", asked or Asked())


def create(place: str, algorithm: Algorithm = Algorithm.P256) -> bytes:
    """A key at a place, made by a program that has ended: a login is the whole process's."""
    with signers() as keys:
        return keys.create(place, algorithm)


# --- places ----------------------------------------------------------------------------------------------------------


def test_places_are_read() -> None:
    assert parse_place("house", "/h") == FilePlace(Path("/h/keys/house.json"))
    assert parse_place("keys/house.json", "/h") == FilePlace(Path("keys/house.json"))
    place = parse_place("pkcs11:token=my%20meters;object=meter1;id=%01%ff;type=private?module-path=/x.so", "")
    assert place == Pkcs11Place("/x.so", "my meters", b"", "meter1", b"\x01\xff")
    assert parse_place(f"pkcs11:serial=ab12;id=%01{MODULE}", "") == Pkcs11Place("/x.so", "", b"ab12", "", b"\x01")
    assert parse_place("tpm:0x81000001", "") == TpmPlace(0x81000001, "")
    place = parse_place("tpm:0x81000001?tcti=swtpm:host=localhost,port=2321", "")
    assert place == TpmPlace(0x81000001, "swtpm:host=localhost,port=2321")


@pytest.mark.parametrize(
    "text",
    [
        "pkcs11:",
        f"pkcs11:object=meter1{MODULE}",
        f"pkcs11:token=t{MODULE}",
        "pkcs11:token=t;object=o",
        f"pkcs11:token=t;token=u;object=o{MODULE}",
        f"pkcs11:token=;object=o{MODULE}",
        f"pkcs11:token;object=o{MODULE}",
        f"pkcs11:token=%ff;object=o{MODULE}",
        f"pkcs11:token=t;object=o;slot-id=1{MODULE}",
        f"pkcs11:token=t;object=o;type=cert{MODULE}",
        f"pkcs11:token=t;object=o{MODULE}&pin-value=123456",
        "tpm:",
        "tpm:81000001",
        "tpm:0x81zz",
        "tpm:0x01000001",
        "tpm:0x81800000",
        "tpm:0x81000001?device=/dev/tpm0",
        "tpm:0x81000001?tcti=",
    ],
)
def test_places_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(BadKeyPlace) as caught:
        parse_place(text, "")
    assert "123456" not in caught.value.detail


# --- whatever the device does ----------------------------------------------------------------------------------------


class FakeDevice:
    """A device that does as it is told; `faults` spoil the next signatures."""

    def __init__(self, *faults: Callable[[bytes], bytes]) -> None:
        self.key = P256SecretKey(7)
        self.faults = list(faults)
        self.opened = 0

    def public_key(self, place: str) -> bytes:
        return self.key.public_key

    def create(self, place: str, algorithm: Algorithm, pin: str) -> bytes:
        return self.key.public_key

    def unlock(self, place: str, pin: str) -> None:
        return

    def sign(self, place: str, message: bytes) -> bytes:
        signature = self.key.sign(message)
        return self.faults.pop(0)(signature) if self.faults else signature

    def reopen(self) -> None:
        self.opened += 1

    def close(self) -> None:
        return


def high_s(signature: bytes) -> bytes:
    return signature[:32] + (ORDER - int.from_bytes(signature[32:])).to_bytes(32)


def spoiled(signature: bytes) -> bytes:
    return bytes(64)


def gone(signature: bytes) -> bytes:
    raise SignerFault("gone")


def removed(signature: bytes) -> bytes:
    raise BadKeyPlace("no key", code="no_object")


def refused(signature: bytes) -> bytes:
    raise WrongPin("no")


@pytest.mark.parametrize(
    ("faults", "opened"),
    [((), 0), ((high_s,), 0), ((spoiled,), 1), ((gone,), 1), ((removed,), 1), ((lambda signature: signature[:63],), 1)],
)
def test_only_what_verifies_leaves(faults: tuple[Callable[[bytes], bytes], ...], opened: int) -> None:
    device = FakeDevice(*faults)
    check_batch(DeviceSigner(device, "key"))
    assert device.opened == opened


@pytest.mark.parametrize(
    ("faults", "code"),
    [((spoiled, spoiled), "bad_signature"), ((gone, gone), "signer_fault"), ((gone, removed), "signer_fault")],
)
def test_a_device_is_opened_again_once(faults: tuple[Callable[[bytes], bytes], ...], code: str) -> None:
    device = FakeDevice(*faults)
    with pytest.raises(SignerFault) as caught:
        DeviceSigner(device, "key").sign(b"m")
    assert (caught.value.code, device.opened) == (code, 1)


def test_a_refused_pin_is_not_tried_again() -> None:
    device = FakeDevice(refused)
    with pytest.raises(WrongPin):
        DeviceSigner(device, "key").sign(b"m")
    assert device.opened == 0


def test_a_failing_device_uses_no_number_up(tmp_path: Path) -> None:
    signer = DeviceSigner(FakeDevice(gone, gone, spoiled, spoiled), "key")

    def build(header: ReadingHeader, readings: tuple[Reading, ...]) -> SignedBatch:
        return build_batch(signer, TOWN, header, readings)

    async def main() -> None:
        async with FakeNode() as node:
            with Outbox(tmp_path / "outbox.db") as box:
                box.add_meter(signer.public_key)
                box.append([NewReading(signer.public_key, 1_000, 5, HEAD)])
                client = DeviceClient([node.url], timeout_s=5)
                follower = Follower(client, box, lambda: 0)
                await follower.start()
                submitter = Submitter(box, client, follower, lambda _meter: build, draw=random.Random(1))
                pushed = [await submitter.push(signer.public_key) for _ in range(3)]
                client.close()
            assert [(one.progress, one.code) for one in pushed[:2]] == [
                (PushProgress.UNSIGNED, "signer_fault"),
                (PushProgress.UNSIGNED, "bad_signature"),
            ]
            assert pushed[2].progress is PushProgress.DECIDED
            assert node.readings[signer.public_key] == [(1, 1_000, 5)]

    asyncio.run(main())


@pytest.mark.parametrize(
    ("place", "absent", "extra"),
    [(f"pkcs11:token=t;object=o{MODULE}", "pkcs11", "hsm"), ("tpm:0x81000001", "tpm2_pytss", "tpm")],
)
def test_a_missing_package_says_how_to_install_it(
    place: str, absent: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name.partition(".")[0] == absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *arguments, **options)

    for backend in ("devices.signers.pkcs11", "devices.signers.tpm"):
        monkeypatch.delitem(sys.modules, backend, raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingPackage, match=rf"nodechain\[{extra}\]") as caught:
        open_signer(place, "", Asked())
    assert caught.value.code == "missing_package"


# --- PKCS#11 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_token_signs_what_the_ledger_takes(hsm: SoftHsm, token: str, algorithm: Algorithm) -> None:
    asked = Asked()
    keys = signers(asked)
    made = keys.create(hsm.place(token), algorithm)
    assert made[0] == algorithm
    signer = keys.open(hsm.place(token))
    assert signer.public_key == made == signers().public_key(hsm.place(token))
    check_batch(signer)
    # ECDSA draws: over many signatures both halves of the order come up.
    assert all(verify(made, message, signer.sign(message)) for message in (bytes((n,)) for n in range(20)))
    assert asked.questions == [f"PIN of token {token}"]
    keys.close()


def test_keys_of_one_token_share_its_session(hsm: SoftHsm, token: str) -> None:
    asked = Asked()
    keys = signers(asked)
    for name, algorithm in (("a", Algorithm.P256), ("b", Algorithm.ED25519)):
        keys.create(hsm.place(token, name), algorithm)
    first, second = keys.open(hsm.place(token, "a")), keys.open(hsm.place(token, "b"))
    # Another part of the process that knows nothing of these.
    third = signers().open(hsm.place(token, "a"))
    for signer in (first, second, third):
        check_batch(signer)
    assert len(asked.questions) == 1


def test_a_key_never_leaves_its_token(hsm: SoftHsm, token: str) -> None:
    pkcs11 = pytest.importorskip("pkcs11")
    place = hsm.place(token)
    create(place)
    found = pkcs11.lib(str(hsm.library)).get_token(token_label=token)
    with found.open(rw=True, user_pin=PIN) as session:
        private = session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, label="meter1")
        with pytest.raises(pkcs11.AttributeSensitive):
            private[pkcs11.Attribute.VALUE]
        assert private[pkcs11.Attribute.NEVER_EXTRACTABLE]
        curve = session.create_domain_parameters(
            pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: bytes.fromhex("06082a8648ce3d030107")}, local=True
        )
        curve.generate_keypair(store=True, label="loose", private_template={pkcs11.Attribute.EXTRACTABLE: True})
        other = session.create_domain_parameters(
            pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: bytes.fromhex("06052b81040022")}, local=True
        )
        other.generate_keypair(store=True, label="p384")
    keys = signers()
    for name, code in (("loose", "extractable_key"), ("p384", "unfit_key"), ("none", "no_object")):
        with pytest.raises(BadKeyPlace) as caught:
            keys.open(hsm.place(token, name))
        assert caught.value.code == code
    with pytest.raises(BadKeyPlace) as caught:
        keys.create(place, Algorithm.ED25519)
    keys.close()
    assert caught.value.code == "key_exists"


def test_a_wrong_pin_is_tried_once(hsm: SoftHsm, token: str) -> None:
    create(hsm.place(token))
    for pin in ("000000", "1", ""):
        with pytest.raises(WrongPin):
            signers(Asked(pin)).open(hsm.place(token))


def test_a_pin_that_was_changed_meanwhile_is_tried_once(hsm: SoftHsm, token: str) -> None:
    pkcs11 = pytest.importorskip("pkcs11")
    keys = signers()
    keys.create(hsm.place(token), Algorithm.P256)
    signer = keys.open(hsm.place(token))
    library = pkcs11.lib(str(hsm.library))
    library.reinitialize()
    with library.get_token(token_label=token).open(rw=True, user_pin=PIN) as session:
        session.set_pin(PIN, "654321")
    for words in ("refuses the PIN", "not tried again", "not tried again"):
        with pytest.raises(WrongPin, match=words):
            signer.sign(b"m")


def test_what_is_not_there_has_its_code(hsm: SoftHsm, token: str, tmp_path: Path) -> None:
    absent = hsm.place("nowhere")
    for place, code in (
        (absent, "no_token"),
        (hsm.place(token), "no_object"),
        (hsm.place(token).replace(";", ";serial=00;"), "no_token"),
        ("pkcs11:token=t;object=o?module-path=/nonexistent.so", "no_module"),
    ):
        with pytest.raises(BadKeyPlace) as caught:
            signers().open(place)
        assert caught.value.code == code


def test_a_token_may_be_taken_out_and_put_back(hsm: SoftHsm, token: str) -> None:
    keys = signers()
    keys.create(hsm.place(token), Algorithm.ED25519)
    signer = keys.open(hsm.place(token))
    hsm.take_out()
    try:
        for _ in range(2):
            with pytest.raises(SignerFault):
                signer.sign(b"m")
    finally:
        hsm.put_back()
    check_batch(signer)


# --- TPM -------------------------------------------------------------------------------------------------------------


def test_a_tpm_signs_what_the_ledger_takes_also_after_a_restart(tpm: SoftTpm) -> None:
    asked = Asked()
    keys = signers(asked)
    made = keys.create(tpm.place(), Algorithm.P256)
    other = keys.create(tpm.place(0x81000002), Algorithm.P256)
    assert made != other
    signer, second = keys.open(tpm.place()), keys.open(tpm.place(0x81000002))
    assert (signer.public_key, second.public_key) == (made, other)
    check_batch(signer)
    tpm.stop()
    with pytest.raises(SignerFault):
        signer.sign(b"m")
    tpm.start()
    for one in (signer, second):
        check_batch(one)
    # More signatures than a TPM holds sessions.
    assert all(verify(made, message, signer.sign(message)) for message in (bytes((n,)) for n in range(20)))
    assert asked.questions == ["Password of key tpm:0x81000001 (new)", "Password of key tpm:0x81000002 (new)"]
    keys.close()


def test_a_tpm_refuses_what_it_cannot_do(tpm: SoftTpm) -> None:
    cases: list[tuple[str, Algorithm, str, str]] = [
        (tpm.place(), Algorithm.ED25519, PIN, "unfit_key"),
        (tpm.place(), Algorithm.P256, "", "no_password"),
        (tpm.place(), Algorithm.P256, "x" * 33, "wrong_pin"),
        ("tpm:0x81000001?tcti=swtpm:host=127.0.0.1,port=1", Algorithm.P256, PIN, "no_tpm"),
    ]
    for place, algorithm, pin, code in cases:
        with signers(Asked(pin)) as keys, pytest.raises(DeviceError) as caught:
            keys.create(place, algorithm)
        assert caught.value.code == code
    keys = signers()
    with pytest.raises(BadKeyPlace) as absent:
        keys.open(tpm.place())
    assert absent.value.code == "no_object"
    keys.create(tpm.place(), Algorithm.P256)
    with pytest.raises(BadKeyPlace) as taken:
        keys.create(tpm.place(), Algorithm.P256)
    assert taken.value.code == "key_exists"
    keys.close()


def test_a_tpm_hears_a_wrong_password_once(tpm: SoftTpm) -> None:
    create(tpm.place())
    for words in ("refuses the password", "refuses the password", "refuses the password", "locked"):
        with signers(Asked("000000")) as keys, pytest.raises(WrongPin, match=words):
            keys.open(tpm.place())


# --- commands --------------------------------------------------------------------------------------------------------


def invoke(*arguments: object, **environment: str) -> dict[str, Any]:
    done = CliRunner().invoke(meter, [*map(str, arguments), "--output", "json"], env=environment)
    document: dict[str, Any] = json.loads(done.stdout)
    assert document["success"] == (done.exit_code == 0)
    return document


def failed(document: dict[str, Any]) -> tuple[str, int]:
    (error,) = document["errors"]
    assert error["detail"]
    assert error["advice"]
    return error["code"], error["exit_code"]


@pytest.fixture
def pin_file(tmp_path: Path) -> str:
    path = tmp_path / "pin"
    path.write_text(PIN + "\n")
    return str(path)


def test_a_key_in_a_token_is_made_and_shown(hsm: SoftHsm, token: str, tmp_path: Path, pin_file: str) -> None:
    place = hsm.place(token)
    made = invoke("key", "create", place, "--algorithm", "ed25519", NODECHAIN_PASSWORD_FILE=pin_file)["data"]
    assert made == invoke("key", "show", place)["data"]
    assert made["algorithm"] == "ed25519"
    made_again = invoke("key", "create", place, NODECHAIN_PASSWORD_FILE=pin_file)
    assert failed(made_again) == ("key_exists", 2)
    Path(pin_file).write_text("000000")
    where = ("--at", "tcp:127.0.0.1:1", "--max-power", 1, "--outbox", tmp_path / "o.db")
    run = ("run", "schneider-iem3155", *where, "--once")
    assert failed(invoke(*run, "--key", place, NODECHAIN_PASSWORD_FILE=pin_file)) == ("wrong_pin", 7)


def test_commands_say_what_is_wrong(tmp_path: Path) -> None:
    assert failed(invoke("key", "show", "tpm:7")) == ("bad_key_place", 2)
    assert failed(invoke("key", "show", "none", "--home", tmp_path)) == ("no_key", 3)
    assert failed(invoke("key", "create", "none")) == ("not_a_device", 2)


def test_errors_are_of_the_family_that_decides_the_reaction() -> None:
    assert not issubclass(cast("type[DeviceError]", WrongPin), SignerFault)
    assert issubclass(WrongPin, Misuse)
