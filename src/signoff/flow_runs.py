"""Documented import path: pausing, suspending, resuming and waiting for flow runs."""

from signoff.authoring.suspending import asuspend_flow_run, suspend_flow_run
from signoff.authoring.waiting import (
    apause_flow_run,
    aresume_flow_run,
    pause_flow_run,
    resume_flow_run,
)
from signoff.authoring.watching import wait_for_flow_run
from signoff.model.errors import FlowPauseTimeout, FlowRunWaitTimeout, NotPausedError

__all__ = [
    "FlowPauseTimeout",
    "FlowRunWaitTimeout",
    "NotPausedError",
    "apause_flow_run",
    "aresume_flow_run",
    "asuspend_flow_run",
    "pause_flow_run",
    "resume_flow_run",
    "suspend_flow_run",
    "wait_for_flow_run",
]
