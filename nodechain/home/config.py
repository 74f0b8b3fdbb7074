"""The settings of a home: defaults, HOME/config.toml, NODECHAIN_* in the environment, flags, in rising force.

One typed struct (msgspec, not pydantic: every command reads it, and start-up time counts). What consensus depends on is
in the genesis, never here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from nodechain.client.urls import url_of
from nodechain.errors import ConfigurationError, NotFound, UsageError
from nodechain.files.toml_text import BadToml, parse_toml
from nodechain.files.user_file import only_writer, read_user_file, write_user_file

ENVIRONMENT: Final = "NODECHAIN_"
OTHER_VARIABLES: Final = frozenset(
    ENVIRONMENT + name for name in ("HOME", "PASSWORD_FILE", "NEW_PASSWORD_FILE", "MNEMONIC_FILE")
)
"""Variables that are no settings: they name files, so that nothing secret stands on a command line."""
DEFAULT_HOME: Final = "~/.nodechain"
MAX_CONFIG_BYTES: Final = 64 * 1024
Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename=None):
    """Every setting with its default."""

    node: str = ""
    genesis_hash: str = ""
    sender: str = ""
    output: Literal["text", "json", "csv"] = "text"
    timeout: Annotated[int, msgspec.Meta(ge=1, le=300)] = 30
    api_host: str = "127.0.0.1"
    api_port: Port = 8545
    api_certificate: str = ""
    api_key: str = ""
    api_allow_plain: bool = False
    api_hosts: str = ""
    api_origins: str = ""
    api_read: Literal["", "local", "members", "public"] = ""
    api_read_percent: Annotated[int, msgspec.Meta(ge=1, le=100)] = 25
    p2p_host: str = "127.0.0.1"
    p2p_port: Port = 8546
    p2p_advertise: str = ""
    verify_workers: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    archive: bool = False
    snapshot_every: Annotated[int, msgspec.Meta(ge=0, le=10**9)] = 10_000
    validator: str = "validator"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"


MEANINGS: Final[dict[str, str]] = {
    "node": "URL of the node that commands ask; default: this home's own, from api_host and api_port",
    "genesis_hash": "the chain that a home without a genesis is tied to",
    "sender": "key or multi-signature account that sends where --from is not given",
    "output": "text, json or csv",
    "timeout": "seconds to wait for a decision",
    "api_host": "address on which the interface listens",
    "api_port": "its port, 0 for a free one",
    "api_certificate": "PEM file of its TLS certificate",
    "api_key": "PEM file of the certificate's key",
    "api_allow_plain": "serve without TLS off loopback (behind a proxy)",
    "api_hosts": "names, separated by commas, under which the interface may be asked besides its address",
    "api_origins": "origins, separated by commas, whose pages may ask the interface besides its own",
    "api_read": "who reads all without a login: local (this machine), members (nobody), public; default: by api_host",
    "api_read_percent": "of each second for reads while the node votes with others",
    "p2p_host": "address on which peers are listened for",
    "p2p_port": "its port, 0 for a free one",
    "p2p_advertise": "host:port under which peers reach this node, where that is another one; - for none",
    "verify_workers": "processes that verify signatures of large batches, 0 for none",
    "archive": "keep all past states",
    "snapshot_every": "heights between two snapshots for nodes that join, 0 for none",
    "validator": "name of the validator's key",
    "log_level": "debug, info, warning or error",
    "log_format": "text or json",
}


class Loaded(msgspec.Struct, frozen=True):
    """The settings in force, and where each comes from."""

    config: Config
    origin: Mapping[str, str]


def home_path(flag: str | None) -> Path:
    """The home: --home, NODECHAIN_HOME, or the default."""
    named = flag or os.environ.get(ENVIRONMENT + "HOME") or DEFAULT_HOME
    try:
        return Path(named).expanduser()
    except RuntimeError:
        raise UsageError(
            f"nobody's home directory is known for {named}",
            code="no_home_directory",
            advice="Name a directory with --home, or set NODECHAIN_HOME.",
        ) from None


def load_config(home: Path, flags: Mapping[str, Any] | None = None) -> Loaded:
    """The settings of a home; raises `ConfigurationError` that names file, setting and reason."""
    values: dict[str, Any] = {}
    origin = dict.fromkeys(Config.__struct_fields__, "default")
    path = home / "config.toml"
    for name, value in _read(path).items():
        _known(name, str(path))
        values[name], origin[name] = value, str(path)
    for name in Config.__struct_fields__:
        variable = ENVIRONMENT + name.upper()
        if variable in os.environ:
            values[name], origin[name] = os.environ[variable], variable
    for name, value in (flags or {}).items():
        if value is not None:
            values[name], origin[name] = value, "flag"
    try:
        config = msgspec.convert(values, Config, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigurationError(_words(error)) from None
    if not config.node:
        config = msgspec.structs.replace(config, node=_own_node(config))
        origin["node"] = f"api_port ({origin['api_port']})"
    return Loaded(config, origin)


def check_tls(config: Config) -> None:
    """A certificate without its key would be ignored, and the interface served without TLS.

    Not when settings are read: `config set` writes one of the two after the other. Raises `ConfigurationError`.
    """
    if bool(config.api_certificate) != bool(config.api_key):
        given, missing = ("api_certificate", "api_key") if config.api_certificate else ("api_key", "api_certificate")
        raise ConfigurationError(f"{given} is set and {missing} is not: TLS needs both")


_FAULT: Final = re.compile(r"(?P<what>.*) - at `\$\.?(?P<name>[^`]*)`")


def _words(error: msgspec.ValidationError) -> str:
    """A fault of a setting, with the setting's name in front."""
    found = _FAULT.fullmatch(str(error))
    return f"{found['name']}: {found['what']}" if found else str(error)


