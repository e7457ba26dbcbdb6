"""The rules of a run's life, as a table.

`RULES` maps (phase, kind of event) to a `Rule`; a missing pair is illegal. `decide` is the only
way to ask. Nothing else in Signoff compares phases to find out what may happen, and nothing here
knows about storage, clocks or processes: time and liveness arrive in the arguments.
"""

from __future__ import annotations

from collections.abc import Callable

from signoff.core import overdue, waiting
from signoff.core.changing import replace
from signoff.core.settling import LIVELY, PAUSING, PLAIN, UNBEGUN, into, settled
from signoff.model import errors
from signoff.model.events import Accepted, Decision, Event, Kind, Refused, Replayed
from signoff.model.runs import FINAL, Phase, Run
from signoff.model.values import dataclass
from signoff.model.waits import DeadlineAction, WaitKind, WaitStatus

Guard = Callable[[Run, Event, int], Decision | None]
"""Says why not (or that it happened before), or None when the event may go on."""
Change = Callable[[Run, Event, int], Run]
"""What the event does to the run, apart from version, time of change and phase."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One cell of the table.

    Args:
        to: the phase that follows; None when `change` settles it.
        change: what else changes.
        guards: asked in order; the first that answers decides.
    """

    to: Phase | None
    change: Change
    guards: tuple[Guard, ...] = ()


def decide(run: Run, event: Event, now: int) -> Decision:
    """Decide one event on one run.

    Args:
        run: the run as it is; a run that does not exist yet is in phase `absent`.
        event: what happened.
        now: the store's clock, UTC microseconds since the epoch.

    Returns:
        `Accepted` with the run that follows, `Replayed` when the same thing has happened before,
        or `Refused` with the reason.
    """
    rule = RULES.get((run.phase, event.kind))
    if rule is None:
        fenced = _same_entry(run, event, now) if run.phase is not Phase.ABSENT else None
        return fenced or _illegal(run, event)
    for guard in (_same_entry, *rule.guards):
        verdict = guard(run, event, now)
        if verdict is not None:
            return verdict
    after = rule.change(run, event, now)
    if rule.to is not None:
        after = into(after, rule.to, event)
    after = settled(after, event, now)
    after = replace(after, version=run.version + 1, since=_since(run, after, now))
    changed = (
        tuple(wait for wait in after.waits if wait not in run.waits)
        if after.waits is not run.waits
        else ()
    )
    return Accepted(after, changed, _needs_entry(after, event), _is_claimable(after))


def _since(before: Run, after: Run, now: int) -> int:
    return now if (before.phase, before.name) != (after.phase, after.name) else before.since


def _needs_entry(run: Run, event: Event) -> bool:
    """Whether the run can only go on when some process enters it."""
    if run.phase is Phase.RESUMING:
        return True
    waits = run.phase in (Phase.PAUSED, Phase.SUSPENDED) and not run.suspend
    return waits and event.kind is Kind.ANSWER and not event.alive


def _is_claimable(run: Run) -> bool:
    """Whether some process may be started for the run now."""
    if run.owner is not None or (run.phase, Kind.CLAIM) not in RULES or run.suspend:
        return False
    return not run.open_waits or waiting.worth_entering(run)


def _illegal(run: Run, event: Event) -> Decision:
    if run.phase is Phase.ABSENT:
        return Refused(errors.ObjectNotFound, f"There is no flow run {run.id}.")
    if run.phase in FINAL and event.kind in _ENDS and run.phase is _ENDS[event.kind]:
        return Replayed(run)
    if event.entry is not None:
        return Refused(
            errors.StaleEntry,
            f"This process may no longer change flow run {run.id}: the run is {run.name}.",
        )
    if event.kind is Kind.ANSWER:
        return Refused(errors.NotPausedError, "Cannot resume a run that isn't paused!")
    if run.phase in FINAL:
        text = f"Run is already in terminal state {run.name}."
    else:
        text = f"Cannot {_VERBS[event.kind]} a run that is {run.name}."
    return Refused(errors.TransitionRefused, text, {"state": run.name})


