"""Pausing and resuming: the documented functions.

Owns their signatures, defaults and errors. The wait itself is a program of `engine/pauses.py`.
"""

from __future__ import annotations

import importlib
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar, overload
from uuid import UUID

from signoff.authoring.dispatch import async_dispatch, caller
from signoff.authoring.ids import as_id
from signoff.authoring.process import runtime
from signoff.engine.callsites import site
from signoff.engine.clock import new_id
from signoff.engine.drivers import drive_sync
from signoff.engine.entry import loaded_later
from signoff.engine.frames import RunFrame, TaskFrame, current_task, run_or_raise
from signoff.engine.pauses import Question, pause
from signoff.model.commands import AnswerWait
from signoff.model.errors import (
    DeadlinePassed,
    FlowPauseTimeout,
    InvalidAnswer,
)
from signoff.model.waits import WaitKind

if TYPE_CHECKING:
    from signoff.authoring.deadlines import Deadline, OnTimeout, Until
    from signoff.engine.effects import Program
    from signoff.model.replies import AnswerAccepted

T = TypeVar("T")

loaded_later.append("signoff.authoring.run_input")
_OUTSIDE = "Flow runs can only be paused from within a flow run."


@overload
async def apause_flow_run(
    wait_for_input: None = None,
    timeout: float | None = 3600,
    poll_interval: float = 10,
    key: str | None = None,
    *,
    until: Until | None = None,
    suspend_after: float | None = None,
    on_timeout: OnTimeout | None = None,
) -> None: ...


@overload
async def apause_flow_run(
    wait_for_input: type[T],
    timeout: float | None = 3600,
    poll_interval: float = 10,
    key: str | None = None,
    *,
    until: Until | None = None,
    suspend_after: float | None = None,
    on_timeout: OnTimeout | None = None,
) -> T: ...


async def apause_flow_run(
    wait_for_input: Any = None,
    timeout: float | None = 3600,
    poll_interval: float = 10,
    key: str | None = None,
    *,
    until: Until | None = None,
    suspend_after: float | None = None,
    on_timeout: OnTimeout | None = None,
) -> Any:
    """Like `pause_flow_run`, for asynchronous code."""
    end = _deadline(timeout, until, on_timeout, wait_for_input is not None, poll_interval)
    where = caller(sys._getframe(1))
    program, frame = pausing(wait_for_input, end, key, where, suspend_after)
    driver = importlib.import_module("signoff.engine.async_driver")
    return await driver.drive_async(program, frame.gateway)


@overload
def pause_flow_run(
    wait_for_input: None = None,
    timeout: float | None = 3600,
    poll_interval: float = 10,
    key: str | None = None,
    *,
    until: Until | None = None,
    suspend_after: float | None = None,
    on_timeout: OnTimeout | None = None,
) -> None: ...


@overload
def pause_flow_run(
    wait_for_input: type[T],
    timeout: float | None = 3600,
    poll_interval: float = 10,
    key: str | None = None,
    *,
    until: Until | None = None,
    suspend_after: float | None = None,
    on_timeout: OnTimeout | None = None,
) -> T: ...


@async_dispatch(apause_flow_run)
def pause_flow_run(
    wait_for_input: Any = None,
    timeout: float | None = 3600,
    poll_interval: float = 10,
    key: str | None = None,
    *,
    until: Until | None = None,
    suspend_after: float | None = None,
    on_timeout: OnTimeout | None = None,
) -> Any:
    """Wait in this process until somebody answers.

    Args:
        wait_for_input: what to ask for: a RunInput class, a Pydantic model, or any type; None to
            ask only for the word to go on.
        timeout: seconds after which the wait expires; None for never.
        poll_interval: accepted as documented; answers act at once, and it only bounds how long a
            lost wake-up may go unnoticed.
        key: name by which the wait is answered; derived from the call when not given.
        until: a moment with a time zone, or a span of time, after which the run goes on by itself;
            with `wait_for_input`, when the wait expires. Takes the place of `timeout`.
        suspend_after: seconds after which the process ends and the run waits without one, as if it
            had called `suspend_flow_run`.
        on_timeout: what happens when the wait expires: "fail", "continue" (with None), "cancel",
            or the answer to take, as a dictionary. A question fails when nothing is said, a mere
            `until` continues.

    Returns:
        The answer, as an instance of `wait_for_input`; None when nothing was asked for.

    Raises:
        MissingContextError: called outside a flow.
        FlowPauseTimeout: nobody answered in time.
        Pause: `suspend_after` seconds have passed, or the run was suspended from outside; code
            around the pause lets it through.
    """
    end = _deadline(timeout, until, on_timeout, wait_for_input is not None, poll_interval)
    where = caller(sys._getframe(1))
    program, frame = pausing(wait_for_input, end, key, where, suspend_after)
    return drive_sync(program, frame.gateway)


