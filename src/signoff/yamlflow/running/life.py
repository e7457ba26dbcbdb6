"""The life of one task of a document.

Owns how a task becomes a task run of the engine: its place in the journal, its retries and time
limit, whether it is skipped, and what its end is called. What it does is looked up by type.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

from signoff.engine.arguments import Arguments
from signoff.engine.clock import now_us
from signoff.engine.drivers import drive_sync
from signoff.engine.frames import RunFrame, TaskFrame, current_task
from signoff.engine.journal import Step
from signoff.engine.promises import Ending
from signoff.engine.specs import Hooks, TaskSpec
from signoff.engine.tasks import TaskCall, run_task
from signoff.model.state_types import StateType
from signoff.yamlflow.document import TaskNode
from signoff.yamlflow.durations import seconds
from signoff.yamlflow.running.ids import derived_id
from signoff.yamlflow.running.outcome import STATES, Done, Outcome, TaskEnded, Verdict
from signoff.yamlflow.running.rendering import is_expression
from signoff.yamlflow.running.retrying import Plan, plan_of
from signoff.yamlflow.running.secrecy import covered, discreet
from signoff.yamlflow.running.visit import Visit

_ONCE = Plan(0, (), None)
_NO_HOOKS = Hooks()
_FLOW = "io.kestra.plugin.core.flow"

DIRECTORS: Mapping[str, str] = {
    f"{_FLOW}.Pause": "pause:pause",
    f"{_FLOW}.Approval": "approval:approval",
    f"{_FLOW}.Sequential": "groups:sequential",
    f"{_FLOW}.AllowFailure": "groups:allow_failure",
    f"{_FLOW}.Parallel": "groups:parallel",
    f"{_FLOW}.WorkingDirectory": "folders:working_directory",
    f"{_FLOW}.If": "choices:if_",
    f"{_FLOW}.Switch": "choices:switch",
    f"{_FLOW}.ForEach": "loops:for_each",
    f"{_FLOW}.EachSequential": "loops:for_each",
    f"{_FLOW}.EachParallel": "loops:for_each",
    f"{_FLOW}.Loop": "loops:loop",
    f"{_FLOW}.LoopUntil": "until:loop_until",
    f"{_FLOW}.WaitFor": "until:loop_until",
    f"{_FLOW}.Dag": "dag:dag",
    f"{_FLOW}.Subflow": "subflow:subflow",
    f"{_FLOW}.Sleep": "pause:sleep",
}
"""Where in `yamlflow.flowables` the code of each type that directs a run is."""

_OWN_TIME = (f"{_FLOW}.Pause", f"{_FLOW}.Approval", f"{_FLOW}.Sleep")
"""Types whose `timeout` is the deadline of a wait."""


def run_task_of(visit: Visit) -> Outcome:
    """Run a task of a document as a task run, or give back what it did before.

    Raises:
        BaseException: the signals by which a process stops working on a run.
    """
    frame, outer = visit.execution.frame, current_task.get()
    step = step_of(visit, outer)
    call = TaskCall(
        _spec(visit, step.task_key),
        frame,
        outer,
        task_run_id(frame, step),
        step.place,
        lambda: Arguments((visit,), {}, {}),
        (),
        step,
    )
    ending = drive_sync(run_task(call), frame.gateway)
    outcome = _outcome(ending)
    # A process that enters the run later has not come by them itself.
    visit.execution.masked |= outcome.secrets
    return _noted(visit, outcome)


def step_of(visit: Visit, outer: TaskFrame | None) -> Step:
    """What a task is in the journal, called within another one."""
    scope = outer.scope if outer is not None else ""
    return Step(scope, task_key(visit.node), "", visit.number, visit.place)


def task_key(node: TaskNode) -> str:
    """Which task it is, in the journal."""
    return f"yaml:{node.id}"


def task_run_id(frame: RunFrame, step: Step, attempt: int | None = None) -> UUID:
    """The same whenever the run is entered, so that a task that waits is one task run."""
    return derived_id(frame.run_id, f"{attempt or frame.attempt} {step.key}")


def _noted(visit: Visit, outcome: Outcome) -> Outcome:
    """Let everything that comes after see what the task did."""
    done = Done(visit.node.id, visit.path, outcome.verdict, outcome.outputs, outcome.message)
    for each in (*outcome.inside, done):
        visit.execution.board.put(each)
    if visit.parent is not None:
        visit.parent.inside.extend((*outcome.inside, done))
    return outcome


# What the engine is told ---------------------------------------------------------------------


def _spec(visit: Visit, key: str) -> TaskSpec:
    node = visit.node
    plan = _ONCE if node.retry is None else plan_of(node.retry)
    return TaskSpec(
        owner=node,
        name=node.id,
        fn=_body,
        is_async=False,
        key=key,
        retries=plan.retries,
        retry_delay=plan.delays,
        retry_jitter=None,
        retry_condition=None if plan.longest is None else _within(visit, plan.longest),
        timeout=_timeout(visit),
        log_prints=None,
        persist_result=None,
        run_name=node.id,
        hooks=_NO_HOOKS,
        judge=_judge,
        works=node.type.name not in DIRECTORS,
    )


def _within(visit: Visit, longest: float) -> Any:
    def may_retry(*_: object) -> bool:
        return visit.task is None or now_us() - visit.task.started < longest * 1_000_000

    return may_retry


def _timeout(visit: Visit) -> float | None:
    node = visit.node
    if node.timeout is None or node.type.name in _OWN_TIME:
        return None
    try:
        return time_limit(visit)
    except Exception:
        # The task says so itself, when it begins.
        return None


def time_limit(visit: Visit) -> float | None:
    """The seconds that `timeout` allows; None for no limit.

    Raises:
        InvalidRequest: it is no duration.
        ExpressionError: it does not render.
    """
    text = visit.node.timeout
    if text is None:
        return None
    if is_expression(text):
        text = str(visit.render(text, typed=False))
    return seconds(text, field="timeout") or None


# What happens in an attempt ------------------------------------------------------------------


def _body(visit: Visit) -> Outcome:
    visit.task = task = current_task.get()
    visit.inside.clear()
    if task is not None and (began := visit.execution.frame.journal.begun_at(task.step)):
        # Its time goes on while nobody works on it: it is the task run that began then.
        task.started = began
    try:
        return _carried_out(visit)
    except Exception as error:
        told = discreet(error, visit.execution.masked)
        if told is error:
            raise
    # Neither is what the error came from: its text tells it too.
    raise told


def _carried_out(visit: Visit) -> Outcome:
    node = visit.node
    try:
        if node.when is not None and not _asked(visit, node):
            return Outcome(Verdict.SKIPPED)
        time_limit(visit)
        properties = visit.properties()
    except Exception as error:
        raise TaskEnded(Outcome(Verdict.FAILED, message=_where(node, str(error)))) from None
    outcome = _code(node.type.name)(visit, properties)
    if visit.inside:
        outcome = replace(outcome, inside=tuple(visit.inside))
    if outcome.verdict.stops:
        raise TaskEnded(outcome)
    return outcome


@cache
def _code(type_name: str) -> Callable[[Visit, Mapping[str, Any]], Outcome]:
    """What carries out tasks of a type; loaded with the first of them."""
    module, _, name = DIRECTORS.get(type_name, "runnable:runnable").partition(":")
    room = "running" if module == "runnable" else "flowables"
    found: Callable[[Visit, Mapping[str, Any]], Outcome] = getattr(
        importlib.import_module(f"signoff.yamlflow.{room}.{module}"), name
    )
    return found


def _asked(visit: Visit, node: TaskNode) -> bool:
    try:
        return visit.holds(node.when or "")
    except Exception as error:
        raise ValueError(f"property 'when': {error}") from error


def _where(node: TaskNode, message: str) -> str:
    return f"Task {node.id!r} ({node.mark}): {message}"


# How it ended --------------------------------------------------------------------------------


def _judge(task: TaskFrame, given: Arguments, ending: Ending) -> Ending:
    """What the end of the last attempt is called."""
    if ending.type is StateType.CRASHED:
        return ending
    visit: Visit = given.args[0]
    node, outcome = visit.node, _outcome(ending, visit)
    verdict = outcome.verdict
    retried = task.run_count > 1 and node.retry is not None and node.retry.warning_on_retry
    if verdict is Verdict.SUCCESS and retried:
        verdict = Verdict.WARNING
    if verdict is Verdict.FAILED and node.allow_failure and outcome.ends is None:
        verdict = Verdict.WARNING
    if verdict is Verdict.WARNING and node.allow_warning:
        verdict = Verdict.SUCCESS
    if verdict is not outcome.verdict:
        outcome = replace(outcome, verdict=verdict)
    outcome = covered(outcome, visit.execution.masked)
    kind, name = STATES[verdict]
    if kind is StateType.COMPLETED:
        message, secret = outcome.message, bool(outcome.secrets)
        return Ending(kind, outcome, None, name, message, now_us(), secret=secret)
    error = TaskEnded(outcome)
    error.__cause__ = None if isinstance(ending.error, TaskEnded) else ending.error
    late = ending.name if verdict is Verdict.FAILED else name
    return Ending(kind, None, error, late, str(error), now_us(), secret=bool(outcome.secrets))


def _outcome(ending: Ending, visit: Visit | None = None) -> Outcome:
    """What is known of how a task ended; whatever its code raised is a failure."""
    if isinstance(ending.value, Outcome):
        return ending.value
    if isinstance(ending.error, TaskEnded):
        return ending.error.outcome
    inside = tuple(visit.inside) if visit is not None else ()
    return Outcome(Verdict.FAILED, {}, inside, _message(ending))


def _message(ending: Ending) -> str:
    error = ending.error
    if error is None or isinstance(error, TimeoutError):
        return ending.message or "It failed."
    text = str(error)
    named = type(error).__module__.startswith("signoff.")
    return text if named and text else f"{type(error).__name__}: {text}"
