"""The task types there are.

Owns finding a type by any of its names, and the nearest name to one that does not exist. Must not
load code that runs a task.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher, get_close_matches
from functools import cached_property

from signoff.yamlflow.catalog.calls import CALLS
from signoff.yamlflow.catalog.flowables import FLOWABLES
from signoff.yamlflow.catalog.names import PLUGIN
from signoff.yamlflow.catalog.runnables import RUNNABLES
from signoff.yamlflow.catalog.scripts import SCRIPTS
from signoff.yamlflow.catalog.triggers import TRIGGERS, TriggerType
from signoff.yamlflow.catalog.types import TaskType

_LONGEST_NAME = 200
_ALIKE = 0.75
_SLIP = 0.88
_BEGINNING = f"{PLUGIN}."


class Catalog:
    """Built-in task types and further ones.

    Args:
        further: types of plugins. One that names itself like a built-in type is left out, for a
            plugin must not change what documents mean.
    """

    def __init__(self, further: Iterable[TaskType] = ()) -> None:
        self._types: dict[str, TaskType] = {}
        self._all: list[TaskType] = []
        for each in (*FLOWABLES, *RUNNABLES, *CALLS, *SCRIPTS, *further):
            if each.name not in self._types:
                self._all.append(each)
                for name in (each.name, *each.aliases):
                    self._types.setdefault(name, each)
        self._triggers = {
            name: each
            for each in TRIGGERS
            for name in (each.declaration.name, *each.declaration.aliases)
        }

    def __iter__(self) -> Iterator[TaskType]:
        return iter(self._all)

    def find(self, name: str) -> TaskType | None:
        """The type with this name, old or new; None when there is none."""
        return self._types.get(name)

    def trigger(self, name: str) -> TriggerType | None:
        """The type of trigger with this name, old or new; None when there is none."""
        return self._triggers.get(name)

    def triggers(self) -> Iterable[TriggerType]:
        """The types of triggers."""
        return TRIGGERS

    def nearest(self, name: str, *, trigger: bool = False) -> str | None:
        """The newest name that looks most like this one; None when none does.

        Args:
            name: what was written.
            trigger: among the types of triggers.
        """
        if len(name) > _LONGEST_NAME:
            return None
        short, full = self._trigger_words if trigger else self._words
        by_last = get_close_matches(name.rpartition(".")[2].lower(), short, n=1, cutoff=_ALIKE)
        if by_last:
            return short[by_last[0]]
        bare = {each.removeprefix(_BEGINNING): each for each in full}
        found = get_close_matches(name.removeprefix(_BEGINNING), bare, n=1, cutoff=_ALIKE)
        return bare[found[0]] if found else None

    @cached_property
    def _words(self) -> tuple[dict[str, str], list[str]]:
        return _by_last_word(self._all)

    @cached_property
    def _trigger_words(self) -> tuple[dict[str, str], list[str]]:
        return _by_last_word([each.declaration for each in self.triggers()])


def is_alike(known: str, written: str) -> bool:
    """Whether a name is so near to one that is known that it is a slip of the pen."""
    left, right = (".".join(each.split(".")[-2:]).lower() for each in (known, written))
    return SequenceMatcher(None, left, right).ratio() >= _SLIP


def _by_last_word(types: Iterable[TaskType]) -> tuple[dict[str, str], list[str]]:
    """Names by their last word, in lower case, and whole names; deprecated ones left out."""
    names = [each.name for each in types if each.name not in each.deprecated]
    short: dict[str, str] = {}
    for name in names:
        short.setdefault(name.rpartition(".")[2].lower(), name)
    return short, names


BUILT_IN = Catalog()
"""The types that every installation has."""
