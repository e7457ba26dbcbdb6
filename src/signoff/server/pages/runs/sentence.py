"""What is going on with a run, in one plain sentence, and what else a colleague wants to know.

Owns its wording.
"""

from __future__ import annotations

from collections.abc import Sequence

from signoff.core.overdue import LATE
from signoff.core.settling import PAUSING, SUSPENDING
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
    Phase.QUEUED: "It goes on as soon as there is a free place: others hold all of its limit.",
    Phase.RESUMING: "A process is being started to go on with it.",
    Phase.RETRYING: "It has failed, and is tried again {when}.",
    Phase.CANCELLING: "It is being cancelled: tasks that run are let finish.",
}
_STOPPING = {
    PAUSING: "It pauses before its next task; tasks that run are let finish.",
    SUSPENDING: "Its process ends before its next task; tasks that run are let finish.",
}
_BEGIN = "It is due, and starts as soon as there is a free place: others hold all of its limit."


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
    if phase is Phase.CANCELLING:
        return _GOING[phase]
    if open_waits:
        return _waiting(open_waits, now)
    if run.state_name in _STOPPING:
        return _STOPPING[run.state_name]
    due = run.next_scheduled_start_time or run.expected_start_time
    if run.state_name == LATE:
        return _late(run, words.micros(due) if due else None, now)
    if run.state_name == Phase.QUEUED.state_name:
        return _BEGIN if run.start_time is None else _GOING[Phase.QUEUED]
    when = words.ago(words.micros(due), now) if due else "soon"
    return _GOING.get(phase, "It waits.").format(worked=worked, when=when)


def footnote(run: FlowRun, phase: Phase, open_waits: Sequence[WaitView], retried: bool) -> str:
    """What else there is to know: whether a process waits along, and what was not done again.

    Args:
        run: the run.
        phase: where it is in its life.
        open_waits: what it waits for.
        retried: it may be started again.
    """
    told = []
    if open_waits and phase in (Phase.PAUSED, Phase.SUSPENDED):
        alive = phase is Phase.PAUSED and open_waits[0].item.alive
        told.append(
            "Its process waits along."
            if alive
            else "No process waits for it: the answer starts one, which goes on where it stopped."
        )
    if phase is Phase.CRASHED and retried:
        told.append("Retry goes on where it stopped: tasks that had finished are not run again.")
    if run.reentry is not None and run.reentry.says_something:
        told.append(f"When it was entered again, {run.reentry}.")
    return " ".join(told)


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


def _late(run: FlowRun, due: int | None, now: int) -> str:
    when = f" {words.ago(due, now)}" if due is not None else ""
    who = f"no worker of work pool “{run.work_pool_name}”" if run.work_pool_name else "nobody"
    what = "should have gone on" if run.start_time else "should have started"
    return f"It {what}{when}, and {who} has taken it."


def _waiting(waits: Sequence[WaitView], now: int) -> str:
    first = waits[0].item
    more = f", and for {len(waits) - 1} more" if len(waits) > 1 else ""
    since = words.ago(first.opened_at, now)
    then = ""
    if first.deadline is not None:
        then = f"; {words.ago(first.deadline, now)}, {words.then(first.on_deadline)}"
    if first.kind is WaitKind.TIMER and first.deadline is not None:
        return f"Sleeping since {since}, until {words.ago(first.deadline, now)}{more}."
    if first.kind is WaitKind.HOLD:
        text = f"On hold since {since}{more}; it goes on when somebody resumes it"
    elif first.kind is WaitKind.CHILD:
        text = f"Waiting since {since} for a run that it called, “{words.subject(first)}”{more}"
    else:
        text = f"Waiting since {since} for “{words.subject(first)}”{more}"
    return f"{text}{then}."
