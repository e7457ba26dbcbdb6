"""Tasks.

Owns the class behind `@task`: the documented options, and how calls, `submit` and `map` become
task runs.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Coroutine, Iterable, Mapping
from types import FrameType
from typing import TYPE_CHECKING, Any, Generic, Literal, ParamSpec, TypeVar, overload

from signoff.authoring import arguments, options
from signoff.authoring.callables import Signature
from signoff.authoring.futures import SignoffConcurrentFuture, SignoffFuture, SignoffFutureList
from signoff.core.retries import Delay, delays
from signoff.engine.callsites import site
from signoff.engine.clock import new_id
from signoff.engine.drivers import drive_sync
from signoff.engine.frames import (
    RunFrame,
    TaskFrame,
    current_tags,
    current_task,
    run_or_raise,
)
from signoff.engine.specs import Hook, Hooks, TaskSpec
from signoff.engine.tasks import Arguments, TaskCall, identify, run_task

if TYPE_CHECKING:
    from signoff.engine.promises import Ending
    from signoff.model.states import State

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

_OUTSIDE = "Tasks can only be run inside a flow: call {name!r} from a function with @flow."


class Task(Generic[P, R]):
    """A function whose calls are task runs. Made by `@task`, which documents the options.

    Attributes:
        fn: the function.
        name, description, tags: as given or derived.
        task_key: identity of the task in the journal.
    """

    def __init__(
        self,
        fn: Callable[P, R],
        name: str | None = None,
        description: str | None = None,
        tags: Iterable[str] | None = None,
        task_run_name: str | Callable[[], str] | None = None,
        retries: int | None = None,
        retry_delay_seconds: Delay = None,
        retry_jitter_factor: float | None = None,
        persist_result: bool | None = None,
        timeout_seconds: float | None = None,
        log_prints: bool | None = None,
        on_completion: Iterable[Hook] | None = None,
        on_failure: Iterable[Hook] | None = None,
        on_running: Iterable[Hook] | None = None,
        retry_condition_fn: Callable[..., bool] | None = None,
    ) -> None:
        if not callable(fn):
            raise TypeError(f"'fn' must be callable, got {type(fn).__name__}.")
        if isinstance(fn, (classmethod, staticmethod)):
            raise TypeError("put @task below @classmethod or @staticmethod")
        functools.update_wrapper(self, fn)
        self.fn = fn
        self.name = name or fn.__name__
        self.description = description or (fn.__doc__ or "").strip() or None
        self.tags = frozenset(tags or ())
        self.isasync = options.is_async_fn(fn)
        self.task_key = options.key_of(fn)
        self._signature = Signature(fn)
        self._retries = retries
        delays(retry_delay_seconds, retries or 0)
        if retry_jitter_factor is not None and retry_jitter_factor < 0:
            raise ValueError("`retry_jitter_factor` must be >= 0.")
        if retry_condition_fn is not None and not callable(retry_condition_fn):
            raise TypeError(
                "Expected `retry_condition_fn` to be callable, got "
                f"{type(retry_condition_fn).__name__} instead."
            )
        self.spec = TaskSpec(
            owner=self,
            name=self.name,
            fn=fn,
            is_async=self.isasync,
            key=self.task_key,
            retries=retries or 0,
            retry_delay=retry_delay_seconds,
            retry_jitter=retry_jitter_factor,
            retry_condition=retry_condition_fn,
            timeout=options.limit(timeout_seconds, self.name),
            log_prints=log_prints,
            persist_result=persist_result,
            run_name=task_run_name,
            hooks=Hooks(
                options.hook_list(on_completion, "on_completion", self.name),
                options.hook_list(on_failure, "on_failure", self.name),
                on_running=options.hook_list(on_running, "on_running", self.name),
            ),
            tags=self.tags,
        )

    @property
    def retries(self) -> int:
        return self.spec.retries

    @property
    def timeout_seconds(self) -> float | None:
        return self.spec.timeout

    # Hooks as decorators ----------------------------------------------------------------------

    def on_completion(self, fn: Hook) -> Hook:
        """Call `fn(task, task_run, state)` when a run of the task completes."""
        self.spec.hooks.on_completion.append(fn)
        return fn

    def on_failure(self, fn: Hook) -> Hook:
        """Call `fn(task, task_run, state)` when a run of the task fails."""
        self.spec.hooks.on_failure.append(fn)
        return fn

    def on_running(self, fn: Hook) -> Hook:
        """Call `fn(task, task_run, state)` when a run of the task begins."""
        self.spec.hooks.on_running.append(fn)
        return fn

    # Direct calls -----------------------------------------------------------------------------

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...

    @overload
    def __call__(
        self: Task[Any, Coroutine[Any, Any, T]],
        *args: Any,
        return_state: Literal[True],
        wait_for: Iterable[Any] | None = None,
        **kwargs: Any,
    ) -> Coroutine[Any, Any, State[T]]: ...

    @overload
    def __call__(
        self: Task[Any, T],
        *args: Any,
        return_state: Literal[True],
        wait_for: Iterable[Any] | None = None,
        **kwargs: Any,
    ) -> State[T]: ...

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task here; its result is on record before this returns.

        Args:
            return_state: return the final state instead of the value.
            wait_for: futures that have to end first.

        Returns:
            What the function returns; a coroutine of it when the task is asynchronous.

        Raises:
            MissingContextError: called outside a flow.
            ParameterBindError: the arguments do not fit the signature.
            Exception: what the task raised.
        """
        return_state = kwargs.pop("return_state", False) if kwargs else False
        wait_for = kwargs.pop("wait_for", None) if kwargs else None
        frame = run_or_raise(_OUTSIDE.format(name=self.name))
        parameters = self._signature.bind(args, kwargs)
        call = self._call(frame, parameters, wait_for, sys._getframe(1))
        program = run_task(call)
        if self.isasync:
            # Loaded on first use: only asynchronous code needs asyncio, which costs 40 ms.
            driver = importlib.import_module("signoff.engine.async_driver")
            return _finished(driver.drive_async(program, frame.gateway), return_state)
        ending = drive_sync(program, frame.gateway)
        return ending.as_state() if return_state else ending.unwrap()

    # Submitted calls --------------------------------------------------------------------------

    # Futures stand for values of any type, so arguments are not held against the signature here.
    @overload
    def submit(
        self: Task[Any, Any],
        *args: Any,
        return_state: Literal[True],
        wait_for: Iterable[Any] | None = None,
        **kwargs: Any,
    ) -> State[Any]: ...

    @overload
    def submit(
        self: Task[Any, Coroutine[Any, Any, T]],
        *args: Any,
        return_state: Literal[False] = False,
        wait_for: Iterable[Any] | None = None,
        **kwargs: Any,
    ) -> SignoffFuture[T]: ...

    @overload
    def submit(
        self: Task[Any, T],
        *args: Any,
        return_state: Literal[False] = False,
        wait_for: Iterable[Any] | None = None,
        **kwargs: Any,
    ) -> SignoffFuture[T]: ...

    def submit(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task on the flow's task runner.

        Arguments that are futures or states are dependencies: the task begins when they have
        ended, with their results.

        Args:
            return_state: wait, and return the final state instead of a future.
            wait_for: further futures that have to end first.

        Returns:
            A future of what the function returns.

        Raises:
            MissingContextError: called outside a flow.
            ParameterBindError: the arguments do not fit the signature.
        """
        return_state = kwargs.pop("return_state", False)
        wait_for = kwargs.pop("wait_for", None)
        frame = run_or_raise(_OUTSIDE.format(name=self.name))
        parameters = self._signature.bind(args, kwargs)
        future = self._submit(frame, parameters, wait_for, sys._getframe(1))
        if return_state:
            future.wait()
            return future.state
        return future

    def map(
        self,
        *args: Any,
        return_state: bool = False,
        wait_for: Iterable[Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Submit the task once for each item of its iterable arguments.

        Args:
            return_state: wait, and return final states instead of futures.
            wait_for: futures that have to end first.

        Returns:
            A list of futures with `wait()` and `result()`.

        Raises:
            MappingMissingIterable: no argument can be iterated over.
            MappingLengthMismatch: arguments of different lengths.
        """
        frame = run_or_raise(_OUTSIDE.format(name=self.name))
        parameters = self._signature.bind(args, kwargs)
        caller = sys._getframe(1)
        futures: SignoffFutureList[Any] = SignoffFutureList(
            self._submit(frame, each, wait_for, caller)
            for each in arguments.mapped(self.name, self._signature, parameters)
        )
        if return_state:
            futures.wait()
            return [future.state for future in futures]
        return futures

    # How a call becomes a task run ------------------------------------------------------------

    def _submit(
        self,
        frame: RunFrame,
        parameters: dict[str, Any],
        wait_for: Iterable[Any] | None,
        caller: FrameType,
    ) -> SignoffFuture[Any]:
        call = self._call(frame, parameters, wait_for, caller)
        pool = frame.pool
        if pool is None:
            pool = frame.pool = frame.spec.task_runner.pool(f"{frame.name}-task")
        return SignoffConcurrentFuture(pool.submit(call), frame.gateway)

    def _call(
        self,
        frame: RunFrame,
        parameters: dict[str, Any],
        wait_for: Iterable[Any] | None,
        caller: FrameType,
    ) -> TaskCall:
        default = frame.runtime.default_retries[1]
        if self._retries is None and default != self.spec.retries:
            self.spec.retries = default
        outer: TaskFrame | None = current_task.get()
        scope = outer.scope if outer is not None else ""
        place = frame.journal.place(scope, self.task_key, site(caller))
        upstream, resolve = arguments.dependencies(parameters, wait_for)
        step = None
        if resolve is None:
            given = self._given(parameters)
            step = identify(frame, scope, self.spec, given, place, early=True)
            ready: Callable[[], Arguments] = functools.partial(_identity, given)
        else:
            ready = functools.partial(self._later, resolve)
        return TaskCall(
            self.spec,
            frame,
            outer,
            new_id(),
            place,
            ready,
            upstream,
            step,
            None,
            current_tags.get(),
        )

    def _given(self, parameters: Mapping[str, Any]) -> Arguments:
        args, kwargs = self._signature.spread(parameters)
        return Arguments(args, kwargs, parameters)

    def _later(self, resolve: Callable[[], dict[str, Any]]) -> Arguments:
        return self._given(resolve())

    # Other ------------------------------------------------------------------------------------

    def with_options(self, **changes: Any) -> Task[P, R]:
        """A copy of the task with other options (those of `@task`)."""
        spec, hooks = self.spec, self.spec.hooks
        given: dict[str, Any] = {
            "name": self.name,
            "description": self.description,
            "tags": self.tags,
            "task_run_name": spec.run_name,
            "retries": self._retries,
            "retry_delay_seconds": spec.retry_delay,
            "retry_jitter_factor": spec.retry_jitter,
            "persist_result": spec.persist_result,
            "timeout_seconds": spec.timeout,
            "log_prints": spec.log_prints,
            "on_completion": hooks.on_completion,
            "on_failure": hooks.on_failure,
            "on_running": hooks.on_running,
            "retry_condition_fn": spec.retry_condition,
        }
        unknown = set(changes) - set(given)
        if unknown:
            raise TypeError(f"@task has no option {', '.join(sorted(unknown))!r}.")
        return type(self)(self.fn, **(given | changes))

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """A task in a class is a method: the instance is its first argument."""
        return self if instance is None else BoundTask(self, instance)

    def __reduce__(self) -> Any:
        if options.is_importable(self, self.fn):
            return options.find_named, (self.fn.__module__, self.fn.__qualname__)
        return object.__reduce__(self)

    def __repr__(self) -> str:
        return f"<task {self.name!r}>"


class BoundTask:
    """A task taken from an instance: `instance.task(...)`, `.submit(...)` and `.map(...)`."""

    def __init__(self, task: Task[Any, Any], instance: Any) -> None:
        self.task = task
        self.instance = instance
        self.submit = functools.partial(task.submit, instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.task(self.instance, *args, **kwargs)

    def map(self, *args: Any, **kwargs: Any) -> Any:
        """Like `Task.map`, with the instance as it is."""
        return self.task.map(arguments.unmapped(self.instance), *args, **kwargs)


def _identity(given: Arguments) -> Arguments:
    return given


async def _finished(driven: Coroutine[Any, Any, Ending], return_state: bool) -> Any:
    ending = await driven
    return ending.as_state() if return_state else ending.unwrap()
