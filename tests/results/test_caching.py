"""Results of tasks are reused when their policy says so, and only then."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from signoff import flow, task
from signoff.cache_policies import FLOW_PARAMETERS, INPUTS, NO_CACHE, RUN_ID, TASK_SOURCE
from signoff.filesystems import LocalFileSystem
from signoff.locking.filesystem import FileSystemLockManager
from signoff.locking.memory import MemoryLockManager
from signoff.model.errors import ConfigurationError
from signoff.model.states import StateType
from signoff.results import ResultStore
from signoff.settings import temporary_settings
from signoff.tasks import task_input_hash
from signoff.transactions import IsolationLevel
from tests.results.counting import Counted, names_of, run_in_flow
from tests.scenarios import desk
from tests.support.processes import Spawner


def test_the_same_inputs_are_computed_once(everywhere: Path) -> None:
    double = Counted(cache_policy=INPUTS)
    for number in (2, 2, 3):
        assert run_in_flow(double.task, number) == number * 2
    assert double.calls == [2, 3]
    states = [desk.tasks(run.id)[0].state for run in desk.runs()]
    assert sorted(state.name for state in states if state) == ["Cached", "Completed", "Completed"]
    assert {state.type for state in states if state} == {StateType.COMPLETED}


def test_asynchronous_tasks_as_well(everywhere: Path) -> None:
    calls: list[int] = []

    @task(cache_policy=INPUTS)
    async def double(number: int) -> int:
        calls.append(number)
        return number * 2

    @flow
    async def around() -> list[int]:
        first = await double(4)
        return [first, await double(4), *[f.result() for f in double.map([4, 4])]]

    assert asyncio.run(around()) == [8, 8, 8, 8]
    assert calls == [4]


@pytest.mark.usefixtures("home")
class TestEmbedded:
    """What does not depend on where the runs are kept."""

    def test_nothing_is_reused_unasked(self) -> None:
        plain, named = Counted(), Counted(cache_policy=NO_CACHE, persist_result=True)
        none = Counted(cache_policy=None, persist_result=True)
        for one in (plain, named, none):
            assert names_of(one.task, 1, 1) == ["Completed", "Completed"]
            assert one.calls == [1, 1]

    def test_persisted_results_are_reused_within_their_run_only(self) -> None:
        one = Counted(persist_result=True)
        assert names_of(one.task, 1, 1, 2) == ["Completed", "Cached", "Completed"]
        assert names_of(one.task, 1) == ["Completed"]

    def test_a_flow_that_persists_reuses_within_its_run(self) -> None:
        one = Counted()

        @flow(persist_result=True)
        def around() -> list[str | None]:
            return [one.task(1, return_state=True).name for _ in range(2)]

        assert around() == ["Completed", "Cached"]
        with temporary_settings({"SIGNOFF_TASKS_DEFAULT_NO_CACHE": "true"}):
            assert around() == ["Completed", "Completed"]
        with temporary_settings({"SIGNOFF_RESULTS_PERSIST_BY_DEFAULT": "true"}):
            assert names_of(one.task, 1, 1) == ["Completed", "Cached"]

    def test_policies_decide(self) -> None:
        one = Counted(cache_policy=INPUTS + RUN_ID)
        assert names_of(one.task, 1, 1) == ["Completed", "Cached"]
        assert names_of(one.task, 1) == ["Completed"]
        source = Counted(cache_policy=TASK_SOURCE)
        assert names_of(source.task, 1, 2) == ["Completed", "Cached"]

        per_flow = Counted(cache_policy=FLOW_PARAMETERS)

        @flow
        def around(day: str) -> Any:
            return per_flow.task(1, return_state=True).name

        assert [around("mon"), around("mon"), around("tue")] == ["Completed", "Cached", "Completed"]

    def test_a_function_makes_the_key(self) -> None:
        seen: list[Any] = []

        def key(context: Any, parameters: dict[str, Any]) -> str | None:
            run = context.task_run
            seen.append((context.task.name, parameters, run.name.rpartition("-")[0]))
            return None if parameters["number"] > 5 else "same"

        one = Counted(cache_key_fn=key)
        assert names_of(one.task, 1, 2, 6, 6) == ["Completed", "Cached", "Completed", "Completed"]
        assert seen[0] == ("double", {"number": 1}, "double")
        hashed = Counted(cache_key_fn=task_input_hash)
        assert names_of(hashed.task, 1, 1, 2) == ["Completed", "Cached", "Completed"]

    def test_results_may_expire(self) -> None:
        one = Counted(cache_policy=INPUTS, cache_expiration=timedelta(microseconds=1))
        assert names_of(one.task, 1, 1) == ["Completed", "Completed"]
        two = Counted(cache_policy=INPUTS, cache_expiration=timedelta(days=1))
        assert names_of(two.task, 1, 1) == ["Completed", "Cached"]

    def test_refreshing(self) -> None:
        one = Counted(cache_policy=INPUTS)
        fresh = one.task.with_options(refresh_cache=True)
        assert names_of(one.task, 1) == names_of(fresh, 1) == ["Completed"]
        with temporary_settings({"SIGNOFF_TASKS_REFRESH_CACHE": "true"}):
            assert names_of(one.task, 1) == ["Completed"]
            assert names_of(one.task.with_options(refresh_cache=False), 1) == ["Cached"]
        with temporary_settings({"SIGNOFF_TASKS_DISABLE_CACHING": "true"}):
            assert names_of(one.task, 1) == ["Completed"]
        assert names_of(one.task, 1) == ["Cached"]

    def test_failures_are_not_reused(self) -> None:
        calls: list[int] = []

        @task(cache_policy=INPUTS, retries=1)
        def flaky(number: int) -> int:
            calls.append(number)
            if len(calls) % 2:
                raise ValueError("no")
            return number

        assert names_of(flaky, 1, 1) == ["Completed", "Cached"]
        assert calls == [1, 1]

    def test_arguments_that_make_no_key_are_no_mistake(self) -> None:
        @task(cache_policy=INPUTS)
        def locked(lock: Any) -> int:
            return 1

        assert names_of(locked, threading.Lock()) == ["Completed"]
        lines = desk.log(desk.only_run().id)
        (line,) = [line for line in lines if "computing cache key" in line]
        assert "task 'locked'" in line
        assert "INPUTS - 'name'" in line

    def test_a_result_that_cannot_be_loaded_is_made_anew(self, home: Path) -> None:
        one = Counted(cache_key_fn=lambda ctx, parameters: "key")
        assert names_of(one.task, 1) == ["Completed"]
        path = home / "storage" / "key"
        path.write_bytes(path.read_bytes().replace(b'"result": "g', b'"result": "x'))
        assert names_of(one.task, 1, 1) == ["Completed", "Cached"]

    def test_what_is_reused_is_on_record_itself(self, home: Path) -> None:
        one = Counted(cache_key_fn=lambda ctx, parameters: "key")

        @flow(retries=1)
        def around() -> int:
            value: int = one.task(1)
            if not (home / "storage" / "key").exists():
                return value
            # Who tidies the storage does not make an entered run do anything twice.
            (home / "storage" / "key").unlink()
            raise ValueError("again")

        assert names_of(one.task, 1) == ["Completed"]
        assert around() == 2
        assert one.calls == [1]

    def test_keys_may_be_kept_elsewhere(self, tmp_path: Path) -> None:
        keys = tmp_path / "keys"
        policy = INPUTS.configure(key_storage=keys)
        one = Counted(cache_policy=policy, result_storage=LocalFileSystem(basepath=tmp_path / "r"))
        assert names_of(one.task, 1, 1) == ["Completed", "Cached"]
        (record,) = keys.iterdir()
        assert len(list((tmp_path / "r").iterdir())) == 1
        record.unlink()
        assert names_of(one.task, 1) == ["Completed"]

    def test_a_storage_key_is_a_key(self, tmp_path: Path) -> None:
        template = "{flow_run.flow_name}/{parameters[number]}-{task_run.task_name}.json"
        one = Counted(
            result_storage=str(tmp_path), result_storage_key=template, result_serializer="json"
        )
        assert names_of(one.task, 1, 1, 2) == ["Completed", "Cached", "Completed"]
        store = ResultStore(result_storage=LocalFileSystem(basepath=str(tmp_path)))
        assert store.read("around/2-double.json").result == 4

    def test_a_storage_key_that_cannot_be_filled_in_fails_the_task(self) -> None:
        one = Counted(result_storage_key="{parameters[nothing]}")
        with pytest.raises(
            ConfigurationError, match=r"'\{parameters\[nothing\]\}' of task 'double'"
        ):
            run_in_flow(one.task, 1)
        (record,) = desk.tasks(desk.only_run().id)
        assert record.state_type is StateType.FAILED

    def test_outside_of_a_process_pool_too(self, home: Path, spawn_python: Spawner) -> None:
        body = (
            "from signoff import flow, task\n"
            "from signoff.cache_policies import INPUTS\n"
            "from signoff.task_runners import ProcessPoolTaskRunner\n"
            "@task(cache_policy=INPUTS)\n"
            "def double(number):\n"
            "    print('computing', flush=True)\n"
            "    return number * 2\n"
            "@flow(task_runner=ProcessPoolTaskRunner(max_workers=1))\n"
            "def around():\n"
            "    return [double.submit(n, return_state=True).name for n in (1, 1)]\n"
            "if __name__ == '__main__':\n"
            "    print(around(), double.fn(1))\n"
        )
        said = spawn_python(body).wait_ok()
        assert said.split() == [*["computing"] * 2, "['Completed',", "'Cached']", "2"]


# Locks -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("kind", ["memory", "files"])
def test_the_same_key_is_computed_once_among_threads(kind: str, tmp_path: Path) -> None:
    locks = MemoryLockManager() if kind == "memory" else FileSystemLockManager(tmp_path)
    policy = INPUTS.configure(lock_manager=locks, isolation_level=IsolationLevel.SERIALIZABLE)
    calls, entered = [], threading.Barrier(1)

    @task(cache_policy=policy)
    def slow(number: int) -> int:
        entered.wait()
        calls.append(number)
        return number

    @flow
    def around() -> list[int]:
        return [future.result() for future in slow.map([7] * 6)]

    assert around() == [7] * 6
    assert calls == [7]
    assert sorted(record.state_name or "" for record in desk.tasks(desk.only_run().id)) == [
        *["Cached"] * 5,
        "Completed",
    ]


def test_and_among_processes(home: Path, spawn_python: Spawner, tmp_path: Path) -> None:
    body = f"""
