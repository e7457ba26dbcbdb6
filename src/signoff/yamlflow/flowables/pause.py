"""Pause and Sleep: waiting for a person, or for time to pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from signoff.engine.pauses import AnswerRejected
from signoff.model.errors import InvalidAnswer
from signoff.model.forms import Form
from signoff.model.waits import WaitKind, WaitStatus
from signoff.yamlflow.durations import seconds
from signoff.yamlflow.flowables.asking import Reply, ask, withdrawn
from signoff.yamlflow.flowables.groups import outcome_of
from signoff.yamlflow.inputs import form_of, rendered, resolve, secrets_in
from signoff.yamlflow.running.branches import Result, guarded, run_branch, sequence
from signoff.yamlflow.running.life import task_key, time_limit
from signoff.yamlflow.running.outcome import Outcome, Verdict
from signoff.yamlflow.running.secrecy import discreet_inputs
from signoff.yamlflow.running.visit import Visit

_RESUMED = Result(Verdict.SUCCESS)
_BEHAVIORS: Mapping[str, tuple[Verdict, Verdict | None]] = {
    "RESUME": (Verdict.SUCCESS, None),
    "WARN": (Verdict.WARNING, None),
    "FAIL": (Verdict.FAILED, None),
    "CANCEL": (Verdict.CANCELLED, Verdict.CANCELLED),
}
"""How a Pause ends whose time is up, and how the run ends with it."""


@dataclass(frozen=True, slots=True)
class _Clock:
    """When a Pause ends by itself.

    Args:
        seconds: from the moment it begins to wait; None for never.
        behavior: what follows then.
        message: what people are told then.
    """

    seconds: float | None
    behavior: str
    message: str


def pause(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Wait until somebody resumes the run, or the time is up."""
    clock = _clock(visit, properties)
    outputs: dict[str, Any] = {}

    def main() -> Result:
        reply, values = _asked(visit, clock)
        if reply.status is WaitStatus.WITHDRAWN:
            return Result(Verdict.KILLED, withdrawn().message)
        result = _RESUMED
        if reply.status is WaitStatus.EXPIRED:
            verdict, ends = _BEHAVIORS[clock.behavior]
            message = clock.message if verdict is not Verdict.SUCCESS else None
            result = Result(verdict, message, ends)
            values = _untouched(visit) if verdict is not Verdict.FAILED else {}
        outputs["onResume"] = values
        outputs["resumed"] = {"by": reply.by, "on": reply.on, "to": str(result.verdict)}
        visit.execution.board.put_early(visit.node.id, visit.path, outputs)
        return result if result.stops else result.then(sequence(visit))

    return outcome_of(guarded(visit, main), outputs)


def _clock(visit: Visit, properties: Mapping[str, Any]) -> _Clock:
    duration = properties.get("pauseDuration")
    if duration is not None:
        return _Clock(
            seconds(str(duration), field="pauseDuration"),
            properties["behavior"],
            f"Nobody resumed the run within {duration}.",
        )
    limit = time_limit(visit)
    return _Clock(limit, "FAIL", f"Nobody resumed the run within {visit.node.timeout}.")


def _asked(visit: Visit, clock: _Clock) -> tuple[Reply, dict[str, Any]]:
    form = form_for(visit)
    sleeps = form is None and clock.seconds is not None and clock.behavior == "RESUME"
    kind = WaitKind.TIMER if sleeps else WaitKind.APPROVAL if form is None else WaitKind.INPUT
    reply, values = ask(
        visit,
        kind,
        title_of(visit),
        form,
        clock.seconds,
        opened=told(visit, "onPause"),
        accept=lambda answer: resolved(visit, answer),
    )
    waive(visit, "onPause")
    return reply, values or {}


def title_of(visit: Visit) -> str:
    """One line that says what is asked."""
    words = (visit.node.description or "").strip().partition("\n")[0].lstrip("# ")
    return words or f"{visit.execution.document.id}: {visit.node.id}"


def further_of(visit: Visit) -> str | None:
    """What there is to read besides that line; None when that is all."""
    text = (visit.node.description or "").strip()
    return text if "\n" in text else None


def form_for(visit: Visit) -> Form | None:
    """The form of a task that asks; None when it only wants to be told to go on."""
    if not visit.node.inputs:
        return None
    inputs = rendered(visit.node.inputs, visit.render_with)
    return form_of(
        discreet_inputs(inputs, visit.node.inputs, visit.execution.masked),
        title=title_of(visit),
        description=further_of(visit),
    )


def resolved(visit: Visit, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The values of an answer, in the types of the inputs.

    Raises:
        AnswerRejected: a value is not allowed; it is asked again.
    """
    try:
        given = dict(resolve(visit.node.inputs, answer, render=visit.render_with))
    except InvalidAnswer as error:
        raise AnswerRejected(error.errors) from None
    visit.execution.hide(*secrets_in(visit.node.inputs, given))
    return given


def _untouched(visit: Visit) -> dict[str, Any]:
    """The values when nobody answered: the defaults, and nothing where there is none."""
    try:
        return resolved(visit, {})
    except AnswerRejected:
        return {}


def told(visit: Visit, branch: str) -> Callable[[], object] | None:
    """Runs the tasks that tell people of the wait, once it can be answered."""
    nodes = visit.node.branches.get(branch)
    if not nodes:
        return None

    def run() -> None:
        with visit.execution.workers.busy():
            result = run_branch(visit.execution, nodes, visit)
        if result.verdict is Verdict.FAILED:
            # It has said so itself in the log; the question stands all the same.
            return

    return run


def waive(visit: Visit, branch: str) -> None:
    """Once the wait is over, nobody needs to be told of it by a process that comes after."""
    catching = visit.execution.frame.catching
    if catching is not None:
        nodes = visit.node.branches.get(branch, ())
        catching.waive({task_key(each) for node in nodes for each in node.walk()})


def sleep(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Wait for `duration`; longer than a moment without a process. No longer than `timeout`."""
    wanted, most = seconds(str(properties["duration"]), field="duration"), time_limit(visit)
    short = most is not None and most < wanted
    title = f"{visit.execution.document.id}: {visit.node.id} sleeps"
    reply, _ = ask(visit, WaitKind.TIMER, title, None, most if short else wanted)
    if reply.status is WaitStatus.WITHDRAWN:
        return withdrawn()
    if short:
        return Outcome(Verdict.FAILED, message=f"It took longer than {visit.node.timeout}.")
    return Outcome()