_ENDS = {
    Kind.COMPLETE: Phase.COMPLETED,
    Kind.FAIL: Phase.FAILED,
    Kind.STOP: Phase.CANCELLED,
    Kind.CRASH: Phase.CRASHED,
}
_VERBS = {kind: kind.value for kind in Kind} | {
    Kind.HOLD: "pause",
    Kind.LEAVE: "stop working on",
    Kind.RERUN: "retry",
    Kind.FORCE: "set the state of",
    Kind.LOST: "give up",
    Kind.CLAIM: "start a process for",
    Kind.BEGIN: "begin the next attempt of",
    Kind.ADMIT: "give a place to",
}


# Guards ------------------------------------------------------------------------------------


def _same_entry(run: Run, event: Event, now: int) -> Decision | None:
    """Fencing: a process may speak for the run only under the newest entry number."""
    if event.entry is None or event.entry == run.entry:
        return None
    return Refused(
        errors.StaleEntry,
        f"Another process has entered flow run {run.id} (entry {run.entry}, this is entry "
        f"{event.entry}); this process must stop working on it.",
        {"entry": run.entry},
    )


def _owner_gone(run: Run, event: Event, now: int) -> Decision | None:
    """Only one process works on a run: nobody enters beside a living one."""
    if event.owner == run.owner and event.entry is None and run.owner is not None:
        return Replayed(run)
    if event.claimer is not None and event.claimer == run.owner:
        return None  # It was claimed for this very process.
    if event.alive and run.owner is not None:
        return Refused(
            errors.TransitionRefused,
            f"Flow run {run.id} is being worked on by process {run.owner}.",
            {"owner": run.owner},
        )
    return None


def _is_due(run: Run, event: Event, now: int) -> Decision | None:
    if run.scheduled is None or run.scheduled <= now:
        return None
    return Refused(
        errors.TransitionRefused,
        f"Flow run {run.id} is not due yet.",
        {"scheduled": run.scheduled},
    )


def _is_claimed_by(run: Run, event: Event, now: int) -> Decision | None:
    """Only what a claimer still has can be given back; a process that entered keeps it."""
    return None if event.owner is not None and event.owner == run.owner else Replayed(run)


def _not_started_here(run: Run, event: Event, now: int) -> Decision | None:
    if event.owner is not None and run.owner == event.owner and run.entry == 1:
        return Replayed(run)
    return Refused(errors.ObjectAlreadyExists, f"Flow run {run.id} exists already.")


def _exists(run: Run, event: Event, now: int) -> Decision | None:
    return Replayed(run)


def _can_be_loaded(run: Run, event: Event, now: int) -> Decision | None:
    if event.reentrant:
        return None
    return Refused(
        errors.TransitionRefused,
        f"Flow run {run.id} cannot be run again: no process can load its flow.",
    )


def _can_come_back(run: Run, event: Event, now: int) -> Decision | None:
    """Only a run whose flow a process can load again may give its process up."""
    if event.reentrant:
        return None
    why = event.message or "no process can load its flow again"
    return Refused(
        errors.TransitionRefused, f"Flow run cannot be suspended: {why}.", {"reason": why}
    )


def _is_here(run: Run, event: Event, now: int) -> Decision | None:
    """A process that has left has nothing more to say until some process enters."""
    if event.entry is None or run.owner is not None:
        return None
    return Refused(
        errors.StaleEntry,
        f"This process has stopped working on flow run {run.id}, which is {run.name}.",
    )


def _still_here(run: Run, event: Event, now: int) -> Decision | None:
    return None if run.owner is not None else Replayed(run)


def _not_suspended(run: Run, event: Event, now: int) -> Decision | None:
    """Nobody goes on with what somebody suspended from outside, before it is resumed."""
    if not run.suspend:
        return None
    return Refused(
        errors.TransitionRefused,
        f"Flow run {run.id} was suspended from outside; resume it with "
        f"`signoff flow-run resume {run.id}`.",
    )


def _not_held_yet(run: Run, event: Event, now: int) -> Decision | None:
    held = run.hold or any(wait.kind is WaitKind.HOLD for wait in run.open_waits)
    return Replayed(run) if held else None


def _owner_lives(run: Run, event: Event, now: int) -> Decision | None:
    return None if event.alive else Replayed(run)


def _owner_died(run: Run, event: Event, now: int) -> Decision | None:
    return Replayed(run) if event.alive else None


