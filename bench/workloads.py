"""The workloads: the same work on every side, one function each, returning rows of the report.

Owns what is measured and the goals. How a side is started belongs to `subjects`, what a floor costs
to `floors`, and what the sides do to `programs/`.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from functools import partial

from bench import departures, floors
from bench.documents import documents
from bench.figures import Failure, Figures, Goal, Line
from bench.measuring import Sides, api, attempt, attempt_all, collect
from bench.processes import Broken, Program, cpu_percent, rss_mib
from bench.subjects import Subject, fresh_folder

IMPORT = "from signoff import flow, task, pause_flow_run"


def hello(sides: Sides) -> list[Line]:
    """`python hello.py` in a fresh home, without a server: the whole process."""

    def measure(subject: Subject, count: int) -> Figures:
        values = []
        for _ in range(count):
            with fresh_folder() as folder:
                start = time.perf_counter()
                subject.start("hello", folder=folder).wait()
                values.append((time.perf_counter() - start) * 1000)
        return Figures(values)

    return [
        Line(
            "cold python hello.py",
            "ms",
            attempt(lambda: measure(sides.signoff, sides.times(20))),
            attempt(lambda: measure(sides.prefect, 2 if sides.quick else 3)),
            floors.bare_python(),
            "python -c pass",
            [Goal("p50", 200)],
        )
    ]


def imports(sides: Sides) -> list[Line]:
    """The import every flow begins with, timed inside a fresh process."""

    def measure(subject: Subject, count: int) -> Figures:
        statement = IMPORT.replace("signoff", subject.brand)
        text = (
            f"import time; start = time.perf_counter()\n{statement}\n"
            "print((time.perf_counter() - start) * 1000)"
        )
        values = []
        with fresh_folder() as folder:
            for _ in range(count + 1):
                done = subprocess.run(
                    [subject.python, "-c", text],
                    env=subject.env(folder),
                    cwd=folder,
                    capture_output=True,
                    text=True,
                )
                if done.returncode != 0:
                    raise Broken(done.stderr[-1000:].strip())
                values.append(float(done.stdout))
        return Figures(values[1:])

    return [
        Line(
            f"import: {IMPORT}",
            "ms",
            attempt(lambda: measure(sides.signoff, sides.times(20))),
            attempt(lambda: measure(sides.prefect, sides.times(10))),
            floors.pydantic_import(),
            "import pydantic, one model",
            [Goal("p50", 130)],
        )
    ]


def tasks(sides: Sides) -> list[Line]:
    """1,000 no-op tasks: one after another, and all submitted."""
    count = sides.times(1000)

    def both(served: bool, name: str, repeats: int, theirs: int) -> tuple[Figures | Failure, ...]:
        arguments = ("ms", "tasks", name, count)
        return (
            attempt(lambda: collect(sides.signoff, served, *arguments, repeats)),
            attempt(lambda: collect(sides.prefect, served, *arguments, theirs)),
        )

    few = 2 if sides.quick else 5
    normal, trip = floors.commit("normal"), floors.http_round_trip("normal")
    rows = [
        ("sequential task, embedded", False, "sequential", 3, 1, normal, 0.06),
        ("submitted task, embedded", False, "submitted", few, 3, normal, 0.08),
        ("sequential task, over HTTP", True, "sequential", 3, 1, trip, 0.6),
    ]
    lines = []
    for title, served, name, repeats, theirs, floor, bound in rows:
        ours, peer = both(served, name, repeats, theirs)
        floor_name = "HTTP round trip + commit (normal)" if served else "SQLite commit (normal)"
        goals = [Goal("p50", bound)]
        lines.append(Line(title, "ms", ours, peer, floor, floor_name, goals))
    return lines


def volume(sides: Sides) -> list[Line]:
    """Many tasks: mapped, given back from the cache, and what finished ones leave in memory."""
    few = 2 if sides.quick else 3
    normal, together = floors.commit("normal"), "SQLite commit (normal)"
    rows = [
        ("mapped task, 1,000 of them", "ms", "mapped", 1000, few, normal, together, 0.08),
        ("mapped task, 10,000 of them", "ms", "mapped", 10_000, 1, normal, together, 0.08),
        ("task whose result is in the cache", "ms", "cached", 500, 1, normal, together, None),
        (
            "memory of a finished task in a running flow",
            "KiB",
            "kept",
            5000,
            1,
            floors.kept_pairs(),
            "an id and a number in a list",
            1.0,
        ),
    ]
    lines = []
    for title, unit, name, count, repeats, floor, floor_name, bound in rows:
        arguments = ("ms", "tasks", name, sides.times(count), repeats)
        ours = attempt(partial(collect, sides.signoff, False, *arguments))
        theirs = attempt(partial(collect, sides.prefect, False, *arguments[:-1], 1))
        goals = [] if bound is None else [Goal("p50", bound)]
        lines.append(Line(title, unit, ours, theirs, floor, floor_name, goals))
    return lines


def logs(sides: Sides) -> list[Line]:
    """Log lines per second, from the first until the last can be read."""
    count = sides.times(5000)
    ours = attempt(partial(collect, sides.signoff, False, "per_second", "logs", count, 5))
    theirs = attempt(partial(collect, sides.prefect, False, "per_second", "logs", count, 2))
    title, floor = "log lines per second, embedded", floors.rows_written()
    name = "rows in commits of 200 (normal)"
    return [Line(title, "per s", ours, theirs, floor, name, higher_is_better=True)]


def runs(sides: Sides) -> list[Line]:
    """No-op flow runs, one after another in one process."""
    full, trip = floors.commit("full"), floors.http_round_trip("full")
    lines = []
    for served, floor, bound in ((False, full, 3000), (True, trip, 1000)):
        count = sides.times(1000)

        ours = partial(collect, sides.signoff, served, "per_second", "runs", count, 5)
        theirs = partial(collect, sides.prefect, served, "per_second", "runs", 5, 3)
        where = "over HTTP" if served else "embedded"
        lines.append(
            Line(
                f"no-op flow runs per second, {where}",
                "per s",
                attempt(ours),
                attempt(theirs),
                Figures([1000 / value for value in floor.values]),
                "one HTTP round trip + full commit each" if served else "one full commit each",
                [Goal("p50", bound)],
                higher_is_better=True,
            )
        )
    return lines


def _ask_and_answer(
    subject: Subject, served: bool, runs: int, questions: int, load: str, delay: float, poll: float
) -> tuple[Figures, Figures, Figures, Figures]:
    """Latencies of answers, in ms: from acceptance, from the call, from its return, of first calls.

    Every run asks once more than `questions`: the answering process loads code at its first call,
    so these are kept apart.
    """
    with fresh_folder() as folder, api(subject, folder, served) as url:
        asking = subject.start("asks", runs, questions + 1, load, folder=folder, api_url=url)
        try:
            ids = asking.wait_for("run", runs)
            person = subject.start(
                "answers", questions + 1, delay, poll, *ids, folder=folder, api_url=url
            )
            try:
                rows = person.wait()
            finally:
                person.close()
            answers = {
                tuple(row["answer"][:2]): row["answer"][2:] for row in rows if "answer" in row
            }
            accepted = {
                tuple(row["accepted"][:2]): row["accepted"][2] for row in rows if "accepted" in row
            }
            lines = {
                (run, number): at for run, number, *at in asking.wait_for("line", len(answers))
            }
        finally:
            asking.close()
    if not len(answers) == len(accepted) == runs * (questions + 1):
        told = f"{len(answers)} answers and {len(accepted)} acceptances"
        raise Broken(f"{told} of {runs * (questions + 1)}")
    later = [key for key in answers if key[1] > 0]
    return (
        Figures([(lines[key][1] - accepted[key]) / 1e6 for key in later]),
        Figures([(lines[key][0] - answers[key][0]) / 1e6 for key in later]),
        # The next line may well be reached before the answering call has returned.
        Figures([max(0, lines[key][0] - answers[key][1]) / 1e6 for key in later]),
        Figures([(lines[key][0] - answers[key][0]) / 1e6 for key in answers if key[1] == 0]),
    )


_THINKING = 0.05
"""Seconds that Signoff's person thinks at most."""


