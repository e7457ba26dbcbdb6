"""The documented utilities: running by parameters, and helpers for functions and collections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from signoff import flow, task
from signoff.engine.clock import new_id
from signoff.flow_engine import run_flow, run_flow_async, run_flow_sync
from signoff.gateway.connect import get_gateway
from signoff.model.commands import CreateRun
from signoff.model.errors import ParameterBindError, SignatureMismatchError
from signoff.model.journal import NewRun
from signoff.task_engine import run_task, run_task_async, run_task_sync
from signoff.utilities import asyncutils, callables, collections
from signoff.utilities.annotations import quote
from tests.scenarios import desk
from tests.scenarios.test_tasks import run_in_flow

pytestmark = pytest.mark.usefixtures("home")


@flow
def adds(a: int, b: int = 1) -> int:
    return a + b


@flow
async def aadds(a: int, b: int = 1) -> int:
    return a + b


@task
def times(a: int, b: int = 2) -> int:
    return a * b


@task
async def atimes(a: int, b: int = 2) -> int:
    return a * b


# Running by parameters ---------------------------------------------------------------------


def test_flows_by_parameters() -> None:
    assert run_flow(adds, parameters={"a": 1}) == 2
    assert run_flow_sync(adds, parameters={"a": 1, "b": 5}) == 6
    assert run_flow(adds, parameters={"a": 1}, return_type="state").is_completed()
    assert asyncio.run(run_flow_async(aadds, parameters={"a": 2})) == 3
    assert asyncio.run(run_flow(aadds, parameters={"a": 2}, return_type="state")).result() == 3
    with pytest.raises(SignatureMismatchError, match=r"flow 'adds': .* got \['c'\]"):
        run_flow(adds, parameters={"c": 1})
    with pytest.raises(TypeError, match=r"run_flow\(\) does not support context"):
        run_flow(adds, parameters={"a": 1}, context={})
    with pytest.raises(ValueError, match="return_type must be"):
        run_flow(adds, parameters={"a": 1}, return_type="both")  # type: ignore[arg-type]


@pytest.mark.parametrize("which", [adds, aadds], ids=lambda which: which.name)
def test_a_run_that_exists_is_worked_on(which: Any) -> None:
    id = new_id()
    get_gateway().send(CreateRun(NewRun(id, which.name, "named", {"a": 4})))
    made = run_flow(which, flow_run=desk.run(id))
    assert (asyncio.run(made) if which.isasync else made) == 5
    assert desk.only_run().id == id


def test_tasks_by_parameters() -> None:
    async def asynchronous() -> Any:
        state = await run_task(atimes, parameters={"a": 4}, return_type="state")
        return [await run_task_async(atimes, parameters={"a": 3}), state.result()]

    assert run_in_flow(lambda: run_task_sync(times, parameters={"a": 2})) == 4
    assert run_in_flow(lambda: run_task(times, parameters={"a": 2, "b": 3})) == 6
    assert asyncio.run(asynchronous()) == [6, 8]
    with pytest.raises(SignatureMismatchError, match="task 'times'"):
        run_task_sync(times, parameters={})


# What there is not -------------------------------------------------------------------------

ABSENT: list[tuple[Any, str, str]] = [
    *((times, name, "use|call submit") for name in ("delay", "apply_async", "serve", "aserve")),
    *((adds, name, "drawings") for name in ("visualize", "generate_mermaid_graph")),
    (adds, "submit", "deployed and started with run_deployment"),
]


@pytest.mark.parametrize(("owner", "name", "instead"), ABSENT)
def test_what_is_not_supported_says_what_to_do(owner: Any, name: str, instead: str) -> None:
    assert not hasattr(owner, name)
    with pytest.raises(AttributeError, match=f"has no '{name}' in Signoff: .*({instead})"):
        getattr(owner, name)
    with pytest.raises(AttributeError, match="object has no attribute 'colour'"):
        _ = owner.colour


# Callables ---------------------------------------------------------------------------------


def described(a: int, b: str = "x", *rest: int, c: list[int] | None = None) -> None:
    """Do something.

    Args:
        a: the first,
            on two lines
        b (str): the second
        c: the last

    Returns:
        nothing: at all
    """


def sphinx(a: int) -> None:
    """Do something.

    :param int a: the first,
        on two lines
    :returns: nothing
    """


def numpy(a: int, b: int) -> None:
    """Do something.

    Parameters
    ----------
    a : int
        The first,
        on two lines
    b
        the second

    Returns
    -------
    None
    """


def test_parameter_schemas() -> None:
    schema = callables.parameter_schema(described)
    properties = schema.model_dump()["properties"]
    assert schema.required == ["a"]
    assert properties["a"] == {
        "description": "the first, on two lines",
        "position": 0,
        "title": "a",
        "type": "integer",
    }
    assert (properties["b"]["default"], properties["b"]["description"]) == ("x", "the second")
    assert list(properties) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("fn", "expected"),
    [
        (described, {"a": "the first, on two lines", "b": "the second", "c": "the last"}),
        (sphinx, {"a": "the first, on two lines"}),
        (numpy, {"a": "The first, on two lines", "b": "the second"}),
        (adds.fn, {}),
    ],
)
def test_descriptions_in_docstrings(fn: Callable[..., Any], expected: dict[str, str]) -> None:
    assert callables.parameter_docstrings(fn.__doc__) == expected


def test_calls_and_parameters() -> None:
    def fn(a: int, b: int = 2) -> list[int]:
        return [a, b]

    assert callables.get_call_parameters(fn, (1,), {}) == {"a": 1, "b": 2}
    assert callables.get_call_parameters(fn, (1,), {}, apply_defaults=False) == {"a": 1}
    assert callables.get_parameter_defaults(fn) == {"b": 2}
    assert callables.parameters_to_args_kwargs(fn, {"a": 5}) == ((5, 2), {})
    assert callables.call_with_parameters(fn, {"b": 3, "a": 1}) == [1, 3]
    with pytest.raises(ParameterBindError, match="'fn'"):
        callables.get_call_parameters(fn, (), {})
    with pytest.raises(SignatureMismatchError, match="'fn'"):
        callables.call_with_parameters(fn, {"c": 3})


# Collections -------------------------------------------------------------------------------


@dataclass
class Point:
    x: Any


def test_visiting() -> None:
    seen: list[Any] = []
    value = {"a": [1, (2, 3)], "b": Point({4}), "c": quote([5])}
    assert collections.visit_collection(value, seen.append) is None
    assert [each for each in seen if isinstance(each, int)] == [1, 2, 3, 4, 5]

    def more(each: Any) -> Any:
        return each + 1 if isinstance(each, int) else each

    changed = collections.visit_collection(value, more, return_data=True)
    assert changed == {"a": [2, (3, 4)], "b": Point({5}), "c": quote([6])}
    bare = collections.visit_collection(value, more, return_data=True, remove_annotations=True)
    assert bare["c"] == [6]
    same = collections.visit_collection(value, lambda each: each, return_data=True)
    assert same is value
    flat = collections.visit_collection([1, [2]], more, return_data=True, max_depth=1)
    assert flat == [2, [2]]


def test_visiting_with_context_and_stopping() -> None:
    depths: list[tuple[Any, int]] = []

    def note(each: Any, context: dict[str, Any]) -> None:
        depths.append((each, context["depth"]))
        context["depth"] += 1

    collections.visit_collection([1, [2]], note, context={"depth": 0})
    assert depths == [([1, [2]], 0), (1, 1), ([2], 1), (2, 2)]

    def stop(each: Any) -> None:
        if each == 1:
            raise collections.StopVisiting

    collections.visit_collection([1, 2], stop)


def test_helpers_for_collections() -> None:
    nested = {"a": {"b": 1, "c": {}}, "d": 2}
    flat = collections.dict_to_flatdict(nested)
    assert flat == {("a", "b"): 1, ("a", "c"): {}, ("d",): 2}
    assert collections.flatdict_to_dict(flat) == nested
    assert collections.deep_merge_dicts(nested, {"a": {"b": 3}}, {"e": 4}) == {
        "a": {"b": 3, "c": {}},
        "d": 2,
        "e": 4,
    }
    assert collections.remove_nested_keys(["b"], nested) == {"a": {"c": {}}, "d": 2}
    assert collections.get_from_dict({"a": [{"b": 5}]}, "a[0].b") == 5
    assert collections.get_from_dict(nested, ["a", "x"], default=7) == 7
    collections.set_in_dict(nested, "a.c.z", 9)
    assert nested["a"] == {"b": 1, "c": {"z": 9}}
    with pytest.raises(TypeError, match="non-dict value"):
        collections.set_in_dict(nested, "d.e", 1)
    assert list(collections.distinct([1, 2, 1])) == [1, 2]
    assert list(collections.distinct(["a", "A"], key=str.lower)) == ["a"]
    assert list(collections.batched_iterable(range(3), 2)) == [(0, 1), (2,)]
    assert collections.extract_instances([1, "a"], str) == ["a"]
    assert collections.extract_instances([1, "a"], (int, str)) == {int: [1], str: ["a"]}
    assert [collections.isiterable(each) for each in ([1], "a", 1, {"a": 1})] == [
        *(True, False, False, True)
    ]
    assert (collections.ensure_iterable(1), collections.ensure_iterable((1,))) == ([1], (1,))
    assert collections.listrepr([1, "a"], ", ") == "1, 'a'"

    class Colour(collections.AutoEnum):
        RED = collections.AutoEnum.auto()

    assert (Colour.RED.value, repr(Colour.RED)) == ("RED", "Colour.RED")


# Asynchronous ------------------------------------------------------------------------------


async def one(value: Any = 1) -> Any:
    await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value


def test_helpers_for_asynchronous_code() -> None:
    async def within() -> list[Any]:
        async with asyncutils.asyncnullcontext(5) as nothing:
            made = asyncutils.create_task(one(6))
            return [
                asyncutils.run_coro_as_sync(one(2)),
                await asyncutils.run_sync_in_worker_thread(lambda number: number * 2, 3),
                *await asyncutils.gather(one, one),
                nothing,
                await made,
            ]

    async def generates() -> Any:
        yield 1

    assert asyncio.run(within()) == [2, 6, 1, 1, 5, 6]
    assert asyncutils.run_coro_as_sync(one(3)) == 3
    assert asyncutils.run_coro_as_sync(one(3), force_new_thread=True) == 3
    assert asyncutils.run_coro_as_sync(one(3), wait_for_result=False) is None
    with pytest.raises(KeyError):
        asyncutils.run_coro_as_sync(one(KeyError("x")), force_new_thread=True)
    assert (asyncutils.is_async_fn(one), asyncutils.is_async_fn(print)) == (True, False)
    assert asyncutils.is_async_gen_fn(generates)
