"""Where results go, how they come back, and what is said when they cannot."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest

from signoff import flow, task
from signoff.client.orchestration import get_client
from signoff.engine import results
from signoff.filesystems import LocalFileSystem, RemoteFileSystem
from signoff.gateway.connect import get_gateway
from signoff.locking.memory import MemoryLockManager
from signoff.model.errors import ConfigurationError, MissingResult, SerializationError
from signoff.model.journal import ResultKind
from signoff.model.lookups import ReadJournal, ReadResult
from signoff.model.states import StateType
from signoff.results import (
    ResultStore,
    get_default_persist_setting,
    get_default_persist_setting_for_tasks,
    get_default_result_serializer,
    get_default_result_storage,
    get_result_store,
    resolve_result_storage,
    resolve_serializer,
    should_persist_result,
)
from signoff.serializers import CompressedPickleSerializer, JSONSerializer, PickleSerializer
from signoff.settings import temporary_settings
from signoff.testing.utilities import signoff_test_harness
from tests.results.counting import Counted, run_in_flow
from tests.scenarios import desk

BIG = "x" * 200_000
"""More than goes into the database."""


def kept() -> Any:
    """What the journal has of the only task of the only run."""
    (record,) = get_gateway().send(ReadJournal(desk.only_run().id))
    return record.result


# Kinds of keeping --------------------------------------------------------------------------


@pytest.mark.parametrize("persist", [None, True])
def test_results_are_kept_with_the_run(everywhere: Path, persist: bool | None) -> None:
    @task(persist_result=persist)
    def make() -> dict[str, int]:
        return {"a": 1}

    assert run_in_flow(make) == {"a": 1}
    assert kept().kind is ResultKind.PICKLE
    with get_client(sync_client=True) as client:
        (task_run,) = client.read_task_runs()
        assert task_run.state is not None
        assert task_run.state.result() == {"a": 1}


def test_results_told_not_to_be_kept_are_not(everywhere: Path) -> None:
    @task(persist_result=False)
    def secret() -> str:
        return "s"

    @flow(persist_result=False)
    def inner() -> str:
        return secret()

    @flow
    def outer() -> str:
        return inner()

    assert outer() == "s"
    for run in desk.runs():
        for record in get_gateway().send(ReadJournal(run.id)):
            assert record.result.kind is ResultKind.MISSING
            assert record.result.body is None
    child = next(run for run in desk.runs() if run.parent_flow_run_id)
    assert get_gateway().send(ReadResult(child.id)).body is None


@pytest.mark.usefixtures("home")
class TestWhatCannotBeKept:
    """Warned about when the task finishes; a failure only where it had to be kept."""

    def test_a_warning_says_that_it_runs_again(self) -> None:
        @task
        def lock() -> Any:
            return threading.Lock()

        run_in_flow(lambda: lock() and None)
        (line,) = [text for text in desk.log(desk.only_run().id) if "cannot be kept" in text]
        assert "task 'lock'" in line
        assert "runs again" in line

    def test_a_flow_warns_as_well(self) -> None:
        run_in_flow(threading.Lock)
        (line,) = [text for text in desk.log(desk.only_run().id) if "cannot be kept" in text]
        assert "flow 'around'" in line

    @pytest.mark.parametrize("submitted", [False, True])
    def test_it_fails_where_it_has_to_be_kept(self, submitted: bool) -> None:
        @task(persist_result=True)
        def lock() -> Any:
            return threading.Lock()

        call = (lambda: lock.submit().result()) if submitted else lock
        with pytest.raises(SerializationError, match=r"task 'lock' cannot be kept.*persist_result"):
            run_in_flow(call)
        (record,) = desk.tasks(desk.only_run().id)
        assert record.state_type is StateType.FAILED

    def test_a_flow_fails_as_well(self) -> None:
        @flow(persist_result=True)
        def lock() -> Any:
            return threading.Lock()

        with pytest.raises(SerializationError, match="flow 'lock' cannot be kept"):
            lock()
        assert desk.only_run().state_type is StateType.FAILED

    def test_a_serializer_that_cannot_write_it(self) -> None:
        @task(result_serializer="json", persist_result=True)
        def lock() -> Any:
            return threading.Lock()

        with pytest.raises(SerializationError, match="by serializer 'json'"):
            run_in_flow(lock)

    def test_a_storage_that_does_not_take_it(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        one = Counted(result_storage=tmp_path / "file", persist_result=True, cache_policy=None)
        with pytest.raises(SerializationError, match="it cannot be written to LocalFileSystem"):
            run_in_flow(one.task, 1)
        assert run_in_flow(Counted(result_storage=tmp_path / "file").task, 1) == 2


# Spilling ----------------------------------------------------------------------------------


@task
def big() -> str:
    return BIG


def test_large_results_spill(everywhere: Path) -> None:
    assert run_in_flow(lambda: len(big())) == len(BIG)
    result = kept()
    assert (result.kind, result.body) == (ResultKind.FILE, None)
    assert Path(result.location).parent == everywhere / "storage"
    assert len(result.preview) <= 2000


@pytest.mark.usefixtures("home")
class TestSpilled:
    """Large results, and what happens when their storage is gone."""

    def test_the_limit_is_a_setting(self) -> None:
        with temporary_settings({"SIGNOFF_RESULTS_SPILL_BYTES": "0"}):
            run_in_flow(Counted().task, 1)
            assert kept().kind is ResultKind.FILE

    def gone(self, home: Path, **options: Any) -> tuple[Any, Counted]:
        """A flow whose second attempt needs a result whose storage was emptied."""
        one = Counted(**options)

        @flow(retries=1)
        def around() -> int:
            value: int = one.task(1)
            if desk.only_run().run_count > 1:
                return value
            for file in (home / "storage").iterdir():
                file.unlink()
            raise ValueError("again")

        return around, one

    def test_a_result_that_is_gone_is_an_error(self, home: Path) -> None:
        around, one = self.gone(home)
        with (
            temporary_settings({"SIGNOFF_RESULTS_SPILL_BYTES": "0"}),
            pytest.raises(MissingResult, match=r"'double' has finished before.*Put the file back"),
        ):
            around()
        assert one.calls == [1], "what it did is not done twice"

    def test_unless_it_is_to_run_again(self, home: Path) -> None:
        around, one = self.gone(home)
        with temporary_settings(
            {"SIGNOFF_RESULTS_SPILL_BYTES": "0", "SIGNOFF_JOURNAL_CHANGED": "rerun"}
        ):
            assert around() == 2
        assert one.calls == [1, 1]

    def test_large_ones_with_a_serializer(self, home: Path) -> None:
        around, one = self.gone(home, result_serializer="json")
        with (
            temporary_settings({"SIGNOFF_RESULTS_SPILL_BYTES": "0"}),
            pytest.raises(MissingResult, match="There is no result under key"),
        ):
            around()
        assert one.calls == [1]

    def test_the_client_says_so_too(self, home: Path) -> None:
        run_in_flow(lambda: big() and None)
        for file in (home / "storage").iterdir():
            file.unlink()
        with get_client(sync_client=True) as client:
            (task_run,) = client.read_task_runs()
        assert task_run.state is not None
        with pytest.raises(MissingResult, match="cannot be read"):
            task_run.state.result()


def test_the_server_never_unpickles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever loads these results leaves a mark."""
    mark = tmp_path / "loaded"

    class Trap:
        def __reduce__(self) -> Any:
            return Path.write_text, (mark, "loaded")

    @task
    def trap() -> Any:
        return Trap()

    @task
    def large() -> Any:
        return [Trap(), BIG]

    @flow
    def around() -> None:
        trap()
        large()

    with signoff_test_harness(server=True):
        around()
        with get_client(sync_client=True) as client:
            task_runs = client.read_task_runs()
            assert len(task_runs) == 2
            assert not mark.exists()
            for task_run in task_runs:
                assert task_run.state is not None
                task_run.state.result()
            assert mark.exists()


