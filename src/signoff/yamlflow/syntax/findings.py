"""What is wrong with a document, as it is found.

Owns collecting, and the words for names that do not exist. Must not judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from signoff.yamlflow.problems import Mark, Problem, Severity

Path = tuple[str | int, ...]

MOST = 100
"""How many errors, and how many warnings, are told; the rest when these are mended."""
_LONGEST = 80
_MOST_NAMES = 30
_MOST_COMPARED = 500
_CONFIDENTIAL = re.compile(r"pass|secret|token|auth|credential|api_?key", re.IGNORECASE)


class Findings:
    """The problems found so far, each once."""

    def __init__(self) -> None:
        self._found: dict[tuple[Mark, str], Problem] = {}
        self._broken: list[Path] = []
        self._count = dict.fromkeys(Severity, 0)

    def error(self, message: str, mark: Mark, path: Path = (), value: object = None) -> None:
        """What keeps the document from being saved."""
        self._add(Problem(Severity.ERROR, message, mark, path, _told(path, value)))

    def warning(self, message: str, mark: Mark, path: Path = (), value: object = None) -> None:
        """What the author should know."""
        self._add(Problem(Severity.WARNING, message, mark, path, _told(path, value)))

    def unknown(
        self, what: str, name: str, known: Iterable[str], mark: Mark, path: Path = ()
    ) -> None:
        """An error: there is no such thing; the nearest name there is, is told.

        Args:
            what: what was looked for, such as "property".
            name: what was written.
            known: the names there are.
            mark, path: where.
        """
        told = unknown(what, name, known) if self.tells(Severity.ERROR) else name
        self.error(told, mark, path, name)

    def tells(self, severity: Severity) -> bool:
        """Whether a further finding is told; if not, looking for the nearest name is in vain."""
        return self._count[severity] < MOST

    @property
    def has_errors(self) -> bool:
        """Whether anything keeps the document from being saved."""
        return self._count[Severity.ERROR] > 0

    def has_error_at(self, path: Path) -> bool:
        """Whether something at this place, or inside it, keeps the document from being saved."""
        return any(broken[: len(path)] == path for broken in self._broken)

    def all(self) -> tuple[Problem, ...]:
        """The problems in the order of the file."""
        ordered = sorted(self._found.values(), key=lambda each: (each.mark.line, each.mark.column))
        for severity, count in self._count.items():
            if count > MOST:
                message = f"There are {count - MOST} more of these; mend the first ones."
                ordered.append(Problem(severity, message, ordered[-1].mark))
        return tuple(ordered)

    def _add(self, problem: Problem) -> None:
        key = (problem.mark, problem.message)
        if key in self._found:
            return
        self._count[problem.severity] += 1
        if self._count[problem.severity] <= MOST:
            self._found[key] = problem
            if problem.severity is Severity.ERROR:
                self._broken.append(problem.path)


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """That there is no such thing, with the nearest name there is.

    Args:
        what: what was looked for, such as "property".
        name: what was written.
        known: the names there are.
    """
    names = list(known)
    message = f"There is no {what} {shown(name)}"
    if near := _nearest(name, names[:_MOST_COMPARED]):
        return f"{message}; did you mean '{near}'?"
    if not names:
        return f"{message}; there is none."
    more = len(names) - _MOST_NAMES
    listed = ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    return f"{message}; there are: {listed}."


def _nearest(name: str, names: Sequence[str]) -> str | None:
    """The name that looks most like what was written; None when none does."""
    if len(name) > _LONGEST:
        return None
    names = [each for each in names if len(each) <= _LONGEST]
    lower = {each.lower(): each for each in names}
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    near = near or get_close_matches(name.lower(), lower, n=1, cutoff=0.6)
    return lower.get(near[0], near[0]) if near else None


def shown(value: object) -> str:
    """A value as it stands in a message, cut short where it is long."""
    text = repr(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 2] + "…" + text[-1]


def is_confidential(path: Path) -> bool:
    """Whether what stands there may be a secret."""
    return any(isinstance(step, str) and _CONFIDENTIAL.search(step) for step in path)


def _told(path: Path, value: object) -> object:
    return None if is_confidential(path) or not isinstance(value, (str, int, float)) else value
