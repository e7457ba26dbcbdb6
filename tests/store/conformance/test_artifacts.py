"""Artifacts: versions under a key, found by filter and by the runs they belong to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from signoff.core.ports import Tx
from signoff.model.filters import (
    FlowRunFilter,
    FlowRunFilterName,
    TaskRunFilter,
    TaskRunFilterName,
)
from signoff.model.shared import artifacts as a
from tests.store.samples import World

pytestmark = pytest.mark.store


def add(world: World, tx: Tx, key: str | None = None, data: str = "1", **facts: Any) -> UUID:
    id = world.id()
    tx.artifacts.add(id, a.CreateArtifact(key, **facts), data, world.tick())
    return id


def test_an_artifact_is_kept_changed_and_removed(world: World) -> None:
    run, task = world.id(), world.id()
    with world.store.write() as tx:
        id = add(
            world,
            tx,
            "k",
            '{"x":null}',
            type="own",
            description="**d**\0",
            metadata_={"m": "n"},
            flow_run_id=run,
            task_run_id=task,
        )
        found = tx.artifacts.find(id)
        assert found is not None
        assert (found.key, found.type, found.data) == ("k", "own", {"x": None})
        assert (found.description, found.metadata_) == ("**d**\ufffd", {"m": "n"})
        assert (found.flow_run_id, found.task_run_id) == (run, task)
        tx.artifacts.change(id, None, None, None, world.tick())
        found = tx.artifacts.find(id)
        assert found is not None
        assert (found.data, found.description, found.metadata_) == (None, None, None)
        assert found.created is not None
        assert found.updated is not None
        assert found.updated > found.created
        assert tx.artifacts.remove(id)
        assert not tx.artifacts.remove(id)
        assert tx.artifacts.find(id) is None


def test_the_newest_version_is_found_by_key(world: World) -> None:
    with world.store.write() as tx:
        first, other = add(world, tx, "k"), add(world, tx, "l")
        second = add(world, tx, "k", '"new"')
        add(world, tx)
        latest = tx.artifacts.latest("k")
        assert latest is not None
        assert (latest.id, latest.data) == (second, "new")
        query = a.ReadLatestArtifacts(sort=a.ArtifactCollectionSort.KEY_ASC)
        found = tx.artifacts.collections(query)
        assert [(each.key, each.latest_id) for each in found] == [("k", second), ("l", other)]
        assert tx.artifacts.count(a.CountLatestArtifacts()) == 2
        again = tx.artifacts.collections(query)
        assert [each.id for each in again] == [each.id for each in found]
        tx.artifacts.remove(second)
        latest = tx.artifacts.latest("k")
        assert latest is not None
        assert latest.id == first
        tx.artifacts.remove(first)
        assert tx.artifacts.latest("k") is None


def test_artifacts_are_filtered_sorted_and_paged(world: World) -> None:
    run, task = world.id(), world.id()
    with world.store.write() as tx:
        ids = {
            "a": add(world, tx, "a-key", type="table", flow_run_id=run),
            "b": add(world, tx, "b-key", type="markdown", task_run_id=task),
            "c": add(world, tx),
        }
        names = {id: name for name, id in ids.items()}

        def found(given: a.ArtifactFilter | None = None, **page: Any) -> str:
            listed = tx.artifacts.listed(a.ReadArtifacts(given, **page))
            assert page or len(listed) == tx.artifacts.count(a.CountArtifacts(given))
            return "".join(names[each.id] for each in listed)

        assert found() == "cba"
        assert found(limit=1, offset=1) == "b"
        assert found(sort=a.ArtifactSort.CREATED_DESC) == "cba"
        assert found(a.ArtifactFilter(id=a.ArtifactFilterId(any_=[ids["a"]]))) == "a"
        assert found(a.ArtifactFilter(key=a.ArtifactFilterKey(any_=["b-key"]))) == "b"
        assert found(a.ArtifactFilter(key=a.ArtifactFilterKey(like_="key"))) == "ba"
        assert found(a.ArtifactFilter(key=a.ArtifactFilterKey(exists_=False))) == "c"
        assert found(a.ArtifactFilter(type=a.ArtifactFilterType(any_=["table"]))) == "a"
        assert found(a.ArtifactFilter(type=a.ArtifactFilterType(not_any_=["table"]))) == "cb"
        of_run = a.ArtifactFilterFlowRunId(any_=[run])
        of_task = a.ArtifactFilterTaskRunId(any_=[task])
        assert found(a.ArtifactFilter(flow_run_id=of_run)) == "a"
        assert found(a.ArtifactFilter(task_run_id=of_task)) == "b"
        either = a.ArtifactFilter(operator="or_", flow_run_id=of_run, task_run_id=of_task)
        assert found(either) == "ba"
        latest = a.ArtifactCollectionFilter(
            latest_id=a.ArtifactCollectionFilterLatestId(any_=[ids["b"]]),
            type=a.ArtifactCollectionFilterType(any_=["markdown"]),
        )
        assert tx.artifacts.count(a.CountLatestArtifacts(latest)) == 1


def test_artifacts_are_found_by_what_is_known_of_their_runs(world: World) -> None:
    run = world.start(name="mine")
    task = world.task(run, name="my-task")
    world.store.finish_tasks([task], world.now)
    with world.store.write() as tx:
        add(world, tx, flow_run_id=run.id, task_run_id=task.id)
        add(world, tx, flow_run_id=world.id())
        for name, number in (("mine", 1), ("other", 0)):
            runs = FlowRunFilter(name=FlowRunFilterName(any_=[name]))
            assert tx.artifacts.count(a.CountArtifacts(flow_runs=runs)) == number
        for name, number in (("my-task", 1), ("other", 0)):
            tasks = TaskRunFilter(name=TaskRunFilterName(any_=[name]))
            assert tx.artifacts.count(a.CountArtifacts(task_runs=tasks)) == number