# Storage and serializers of one's own ------------------------------------------------------


def test_results_are_written_to_their_storage_besides(everywhere: Path, tmp_path: Path) -> None:
    one = Counted(result_storage=tmp_path, result_serializer="json")
    assert run_in_flow(one.task, 21) == 42
    (file,) = tmp_path.iterdir()
    told = json.loads(file.read_text())
    assert (told["result"], told["metadata"]["serializer"]["type"]) == ("42", "json")
    (record,) = desk.tasks(desk.only_run().id)
    assert file.name == record.id.hex
    assert record.state is not None
    with get_client(sync_client=True) as client:
        again = client.read_task_run(record.id).state
        assert again is not None
        assert again.result() == 42


@pytest.mark.usefixtures("home")
class TestStorage:
    """Who says where results go, and what they may say."""

    def test_what_a_flow_says_holds_for_its_tasks_and_children(self, tmp_path: Path) -> None:
        one = Counted()

        @flow
        def inner() -> int:
            value: int = one.task(3)
            return value

        @flow(result_storage=tmp_path, result_serializer="compressed/json")
        def outer() -> int:
            return one.task(1) + inner()

        assert outer() == 8
        assert len(list(tmp_path.iterdir())) == 4
        assert all(b"compressed/json" in file.read_bytes() for file in tmp_path.iterdir())

    def test_and_what_the_settings_say(self, tmp_path: Path) -> None:
        said = {
            "SIGNOFF_RESULTS_DEFAULT_STORAGE_BLOCK": str(tmp_path),
            "SIGNOFF_RESULTS_DEFAULT_SERIALIZER": "json",
        }
        with temporary_settings(said):
            assert run_in_flow(Counted().task, 1) == 2
            assert get_default_result_serializer() == JSONSerializer()
            assert get_default_result_storage() == LocalFileSystem(basepath=str(tmp_path))
        assert len(list(tmp_path.iterdir())) == 2
        with (
            temporary_settings({"SIGNOFF_RESULTS_DEFAULT_SERIALIZER": "yaml"}),
            pytest.raises(ConfigurationError, match="SIGNOFF_RESULTS_DEFAULT_SERIALIZER='yaml'"),
        ):
            get_default_result_serializer()

    @pytest.mark.parametrize("big", [False, True])
    def test_remote_storage(self, big: bool) -> None:
        base = f"memory://{uuid.uuid4().hex}/results"
        calls: list[int] = []

        @task(result_storage=RemoteFileSystem(basepath=base))
        def make() -> str:
            calls.append(1)
            return BIG if big else "small"

        @flow(retries=1)
        def around() -> str:
            value = make()
            if desk.only_run().run_count == 1:
                raise ValueError("again")
            return value

        assert len(around()) > 1
        assert calls == [1]
        (record,) = desk.tasks(desk.only_run().id)
        store = ResultStore(result_storage=RemoteFileSystem(basepath=base))
        assert len(store.read(record.id.hex).result) > 1

    def test_a_class_of_ones_own(self) -> None:
        class Dictionary:
            def __init__(self) -> None:
                self.files: dict[str, bytes] = {}

            async def read_path(self, path: str) -> bytes:
                return self.files[path]

            async def write_path(self, path: str, content: bytes) -> None:
                self.files[path] = content

        mine = Dictionary()
        one = Counted(result_storage=mine, result_storage_key="k", result_serializer="json")
        assert run_in_flow(one.task, 1) == run_in_flow(one.task, 1) == 2
        assert one.calls == [1]
        assert list(mine.files) == ["k"]

    def test_large_results_may_leave_memory(self) -> None:
        @task(cache_result_in_memory=False)
        def make() -> str:
            return BIG

        @flow
        def around() -> int:
            future = make.submit()
            future.wait()
            ending = future.promise.ending
            assert ending is not None
            assert isinstance(ending.value, results.KeptResult)
            state: Any = make(return_state=True)
            assert state.result() == BIG
            return len(future.result()) + len(make())

        assert around() == 2 * len(BIG)