def pause(sides: Sides) -> list[Line]:
    """A run asks, another process answers: time until the line after the pause.

    Default settings on both sides. Prefect looks every 10 s, so its person thinks for up to 10 s
    (an answer given at once would always cost it the full 10 s), and ten of its runs ask side by
    side.
    """
    lines: list[Line] = []
    for burning, goals in (
        (False, [Goal("p50", 1), Goal("p99", 5)]),
        (True, [Goal("p99", 15)]),
    ):
        load = "burning" if burning else "quiet"
        few = 1 if sides.quick or burning else 5
        peer = attempt_all(
            4, partial(_ask_and_answer, sides.prefect, True, 10, few, load, 10.0, 0.2)
        )
        for served in (False, True):
            count = sides.times(50)
            ours = attempt_all(
                4, partial(_ask_and_answer, sides.signoff, served, 1, count, load, _THINKING, 0.002)
            )
            where = "over HTTP" if served else "embedded"
            if burning:
                where += ", one CPU-bound thread in the flow's process"
            made = floors.http_round_trip if served else floors.wake_up
            floor = made("full", 100, _THINKING)
            name = "HTTP round trip + full commit" if served else "full commit + unix datagram"
            name += ", as much idle before"
            for title, bounds, mine, their in zip(
                ("accepted", "called", "returned", "called, first of its process"),
                (goals, [], [], []),
                ours,
                peer,
                strict=True,
            ):
                title = f"answer {title} -> next line, {where}"
                lines.append(Line(title, "ms", mine, their, floor, name, bounds))
    return lines


