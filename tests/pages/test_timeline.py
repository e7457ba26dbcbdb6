"""The timeline of a run: what is drawn, and how people move in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import expect

from signoff.gateway.http import HttpGateway
from signoff.model.actors import SERVICE
from signoff.model.commands import AnswerWait, FinishTasks, StartRun, StartTasks
from signoff.model.events import HistoryEntry, Kind
from signoff.model.journal import TaskInput, TaskInputs
from signoff.model.runs import Phase
from signoff.model.state_types import StateType
from signoff.model.views import FlowRun, TaskRun
from signoff.server.pages.runs.spans import FEW, Folds, Work, marks_of, own_span, spans_of
from signoff.server.pages.runs.timeline import MOST_ARROWS, Span, timeline
from tests.pages.conftest import LOOKS, Open
from tests.pages.questions import approval
from tests.pages.runs import SECOND, Worked
from tests.server.serving import new_run, task_of
from tests.support.browser import violations

RUN = UUID(int=9)


def folds(*names: str) -> Folds:
    return Folds(frozenset(names), lambda name: f"?open={name}")


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def task(number: int, key: str = "flows.part", **changes: Any) -> TaskRun:
    values = {
        "id": UUID(int=number),
        "name": f"part-{number}",
        "task_key": key,
        "state_type": StateType.COMPLETED,
        "state_name": "Completed",
        "run_count": 1,
        "start_time": moment(number),
        "end_time": moment(number + 1),
    }
    return TaskRun.model_validate(values | changes)


def given(*numbers: int) -> dict[str, object]:
    return {"x": [{"input_type": "task_run", "id": str(UUID(int=number))} for number in numbers]}


# What is drawn -----------------------------------------------------------------------------


def test_arrows_lead_from_what_was_given() -> None:
    first, second = task(1), task(2, run_count=3)
    odd = {"x": [{"input_type": "parameter"}, 7, {"id": "?"}], "y": None, "wait_for": []}
    third = task(5, task_inputs=given(1, 2, 77) | {"z": given(1)["x"]})
    line = timeline(
        spans_of(RUN, Work([first, second, third, task(4, task_inputs=odd)]), folds()), 0
    )
    assert [(arrow.source, arrow.target) for arrow in line.arrows] == [(0, 3), (1, 3)]
    assert line.bars[3].after == ("part-1", "part-2")
    assert line.bars[1].span.note == "3 attempts"
    for arrow in line.arrows:
        assert arrow.turn <= arrow.x1 <= arrow.x2 == line.bars[3].x


def test_an_arrow_to_itself_or_to_nothing_is_none() -> None:
    own = UUID(int=1)
    spans = [
        Span(own, "a", "good", 0, 5, inputs=(own, UUID(int=2))),
        *(Span(str(n), "b", "good", n, 9, inputs=(own,)) for n in range(MOST_ARROWS // 2)),
    ]
    assert len(timeline(spans, 9).arrows) < MOST_ARROWS
    assert timeline(spans[:1], 9).arrows == ()


def test_many_alike_are_one_until_they_are_unfolded() -> None:
    bad: dict[str, Any] = {"state_type": StateType.FAILED, "state_name": "Failed"}
    parts = [task(n, **(bad if n == 7 else {})) for n in range(1, 1001)]
    total = task(1001, "flows.total", name="total", task_inputs=given(*range(1, 1001)))
    line = timeline(spans_of(RUN, Work([*parts, total]), folds()), 0)
    many, one = line.bars
    assert many.span.label == "part × 1000"
    assert many.span.note == "999 completed, 1 failed"
    assert many.span.tone == "bad"
    assert {piece.tone for piece in many.pieces} == {"good", "bad"}
    assert len(many.pieces) <= 100
    assert (one.span.label, one.after) == ("total", ("part × 1000",))
    unfolded = timeline(spans_of(RUN, Work([*parts, total]), folds("flows.part")), 0)
    assert [bar.depth for bar in unfolded.bars] == [0, *[1] * 100, 0]
    assert unfolded.bars[0].span.note.endswith("the first 100")
    assert len(unfolded.arrows) == 101


def test_few_are_drawn_one_by_one() -> None:
    few = [task(n) for n in range(1, FEW + 1)]
    assert len(spans_of(RUN, Work(few), folds())) == FEW
    kinds = [task(n, f"flows.t{n}") for n in range(1, 100)]
    assert len(spans_of(RUN, Work(kinds), folds())) == 99


def test_of_those_that_still_run() -> None:
    running: dict[str, Any] = {
        "state_type": StateType.RUNNING,
        "state_name": "Running",
        "end_time": None,
    }
    some = [task(n, **(running if n > 60 else {})) for n in range(1, 65)]
    (bar,) = timeline(spans_of(RUN, Work(some), folds()), 90 * SECOND).bars
    assert bar.span.end is None
    assert bar.pieces[-1].tone == "go"
    assert bar.pieces[-1].x + bar.pieces[-1].width == pytest.approx(bar.x + bar.width, abs=0.1)


def test_what_a_called_run_did_is_drawn_inside() -> None:
    child = FlowRun.model_validate(
        {
            "id": UUID(int=50),
            "flow_id": RUN,
            "flow_name": "sub",
            "name": "kid",
            "state_type": StateType.COMPLETED,
            "state_name": "Completed",
            "run_count": 1,
            "start_time": moment(2),
            "end_time": moment(8),
        }
    )
    call = task(40, name="sub", child_flow_run_id=child.id, task_inputs=given(1))
    after = task(9, task_inputs=given(40))
    inside = {child.id: Work([task(3)])}
    opened = Folds(frozenset([str(child.id)]), folds().toggled, inside)
    line = timeline(spans_of(RUN, Work([task(1), call, after], [child]), opened), 0)
    assert [(bar.span.label, bar.depth) for bar in line.bars] == [
        ("part-1", 0),
        ("sub / kid", 0),
        ("part-3", 1),
        ("part-9", 0),
    ]
    assert [(arrow.source, arrow.target) for arrow in line.arrows] == [(0, 1), (1, 3)]
    assert line.bars[2].span.href == f"/runs/{child.id}#task-{UUID(int=3)}"


def test_the_run_itself_and_its_attempts() -> None:
    def entry(at: int, kind: Kind, phase: Phase) -> HistoryEntry:
        return HistoryEntry(at, RUN, at, kind, at * SECOND, SERVICE, phase, "", None, None)

    history = [
        entry(1, Kind.CREATE, Phase.SCHEDULED),
        entry(4, Kind.START, Phase.RUNNING),
        entry(5, Kind.OPEN, Phase.PAUSED),
        entry(8, Kind.ANSWER, Phase.RUNNING),
        entry(8, Kind.HOLD, Phase.RUNNING),
        entry(9, Kind.RETRY, Phase.RETRYING),
        entry(10, Kind.BEGIN, Phase.RUNNING),
        entry(11, Kind.ENTER, Phase.RUNNING),
        entry(12, Kind.COMPLETE, Phase.COMPLETED),
    ]
    run = FlowRun(id=RUN, flow_id=RUN, start_time=moment(4), end_time=moment(12))
    own = own_span(run, history)
    assert own is not None
    assert [(part.start, part.end, part.waits) for part in own.parts] == [
        (4 * SECOND, 5 * SECOND, False),
        (5 * SECOND, 8 * SECOND, True),
        (8 * SECOND, 9 * SECOND, False),
        (9 * SECOND, 10 * SECOND, False),
        (10 * SECOND, 12 * SECOND, False),
    ]
    assert [mark.label for mark in marks_of(history)] == ["attempt 2", "process 2"]
    line = timeline([], 0, marks_of(history), own)
    assert [mark.x for mark in line.marks] == pytest.approx([750, 875])
    assert own_span(FlowRun(id=RUN, flow_id=RUN), history) is None


# In a browser ------------------------------------------------------------------------------


def chained(run: Worked, *names: str) -> None:
    """Tasks of which each was given what the one before returned."""
    tasks = [
        replace(
            task_of(run.handle, number),
            name=name,
            task_key=name,
            started=run.began + number * SECOND,
            ended=run.began + (number + 1) * SECOND,
        )
        for number, name in enumerate(names)
    ]
    inputs = tuple(
        TaskInputs(after.id, run.id, (TaskInput("x", before.id),))
        for before, after in pairwise(tasks)
    )
    run.gateway.send(FinishTasks(tuple(tasks)))
    run.gateway.send(StartTasks((), inputs))


@pytest.mark.parametrize("style", LOOKS)
def test_it_zooms_by_click_and_by_key(look: Open, gateway: HttpGateway, style: str) -> None:
    run = Worked(gateway, name="zoom")
    chained(run, "fetch", "clean", "load")
    run.question(form=approval())
    gateway.send(AnswerWait(run.id, {"approved": False, "comment": "no"}, "ok?"))
    page = look(f"/runs/{run.id}", **LOOKS[style])
    expect(page.locator(".arrow")).to_have_count(2)
    expect(page.locator("svg.timeline")).to_contain_text("answered by")
    page.locator("[data-chart]").focus()
    page.keyboard.press("+")
    expect(page.locator("svg.zoom2")).to_be_visible()
    expect(page.locator("[data-chart]")).to_be_focused()
    page.keyboard.press("+")
    expect(page.locator("svg.zoom4")).to_be_visible()
    page.keyboard.press("-")
    expect(page.locator("svg.zoom2")).to_be_visible()
    page.keyboard.press("0")
    expect(page.locator("svg.zoom1")).to_be_visible()
    page.get_by_role("link", name="8×").click()
    expect(page.locator("svg.zoom8")).to_be_visible()
    assert "zoom=8" in page.url
    page.get_by_text("The timeline as text").click()
    text = page.get_by_role("group", name="The timeline as text")
    expect(text.get_by_role("row", name="clean task")).to_contain_text("fetch")
    assert violations(page) == []
    run.finish()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_a_called_run_did_is_unfolded(look: Open, gateway: HttpGateway, scripts: bool) -> None:
    run = Worked(gateway, name="parent")
    new = new_run(name="kid", flow_name="sub", parent_run_id=run.id, journal_key="k")
    child = gateway.send(StartRun(new, gateway.process.id))
    gateway.send(FinishTasks((replace(task_of(child), name="inner work"),)))
    page = look(f"/runs/{run.id}", java_script_enabled=scripts)
    expect(page.locator("svg.timeline")).not_to_contain_text("inner work")
    page.get_by_role("link", name="Show what sub / kid did").click()
    expect(page.locator("svg.timeline")).to_contain_text("inner work")
    page.get_by_role("link", name="Hide what sub / kid did").click()
    expect(page.locator("svg.timeline")).not_to_contain_text("inner work")
    run.finish()


def test_a_thousand_tasks_stay_readable(look: Open, gateway: HttpGateway) -> None:
    run = Worked(gateway, name="many")
    gateway.send(
        FinishTasks(
            tuple(
                replace(
                    task_of(run.handle, number),
                    id=uuid4(),
                    started=run.began + number * 1_000,
                    ended=run.began + number * 1_000 + 5_000,
                )
                for number in range(999)
            )
        )
    )
    run.finish()
    page = look(f"/runs/{run.id}")
    expect(page.locator("svg.timeline a")).to_have_count(2)
    expect(page.locator("svg.timeline")).to_contain_text("work × 999")
    expect(page.locator("#tasks tbody tr")).to_have_count(100)
    assert len(page.content()) < 120_000
    page.get_by_role("link", name="Earlier tasks").click()
    expect(page.get_by_role("link", name="Later tasks")).to_be_visible()
    page.locator("svg.timeline a", has_text="work × 999").click()
    expect(page.locator("svg.timeline a")).to_have_count(102)
    assert violations(page) == []
