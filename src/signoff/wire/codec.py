"""How a request becomes path, query and body, how a reply becomes JSON, and back.

Everything is derived from the dataclasses of the model: there is no second set of schemas. Bytes
travel as base64 (URL-safe), times as integers or ISO 8601 as their classes say. Owns the writing
and reading of values, and the message about a value that cannot be read. Must not know sockets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, NotRequired, TypeVar, cast, get_origin, get_type_hints
from urllib.parse import parse_qsl, quote, urlencode
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic import Field as Limit
from typing_extensions import TypedDict

from signoff.model.commands import Request
from signoff.model.errors import InvalidRequest
from signoff.model.replies import Done
from signoff.model.values import dataclass
from signoff.wire import nul
from signoff.wire.endpoints import ENDPOINTS, PREFIX, Endpoint

R = TypeVar("R")

_CONFIG = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
_STRICT_FIELDS = ConfigDict(**_CONFIG, extra="forbid")
_LIMITS: Mapping[str, Any] = {
    "limit": Annotated[int, Limit(ge=0, le=200)],
    "offset": Annotated[int, Limit(ge=0, le=2**63 - 1)],
    "page": Annotated[int, Limit(ge=1, le=2**31 - 1)],
    "after": Annotated[int, Limit(ge=0, le=2**63 - 1)],
    "entry": Annotated[int, Limit(ge=0, le=2**31 - 1)],
}
"""Fields whose values are bounded in every request that does not bound them itself."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it travels.

    Args:
        method: the HTTP method.
        target: path and query, percent-encoded, from the prefix on.
        body: JSON; None for none.
    """

    method: str
    target: str
    body: bytes | None


class Codec:
    """Writes and reads the requests and replies of one endpoint. Thread-safe once made."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        declared = fields(cast(Any, endpoint.request))
        hints = get_type_hints(endpoint.request, include_extras=True)
        inside = [one for one in declared if one.name not in endpoint.path_fields]
        self._path = endpoint.path_fields
        self._template = PREFIX + endpoint.path.rstrip("/")
        self._inside = [(one.name, one.default) for one in inside]
        apart = [one for one in declared if one.name in self._path]
        strings = apart + (inside if endpoint.in_query else [])
        name = endpoint.request.__name__
        self.strings = _record(f"{name}Path", strings, hints, self._path) if strings else None
        self.body: TypeAdapter[Any] | None = None
        if not endpoint.in_query and inside:
            whole = hints[endpoint.whole] if endpoint.whole else None
            self.body = _bare(whole) if whole else _record(f"{name}Body", inside, hints, ())
        self.body_required = any(
            one.default is MISSING and one.default_factory is MISSING for one in inside
        )
        self.reply: TypeAdapter[Any] | None = None
        if endpoint.reply is not Done and not endpoint.text:
            self.reply = _bare(endpoint.reply)

    # requests

    def write(self, request: Request[Any]) -> Call:
        """The request as it travels. Fields that have their default are left out."""
        endpoint = self.endpoint
        target = self._template
        for name in self._path:
            value = getattr(request, name)
            text = str(value) if isinstance(value, UUID) else quote(str(value), safe="")
            target = target.replace("{" + name + "}", text, 1)
        given = {
            name: value
            for name, default in self._inside
            if (value := getattr(request, name)) is not default
        }
        if endpoint.in_query:
            told = {name: value for name, value in given.items() if value is not None}
            return Call(endpoint.method, f"{target}?{urlencode(told)}" if told else target, None)
        if self.body is None:
            return Call(endpoint.method, target, None)
        content = given[endpoint.whole] if endpoint.whole else given
        return Call(endpoint.method, target, self.body.dump_json(content))

    def read(self, values: Sequence[str], query: str, body: bytes) -> Request[Any]:
        """The request that was sent.

        Args:
            values: the values in the path, in its order, decoded.
            query: the query as it travelled.
            body: the body.

        Raises:
            InvalidRequest: a field is missing, unknown or has a value that is not allowed.
        """
        found: dict[str, Any] = {}
        try:
            if self.strings is not None:
                told = dict(zip(self._path, values, strict=True))
                if query and self.endpoint.in_query:
                    told |= _query(query)
                nul.refuse(told)
                found.update(self.strings.validate_strings(told))
            if self.body is not None and (body or self.body_required):
                if nul.MARK in body:
                    body = nul.mended(body, self.endpoint.by_programs)
                content = self.body.validate_json(body or b"{}")
                found.update({self.endpoint.whole: content} if self.endpoint.whole else content)
        except ValidationError as error:
            raise _complaint(error) from None
        return self.endpoint.request(**found)

    # replies

    def write_reply(self, reply: Any) -> bytes:
        """The body of a reply."""
        if self.reply is not None:
            return self.reply.dump_json(reply)
        return str(reply).encode() if self.endpoint.text else b""

    def read_reply(self, body: bytes) -> Any:
        """The reply that was sent.

        Raises:
            ValueError: the body is no such reply.
        """
        if self.reply is not None:
            return self.reply.validate_json(body)
        return body.decode() if self.endpoint.text else Done()


