"""Flows.

Owns the class behind `@flow`: the documented options, and how a call becomes a run.
"""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, overload
from uuid import UUID

from signoff.authoring import options
from signoff.authoring.arguments import dependencies
from signoff.authoring.callables import is_json, shown
from signoff.authoring.decorated import AnyHook, Decorated, caller, streamed
from signoff.authoring.deployable import Deployable
from signoff.authoring.keeping import of_flow
from signoff.authoring.process import runtime
from signoff.authoring.task_runners import TaskRunner, runner_of
from signoff.core.fingerprint import fingerprint
from signoff.core.retries import Delay, delays
from signoff.engine import entry, results
from signoff.engine.arguments import NO_ARGUMENTS, Arguments
from signoff.engine.callsites import site
from signoff.engine.drivers import drive_sync
from signoff.engine.flows import FlowCall, run_flow
from signoff.engine.frames import Runtime, current_run, current_tags, current_task
from signoff.engine.journal import UNKNOWN
from signoff.engine.specs import FlowSpec, Hook, Hooks, RunName
from signoff.engine.tasks import awaited

if TYPE_CHECKING:
    from typing import Unpack

    from signoff.authoring.arguments import Upstream
    from signoff.authoring.option_names import FlowOptions
    from signoff.core.ports import Gateway
    from signoff.engine.effects import Program
    from signoff.engine.journal import Step
    from signoff.engine.promises import Ending
    from signoff.model.journal import NewRun, TaskInput
    from signoff.model.states import State

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