def _can_be_forced(run: Run, event: Event, now: int) -> Decision | None:
    """A run waits because something is asked of somebody, which force cannot supply."""
    if event.phase not in (None, Phase.ABSENT, Phase.PAUSED, Phase.SUSPENDED, Phase.QUEUED):
        return None
    wanted = "nothing" if event.phase is None else event.phase.value
    return Refused(
        errors.TransitionRefused,
        f"A run cannot be forced to be {wanted}. To make it wait, pause it without force: it "
        "stops at its next task boundary.",
    )


def _releases_hold(run: Run, event: Event, now: int) -> Decision | None:
    """A run that goes on may be answered only to take back a pause that has not begun yet, or a
    suspension that its process has not heard of."""
    if run.open_waits:
        return waiting.can_be_answered(run, event, now)
    if run.hold and event.key is None:
        return None
    return waiting.answered_before(run, event, now)


# Changes -----------------------------------------------------------------------------------


def _keep(run: Run, event: Event, now: int) -> Run:
    return run


def _created(run: Run, event: Event, now: int) -> Run:
    phase = event.phase if event.phase in (Phase.SCHEDULED, Phase.PENDING) else Phase.SCHEDULED
    return into(replace(run, scheduled=event.scheduled), phase, event)


def _entered(run: Run, event: Event, now: int) -> Run:
    return replace(run, entry=run.entry + 1, owner=event.owner, begun=True)


def _claimed(run: Run, event: Event, now: int) -> Run:
    """A run that still waits for one thing, while another is over, goes on waiting."""
    run = into(run, Phase.PAUSED if run.open_waits else Phase.PENDING, event)
    return replace(run, owner=event.owner)


def _unclaimed(run: Run, event: Event, now: int) -> Run:
    """It is due as before, or later when its claimer asks for patience."""
    if run.open_waits:
        return into(replace(run, owner=None), run.phase, PLAIN)
    run = replace(run, scheduled=event.scheduled or now)
    return into(run, Phase.RESUMING if run.entry else Phase.SCHEDULED, PLAIN)


def _begun(run: Run, event: Event, now: int) -> Run:
    return replace(run, begun=True)


def _next_attempt(run: Run, event: Event, now: int) -> Run:
    run = waiting.withdraw_all(run, now)
    return replace(run, attempt=run.attempt + 1, begun=False, scheduled=event.scheduled)


def _ended(run: Run, event: Event, now: int) -> Run:
    return waiting.withdraw_all(run, now)


def _entered_suspended(run: Run, event: Event, now: int) -> Run:
    return into(_entered(run, event, now), Phase.RUNNING, PLAIN)


def _opened(run: Run, event: Event, now: int) -> Run:
    run = waiting.opened(run, event, now)
    return into(run, Phase.SUSPENDED, PLAIN) if event.leaving else run


def _suspended(run: Run, event: Event, now: int) -> Run:
    """The wait is there at once; the process stops when it hears of it."""
    if not event.alive:
        run = into(replace(run, owner=None), run.phase, PLAIN)
    return waiting.opened(run, event, now)


def _left(run: Run, event: Event, now: int) -> Run:
    return replace(run, owner=None)


def _held(run: Run, event: Event, now: int) -> Run:
    return replace(run, hold=True, name=PAUSING if run.phase is Phase.RUNNING else run.name)


def _released(run: Run, event: Event, now: int) -> Run:
    return waiting.answered(run, event, now) if run.open_waits else replace(run, hold=False)


def _cancelled(run: Run, event: Event, now: int) -> Run:
    run = waiting.withdraw_all(run, now)
    goes_on = event.alive and run.owner is not None and run.phase not in UNBEGUN
    return into(run, Phase.CANCELLING if goes_on else Phase.CANCELLED, event)


def _lost_while_running(run: Run, event: Event, now: int) -> Run:
    """An answer that its process never received is not lost: the run is entered again for it."""
    untaken = waiting.untaken(run)
    expired = any(
        wait.status is WaitStatus.EXPIRED and wait.on_deadline is DeadlineAction.FAIL
        for wait in untaken
    )
    if expired:
        # A suspension from outside may be open beside it, though the run still counts as running.
        run = waiting.withdraw_all(run, now)
        return into(run, Phase.FAILED, replace(PLAIN, message=waiting.NEVER_RESUMED))
    if run.suspend:
        return replace(run, owner=None)
    if untaken and run.entry <= run.opened + MAX_FRUITLESS_ENTRIES:
        return into(replace(run, scheduled=now), Phase.RESUMING, PLAIN)
    return into(run, Phase.CRASHED, event)


