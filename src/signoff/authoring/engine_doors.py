"""Running flows and tasks by parameters, as `signoff.flow_engine` and `task_engine` offer it.

Owns the documented signatures. A call through here is a call like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from signoff.authoring.decorated import passes_calls_on
from signoff.model.errors import SignatureMismatchError

if TYPE_CHECKING:
    from signoff.authoring.decorated import Decorated
    from signoff.authoring.flow import Flow
    from signoff.authoring.task import Task
    from signoff.model.views import FlowRun

Wanted = Literal["state", "result"]


def run_flow(
    flow: Flow[Any, Any],
    flow_run: FlowRun | None = None,
    parameters: Mapping[str, Any] | None = None,
    wait_for: Iterable[Any] | None = None,
    return_type: Wanted = "result",
    **unsupported: Any,
) -> Any:
    """Run a flow.

    Args:
        flow: the flow.
        flow_run: work on this run, with its own parameters, instead of a new one.
        parameters: by name.
        wait_for: futures and states that have to end first.
        return_type: "result" for what the flow returns, "state" for its final state.

    Returns:
        The result or state; a coroutine of it when the flow is asynchronous.

    Raises:
        SignatureMismatchError: the parameters are not those of the flow.
        TypeError: an argument that Signoff does not know.
    """
    _refuse(unsupported, "run_flow")
    if flow_run is None:
        return _call(flow, parameters, wait_for, return_type)
    entered = flow.enter(flow_run.id)
    if flow.isasync:
        return _awaited(entered, return_type)
    return entered if return_type == "state" else entered.result()


async def _awaited(entered: Any, return_type: Wanted) -> Any:
    state = await entered
    return state if return_type == "state" else state.result()


def run_flow_sync(flow: Flow[Any, Any], *args: Any, **kwargs: Any) -> Any:
    """Like `run_flow`, for a synchronous flow."""
    return run_flow(flow, *args, **kwargs)


async def run_flow_async(flow: Flow[Any, Any], *args: Any, **kwargs: Any) -> Any:
    """Like `run_flow`, for an asynchronous flow."""
    return await run_flow(flow, *args, **kwargs)


def run_task_sync(
    task: Task[Any, Any],
    *,
    parameters: Mapping[str, Any] | None = None,
    wait_for: Iterable[Any] | None = None,
    return_type: Wanted = "result",
    **unsupported: Any,
) -> Any:
    """Run a synchronous task here.

    Args:
        task: the task.
        parameters: by name.
        wait_for: futures and states that have to end first.
        return_type: "result" for what the task returns, "state" for its final state.

    Raises:
        SignatureMismatchError: the parameters are not those of the task.
        TypeError: an argument that Signoff does not know.
    """
    _refuse(unsupported, "run_task_sync")
    return _call(task, parameters, wait_for, return_type)


async def run_task_async(
    task: Task[Any, Any],
    *,
    parameters: Mapping[str, Any] | None = None,
    wait_for: Iterable[Any] | None = None,
    return_type: Wanted = "result",
    **unsupported: Any,
) -> Any:
    """Like `run_task_sync`, for an asynchronous task."""
    _refuse(unsupported, "run_task_async")
    return await _call(task, parameters, wait_for, return_type)


def run_task(task: Task[Any, Any], **options: Any) -> Any:
    """`run_task_sync` or `run_task_async`, as the task is."""
    return (run_task_async if task.isasync else run_task_sync)(task, **options)


def _call(
    decorated: Decorated[Any, Any],
    parameters: Mapping[str, Any] | None,
    wait_for: Iterable[Any] | None,
    return_type: Wanted,
) -> Any:
    if return_type not in ("state", "result"):
        raise ValueError(f'return_type must be "state" or "result", got {return_type!r}.')
    try:
        args, kwargs = decorated.arguments_of(parameters or {})
    except SignatureMismatchError as error:
        raise SignatureMismatchError(f"{decorated.kind} {decorated.name!r}: {error}") from None
    call: Any = decorated
    return call(*args, **kwargs, wait_for=wait_for, return_state=return_type == "state")


def _refuse(unsupported: Mapping[str, Any], name: str) -> None:
    given = sorted(key for key, value in unsupported.items() if value is not None)
    if given:
        raise TypeError(
            f"{name}() does not support {', '.join(given)}: runs know their context, and ids are "
            "given by Signoff. Call the flow or task itself where you need more."
        )


passes_calls_on(
    _call, run_flow, run_flow_sync, run_flow_async, run_task, run_task_sync, run_task_async
)