class Flow(Decorated[P, R], Deployable):
    """A function whose calls are runs. Made by the `@flow` decorator, which documents the options.

    Attributes:
        should_validate_parameters: parameters are coerced to their annotations.
        task_runner: where submitted tasks run.
    """

    kind = "flow"
    spec: FlowSpec

    def __init__(
        self,
        fn: Callable[P, R],
        name: str | None = None,
        version: str | None = None,
        flow_run_name: RunName = None,
        retries: int | None = None,
        retry_delay_seconds: float | list[float] | None = None,
        task_runner: TaskRunner | type[TaskRunner] | None = None,
        description: str | None = None,
        timeout_seconds: float | None = None,
        validate_parameters: bool = True,
        persist_result: bool | None = None,
        result_storage: Any = None,
        result_serializer: Any = None,
        cache_result_in_memory: bool = True,
        log_prints: bool | None = None,
        on_completion: Iterable[Hook] | None = None,
        on_failure: Iterable[Hook] | None = None,
        on_cancellation: Iterable[Hook] | None = None,
        on_crashed: Iterable[Hook] | None = None,
        on_running: Iterable[Hook] | None = None,
    ) -> None:
        super().__init__(fn, options.name_of(self.kind, name, fn), description)
        self.should_validate_parameters = validate_parameters
        self.task_runner = runner_of(task_runner, self.name)
        self._retries = options.count("retries", retries, self.name)
        delays(retry_delay_seconds, retries or 0, self.name)
        self.spec = FlowSpec(
            owner=self,
            name=self.name,
            fn=self.fn,
            is_async=self.isasync,
            key=options.key_of(self.fn),
            version=version,
            retries=retries or 0,
            retry_delay=retry_delay_seconds,
            timeout=options.limit(timeout_seconds, self.name),
            log_prints=log_prints,
            persist_result=persist_result,
            run_name=options.name_template("flow_run_name", flow_run_name, self.name),
            hooks=Hooks(
                options.hook_list(on_completion, "on_completion", "flow", self.name),
                options.hook_list(on_failure, "on_failure", "flow", self.name),
                options.hook_list(on_cancellation, "on_cancellation", "flow", self.name),
                options.hook_list(on_crashed, "on_crashed", "flow", self.name),
                options.hook_list(on_running, "on_running", "flow", self.name),
            ),
            task_runner=self.task_runner,
            entry=options.EntryMaker(self.fn),
            keeping=of_flow(self.name, result_storage, result_serializer, cache_result_in_memory),
            is_generator=self.isgenerator,
        )

    # Options as attributes, as documented -----------------------------------------------------

    @property
    def version(self) -> str | None:
        """The version given, or a digest of the file the flow is in."""
        return self.spec.version or self.spec.entry().source_hash[:16] or None  # type: ignore[union-attr]

    @property
    def retry_delay_seconds(self) -> Delay:
        """Seconds before a further attempt."""
        return self.spec.retry_delay

    @property
    def flow_run_name(self) -> RunName:
        """What makes the names of its runs."""
        return self.spec.run_name

    # Hooks as decorators ----------------------------------------------------------------------

    def on_cancellation(self, fn: AnyHook) -> AnyHook:
        """Call `fn(flow, flow_run, state)` when a run is cancelled."""
        return self._hook("on_cancellation", fn)

    def on_crashed(self, fn: AnyHook) -> AnyHook:
        """Call `fn(flow, flow_run, state)` when the process of a run is going down."""
        return self._hook("on_crashed", fn)

    # Calls ------------------------------------------------------------------------------------

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
        self: Flow[Any, Coroutine[Any, Any, T]],
        *args: Any,
        return_state: Literal[True],
        wait_for: Iterable[Any] | None = None,
        **kwargs: Any,
    ) -> Coroutine[Any, Any, State[T]]: ...

    @overload
    def __call__(
        self: Flow[Any, T],
        *args: Any,
        return_state: Literal[True],
        wait_for: Iterable[Any] | None = None,
        **kwargs: Any,
    ) -> State[T]: ...

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the flow.

        Args:
            return_state: return the final state instead of the value.
            wait_for: futures and states that have to end first, besides those in the arguments.

        Returns:
            What the function returns; a coroutine of it when the flow is asynchronous. Of a
            generator its values, as they come; the flow begins with the first one.

        Raises:
            ParameterBindError: the arguments do not fit the signature.
            ParameterTypeError: a value does not fit its annotation.
            UpstreamTaskError: what the call depends on did not complete; the flow did not begin.
            Pause: the run is suspended; `state` is where it stands.
            CancelledRun: the run was cancelled.
            Exception: what the flow raised.
        """
        return_state = kwargs.pop("return_state", False)
        wait_for = kwargs.pop("wait_for", None)
        if current_run.get() is None:
            entry.check_not_loading()
        parameters = self._signature.bind(args, kwargs)
        upstream, resolve, inputs = dependencies(parameters, wait_for)
        place = self._place(site(caller(sys._getframe(1))))
        process, read = runtime(), self.isgenerator and not return_state
        if not upstream and resolve is None:
            call = self._call(process, parameters, place, early=True)
            call = replace(call, read=read, inputs=inputs) if read or inputs else call
            program = run_flow(call)
        else:
            resolve = resolve or (lambda: parameters)
            program = self._after(process, upstream, resolve, place, read, inputs)
        if read:
            return streamed(_taking_leave(program), process.gateway, self.isasync)
        return self._drive(program, process.gateway, return_state)

    def _after(
        self,
        process: Runtime,
        upstream: Upstream,
        resolve: Callable[[], dict[str, Any]],
        place: str,
        read: bool,
        inputs: Sequence[TaskInput],
    ) -> Program[Ending]:
        """Run the flow when what it depends on has completed."""
        failed = yield from awaited(upstream)
        if failed is not None:
            return failed
        call = self._call(process, resolve(), place, early=False)
        return (yield from run_flow(replace(call, read=read, inputs=inputs)))

    def validate_parameters(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Parameters coerced to their annotations, as a call does it.

        Raises:
            ParameterTypeError: a value does not fit; the message names the parameter.
        """
        return self._signature.validate(dict(parameters))

    def enter(self, run_id: UUID) -> Any:
        """Work on an existing run: call the flow from the top, and give back what was done.

        Returns:
            The final state, or the one in which the run was left; a coroutine of it when the flow
            is asynchronous.
        """
        process = runtime()
        call = FlowCall(
            self.spec, process, None, None, _nothing, {}, {}, None, self._restore, run_id=run_id
        )
        return self._drive(run_flow(call), process.gateway, return_state=True, left_too=True)

    def _drive(
        self,
        program: Program[Ending],
        gateway: Gateway,
        return_state: bool,
        left_too: bool = False,
    ) -> Any:
        if self.isasync:
            # Loaded on first use: only asynchronous code needs asyncio, which costs 40 ms.
            driver = importlib.import_module("signoff.engine.async_driver")
            return _finished(driver.drive_async(program, gateway), return_state, left_too)
        return _outcome(drive_sync(program, gateway), return_state, left_too)

    def _call(
        self, process: Runtime, parameters: dict[str, Any], place: str, early: bool
    ) -> FlowCall:
        outer, outer_task = current_run.get(), current_task.get()
        as_json = is_json(parameters)
        seen = parameters
        if not as_json and options.is_method(self.fn):
            # The instance is needed to enter the run again; to people it says nothing.
            seen = dict(list(parameters.items())[1:])
        spec, pickled = self._spec(process), None
        if not as_json:
            try:
                pickled = results.dumps(parameters)
            except results.Unserialisable as error:
                record = options.refused(spec.entry(), f"its parameters cannot be kept: {error}")
                spec = _with_entry(spec, record)
        return FlowCall(
            spec,
            process,
            outer,
            outer_task,
            functools.partial(self._arguments, parameters),
            parameters,
            parameters if as_json else shown(seen),
            pickled,
            self._restore,
            self._step(parameters, place, early) if outer is not None else None,
            current_tags.get(),
        )

    def _spec(self, process: Runtime) -> FlowSpec:
        default = process.default_retries[0]
        if self._retries is None and default != self.spec.retries:
            self.spec.retries = default
        return self.spec

    def _place(self, where: str) -> str:
        """Where the call stands in the run around it; drawn when it is made."""
        outer, task = current_run.get(), current_task.get()
        if outer is None:
            return ""
        scope = task.scope if task is not None else ""
        return outer.journal.place(scope, f"flow {self.spec.key}", where)

    def _step(self, parameters: Mapping[str, Any], place: str, early: bool) -> Step:
        """What the call is in the journal of the run around it."""
        outer, task = current_run.get(), current_task.get()
        if outer is None:
            raise RuntimeError("a step needs a run around it")
        scope = task.scope if task is not None else ""
        try:
            inputs = fingerprint(parameters, results.dumps) if parameters else ""
        except Exception:
            inputs = UNKNOWN
        return outer.journal.step(scope, f"flow {self.spec.key}", inputs, place, early)

    def _arguments(self, parameters: Mapping[str, Any]) -> Arguments:
        if self.should_validate_parameters:
            parameters = self._signature.validate(parameters)
        return Arguments(*self._signature.spread(parameters), parameters)

    def _restore(self, new: NewRun) -> FlowCall:
        stored = new.parameters if new.pickled is None else results.loads(new.pickled)
        parameters = self._signature.complete(stored)
        process = runtime()
        return FlowCall(
            self._spec(process),
            process,
            current_run.get(),
            current_task.get(),
            functools.partial(self._arguments, parameters),
            parameters,
            new.parameters,
            new.pickled,
            self._restore,
            run_id=new.id,
        )

    # Other ------------------------------------------------------------------------------------

    def with_options(self, **changes: Unpack[FlowOptions]) -> Flow[P, R]:
        """A copy of the flow with other options (those of `@flow`); the rest stays as it is."""
        return self._with({**changes})

    def _options(self) -> dict[str, Any]:
        spec, hooks = self.spec, self.spec.hooks
        return {
            "name": self.name,
            "version": spec.version,
            "flow_run_name": spec.run_name,
            "retries": self._retries,
            "retry_delay_seconds": spec.retry_delay,
            "task_runner": self.task_runner,
            "description": self.description,
            "timeout_seconds": spec.timeout,
            "validate_parameters": self.should_validate_parameters,
            "persist_result": spec.persist_result,
            "result_storage": self.result_storage,
            "result_serializer": self.result_serializer,
            "cache_result_in_memory": self.cache_result_in_memory,
            "log_prints": spec.log_prints,
            "on_completion": hooks.on_completion,
            "on_failure": hooks.on_failure,
            "on_cancellation": hooks.on_cancellation,
            "on_crashed": hooks.on_crashed,
            "on_running": hooks.on_running,
        }


def _with_entry(spec: FlowSpec, record: Any) -> FlowSpec:
    copy = FlowSpec(**{name: getattr(spec, name) for name in FlowSpec.__slots__})
    copy.entry = lambda: record
    return copy


def _nothing() -> Arguments:
    return NO_ARGUMENTS


def _outcome(ending: Ending, return_state: bool, left_too: bool = False) -> Any:
    """What a call gives; whoever entered a run gets its state also when it was left."""
    if return_state and (left_too or ending.type.is_final):
        return ending.as_state()
    _take_leave(ending)
    return ending.unwrap()


def _taking_leave(program: Program[Ending]) -> Program[Ending]:
    """The program of a generator, whose reader gets the signal when its run is left."""
    ending = yield from program
    _take_leave(ending)
    return ending


def _take_leave(ending: Ending) -> None:
    if not ending.type.is_final:
        # Loaded on first use: most processes work on their runs until they have ended.
        importlib.import_module("signoff.authoring.farewell").prepare()


async def _finished(
    driven: Coroutine[Any, Any, Ending], return_state: bool, left_too: bool = False
) -> Any:
    return _outcome(await driven, return_state, left_too)
