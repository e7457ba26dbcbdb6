"""Cache policies: what makes a key, what does not, and how they combine."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from signoff.cache_policies import (
    DEFAULT,
    FLOW_PARAMETERS,
    INPUTS,
    NO_CACHE,
    NONE,
    RUN_ID,
    TASK_SOURCE,
    CachePolicy,
)
from signoff.locking.memory import MemoryLockManager
from signoff.model.errors import ConfigurationError, HashError
from signoff.tasks import task_input_hash
from signoff.transactions import IsolationLevel


def first() -> int:
    return 1


def second() -> int:
    return 2


def context(fn: Any = first, run: int | None = 1) -> Any:
    flow_run = None if run is None else UUID(int=run)
    task_run = SimpleNamespace(id=UUID(int=99), flow_run_id=flow_run)
    return SimpleNamespace(task=SimpleNamespace(fn=fn, task_key=fn.__name__), task_run=task_run)


def key(policy: CachePolicy, ctx: Any = None, flow: Any = None, **inputs: Any) -> str | None:
    return policy.compute_key(ctx or context(), inputs, flow or {})


def test_inputs() -> None:
    assert key(INPUTS, a=1, b=[2]) == key(INPUTS, b=[2], a=1)
    assert key(INPUTS, a=1) != key(INPUTS, a=2)
    assert key(INPUTS, a=1) != key(INPUTS, a="1")
    assert key(INPUTS) is None
    assert key(INPUTS - "a", a=1, b=2) == key(INPUTS - "a", a=3, b=2)
    assert key(INPUTS - "a" - "b", a=1, b=2) is None
    assert key(INPUTS, a=1) == key(INPUTS, a=1), "INPUTS itself is not changed by a difference"


def test_what_cannot_be_hashed_says_what_to_do() -> None:
    with pytest.raises(HashError, match=r"INPUTS - 'name'.*cache_key_fn.*NO_CACHE") as error:
        key(INPUTS, lock=threading.Lock())
    assert isinstance(error.value, ValueError)
    assert key(INPUTS - "lock", lock=threading.Lock(), a=1) == key(INPUTS, a=1)


def test_source_run_and_parameters() -> None:
    assert key(TASK_SOURCE) != key(TASK_SOURCE, context(second))
    assert key(RUN_ID) == str(UUID(int=1))
    assert key(RUN_ID, context(run=None)) == str(UUID(int=99))
    assert key(FLOW_PARAMETERS, flow={"x": 1}) != key(FLOW_PARAMETERS, flow={"x": 2})
    assert key(FLOW_PARAMETERS) is None
    typed_in: dict[str, Any] = {}
    exec("def typed(): return 1", typed_in)
    assert key(TASK_SOURCE, context(typed_in["typed"]))


def test_sums() -> None:
    both = INPUTS + TASK_SOURCE
    assert key(both, a=1) != key(INPUTS, a=1)
    assert key(both, a=1) != key(both, context(second), a=1)
    assert key(both, a=1) == key(both, context(run=2), a=1)
    assert key(DEFAULT, a=1) != key(DEFAULT, context(run=2), a=1)
    assert key(both - "a", a=1) == key(both - "a", a=2)
    assert key(TASK_SOURCE - "a", a=1, b=1) != key(TASK_SOURCE - "a", a=1, b=2)
    assert key(RUN_ID + TASK_SOURCE - "a", a=1, b=1) == key(RUN_ID + TASK_SOURCE - "a", a=2, b=1)


def test_nothing_added_or_taken_away() -> None:
    assert NONE is NO_CACHE
    assert key(NO_CACHE, a=1) is None
    assert (NO_CACHE + INPUTS) == INPUTS
    assert (INPUTS + NO_CACHE) == INPUTS
    assert (NO_CACHE - "a") is NO_CACHE
    for wrong in (lambda: INPUTS - 1, lambda: TASK_SOURCE - 1, lambda: DEFAULT - 1):  # type: ignore[operator]
        with pytest.raises(TypeError, match="Can only subtract strings"):
            wrong()
    with pytest.raises(TypeError, match="Can only add cache policies, got str"):
        INPUTS + "a"  # type: ignore[operator]


def test_a_function_is_a_policy() -> None:
    policy = CachePolicy.from_cache_key_fn(lambda ctx, inputs: f"{ctx.task.task_key}-{inputs['a']}")
    assert key(policy, a=5) == "first-5"
    assert key(policy + RUN_ID, a=5) not in (None, "first-5")
    hashed = CachePolicy.from_cache_key_fn(task_input_hash)
    assert key(hashed, a=5) == key(hashed, a=5) != key(hashed, a=6)
    assert key(hashed, a=5) != key(hashed, context(second), a=5)


def test_configured() -> None:
    locks = MemoryLockManager()
    policy = (INPUTS + TASK_SOURCE).configure(
        key_storage="/keys", lock_manager=locks, isolation_level="SERIALIZABLE"
    )
    assert (policy.key_storage, policy.lock_manager) == ("/keys", locks)
    assert policy.isolation_level is IsolationLevel.SERIALIZABLE
    assert (policy + RUN_ID).lock_manager is locks
    assert (RUN_ID + policy).key_storage == "/keys"
    assert (policy - "a").isolation_level is IsolationLevel.SERIALIZABLE
    assert INPUTS.key_storage is None, "a policy is not changed by configuring it"
    with pytest.raises(ValueError, match="different storage locations"):
        policy + INPUTS.configure(key_storage="/elsewhere")
    with pytest.raises(ConfigurationError, match="isolation_level='LOOSE' is unknown; use one of"):
        INPUTS.configure(isolation_level="LOOSE")