# The store ---------------------------------------------------------------------------------


def store(tmp_path: Path, **options: Any) -> ResultStore:
    return ResultStore(result_storage=LocalFileSystem(basepath=str(tmp_path / "r")), **options)


@pytest.mark.parametrize("apart", [False, True])
def test_a_store_keeps_results_under_keys(tmp_path: Path, apart: bool) -> None:
    keys = LocalFileSystem(basepath=str(tmp_path / "keys")) if apart else None
    found = store(tmp_path, metadata_storage=keys)
    assert not found.exists("k")
    with pytest.raises(MissingResult, match="There is no result under key 'k'"):
        found.read("k")
    found.write({"a": (1, 2)}, key="k")
    assert found.exists("k")
    record = found.read("k")
    assert record.result == {"a": (1, 2)}
    assert (record.metadata.storage_key == "k") is not apart
    found.write("second")
    made = found.create_result_record("third", key="third")
    found.persist_result_record(made)
    assert found.read(str(made.metadata.storage_key)).result == "third"


def test_its_asynchronous_faces(tmp_path: Path) -> None:
    async def all_of_them() -> Any:
        found = store(tmp_path, lock_manager=MemoryLockManager(), serializer=JSONSerializer())
        await found.awrite([1], key="a")
        await found.apersist_result_record(found.create_result_record([2], key="b"))
        assert await found.aexists("a")
        assert await found.aacquire_lock("a", timeout=5)
        found.release_lock("a")
        assert await found.await_for_lock("a", timeout=5)
        return (await found.aread("a")).result + (await found.aread("b")).result

    assert asyncio.run(all_of_them()) == [1, 2]


