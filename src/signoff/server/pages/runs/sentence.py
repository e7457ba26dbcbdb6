"""What is going on with a run, in one plain sentence.

Owns its wording.
"""

from __future__ import annotations

from collections.abc import Sequence

from signoff.model.replies import WaitView
from signoff.model.runs import Phase
from signoff.model.views import FlowRun
from signoff.model.waits import WaitKind
from signoff.server.pages import words

_ENDED = {
    Phase.COMPLETED: "Completed",
    Phase.FAILED: "Failed",
    Phase.CANCELLED: "Cancelled",
    Phase.CRASHED: "Crashed",
}
_GOING = {
    Phase.SCHEDULED: "Starts {when}.",
    Phase.PENDING: "A process is being started for it.",
    Phase.RUNNING: "Running, for {worked} so far.",
    Phase.QUEUED: "Answered; it goes on as soon as there is a free place.",
    Phase.RESUMING: "A process is being started to go on with it.",
    Phase.RETRYING: "It has failed, and is tried again {when}.",
    Phase.CANCELLING: "It is being cancelled: tasks that run are let finish.",
}


def sentence(run: FlowRun, phase: Phase, open_waits: Sequence[WaitView], now: int) -> str:
    """One sentence about a run.

    Args:
        run: the run.
        phase: where it is in its life.
        open_waits: what it waits for, the nearest deadline first.
        now: UTC microseconds since the Unix epoch.
    """
    worked = words.length(int(run.estimated_run_time.total_seconds() * 1_000_000))
    if phase in _ENDED:
        return _ended(run, phase, worked, now)
    if open_waits:
        return _waiting(open_waits, now)
    due = run.next_scheduled_start_time or run.expected_start_time
    when = words.ago(words.micros(due), now) if due else "soon"
    return _GOING.get(phase, "It waits.").format(worked=worked, when=when)


def _ended(run: FlowRun, phase: Phase, worked: str, now: int) -> str:
    when = f" {words.ago(words.micros(run.end_time), now)}" if run.end_time else ""
    name = run.state_name or _ENDED[phase]
    text = f"{name}{when}, after {worked} of work"
    if run.start_time and run.end_time:
        whole = (run.end_time - run.start_time).total_seconds() - run.total_run_time.total_seconds()
        if whole >= 1:
            text += f" and {words.length(int(whole * 1_000_000))} of waiting"
    message = run.state.message if run.state is not None and phase is not Phase.COMPLETED else None
    return f"{text}: {message}" if message else f"{text}."


def _waiting(waits: Sequence[WaitView], now: int) -> str:
    first = waits[0].item
    more = f", and for {len(waits) - 1} more" if len(waits) > 1 else ""
    since = words.ago(first.opened_at, now)
    if first.kind is WaitKind.TIMER and first.deadline is not None:
        return f"Sleeping since {since}, until {words.ago(first.deadline, now)}{more}."
    subject = words.subject(first)
    text = f"Waiting since {since} for “{subject}”{more}"
    if first.deadline is not None:
        text += f"; {words.ago(first.deadline, now)}, {words.then(first.on_deadline)}"
    return f"{text}."