def _own_node(config: Config) -> str:
    """Where this home's own node is asked: on its port, on this machine."""
    host = "127.0.0.1" if config.api_host in ("", "0.0.0.0") else "::1" if config.api_host == "::" else config.api_host
    return url_of(host, config.api_port, tls=bool(config.api_certificate))


def _read(path: Path) -> dict[str, Any]:
    try:
        return parse_toml(read_user_file(path, MAX_CONFIG_BYTES, "configuration"))
    except NotFound:
        return {}
    except BadToml as error:
        raise ConfigurationError(f"{path}: {error}") from None


def unknown_variables() -> list[str]:
    """NODECHAIN_* variables that mean nothing: most likely misspelt."""
    known = {ENVIRONMENT + name.upper() for name in Config.__struct_fields__} | OTHER_VARIABLES
    return sorted(name for name in os.environ if name.startswith(ENVIRONMENT) and name not in known)


def _known(name: str, where: str) -> None:
    if name not in Config.__struct_fields__:
        raise ConfigurationError(
            f"{where}: there is no setting {name}",
            code="unknown_setting",
            advice=_hint(name),
        )


def _hint(name: str) -> str:
    close = get_close_matches(name, Config.__struct_fields__, 1)
    known = f"Known: {', '.join(Config.__struct_fields__)}."
    return f"Is {close[0]} meant? {known}" if close else known


def set_config(home: Path, name: str, text: str) -> Config:
    """Write one setting into the home's file, after checking the whole; raises `ConfigurationError`."""
    _known(name, "config set")
    path = home / "config.toml"
    with only_writer(home):
        values = _read(path)
        values[name] = text
        try:
            checked = msgspec.convert(values, Config, strict=False)
        except msgspec.ValidationError as error:
            raise ConfigurationError(_words(error)) from None
        values[name] = getattr(checked, name)
        write_user_file(path, "".join(f"{key} = {_toml(values[key])}\n" for key in sorted(values)).encode())
    return checked


def _toml(value: Any) -> str:
    """A text, number or truth value as TOML; JSON's strings are TOML's basic strings."""
    return msgspec.json.encode(value).decode()
