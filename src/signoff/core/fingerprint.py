"""The identity of a call's arguments: a digest that is the same in every process.

Owns the canonical encoding. Values it does not know are left to the caller's `fallback` (pickle,
in the engine), because only equal bytes make equal digests: pickles depend on object identity.
"""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

Fallback = Callable[[Any], bytes]
"""Encodes a value this module does not know; raises when it cannot."""

_PLAIN = (type(None), bool, int, float)
_WRITTEN = (datetime, date, time, timedelta, Decimal, UUID, PurePath, complex)


def fingerprint(value: Any, fallback: Fallback, size: int = 8) -> str:
    """A digest of `value` in hexadecimal digits of BLAKE2b.

    Args:
        value: usually the mapping of a call's arguments.
        fallback: encodes values other than plain data, dataclasses, enums and Pydantic models.
        size: bytes of the digest; 8 tell the calls of one run apart, a cache needs 16.

    Raises:
        Exception: whatever `fallback` raises.
    """
    parts: list[bytes] = []
    _encode(value, parts, fallback, 0)
    return digest(b"".join(parts), size)


def digest(data: bytes, size: int = 8) -> str:
    """Hexadecimal digits of BLAKE2b over `data`, two for each byte of `size`."""
    return hashlib.blake2b(data, digest_size=size).hexdigest()


def _encode(value: Any, out: list[bytes], fallback: Fallback, depth: int) -> None:
    kind = type(value)
    if kind in _PLAIN:
        out.append(_plain(value, kind))
    elif kind is str:
        out.append(_text(value))
    elif kind is bytes or kind is bytearray:
        out.append(b"y%d:" % len(value) + bytes(value))
    elif depth > 100:
        raise RecursionError("arguments are nested more than 100 levels deep")
    elif kind is list or kind is tuple:
        out.append(b"[" if kind is list else b"(")
        for item in value:
            _encode(item, out, fallback, depth + 1)
        out.append(b"]")
    elif kind is dict:
        _encode_mapping(value, out, fallback, depth)
    else:
        _encode_other(value, kind, out, fallback, depth)


def _plain(value: object, kind: type) -> bytes:
    return f"{kind.__name__[0]}{value!r};".encode()


def _text(value: str) -> bytes:
    data = value.encode("utf-8", "surrogatepass")
    return b"s%d:%b" % (len(data), data)


def _encode_mapping(
    value: Mapping[Any, Any], out: list[bytes], fallback: Fallback, depth: int
) -> None:
    entries = []
    for key, item in value.items():
        kind = type(item)
        if type(key) is str and kind in _PLAIN:
            # Most arguments of most calls: names and numbers, without a detour.
            entries.append(_text(key) + _plain(item, kind))
            continue
        entry: list[bytes] = []
        _encode(key, entry, fallback, depth + 1)
        _encode(item, entry, fallback, depth + 1)
        entries.append(b"".join(entry))
    out.append(b"{")
    out.extend(sorted(entries))
    out.append(b"}")


def _encode_other(value: Any, kind: type, out: list[bytes], fallback: Fallback, depth: int) -> None:
    name = f"{kind.__module__}.{kind.__qualname__}"
    out.append(f"<{name}>".encode())
    if kind is set or kind is frozenset:
        items = []
        for item in value:
            part: list[bytes] = []
            _encode(item, part, fallback, depth + 1)
            items.append(b"".join(part))
        out.extend(sorted(items))
    elif isinstance(value, Enum):
        out.append(value.name.encode())
    elif isinstance(value, _WRITTEN):
        out.append(repr(value).encode())
    elif _is_model(value):
        _encode_mapping(dict(value), out, fallback, depth)
    elif dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        state = {field: getattr(value, field) for field in names}
        _encode_mapping(state, out, fallback, depth)
    else:
        out.append(fallback(value))
    out.append(b">")


def _is_model(value: Any) -> bool:
    """Whether a value is a Pydantic model; nobody can have one while Pydantic is not loaded."""
    pydantic = sys.modules.get("pydantic")
    return pydantic is not None and isinstance(value, pydantic.BaseModel)
