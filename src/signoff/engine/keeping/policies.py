"""What makes two calls of a task the same computation: the documented cache policies.

Owns how keys are made and combined. Must not know where results are kept.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from signoff.core.fingerprint import fingerprint
from signoff.engine import results
from signoff.model.errors import ConfigurationError, HashError
from signoff.model.transactions import IsolationLevel

if TYPE_CHECKING:
    from pathlib import Path

    from signoff.engine.keeping.filesystems import WritableFileSystem
    from signoff.engine.keeping.locks import LockManager

P = TypeVar("P", bound="CachePolicy")

KEY_BYTES = 16

_CONFIGURED = ("key_storage", "isolation_level", "lock_manager")


def hash_objects(*objects: Any) -> str:
    """A key made of values, the same in every process.

    Raises:
        HashError: a value cannot be pickled.
    """
    try:
        return fingerprint(objects, results.dumps, KEY_BYTES)
    except Exception as error:
        raise HashError(f"Unable to create hash - objects could not be serialized: {error}") from (
            error
        )


@dataclass
class CachePolicy:
    """Base of every policy. `a + b` asks for both, `a - "name"` leaves an argument out.

    Args:
        key_storage: where the keys of results are kept; with the results when not given.
        isolation_level: what others may do under the same key meanwhile.
        lock_manager: hands out the locks that SERIALIZABLE needs.
    """

    key_storage: WritableFileSystem | str | Path | None = None
    isolation_level: IsolationLevel | str | None = None
    lock_manager: LockManager | None = None

    @classmethod
    def from_cache_key_fn(
        cls, cache_key_fn: Callable[[Any, dict[str, Any]], str | None]
    ) -> CacheKeyFnPolicy:
        """A policy whose key is what `cache_key_fn(context, parameters)` returns."""
        return CacheKeyFnPolicy(cache_key_fn=cache_key_fn)

    def configure(
        self: P,
        key_storage: WritableFileSystem | str | Path | None = None,
        lock_manager: LockManager | None = None,
        isolation_level: IsolationLevel | str | None = None,
    ) -> P:
        """A copy with these options; those left out stay as they are.

        Raises:
            ConfigurationError: no such isolation level.
        """
        new = copy.copy(self)
        if key_storage is not None:
            new.key_storage = key_storage
        if lock_manager is not None:
            new.lock_manager = lock_manager
        if isolation_level is not None:
            new.isolation_level = level_of(isolation_level)
        return new

    def compute_key(
        self,
        task_ctx: Any,
        inputs: dict[str, Any],
        flow_parameters: dict[str, Any],
        **kwargs: Any,
    ) -> str | None:
        """The key of a call; None when its result is not to be reused.

        Args:
            task_ctx: the context of the task run, with its `task` and `task_run`.
            inputs: the arguments.
            flow_parameters: the parameters of the flow run.
            **kwargs: nothing so far.
        """
        raise TypeError(f"{type(self).__name__} does not define compute_key().")

    def __sub__(self, other: str) -> CachePolicy:
        if not isinstance(other, str):
            raise TypeError("Can only subtract strings from key policies.")
        return _compound(self, [self, Inputs(exclude=[other])])

    def __add__(self, other: CachePolicy) -> CachePolicy:
        if not isinstance(other, CachePolicy):
            raise TypeError(f"Can only add cache policies, got {type(other).__name__}.")
        if isinstance(other, NoCache):
            return self
        merged = copy.copy(self)
        for name in _CONFIGURED:
            ours, theirs = getattr(self, name), getattr(other, name)
            if ours is not None and theirs is not None and ours != theirs:
                raise ValueError(f"Cannot add CachePolicies with different {_SAID[name]}.")
            setattr(merged, name, ours if ours is not None else theirs)
        return _compound(merged, [self, other])


_SAID = {
    "key_storage": "storage locations",
    "isolation_level": "isolation levels",
    "lock_manager": "lock implementations",
}


def level_of(level: IsolationLevel | str) -> IsolationLevel:
    """The isolation level of this name.

    Raises:
        ConfigurationError: there is none.
    """
    try:
        return IsolationLevel(level)
    except ValueError:
        raise ConfigurationError(
            f"isolation_level={level!r} is unknown; use one of {', '.join(IsolationLevel)}."
        ) from None


@dataclass
class CacheKeyFnPolicy(CachePolicy):
    """The key is what a function of (context, parameters) returns."""

    cache_key_fn: Callable[[Any, dict[str, Any]], str | None] | None = None

    def compute_key(
        self,
        task_ctx: Any,
        inputs: dict[str, Any],
        flow_parameters: dict[str, Any],
        **kwargs: Any,
    ) -> str | None:
        return self.cache_key_fn(task_ctx, inputs) if self.cache_key_fn else None


@dataclass
class CompoundCachePolicy(CachePolicy):
    """All of several policies: the key is made of theirs."""

    policies: list[CachePolicy] = field(default_factory=list)

    def compute_key(
        self,
        task_ctx: Any,
        inputs: dict[str, Any],
        flow_parameters: dict[str, Any],
        **kwargs: Any,
    ) -> str | None:
        found = [
            policy.compute_key(task_ctx, inputs, flow_parameters, **kwargs)
            for policy in self.policies
        ]
        keys = [key for key in found if key is not None]
        return hash_objects(*keys) if keys else None

    def __sub__(self, other: str) -> CachePolicy:
        if not isinstance(other, str):
            raise TypeError("Can only subtract strings from key policies.")
        policies = list(self.policies)
        if not any(isinstance(policy, Inputs) for policy in policies):
            policies.append(Inputs())
        return _compound(
            self, [policy - other if isinstance(policy, Inputs) else policy for policy in policies]
        )


def _compound(like: CachePolicy, policies: list[CachePolicy]) -> CompoundCachePolicy:
    """All of some policies, configured like another one; compounds among them are opened."""
    flat: list[CachePolicy] = []
    for policy in policies:
        flat += policy.policies if isinstance(policy, CompoundCachePolicy) else [policy]
    options = {name: getattr(like, name) for name in _CONFIGURED}
    return CompoundCachePolicy(policies=flat, **options)


@dataclass
class NoCache(CachePolicy):
    """Nothing is reused."""

    def compute_key(
        self,
        task_ctx: Any,
        inputs: dict[str, Any],
        flow_parameters: dict[str, Any],
        **kwargs: Any,
    ) -> str | None:
        return None

    def __sub__(self, other: str) -> CachePolicy:
        return self

    def __add__(self, other: CachePolicy) -> CachePolicy:
        return other


@dataclass
class TaskSource(CachePolicy):
    """The code of the task: a changed task is another computation."""

    def compute_key(
        self,
        task_ctx: Any,
        inputs: Mapping[str, Any] | None,
        flow_parameters: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> str | None:
        if not task_ctx:
            return None
        fn = task_ctx.task.fn
        try:
            return hash_objects(inspect.getsource(fn))
        except (OSError, TypeError):
            # Code that was typed at a prompt has no file.
            code = getattr(fn, "__code__", None)
            return hash_objects(code.co_code if code is not None else repr(fn))


@dataclass
class FlowParameters(CachePolicy):
    """The parameters of the flow run."""

    def compute_key(
        self,
        task_ctx: Any,
        inputs: dict[str, Any],
        flow_parameters: dict[str, Any],
        **kwargs: Any,
    ) -> str | None:
        return hash_objects(flow_parameters) if flow_parameters else None


@dataclass
class RunId(CachePolicy):
    """The flow run, or the task run outside of one."""

    def compute_key(
        self,
        task_ctx: Any,
        inputs: dict[str, Any],
        flow_parameters: dict[str, Any],
        **kwargs: Any,
    ) -> str | None:
        if not task_ctx:
            return None
        run = task_ctx.task_run
        return str(run.flow_run_id or run.id)


@dataclass
class Inputs(CachePolicy):
    """The arguments of the call.

    Args:
        exclude: names of arguments that make no difference.
    """

    exclude: list[str] = field(default_factory=list)

    def compute_key(
        self,
        task_ctx: Any,
        inputs: dict[str, Any],
        flow_parameters: dict[str, Any],
        **kwargs: Any,
    ) -> str | None:
        told = {name: value for name, value in (inputs or {}).items() if name not in self.exclude}
        if not told:
            return None
        try:
            return hash_objects(told)
        except HashError as error:
            raise HashError(
                f"{error}\nLeave the argument out of the key with `INPUTS - 'name'`, write a "
                "`cache_key_fn`, or turn caching off with `cache_policy=NO_CACHE`."
            ) from error

    def __sub__(self, other: str) -> CachePolicy:
        if not isinstance(other, str):
            raise TypeError("Can only subtract strings from key policies.")
        new = copy.copy(self)
        new.exclude = [*self.exclude, other]
        return new


INPUTS = Inputs()
NONE = NoCache()
NO_CACHE = NONE
TASK_SOURCE = TaskSource()
FLOW_PARAMETERS = FlowParameters()
RUN_ID = RunId()
DEFAULT = INPUTS + TASK_SOURCE + RUN_ID


def task_input_hash(context: Any, arguments: dict[str, Any]) -> str | None:
    """A `cache_key_fn`: the task, its code and its arguments."""
    task = context.task
    return hash_objects(task.task_key, task.fn.__code__.co_code, arguments)
