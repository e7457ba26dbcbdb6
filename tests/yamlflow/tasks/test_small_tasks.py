"""Tasks that need neither a process nor a network."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from signoff.model.errors import InvalidRequest
from signoff.yamlflow.catalog.types import TaskType
from signoff.yamlflow.tasks.deciding import Assert, Exit, Fail
from signoff.yamlflow.tasks.pairs import Delete, Get, GetKeys, Set
from signoff.yamlflow.tasks.python import Python
from signoff.yamlflow.tasks.running import _CODE, EndRun, TaskFailed, code_of
from signoff.yamlflow.tasks.saying import Echo, Log, OutputValues, Return
from signoff.yamlflow.tasks.steering import Labels, Resume, Sleep
from tests.yamlflow.tasks.conftest import Bench


@pytest.mark.parametrize("name", sorted(_CODE))
def test_every_type_of_the_table_has_code(name: str) -> None:
    assert callable(code_of(TaskType(name, "a type")).run)


def test_the_code_of_a_type_is_found_by_an_old_name_too() -> None:
    newer = TaskType("x.y.Log", "a type", aliases=("io.kestra.plugin.core.log.Log",))
    assert code_of(newer) is Log


def test_a_type_without_code_says_where_to_install_it() -> None:
    with pytest.raises(LookupError, match=r"com.acme.Greet.*[Ii]nstall"):
        code_of(TaskType("com.acme.Greet", "Greets"))


@pytest.mark.parametrize(
    ("properties", "lines"),
    [
        ({"message": "hello"}, [("INFO", "hello")]),
        ({"message": ["a", "b"], "level": "WARN"}, [("WARNING", "a"), ("WARNING", "b")]),
        ({"message": {"a": [True, None]}, "level": "error"}, [("ERROR", '{"a":[true,null]}')]),
        ({"message": "100 %s", "level": "DEBUG"}, [("DEBUG", "100 %s")]),
    ],
)
def test_log_writes_lines(bench: Bench, properties: Any, lines: Any) -> None:
    assert Log.run(bench.context, properties) == {}
    assert bench.lines == lines


def test_log_refuses_a_level_there_is_not(bench: Bench) -> None:
    with pytest.raises(TaskFailed, match=r"`level`: 'LOUD'.*WARN"):
        Log.run(bench.context, {"message": "x", "level": "loud"})


def test_values_are_handed_over_as_they_are(bench: Bench) -> None:
    assert Return.run(bench.context, {"format": [1, 2]}) == {"value": [1, 2]}
    assert OutputValues.run(bench.context, {"values": {"a": 1}}) == {"values": {"a": 1}}
    assert Echo.run(bench.context, {"format": "hi"}) == {}
    assert bench.lines == [("INFO", "hi")]


@pytest.mark.parametrize("condition", [False, "false", "", "0", "-0", 0, None])
def test_fail_passes_when_its_condition_is_false(bench: Bench, condition: Any) -> None:
    assert Fail.run(bench.context, {"condition": condition}) == {}


@pytest.mark.parametrize("properties", [{}, {"condition": "true"}, {"condition": 1}])
def test_fail_fails_with_its_message(bench: Bench, properties: Any) -> None:
    with pytest.raises(TaskFailed, match="too late"):
        Fail.run(bench.context, {**properties, "errorMessage": "too late"})


def test_exit_ends_the_run(bench: Bench) -> None:
    for given, state in ({}, "SUCCESS"), ({"state": "canceled"}, "CANCELLED"):
        with pytest.raises(EndRun) as end:
            Exit.run(bench.context, given)
        assert end.value.state == state
    with pytest.raises(TaskFailed, match="'LOST'"):
        Exit.run(bench.context, {"state": "LOST"})


def test_assert_names_what_does_not_hold(bench: Bench) -> None:
    assert Assert.run(bench.context, {"conditions": [True, "yes"]}) == {"failed": 0, "success": 2}
    with pytest.raises(TaskFailed, match=r"2 of 3.*2, 3") as failed:
        Assert.run(bench.context, {"conditions": ["true", "false", ""]})
    assert failed.value.outputs == {"failed": 2, "success": 1}


@pytest.mark.parametrize(
    "labels",
    [
        {"a": 1, "b": True},
        [{"key": "a", "value": 1}, {"key": "b", "value": True}],
        '{"a":1,"b":true}',
    ],
)
def test_labels_come_in_three_notations(bench: Bench, labels: Any) -> None:
    Labels.run(bench.context, {"labels": labels})
    assert bench.actions.labels == {"a": "1", "b": "true"}


@pytest.mark.parametrize(
    ("labels", "words"),
    [({"system.x": "1"}, "system.x"), ("{", "no JSON"), ([1], "neither"), (None, "neither")],
)
def test_labels_that_are_none_are_refused(bench: Bench, labels: Any, words: str) -> None:
    with pytest.raises(TaskFailed, match=words):
        Labels.run(bench.context, {"labels": labels})


def test_resume_answers_its_own_run_unless_told_another(bench: Bench) -> None:
    Resume.run(bench.context, {})
    Resume.run(bench.context, {"executionId": "e2", "inputs": {"ok": True}})
    assert bench.actions.resumed == [("e1", None), ("e2", {"ok": True})]


def test_sleep_ends_at_once_when_it_must_stop(bench: Bench) -> None:
    assert Sleep.run(bench.context, {"duration": "PT0.001S"}) == {}
    bench.stopped.set()
    with pytest.raises(TaskFailed, match="Stopped"):
        Sleep.run(bench.context, {"duration": "P1D"})


def test_sleep_refuses_what_is_no_duration(bench: Bench) -> None:
    with pytest.raises(InvalidRequest, match="`duration`: 'soon'"):
        Sleep.run(bench.context, {"duration": "soon"})


def test_pairs_are_kept_read_listed_and_forgotten(bench: Bench) -> None:
    Set.run(bench.context, {"key": "k", "value": {"a": 1}, "ttl": "PT1M"})
    Set.run(bench.context, {"key": "other", "value": 1, "namespace": "elsewhere"})
    assert bench.pairs.ttls["k"] == timedelta(minutes=1)
    assert Get.run(bench.context, {"key": "k"}) == {"value": {"a": 1}}
    assert Get.run(bench.context, {"key": "gone"}) == {"value": None}
    assert GetKeys.run(bench.context, {"prefix": ""}) == {"keys": ["k"]}
    assert Delete.run(bench.context, {"key": "k"}) == {"deleted": True}
    assert Delete.run(bench.context, {"key": "k"}) == {"deleted": False}


def test_pairs_say_what_is_missing_or_there_already(bench: Bench) -> None:
    for code in Get, Delete:
        with pytest.raises(TaskFailed, match=r"'company.team' has no key 'k'"):
            code.run(bench.context, {"key": "k", "errorOnMissing": True})
    Set.run(bench.context, {"key": "k", "value": 1})
    with pytest.raises(TaskFailed, match="overwrite: true"):
        Set.run(bench.context, {"key": "k", "value": 2, "overwrite": False})
    assert bench.pairs.values["company.team", "k"] == 1


_MODULE = """
    from signoff import task

    @task
    def twice(n: int) -> int:
        return 2 * n

    def when() -> object:
        from datetime import date
        return {"day": date(2024, 7, 1)}

    async def later(n: int) -> int:
        return n + 1

    number = 3
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    file = tmp_path / "shop.py"
    file.write_text(dedent(_MODULE))
    return file


