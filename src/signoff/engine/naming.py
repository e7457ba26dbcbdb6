"""Naming runs as their flow or task says.

Owns templates and functions that make names, and the error when one of them makes none.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from signoff.engine.effects import CallUser, Program
from signoff.engine.frames import RunFrame, current_run, current_task
from signoff.model.errors import NameTemplateError

if TYPE_CHECKING:
    from signoff.engine.arguments import Arguments
    from signoff.engine.specs import FlowSpec, TaskSpec


def named(kind: str, spec: FlowSpec | TaskSpec, parameters: Mapping[str, Any]) -> Program[str]:
    """The name of a run of a flow or task that says how its runs are named.

    Raises:
        NameTemplateError: no name comes of it.
    """
    maker = spec.run_name
    of = f"'{kind}_run_name' of {kind} {spec.name!r}"
    if not callable(maker):
        try:
            return str(maker).format(**parameters)
        except Exception as error:
            known = ", ".join(parameters) or "none"
            raise NameTemplateError(
                f"The template {maker!r} for {of} cannot be filled in: "
                f"{type(error).__name__}: {error}. It may use the parameters: {known}."
            ) from error
    try:
        wants = "parameters" in inspect.signature(maker).parameters
        made = yield CallUser(maker, (), {"parameters": dict(parameters)} if wants else {})
    except Exception as error:
        raise NameTemplateError(
            f"The function {maker!r} for {of} raised {type(error).__name__}: {error}. Have it "
            "return a text."
        ) from error
    if not isinstance(made, str):
        raise NameTemplateError(
            f"Callable {maker!r} for {of} returned type {type(made).__name__} but a string is "
            "required."
        )
    return made


def custom_name(
    frame: RunFrame, arguments: Callable[[], Arguments]
) -> Program[tuple[str, Exception | None]]:
    """The name the flow gives its run; the one it has, when the flow fails to, and why."""
    try:
        parameters = arguments().parameters
    except Exception:
        # The attempt will say what is wrong with them.
        return frame.name, None
    run, task = current_run.get(), current_task.get()
    current_run.set(frame)
    current_task.set(None)
    try:
        return (yield from named("flow", frame.spec, parameters)), None
    except NameTemplateError as error:
        return frame.name, error
    finally:
        current_run.set(run)
        current_task.set(task)
