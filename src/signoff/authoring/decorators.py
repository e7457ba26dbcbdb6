"""`@flow` and `@task`.

Owns the typed decorators: the decorated function keeps its parameters and its return type.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar, overload

from signoff.authoring.flow import Flow
from signoff.authoring.task import Task

if TYPE_CHECKING:
    from typing import Unpack

    from signoff.authoring.option_names import FlowOptions, TaskOptions

P = ParamSpec("P")
R = TypeVar("R")


class FlowDecorator(Protocol):
    """Turns a function into a flow."""

    def __call__(
        self, fn: Callable[P, R] | classmethod[Any, P, R] | staticmethod[P, R], /
    ) -> Flow[P, R]: ...


class TaskDecorator(Protocol):
    """Turns a function into a task."""

    def __call__(
        self, fn: Callable[P, R] | classmethod[Any, P, R] | staticmethod[P, R], /
    ) -> Task[P, R]: ...


class FlowMaker:
    """Make a function a flow: each call of it is a run.

    Args:
        name: name of the flow; the function's, with hyphens, when not given.
        version: version of the flow; a digest of its file when not given.
        flow_run_name: name of each run: a template of the parameters such as "{city}-{day}", or
            a function, asynchronous or not, that returns it; it gets the parameters when it has a
            parameter of the name `parameters`.
        retries: further attempts after a failure; a new attempt asks its questions again and
            gives back the results of finished tasks.
        retry_delay_seconds: seconds before a further attempt, or one number per retry.
        task_runner: where submitted tasks run; threads when not given.
        description: what it does; the docstring when not given.
        timeout_seconds: seconds an attempt may take, waiting for people left out.
        validate_parameters: coerce parameters to their annotations, and refuse what does not fit.
        persist_result: keep the result durably (True), not at all (False), or with the run.
        result_storage: where results are written besides the run's record: a path, a URL such as
            "s3://bucket/folder", or a file system of `signoff.filesystems`.
        result_serializer: what turns results into bytes: "pickle", "json", "compressed/pickle",
            "compressed/json", or a serializer of `signoff.serializers`.
        cache_result_in_memory: keep a large result in memory once it is on record.
        log_prints: send `print` to the run's log.
        on_completion, on_failure, on_cancellation, on_crashed, on_running: functions called with
            (flow, flow_run, state) when a run enters such a state.

    Returns:
        The flow; a decorator when called with options only.
    """

    from_source = staticmethod(Flow.from_source)
    """`flow.from_source(...)`, as documented: the flow of a folder or a git repository."""

    @overload
    def __call__(
        self, fn: Callable[P, R] | classmethod[Any, P, R] | staticmethod[P, R], /
    ) -> Flow[P, R]: ...

    @overload
    def __call__(self, /, **options: Unpack[FlowOptions]) -> FlowDecorator: ...

    def __call__(self, fn: Any = None, /, **options: Any) -> Any:
        if fn is not None:
            return Flow(fn, **options)
        return lambda function: Flow(function, **options)

    def __repr__(self) -> str:
        return "<decorator flow>"


flow = FlowMaker()


@overload
def task(fn: Callable[P, R] | classmethod[Any, P, R] | staticmethod[P, R], /) -> Task[P, R]: ...


@overload
def task(**options: Unpack[TaskOptions]) -> TaskDecorator: ...


def task(fn: Any = None, /, **options: Any) -> Any:
    """Make a function a task: each call of it inside a flow is a task run.

    Args:
        name: name of the task; the function's when not given.
        description: what it does; the docstring when not given.
        tags: labels, besides those of the `tags` context.
        task_run_name: name of each run: a template of the parameters, or a function, as for flows.
        retries: further attempts after a failure.
        retry_delay_seconds: seconds before a retry, a list with one number per retry, or a
            function of the number of retries such as `exponential_backoff(10)`.
        retry_jitter_factor: spread each delay over up to so many times itself more.
        persist_result: keep the result durably (True), not at all (False), or with the run. A
            result that is not kept makes the task run again when its run is entered again.
        result_storage: where results are written besides the run's record: a path, a URL such as
            "s3://bucket/folder", or a file system of `signoff.filesystems`.
        result_storage_key: template of the key there, such as "{parameters[city]}.json". A result
            found under the key is used instead of running the task.
        result_serializer: what turns results into bytes: "pickle", "json", "compressed/pickle",
            "compressed/json", or a serializer of `signoff.serializers`.
        cache_result_in_memory: keep a large result in memory once it is on record.
        cache_policy: what makes two calls the same computation, whose result is reused: a policy
            of `signoff.cache_policies`. Without one, nothing is reused unless `persist_result` is
            True: then equal calls within one run are (`DEFAULT`).
        cache_key_fn: a function of (context, parameters) that returns the key, or None.
        cache_expiration: how long a result may be reused.
        refresh_cache: run anyway, and keep the new result.
        timeout_seconds: seconds an attempt may take, waiting for people left out.
        log_prints: send `print` to the run's log; as the flow does when not given.
        on_completion, on_failure, on_running: functions called with (task, task_run, state).
        retry_condition_fn: called with (task, task_run, state) after a failure; False means no
            retry.

    Returns:
        The task; a decorator when called with options only.
    """
    if fn is not None:
        return Task(fn, **options)
    return lambda function: Task(function, **options)
