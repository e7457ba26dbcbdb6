"""What the decorators' options mean.

Owns checking them, and resolving names, keys, hooks and entry records. Shared by flows and tasks.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from signoff.engine import entry
from signoff.engine.results import ENTERED
from signoff.gateway.liveness import machine_id
from signoff.gateway.settings import current_settings
from signoff.model.errors import InvalidNameError

if TYPE_CHECKING:
    from signoff.engine.specs import Hook
    from signoff.model.journal import EntryRecord


def key_of(fn: Callable[..., Any]) -> str:
    """Module and qualified name; a script has the same key under every name it is loaded by."""
    module = "__main__" if fn.__module__ == ENTERED else fn.__module__
    return f"{module}:{fn.__qualname__}"


def is_async_fn(fn: Callable[..., Any]) -> bool:
    """Whether calling `fn` gives something to await, or to iterate over asynchronously."""
    return inspect.iscoroutinefunction(fn) or inspect.isasyncgenfunction(fn)


def is_generator_fn(fn: Callable[..., Any]) -> bool:
    """Whether `fn` yields values one by one."""
    return inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn)


def function_of(fn: Any) -> Callable[..., Any]:
    """The function to decorate, taken out of a classmethod or staticmethod.

    Raises:
        TypeError: it cannot be called.
    """
    if isinstance(fn, (classmethod, staticmethod)):
        inner: Callable[..., Any] = fn.__func__
        return inner
    if callable(fn):
        return cast("Callable[..., Any]", fn)
    raise TypeError(f"'fn' must be callable, got {type(fn).__name__}.")


def is_method(fn: Callable[..., Any]) -> bool:
    """Whether `fn` is a method whose first parameter is its instance or class."""
    if "." not in fn.__qualname__.rpartition("<locals>.")[2]:
        return False
    return next(iter(inspect.signature(fn).parameters), None) in ("self", "cls")


def hook_list(hooks: Iterable[Hook] | None, which: str, kind: str, name: str) -> list[Hook]:
    """The hooks of one kind.

    Raises:
        TypeError: not a list, or something in it cannot be called.
    """
    if hooks is None:
        return []
    remedy = f"Please provide a list of functions: @{kind}({which}=[hook1, hook2])."
    if callable(hooks) or not isinstance(hooks, Iterable):
        got = type(hooks).__name__
        raise TypeError(f"Expected iterable for '{which}' of {name!r}; got {got} instead. {remedy}")
    found: list[Any] = list(hooks)
    for hook in found:
        if not callable(hook):
            got = type(hook).__name__
            raise TypeError(
                f"Expected callables in '{which}' of {name!r}; got {got} instead. {remedy}"
            )
    return found


def limit(seconds: float | None, name: str) -> float | None:
    """A time limit in seconds; None for no limit.

    Raises:
        TypeError: it is not a number.
        ValueError: it is not greater than 0.
    """
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        raise TypeError(
            f"timeout_seconds of {name!r} must be a number of seconds, got {seconds!r}."
        )
    if seconds <= 0:
        raise ValueError(f"timeout_seconds of {name!r} must be greater than 0, got {seconds}.")
    return float(seconds)


_NOT_IN_NAMES = ("/", "%", "&", ">", "<")


def name_of(kind: str, given: str | None, fn: Any) -> str:
    """The name of a flow or task; derived from its function when none is given.

    Raises:
        TypeError: it is not text.
        InvalidNameError: the name of a flow has a character that addresses could not carry.
    """
    if given is not None and not isinstance(given, str):
        raise TypeError(
            f"Expected string for {kind} parameter 'name'; got {type(given).__name__} instead."
        )
    if given:
        if kind == "flow" and any(character in given for character in _NOT_IN_NAMES):
            raise InvalidNameError(
                f"Name {given!r} contains an invalid character. Must not contain any of: "
                f"{list(_NOT_IN_NAMES)}."
            )
        return given
    plain = str(getattr(function_of(fn), "__name__", type(fn).__name__))
    if kind == "task":
        return plain
    return "unknown-lambda" if plain == "<lambda>" else plain.replace("_", "-")


def name_template(
    which: str, given: str | Callable[..., Any] | None, name: str
) -> str | Callable[..., Any] | None:
    """The template of run names, or the function that makes them.

    Raises:
        TypeError: it is neither.
    """
    if given is None or isinstance(given, str) or callable(given):
        return given
    raise TypeError(
        f"Expected string or callable for '{which}' of {name!r}; got {type(given).__name__} "
        "instead."
    )


def count(which: str, given: int | None, name: str) -> int | None:
    """A number of further attempts.

    Raises:
        TypeError: it is not a whole number.
        ValueError: it is negative.
    """
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int):
        raise TypeError(f"{which} of {name!r} must be a whole number, got {given!r}.")
    if given < 0:
        raise ValueError(f"{which} of {name!r} must not be negative, got {given}.")
    return given


def jitter(given: Any, name: str) -> None:
    """Check how far delays may be spread.

    Raises:
        TypeError: it is not a number.
        ValueError: it is negative.
    """
    if given is None:
        return
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise TypeError(f"`retry_jitter_factor` of {name!r} must be a number, got {given!r}.")
    if given < 0:
        raise ValueError(f"`retry_jitter_factor` must be >= 0; {name!r} has {given}.")


def labels(given: Any, name: str) -> frozenset[str]:
    """Tags.

    Raises:
        TypeError: not a list of texts.
    """
    if given is None:
        return frozenset()
    given = given if isinstance(given, Iterable) else [given]
    found = [given] if isinstance(given, str) else list(given)
    if isinstance(given, str) or not all(isinstance(tag, str) for tag in found):
        raise TypeError(f'tags of {name!r} must be a list of texts such as ["a"], got {given!r}.')
    return frozenset(found)


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
    # A decorated classmethod comes bound to its class.
    return getattr(found, "decorated", found)


def is_importable(owner: Any, fn: Callable[..., Any]) -> bool:
    """Whether the module attribute of `fn`'s name is the decorated object itself."""
    try:
        return find_named(fn.__module__, fn.__qualname__) is owner
    except (AttributeError, ImportError):
        return False