def server(sides: Sides) -> list[Line]:
    """A server: from its start to its first good health answer, then idle."""
    seconds, starts = sides.idle_seconds, 2 if sides.quick else 5

    def measure(subject: Subject, count: int) -> tuple[Figures, Figures, Figures]:
        ready = []
        for number in range(count):
            with fresh_folder() as folder:
                start = time.perf_counter()
                with subject.server(folder) as (program, _):
                    ready.append((time.perf_counter() - start) * 1000)
                    if number + 1 == count:
                        # Let what a start leaves behind finish, then watch.
                        time.sleep(2)
                        idle = cpu_percent(program.process.pid, seconds)
                        memory = rss_mib(program.process.pid)
        return Figures(ready), Figures([idle], f"over {seconds:g} s"), Figures([memory])

    ours = attempt_all(3, lambda: measure(sides.signoff, starts))
    theirs = attempt_all(3, lambda: measure(sides.prefect, 2 if sides.quick else 3))
    floor = floors.empty_server(starts, seconds)
    rows = [
        ("server: start to ready, fresh home", "ms", 400.0),
        ("server: CPU when idle", "%", 0.15),
        ("server: resident memory when idle", "MiB", 80.0),
    ]
    return [
        Line(title, unit, mine, peer, bare, "empty uvicorn", [Goal("p50", bound)])
        for (title, unit, bound), mine, peer, bare in zip(rows, ours, theirs, floor, strict=True)
    ]


def waiting(sides: Sides) -> list[Line]:
    """100 runs paused in one process: its CPU, and that of the server they wait against."""
    count, seconds = 100, sides.idle_seconds

    def watch(program: Program) -> Figures:
        return Figures([cpu_percent(program.process.pid, seconds)], f"over {seconds:g} s")

    def embedded() -> Figures:
        with fresh_folder() as folder:
            program = sides.signoff.start("waiting", count, folder=folder)
            try:
                program.wait_for("paused")
                return watch(program)
            finally:
                program.close()

    def served(subject: Subject) -> tuple[Figures, Figures]:
        with fresh_folder() as folder, subject.server(folder) as (host, url):
            program = subject.start("waiting", count, folder=folder, api_url=url)
            try:
                program.wait_for("paused")
                return watch(program), watch(host)
            finally:
                program.close()

    alone = attempt(embedded)
    ours = attempt_all(2, partial(served, sides.signoff))
    theirs = attempt_all(2, partial(served, sides.prefect))
    floor, name = floors.blocked_threads(count, seconds), "100 blocked threads"
    idle_server = floors.empty_server(2 if sides.quick else 5, seconds)[1]
    goals = [Goal("p50", 0.3)]
    title = "CPU of 100 paused runs"
    return [
        Line(f"{title}, embedded: their process", "%", alone, theirs[0], floor, name, goals),
        Line(f"{title}, over HTTP: their process", "%", ours[0], theirs[0], floor, name, goals),
        Line(
            f"{title}, over HTTP: the server",
            "%",
            ours[1],
            theirs[1],
            idle_server,
            "empty uvicorn",
            goals,
        ),
    ]


WORKLOADS: dict[str, Callable[[Sides], list[Line]]] = {
    "hello": hello,
    "imports": imports,
    "tasks": tasks,
    "volume": volume,
    "logs": logs,
    "runs": runs,
    "pause": pause,
    "server": server,
    "waiting": waiting,
    "suspend": departures.suspend,
    "bulk": departures.bulk,
    "million": departures.million,
    "documents": documents,
}
