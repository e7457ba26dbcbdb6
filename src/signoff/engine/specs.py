"""What the engine needs to know of a flow or task: the options of the decorators, resolved.

Owns no behaviour. The decorated objects of `authoring` carry one of these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from signoff.model.values import dataclass

if TYPE_CHECKING:
    from datetime import timedelta

    from signoff.core.retries import Delay
    from signoff.model.journal import EntryRecord

Hook = Callable[..., Any]
"""Called with (flow, flow_run, state) or (task, task_run, state)."""
RunName = str | Callable[..., Any] | None
"""Makes the names of runs: a template of the parameters, or a function, which may take them as its
parameter `parameters` and may be asynchronous."""


@dataclass(slots=True)
class Hooks:
    """What to call when a run enters a state; what a hook raises is logged and nothing more."""

    on_completion: list[Hook] = field(default_factory=list)
    on_failure: list[Hook] = field(default_factory=list)
    on_cancellation: list[Hook] = field(default_factory=list)
    on_crashed: list[Hook] = field(default_factory=list)
    on_running: list[Hook] = field(default_factory=list)
    on_commit: list[Hook] = field(default_factory=list)
    on_rollback: list[Hook] = field(default_factory=list)

    @property
    def of_transactions(self) -> bool:
        """Whether there are any that a transaction calls, with itself."""
        return bool(self.on_commit or self.on_rollback)


@dataclass(frozen=True, slots=True)
class ResultOptions:
    """What a flow or task says about its results beyond keeping them with the run.

    Args:
        storage: where they are written besides; None for what is around it.
        storage_key: template of the key there.
        serializer: turns them into bytes; None for what is around it.
        in_memory: whether a large one stays in memory once it is on record.
        policy: what makes two calls the same computation; None for the default policy.
        expiration: how long a result may be reused; None for ever.
        refresh: compute and overwrite; None to ask the settings.
    """

    storage: Any = None
    storage_key: str | None = None
    serializer: Any = None
    in_memory: bool = True
    policy: Any = None
    expiration: timedelta | None = None
    refresh: bool | None = None

    def within(self, outer: ResultOptions | None) -> ResultOptions:
        """The same, what it leaves open filled in from what is around it."""
        if outer is None:
            return self
        return replace(
            self,
            storage=self.storage if self.storage is not None else outer.storage,
            serializer=self.serializer if self.serializer is not None else outer.serializer,
            refresh=self.refresh if self.refresh is not None else outer.refresh,
        )


@dataclass(slots=True)
class FlowSpec:
    """A flow.

    Args:
        owner: the decorated object; hooks get it.
        name: name of the flow.
        fn: the user's function.
        is_async: `fn` is a coroutine function, or an asynchronous generator function.
        is_generator: `fn` yields values one by one.
        key: module and qualified name.
        version: version of the flow.
        retries, retry_delay: further attempts after a failure, and seconds before them.
        timeout: seconds a run may take, waiting left out; None for no limit.
        log_prints: send `print` to the run's log; None to ask the enclosing run.
        persist_result: keep results; None to keep them with the run.
        run_name: makes the names of its runs; None for a made-up one.
        tags: labels.
        task_runner: makes the pool that submitted tasks run on.
        entry: makes the record by which another process loads the flow again.
        keeping: what it says about its results; None for nothing.
        json_result: what it returns is JSON, and is kept as such.
        secret_schema: JSON Schema that says which of its parameters are secret; None for none.
        may_retry: whether a run that may be tried again by number still may; None for always.
    """

    owner: Any
    name: str
    fn: Callable[..., Any]
    is_async: bool
    key: str
    version: str | None
    retries: int
    retry_delay: Delay
    timeout: float | None
    log_prints: bool | None
    persist_result: bool | None
    run_name: RunName
    hooks: Hooks
    task_runner: Any
    entry: Callable[[], EntryRecord | None]
    tags: Sequence[str] = ()
    keeping: ResultOptions | None = None
    is_generator: bool = False
    json_result: bool = False
    secret_schema: Mapping[str, Any] | None = None
    may_retry: Callable[[Any], bool] | None = None


@dataclass(slots=True)
class TaskSpec:
    """A task. Arguments as for `FlowSpec`; `retry_condition(task, task_run, state)` may veto.

    `context` makes the documented context of a task frame, which cache policies look at.
    `judge(task frame, arguments, ending)` has the last word on how the task ended, after the last
    attempt and before anything is on record. One that does not `work` only waits or directs other
    tasks, so that entering it again repeats nothing.
    """

    owner: Any
    name: str
    fn: Callable[..., Any]
    is_async: bool
    key: str
    retries: int
    retry_delay: Delay
    retry_jitter: float | None
    retry_condition: Callable[..., bool] | None
    timeout: float | None
    log_prints: bool | None
    persist_result: bool | None
    run_name: RunName
    hooks: Hooks
    tags: frozenset[str] = frozenset()
    keeping: ResultOptions | None = None
    context: Callable[[Any], Any] | None = None
    is_generator: bool = False
    judge: Callable[[Any, Any, Any], Any] | None = None
    works: bool = True
