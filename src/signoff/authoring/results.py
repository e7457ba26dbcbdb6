"""The documented functions about results.

Owns which store, storage and serializer hold where the present line is: of the task, its flow, or
the settings.
"""

from __future__ import annotations

import asyncio
from typing import Any

from signoff.engine import outcomes
from signoff.engine.frames import current_run, current_task
from signoff.engine.keeping import stores
from signoff.engine.keeping.encoding import store_of
from signoff.engine.keeping.filesystems import WritableFileSystem
from signoff.engine.keeping.resolving import serializer_of, storage_of
from signoff.engine.keeping.serializers import Serializer
from signoff.engine.keeping.stores import ResultStore
from signoff.engine.specs import ResultOptions
from signoff.gateway.settings import current_settings


def get_result_store() -> ResultStore:
    """The store of the present task run, flow run, or else of the settings."""
    task, run = current_task.get(), current_run.get()
    if run is None:
        return ResultStore(
            result_storage=get_default_result_storage(), serializer=get_default_result_serializer()
        )
    options = outcomes.keeping_of(run, task.spec) if task is not None else run.keeping
    return store_of(options or ResultOptions(), run.runtime.storage)


def get_default_result_storage() -> WritableFileSystem:
    """Where results are written when nothing else is said."""
    settings = current_settings()
    said = settings.results_default_storage_block
    if said is not None:
        return storage_of(said, "SIGNOFF_RESULTS_DEFAULT_STORAGE_BLOCK")
    folder = settings.results_local_storage_path or settings.home / "storage"
    return storage_of(folder, "SIGNOFF_RESULTS_LOCAL_STORAGE_PATH")


async def aget_default_result_storage() -> WritableFileSystem:
    """Like `get_default_result_storage`, for asynchronous code."""
    return await asyncio.to_thread(get_default_result_storage)


def get_default_result_serializer() -> Serializer:
    """What turns results into bytes when nothing else is said."""
    said = current_settings().results_default_serializer
    return serializer_of(said, "SIGNOFF_RESULTS_DEFAULT_SERIALIZER")


def get_default_persist_setting() -> bool:
    """Whether results are to persist when nothing else is said."""
    return bool(current_settings().results_persist_by_default)


def get_default_persist_setting_for_tasks() -> bool:
    """Whether results of tasks are to persist when nothing else is said."""
    said = current_settings().tasks_default_persist_result
    return get_default_persist_setting() if said is None else said


def should_persist_result() -> bool:
    """Whether the result of the present task run, or else flow run, is to persist."""
    task, run = current_task.get(), current_run.get()
    if run is None:
        return get_default_persist_setting()
    wish = outcomes.wanted(run, task.spec) if task is not None else run.persist_result
    return bool(wish)


def resolve_result_storage(result_storage: Any) -> WritableFileSystem:
    """The file system that a value of `result_storage` stands for.

    Raises:
        ConfigurationError: it stands for none.
    """
    return storage_of(result_storage, "result_storage")


async def aresolve_result_storage(result_storage: Any) -> WritableFileSystem:
    """Like `resolve_result_storage`, for asynchronous code."""
    return resolve_result_storage(result_storage)


def resolve_serializer(serializer: Any) -> Serializer:
    """The serializer that a value of `result_serializer` stands for.

    Raises:
        ConfigurationError: it stands for none.
    """
    return serializer_of(serializer, "result_serializer")


stores.default_storage = get_default_result_storage
