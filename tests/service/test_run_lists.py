"""Pages of runs, and counts that end: alike on both databases, light however many there are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bench.filling import fill
from signoff.model.commands import CreateRun
from signoff.model.errors import InvalidRequest
from signoff.model.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterMadeAhead,
    FlowRunFilterName,
    FlowRunFilterOpenWait,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
    FlowRunSort,
)
from signoff.model.queries import CountRuns
from signoff.model.run_lists import PageRuns, ReadQuestions, RunPage, TallyRuns
from signoff.model.runs import Phase
from signoff.model.state_types import StateType
from signoff.store import open_store
from signoff.store.known import Known
from signoff.store.repository.transaction import Transaction
from signoff.store.sqlite.session import SqliteSession, connect
from tests.service.world import LOGIN, YES_NO, World

pytestmark = pytest.mark.service

RUNS = 7


def state(*types: StateType, name: str | None = None) -> FlowRunFilterState:
    names = FlowRunFilterStateName(any_=[name]) if name else None
    return FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types)), name=names)


WAITING = state(StateType.PAUSED)
DONE = state(StateType.COMPLETED)
FAILED = state(StateType.FAILED)


def test_what_schedules_made_ahead_can_be_left_out(world: World) -> None:
    deployment = world.new_id()
    ahead = {"deployment_id": deployment, "schedule_id": world.new_id()}
    later = world.now + 3_600_000_000
    for name, when, by in (
        ("asked for", later, {}),
        ("due", world.now, ahead),
        ("later", later, ahead),
    ):
        world.ask(CreateRun(world.new(name=name, **by), Phase.SCHEDULED, when))
    now = FlowRunFilterMadeAhead(not_after_=datetime.fromtimestamp(world.now / 1e6, UTC))
    found = world.ask(PageRuns(flow_runs=FlowRunFilter(made_ahead=now)))
    assert names(found) == ["due", "asked for"]
    assert world.ask(CountRuns(flow_runs=FlowRunFilter(made_ahead=now))) == 2
    assert len(world.ask(PageRuns()).rows) == 3


def names(page: RunPage) -> list[str]:
    return [row.run.name for row in page.rows]


@pytest.mark.parametrize("sort", FlowRunSort)
def test_every_order_goes_on_and_comes_back(world: World, sort: FlowRunSort) -> None:
    # Two of each name, and three that have ended.
    for number in range(RUNS):
        world.later(1)
        run = world.start(name=f"run-{number // 2}")
        if number % 3 == 0:
            world.later(1)
            world.finish(run)
    whole = world.ask(PageRuns(sort=sort, limit=RUNS))
    assert (whole.earlier, whole.further, len(whole.rows)) == (None, None, RUNS)
    order = [row.run.id for row in whole.rows]
    there: list[Any] = []
    page = world.ask(PageRuns(sort=sort, limit=2))
    while True:
        there += [row.run.id for row in page.rows]
        if page.further is None:
            break
        page = world.ask(PageRuns(sort=sort, limit=2, after=page.further))
    assert there == order
    back = [row.run.id for row in page.rows]
    while page.earlier is not None:
        page = world.ask(PageRuns(sort=sort, limit=2, before=page.earlier))
        back = [row.run.id for row in page.rows] + back
    assert back == order


def test_what_is_made_or_deleted_meanwhile_shifts_nothing(world: World) -> None:
    runs = [world.start(name=f"run-{number}") for number in range(5)]
    first = world.ask(PageRuns(limit=2))
    assert names(first) == ["run-4", "run-3"]
    world.start(name="new")
    (gone,) = [run for run in runs if run.run_id == first.rows[-1].run.id]
    world.finish(gone)
    second = world.ask(PageRuns(limit=2, after=first.further))
    assert names(second) == ["run-2", "run-1"]
    assert names(world.ask(PageRuns(limit=5, before=second.earlier))) == ["new", "run-4", "run-3"]


def test_a_row_says_what_its_run_waits_for(world: World) -> None:
    several, parent = world.start(name="several"), world.start(name="parent")
    world.open(several, "one", form=YES_NO, title="Refund?")
    world.open(several, "two", title="")
    child = world.start(name="child", parent_run_id=parent.run_id, journal_key="c")
    world.open(child, title="Ship?")
    found = {row.run.name: row for row in world.ask(PageRuns()).rows}
    assert (found["several"].asks, found["several"].calls) == (("Refund?", "two"), False)
    assert (found["parent"].asks, found["parent"].calls) == ((), True)
    assert found["child"].asks == ("Ship?",)
    for text, expected in (("refund", {"several"}), ("TWO", {"several"}), ("zzz", set())):
        asked = FlowRunFilter(open_wait=FlowRunFilterOpenWait(like_=text))
        assert set(names(world.ask(PageRuns(flow_runs=asked)))) == expected, text


def test_more_open_questions_than_a_page_are_found(world: World) -> None:
    for number in range(205):
        world.open(world.start(name=f"run-{number}"), title="Refund?")
    wanted = FlowRunFilter(open_wait=FlowRunFilterOpenWait(like_="refund"))
    assert world.ask(TallyRuns((None,), flow_runs=wanted)) == (205,)
    assert world.ask(CountRuns(flow_runs=wanted)) == 205


def test_counts_by_state_end_at_their_bound(world: World) -> None:
    for number in range(6):
        run = world.start(name=f"odd-{number}" if number % 2 else f"even-{number}")
        if number < 4:
            world.finish(run, Phase.COMPLETED if number else Phase.FAILED)
        elif number == 4:
            world.open(run)
    states = (None, WAITING, state(StateType.PAUSED, name="Suspended"), DONE, FAILED)
    assert world.ask(TallyRuns(states)) == (6, 1, 0, 3, 1)
    assert world.ask(TallyRuns(states, most=2)) == (3, 1, 0, 3, 1)
    odd = FlowRunFilter(name=FlowRunFilterName(like_="odd-"))
    assert world.ask(TallyRuns(states, flow_runs=odd)) == (3, 0, 0, 2, 0)
    nobody = FlowFilter(name=FlowFilterName(any_=["nobody"]))
    assert world.ask(TallyRuns(states, flows=nobody)) == (0, 0, 0, 0, 0)


def test_what_is_asked_alike_whatever_else_differs(world: World) -> None:
    for number in range(3):
        initial = {"approved": True, "reason": str(number)}
        form = replace(YES_NO, description=f"Refund {number}?", initial=initial)
        world.open(world.start(name=f"same-{number}"), form=form)
    world.open(world.start(name="other"), form=LOGIN)
    words = [world.start(name=f"word-{number}") for number in range(2)]
    for run in words:
        world.open(run, "go")
    world.open(words[0], "and", form=LOGIN)
    found = world.ask(ReadQuestions())
    assert [(len(each.forms), each.count, each.key) for each in found] == [
        (3, 3, "go"),
        (1, 2, "go"),
        (0, 2, "go"),
    ]
    assert found[0].form is not None
    assert found[0].form.initial == {"approved": True}
    for each, expected in zip(found, (3, 2, 2), strict=True):
        only = FlowRunFilterOpenWait(
            form_any_=list(each.forms) or None, form_is_null_=None if each.forms else True
        )
        assert world.ask(CountRuns(flow_runs=FlowRunFilter(open_wait=only))) == expected
    same = FlowRunFilter(name=FlowRunFilterName(like_="same-"))
    assert [each.count for each in world.ask(ReadQuestions(flow_runs=same))] == [3]


def test_a_digest_that_is_none_is_refused() -> None:
    for wrong in ("", "abc", "zz"):
        with pytest.raises(ValidationError, match="form_any_"):
            FlowRunFilterOpenWait(form_any_=[wrong])


def test_a_page_that_cannot_be_is_refused(world: World) -> None:
    world.start()
    world.start()
    place = world.ask(PageRuns(limit=1)).further
    for wrong in (PageRuns(limit=0), PageRuns(limit=201), PageRuns(after=place, before=place)):
        with pytest.raises(InvalidRequest, match=r"limit must be|not both"):
            world.ask(wrong)


# However many there are ---------------------------------------------------------------------


def steps(path: Path, read: Callable[[Transaction], object]) -> int:
    """What a read costs in hundreds of steps of SQLite's machine: the same on every machine."""
    counted = 0

    def count() -> None:
        nonlocal counted
        counted += 1

    with closing(connect(path, 1.0)) as connection:
        transaction = Transaction(SqliteSession(connection, path), Known(), writing=False)
        read(transaction)
        connection.set_progress_handler(count, 100)
        read(transaction)
        connection.set_progress_handler(None, 0)
    return counted


@pytest.mark.parametrize("wanted", [None, WAITING, FAILED, DONE])
def test_a_page_of_many_runs_reads_few(tmp_path: Path, wanted: FlowRunFilterState | None) -> None:
    path = tmp_path / "signoff.db"
    with closing(open_store(f"sqlite:///{path}", home=tmp_path)) as store:
        world = World(store, tmp_path)
        world.finish(world.start(), Phase.FAILED)
        for _ in range(60):
            world.finish(world.start())
        world.open(world.start(), form=YES_NO)

        def page(transaction: Transaction) -> None:
            first = transaction.run_lists.page(PageRuns(flow_runs=FlowRunFilter(state=wanted)))
            assert first.rows
            among = (None, WAITING, FAILED, DONE)
            transaction.run_lists.tally(TallyRuns(among))

        fill(path, 2_000, 1)
        some = steps(path, page)
        fill(path, 8_000, 1)
        many = steps(path, page)
    assert many <= some * 1.1, (some, many)