MAX_FRUITLESS_ENTRIES = 5
"""How many processes in a row may die over one answer before the run counts as crashed."""


def _expired(run: Run, event: Event, now: int) -> Run:
    """A process that waits hears of the deadline itself; without one its outcome is settled."""
    wait = waiting.find(run, event.key)
    hears = run.phase is Phase.PAUSED and event.alive and run.owner is not None
    run = waiting.expired(run, event, now)
    if wait is not None and wait.on_deadline is DeadlineAction.CANCEL:
        return _cancelled(run, event, now)
    if wait is not None and wait.on_deadline is DeadlineAction.FAIL and not hears:
        run = waiting.withdraw_all(run, now)
        return into(run, Phase.FAILED, replace(PLAIN, message=waiting.NEVER_RESUMED))
    return run


def _forced(run: Run, event: Event, now: int) -> Run:
    run = waiting.withdraw_all(replace(run, hold=False, scheduled=event.scheduled), now)
    return into(run, event.phase or run.phase, event)


def _run_again(run: Run, event: Event, now: int) -> Run:
    """After a crash the same attempt goes on; after an end by decision a new one begins."""
    run = replace(run, scheduled=event.scheduled or now)
    if run.phase is Phase.CRASHED or not run.begun:
        return run
    return replace(run, attempt=run.attempt + 1, begun=False)


def _hurried(run: Run, event: Event, now: int) -> Run:
    """It waits for a process already; whoever asks may start one now."""
    return replace(run, scheduled=event.scheduled or now)


# The table ---------------------------------------------------------------------------------

_P, _K = Phase, Kind

RULES: dict[tuple[Phase, Kind], Rule] = {
    (_P.ABSENT, _K.CREATE): Rule(None, _created),
    (_P.ABSENT, _K.START): Rule(_P.RUNNING, _entered),
}


def _rule(
    phases: tuple[Phase, ...],
    kind: Kind,
    to: Phase | None,
    change: Change,
    *guards: Guard,
) -> None:
    for phase in phases:
        RULES[phase, kind] = Rule(to, change, guards)


_EXISTING = tuple(phase for phase in Phase if phase is not Phase.ABSENT)
_WORKING = (_P.RUNNING, _P.PAUSED, _P.QUEUED)
_WAITING = (_P.PAUSED, _P.SUSPENDED)

_rule(_EXISTING, _K.CREATE, None, _keep, _exists)
_rule(_EXISTING, _K.START, None, _keep, _not_started_here)
_rule((*UNBEGUN, _P.RETRYING), _K.ENTER, _P.RUNNING, _entered, _owner_gone)
_rule((_P.RUNNING, _P.QUEUED), _K.ENTER, _P.RUNNING, _entered, _owner_gone, _not_suspended)
_rule((_P.PAUSED,), _K.ENTER, None, _entered, _owner_gone)
_rule((_P.SUSPENDED,), _K.ENTER, None, _entered_suspended, _owner_gone, _not_suspended)
_rule((_P.RETRYING,), _K.BEGIN, _P.RUNNING, _begun)
_rule((_P.RUNNING,), _K.BEGIN, None, _keep, _exists)
_rule(_WORKING, _K.OPEN, None, _opened, waiting.asked_before, _can_come_back)
_rule((_P.SUSPENDED,), _K.OPEN, None, _opened, _is_here, waiting.asked_before, _can_come_back)
_rule(_WAITING, _K.ANSWER, None, waiting.answered, waiting.can_be_answered)
_rule((_P.RUNNING,), _K.ANSWER, _P.RUNNING, _released, _releases_hold)
_rule((_P.QUEUED,), _K.ANSWER, None, _released, _releases_hold)
_rule(
    (*UNBEGUN, _P.RETRYING, _P.CANCELLING, *sorted(FINAL)),
    _K.ANSWER,
    None,
    _keep,
    waiting.answered_before,
)
_rule(_WORKING, _K.REOPEN, None, waiting.reopened, waiting.was_answered)
_rule((_P.SUSPENDED,), _K.REOPEN, None, waiting.reopened, _is_here, waiting.was_answered)
_rule(_WORKING, _K.WITHDRAW, None, waiting.withdrawn, waiting.is_there)
_rule((_P.SUSPENDED,), _K.WITHDRAW, None, waiting.withdrawn, _is_here, waiting.is_there)
_rule(LIVELY, _K.EXPIRE, None, _expired, waiting.is_due)
_rule(_WORKING, _K.COMPLETE, _P.COMPLETED, _ended)
_rule(_WORKING, _K.FAIL, _P.FAILED, _ended)
_rule((*UNBEGUN, _P.RETRYING), _K.FAIL, _P.FAILED, _ended)
_rule(_WORKING, _K.STOP, _P.CANCELLED, _ended)
_rule((*_WORKING, *UNBEGUN, _P.RETRYING), _K.CRASH, _P.CRASHED, _ended)
for _end, _phase in _ENDS.items():
    _rule((_P.SUSPENDED,), _end, _phase, _ended, _is_here)
