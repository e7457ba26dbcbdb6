"""Artifacts as flows and scripts make them, embedded and through a server."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from signoff import flow, task
from signoff.artifacts import (
    Artifact,
    ImageArtifact,
    LinkArtifact,
    MarkdownArtifact,
    ProgressArtifact,
    TableArtifact,
    acreate_markdown_artifact,
    acreate_progress_artifact,
    aupdate_progress_artifact,
    create_image_artifact,
    create_link_artifact,
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from signoff.client.orchestration import get_client
from signoff.client.schemas import objects
from signoff.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from signoff.client.schemas.filters import (
    ArtifactCollectionFilter,
    ArtifactCollectionFilterKey,
    ArtifactFilter,
    ArtifactFilterKey,
)
from signoff.context import FlowRunContext, TaskRunContext
from signoff.exceptions import InvalidRequest, ObjectNotFound
from tests.client.faces import FACES

pytestmark = [pytest.mark.service, pytest.mark.usefixtures("service")]


@pytest.fixture
def key() -> str:
    return f"k-{uuid4().hex}"


def latest(key: str) -> objects.Artifact:
    found = Artifact.get(key)
    assert found is not None
    return found


def test_each_kind_is_kept_in_its_form(key: str) -> None:
    def kept(id: UUID) -> tuple[str | None, Any]:
        found = latest(key)
        assert found.id == id
        return found.type, found.data

    assert kept(create_link_artifact("http://x", "here", key=key)) == (
        "markdown",
        "[here](http://x)",
    )
    assert kept(create_link_artifact("http://x", key=key)) == ("markdown", "[http://x](http://x)")
    assert kept(create_markdown_artifact("# T", key=key)) == ("markdown", "# T")
    kind, table = kept(create_table_artifact({"a": [1, float("nan")]}, key=key))
    assert (kind, json.loads(table)) == ("table", {"a": [1, None]})
    kind, table = kept(create_table_artifact([{"a": UUID(int=1)}], key=key))
    assert json.loads(table) == [{"a": str(UUID(int=1))}]
    assert kept(create_image_artifact("http://x/i.png", key=key)) == ("image", "http://x/i.png")
    assert kept(create_progress_artifact(12.5, key=key, description="d")) == ("progress", 12.5)
    assert latest(key).description == "d"


def test_progress_stays_within_bounds(key: str, caplog: pytest.LogCaptureFixture) -> None:
    id = create_progress_artifact(-1, key=key, description="d")
    assert latest(key).data == 0
    assert update_progress_artifact(id, 101) == id
    assert (latest(key).data, latest(key).description) == (100, "d")
    assert "received an invalid value, Progress: 101%" in caplog.text
    update_progress_artifact(id, 50, description="half")
    assert (latest(key).data, latest(key).description) == (50, "half")
    with pytest.raises(ObjectNotFound, match="There is no artifact"):
        update_progress_artifact(uuid4(), 1)
    with pytest.raises(ValueError, match="got nan"):
        create_progress_artifact(float("nan"))


def test_an_artifact_belongs_to_the_run_around_the_call(key: str) -> None:
    ids: dict[str, Any] = {}

    @task
    def in_task() -> None:
        context = TaskRunContext.get()
        assert context is not None
        ids["task"] = context.task_run.id
        create_markdown_artifact("task", key=key)

    @flow
    def making() -> None:
        context = FlowRunContext.get()
        assert context is not None
        ids["run"] = context.flow_run.id
        create_markdown_artifact("flow", key=key)
        in_task.submit().result()

    making()
    create_markdown_artifact("outside", key=key)
    with get_client(sync_client=True) as client:
        mine = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
        outside, of_task, of_flow = client.read_artifacts(artifact_filter=mine)
    assert (outside.flow_run_id, outside.task_run_id) == (None, None)
    assert (of_task.flow_run_id, of_task.task_run_id) == (ids["run"], ids["task"])
    assert (of_flow.flow_run_id, of_flow.task_run_id) == (ids["run"], None)


def test_versions_are_kept_under_their_key(key: str) -> None:
    assert Artifact.get(key) is None
    made, new = Artifact.get_or_create(key, "d", {"n": 1}, type="own")
    assert (new, made.data, made.type) == (True, {"n": 1}, "own")
    assert Artifact.get_or_create(key, data={"n": 2}) == (made, False)
    second = Artifact(key=key, data=[2]).create()
    assert latest(key).id == second.id
    with get_client(sync_client=True) as client:
        only = ArtifactCollectionFilter(key=ArtifactCollectionFilterKey(any_=[key]))
        (one,) = client.read_latest_artifacts(artifact_filter=only)
        assert (one.latest_id, one.data, one.key) == (second.id, [2], key)
        client.delete_artifact(second.id)
    assert latest(key).id == made.id


def test_the_classes_format_their_data(key: str) -> None:
    assert LinkArtifact(link="u").format() == "[u](u)"
    assert MarkdownArtifact(markdown="m").format() == "m"
    assert TableArtifact(table=[[1], [2]]).format() == "[[1], [2]]"
    assert ProgressArtifact(progress=3).format() == 3.0
    assert ImageArtifact(image_url="u").format() == "u"
    assert MarkdownArtifact(key=key, markdown="m").create().data == "m"


def test_bad_keys_and_data_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="Artifact key must only contain"):
        create_markdown_artifact("m", key="Not_Good")
    with pytest.raises(InvalidRequest, match="Artifact data must be serializable"):
        Artifact(data=object()).create()
    with pytest.raises(ValidationError, match="table"):
        create_table_artifact(3)  # type: ignore[arg-type]


def test_asynchronous_code_awaits(key: str) -> None:
    async def use() -> list[Any]:
        id = await acreate_progress_artifact(1, key=key)
        await aupdate_progress_artifact(id, 2)
        first = await Artifact.aget(key)
        plain: Any = create_markdown_artifact("m", key=key)
        second: Any = await plain
        await acreate_markdown_artifact("n", key=key)
        made, new = await Artifact.aget_or_create(key)
        return [first.data if first else None, type(second), made.data, new]

    assert asyncio.run(use()) == [2, UUID, "n", False]


@pytest.mark.parametrize("face", sorted(FACES))
def test_the_client_has_the_documented_methods(key: str, face: str) -> None:
    ask = FACES[face]
    made = ask("create_artifact", ArtifactCreate(key=key, type="t", data={"a": 1}))
    ask("update_artifact", made.id, ArtifactUpdate(description="d"))
    assert latest(key).data == {"a": 1}
    ask("update_artifact", made.id, ArtifactUpdate(data=None, metadata_={"m": "n"}))
    changed = latest(key)
    assert (changed.data, changed.description, changed.metadata_) == (None, "d", {"m": "n"})
    mine = ArtifactFilter(key=ArtifactFilterKey(like_=key))
    assert [each.id for each in ask("read_artifacts", artifact_filter=mine)] == [made.id]
    ask("delete_artifact", made.id)
    for method, more in (("delete_artifact", ()), ("update_artifact", (ArtifactUpdate(data=1),))):
        with pytest.raises(ObjectNotFound, match=str(made.id)):
            ask(method, made.id, *more)