@pytest.mark.parametrize(
    ("name", "parameters", "value"),
    [("twice", {"n": 4}, 8), ("when", {}, {"day": "2024-07-01"}), ("later", {"n": 1}, 2)],
)
def test_python_calls_what_a_file_holds(
    bench: Bench, module: Path, name: str, parameters: Any, value: Any
) -> None:
    given = {"entrypoint": f"{module}:{name}", "parameters": parameters}
    assert Python.run(bench.context, given) == {"value": value}


def test_python_calls_what_a_module_holds(
    bench: Bench, module: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(module.parent)
    given = {"entrypoint": "shop:later", "parameters": {"n": 2}}
    assert Python.run(bench.context, given) == {"value": 3}
    sys.modules.pop("shop")


@pytest.mark.parametrize(
    ("entrypoint", "words"),
    [
        ("shop.py", "names nothing"),
        ("{file}:nothing", "no 'nothing'"),
        ("{file}:number", "cannot be called"),
        ("/nowhere/x.py:f", "no file '/nowhere/x.py'"),
        ("no_such_module_at_all:f", "No module named"),
    ],
)
def test_python_says_what_it_cannot_find(
    bench: Bench, module: Path, entrypoint: str, words: str
) -> None:
    with pytest.raises(TaskFailed, match=words):
        Python.run(bench.context, {"entrypoint": entrypoint.replace("{file}", str(module))})