for _end in (_K.COMPLETE, _K.FAIL, _K.STOP, _K.CRASH):
    # A cancellation that was accepted is kept, whatever the flow does last.
    _rule((_P.CANCELLING,), _end, _P.CANCELLED, _ended)
_rule(_WORKING, _K.RETRY, _P.RETRYING, _next_attempt)
_rule((_P.SUSPENDED,), _K.RETRY, _P.RETRYING, _next_attempt, _is_here)
_rule((_P.RETRYING,), _K.RETRY, None, _keep, _exists)
_rule(_WORKING, _K.HOLD, None, _held, _not_held_yet)
_rule(LIVELY, _K.SUSPEND, None, _suspended, waiting.suspended_before, _can_come_back)
_rule((*_WORKING, _P.RETRYING), _K.LEAVE, _P.SUSPENDED, _left)
_rule((_P.SUSPENDED,), _K.LEAVE, _P.SUSPENDED, _left, _still_here)
_rule((_P.CANCELLING,), _K.LEAVE, _P.CANCELLED, _ended)
_rule((*LIVELY, *UNBEGUN, _P.RETRYING), _K.CANCEL, None, _cancelled)
_rule((_P.CANCELLING,), _K.CANCEL, _P.CANCELLED, _ended, _owner_died)
_rule((_P.RUNNING, _P.QUEUED), _K.LOST, None, _lost_while_running, _owner_died)
_rule((_P.PAUSED,), _K.LOST, None, _keep, _exists)
_rule((_P.SUSPENDED,), _K.LOST, _P.SUSPENDED, _left, _owner_died, _still_here)
_rule((_P.RETRYING,), _K.LOST, _P.RESUMING, _keep, _owner_died)
_rule((_P.CANCELLING,), _K.LOST, _P.CANCELLED, _ended, _owner_died)
_rule((_P.PENDING,), _K.LOST, None, _unclaimed, _owner_died)
_rule((*UNBEGUN, _P.RETRYING, _P.PAUSED), _K.CLAIM, None, _claimed, _is_due, _owner_gone)
_rule((_P.SUSPENDED,), _K.CLAIM, None, _claimed, _owner_gone, _not_suspended)
_rule(_EXISTING, _K.RETURN, None, _keep, _exists)
_rule((_P.PENDING, *LIVELY), _K.RETURN, None, _unclaimed, _is_claimed_by)
_rule((_P.CANCELLING,), _K.RETURN, _P.CANCELLED, _ended, _is_claimed_by)
_rule((_P.FAILED, _P.CRASHED, _P.CANCELLED), _K.RERUN, _P.RESUMING, _run_again, _can_be_loaded)
_rule((_P.RESUMING,), _K.RERUN, None, _hurried, _can_be_loaded)
_rule(UNBEGUN, _K.QUEUE, None, overdue.queued, overdue.not_queued_yet, _owner_gone)
_rule((_P.QUEUED,), _K.ADMIT, _P.RUNNING, _keep, _owner_lives)
_rule((_P.SCHEDULED, _P.RESUMING), _K.LATE, None, overdue.late, overdue.not_late_yet)
_rule(_EXISTING, _K.FORCE, None, _forced, _can_be_forced)
