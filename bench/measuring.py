"""Measuring one side: who takes part, where, and what becomes of a side that fails.

Owns what every workload needs. Knows nothing of what is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.figures import Failure, Figures
from bench.processes import Broken
from bench.subjects import Subject, fresh_folder


@dataclass(frozen=True, slots=True)
class Sides:
    """Who takes part, and how long to measure."""

    signoff: Subject
    prefect: Subject
    quick: bool = False

    def times(self, count: int) -> int:
        """`count` repetitions, far fewer for a quick look."""
        return max(2, count // 10) if self.quick else count

    @property
    def idle_seconds(self) -> float:
        """How long to watch an idle process."""
        return 3.0 if self.quick else 15.0


def attempt(measure: Callable[[], Figures]) -> Figures | Failure:
    """A measurement, or why it failed: one broken side never hides the others."""
    return attempt_all(1, lambda: (measure(),))[0]


def attempt_all(
    count: int, measure: Callable[[], tuple[Figures | Failure, ...]]
) -> tuple[Figures | Failure, ...]:
    """Several figures from one measurement, or the reason it failed for each of them."""
    try:
        return measure()
    except Broken as error:
        return (Failure(str(error)),) * count


@contextmanager
def api(subject: Subject, folder: Path, served: bool) -> Iterator[str | None]:
    """The API URL of a server over the folder's home, or None for embedded."""
    if not served:
        yield None
        return
    with subject.server(folder) as (_, url):
        yield url


def collect(subject: Subject, served: bool, key: str, name: str, *arguments: str | int) -> Figures:
    """Run a measured program to its end and take the list it printed under `key`."""
    with fresh_folder() as folder, api(subject, folder, served) as url:
        objects = subject.start(name, *arguments, folder=folder, api_url=url).wait()
    values = [value for found in objects if key in found for value in found[key]]
    if not values:
        raise Broken(f"{name} printed no {key!r}")
    return Figures(values)
