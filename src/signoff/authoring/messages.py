"""Sending typed messages to runs and receiving them: `send_input`, `receive_input`.

Owns the documented functions; a plain value travels in a form of one field.
"""

from __future__ import annotations

import importlib
from typing import Any
from uuid import UUID

from signoff.authoring import inputs
from signoff.authoring.dispatch import async_dispatch
from signoff.authoring.run_input import (
    AutomaticRunInput,
    RunInput,
    as_run_input,
    run_input_subclass_from_type,
)
from signoff.model.views import FlowRunInput


async def asend_input(
    run_input: Any, flow_run_id: UUID, sender: str | None = None, key_prefix: str | None = None
) -> None:
    """Like `send_input`, for asynchronous code."""
    asyncio: Any = importlib.import_module("asyncio")
    await asyncio.to_thread(_send, run_input, flow_run_id, sender, key_prefix)


@async_dispatch(asend_input)
def send_input(
    run_input: Any, flow_run_id: UUID, sender: str | None = None, key_prefix: str | None = None
) -> None:
    """Send an input to a run.

    Args:
        run_input: a RunInput, any Pydantic model, or any value Pydantic knows.
        flow_run_id: the run.
        sender: who sends it; the present run when not given.
        key_prefix: the name to send it under; the class's when not given.

    Raises:
        ObjectNotFound: there is no such run.
    """
    _send(run_input, flow_run_id, sender, key_prefix)


def _send(run_input: Any, flow_run_id: UUID, sender: str | None, key_prefix: str | None) -> None:
    inputs.send(as_run_input(run_input), flow_run_id, sender, key_prefix)


def receive_input(
    input_type: Any,
    timeout: float | None = 3600,
    poll_interval: float = 10,
    raise_timeout_error: bool = False,
    exclude_keys: set[str] | None = None,
    key_prefix: str | None = None,
    flow_run_id: UUID | None = None,
    with_metadata: bool = False,
) -> inputs.GetInputHandler[Any]:
    """Receive inputs of a type that are sent to a run, as they come.

    Args:
        input_type: a RunInput class, a Pydantic model, or any type.
        timeout: seconds to wait for each; None for no limit.
        poll_interval: seconds after which it looks again even when nothing was heard.
        raise_timeout_error: raise when iterating instead of stopping.
        exclude_keys: inputs that have been dealt with.
        key_prefix: the name under which inputs are sent; the class's when not given.
        flow_run_id: the run; the present one when not given.
        with_metadata: give the wrapper of a plain value, which knows its sender.

    Returns:
        An iterator (also asynchronous) with `next()` and `anext()`.
    """
    model = run_input_subclass_from_type(input_type)

    def load(stored: FlowRunInput) -> Any:
        found = model.load_from_flow_run_input(stored)
        bare = isinstance(found, AutomaticRunInput) and not with_metadata
        return found.value if bare else found

    return inputs.GetInputHandler(
        load,
        timeout,
        poll_interval,
        raise_timeout_error,
        exclude_keys,
        key_prefix or prefix_of(model),
        inputs.the_run(flow_run_id),
    )


def prefix_of(model: type[RunInput]) -> str:
    """The name under which inputs of a class are sent when none is given."""
    return f"{model.__name__.lower()}-auto"
