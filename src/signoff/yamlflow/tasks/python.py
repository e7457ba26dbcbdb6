"""The task that calls Python.

Owns turning an entrypoint into a call: of a Signoff task, a Signoff flow, or any function.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Awaitable, Mapping
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from signoff.yamlflow.tasks.context import RunContext
from signoff.yamlflow.tasks.running import TaskFailed


class Python:
    """Calls what an entrypoint names."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call `entrypoint` with `parameters`; what it returns is `value`."""
        called = _found(str(properties["entrypoint"]))
        parameters = properties.get("parameters") or {}
        if not isinstance(parameters, Mapping):
            raise TaskFailed("Property `parameters`: give a map of parameter names and values.")
        value = called(**parameters)
        if inspect.isawaitable(value):
            value = asyncio.run(_awaited(value))
        return {"value": to_jsonable_python(value, fallback=str)}


async def _awaited(value: Awaitable[Any]) -> Any:
    return await value


def _found(entrypoint: str) -> Any:
    place, colon, name = entrypoint.rpartition(":")
    if not colon or not name.isidentifier():
        raise TaskFailed(
            f"Property `entrypoint`: {entrypoint!r} names nothing; write "
            "'path/file.py:function' or 'package.module:function'."
        )
    module = _from_file(Path(place)) if place.endswith(".py") else _imported(place)
    try:
        called = getattr(module, name)
    except AttributeError:
        raise TaskFailed(f"Property `entrypoint`: {place} has no {name!r}.") from None
    if not callable(called):
        raise TaskFailed(f"Property `entrypoint`: {name!r} in {place} cannot be called.")
    return called


def _imported(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise TaskFailed(
            f"Property `entrypoint`: {error}; it is looked for in sys.path."
        ) from error


def _from_file(path: Path) -> Any:
    file = path.resolve()
    name = f"_signoff_yaml_{file.stem}_{abs(hash(str(file))):x}"
    if name in sys.modules:
        return sys.modules[name]
    if not file.is_file():
        raise TaskFailed(f"Property `entrypoint`: there is no file {str(file)!r}.")
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise TaskFailed(f"Property `entrypoint`: {str(file)!r} cannot be loaded as Python.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
