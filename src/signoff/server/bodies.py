"""Bodies that are not JSON: a document as YAML text, and forms with files.

Owns how they become the JSON of the endpoint, so that there is one way to read requests.
"""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl

from pydantic_core import to_json

from signoff.model.errors import InvalidRequest
from signoff.model.saved_flows import SaveFlow
from signoff.model.starting import StartFlow
from signoff.server.asgi import Headers
from signoff.server.pages.posting import read_posted
from signoff.wire.endpoints import Endpoint
from signoff.wire.yaml_flows import AnswerForm, ValidateFlow

_YAML = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain")
_UNSAID = "application/x-www-form-urlencoded"
"""What curl says of whatever is given to it with `-d`."""
_FORM = ("multipart/form-data", _UNSAID)
_FILES = "files"
"""Name of parts that say with their file's name for which input they are."""


def as_json(endpoint: Endpoint, headers: Headers, query: str, body: bytes) -> bytes:
    """The body of a request as JSON.

    Raises:
        InvalidRequest: it is not what it says to be.
    """
    kind = (headers.get(b"content-type") or "").partition(";")[0].strip().lower()
    looks_like_json = body.lstrip()[:1] == b"{"
    if kind == _UNSAID and looks_like_json:
        return body
    if kind in (*_YAML, _UNSAID) and endpoint.request in (SaveFlow, ValidateFlow):
        return to_json({"source": _text(body), **dict(parse_qsl(query))})
    if kind not in _FORM:
        return body
    if endpoint.request is StartFlow:
        return to_json(_start(headers, query, body))
    if endpoint.request is AnswerForm:
        values, files = _parts(headers, body)
        texts = [{"field": name, "text": text} for name, text in values]
        return to_json({"values": texts, "files": files})
    return body


def _start(headers: Headers, query: str, body: bytes) -> dict[str, Any]:
    values, files = _parts(headers, body)
    told: dict[str, Any] = {"texts": True, "files": files}
    pairs = parse_qsl(query)
    tags = [text for name, text in pairs if name in ("tags", "labels")]
    told |= {name: text for name, text in pairs if name not in ("tags", "labels")}
    inputs: dict[str, Any] = {}
    for name, text in values:
        if name in inputs:
            raise InvalidRequest(
                f"Field `inputs.{name}` is given twice.",
                {"errors": [{"field": f"inputs.{name}", "message": "is given twice"}]},
            )
        inputs[name] = text
    return {**told, "inputs": inputs, **({"tags": tags} if tags else {})}


def _parts(headers: Headers, body: bytes) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """The texts and the files of a form."""
    values: list[list[str]] = []
    files: list[dict[str, Any]] = []
    for name, value in read_posted(headers, body):
        if isinstance(value, str):
            values.append([name, value])
            continue
        content = base64.urlsafe_b64encode(value.content).decode()
        wanted = value.name if name == _FILES else name
        files.append({"input": wanted, "file": {"name": value.name, "content": content}})
    return values, files


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"The document is no text in UTF-8: {error}.") from None
