"""Errors as problem bodies (RFC 9457), and back to the same exceptions.

Owns the codes, titles and advice under which refusals travel. Both ends use `REFUSALS`, so the
client raises exactly what the service raised. Must not know sockets or frameworks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import from_json, to_json

from signoff.model import errors
from signoff.model.forms import FieldError
from signoff.model.values import dataclass

CONTENT_TYPE = b"application/problem+json"


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of error is shown.

    Args:
        code: its stable name.
        status: the HTTP status.
        title: what kind of error it is, in a few words.
        advice: what to do about it.
    """

    code: str
    status: int
    title: str
    advice: str


_ADVICE: Mapping[str, tuple[str, str]] = {
    "refused": ("The request was refused", "See the detail."),
    "not-found": (
        "There is no such thing",
        "Check the id or name; it may have been deleted. `signoff flow-run ls` lists runs.",
    ),
    "already-exists": ("It exists already", "Choose another id, name or key."),
    "not-paused": (
        "The run waits for nothing",
        "Look at the run: it may have been answered, ended or not have got so far.",
    ),
    "ambiguous-wait": (
        "Several waits are open",
        "Send the request again with `key` set to one of those listed.",
    ),
    "answer-conflict": (
        "Somebody else gave a different answer",
        "The first answer stands; the detail says who gave it, and when.",
    ),
    "invalid-answer": (
        "The answer does not fit the form",
        "Mend the fields listed and send the answer again; the run still waits.",
    ),
    "transition-refused": (
        "The run cannot go to that state now",
        "Look at the state of the run; `force` overrides the rules and is recorded.",
    ),
    "deadline-passed": (
        "The deadline has passed",
        "The run went on or failed as its flow says; it can be run again.",
    ),
    "invalid-request": (
        "The request is malformed",
        "Mend the fields listed; /docs describes every request.",
    ),
    "unauthorized": (
        "The request carries no or wrong credentials",
        "Set SIGNOFF_API_AUTH_STRING to user:password as the server's operator gave it.",
    ),
    "slots-taken": (
        "The limit has too few free slots",
        "Send the request again later; the detail says when slots may come free, if known.",
    ),
    "stale-entry": (
        "Another process works on this run now",
        "This process must stop working on the run.",
    ),
}
_STORE: Mapping[type[errors.StoreError], _Kind] = {
    errors.StoreLocked: _Kind(
        "store-locked", 503, "The database is busy", "Send the request again after a moment."
    ),
    errors.StoreUnreachable: _Kind(
        "store-unreachable", 503, "The database cannot be reached", "See the server's log."
    ),
    errors.StoreFull: _Kind(
        "store-full", 507, "The disk of the database is full", "Make room on the server's disk."
    ),
    errors.StoreReadOnly: _Kind(
        "store-read-only", 507, "The database cannot be written", "See the server's log."
    ),
    errors.StoreCorrupt: _Kind(
        "store-corrupt", 500, "The database is damaged", "Restore a backup; see the server's log."
    ),
    errors.StoreNewer: _Kind(
        "store-newer", 500, "The database belongs to a newer Signoff", "Upgrade the server."
    ),
    errors.StoreError: _Kind(
        "store-error", 500, "The database cannot be used", "See the server's log."
    ),
}
_STORE_CODES = {kind.code: error for error, kind in _STORE.items()}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as it travels.

    Args:
        status: the HTTP status.
        body: the problem body.
    """

    status: int
    body: bytes


def describe(
    status: int,
    code: str,
    title: str,
    detail: str,
    advice: str,
    *,
    details: Mapping[str, Any] | None = None,
    fields: Iterable[Mapping[str, Any]] = (),
) -> Problem:
    """A problem body.

    Args:
        status: the HTTP status.
        code: stable name of the kind of error.
        title: what kind of error it is.
        detail: what happened this time.
        advice: what to do about it.
        details: facts for a program.
        fields: one entry per wrong field.
    """
    body: dict[str, Any] = {
        "type": f"urn:signoff:problem:{code}",
        "code": code,
        "title": title,
        "status": status,
        "detail": detail or title,
        "help": advice,
    }
    if details:
        body["details"] = details
    listed = list(fields)
    if listed:
        body["errors"] = listed
    return Problem(status, to_json(body, fallback=str))


def write_problem(error: errors.RequestRefused | errors.StoreError) -> Problem:
    """A refusal, or an error of the database, as it travels."""
    if isinstance(error, errors.StoreError):
        kind = next(_STORE[base] for base in type(error).__mro__ if base in _STORE)
        return describe(kind.status, kind.code, kind.title, str(error), kind.advice)
    title, advice = _ADVICE[error.code]
    details = dict(error.details)
    fields = details.pop("errors", ()) if isinstance(error, errors.InvalidRequest) else ()
    if isinstance(error, errors.InvalidAnswer):
        fields = [_field(each) for each in error.errors]
    return describe(
        error.status, error.code, title, error.message, advice, details=details, fields=fields
    )


def read_problem(status: int, body: bytes, asked: str) -> errors.SignoffException:
    """The exception that a problem body stands for.

    Args:
        status: the HTTP status of the answer.
        body: its body.
        asked: method and URL, for the message about an answer that is no problem body.
    """
    try:
        told = from_json(body)
    except ValueError:
        told = None
    code = told.get("code") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(code, str):
        return _unexpected(status, body, asked)
    detail = str(told.get("detail") or "")
    if code in _STORE_CODES:
        return _STORE_CODES[code](detail)
    kind = errors.REFUSALS.get(code)
    if kind is None:
        text = f"{asked} was answered with {status}: {detail} {told.get('help') or ''}".strip()
        return errors.SignoffHTTPStatusError(text, status, told)
    details = told.get("details")
    listed = told.get("errors") or []
    facts: dict[str, Any] = dict(details) if isinstance(details, dict) else {}
    if issubclass(kind, errors.InvalidAnswer):
        return kind(detail, facts, [_read_field(each) for each in listed])
    if listed:
        facts["errors"] = listed
    return kind(detail, facts)


def _field(error: FieldError) -> dict[str, Any]:
    return {
        "field": error.dotted,
        "path": list(error.path),
        "message": error.message,
        "value": error.value,
    }


def _read_field(told: Mapping[str, Any]) -> FieldError:
    return FieldError(tuple(told.get("path") or ()), str(told.get("message")), told.get("value"))


def _unexpected(status: int, body: bytes, asked: str) -> errors.SignoffHTTPStatusError:
    text = body.decode("utf-8", "replace").strip()
    shown = f": {text[:200]}" if text and not text.startswith("<") else ""
    return errors.SignoffHTTPStatusError(
        f"{asked} was answered with {status}{shown}. No Signoff server answers like that; "
        "is SIGNOFF_API_URL right?",
        status,
        text,
    )
