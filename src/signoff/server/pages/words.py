"""How times, deadlines, people and answers read on a page.

Owns their wording. Times are UTC microseconds since the epoch; the present one is passed in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from signoff.core.forms import to_text
from signoff.core.forms.hints import arm_of
from signoff.model.actors import Actor, Via
from signoff.model.files import SCHEME
from signoff.model.forms import Field, FieldKind, Json
from signoff.model.replies import InboxItem
from signoff.model.waits import DeadlineAction, WaitKind

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_THEN = {
    DeadlineAction.FAIL: "the run fails",
    DeadlineAction.CONTINUE: "the run goes on without an answer",
    DeadlineAction.DEFAULT: "the default answer is taken",
    DeadlineAction.CANCEL: "the run is cancelled",
}
_FACES = {
    Via.PAGE: "on the page",
    Via.CLI: "on the command line",
    Via.TERMINAL: "in the flow's terminal",
    Via.HTTP: "over the API",
    Via.PYTHON: "from Python",
    Via.SERVICE: "by itself",
}
_KINDS = {
    WaitKind.INPUT: "Input",
    WaitKind.APPROVAL: "Approval",
    WaitKind.HOLD: "On hold",
    WaitKind.TIMER: "Timer",
    WaitKind.CHILD: "Child run",
}
_FILES = re.compile(re.escape(SCHEME) + r"[\w.~%/-]+")
_MOST_FILES = 50
_HOUR = 3_600_000_000


def moment(at: int) -> datetime:
    """A time as Python has it."""
    return datetime.fromtimestamp(at / 1_000_000, UTC)


def iso(at: int) -> str:
    """For programs: ISO 8601, UTC."""
    return moment(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def exact(at: int) -> str:
    """For people who want to know exactly."""
    return moment(at).strftime("%Y-%m-%d %H:%M:%S UTC")


def span(microseconds: int) -> str:
    """A length of time in the largest unit of which there are two: `119 minutes`, `3 days`."""
    seconds = abs(microseconds) // 1_000_000
    for unit, size in _UNITS:
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}s"
    return "1 second"


def ago(at: int, now: int) -> str:
    """How long ago, or in how long."""
    if abs(now - at) < 5_000_000:
        return "just now" if at <= now else "in a moment"
    return f"{span(now - at)} ago" if at <= now else f"in {span(at - now)}"


def is_pressing(deadline: int | None, now: int) -> bool:
    """Whether there is less than an hour left."""
    return deadline is not None and deadline - now < _HOUR


def then(action: DeadlineAction) -> str:
    """What happens when nobody answers in time."""
    return _THEN[action]


def kind(wait: WaitKind) -> str:
    """What a wait is for, in a word or two."""
    return _KINDS[wait]


def subject(item: InboxItem) -> str:
    """What is asked, in one line."""
    return item.title or item.key


def face(actor: Actor) -> str:
    """Through which face somebody acted."""
    return _FACES[actor.via]


def via(name: str) -> str:
    """The same, where only its name is known."""
    return _FACES[Via(name)]


@dataclass(frozen=True, slots=True)
class Line:
    """One value of an answer, to be read."""

    label: str
    text: str
    depth: int = 0

    @property
    def file(self) -> str | None:
        """Where the file is got that the value is the address of; None when it is none."""
        return download(self.text) if self.text.startswith(SCHEME) else None


def answer_lines(root: Field | None, answer: Json) -> tuple[Line, ...]:
    """An answer as lines that a person reads, in the order of its form."""
    if answer is None:
        return ()
    if root is None or not isinstance(answer, Mapping):
        return (Line("Answer", json.dumps(answer, ensure_ascii=False)),)
    return tuple(_lines(root, answer, 0))


def _lines(field: Field, answer: Mapping[str, Json], depth: int) -> Iterator[Line]:
    known = [child for child in field.fields if child.name in answer]
    for child in known:
        yield from _line(child, child.label or child.name, answer[child.name], depth)
    names = {child.name for child in known}
    for name, value in answer.items():
        if name not in names:
            yield from _line(field.item, name, value, depth)


def _line(field: Field | None, label: str, value: Json, depth: int) -> Iterator[Line]:
    if field is not None and field.kind is FieldKind.UNION:
        chosen = arm_of(field, value)
        field = field.variants[chosen] if chosen is not None else None
    if isinstance(value, Mapping) and value and field is not None:
        yield Line(label, "", depth)
        yield from _lines(field, value, depth + 1)
    elif isinstance(value, list) and value:
        yield Line(label, "", depth)
        for index, each in enumerate(value):
            inner = field.fields[index] if field and index < len(field.fields) else None
            item = inner or (field.item if field else None)
            yield from _line(item, f"{index + 1}.", each, depth + 1)
    else:
        yield Line(label, _text(field, value), depth)


def _text(field: Field | None, value: Json) -> str:
    if value is None:
        return "nothing"
    if value == "":
        return "empty"
    if value in ([], {}):
        return "none"
    if field is None:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return to_text(field, value)


def download(uri: str) -> str:
    """Where a kept file is got."""
    return f"/api/files/download?uri={quote(uri, safe='')}"


def file_name(uri: str) -> str:
    """What a kept file is called."""
    return unquote(uri.rpartition("/")[2])


def files_in(text: str) -> tuple[str, ...]:
    """The addresses of kept files in a text, each once."""
    return tuple(dict.fromkeys(_FILES.findall(text)))[:_MOST_FILES]


def micros(at: datetime) -> int:
    """A time of Python as microseconds since the epoch."""
    return round(at.timestamp() * 1_000_000)


def length(microseconds: int) -> str:
    """A length of time as exactly as a person cares: `3 ms`, `4.2 s`, `5 min 20 s`, `3 days`."""
    milliseconds, seconds = microseconds / 1_000, microseconds / 1_000_000
    if seconds < 1:
        return f"{milliseconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    if seconds < 3_600:
        return f"{int(seconds // 60)} min {int(seconds % 60)} s"
    if seconds < 2 * 86_400:
        return f"{int(seconds // 3_600)} h {int(seconds % 3_600 // 60)} min"
    return f"{int(seconds // 86_400)} days"


def clock_of_day(at: int, day: bool = False) -> str:
    """The time of a tick of a chart, UTC; with its day where a chart spans several."""
    return moment(at).strftime("%d %b %H:%M" if day else "%H:%M:%S")
