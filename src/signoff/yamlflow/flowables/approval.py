"""Approval: a decision, with what follows from each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from signoff.authoring.runtime.known import page_url
from signoff.engine.pauses import AnswerRejected
from signoff.model.forms import FieldError, Form
from signoff.model.waits import WaitKind, WaitStatus
from signoff.yamlflow.flowables.asking import Reply, ask, withdrawn
from signoff.yamlflow.flowables.groups import outcome_of
from signoff.yamlflow.flowables.pause import (
    form_for,
    further_of,
    resolved,
    title_of,
    told,
    waive,
)
from signoff.yamlflow.running.branches import Result, guarded, sequence
from signoff.yamlflow.running.life import time_limit
from signoff.yamlflow.running.outcome import Outcome, Verdict
from signoff.yamlflow.running.visit import Visit

DECISION, COMMENT = "decision", "comment"
APPROVED, DENIED, EXPIRED = "APPROVED", "DENIED", "EXPIRED"

_ENDS: Mapping[str, tuple[Verdict, Verdict | None]] = {
    "CONTINUE": (Verdict.SUCCESS, None),
    "WARN": (Verdict.WARNING, None),
    "FAIL": (Verdict.FAILED, None),
    "SUCCEED": (Verdict.SUCCESS, Verdict.SUCCESS),
    "CANCEL": (Verdict.CANCELLED, Verdict.CANCELLED),
    "KILL": (Verdict.KILLED, Verdict.KILLED),
}
"""How the task ends for each behaviour, and how the run ends with it."""

_FOLLOWS = {
    APPROVED: ("onApprove", "approveBehavior"),
    DENIED: ("onDeny", "denyBehavior"),
    EXPIRED: ("", "expireBehavior"),
}
"""For each decision the branch that runs, and the property that says what follows."""

_NEEDS = {"ON_DENY": "deny", "ON_APPROVE": "approve"}
"""For each rule the decision that needs a comment."""

_MESSAGES = {
    APPROVED: "It was approved.",
    DENIED: "It was denied.",
    EXPIRED: "Nobody decided in time.",
}


def approval(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Ask somebody to approve or deny, and do what follows from that."""
    outputs: dict[str, Any] = {}

    def main() -> Result:
        decided = _decided(visit, properties)
        if decided is None:
            return Result(Verdict.KILLED, withdrawn().message)
        outputs.update(decided)
        visit.execution.board.put_early(visit.node.id, visit.path, outputs)
        branch, behavior = _FOLLOWS[decided["decision"]]
        verdict, ends = _ENDS[properties[behavior]]
        result = sequence(visit, branch) if branch else Result()
        if result.stops:
            return result
        message = None if verdict is Verdict.SUCCESS else _MESSAGES[decided["decision"]]
        return result.then(Result(verdict, message, ends))

    return outcome_of(guarded(visit, main), outputs)


def _decided(visit: Visit, properties: Mapping[str, Any]) -> dict[str, Any] | None:
    """The outputs of the decision; None when nobody needs it any more."""
    if properties.get("autoApprove") is True:
        on = datetime.now(UTC)
        return _outputs(visit, APPROVED, True, Reply(WaitStatus.ANSWERED, {}, None, on, None), {})
    limit = time_limit(visit)
    reply, values = ask(
        visit,
        WaitKind.INPUT,
        title_of(visit),
        _form(visit, properties),
        limit,
        opened=told(visit, "onWait"),
        accept=lambda answer: _accepted(visit, properties, answer),
    )
    waive(visit, "onWait")
    if reply.status is WaitStatus.WITHDRAWN:
        return None
    if reply.status is WaitStatus.EXPIRED:
        return _outputs(visit, EXPIRED, False, reply, {})
    decision = APPROVED if reply.answer[DECISION] == "approve" else DENIED
    return _outputs(visit, decision, False, reply, values)


def _form(visit: Visit, properties: Mapping[str, Any]) -> Form:
    """The form of the inputs, with the decision before and the comment after them."""
    own = form_for(visit)
    words = properties.get("decisions") or {}
    buttons = {
        "approve": words.get("approve", "Approve"),
        "deny": words.get("deny", "Deny"),
    }
    inner: dict[str, Any] = dict(own.schema) if own is not None else {"type": "object"}
    decision = {
        "title": "Decision",
        "oneOf": [{"const": value, "title": str(label)} for value, label in buttons.items()],
        "x-decision": True,
    }
    comment: dict[str, Any] = {"type": "string", "title": "Comment", "format": "multiline"}
    required = [DECISION, *inner.get("required", ())]
    rule = properties["commentRequired"]
    if rule == "ALWAYS":
        comment["minLength"] = 1
        required.append(COMMENT)
    elif rule in _NEEDS:
        inner["if"] = {"properties": {DECISION: {"const": _NEEDS[rule]}}, "required": [DECISION]}
        inner["then"] = {"properties": {COMMENT: {"minLength": 1}}, "required": [COMMENT]}
    inner["properties"] = {
        DECISION: decision,
        **inner.get("properties", {}),
        COMMENT: comment,
    }
    inner["required"] = required
    initial = own.initial if own is not None else {}
    return Form(inner, title_of(visit), further_of(visit), initial)


def _accepted(
    visit: Visit, properties: Mapping[str, Any], answer: Mapping[str, Any]
) -> dict[str, Any]:
    """The values of the inputs.

    Raises:
        AnswerRejected: a comment is wanted with this decision, or a value is not allowed.
    """
    decision, rule = answer[DECISION], properties["commentRequired"]
    wanted = rule == "ALWAYS" or _NEEDS.get(rule) == decision
    if wanted and not str(answer.get(COMMENT) or "").strip():
        word = "denied" if decision == "deny" else "approved"
        message = f"say why it is {word}; this decision needs a comment"
        raise AnswerRejected([FieldError((COMMENT,), message, answer.get(COMMENT))])
    rest = {key: value for key, value in answer.items() if key not in (DECISION, COMMENT)}
    return resolved(visit, rest)


def _outputs(
    visit: Visit, decision: str, auto: bool, reply: Reply, values: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "decision": decision,
        "auto": auto,
        "by": reply.by,
        "on": reply.on,
        "comment": reply.answer.get(COMMENT),
        "inputs": dict(values),
        "due": None if reply.due is None else reply.due.isoformat(),
        "url": address_of(visit),
    }


def address_of(visit: Visit) -> str | None:
    """Where a person can answer the task; None without a server."""
    return page_url(f"runs/{visit.execution.id}/waits/{visit.key}")
