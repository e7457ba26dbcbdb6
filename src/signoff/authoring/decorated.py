"""What flows and tasks have in common.

Owns the decorated object: its function and names, hooks as decorators, binding to instances and
classes, copies with other options, and how it is pickled. Must not know how calls become runs.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, ParamSpec, TypeVar

from signoff.authoring import options
from signoff.authoring.callables import Signature
from signoff.engine.drivers import stream_sync
from signoff.engine.specs import ResultOptions

if TYPE_CHECKING:
    from typing import Self

    from signoff.core.ports import Gateway
    from signoff.engine.effects import Program
    from signoff.engine.promises import Ending
    from signoff.engine.specs import FlowSpec, Hooks, TaskSpec

P = ParamSpec("P")
R = TypeVar("R")
AnyHook = TypeVar("AnyHook", bound=Callable[..., Any])


class Decorated(Generic[P, R]):
    """A function that was made a flow or a task.

    Attributes:
        fn: the function.
        name, description: as given or derived.
        isasync, isgenerator: what kind of function it is.
        isclassmethod, isstaticmethod: it was one of these before it was decorated.
        spec: what the engine needs to know.
    """

    kind: ClassVar[str]
    spec: FlowSpec | TaskSpec

    def __init__(self, fn: Any, name: str, description: str | None) -> None:
        self._decorated = fn
        self.isclassmethod = isinstance(fn, classmethod)
        self.isstaticmethod = isinstance(fn, staticmethod)
        self.fn: Callable[P, R] = options.function_of(fn)
        wrapper: Any = self
        functools.update_wrapper(wrapper, self.fn)
        self.name = name
        self.description = description or (self.fn.__doc__ or "").strip() or None
        self.isasync = options.is_async_fn(self.fn)
        self.isgenerator = options.is_generator_fn(self.fn)
        self._signature = Signature(self.fn)

    # Options as attributes, as documented -----------------------------------------------------

    @property
    def retries(self) -> int:
        """Further attempts after a failure."""
        return self.spec.retries

    @property
    def timeout_seconds(self) -> float | None:
        """Seconds an attempt may take; None for no limit."""
        return self.spec.timeout

    @property
    def log_prints(self) -> bool | None:
        """Whether `print` goes to the run's log; None to ask what is around it."""
        return self.spec.log_prints

    @property
    def persist_result(self) -> bool | None:
        """Whether results are kept; None to keep them with the run."""
        return self.spec.persist_result

    @property
    def _keeping(self) -> ResultOptions:
        return self.spec.keeping or ResultOptions()

    @property
    def result_storage(self) -> Any:
        """Where results are written besides; None for what is around it."""
        return self._keeping.storage

    @property
    def result_serializer(self) -> Any:
        """What turns results into bytes; None for what is around it."""
        return self._keeping.serializer

    @property
    def cache_result_in_memory(self) -> bool:
        """Whether a large result stays in memory once it is on record."""
        return self._keeping.in_memory

    # Hooks as decorators ----------------------------------------------------------------------

    @property
    def _hooks(self) -> Hooks:
        return self.spec.hooks

    def on_completion(self, fn: AnyHook) -> AnyHook:
        """Call `fn(flow or task, run, state)` when a run completes."""
        return self._hook("on_completion", fn)

    def on_failure(self, fn: AnyHook) -> AnyHook:
        """Call `fn(flow or task, run, state)` when a run fails."""
        return self._hook("on_failure", fn)

    def on_running(self, fn: AnyHook) -> AnyHook:
        """Call `fn(flow or task, run, state)` when a run begins."""
        return self._hook("on_running", fn)

    def _hook(self, which: str, fn: AnyHook) -> AnyHook:
        getattr(self._hooks, which).extend(options.hook_list([fn], which, self.kind, self.name))
        return fn

    # Calls ------------------------------------------------------------------------------------

    def arguments_of(self, parameters: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The (args, kwargs) of a call with these parameters, by name.

        Raises:
            SignatureMismatchError: it has other parameters.
        """
        return self._signature.spread(self._signature.complete(parameters))

    if not TYPE_CHECKING:
        # Type checkers shall go on to say which attributes there are.
        def __getattr__(self, name: str) -> Any:
            absent = _ABSENT.get((self.kind, name))
            if absent is not None:
                raise AttributeError(f"@{self.kind} has no {name!r} in Signoff: {absent}")
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    # Copies -----------------------------------------------------------------------------------

    def _options(self) -> dict[str, Any]:
        """The options it was made with, by name."""
        raise TypeError(f"{type(self).__name__} does not say what its options are.")

    def _with(self, changes: dict[str, Any]) -> Self:
        """A copy with other options."""
        given = self._options()
        unknown = sorted(set(changes) - set(given))
        if unknown:
            raise TypeError(
                f"@{self.kind} has no option {', '.join(map(repr, unknown))}; "
                f"it has {', '.join(given)}."
            )
        return type(self)(self._decorated, **(given | changes))

    # As a method ------------------------------------------------------------------------------

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """In a class it is a method: the instance, or class, is its first argument."""
        if self.isclassmethod:
            return self._bound(owner if owner is not None else type(instance))
        return self if instance is None or self.isstaticmethod else self._bound(instance)

    def _bound(self, instance: Any) -> Bound:
        return Bound(self, instance)

    def __reduce__(self) -> Any:
        if options.is_importable(self, self.fn):
            return options.find_named, (self.fn.__module__, self.fn.__qualname__)
        return object.__reduce__(self)

    def __repr__(self) -> str:
        return f"<{self.kind} {self.name!r}>"


_BACKGROUND = (
    "background tasks are not supported; call submit() within a flow, or deploy a flow and start "
    "it with run_deployment()."
)
_DRAWING = "drawings are not supported; run it, and see its tasks with `signoff flow-run inspect`."
_ABSENT = {
    **{("task", name): _BACKGROUND for name in ("delay", "apply_async", "serve", "aserve")},
    **{
        ("flow", name): _DRAWING
        for name in ("visualize", "avisualize", "generate_mermaid_graph", "agenerate_mermaid_graph")
    },
    ("flow", "submit"): "a flow is called, or deployed and started with run_deployment().",
}
"""What documented names that have no counterpart say."""


class Bound:
    """A flow or task taken from an instance or class, which is its first argument.

    Args:
        decorated: the flow or task; everything but calls is its own.
        instance: the first argument.
    """

    def __init__(self, decorated: Decorated[Any, Any], instance: Any) -> None:
        self.decorated = decorated
        self.instance = instance

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        call: Any = self.decorated
        return call(self.instance, *args, **kwargs)

    def with_options(self, **changes: Any) -> Bound:
        """Like the method of the flow or task, still bound."""
        return self.decorated._with(changes)._bound(self.instance)

    def __getattr__(self, name: str) -> Any:
        if name == "decorated":
            # Asked for while it is unpickled, before it has any attribute.
            raise AttributeError(name)
        return getattr(self.decorated, name)

    def __repr__(self) -> str:
        return f"<bound {self.decorated.kind} {self.decorated.name!r} of {self.instance!r}>"


def streamed(program: Program[Ending], gateway: Gateway, is_async: bool) -> Any:
    """What the reader of a generator flow or task goes through."""
    if is_async:
        # Loaded on first use: only asynchronous code needs asyncio, which costs 40 ms.
        return importlib.import_module("signoff.engine.async_driver").stream_async(program, gateway)
    return stream_sync(program, gateway)


_between: set[CodeType] = {Bound.__call__.__code__}


def passes_calls_on(*functions: Callable[..., Any]) -> None:
    """These functions call flows and tasks on behalf of user code."""
    _between.update(function.__code__ for function in functions)


def caller(frame: FrameType) -> FrameType:
    """The user's frame: above what only passes a call on, such as a bound method."""
    while frame.f_code in _between and frame.f_back is not None:
        frame = frame.f_back
    return frame
