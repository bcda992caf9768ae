"""A node's configuration: ``node.toml``, which documents itself, and the node's secret key beside it."""

from __future__ import annotations

import os
import secrets
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONFIGURATION = "node.toml"
KEY = "node.key"
ENVIRONMENT = "TIDEGATE_"
_KEY_OCTETS = 32
_COUNTS = (
    "max_message_octets",
    "max_message_depth",
    "batch",
    "max_waiting",
    "max_lag",
    "body_seconds",
    "max_upload_octets",
    "requests_per_minute",
    "requests_at_once",
    "requests_per_day",
)


class BadConfigurationError(Exception):
    """A node's folder or configuration cannot be used; says what and what would be right."""

    code = "bad_configuration"


class Setting(msgspec.Struct, frozen=True):
    """What a setting means, for the comment above it."""

    text: str


class Configuration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of one node."""

    administration: Annotated[
        str, Setting("Whose tables apply: the name of a shipped administration, or the path of a folder.")
    ] = "demo"
    max_message_octets: Annotated[
        int, Setting("The largest message that is read, in octets. A larger one is refused, unread.")
    ] = 16 * 1024 * 1024
    max_message_depth: Annotated[
        int, Setting("How deep the elements of a message may be nested. A declaration is at most ten deep.")
    ] = 64
    batch: Annotated[
        int,
        Setting("How many files are lodged, and acts answered, in one go. Results do not depend on it."),
    ] = 500
    origin: Annotated[
        str,
        Setting(
            "The name under which this node signs checkpoints, like `customs.example/journal`: no spaces, "
            "no plus sign. Empty: a name made from the node's key. Do not change it once one is signed."
        ),
    ] = ""
    hosts: Annotated[
        tuple[str, ...],
        Setting("The names under which the node is called over HTTP. A request for another name is refused."),
    ] = ("localhost", "127.0.0.1", "[::1]")
    behind_proxy: Annotated[
        bool,
        Setting(
            "Whether a proxy stands before the node that ends TLS and sets X-Forwarded-Proto. Without one "
            "the header is not believed."
        ),
    ] = False
    max_waiting: Annotated[
        int,
        Setting(
            "How many declarations may wait in a worker to be lodged. Further ones are told to come again."
        ),
    ] = 500
    max_lag: Annotated[
        int,
        Setting("How many acts may wait for customs' answer before new declarations are told to come again."),
    ] = 50_000
    body_seconds: Annotated[
        int,
        Setting("How long the body of a request may take to come in, in seconds."),
    ] = 20
    demonstration: Annotated[
        bool,
        Setting("Whether this node shows itself off: its ready accounts then stand on the sign-in page."),
    ] = False
    requests_per_minute: Annotated[
        int,
        Setting("How many requests a minute one credential may make, unless it was given a pace of its own."),
    ] = 6_000
    requests_at_once: Annotated[
        int,
        Setting("How many requests one credential may make at once, ahead of its pace."),
    ] = 1_000
    requests_per_day: Annotated[
        int,
        Setting(
            "How many requests a day (UTC) one credential may make, unless it was given a quota of its own."
        ),
    ] = 1_000_000
    max_upload_octets: Annotated[
        int,
        Setting("The largest upload of low-value consignments that is taken in over HTTP, in octets."),
    ] = 1024 * 1024 * 1024
    webhooks_to_loopback: Annotated[
        bool,
        Setting(
            "Whether notices may be pushed to this very machine, over plain http: for tests. Other addresses "
            "that are not public are refused in any case."
        ),
    ] = False


def settings() -> dict[str, tuple[str, object]]:
    """Return every setting with its meaning and its default."""
    hints = get_type_hints(Configuration, include_extras=True)
    found = {}
    for field in msgspec.structs.fields(Configuration):
        meaning = next(extra.text for extra in get_args(hints[field.name]) if isinstance(extra, Setting))
        found[field.name] = (meaning, field.default)
    return found


def write_configuration(folder: Path, configuration: Configuration) -> None:
    """Write ``node.toml`` with each setting under its meaning."""
    lines = ["# The configuration of this node. Every setting is here, with its meaning above it."]
    for name, (meaning, _) in settings().items():
        value = msgspec.json.encode(getattr(configuration, name)).decode()
        lines += ["", f"# {meaning}", f"{name} = {value}"]
    (folder / CONFIGURATION).write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_configuration(folder: Path, environment: Mapping[str, str] | None = None) -> Configuration:
    """Read ``node.toml``; what an environment says under ``TIDEGATE_`` and a setting's name goes before it.

    Raises:
        BadConfigurationError: there is none, it is not TOML, or a setting is unknown or of the wrong kind.
    """
    path = folder / CONFIGURATION
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        read = msgspec.convert(said | _said_by(environment or {}), Configuration)
    except FileNotFoundError:
        text = f"{folder} is not a node: it has no {CONFIGURATION}. Make one with `tidegate init {folder}`."
        raise BadConfigurationError(text) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadConfigurationError(f"{path}: {error}") from None
    for name in _COUNTS:
        if getattr(read, name) < 1:
            raise BadConfigurationError(f"{path}: {name} must be at least 1, not {getattr(read, name)}")
    if not read.origin.isprintable() or any(sign.isspace() or sign == "+" for sign in read.origin):
        raise BadConfigurationError(f"{path}: origin may have no spaces and no plus sign: {read.origin!r}")
    return read


def _said_by(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings that an environment gives; lists are parted by commas."""
    hints = get_type_hints(Configuration)
    found: dict[str, Any] = {}
    for name, kind in hints.items():
        said = environment.get(ENVIRONMENT + name.upper())
        if said is None:
            continue
        if kind is str:
            found[name] = said
        elif kind in (int, bool):
            try:
                found[name] = msgspec.convert(said, kind, strict=False)
            except msgspec.ValidationError as error:
                raise BadConfigurationError(f"{ENVIRONMENT}{name.upper()}: {error}") from None
        else:
            found[name] = [part.strip() for part in said.split(",") if part.strip()]
    return found


def make_key(folder: Path) -> None:
    """Make the node's secret, for its owner only: the key of the random stratum and of reference numbers."""
    descriptor = os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_KEY_OCTETS) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_key(folder: Path) -> bytes:
    """Return the node's secret.

    Raises:
        BadConfigurationError: it is missing or not 64 hexadecimal digits.
    """
    try:
        key = bytes.fromhex((folder / KEY).read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise BadConfigurationError(f"{folder / KEY} cannot be read as the node's key: {error}") from None
    if len(key) != _KEY_OCTETS:
        raise BadConfigurationError(f"{folder / KEY} must hold {2 * _KEY_OCTETS} hexadecimal digits")
    return key
