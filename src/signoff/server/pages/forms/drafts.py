"""Drafts: what a person has typed into a form so far, text by place.

Owns the names of controls. A name is a path, `f/address/city`; steps that begin with `~` belong to
the form itself (how many items a list has, which arm of a union is chosen). Must not know fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

ROOT = "f"

COUNT = "~n"
"""How many items a list has."""
GIVEN = "~given"
"""Whether a part that may be left out is filled in."""
ARM = "~arm"
"""Which arm of a union is chosen."""
KEY, VALUE = "~key", "~value"
"""The two halves of an entry of a map."""
MORE = "~more"
"""Further entries of an object."""
ZONE = "~zone"
"""The offset of a date and time."""
KEPT, LABEL, DROP = "~kept", "~label", "~drop"
"""A file that was chosen before: its content, its name, and whether to forget it."""
UNASKED = "~unasked"
"""The field was not shown, for nobody asked for it."""

_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a browser sends it."""

    name: str
    content: bytes


Pair = tuple[str, "str | Upload"]


@dataclass(slots=True)
class Draft:
    """One part of what was typed.

    Args:
        texts: what the controls of this very name say.
        parts: what is inside, by step.
        upload: a file that was chosen just now.
    """

    texts: tuple[str, ...] = ()
    parts: dict[str, Draft] = field(default_factory=dict)
    upload: Upload | None = None

    @property
    def text(self) -> str:
        """What the one control of this name says; "" when there is none."""
        return self.texts[0] if self.texts else ""

    @property
    def count(self) -> int:
        """How many items were shown."""
        text = self.part(COUNT).text
        return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0

    def part(self, step: str) -> Draft:
        """What is inside at a step; an empty draft where nothing is."""
        return self.parts.get(step) or Draft()

    def say(self, step: str, text: str) -> None:
        """Put a text inside."""
        self.parts[step] = Draft((text,))


def own(name: str) -> str:
    """The step to a property of this name."""
    return name.replace("~", "~0").replace("/", "~1")


def read_pairs(pairs: Iterable[Pair]) -> Draft:
    """The draft that a browser sends; names of other kinds are passed over."""
    root = Draft()
    for name, value in pairs:
        steps = name.split("/")
        if steps[0] != ROOT or len(steps) > _DEEPEST:
            continue
        here = root
        for step in steps[1:]:
            here = here.parts.setdefault(step, Draft())
        if isinstance(value, Upload):
            here.upload = value if value.name or value.content else None
        else:
            # Browsers send every line break as two characters.
            here.texts = (*here.texts, value.replace("\r\n", "\n"))
    return root


def write_pairs(draft: Draft, name: str = ROOT) -> Iterator[tuple[str, str]]:
    """The draft as a browser would send it; files apart."""
    for text in draft.texts:
        yield name, text
    for step, part in draft.parts.items():
        yield from write_pairs(part, f"{name}/{step}")
