"""An answer is judged before the transaction that records it; what happens in between counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from signoff.core.forms.checking import check
from signoff.gateway.vault import FernetVault
from signoff.model.commands import CancelRun, TakeOutcome
from signoff.model.errors import AnswerConflict, DeadlinePassed, InvalidAnswer, NotPausedError
from signoff.model.forms import FieldError, Form, Json
from signoff.model.queries import ReadWait
from signoff.model.replies import RunHandle
from signoff.service.orchestrator import Orchestrator
from signoff.store.sqlite.store import open_sqlite
from tests.service.world import BOB, CAROL, YES_NO, World

pytestmark = pytest.mark.service

YES, NO = {"approved": True}, {"approved": False}


class Meanwhile:
    """Does something once, when the next answer is judged."""

    def __init__(self) -> None:
        self.does: Callable[[], object] | None = None
        self.judged = 0

    def __call__(self, form: Form, answer: Json) -> Sequence[FieldError]:
        self.judged += 1
        does, self.does = self.does, None
        if does is not None:
            does()
        return check(form, answer)


@pytest.fixture
def meanwhile(world: World, tmp_path: Path) -> Meanwhile:
    """Whoever answers next is interrupted while the form is judged."""
    interrupts = Meanwhile()
    world.service = Orchestrator(
        world.store,
        lambda: world.now,
        world.new_id,
        lambda owner, now: owner.process.id not in world.dead,
        interrupts,
        FernetVault(tmp_path),
    )
    return interrupts


def asking(world: World, **facts: object) -> RunHandle:
    run = world.start()
    world.open(run, form=YES_NO, **facts)
    return run


def test_an_answer_that_came_first_stands(world: World, meanwhile: Meanwhile) -> None:
    run = asking(world)
    meanwhile.does = lambda: world.answer(run, NO, "go", CAROL)
    with pytest.raises(AnswerConflict, match="carol"):
        world.answer(run, YES, "go")
    assert world.poll(run).answer == {"approved": False, "reason": "none given"}


def test_the_same_answer_that_came_first_is_no_conflict(world: World, meanwhile: Meanwhile) -> None:
    run = asking(world)
    meanwhile.does = lambda: world.answer(run, YES, "go", CAROL)
    reply = world.answer(run, YES, "go")
    assert (reply.replayed, reply.answered_by) == (True, CAROL)
    assert [one.by for one in world.ask(ReadWait(run.run_id, "go")).responses] == [CAROL]


def test_a_repeated_request_never_answers_the_next_question(
    world: World, meanwhile: Meanwhile
) -> None:
    run, request = asking(world), world.new_id()

    def first_and_next_question() -> None:
        world.answer(run, YES, None, BOB, request)
        world.ask(TakeOutcome(run.run_id, run.entry, world.poll(run).wait_id))
        world.open(run, "next", form=YES_NO)

    meanwhile.does = first_and_next_question
    assert world.answer(run, YES, None, BOB, request).key == "go"
    assert world.ask(ReadWait(run.run_id, "next")).answer is None


def test_a_run_that_was_cancelled_takes_no_answer(world: World, meanwhile: Meanwhile) -> None:
    run = asking(world)
    meanwhile.does = lambda: world.ask(CancelRun(run.run_id))
    with pytest.raises(NotPausedError):
        world.answer(run, YES, "go")


def test_a_deadline_that_passes_meanwhile_is_kept(world: World, meanwhile: Meanwhile) -> None:
    run = asking(world, timeout=5)
    meanwhile.does = lambda: world.later(6)
    with pytest.raises(DeadlinePassed):
        world.answer(run, YES, "go")


def test_a_process_that_dies_meanwhile_needs_another(world: World, meanwhile: Meanwhile) -> None:
    run = asking(world)
    meanwhile.does = lambda: world.dead.add("p1")
    assert world.answer(run, YES, "go").needs_entry


def test_an_answer_is_judged_once(world: World, meanwhile: Meanwhile) -> None:
    run = asking(world)
    world.answer(run, YES, "go")
    assert meanwhile.judged == 1
    other = asking(world)
    with pytest.raises(InvalidAnswer):
        world.answer(other, {"approved": "perhaps"}, "go")
    assert meanwhile.judged == 2


def test_an_answer_is_judged_once_though_an_earlier_one_is_not_received(
    world: World, meanwhile: Meanwhile
) -> None:
    run = asking(world)
    world.answer(run, YES, "go")
    world.open(run, "next", form=YES_NO)
    received = TakeOutcome(run.run_id, run.entry, world.poll(run).wait_id)
    meanwhile.does = lambda: world.ask(received)
    world.answer(run, NO, "next")
    assert meanwhile.judged == 2
    assert [world.poll(run, key).answer for key in ("go", "next")] == [
        {"approved": True, "reason": "none given"},
        {"approved": False, "reason": "none given"},
    ]


def test_the_transaction_of_an_answer_is_short(tmp_path: Path) -> None:
    """What is pinned is how much lies between the moment of an answer and its commit; statements
    are the same on both databases."""
    store = open_sqlite(f"sqlite:///{tmp_path / 'signoff.db'}", home=tmp_path)
    world = World(store, tmp_path)
    # Who answers is stored once.
    world.answer(asking(world), YES, "go")
    run = asking(world)
    connection = store.acquire(durable=True)
    store.release()
    said: list[str] = []
    connection.set_trace_callback(said.append)
    world.answer(run, YES, "go")
    connection.set_trace_callback(None)
    store.close()
    assert [" ".join(text.split()[:3]) for text in said] == [
        "BEGIN IMMEDIATE",
        "SELECT no, phase,",
        "UPDATE runs SET",
        "UPDATE waits SET",
        "INSERT INTO history",
        "INSERT INTO responses",
        "INSERT INTO counters",
        "COMMIT",
    ]
