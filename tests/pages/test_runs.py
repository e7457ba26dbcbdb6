"""What the page of a run is made of, without a server."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from signoff.core.settling import PAUSING, SUSPENDING
from signoff.core.transitions import RULES
from signoff.model.events import Kind
from signoff.model.runs import FINAL, Phase
from signoff.model.shared.artifacts import Artifact
from signoff.server.pages.runs.artifacts import MOST_ROWS, newest, piece
from signoff.server.pages.runs.offers import offers
from signoff.server.pages.runs.timeline import MOST_ROWS as MOST_BARS
from signoff.server.pages.runs.timeline import WAITING_SHARE, Span, timeline

SECOND = 1_000_000


def names(phase: Phase, name: str | None = None) -> set[str]:
    return {each.name for each in offers(phase, name)}


def test_only_what_is_allowed_and_new_is_offered() -> None:
    assert names(Phase.RUNNING) == {"pause", "suspend", "cancel"}
    assert names(Phase.RUNNING, PAUSING) == {"suspend", "cancel"}
    assert names(Phase.RUNNING, SUSPENDING) == {"cancel"}
    assert names(Phase.PAUSED) == {"suspend", "cancel"}
    assert names(Phase.SUSPENDED) == {"cancel"}
    assert names(Phase.CANCELLING) == set()
    assert names(Phase.FAILED) == {"retry"}
    assert names(Phase.COMPLETED) == set()
    for phase in Phase:
        assert all((phase, each.kind) in RULES for each in offers(phase, None))
        if phase in FINAL:
            assert not {Kind.HOLD, Kind.CANCEL} & {each.kind for each in offers(phase, None)}


def test_waiting_leaves_room_for_work() -> None:
    day = 86_400 * SECOND
    spans = [
        Span("a", "a", "good", 0, SECOND),
        Span("w", "w", "wait", SECOND, day, waits=True),
        Span("b", "b", "good", day, None),
    ]
    drawn = timeline(spans, day + SECOND)
    first, wait, last = drawn.bars
    assert wait.width == pytest.approx(1000 * WAITING_SHARE, abs=0.1)
    assert first.width == pytest.approx(last.width, abs=0.1)
    assert (first.x, last.x + last.width) == pytest.approx((0, 1000), abs=0.1)
    assert [tick.x for tick in drawn.ticks] == sorted(tick.x for tick in drawn.ticks)
    assert drawn.ticks[-1].at == pytest.approx(day + SECOND, abs=1)


def test_a_timeline_of_anything() -> None:
    assert timeline([], 5).rows == 0
    for start, end in ((5, 5), (9, 3), (7, None)):
        (bar,) = timeline([Span("x", "x", "go", start, end)], 1).bars
        assert bar.width >= 0
    many = timeline([Span(str(n), "x", "go", n, None) for n in range(MOST_BARS + 7)], 500)
    assert (many.rows, many.left_out) == (MOST_BARS, 7)


@pytest.mark.parametrize(
    ("data", "head", "rows"),
    [
        ('[{"a": 1}, {"b": null}]', ("a", "b"), (("1", ""), ("", ""))),
        ('{"a": [1, 2], "b": ["x"]}', ("a", "b"), (("1", "x"), ("2", ""))),
        ('[[1, "x"], [2]]', (), (("1", "x"), ("2", ""))),
        ([{"a": {"b": 1}}], ("a",), (('{\n  "b": 1\n}',),)),
    ],
)
def test_tables_as_they_may_be_written(data: Any, head: Any, rows: Any) -> None:
    table = piece(artifact(type="table", data=data)).table
    assert table is not None
    assert (table.head, table.rows) == (head, rows)


def test_what_is_no_table_is_text() -> None:
    for data in ("no json", "3", "[]", "[1, 2]", '{"a": 1}', None):
        assert piece(artifact(type="table", data=data)).table is None
    long = piece(artifact(type="table", data=[[n] for n in range(MOST_ROWS + 3)])).table
    assert long is not None
    assert (len(long.rows), long.left_out) == (MOST_ROWS, 3)
    for type_, data in (("progress", "9"), ("progress", True), ("image", "data:text/html,x")):
        found = piece(artifact(type=type_, data=data))
        assert (found.percent, found.link) == (None, None)


def test_one_of_each_key_is_shown() -> None:
    found = [artifact(5, key="a"), artifact(4), artifact(3, key="a"), artifact(2, key="b")]
    assert [each.id.int for each in newest(found)] == [2, 4, 5]


def artifact(number: int = 1, **changes: Any) -> Artifact:
    return Artifact(id=UUID(int=number), **changes)
