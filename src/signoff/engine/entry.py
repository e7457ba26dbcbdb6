"""Entry records: how another process can call a flow again from the top (DESIGN 4.1).

Owns making them and loading a flow from them. Must not know the class of flows: what is loaded is
whatever object carries the qualified name.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from signoff.engine.results import ENTERED
from signoff.model.errors import NotReentrant
from signoff.model.journal import EntryRecord


def record_of(fn: Callable[..., Any], host: str) -> EntryRecord:
    """The entry record of a user's function as it is loaded here.

    Args:
        fn: the function of a flow.
        host: machine id.
    """
    module = sys.modules.get(fn.__module__)
    file = getattr(module, "__file__", None) or getattr(fn.__code__, "co_filename", None)
    script = fn.__module__ in ("__main__", ENTERED)
    path = os.path.abspath(file) if file and os.path.exists(file) else None
    return EntryRecord(
        host=host,
        user=os_user(),
        interpreter=sys.executable,
        directory=os.getcwd(),
        path=tuple(sys.path),
        file=path,
        module=None if script else fn.__module__,
        qualname=fn.__qualname__,
        source_hash=_hash(path) if path else "",
        refusal=_refusal(fn, script, path),
    )


def _refusal(fn: Callable[..., Any], script: bool, path: str | None) -> str | None:
    if "<locals>" in fn.__qualname__:
        return (
            f"{fn.__qualname__} is defined inside a function, where no other process can import "
            "it; define the flow at the top level of its module"
        )
    if "<lambda>" in fn.__qualname__:
        return "a lambda has no name to import it by"
    if script and path is None:
        return "it was typed into an interactive session, which no other process can load"
    return None


@functools.cache
def os_user() -> str:
    """The operating system's user of this process."""
    try:
        found: str = importlib.import_module("getpass").getuser()
        return found
    except (KeyError, OSError):
        return str(os.getuid())


@functools.lru_cache(maxsize=256)
def _hash_at(path: str, changed: int, size: int) -> str:
    return hashlib.blake2b(Path(path).read_bytes(), digest_size=16).hexdigest()


def _hash(path: str) -> str:
    status = os.stat(path)
    return _hash_at(path, status.st_mtime_ns, status.st_size)


def source_changed(record: EntryRecord) -> bool:
    """Whether the file has other content now than when the run was created."""
    return record.file is not None and _hash(record.file) != record.source_hash


loaded_later: list[str] = []
"""Modules that flows make use of but that are loaded on first use only; a process from which
others are forked loads them at once."""


def load(record: EntryRecord) -> Any:
    """Load the object that carries the record's qualified name.

    A script is loaded under another name than `__main__`, so that its main guard stays closed,
    and aliased to `__main__`, so that its own classes are found in pickles.

    Raises:
        NotReentrant: the record says why not, or the file or name is gone, or loading it failed.
    """
    if record.refusal is not None:
        raise NotReentrant(f"The flow cannot be loaded again: {record.refusal}.")
    for entry in record.path:
        if entry not in sys.path:
            sys.path.append(entry)
    try:
        module = _script(record) if record.module is None else _module(record)
    except NotReentrant:
        raise
    except Exception as error:
        where = record.file or record.module
        raise NotReentrant(
            f"Loading {where} failed: {type(error).__name__}: {error}. Repair it and enter the "
            "run again with `signoff flow-run retry`."
        ) from error
    found: Any = module
    for part in record.qualname.split("."):
        found = getattr(found, part, None)
    if found is None:
        raise NotReentrant(f"{record.file or record.module} has no {record.qualname!r} any more.")
    return found


def load_file(file: str) -> ModuleType:
    """The module in a file, loaded anew under a name of its own.

    Raises:
        NotReentrant: loading it failed; the message says why.
    """
    digest = hashlib.blake2b(file.encode(), digest_size=6).hexdigest()
    try:
        return _from_file(f"signoff_source_{digest}", file)
    except Exception as error:
        raise _failed(file, error) from error


def load_module(name: str) -> ModuleType:
    """A module by its name.

    Raises:
        NotReentrant: there is none, or loading it failed; the message says why.
    """
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise _failed(name, error) from error


def _failed(where: str, error: Exception) -> NotReentrant:
    return NotReentrant(f"Loading {where} failed: {type(error).__name__}: {error}")


def _module(record: EntryRecord) -> ModuleType:
    name = record.module or ""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.split(".")[0] or record.file is None:
            raise
        return _from_file(name, record.file)


def _script(record: EntryRecord) -> ModuleType:
    if record.file is None:
        raise NotReentrant("The script of this run has no file.")
    if not os.path.exists(record.file):
        raise NotReentrant(f"The script {record.file} is gone.")
    known = sys.modules.get(ENTERED)
    if known is not None and known.__file__ == record.file:
        return known
    module = _from_file(ENTERED, record.file)
    sys.modules["__main__"] = module
    return module


def _from_file(name: str, file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise NotReentrant(f"{file} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    if name == ENTERED:
        sys.modules["__main__"] = module
        # As of any script: a process that multiprocessing starts loads it by its file then, and
        # would look for a module of this name otherwise.
        module.__spec__ = None
    _loading.append(module)
    try:
        spec.loader.exec_module(module)
    except FlowCalledWhileLoading:
        # A script without a main guard has reached its call of the flow: all that the flow could
        # use when it ran first has been defined by now.
        pass
    finally:
        _loading.pop()
    return module


class FlowCalledWhileLoading(BaseException):
    """A script that is being loaded calls a flow, or makes a run, at its top level.

    Loading ends there. Else each process that loads the script for a run would make a further one.
    """


_loading: list[ModuleType] = []


def check_not_loading() -> None:
    """Called by all that makes a run at top level. Raises `FlowCalledWhileLoading`."""
    if _loading:
        raise FlowCalledWhileLoading
