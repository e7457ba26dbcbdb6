"""What is given wrongly to decorators, calls and `map`: each a typed error that names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from signoff import flow, task
from signoff.concurrency.sync import concurrency, rate_limit
from signoff.input import send_input
from signoff.model.errors import InvalidNameError, InvalidRequest, ReservedArgumentError
from signoff.schedules import Interval, RRule

either: dict[str, Any] = {"flow": flow, "task": task}


def work(number: int = 1) -> int:
    return number


WRONG: list[tuple[str, dict[str, Any], type[Exception], str]] = [
    ("flow", {"name": 1}, TypeError, "Expected string for flow parameter 'name'; got int"),
    ("task", {"name": 1}, TypeError, "Expected string for task parameter 'name'; got int"),
    ("flow", {"name": "a/b"}, InvalidNameError, "'a/b' contains an invalid character"),
    ("flow", {"flow_run_name": 3}, TypeError, "Expected string or callable for 'flow_run_name'"),
    ("task", {"task_run_name": 3}, TypeError, "callable for 'task_run_name' of 'work'; got int"),
    ("task", {"retries": "x"}, TypeError, "retries of 'work' must be a whole number, got 'x'"),
    ("flow", {"retries": -1}, ValueError, "retries of 'work' must not be negative, got -1"),
    ("task", {"retry_delay_seconds": "1"}, TypeError, "retry_delay_seconds of 'work' must be sec"),
    ("task", {"retry_delay_seconds": [1, "x"]}, TypeError, "retry_delay_seconds of 'work'"),
    ("flow", {"retry_delay_seconds": -1}, ValueError, "'work' must not be negative, got -1"),
    ("task", {"retry_delay_seconds": [1] * 51}, ValueError, "more than 50 retry delays per task"),
    ("task", {"retry_jitter_factor": -1}, ValueError, "`retry_jitter_factor` must be >= 0"),
    ("task", {"retry_jitter_factor": "x"}, TypeError, "`retry_jitter_factor` of 'work' must be a"),
    ("task", {"retry_condition_fn": 1}, TypeError, "Expected `retry_condition_fn` to be callable"),
    ("task", {"timeout_seconds": 0}, ValueError, "'work' must be greater than 0, got 0"),
    ("flow", {"timeout_seconds": "1"}, TypeError, "must be a number of seconds, got '1'"),
    ("task", {"tags": "abc"}, TypeError, "tags of 'work' must be a list of texts"),
    ("task", {"tags": 3}, TypeError, "tags of 'work' must be a list of texts"),
    ("task", {"tags": [1]}, TypeError, "tags of 'work' must be a list of texts"),
    ("flow", {"task_runner": 3}, TypeError, "task_runner of flow 'work' must be a task runner"),
    ("flow", {"on_failure": print}, TypeError, "Expected iterable for 'on_failure' of 'work'"),
    ("task", {"on_running": [1]}, TypeError, r"Please provide .* @task\(on_running=\[hook1"),
    ("flow", {"colour": 1}, TypeError, "unexpected keyword argument 'colour'"),
]


@pytest.mark.parametrize(("kind", "options", "error", "said"), WRONG)
def test_wrong_options(
    kind: str, options: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        either[kind](**options)(work)
    with pytest.raises(TypeError if "colour" in options else error):
        either[kind](work).with_options(**options)


@pytest.mark.parametrize("kind", either)
def test_what_cannot_be_decorated(kind: str) -> None:
    with pytest.raises(TypeError, match="'fn' must be callable, got int"):
        either[kind](3)
    with pytest.raises(ReservedArgumentError, match="'wait_for' is a reserved argument name"):
        either[kind](lambda wait_for: None)
    with pytest.raises(TypeError, match="Expected callables in 'on_failure'"):
        either[kind](work).on_failure(7)
    with pytest.raises(TypeError, match=f"@{kind} has no option 'colour'; it has name, "):
        either[kind](work).with_options(colour="red")


def test_names_of_lambdas() -> None:
    assert flow(lambda: 1).name == "unknown-lambda"
    assert task(lambda: 1).name == "<lambda>"


def _held(names: Any) -> None:
    with concurrency(names):
        """Never reached."""


CALLS: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: _held(3), TypeError, "names must be the name of a limit or a list of names, got 3"),
    (lambda: rate_limit([""]), TypeError, "names must be the name of a limit"),
    (lambda: send_input(3, None), InvalidRequest, "flow_run_id must be an id such as .*, got None"),
    (lambda: Interval("x"), TypeError, "interval: must be a number of seconds or a timedelta, got"),
    (lambda: RRule("zzz"), ValueError, "'zzz' is no recurrence rule. Write one such as"),
]


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("call", "error", "text"), CALLS)
def test_wrong_arguments_of_calls(
    call: Callable[[], Any], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        call()
