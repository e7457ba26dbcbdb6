"""The options of `@flow` and `@task` by name and type.

Owns what the decorators and `with_options` accept, for type checkers. What runs are constructors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypedDict

if TYPE_CHECKING:
    from signoff.authoring.task_runners import TaskRunner
    from signoff.core.retries import Delay
    from signoff.engine.specs import Hook, RunName


class FlowOptions(TypedDict, total=False):
    """Options of `@flow`; it documents them."""

    name: str | None
    version: str | None
    flow_run_name: RunName
    retries: int | None
    retry_delay_seconds: float | list[float] | None
    task_runner: TaskRunner | type[TaskRunner] | None
    description: str | None
    timeout_seconds: float | None
    validate_parameters: bool
    persist_result: bool | None
    result_storage: Any
    result_serializer: Any
    cache_result_in_memory: bool
    log_prints: bool | None
    on_completion: Iterable[Hook] | None
    on_failure: Iterable[Hook] | None
    on_cancellation: Iterable[Hook] | None
    on_crashed: Iterable[Hook] | None
    on_running: Iterable[Hook] | None


class CacheOptions(TypedDict, total=False):
    """Options of `@task` about results beyond `persist_result`."""

    result_storage: Any
    result_storage_key: str | None
    result_serializer: Any
    cache_result_in_memory: bool
    cache_policy: Any
    cache_key_fn: Callable[[Any, dict[str, Any]], str | None] | None
    cache_expiration: timedelta | None
    refresh_cache: bool | None


class TaskOptions(CacheOptions, total=False):
    """Options of `@task`; it documents them."""

    name: str | None
    description: str | None
    tags: Iterable[str] | None
    task_run_name: RunName
    retries: int | None
    retry_delay_seconds: Delay
    retry_jitter_factor: float | None
    persist_result: bool | None
    timeout_seconds: float | None
    log_prints: bool | None
    on_completion: Iterable[Hook] | None
    on_failure: Iterable[Hook] | None
    on_running: Iterable[Hook] | None
    retry_condition_fn: Callable[..., bool] | None
