"""Waiting until a run has ended: the documented function."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from contextlib import ExitStack
from typing import Any
from uuid import UUID

from signoff.authoring.client.results import with_result
from signoff.authoring.ids import as_id
from signoff.authoring.process import runtime
from signoff.engine import logs
from signoff.engine.frames import RunFrame, current_run, current_task, waiting
from signoff.engine.signals import Signals
from signoff.model.errors import FlowRunWaitTimeout
from signoff.model.queries import ReadRun
from signoff.model.states import TERMINAL_STATES, StateType
from signoff.model.views import FlowRun


async def wait_for_flow_run(
    flow_run_id: UUID,
    timeout: float | None = 10800,
    poll_interval: float | None = 5,
    client: Any = None,
    log_states: bool = False,
) -> FlowRun:
    """Wait until a run has ended.

    Args:
        flow_run_id: the run.
        timeout: seconds to wait at most; None for no limit.
        poll_interval: accepted as documented; only bounds how long a lost wake-up may go
            unnoticed.
        client: accepted as documented; the present settings decide where to ask.
        log_states: write each state of the run to the log.

    Returns:
        The run in its final state; it does not raise when the run failed.

    Raises:
        FlowRunWaitTimeout: it has not ended in time.
        ObjectNotFound: there is no such run.
    """
    stopped = threading.Event()
    try:
        return await asyncio.to_thread(
            _until_final, as_id(flow_run_id), timeout, poll_interval or 5, log_states, stopped
        )
    finally:
        stopped.set()


def _until_final(
    flow_run_id: UUID,
    timeout: float | None,
    poll_interval: float,
    log_states: bool,
    stopped: threading.Event,
) -> FlowRun:
    run = follow(flow_run_id, timeout, poll_interval, log_states, stopped)
    if run.state_type in TERMINAL_STATES:
        return with_result(run, runtime().gateway)
    if stopped.is_set():
        raise FlowRunWaitTimeout(f"Waiting for flow run {flow_run_id} was cancelled.")
    raise FlowRunWaitTimeout(
        f"Flow run with ID {flow_run_id} exceeded watch timeout of {timeout} seconds"
    )


def follow(
    flow_run_id: UUID,
    timeout: float | None,
    poll_interval: float,
    log_states: bool,
    stopped: threading.Event,
    called: bool = False,
) -> FlowRun:
    """Wait until a run has ended, the time is over or somebody has stopped it. Blocks.

    A run around the call that is cancelled, or taken over by another process, ends the wait.

    Args:
        called: the run around the call has called this one, and waits for somebody when this one
            does: its time limits stand still then.

    Returns:
        The run as it was seen last.

    Raises:
        ObjectNotFound: there is no such run.
        Abort: this process must stop working on the run around the call.
    """
    gateway, outer = runtime().gateway, current_run.get()
    signals = Signals(0)
    heard = threading.Event()
    endings = [gateway.listen(flow_run_id, signals)]
    if outer is not None:
        endings.append(outer.signals.subscribe(heard.set, outer.signals.count))
    until = None if timeout is None else time.monotonic() + timeout
    shown: Any = None
    idle = _Idle(outer if called else None)
    try:
        while True:
            seen = signals.count
            heard.clear()
            if outer is not None:
                outer.obey()
            run = gateway.send(ReadRun(flow_run_id))
            if log_states and run.state is not None and run.state_name != shown:
                shown = run.state_name
                _logger().info("Flow run is in state %r", shown)
            left = poll_interval if until is None else min(until - time.monotonic(), poll_interval)
            if run.state_type in TERMINAL_STATES or left <= 0 or stopped.is_set():
                return run
            idle.set(run.state_type is StateType.PAUSED)
            cancel = signals.subscribe(heard.set, seen)
            heard.wait(left)
            cancel()
    finally:
        idle.set(False)
        for end in endings:
            end()


class _Idle:
    """Whether the branch that waits for a run uses anything: clocks, and its place in a pool.

    Args:
        frame: the run around it; None where that does not wait for somebody itself.
    """

    def __init__(self, frame: RunFrame | None) -> None:
        self._frame = frame
        self._held = ExitStack()
        self._is_idle = False

    def set(self, is_idle: bool) -> None:
        """From now on it is idle, or not."""
        if self._frame is None or is_idle is self._is_idle:
            return
        self._is_idle = is_idle
        if is_idle:
            self._held.enter_context(waiting(self._frame, current_task.get()))
        else:
            self._held.close()


def _logger() -> Any:
    run = current_run.get()
    if run is not None:
        return logs.RunLogger(run, current_task.get())
    return logging.getLogger("signoff")
