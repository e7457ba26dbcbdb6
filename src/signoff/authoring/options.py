"""What the decorators' options mean.

Owns resolving names, keys, hooks and entry records. Shared by flows and tasks.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from signoff.engine import entry
from signoff.engine.results import ENTERED
from signoff.gateway.liveness import machine_id
from signoff.gateway.settings import current_settings

if TYPE_CHECKING:
    from signoff.engine.specs import Hook
    from signoff.model.journal import EntryRecord


def key_of(fn: Callable[..., Any]) -> str:
    """Module and qualified name; a script has the same key under every name it is loaded by."""
    module = "__main__" if fn.__module__ == ENTERED else fn.__module__
    return f"{module}:{fn.__qualname__}"


def is_async_fn(fn: Callable[..., Any]) -> bool:
    """Whether calling `fn` gives something to await."""
    return inspect.iscoroutinefunction(fn)


def hook_list(hooks: Iterable[Hook] | None, which: str, name: str) -> list[Hook]:
    """The hooks of one kind.

    Raises:
        TypeError: not a list, or something in it cannot be called.
    """
    if hooks is None:
        return []
    if callable(hooks) or not isinstance(hooks, Iterable):
        raise TypeError(f"Expected iterable for '{which}'; got {type(hooks).__name__} instead.")
    found = list(hooks)
    for hook in found:
        if not callable(hook):
            raise TypeError(
                f"Expected callables in '{which}' of {name!r}; got {type(hook).__name__} instead."
            )
    return found


def limit(seconds: float | None, name: str) -> float | None:
    """A time limit in seconds; None for no limit.

    Raises:
        ValueError: it is not greater than 0.
    """
    if seconds is None:
        return None
    if seconds <= 0:
        raise ValueError(f"timeout_seconds of {name!r} must be greater than 0, got {seconds}.")
    return float(seconds)


class EntryMaker:
    """Makes the entry record of a function on first need."""

    def __init__(self, fn: Callable[..., Any]) -> None:
        self._fn = fn

    def __call__(self) -> EntryRecord:
        return _entry(self._fn)


@functools.lru_cache(maxsize=1024)
def _entry(fn: Callable[..., Any]) -> EntryRecord:
    return entry.record_of(fn, machine_id(current_settings().home))


def refused(record: EntryRecord | None, why: str) -> EntryRecord | None:
    """The record of a run that cannot be entered again for another reason than its code."""
    return record if record is None or record.refusal else replace(record, refusal=why)


def find_named(module: str, qualname: str) -> Any:
    """The decorated object of a module; how flows and tasks are unpickled."""
    if module == "__main__" and ENTERED in sys.modules:
        module = ENTERED
    found: Any = importlib.import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    return found


def is_importable(owner: Any, fn: Callable[..., Any]) -> bool:
    """Whether the module attribute of `fn`'s name is the decorated object itself."""
    try:
        return find_named(fn.__module__, fn.__qualname__) is owner
    except (AttributeError, ImportError):
        return False
