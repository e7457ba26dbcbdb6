"""YAML flows: what they cost beside the same work in Python, and how fast a document is read.

Owns these workloads and their goals. The peer has no YAML flows; its side is its own Python tasks
where the work is the same, and absent otherwise.
"""

from __future__ import annotations

from functools import partial

from bench.figures import Failure, Figures, Goal, Line
from bench.measuring import Sides, attempt, collect


def documents(sides: Sides) -> list[Line]:
    """Tasks of a document one by one and in loops; and a document of 200 tasks, read and judged."""

    def ours(program: str, count: int, repeats: int = 5) -> Figures | Failure:
        few = 2 if sides.quick else repeats
        return attempt(
            partial(collect, sides.signoff, False, "ms", "documents", program, count, few)
        )

    count, python = sides.times(200), "the same tasks in Python"
    floor = ours("python", count)
    bound = 0.0 if isinstance(floor, Failure) else 2 * floor.p50
    theirs = attempt(partial(collect, sides.prefect, False, "ms", "tasks", "sequential", count, 1))
    return [
        Line(
            "YAML task, one after another",
            "ms",
            ours("tasks", count),
            theirs,
            floor,
            python,
            [Goal("p50", bound)],
        ),
        Line(
            "iteration of a ForEach of 1,000, all at once",
            "ms",
            ours("each", sides.times(1000)),
            None,
            floor,
            python,
        ),
        Line(
            "ForEach of 100 that sleep 0.5 s each, concurrency 100",
            "ms",
            ours("sleep", 100),
            None,
            Figures([500.0]),
            "one of them",
        ),
        Line(
            "document of 200 tasks: read, judged, made a flow",
            "ms",
            ours("load", 200),
            None,
            ours("parse", 200),
            "its YAML parsed alone",
        ),
    ]
