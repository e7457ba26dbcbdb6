"""Which variables can be seen at a place of a template.

Owns the names that tags give: they lie over the variables that were passed in, which are never
changed.
"""

from __future__ import annotations

from collections.abc import Mapping

from signoff.core.expressions.catalogue import nearest
from signoff.core.expressions.misuse import NotThere
from signoff.core.expressions.values import kind_of

_MOST_SHOWN = 10


class Scope:
    """The variables that can be seen, innermost last.

    Args:
        outer: what was passed in.
    """

    __slots__ = ("_layers", "_outer")

    def __init__(self, outer: Mapping[str, object]) -> None:
        self._outer = outer
        self._layers: list[dict[str, object]] = [{}]

    def value(self, name: str) -> object:
        """The value of a variable.

        Raises:
            NotThere: there is none.
        """
        for layer in reversed(self._layers):
            if name in layer:
                return layer[name]
        if name in self._outer:
            return self._outer[name]
        if name == "_context":
            return self.seen()
        raise NotThere(name)

    def set(self, name: str, value: object) -> None:
        """Give a name to a value: in the layer that has the name already, else in the innermost."""
        for layer in reversed(self._layers):
            if name in layer:
                layer[name] = value
                return
        self._layers[-1][name] = value

    def enter(self, names: dict[str, object]) -> None:
        """Put names above all others."""
        self._layers.append(names)

    def leave(self) -> None:
        """Take away what `enter` put there."""
        self._layers.pop()

    def seen(self) -> dict[str, object]:
        """All variables that can be seen."""
        together = dict(self._outer)
        for layer in self._layers:
            together.update(layer)
        return together


def inside(holder: object, key: object, text: str | None) -> object:
    """What lies under a key of a map, or at an index of a list.

    Args:
        holder: the map or list.
        key: as it was worked out.
        text: the key as text, for maps; None when it has none.

    Raises:
        NotThere: nothing does; the message says why.
    """
    if isinstance(holder, Mapping):
        if text is not None and text in holder:
            return holder[text]
        if isinstance(key, int | bool) and key in holder:
            return holder[key]
    elif isinstance(holder, list | tuple):
        index = int(text) if text is not None and text.isdecimal() and len(text) < 10 else -1
        if 0 <= index < len(holder):
            return holder[index]
    if text in ("length", "size") and isinstance(holder, str | list | tuple):
        return len(holder)
    raise NotThere(_why(holder, key, text))


def _why(holder: object, key: object, text: str | None) -> str:
    if isinstance(holder, Mapping):
        known = [str(each) for each in holder]
        return available(str(text), known) if known else "it is an empty map"
    if isinstance(holder, list | tuple):
        return f"it is a list of {len(holder)}, counted from 0"
    if isinstance(holder, str):
        return "it is text; if it holds JSON, use fromJson(…)"
    return f"it is {kind_of(holder)}"


def available(name: str, known: list[str]) -> str:
    """What is there instead of a name: the nearest ones, and the first few."""
    shown = ", ".join(f"`{each[:60]}`" for each in known[:_MOST_SHOWN])
    more = ", …" if len(known) > _MOST_SHOWN else ""
    return f"there is {shown}{more}{nearest(name, known)}" if known else "there are no variables"
