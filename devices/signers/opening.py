"""From a key's place to a signer, whatever holds the key. Optional packages are loaded only here, only when needed."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from importlib import import_module
from typing import Any, Final, Protocol

from devices.errors import MissingPackage, Misuse
from devices.readings import ReadingSigner
from devices.signers.device import DeviceSigner, KeyDevice
from devices.signers.key_files import open_device_keyfile, read_device_keyfile
from devices.signers.places import DevicePlace, FilePlace, Pkcs11Place, TpmPlace, parse_place
from ledger.keys.crypto import Algorithm
from ledger.keys.keyfile import KeyKind

BACKENDS: Final[dict[type[DevicePlace], tuple[str, str, str]]] = {
    Pkcs11Place: ("devices.signers.pkcs11", "hsm", ""),
    TpmPlace: ("devices.signers.tpm", "tpm", "; it is built against libtss2 (Debian: libtss2-dev, pkg-config, gcc)"),
}
"""Module with `connect`, the extra that it needs, and what beside."""


class AskSecret(Protocol):
    """Where passwords and PINs come from: a file, a person."""

    def __call__(self, what: str, *, new: bool = False) -> str:
        """The secret; `what` is shown to a person, a `new` one is typed twice."""


def open_signer(place: str, home: str, ask: AskSecret, kind: KeyKind = KeyKind.METER) -> ReadingSigner:
    """The signer of one key; see `Signers.open`."""
    return Signers(home, ask).open(place, kind)


class Signers:
    """Opens keys of one process. Keys of one token or TPM share its connection, and a token's PIN is asked once."""

    def __init__(self, home: str, ask: AskSecret) -> None:
        self._home = home
        self._ask = ask
        self._devices: dict[Hashable, KeyDevice[Any]] = {}
        self._pins: dict[Hashable, str] = {}

    def __enter__(self) -> Signers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, text: str, kind: KeyKind = KeyKind.METER) -> ReadingSigner:
        """The key at the place `text`, unlocked; a key file must be of that kind.

        Raises `Misuse` (`BadKeyPlace`, `WrongPin`, `MissingPackage`), `SignerFault`, and the ledger's `WrongPassword`.
        """
        place = parse_place(text, self._home)
        if isinstance(place, FilePlace):
            return open_device_keyfile(place.path, self._ask, kind)
        device = self._device(place)
        signer = DeviceSigner(device, place)
        device.unlock(place, self._pin(place))
        return signer

    def public_key(self, text: str) -> bytes:
        """The public key at the place `text`; asks for nothing."""
        place = parse_place(text, self._home)
        if isinstance(place, FilePlace):
            return read_device_keyfile(place.path).public_key
        return self._device(place).public_key(place)

    def create(self, text: str, algorithm: Algorithm) -> bytes:
        """Make a key inside the device at the place `text`; its public key."""
        place = parse_place(text, self._home)
        if isinstance(place, FilePlace):
            raise Misuse("key files are made by `nodechain keys new NAME --kind meter`", code="not_a_device")
        device = self._device(place)
        # A token has its PIN already; a TPM's key gets its password now.
        return device.create(place, algorithm, self._pin(place, new=isinstance(place, TpmPlace)))

    def close(self) -> None:
        """Give all devices back."""
        for device in self._devices.values():
            device.close()
        self._devices.clear()

    def _pin(self, place: DevicePlace, *, new: bool = False) -> str:
        lock = (place.device, place.lock)
        if lock not in self._pins:
            self._pins[lock] = self._ask(
                f"{'PIN' if isinstance(place, Pkcs11Place) else 'Password'} of {place.lock}", new=new
            )
        return self._pins[lock]

    def _device(self, place: DevicePlace) -> KeyDevice[Any]:
        if place.device not in self._devices:
            self._devices[place.device] = _connect(place)
        return self._devices[place.device]


def _connect(place: DevicePlace) -> KeyDevice[Any]:
    module, extra, beside = BACKENDS[type(place)]
    try:
        connect: Callable[[DevicePlace], KeyDevice[Any]] = import_module(module).connect
    except ImportError as error:
        # Also where the package is there and a library below it is not.
        raise MissingPackage(f"{error}: pip install 'nodechain[{extra}]'{beside}") from None
    return connect(place)