@cache
def codec(endpoint: Endpoint) -> Codec:
    """The codec of an endpoint, made when it is first needed."""
    return Codec(endpoint)


def codec_for(request: Request[Any]) -> Codec:
    """The codec of the endpoint that carries a request.

    Raises:
        TypeError: no endpoint does.
    """
    kind = type(request)
    for candidate in _BY_REQUEST.get(kind, ()):
        found = codec(candidate)
        if all(getattr(request, name) is not None for name in candidate.path_fields):
            return found
    raise TypeError(f"{kind.__name__} does not travel over HTTP as it is: {request!r}")


_BY_REQUEST: dict[type[Request[Any]], list[Endpoint]] = {}
for _endpoint in ENDPOINTS:
    _BY_REQUEST.setdefault(_endpoint.request, []).append(_endpoint)


# Adapters ----------------------------------------------------------------------------------


def _record(
    name: str, chosen: Sequence[Field[Any]], hints: Mapping[str, Any], needed: Sequence[str]
) -> TypeAdapter[Any]:
    """An adapter for some fields of a request; those in `needed` are required in any case."""
    types: dict[str, Any] = {}
    for one in chosen:
        type_ = hints[one.name]
        if get_origin(type_) is not Annotated:
            type_ = _LIMITS.get(one.name, type_)
        required = one.default is MISSING and one.default_factory is MISSING
        types[one.name] = type_ if required or one.name in needed else NotRequired[type_]
    make: Any = TypedDict
    record = make(name, types)
    record.__pydantic_config__ = _STRICT_FIELDS
    return TypeAdapter(record)


def _bare(type_: Any) -> TypeAdapter[Any]:
    """An adapter for any type."""
    if isinstance(type_, type) and is_dataclass(type_):
        # Pydantic takes settings for a union, but not for a dataclass at the top.
        return TypeAdapter(type_ | None, config=_CONFIG)
    settled = isinstance(type_, type) and issubclass(type_, BaseModel)
    return TypeAdapter(type_) if settled else TypeAdapter(type_, config=_CONFIG)


# Messages ----------------------------------------------------------------------------------


def _query(query: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(query, keep_blank_values=True, strict_parsing=False, errors="strict"))
    except (UnicodeDecodeError, ValueError) as error:
        raise InvalidRequest(f"The query is not UTF-8: {error}.") from None


def _complaint(error: ValidationError) -> InvalidRequest:
    """One entry per field: where, what is wrong, and the value when it is short."""
    found = []
    for each in error.errors(include_url=False, include_context=False):
        name = ".".join(str(step) for step in each["loc"])
        entry: dict[str, Any] = {"field": name, "message": each["msg"]}
        value = each["input"]
        if each["type"] != "json_invalid" and isinstance(value, str | int | float | bool):
            entry["value"] = value if len(str(value)) <= 200 else f"{str(value)[:200]}…"
        found.append(entry)
    return InvalidRequest(_sentence(found), {"errors": found})


def _sentence(found: Sequence[Mapping[str, Any]]) -> str:
    told = []
    for entry in found[:5]:
        where = f"Field `{entry['field']}`: " if entry["field"] else ""
        value = f", got {entry['value']!r}" if "value" in entry else ""
        told.append(f"{where}{entry['message']}{value}.")
    if len(found) > 5:
        told.append(f"{len(found) - 5} further fields are wrong.")
    return " ".join(told)