def test_whoever_has_a_key_locked_writes_alone(tmp_path: Path) -> None:
    found = store(tmp_path, lock_manager=MemoryLockManager())
    assert found.acquire_lock("k", holder="a")
    assert found.is_locked("k")
    assert found.is_lock_holder("k", holder="a")
    with pytest.raises(RuntimeError, match="locked by another holder"):
        found.write(1, key="k", holder="b")
    found.write(1, key="k", holder="a")
    reader = desk.Call(found.read, "k", "b")
    found.release_lock("k", holder="a")
    assert reader.returned().result == 1
    with pytest.raises(ConfigurationError, match="not configured with a lock manager"):
        store(tmp_path).acquire_lock("k")


@pytest.mark.usefixtures("home")
def test_the_store_of_the_present_line(home: Path, tmp_path: Path) -> None:
    assert get_result_store().result_storage == LocalFileSystem(basepath=str(home / "storage"))
    assert get_default_persist_setting() is get_default_persist_setting_for_tasks() is False
    assert should_persist_result() is False

    @task(result_serializer="json", persist_result=True, cache_policy=None)
    def inside() -> Any:
        found = get_result_store()
        return [found.result_storage.basepath, found.serializer.type, should_persist_result()]

    @flow(result_storage=tmp_path)
    def around() -> Any:
        found = get_result_store()
        return [found.result_storage.basepath, found.serializer.type, should_persist_result()]

    @flow(result_storage=tmp_path)
    def outer() -> Any:
        return inside()

    assert around() == [str(tmp_path), "pickle", False]
    assert outer() == [str(tmp_path), "json", True]
    made = ResultStore().update_for_flow(around).update_for_task(inside)
    assert made.serializer == JSONSerializer()
    assert made.result_storage == LocalFileSystem(basepath=str(tmp_path))
    assert ResultStore().exists("nothing") is False


def test_options_resolve(tmp_path: Path) -> None:
    assert resolve_result_storage(tmp_path) == LocalFileSystem(basepath=str(tmp_path))
    remote = resolve_result_storage("s3://bucket/folder")
    assert isinstance(remote, RemoteFileSystem)
    assert resolve_serializer("pickle") == PickleSerializer()
    assert resolve_serializer(PickleSerializer()) == PickleSerializer()
    assert resolve_serializer("compressed/pickle") == CompressedPickleSerializer()
    with pytest.raises(ConfigurationError, match="result_serializer='x' cannot be used"):
        resolve_serializer("x")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(results.NotKept, match="cannot be written"):
        results.encode(BIG, results.Storage(tmp_path / "file", 10), uuid.uuid4())
