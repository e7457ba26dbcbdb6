"""Tasks.

Owns the class behind `@task`: the documented options, and how calls, `submit` and `map` become
task runs.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import (
    AsyncGenerator,
    Callable,
    Coroutine,
    Generator,
    Iterable,
    Mapping,
    Sequence,
)
from types import FrameType
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, overload

from signoff.authoring import arguments, options
from signoff.authoring.cached import Cached, context_of
from signoff.authoring.decorated import Bound, caller, streamed
from signoff.authoring.futures import SignoffConcurrentFuture, SignoffFuture, SignoffFutureList
from signoff.authoring.process import runtime
from signoff.authoring.task_runners import ThreadPoolTaskRunner
from signoff.core.retries import Delay, delays
from signoff.engine import entry
from signoff.engine.arguments import Arguments
from signoff.engine.callsites import site
from signoff.engine.clock import new_id
from signoff.engine.drivers import drive_sync
from signoff.engine.frames import (
    RunFrame,
    TaskFrame,
    current_run,
    current_tags,
    current_task,
)
from signoff.engine.outside import frame_here
from signoff.engine.specs import Hook, Hooks, RunName, TaskSpec
from signoff.engine.tasks import TaskCall, identify, run_task

if TYPE_CHECKING:
    from types import CoroutineType
    from typing import Unpack

    from signoff.authoring.option_names import CacheOptions, TaskOptions
    from signoff.engine.promises import Ending
    from signoff.model.journal import TaskInput
    from signoff.model.states import State

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Task(Cached[P, R]):
    """A function whose calls are task runs. Made by `@task`, which documents the options.

    Attributes:
        tags: labels.
        task_key: identity of the task in the journal.
    """

    kind = "task"
    spec: TaskSpec

    def __init__(
        self,
        fn: Callable[P, R],
        name: str | None = None,
        description: str | None = None,
        tags: Iterable[str] | None = None,
        task_run_name: RunName = None,
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
        **caching: Unpack[CacheOptions],
    ) -> None:
        super().__init__(fn, options.name_of(self.kind, name, fn), description)
        self.tags = options.labels(tags, self.name)
        self.task_key = options.key_of(self.fn)
        self._retries = options.count("retries", retries, self.name)
        delays(retry_delay_seconds, retries or 0, self.name)
        options.jitter(retry_jitter_factor, self.name)
        if retry_condition_fn is not None and not callable(retry_condition_fn):
            raise TypeError(
                "Expected `retry_condition_fn` to be callable, got "
                f"{type(retry_condition_fn).__name__} instead."
            )
        self.spec = TaskSpec(
            owner=self,
            name=self.name,
            fn=self.fn,
            is_async=self.isasync,
            key=self.task_key,
            retries=retries or 0,
            retry_delay=retry_delay_seconds,
            retry_jitter=retry_jitter_factor,
            retry_condition=retry_condition_fn,
            timeout=options.limit(timeout_seconds, self.name),
            log_prints=log_prints,
            persist_result=persist_result,
            run_name=options.name_template("task_run_name", task_run_name, self.name),
            hooks=Hooks(
                options.hook_list(on_completion, "on_completion", "task", self.name),
                options.hook_list(on_failure, "on_failure", "task", self.name),
                on_running=options.hook_list(on_running, "on_running", "task", self.name),
            ),
            tags=self.tags,
            keeping=self._kept(persist_result, {**caching}),
            context=context_of,
            is_generator=self.isgenerator,
        )

    # Options as attributes, as documented -----------------------------------------------------

    @property
    def retry_delay_seconds(self) -> Delay:
        """Seconds before a retry."""
        return self.spec.retry_delay

    @property
    def retry_jitter_factor(self) -> float | None:
        """How far a delay may be spread."""
        return self.spec.retry_jitter

    @property
    def retry_condition_fn(self) -> Callable[..., Any] | None:
        """What may veto a retry."""
        return self.spec.retry_condition

    @property
    def task_run_name(self) -> RunName:
        """What makes the names of its runs."""
        return self.spec.run_name

    # Direct calls -----------------------------------------------------------------------------

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...

    @overload
    def __call__(
        self,
        *args: Any,
        wait_for: Iterable[Any],
        return_state: Literal[False] = False,
        **kwargs: Any,
    ) -> R: ...

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
            What the function returns; a coroutine of it when the task is asynchronous. Of a
            generator its values, as they come; the task begins with the first one.

        Raises:
            ParameterBindError: the arguments do not fit the signature.
            Exception: what the task raised.
        """
        return_state = kwargs.pop("return_state", False) if kwargs else False
        wait_for = kwargs.pop("wait_for", None) if kwargs else None
        frame = current_run.get() or _outside()
        parameters = self._signature.bind(args, kwargs)
        call = self._call(frame, parameters, wait_for, caller(sys._getframe(1)))
        call.read = self.isgenerator and not return_state
        program = run_task(call)
        if call.read:
            return streamed(program, frame.gateway, self.isasync)
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
        self: Task[Any, Generator[T, Any, Any]],
        *args: Any,
        return_state: Literal[False] = False,
        wait_for: Iterable[Any] | None = None,
        **kwargs: Any,
    ) -> SignoffFuture[list[T]]: ...

    @overload
    def submit(
        self: Task[Any, AsyncGenerator[T, Any]],
        *args: Any,
        return_state: Literal[False] = False,
        wait_for: Iterable[Any] | None = None,
        **kwargs: Any,
    ) -> SignoffFuture[list[T]]: ...

    @overload
    def submit(
        self: Task[Any, Coroutine[Any, Any, T]],
        *args: Any,
        return_state: Literal[False] = False,
        wait_for: Iterable[Any] | None = None,
        **kwargs: Any,
    ) -> SignoffFuture[T]: ...

    # The same for type checkers that call what `async def` returns by its class.
    @overload
    def submit(
        self: Task[Any, CoroutineType[Any, Any, T]],
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
            A future of what the function returns; of a generator, of the list of its values.

        Raises:
            ParameterBindError: the arguments do not fit the signature.
        """
        return_state = kwargs.pop("return_state", False)
        wait_for = kwargs.pop("wait_for", None)
        frame = current_run.get() or _outside()
        parameters = self._signature.bind(args, kwargs)
        future = self._submit(frame, parameters, wait_for, caller(sys._getframe(1)))
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
        frame = current_run.get() or _outside()
        parameters = self._signature.bind(args, kwargs)
        where = sys._getframe(1)
        futures: SignoffFutureList[Any] = SignoffFutureList(
            self._submit(frame, each, wait_for, where, inputs)
            for each, inputs in arguments.mapped(self.name, self._signature, parameters)
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
        where: FrameType,
        inputs: Sequence[TaskInput] = (),
    ) -> SignoffFuture[Any]:
        call = self._call(frame, parameters, wait_for, where)
        if inputs:
            call.inputs = [*inputs, *call.inputs]
        pool = frame.pool
        if pool is None:
            pool = frame.pool = frame.spec.task_runner.pool(f"{frame.name or 'signoff'}-task")
        return SignoffConcurrentFuture(pool.submit(call), frame.gateway)

    def _call(
        self,
        frame: RunFrame,
        parameters: dict[str, Any],
        wait_for: Iterable[Any] | None,
        where: FrameType,
    ) -> TaskCall:
        default = frame.runtime.default_retries[1]
        if self._retries is None and default != self.spec.retries:
            self.spec.retries = default
        outer: TaskFrame | None = current_task.get()
        scope = outer.scope if outer is not None else ""
        place = frame.journal.place(scope, self.task_key, site(where))
        upstream, resolve, inputs = arguments.dependencies(parameters, wait_for)
        step = None
        if resolve is None:
            given = self._given(parameters)
            step = identify(frame, scope, self.spec, given, place, early=True)
            ready: Callable[[], Arguments] = functools.partial(_identity, given)
        else:
            ready = functools.partial(self._later, resolve)
        call = TaskCall(
            self.spec,
            frame,
            outer,
            frame.journal.begun_id(step) or new_id(),
            place,
            ready,
            upstream,
            step,
            None,
            current_tags.get(),
        )
        if inputs:
            call.inputs = inputs
        return call

    def _given(self, parameters: Mapping[str, Any]) -> Arguments:
        args, kwargs = self._signature.spread(parameters)
        return Arguments(args, kwargs, parameters)

    def _later(self, resolve: Callable[[], dict[str, Any]]) -> Arguments:
        return self._given(resolve())

    # Other ------------------------------------------------------------------------------------

    def with_options(self, **changes: Unpack[TaskOptions]) -> Task[P, R]:
        """A copy of the task with other options (those of `@task`); the rest stays as it is."""
        return self._with({**changes})

    def _options(self) -> dict[str, Any]:
        spec, hooks = self.spec, self.spec.hooks
        return {
            "name": self.name,
            "description": self.description,
            "tags": self.tags,
            "task_run_name": spec.run_name,
            "retries": self._retries,
            "retry_delay_seconds": spec.retry_delay,
            "retry_jitter_factor": spec.retry_jitter,
            "persist_result": spec.persist_result,
            **self._cache_options(),
            "timeout_seconds": spec.timeout,
            "log_prints": spec.log_prints,
            "on_completion": hooks.on_completion,
            "on_failure": hooks.on_failure,
            "on_running": hooks.on_running,
            "retry_condition_fn": spec.retry_condition,
        }

    def _bound(self, instance: Any) -> BoundTask:
        return BoundTask(self, instance)


class BoundTask(Bound):
    """A task taken from an instance or class: also `.submit(...)` and `.map(...)`."""

    decorated: Task[Any, Any]

    @property
    def submit(self) -> Callable[..., Any]:
        """Like `Task.submit`, with the instance as first argument."""
        return functools.partial(self.decorated.submit, self.instance)

    @property
    def map(self) -> Callable[..., Any]:
        """Like `Task.map`, with the instance as it is."""
        return functools.partial(self.decorated.map, arguments.unmapped(self.instance))


def _outside() -> RunFrame:
    """What stands for the run where there is none."""
    if current_task.get() is None:
        entry.check_not_loading()
    return frame_here(runtime, ThreadPoolTaskRunner)


def _identity(given: Arguments) -> Arguments:
    return given


async def _finished(driven: Coroutine[Any, Any, Ending], return_state: bool) -> Any:
    ending = await driven
    return ending.as_state() if return_state else ending.unwrap()
