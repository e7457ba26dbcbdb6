"""The `format` keyword: which texts have which format.

Owns the tests that are asserted when an answer is judged. A format that is not named here is not
judged. Must not know fields or messages.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable

from signoff.core import moments

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOSTNAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_EMAIL = re.compile(
    rf"[\w!#$%&'*+/=?^`{{|}}~-]+(?:\.[\w!#$%&'*+/=?^`{{|}}~-]+)*@{_LABEL}(?:\.{_LABEL})+"
)
_URI = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?P<rest>[^\s<>\"{}|\\^`\x00-\x1f\x7f]+)")
_AUTHORITY = re.compile(
    r"//(?:[^/?#@]*@)?(?:\[[0-9A-Fa-f:.]+\]|[^/?#:@\[\]]+)(?::[0-9]*)?(?:[/?#].*)?"
)
_HEX = r"[0-9A-Fa-f]"
_UUID_BODY = rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
_UUID = re.compile(rf"(?:urn:uuid:)?{_UUID_BODY}|\{{{_UUID_BODY}\}}|{_HEX}{{32}}")
_HOST_NEEDED = frozenset(("http", "https", "ws", "wss", "ftp"))


def has_format(name: str, text: str) -> bool:
    """Whether the text has the named format; true for formats that are not known here."""
    test = _TESTS.get(name)
    return test is None or test(text)


def _is_uri(text: str) -> bool:
    match = _URI.fullmatch(text)
    if match is None:
        return False
    if match["scheme"].lower() not in _HOST_NEEDED:
        return True
    return _AUTHORITY.fullmatch(match["rest"]) is not None


def _is_email(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    return len(local) <= 64 and len(domain) <= 253 and _EMAIL.fullmatch(text) is not None


def _is_regex(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _is_base64url(text: str) -> bool:
    return _is_base64(text.replace("-", "+").replace("_", "/"))


def _reads_as(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def test(text: str) -> bool:
        try:
            return parse(text) is not None
        except ValueError:
            return False

    return test


_TESTS: dict[str, Callable[[str], bool]] = {
    "date": _reads_as(moments.parse_date),
    "time": _reads_as(moments.parse_time),
    "date-time": _reads_as(moments.parse_datetime),
    "duration": _reads_as(moments.parse_duration),
    "email": _is_email,
    "idn-email": _is_email,
    "uri": _is_uri,
    "iri": _is_uri,
    "uuid": lambda text: _UUID.fullmatch(text) is not None,
    "uuid1": lambda text: _UUID.fullmatch(text) is not None,
    "uuid3": lambda text: _UUID.fullmatch(text) is not None,
    "uuid4": lambda text: _UUID.fullmatch(text) is not None,
    "uuid5": lambda text: _UUID.fullmatch(text) is not None,
    "hostname": lambda text: len(text) <= 253 and _HOSTNAME.fullmatch(text) is not None,
    "ipv4": _reads_as(ipaddress.IPv4Address),
    "ipv6": _reads_as(ipaddress.IPv6Address),
    "ipvanyaddress": _reads_as(ipaddress.ip_address),
    "ipv4network": _reads_as(ipaddress.IPv4Network),
    "ipv6network": _reads_as(ipaddress.IPv6Network),
    "ipvanynetwork": _reads_as(ipaddress.ip_network),
    "ipv4interface": _reads_as(ipaddress.IPv4Interface),
    "ipv6interface": _reads_as(ipaddress.IPv6Interface),
    "ipvanyinterface": _reads_as(ipaddress.ip_interface),
    "regex": _is_regex,
    "base64": _is_base64,
    "base64url": _is_base64url,
}
