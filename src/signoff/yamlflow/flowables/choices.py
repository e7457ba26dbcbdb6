"""Choices: If and Switch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signoff.yamlflow.flowables.groups import outcome_of
from signoff.yamlflow.running.branches import guarded, sequence
from signoff.yamlflow.running.outcome import Outcome, Verdict
from signoff.yamlflow.running.visit import Visit
from signoff.yamlflow.truth import truthy


def if_(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Run `then` when `condition` holds, else `else`."""
    holds = truthy(properties["condition"])
    result = guarded(visit, lambda: sequence(visit, "then" if holds else "else"))
    return outcome_of(result, {"evaluationResult": holds})


def switch(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Run the case that `value` names, else `defaults`."""
    value, branches = str(properties["value"]), visit.node.branches
    branch = f"cases.{value}"
    fallback = branch not in branches
    outputs = {"value": value, "defaults": fallback}
    if fallback:
        branch = "defaults"
        if branch not in branches:
            cases = sorted(name[6:] for name in branches if name.startswith("cases."))
            message = f"No case for {value!r} and no `defaults`; there is: {', '.join(cases)}."
            return Outcome(Verdict.FAILED, outputs, message=message)
    return outcome_of(guarded(visit, lambda: sequence(visit, branch)), outputs)
