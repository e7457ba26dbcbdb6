"""The sentence that a colleague reads about a run, and what is offered beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from signoff.core.overdue import LATE
from signoff.core.settling import PAUSING, SUSPENDING
from signoff.core.transitions import RULES
from signoff.model.journal import Reentry
from signoff.model.replies import InboxItem, WaitView
from signoff.model.runs import Phase
from signoff.model.states import State
from signoff.model.views import FlowRun
from signoff.model.waits import DeadlineAction, WaitKind, WaitStatus
from signoff.server.pages.runs.offers import offers
from signoff.server.pages.runs.sentence import footnote, sentence

SECOND = 1_000_000
MINUTE = 60 * SECOND
NOW = 1_800_000_000 * SECOND
RUN = UUID(int=1)
QUEUED = Phase.QUEUED.state_name


def at(minutes: int) -> datetime:
    return datetime.fromtimestamp(NOW / SECOND, UTC) + timedelta(minutes=minutes)


def run(phase: Phase, name: str | None = None, message: str | None = None, **facts: Any) -> FlowRun:
    state: State[Any] = State(type=phase.state_type, name=name or phase.state_name, message=message)
    return FlowRun(
        id=RUN,
        flow_id=RUN,
        state=state,
        state_type=state.type,
        state_name=state.name,
        **({"total_run_time": timedelta(seconds=90)} | facts),
    )


Case = tuple[Phase, FlowRun]


def case(phase: Phase, name: str | None = None, message: str | None = None, **facts: Any) -> Case:
    return phase, run(phase, name, message, **facts)


def wait(kind: WaitKind = WaitKind.INPUT, deadline: int | None = None, **facts: Any) -> WaitView:
    action = facts.pop("on_deadline", DeadlineAction.FAIL)
    item = InboxItem(
        run_id=RUN,
        run_name="demo",
        flow_name="refund",
        key="ok?",
        kind=kind,
        title=facts.pop("title", "Pay?"),
        opened_at=NOW - 10 * MINUTE,
        deadline=None if deadline is None else NOW + deadline * MINUTE,
        on_deadline=action,
        alive=facts.pop("alive", True),
        has_form=True,
        number=1,
    )
    return WaitView(item, WaitStatus.OPEN, None, None, (), None, None, None, ())


ENDED: dict[str, Any] = {"start_time": at(-30), "end_time": at(-20)}
BEGUN: dict[str, Any] = {"start_time": at(-30)}
TABLE: list[tuple[str, Case, list[WaitView], str]] = [
    # To begin.
    ("due later", case(Phase.SCHEDULED, expected_start_time=at(5)), [], "Starts in 5 minutes."),
    ("due now", case(Phase.SCHEDULED), [], "Starts soon."),
    (
        "late",
        case(Phase.SCHEDULED, LATE, expected_start_time=at(-5)),
        [],
        "It should have started 5 minutes ago, and nobody has taken it.",
    ),
    (
        "no worker",
        case(Phase.SCHEDULED, LATE, expected_start_time=at(-5), work_pool_name="gpu"),
        [],
        "It should have started 5 minutes ago, and no worker of work pool “gpu” has taken it.",
    ),
    (
        "no place to begin",
        case(Phase.SCHEDULED, QUEUED),
        [],
        "It is due, and starts as soon as there is a free place: others hold all of its limit.",
    ),
    ("a process starts", case(Phase.PENDING), [], "A process is being started for it."),
    # To work.
    ("working", case(Phase.PAUSED), [], "It waits."),
    (
        "pausing",
        case(Phase.RUNNING, PAUSING),
        [],
        "It pauses before its next task; tasks that run are let finish.",
    ),
    (
        "suspending",
        case(Phase.RUNNING, SUSPENDING),
        [],
        "Its process ends before its next task; tasks that run are let finish.",
    ),
    (
        "to be tried again",
        case(Phase.RETRYING, next_scheduled_start_time=at(3)),
        [],
        "It has failed, and is tried again in 3 minutes.",
    ),
    (
        "cancelling while it waits",
        case(Phase.CANCELLING),
        [wait()],
        "It is being cancelled: tasks that run are let finish.",
    ),
    # To wait.
    (
        "a question",
        case(Phase.PAUSED, **BEGUN),
        [wait(deadline=60)],
        "Waiting since 10 minutes ago for “Pay?”; in 60 minutes, the run fails.",
    ),
    (
        "a question for ever",
        case(Phase.SUSPENDED, **BEGUN),
        [wait()],
        "Waiting since 10 minutes ago for “Pay?”.",
    ),
    (
        "several",
        case(Phase.PAUSED, **BEGUN),
        [wait(deadline=60, on_deadline=DeadlineAction.CONTINUE), wait(), wait()],
        "Waiting since 10 minutes ago for “Pay?”, and for 2 more; in 60 minutes, the run goes on "
        "without an answer.",
    ),
    (
        "a default answer",
        case(Phase.PAUSED, **BEGUN),
        [wait(WaitKind.APPROVAL, 60, on_deadline=DeadlineAction.DEFAULT)],
        "Waiting since 10 minutes ago for “Pay?”; in 60 minutes, the default answer is taken.",
    ),
    (
        "a pause of a YAML flow without a form",
        case(Phase.SUSPENDED, **BEGUN),
        [wait(WaitKind.APPROVAL, 60, on_deadline=DeadlineAction.CANCEL)],
        "Waiting since 10 minutes ago for “Pay?”; in 60 minutes, the run is cancelled.",
    ),
    (
        "paused from outside",
        case(Phase.PAUSED, **BEGUN),
        [wait(WaitKind.HOLD)],
        "On hold since 10 minutes ago; it goes on when somebody resumes it.",
    ),
    (
        "a timer",
        case(Phase.SUSPENDED, **BEGUN),
        [wait(WaitKind.TIMER, 60)],
        "Sleeping since 10 minutes ago, until in 60 minutes.",
    ),
    (
        "a called run waits",
        case(Phase.PAUSED, **BEGUN),
        [wait(WaitKind.CHILD, title="letter-7")],
        "Waiting since 10 minutes ago for a run that it called, “letter-7”.",
    ),
    (
        "answered, no place to go on",
        case(Phase.QUEUED, **BEGUN),
        [],
        "It goes on as soon as there is a free place: others hold all of its limit.",
    ),
    (
        "answered, no process yet",
        case(Phase.RESUMING, **BEGUN),
        [],
        "A process is being started to go on with it.",
    ),
    (
        "answered, and nobody comes",
        case(Phase.RESUMING, LATE, expected_start_time=at(-5), **BEGUN),
        [],
        "It should have gone on 5 minutes ago, and nobody has taken it.",
    ),
    # Over.
    (
        "completed",
        case(Phase.COMPLETED, message="all well", **ENDED),
        [],
        "Completed 20 minutes ago, after 1 min 30 s of work and 8 min 30 s of waiting.",
    ),
    (
        "failed",
        case(Phase.FAILED, message="no stamps", **ENDED),
        [],
        "Failed 20 minutes ago, after 1 min 30 s of work and 8 min 30 s of waiting: no stamps",
    ),
    ("cancelled", case(Phase.CANCELLED), [], "Cancelled, after 1 min 30 s of work."),
    (
        "crashed",
        case(Phase.CRASHED, message="its process died", total_run_time=timedelta(0)),
        [],
        "Crashed, after 0 ms of work: its process died",
    ),
]


@pytest.mark.parametrize(
    ("case", "waits", "text"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE]
)
def test_what_is_going_on(case: Case, waits: list[WaitView], text: str) -> None:
    phase, flow_run = case
    assert sentence(flow_run, phase, waits, NOW) == text


def test_a_run_that_works() -> None:
    text = sentence(run(Phase.RUNNING, total_run_time=timedelta(hours=1)), Phase.RUNNING, [], NOW)
    assert text == "Running, for 1 h 0 min so far."


@pytest.mark.parametrize(
    ("phase", "waits", "retried", "reentry", "text"),
    [
        (Phase.PAUSED, [wait()], False, None, "Its process waits along."),
        (
            Phase.PAUSED,
            [wait(alive=False)],
            False,
            None,
            "No process waits for it: the answer starts one, which goes on where it stopped.",
        ),
        (
            Phase.SUSPENDED,
            [wait()],
            False,
            Reentry(replayed=3, rerun=1),
            "No process waits for it: the answer starts one, which goes on where it stopped. "
            "When it was entered again, 3 calls gave back what they did; 1 call ran again.",
        ),
        (
            Phase.CRASHED,
            [],
            True,
            None,
            "Retry goes on where it stopped: tasks that had finished are not run again.",
        ),
        (Phase.CRASHED, [], False, Reentry(), ""),
        (Phase.RUNNING, [], False, None, ""),
    ],
)
def test_what_else_there_is_to_know(
    phase: Phase, waits: list[WaitView], retried: bool, reentry: Reentry | None, text: str
) -> None:
    assert footnote(run(phase, reentry=reentry), phase, waits, retried) == text


def test_every_phase_has_its_words_and_what_the_rules_allow() -> None:
    for phase in Phase:
        if phase is Phase.ABSENT:
            continue
        told = sentence(run(phase), phase, [], NOW)
        assert told.endswith(".")
        assert "{" not in told
        legal = {
            each.name
            for each in offers(Phase.RUNNING, None) + offers(Phase.FAILED, None)
            if (phase, each.kind) in RULES and not each.there & {phase}
        }
        assert {each.name for each in offers(phase, None)} == legal
