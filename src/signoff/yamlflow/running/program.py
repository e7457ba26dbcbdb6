"""A document as the function of a flow: what happens from the first task to the end of the run.

Owns the order of the flow's own branches, its outputs, and how its end is told to the engine.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from signoff.engine.frames import RunFrame, run_or_raise
from signoff.engine.states import make_state
from signoff.model.errors import SignoffException
from signoff.model.journal import NewRun
from signoff.yamlflow.document import Document, Output
from signoff.yamlflow.inputs import secrets_in
from signoff.yamlflow.running.again import started_again
from signoff.yamlflow.running.branches import Result, run_branch
from signoff.yamlflow.running.execution import Execution
from signoff.yamlflow.running.labels import labels_of
from signoff.yamlflow.running.lanes import Workers
from signoff.yamlflow.running.life import task_key
from signoff.yamlflow.running.outcome import STATES, Verdict
from signoff.yamlflow.running.secrecy import masked, masked_in, spellings
from signoff.yamlflow.running.starting import Start, start_of

RETRIED = "Retried"
"""Name of the state of a failed run in place of which another was made."""


class YamlFlowFailed(SignoffException):
    """A run of a document failed; the message names the task and what it said."""


def run_document(
    document: Document, inputs: Mapping[str, Any], known: dict[UUID, NewRun] | None = None
) -> Any:
    """Run a document inside the run around this line.

    Args:
        document: what runs.
        inputs: values of its inputs, by id.
        known: what is on record of runs that somebody else has made; that of this run is taken.

    Returns:
        The outputs of the flow; a state when it ended otherwise than plainly well. That of a
        failure holds a `YamlFlowFailed`.
    """
    frame = run_or_raise("A YAML flow runs in a flow run.")
    made = known.pop(frame.run_id, None) if known else None
    execution = _execution(document, frame, inputs, made)
    # A flow that another one calls leaves the process only together with it.
    execution.workers = _workers.get() or execution.workers
    token = _workers.set(execution.workers)
    try:
        return _carried_out(execution, made)
    finally:
        _workers.reset(token)


_workers: ContextVar[Workers | None] = ContextVar("signoff_yaml_workers", default=None)


def _carried_out(execution: Execution, made: NewRun | None) -> Any:
    document, frame = execution.document, execution.frame
    result = _own_branches(execution)
    outputs: dict[str, Any] = {}
    if not result.verdict.stops or result.ends is Verdict.SUCCESS:
        result, outputs = _with_outputs(execution, result)
    verdict = result.ends or result.verdict
    if not (verdict is Verdict.FAILED and frame.tries_again()):
        execution.state = verdict
        run_branch(execution, document.after_execution, anew=True)
    again = verdict is Verdict.FAILED and started_again(execution, made)
    if frame.catching is not None:
        # A document says the same however often it is entered: what it did not ask for again
        # belongs to an earlier attempt, or to a wait that is over.
        frame.catching.waive({task_key(node) for node in document.walk()})
    return _told(verdict, result, outputs, again)


def _execution(
    document: Document, frame: RunFrame, inputs: Mapping[str, Any], made: NewRun | None
) -> Execution:
    start: Start = start_of(document, frame, inputs, made)
    return Execution(
        document,
        frame,
        start.inputs,
        start.revision,
        start.trigger,
        labels_of(frame.tags),
        start.original,
        masked=spellings(secrets_in(document.inputs, start.inputs)),
    )


def _own_branches(execution: Execution) -> Result:
    document = execution.document
    result = run_branch(execution, document.tasks)
    ended = result.ends or result.verdict
    if ended is Verdict.FAILED:
        if execution.frame.tries_again():
            return result
        execution.state = Verdict.FAILED
        result = result.then(run_branch(execution, document.errors, anew=True))
    if ended not in (Verdict.CANCELLED, Verdict.KILLED):
        execution.state = ended
        result = result.then(run_branch(execution, document.finally_, anew=True))
    return result


def _with_outputs(execution: Execution, result: Result) -> tuple[Result, dict[str, Any]]:
    variables, made = execution.variables(), {}
    for output in execution.document.outputs:
        try:
            made[output.id] = _output(execution, output, variables)
        except Exception as error:
            why = masked(str(error), execution.masked)
            message = f"Output {output.id!r} ({output.mark}) cannot be had: {why}"
            return result.then(Result(Verdict.FAILED, message)), {}
    # Whoever started the run reads them, and so does everybody who sees it.
    return result, masked_in(made, execution.masked)


def _output(execution: Execution, output: Output, variables: Mapping[str, Any]) -> Any:
    value = output.value
    if isinstance(value, str):
        value = execution.render(value, output.type != "STRING", variables)
    casts = importlib.import_module("signoff.yamlflow.running.casts")
    return casts.cast(value, output.type)


def _told(verdict: Verdict, result: Result, outputs: dict[str, Any], again: bool) -> Any:
    """How the engine is told of the end; `again`: another run was made in place of this one."""
    if verdict in (Verdict.SUCCESS, Verdict.SKIPPED):
        return outputs
    kind, name = STATES[verdict]
    data: Any = outputs if verdict is Verdict.WARNING else None
    if verdict is Verdict.FAILED:
        data, name = YamlFlowFailed(result.message or "A task failed."), RETRIED if again else name
    return make_state(type=kind, name=name or None, message=result.message, data=data)