def _deadline(
    timeout: float | None,
    until: Until | None,
    on_timeout: OnTimeout | None,
    asks: bool,
    poll_interval: float | None,
) -> Deadline:
    # Loaded on first use: most processes never wait.
    reader = importlib.import_module("signoff.authoring.deadlines")
    reader.seconds("poll_interval", poll_interval)
    end: Deadline = reader.deadline(timeout, until, on_timeout, asks)
    return end


def pausing(
    wait_for_input: Any,
    end: Deadline,
    key: str | None,
    where: FrameType,
    stay: float | None,
    outside: str = _OUTSIDE,
) -> tuple[Program[Any], RunFrame]:
    """The program that waits, and the run it waits in.

    Args:
        wait_for_input, key: as in `pause_flow_run`.
        end: when the wait expires, and what happens then.
        where: the user's frame.
        stay: seconds before the process leaves the run; None for as long as it takes.
        outside: what a caller is told that is not in a run.
    """
    frame = run_or_raise(outside)
    if stay is not None and not 0 <= stay < float("inf"):
        raise ValueError(f"suspend_after must not be negative, got {stay}.")
    check_key(key)
    task: TaskFrame | None = current_task.get()
    question = _question(frame, wait_for_input, end, key, where, stay)
    return pause(frame, task, question), frame


def check_key(key: Any) -> None:
    """Raise ValueError unless a wait can be named by it."""
    if key is not None and not (isinstance(key, str) and key.strip()):
        raise ValueError(f"key must not be empty, and must be text; got {key!r}.")


def _question(
    frame: RunFrame,
    wait_for_input: Any,
    end: Deadline,
    key: str | None,
    where: FrameType,
    stay: float | None,
) -> Question:
    label = where.f_code.co_name.strip("<>").replace("_", "-") or "pause"
    place = site(where)
    if wait_for_input is None:
        sleeps = end.sleeps
        return Question(
            WaitKind.TIMER if sleeps else WaitKind.APPROVAL,
            f"{frame.spec.name} sleeps" if sleeps else f"Go on with {frame.spec.name}?",
            None,
            key,
            place,
            label,
            end.timeout,
            end.action,
            until=end.until,
            stay=stay,
        )
    # Loaded on first use: only questions need Pydantic's schemas.
    run_input = importlib.import_module("signoff.authoring.run_input")
    wanted = run_input.expected(wait_for_input)
    form = wanted.model.as_form()
    title = form.title or f"Input for {frame.spec.name}"
    return Question(
        WaitKind.INPUT,
        title,
        form,
        key,
        place,
        label,
        end.timeout,
        end.action,
        end.default,
        end.until,
        stay,
        wanted.value,
    )


async def aresume_flow_run(
    flow_run_id: UUID, run_input: dict[str, Any] | None = None, *, key: str | None = None
) -> None:
    """Like `resume_flow_run`, for asynchronous code."""
    asyncio: Any = importlib.import_module("asyncio")
    await asyncio.to_thread(_resume, flow_run_id, run_input, key)


@async_dispatch(aresume_flow_run)
def resume_flow_run(
    flow_run_id: UUID, run_input: dict[str, Any] | None = None, *, key: str | None = None
) -> None:
    """Answer a paused run.

    When no process works on the run any more, one is started that enters it again.

    Args:
        flow_run_id: the run.
        run_input: the answer, by field name; `{"value": ...}` for a plain type.
        key: which wait; may be left out when exactly one is open.

    Raises:
        NotPausedError: the run waits for nothing.
        FlowPauseTimeout: the wait has expired.
        InvalidAnswer: the answer does not fit (a RuntimeError; `errors` has one entry per field).
        AnswerConflict: somebody has already answered differently.
        AmbiguousWait: several waits are open; name one with `key`.
        ObjectNotFound: there is no such run.
    """
    _resume(flow_run_id, run_input, key)


def _resume(flow_run_id: UUID, run_input: dict[str, Any] | None, key: str | None) -> None:
    process = runtime()
    try:
        reply: AnswerAccepted = process.gateway.send(
            AnswerWait(as_id(flow_run_id), run_input, key, new_id())
        )
    except DeadlinePassed as error:
        raise FlowPauseTimeout("Flow run can no longer be resumed.") from error
    except InvalidAnswer as error:
        raise InvalidAnswer(
            f"Cannot resume this run: {error.message}", error.details, error.errors
        ) from None
    if reply.needs_entry:
        importlib.import_module("signoff.runner.launching").launch_after_answer(reply)