import os
from pathlib import Path
from signoff import flow, task
from signoff.cache_policies import INPUTS
from signoff.locking.filesystem import FileSystemLockManager

policy = INPUTS.configure(
    lock_manager=FileSystemLockManager({str(tmp_path / "locks")!r}), isolation_level="SERIALIZABLE"
)

@task(cache_policy=policy)
def slow(number):
    with open({str(tmp_path / "calls")!r}, "a") as file:
        file.write("call\\n")
    return os.getpid()

@flow
def around():
    return slow(1)

print("ready", flush=True)
input()
print(around(), flush=True)
"""
    children = [spawn_python(body) for _ in range(3)]
    for child in children:
        child.wait_for_output("^ready$")
    for child in children:
        child.write("go\n")
    said = {child.wait_ok().split()[-1] for child in children}
    assert len(said) == 1
    assert (tmp_path / "calls").read_text() == "call\n"


@pytest.mark.usefixtures("home")
def test_a_lock_needs_a_manager() -> None:
    one = Counted(cache_policy=INPUTS.configure(isolation_level="SERIALIZABLE"))
    with pytest.raises(ConfigurationError, match="has no lock manager"):
        run_in_flow(one.task, 1)


@pytest.mark.usefixtures("home")
def test_a_failing_task_gives_its_lock_up() -> None:
    policy = INPUTS.configure(lock_manager=MemoryLockManager(), isolation_level="SERIALIZABLE")
    calls: list[int] = []

    @task(cache_policy=policy)
    def fails_once(number: int) -> int:
        calls.append(number)
        if len(calls) == 1:
            raise ValueError("no")
        return number

    @flow
    def around() -> int:
        fails_once(5, return_state=True)
        return fails_once(5)

    assert around() == 5


# Mistakes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"cache_policy": "INPUTS"}, r"task 'double': cache_policy='INPUTS' is no cache policy"),
        ({"cache_key_fn": "x"}, r"task 'double': cache_key_fn='x' must be a function"),
        ({"cache_expiration": 5}, r"task 'double': cache_expiration=5 must be a timedelta"),
        ({"cache_expiration": timedelta(0)}, r"must be positive"),
        ({"result_storage_key": 5}, r"task 'double': result_storage_key=5 must be a text"),
        ({"result_serializer": "yaml"}, r"result_serializer='yaml' cannot be used: No serializer"),
        ({"result_serializer": 5}, r"task 'double': result_serializer=5 is no serializer"),
        ({"result_storage": 5}, r"task 'double': result_storage=5 is no storage: give a path"),
        ({"result_storage": "s3-bucket/mine"}, r"names a saved block, which Signoff does not keep"),
        ({"result_storage": "file://x/y"}, r"Use `LocalFileSystem` instead"),
    ],
)
def test_mistakes_are_named_when_the_task_is_made(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        Counted(**options)


def test_contradictions_are_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    Counted(cache_policy=INPUTS, cache_key_fn=lambda ctx, parameters: None)
    Counted(cache_policy=INPUTS, persist_result=False)
    assert "`cache_key_fn` will be used" in caplog.text
    assert "Ignoring `cache_policy` because `persist_result` is False" in caplog.text


def test_options_can_be_read_and_copied() -> None:
    one = Counted(
        cache_policy=INPUTS,
        cache_expiration=timedelta(days=1),
        refresh_cache=True,
        result_storage="/somewhere",
        result_serializer="json",
        cache_result_in_memory=False,
    ).task
    for made in (one, one.with_options(name="copy")):
        assert made.cache_policy is INPUTS
        assert made.cache_expiration == timedelta(days=1)
        assert made.refresh_cache is True
        assert (made.result_storage, made.result_serializer) == ("/somewhere", "json")
        assert made.cache_result_in_memory is False
        assert made.result_storage_key is None
    assert one.with_options(cache_policy=NO_CACHE).cache_policy is NO_CACHE
