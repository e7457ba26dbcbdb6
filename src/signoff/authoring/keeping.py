"""What the result and caching options of `@flow` and `@task` mean.

Owns checking them when the decorator runs, so that a mistake is found before anything has run.
Loads what they need only where one is given.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from signoff.engine.specs import ResultOptions
from signoff.model.errors import ConfigurationError

logger = logging.getLogger("signoff.tasks")


class NotSet:
    """Stands for an option that was not given, where None means something."""


OPTIONS: dict[str, Any] = {
    "result_storage": None,
    "result_storage_key": None,
    "result_serializer": None,
    "cache_result_in_memory": True,
    "cache_policy": NotSet,
    "cache_key_fn": None,
    "cache_expiration": None,
    "refresh_cache": None,
}
"""The options of tasks, with what they are when not given."""


def of_flow(name: str, storage: Any, serializer: Any, in_memory: bool) -> ResultOptions | None:
    """What a flow says about its results; None for nothing.

    Raises:
        ConfigurationError: an option cannot be used.
    """
    if storage is None and serializer is None and in_memory:
        return None
    _check(f"flow {name!r}", storage, serializer)
    return ResultOptions(storage=storage, serializer=serializer, in_memory=in_memory)


def of_task(name: str, persist: bool | None, said: Mapping[str, Any]) -> ResultOptions | None:
    """What a task says about its results; None for nothing.

    Args:
        name: of the task.
        persist: its `persist_result`.
        said: a value for each of `OPTIONS`.

    Raises:
        ConfigurationError: an option cannot be used.
    """
    if said == OPTIONS:
        return None
    storage, serializer = said["result_storage"], said["result_serializer"]
    storage_key, expiration = said["result_storage_key"], said["cache_expiration"]
    who = f"task {name!r}"
    _check(who, storage, serializer)
    if storage_key is not None and not isinstance(storage_key, str):
        raise ConfigurationError(f"{who}: result_storage_key={storage_key!r} must be a text.")
    if expiration is not None and not isinstance(expiration, timedelta):
        raise ConfigurationError(
            f"{who}: cache_expiration={expiration!r} must be a timedelta, such as "
            "timedelta(hours=1)."
        )
    if expiration is not None and expiration <= timedelta(0):
        raise ConfigurationError(f"{who}: cache_expiration={expiration!r} must be positive.")
    found = _policy(name, said["cache_policy"], said["cache_key_fn"])
    if persist is False and found is not None and not _is_none(found):
        logger.warning("Task %r: Ignoring `cache_policy` because `persist_result` is False", name)
        found = _policies().NO_CACHE
    return ResultOptions(
        storage,
        storage_key,
        serializer,
        said["cache_result_in_memory"],
        found,
        expiration,
        said["refresh_cache"],
    )


def _check(who: str, storage: Any, serializer: Any) -> None:
    """Raises `ConfigurationError` for a storage or serializer that cannot be used."""
    if storage is None and serializer is None:
        return
    resolving = importlib.import_module("signoff.engine.keeping.resolving")
    if storage is not None:
        resolving.storage_of(storage, f"{who}: result_storage")
    if serializer is not None:
        resolving.serializer_of(serializer, f"{who}: result_serializer")


def _policy(name: str, policy: Any, key_fn: Any) -> Any:
    """The policy of a task; None when it leaves that to the default."""
    if key_fn is not None:
        if not callable(key_fn):
            raise ConfigurationError(
                f"task {name!r}: cache_key_fn={key_fn!r} must be a function of (context, "
                "parameters) that returns a text, or None for no caching."
            )
        if policy is not NotSet:
            logger.warning(
                "Both `cache_policy` and `cache_key_fn` are set on task %r. `cache_key_fn` will "
                "be used.",
                name,
            )
        return _policies().CachePolicy.from_cache_key_fn(key_fn)
    if policy is NotSet:
        return None
    policies = _policies()
    if policy is None:
        return policies.NO_CACHE
    if not isinstance(policy, policies.CachePolicy):
        raise ConfigurationError(
            f"task {name!r}: cache_policy={policy!r} is no cache policy; import one from "
            "signoff.cache_policies (INPUTS, TASK_SOURCE, RUN_ID, FLOW_PARAMETERS, DEFAULT, "
            "NO_CACHE), combine them with +, or give a cache_key_fn."
        )
    return policy


def _is_none(policy: Any) -> bool:
    return isinstance(policy, _policies().NoCache)


def _policies() -> Any:
    return importlib.import_module("signoff.engine.keeping.policies")
