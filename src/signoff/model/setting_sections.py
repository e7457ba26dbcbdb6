"""Settings by section: `settings.server.api.port` beside `settings.server_api_port`.

Owns the reading of a flat name word by word, as documented. Must not know which settings exist.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


class Section:
    """The settings whose names begin alike.

    Args:
        settings: all of them.
        names: their flat names.
        prefix: how the names of this section begin.
    """

    __slots__ = ("_names", "_prefix", "_settings")

    def __init__(self, settings: object, names: Collection[str], prefix: str) -> None:
        self._settings = settings
        self._names = names
        self._prefix = prefix

    def __getattr__(self, name: str) -> Any:
        return find(self._settings, self._names, f"{self._prefix}_{name}")

    def __dir__(self) -> list[str]:
        return sorted(self._rest(name).partition("_")[0] for name in self._mine()) + sorted(
            self._rest(name) for name in self._mine()
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Section):
            return NotImplemented
        return (self._prefix, self._settings) == (other._prefix, other._settings)

    def __hash__(self) -> int:
        return hash((self._prefix, self._settings))

    def __repr__(self) -> str:
        return f"<settings {self._prefix}_*: {', '.join(map(self._rest, self._mine()))}>"

    def _mine(self) -> list[str]:
        return [name for name in self._names if name.startswith(f"{self._prefix}_")]

    def _rest(self, name: str) -> str:
        return name[len(self._prefix) + 1 :]


def find(settings: object, names: Collection[str], name: str) -> Any:
    """The setting with this flat name, or the section of those that begin so.

    Raises:
        AttributeError: there is neither.
    """
    if name in names:
        return getattr(settings, name)
    if not name.startswith("_") and any(each.startswith(f"{name}_") for each in names):
        return Section(settings, names, name)
    raise AttributeError(f"There is no setting {name!r} and no section of that name.")
