"""Workloads of runs that wait without a process: how fast they go on, and what they cost.

Owns what is measured and the goals, as `workloads` does for runs that keep their process. The peer
suspends deployed runs only, has no call that answers many, and makes 30 waiting runs a second: what
that means for each row is in `README.md`.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from bench import filling, floors
from bench.figures import Failure, Figures, Goal, Line
from bench.measuring import Sides, attempt, attempt_all
from bench.processes import Broken, Program
from bench.subjects import Subject, fresh_folder

_THINKING = 0.1
"""Seconds that Signoff's person thinks at most."""
_POLL = 10.0
"""The same for the peer: the interval in which it looks for answered runs."""
_POOL = "bench"


@contextmanager
def _claimer(subject: Subject, folder: Path, url: str, serves: bool) -> Iterator[None]:
    """Who starts the runs of the deployments: a script that serves them, or a worker."""
    if serves:
        program = subject.start("departs", "serve", folder=folder, api_url=url)
    else:
        env = subject.env(folder, url)
        made = [str(subject.console), "work-pool", "create", _POOL, "--type", "process"]
        done = subprocess.run(made, env=env, cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            raise Broken(done.stderr[-500:])
        subject.start("departs", "deploy", folder=folder, api_url=url).wait()
        program = Program([str(subject.console), "worker", "start", "--pool", _POOL], env, folder)
    try:
        yield
    finally:
        program.close()


@contextmanager
def _place(subject: Subject, serves: bool) -> Iterator[tuple[Path, str]]:
    """A server, and a claimer of its deployments."""
    with (
        fresh_folder() as folder,
        subject.server(folder) as (_, url),
        _claimer(subject, folder, url, serves),
    ):
        yield folder, url


def _answers(subject: Subject, serves: bool, count: int, thinking: float) -> tuple[Figures, ...]:
    """ms from acceptance, and from the call; both of the first run, which loads the code."""
    with _place(subject, serves) as (folder, url):
        person = subject.start(
            *("resumes", "one", count + 1, thinking, str(folder / "lines")),
            folder=folder,
            api_url=url,
        )
        first, *rows = [row["answer"] for row in person.wait() if "answer" in row]
    return (
        Figures([(line - accepted) / 1e6 for accepted, _, _, line in rows]),
        Figures([(line - called) / 1e6 for _, called, _, line in rows]),
        Figures([(first[3] - first[0]) / 1e6]),
    )


def _lateness(subject: Subject, count: int, ahead: float, apart: float) -> Figures:
    """ms from the moment a run was scheduled for to its first line."""
    with _place(subject, serves=True) as (folder, url):
        lines = str(folder / "lines")
        person = subject.start(
            "resumes", "scheduled", count, ahead, apart, lines, folder=folder, api_url=url
        )
        return Figures([row["late"] / 1e6 for row in person.wait() if "late" in row])


def _at_once(subject: Subject, count: int) -> tuple[Figures, Figures]:
    """Runs that went on per second when all were answered at once, and how many went wrong."""
    with _place(subject, serves=False) as (folder, url):
        person = subject.start(
            "resumes", "all", count, str(folder / "lines"), folder=folder, api_url=url
        )
        _, seconds, lost, doubled = next(row["all"] for row in person.wait() if "all" in row)
    return Figures([count / seconds]), Figures([lost + doubled])


def suspend(sides: Sides) -> list[Line]:
    """Suspended runs are answered: how long until they go on, one by one and many at once."""
    lines: list[Line] = []
    start = floors.bare_python()
    few = 1 if sides.quick else 3
    for serves, where in ((False, "a worker"), (True, "serve")):
        ours = attempt_all(3, partial(_answers, sides.signoff, serves, sides.times(30), _THINKING))
        theirs = attempt_all(3, partial(_answers, sides.prefect, serves, few, _POLL))
        goals = [Goal("p50", 30), Goal("p99", 100)]
        for title, mine, their, bounds in zip(
            ("accepted", "called", "accepted, first of its code"),
            ours,
            theirs,
            (goals, [], []),
            strict=True,
        ):
            name = f"answer {title} -> line after the suspend, {where}"
            lines.append(Line(name, "ms", mine, their, start, "python -c pass", bounds))
    lines.append(
        Line(
            "scheduled run: first line after its moment, serve",
            "ms",
            attempt(partial(_lateness, sides.signoff, sides.times(30), 1.0, 0.3)),
            attempt(partial(_lateness, sides.prefect, 3, 12.0, 4.0)),
            start,
            "python -c pass",
        )
    )
    many = sides.times(200)
    ours = attempt_all(2, partial(_at_once, sides.signoff, many))
    theirs = attempt_all(2, partial(_at_once, sides.prefect, 2 if sides.quick else 6))
    forked = floors.forks_per_second()
    nothing = Figures([0.0])
    lines += [
        Line(
            f"{many} resumed at once: runs that went on per second",
            "per s",
            ours[0],
            theirs[0],
            forked,
            "fork + exit",
            higher_is_better=True,
        ),
        Line(
            f"{many} resumed at once: lost or done twice",
            "runs",
            ours[1],
            theirs[1],
            nothing,
            "none",
            [Goal("p50", 0)],
        ),
    ]
    return lines


# Making waiting runs -----------------------------------------------------------------------


def _suspended_here(subject: Subject, clients: int, count: int) -> Figures:
    """Runs that were started and left per second, by so many processes; 0: without a server."""

    def rate(folder: Path, url: str | None) -> float:
        made = [
            subject.start("departs", "here", count, folder=folder, api_url=url)
            for _ in range(max(clients, 1))
        ]
        rows = [row for each in made for row in each.wait()]
        return float(sum(row["per_second"][0] for row in rows if "per_second" in row))

    with fresh_folder() as folder:
        if not clients:
            return Figures([rate(folder, None) for _ in range(3)])
        with subject.server(folder) as (_, url):
            return Figures([rate(folder, url) for _ in range(3)])


def _made(subject: Subject, count: int, over_http: bool) -> Figures:
    """Runs of a deployment that one call makes per second."""

    def rate(folder: Path, url: str | None) -> float:
        rows = subject.start("departs", "make", count, folder=folder, api_url=url).wait()
        return float(next(row["per_second"][0] for row in rows if "per_second" in row))

    rates = []
    for _ in range(3):
        with fresh_folder() as folder:
            if not over_http:
                rates.append(rate(folder, None))
                continue
            with subject.server(folder, "--no-worker") as (_, url):
                rates.append(rate(folder, url))
    return Figures(rates)


def _held(subject: Subject, count: int) -> tuple[Figures, Figures]:
    """The peer's way to make waiting runs: how many per second, and bytes of each."""
    with fresh_folder() as folder, subject.server(folder) as (_, url):
        made: list[Figures] = []
        sizes = []
        for _ in range(2):
            rows = subject.start("holds", count, folder=folder, api_url=url).wait()
            made.append(Figures([row["per_second"][0] for row in rows if "per_second" in row]))
            sizes.append(filling.size_after_vacuum(folder / f"{subject.brand}.db"))
    return made[1], Figures([(sizes[1] - sizes[0]) / count / 1024])


def _bytes_on_sqlite(subject: Subject, count: int) -> Figures:
    """KiB of a waiting run, its log lines included."""
    with fresh_folder() as folder:
        sizes = []
        for _ in range(2):
            subject.start("departs", "here", count, folder=folder).wait()
            sizes.append(filling.size_after_vacuum(folder / "signoff.db"))
    return Figures([(sizes[1] - sizes[0]) / (count + 1) / 1024])


def _bytes_on_postgres(subject: Subject, count: int) -> Figures:
    with fresh_folder() as folder, filling.postgres() as url:
        away = Subject(
            subject.brand,
            subject.python,
            subject.version,
            {**subject.settings, "SIGNOFF_SERVER_DATABASE_CONNECTION_URL": url},
        )
        sizes = []
        for _ in range(2):
            away.start("departs", "here", count, folder=folder).wait()
            sizes.append(filling.size_on_postgres(url))
    return Figures([(sizes[1] - sizes[0]) / (count + 1) / 1024])


# Many --------------------------------------------------------------------------------------


@contextmanager
def _waiting(subject: Subject, count: int, shown: int) -> Iterator[tuple[Path, str, list[str]]]:
    """A server over so many waiting runs, without a worker: answers start nothing."""
    with fresh_folder() as folder:
        subject.start("departs", "here", 1, folder=folder).wait()
        ids = filling.fill(folder / "signoff.db", count, shown)
        with subject.server(folder, "--no-worker") as (_, url):
            yield folder, url, list(ids)


def _by_one_call(subject: Subject, size: int) -> tuple[Figures, Figures]:
    """Runs answered per second by one call, and what others wait meanwhile, in ms."""
    spare = 2000
    with _waiting(subject, size + spare, size + spare) as (folder, url, ids):
        mine, theirs = folder / "mine.txt", folder / "theirs.txt"
        mine.write_text("\n".join(ids[:size]))
        theirs.write_text("\n".join(ids[size:]))
        others = subject.start("many", "others", str(theirs), folder=folder, api_url=url)
        try:
            others.wait_for("warm")
            answer = subject.start("many", "answer", size, str(mine), folder=folder, api_url=url)
            ((began, ended, rate),) = [
                row["answered"] for row in answer.wait() if "answered" in row
            ]
            times = others.wait_for("other")
        finally:
            others.close()
    felt = [(end - start) / 1e6 for start, end in times if start < ended and end > began]
    return Figures([rate]), Figures(felt)


def bulk(sides: Sides) -> list[Line]:
    """Many waiting runs: making them, keeping them, and answering them by one call."""
    count = sides.times(1000)
    held = attempt_all(2, partial(_held, sides.prefect, sides.times(100)))
    answered = attempt_all(4, partial(_looks_of_peer, sides.prefect, sides.times(100)))
    here = attempt(partial(_suspended_here, sides.signoff, 0, count))
    four = attempt(partial(_suspended_here, sides.signoff, 4, count // 2))
    commits = Figures([1000 / value for value in floors.commit("full").values])
    trips = Figures([1000 / value for value in floors.http_round_trip("full").values])
    row = floors.row_bytes()
    lines = [
        Line(
            *("run started and suspended, embedded", "per s", here, held[0], commits),
            *("one full commit each", [Goal("p50", 4000)]),
            higher_is_better=True,
        ),
        Line(
            *("run started and suspended, over HTTP with 4 clients", "per s", four, held[0], trips),
            *("one HTTP round trip + full commit each", [Goal("p50", 1500)]),
            higher_is_better=True,
        ),
    ]
    for where, over_http in (("embedded", False), ("over HTTP", True)):
        made = attempt(partial(_made, sides.signoff, 10 * count, over_http))
        title = f"{10 * count:,} runs of a deployment made by one call, {where}"
        lines.append(
            Line(
                *(title, "per s", made, held[0], floors.rows_written()),
                # No goal: these runs are scheduled; the design's is for suspended ones.
                *("rows in commits of 200", []),
                higher_is_better=True,
            )
        )
    for where, bound, measure in (
        ("SQLite", 0.75, _bytes_on_sqlite),
        ("PostgreSQL", 1.0, _bytes_on_postgres),
    ):
        kept = attempt(partial(measure, sides.signoff, count))
        title = f"a suspended run after VACUUM, {where}"
        goals = [Goal("p50", bound)]
        lines.append(
            Line(title, "KiB", kept, held[1], row, "two ids, two moments, an index", goals)
        )
    for size in (count, 10 * count):
        rate, felt = attempt_all(2, partial(_by_one_call, sides.signoff, size))
        lines += [
            Line(
                *(f"{size:,} answered by one call", "per s", rate, answered[3]),
                *(floors.rows_written(), "rows in commits of 200", [Goal("p50", 40_000)]),
                higher_is_better=True,
            ),
            Line(
                *(f"others while {size:,} are answered: a read or an answer", "ms", felt),
                *(_both(answered[1], answered[2]), floors.http_round_trip("full")),
                *("HTTP round trip + full commit", [Goal("p99", 10)]),
            ),
        ]
    return lines


def _both(one: Figures | Failure, other: Figures | Failure) -> Figures | Failure:
    if isinstance(one, Failure):
        return one
    return other if isinstance(other, Failure) else Figures([*one.values, *other.values])


def _looks(
    subject: Subject, page: tuple[str, str, str], folder: Path, url: str, ids: list[str]
) -> tuple[Figures, ...]:
    """ms of the first page, of reading a run, and of answering it; answers per second."""
    rows = subject.start("looks", *page, *ids, folder=folder, api_url=url).wait()
    found = {name: values for row in rows for name, values in row.items()}
    return tuple(Figures(found[name]) for name in ("page", "read", "answer", "answers_per_second"))


def _looks_of_peer(subject: Subject, count: int) -> tuple[Figures, ...]:
    body = '{"flow_runs": {"state": {"type": {"any_": ["PAUSED"]}}}, "limit": 50}'
    with fresh_folder() as folder, subject.server(folder) as (_, url):
        rows = subject.start("holds", count, folder=folder, api_url=url).wait()
        ids = next(row["runs"] for row in rows if "runs" in row)
        return _looks(subject, ("POST", "/flow_runs/filter", body), folder, url, ids)


def _looks_of_ours(subject: Subject, count: int, shown: int) -> tuple[Figures, ...]:
    with _waiting(subject, count, shown) as (folder, url, ids):
        return _looks(subject, ("GET", "/inbox?limit=50", ""), folder, url, ids)


def million(sides: Sides) -> list[Line]:
    """With 1,000,000 waiting: the first page of the inbox, one read, one answer, over HTTP."""
    count = sides.times(1_000_000)
    ours = attempt_all(4, partial(_looks_of_ours, sides.signoff, count, sides.times(200)))
    theirs = attempt_all(4, partial(_looks_of_peer, sides.prefect, sides.times(100)))
    normal, full = floors.http_round_trip("normal"), floors.http_round_trip("full")
    titles = (
        ("first page of the inbox", normal, 20.0),
        ("one read", normal, 5.0),
        ("one answer", full, 10.0),
    )
    return [
        Line(
            *(f"{count:,} waiting: {title}, over HTTP", "ms", mine, their, floor),
            *("HTTP round trip with a commit", [Goal("p99", bound)]),
        )
        for (title, floor, bound), mine, their in zip(titles, ours, theirs, strict=False)
    ]
