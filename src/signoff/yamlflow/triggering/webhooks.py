"""Webhook triggers: whether a call of an address starts a run, and with what.

Owns that nobody learns more than that an address is unknown: keys are compared in constant time,
and a missing flow, a flow without webhooks and a wrong key are answered alike.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from signoff.model.errors import ExpressionError, InvalidRequest, ObjectNotFound
from signoff.model.forms import Json
from signoff.yamlflow.document import Document, Trigger
from signoff.yamlflow.triggering.scope import Ask, Scope

UNKNOWN = "There is no webhook at this address; namespace, flow and key must all be right."
MASK = "********"
_SECRET_HEADERS = ("authorization", "cookie", "token", "secret", "password", "signature", "key")
"""Parts of the names of headers with credentials, such as `x-api-key` or `x-hub-signature-256`."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a webhook.

    Args:
        key: the secret part of the address.
        body: what was sent.
        headers, parameters: lists of values by name; names of headers in small letters.
    """

    key: str
    body: bytes
    headers: Mapping[str, Sequence[str]]
    parameters: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Fired:
    """A start that a trigger asks for.

    Args:
        trigger_id: of the trigger.
        trigger: what expressions see of it; credentials in headers are masked.
        inputs: of the run.
    """

    trigger_id: str
    trigger: Mapping[str, Json]
    inputs: Mapping[str, Json]


def fired(document: Document | None, revision: int, call: Call, ask: Ask) -> Fired | None:
    """What a call starts; None when the trigger's conditions are not met.

    Args:
        document: the flow; None when there is none.
        revision: of its text.
        call: the call.
        ask: has a request carried out.

    Raises:
        ObjectNotFound: no webhook has this address.
        InvalidRequest: the conditions cannot be judged, or inputs do not fit, with one error per
            field.
    """
    trigger = _of_key(document, revision, call.key, ask)
    if document is None or trigger is None:
        raise ObjectNotFound(UNKNOWN)
    said = {
        "body": _body(call.body),
        "headers": {name: list(values) for name, values in call.headers.items()},
        "parameters": {name: list(values) for name, values in call.parameters.items()},
    }
    scope = Scope(document, revision, ask, said)
    try:
        if not scope.holds(trigger):
            return None
    except ExpressionError as wrong:
        raise InvalidRequest(
            f"The conditions of trigger {trigger.id} cannot be worked out: {wrong}",
            {"errors": [{"field": "when", "message": str(wrong)}]},
        ) from None
    inputs = scope.asked(trigger)
    return Fired(trigger.id, {**said, "headers": _masked(said["headers"])}, inputs)


def _of_key(document: Document | None, revision: int, key: str, ask: Ask) -> Trigger | None:
    found = None
    known = [] if document is None else [each for each in document.triggers if _is_open(each)]
    for trigger in known:
        # Every key is compared, so that the time says nothing about which one came near.
        if hmac.compare_digest(_key(document, revision, trigger, ask).encode(), key.encode()):
            found = trigger
    return found


def _is_open(trigger: Trigger) -> bool:
    return trigger.kind == "webhook" and not trigger.disabled


def _key(document: Document | None, revision: int, trigger: Trigger, ask: Ask) -> str:
    """The key in clear; one that cannot be worked out fits nothing."""
    assert document is not None
    try:
        return str(Scope(document, revision, ask).rendered(trigger.properties["key"])) or "\0"
    except ExpressionError:
        return "\0"


def _body(body: bytes) -> Any:
    """What was sent: JSON where it is JSON, else text; None for nothing."""
    text = body.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


def _masked(headers: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {
        name: [MASK] if any(part in name for part in _SECRET_HEADERS) else values
        for name, values in headers.items()
    }
