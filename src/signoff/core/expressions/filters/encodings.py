"""Filters that encode texts, decode them, or make fingerprints of them."""

from __future__ import annotations

import base64
import binascii
import importlib
import re

from signoff.core.expressions.limits import fits
from signoff.core.expressions.misuse import Misuse
from signoff.core.expressions.registry import Call, Shelf

ENCODINGS = Shelf("filter", "Encodings and hashes")

_KEPT = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-*_")
_PERCENT = re.compile(rb"%([0-9a-fA-F]{2})")


@ENCODINGS.add(
    "urlencode",
    "As in the query of an address: spaces as `+`, special characters as `%XX`.",
    ("'The string ü@foo-bar' | urlencode", "The+string+%C3%BC%40foo-bar"),
)
def _urlencode(call: Call, value: object) -> object:
    data = call.text(value).encode("utf-8", "replace")
    fits(3 * len(data))
    return "".join(
        chr(byte) if byte in _KEPT else "+" if byte == 32 else f"%{byte:02X}" for byte in data
    )


@ENCODINGS.add(
    "urldecode",
    "The text that `urlencode` was given.",
    ("'The+string+%C3%BC%40foo-bar' | urldecode", "The string ü@foo-bar"),
)
def _urldecode(call: Call, value: object) -> object:
    data = call.text(value).replace("+", " ").encode("utf-8", "replace")
    decoded = _PERCENT.sub(lambda found: bytes((int(found[1], 16),)), data)
    return _utf8(decoded)


@ENCODINGS.add(
    "base64encode", "The text in UTF-8 as Base64.", ("'test' | base64encode", "dGVzdA==")
)
def _base64encode(call: Call, value: object) -> object:
    return base64.b64encode(call.text(value).encode("utf-8", "replace")).decode()


@ENCODINGS.add("base64decode", "The text of Base64.", ("'dGVzdA==' | base64decode", "test"))
def _base64decode(call: Call, value: object) -> object:
    text = call.text(value)
    try:
        return _utf8(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise Misuse(f"needs Base64, not the text {text[:40]!r}") from None


@ENCODINGS.add(
    "md5", "Its MD5, as hexadecimal digits.", ("'test' | md5", "098f6bcd4621d373cade4e832627b4f6")
)
def _md5(call: Call, value: object) -> object:
    return _hex(call, value, "md5")


@ENCODINGS.add("sha1", "Its SHA-1.", ("'test' | sha1", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3"))
def _sha1(call: Call, value: object) -> object:
    return _hex(call, value, "sha1")


@ENCODINGS.add(
    "sha256",
    "Its SHA-256.",
    ("'test' | sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
)
def _sha256(call: Call, value: object) -> object:
    return _hex(call, value, "sha256")


@ENCODINGS.add(
    "sha512",
    "Its SHA-512.",
    ("'test' | sha512 | slice(0, 16)", "ee26b0dd4af7e749"),
)
def _sha512(call: Call, value: object) -> object:
    return _hex(call, value, "sha512")


def _hex(call: Call, value: object, algorithm: str) -> str:
    data = call.text(value).encode("utf-8", "replace")
    # Loaded with the first use: it brings OpenSSL along.
    hashes = importlib.import_module("hashlib")
    return str(hashes.new(algorithm, data, usedforsecurity=False).hexdigest())


def _utf8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Misuse("does not hold text in UTF-8") from None
