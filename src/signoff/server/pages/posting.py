"""What a browser posts, as pairs of name and value.

Owns the two encodings of forms. Must not know what the names mean.
"""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from signoff.model.errors import InvalidRequest
from signoff.server.asgi import Headers
from signoff.server.pages.forms.drafts import Pair, Upload

MOST_FIELDS = 20_000
LARGEST = 16 * 1024 * 1024
"""Bytes of a form, with its files."""


def read_posted(headers: Headers, body: bytes) -> tuple[Pair, ...]:
    """The pairs of a posted form, in its order.

    Raises:
        InvalidRequest: the body is no such form.
    """
    kind = (headers.get(b"content-type") or "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            return tuple(_multipart(headers, body))
        text = body.decode("utf-8", "replace")
        return tuple(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as problem:
        raise InvalidRequest(f"The form cannot be read: {problem}") from None


def _multipart(headers: Headers, body: bytes) -> list[Pair]:
    # Loaded with the first file that somebody sends.
    multipart: Any = import_module("python_multipart")
    pairs: list[Pair] = []

    def on_field(field: Any) -> None:
        value = field.value or b""
        pairs.append((_text(field.field_name), _text(value)))

    def on_file(file: Any) -> None:
        file.file_object.seek(0)
        upload = Upload(_text(file.file_name or b""), file.file_object.read())
        pairs.append((_text(file.field_name), upload))

    sent = {"Content-Type": headers.get(b"content-type") or "", "Content-Length": str(len(body))}
    multipart.parse_form(
        {name: value.encode("latin-1") for name, value in sent.items()},
        BytesIO(body),
        on_field,
        on_file,
    )
    return pairs


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")
