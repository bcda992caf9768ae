"""A node's configuration: ``node.toml``, which documents itself, and the node's secret key beside it."""

from __future__ import annotations

import os
import secrets
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

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

PersonRole = Literal[
    "trader", "broker", "officer", "supervisor", "analyst", "director", "auditor", "administrator"
]
_OF_TRADE = ("trader", "broker")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


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
    people_sign_in: Annotated[
        Literal["password", "oidc", "both"],
        Setting(
            "How people sign in: by a password of this node, by the administration's own sign-in (OpenID "
            "Connect, `oidc`), or by either (`both`)."
        ),
    ] = "password"
    second_factor_for: Annotated[
        tuple[PersonRole, ...],
        Setting(
            "The roles that need a second factor; who has none is led to set one up, and sees nothing else "
            "until then. A demonstration asks nobody."
        ),
    ] = ("supervisor", "analyst", "auditor", "administrator")
    oidc_issuer: Annotated[
        str,
        Setting(
            "The issuer of the administration's sign-in, an https address; what it serves is read from "
            "`/.well-known/openid-configuration` below it."
        ),
    ] = ""
    oidc_client: Annotated[str, Setting("The id by which the issuer knows this node.")] = ""
    oidc_secret_file: Annotated[
        str,
        Setting(
            "The file with the secret that goes with `oidc_client`, below the node's folder unless its path "
            "is whole. `TIDEGATE_OIDC_SECRET` in the environment goes before it."
        ),
    ] = "oidc.secret"  # noqa: S105 - the name of a file
    oidc_name: Annotated[str, Setting("What the administration's sign-in is called on the sign-in page.")] = (
        "the administration's sign-in"
    )
    oidc_scopes: Annotated[tuple[str, ...], Setting("What is asked of the issuer, beside `openid`.")] = (
        "profile",
    )
    oidc_person_claim: Annotated[
        str,
        Setting(
            "The claim that names a person's account here. From the first sign-in on the account is bound to "
            "the issuer's own, lasting name (`sub`), and opens to no other."
        ),
    ] = "preferred_username"
    oidc_groups_claim: Annotated[str, Setting("The claim that holds a person's groups.")] = "groups"
    oidc_roles: Annotated[
        tuple[str, ...],
        Setting(
            "Which group has which role, as `group=role`; the first that fits counts. Who is in none of them "
            "has no role, and loses the one they had at the next sign-in. Empty: roles are given here. "
            "Traders and brokers are made here, for a group does not say whom they work for."
        ),
    ] = ()
    oidc_office_claim: Annotated[
        str, Setting("The claim that holds the office of an officer. Empty: offices are given here.")
    ] = ""
    oidc_unknown: Annotated[
        Literal["refuse", "make"],
        Setting(
            "What happens to a person whom this node does not know: refused, or made with the role that "
            "`oidc_roles` says."
        ),
    ] = "refuse"
    oidc_second_factor: Annotated[
        Literal["claimed", "trusted", "here"],
        Setting(
            "Whether the issuer's second factor counts: where it says that there was one (`claimed`), always "
            "(`trusted`), or never (`here`: this node asks for its own)."
        ),
    ] = "claimed"
    oidc_second_factor_values: Annotated[
        tuple[str, ...],
        Setting("What the issuer says in `amr` (RFC 8176) or `acr` where there was a second factor."),
    ] = ("mfa",)


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
    wrong = _wrong_about_sign_in(read)
    if wrong:
        raise BadConfigurationError(f"{path}: {wrong}")
    return read


def roles_by_group(configuration: Configuration) -> tuple[tuple[str, str], ...]:
    """Return which group has which role, in the order in which they count."""
    parted = (said.rpartition("=") for said in configuration.oidc_roles)
    return tuple((group.strip(), role.strip()) for group, _, role in parted)


def _wrong_about_sign_in(read: Configuration) -> str:
    """Return what is wrong about how people sign in; empty where nothing is."""
    given = [role for role in get_args(PersonRole) if role not in _OF_TRADE]
    for group, role in roles_by_group(read):
        if not group or role not in given:
            return f"oidc_roles: {group}={role} should be a group, = and one of {', '.join(given)}"
    if read.people_sign_in == "password":
        return ""
    if not read.oidc_issuer or not read.oidc_client:
        return f"people_sign_in = {read.people_sign_in!r} needs oidc_issuer and oidc_client"
    issuer = urlsplit(read.oidc_issuer)
    if issuer.scheme != "https" and not (issuer.scheme == "http" and issuer.hostname in _LOOPBACK):
        return f"oidc_issuer must be an https address, not {read.oidc_issuer!r}"
    if read.oidc_unknown == "make" and not read.oidc_roles:
        return 'oidc_unknown = "make" needs oidc_roles, which say the role'
    return ""


def _said_by(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings that an environment gives; lists are parted by commas."""
    hints = get_type_hints(Configuration)
    found: dict[str, Any] = {}
    for name, kind in hints.items():
        said = environment.get(ENVIRONMENT + name.upper())
        if said is None:
            continue
        if kind is str or get_origin(kind) is Literal:
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
