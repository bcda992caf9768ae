"""Which addresses notices may be pushed to: public ones, by https; what a name means is looked up each time.

A receiver's name may lead to another address tomorrow than today. So the name is resolved before every push,
every address it has is judged, and the connection goes to the very address that was judged.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Resolve = Callable[[str, int], Sequence[str]]

_LONGEST = 2_000
# Prefixes that hide another address: NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), Teredo (RFC 4380).
_HIDING = tuple(ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))


class AddressError(Exception):
    """An address to which nothing is pushed; the text says what would be right."""

    code = "bad_address"


class Target(msgspec.Struct, frozen=True):
    """Where to connect: the address that was judged, and what the receiver calls itself."""

    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def url(self) -> str:
        """The URL with the address in the place of the name."""
        shown = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{shown}:{self.port}{self.path}"

    @property
    def host_header(self) -> str:
        """What the receiver is called, for the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"https": 443, "http": 80}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"


def looked_up(host: str, port: int) -> list[str]:
    """Return the addresses that a name has; asks the machine's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def target_of(url: str, *, loopback: bool, resolve: Resolve = looked_up) -> Target:
    """Return where a URL leads, having judged it; ``loopback`` allows this very machine, by plain http too.

    Raises:
        AddressError: the URL is not https, names a user, does not resolve, or is not to be pushed to.
    """
    parts, port = _parsed(url)
    host = parts.hostname or ""
    try:
        addresses = list(resolve(host, port))
    except (OSError, UnicodeError):
        raise AddressError(f"The name {host!r} cannot be resolved now.") from None
    judged = [_address(one) for one in addresses]
    on_loopback = loopback and bool(judged) and all(one.is_loopback for one in judged)
    if not judged or not (on_loopback or all(_is_public(one) for one in judged)):
        raise AddressError(f"{host!r} leads to an address that is not public: nothing is pushed there.")
    if parts.scheme != "https" and not on_loopback:
        raise AddressError("Notices are pushed by https only.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, str(judged[0]), path)


def _parsed(url: str) -> tuple[SplitResult, int]:
    if len(url) > _LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressError(f"An address has at most {_LONGEST} ASCII characters and no space.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise AddressError("This is no URL.") from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise AddressError("Give a whole URL: https://receiver.example/path")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise AddressError("A URL of a receiver has no user name, no password and no fragment.")
    return parts, port or (443 if parts.scheme == "https" else 80)


def _address(text: str) -> IPv4Address | IPv6Address:
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    hiding = isinstance(address, IPv6Address) and any(address in one for one in _HIDING)
    return address.is_global and not address.is_multicast and not hiding
