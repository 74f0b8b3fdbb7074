"""The errors of the devices, one tree, each with a stable code.

    DeviceError
    ├── EnvironmentFault    the world around: retry later, nothing is wrong with any value
    │   ├── LinkFault           the bus or the socket to the meter
    │   │   ├── LinkTimeout         no answer in time (also: damaged frames and answers of foreign devices)
    │   │   └── LinkClosed          not connected
    │   ├── ConnectionLost      one node's connection failed or was too slow; another node may answer
    │   ├── NodeUnreachable     none of the nodes answered
    │   ├── OutboxFault         the disk or the database below the outbox
    │   └── SignerFault         the device that holds a key is gone, or signs wrongly
    ├── BadData             a value that must never be signed: refuse it, tell a person if it stays
    │   ├── BadReply            an answer of the wrong length, kind or sender
    │   ├── DeviceException     the meter answered with a Modbus exception
    │   ├── NotAReading         NaN, a sentinel, a negative or unrepresentable energy
    │   ├── WrongMeter          another device than the one that was named answers
    │   ├── UnsteadyCounter     two readings of a counter that contradict each other
    │   ├── MissingRegister     a telegram without the value that was asked for
    │   └── BadNodeAnswer       a node's answer that is not what its interface promises
    ├── NodeRefusal         the node understood the request and refuses it; `code` is the node's
    └── Misuse              our fault or the operator's: wrong before anything was tried
        ├── BadProfile          a register profile that is incomplete or contradicts itself
        ├── OutboxMisuse        an outbox used against its rules (time that falls, unknown meter, foreign file)
        ├── BadKeyPlace         a text that names no place of a key, or a place without a key that may sign for a meter
        ├── WrongPin            a PIN or password that a device refuses: never tried again, devices lock
        └── MissingPackage      an optional package is not installed

`code` is a short snake_case word that never changes its meaning; the text says what to do where something can be.
"""

from __future__ import annotations

from typing import Final


class DeviceError(Exception):
    """Base of all errors of the devices; `code` is stable, `detail` is for people."""

    code = "device_error"

    def __init__(self, detail: str = "", *, code: str | None = None) -> None:
        if code is not None:
            self.code = code
        self.detail = detail
        super().__init__(f"{self.code}: {detail}" if detail else self.code)


class EnvironmentFault(DeviceError):
    """The world around the device; trying again later may help."""

    code = "environment"


class LinkFault(EnvironmentFault):
    """The bus or the socket to the meter."""

    code = "link_fault"


class LinkTimeout(LinkFault):
    """No answer in time."""

    code = "link_timeout"


class LinkClosed(LinkFault):
    """Not connected, or the connection was lost."""

    code = "link_closed"


class ConnectionLost(EnvironmentFault):
    """The connection to one node failed, or it was too slow."""

    code = "connection_lost"


class NodeUnreachable(EnvironmentFault):
    """None of the configured nodes gave an answer in time."""

    code = "node_unreachable"


class OutboxFault(EnvironmentFault):
    """The disk or the database below the outbox; nothing was lost that was reported as stored."""

    code = "outbox_fault"


class SignerFault(EnvironmentFault):
    """The device that holds a meter's key is gone or does not sign as it should; no number was used up."""

    code = "signer_fault"


class BadData(DeviceError):
    """A value that must never be signed."""

    code = "bad_data"


class BadReply(BadData):
    """An answer of the wrong length, kind or sender."""

    code = "bad_reply"


MODBUS_EXCEPTIONS: Final = {
    1: "the device has no such function",
    2: "the device has no such register",
    3: "the device does not read so many registers at once",
    4: "the device failed",
    5: "the device is still at work",
    6: "the device is busy",
    8: "the device's memory is damaged",
    10: "the gateway has no way to the device",
    11: "the device behind the gateway does not answer",
}
"""MODBUS Application Protocol V1.1b3, chapter 7."""


class DeviceException(BadData):
    """The meter answered with a Modbus exception."""

    code = "device_exception"

    def __init__(self, exception: int, detail: str = "") -> None:
        self.exception = exception
        meaning = MODBUS_EXCEPTIONS.get(exception, "unknown to the Modbus specification")
        super().__init__(f"Modbus exception {exception} ({meaning}){': ' if detail else ''}{detail}")


class NotAReading(BadData):
    """NaN, a sentinel, a negative or unrepresentable energy."""

    code = "not_a_reading"


class WrongMeter(BadData):
    """Another device answers than the one named, or than began the reading: a meter was swapped, or addresses were."""

    code = "wrong_meter"


class UnsteadyCounter(BadData):
    """Readings of one counter that contradict each other: backwards, or faster than the connection allows."""

    code = "unsteady_counter"


class MissingRegister(BadData):
    """A telegram without the value that was asked for."""

    code = "missing_register"


class BadNodeAnswer(BadData):
    """A node's answer that is not what its interface promises."""

    code = "bad_answer"


class NodeRefusal(DeviceError):
    """The node understood the request and refuses it; `status` is HTTP's, `code` the node's own."""

    code = "refused_by_node"

    def __init__(self, status: int, code: str, detail: str) -> None:
        self.status = status
        super().__init__(detail, code=code or None)


class Misuse(DeviceError):
    """Wrong before anything was tried."""

    code = "misuse"


class BadProfile(Misuse):
    """A register profile that is incomplete or contradicts itself."""

    code = "bad_profile"


class OutboxMisuse(Misuse):
    """An outbox used against its rules."""

    code = "outbox_misuse"


class BadKeyPlace(Misuse):
    """A text that names no place of a key, or a place where there is none that may sign for a meter."""

    code = "bad_key_place"


class WrongPin(Misuse):
    """A device refuses the PIN or password; whoever tries again, locks it."""

    code = "wrong_pin"


class MissingPackage(Misuse):
    """An optional package is not installed."""

    code = "missing_package"
