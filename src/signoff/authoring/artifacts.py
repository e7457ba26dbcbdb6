"""Artifacts as flows make them: links, Markdown, tables, progress and images.

Owns the documented functions and classes. An artifact made inside a run is tied to the flow run and
task run around the call. Must not know how artifacts are kept.
"""

from __future__ import annotations

import json
import logging
import math
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from signoff.authoring.dispatch import async_dispatch, off_loop
from signoff.authoring.ids import as_id
from signoff.core.shared.names import artifact_data, artifact_key
from signoff.engine.frames import current_run, current_task
from signoff.gateway.connect import get_gateway
from signoff.model.errors import ObjectNotFound
from signoff.model.shared.artifacts import Artifact as Kept
from signoff.model.shared.artifacts import (
    CreateArtifact,
    ReadLatestArtifact,
    UpdateArtifact,
)
from signoff.model.shared.unchanged import UNCHANGED

Table = dict[str, list[Any]] | list[dict[str, Any]] | list[list[Any]]

_logger = logging.getLogger("signoff.artifacts")


def _create(artifact: Artifact, client: Any = None) -> Kept:
    """Keep the artifact, tied to the run around the present line.

    Args:
        client: accepted as documented; the settings decide.

    Raises:
        InvalidRequest: the key or the data are not allowed; the message says why.
    """
    if artifact.key is not None:
        artifact_key(artifact.key)
    data = artifact.format()
    artifact_data(data)
    run, task = current_run.get(), current_task.get()
    flow_run_id, task_run_id = artifact.flow_run_id, artifact.task_run_id
    if flow_run_id is None and task_run_id is None:
        flow_run_id = run.run_id if run is not None else None
        task_run_id = task.id if task is not None else None
    return get_gateway().send(
        CreateArtifact(
            artifact.key,
            artifact.type,
            artifact.description,
            data,
            artifact.metadata_,
            flow_run_id,
            task_run_id,
        )
    )


def _get(key: str | None = None, client: Any = None) -> Kept | None:
    """The newest version under a key; None when there is none."""
    if key is None:
        return None
    try:
        return get_gateway().send(ReadLatestArtifact(key))
    except ObjectNotFound:
        return None


_acreate, _aget = off_loop(_create), off_loop(_get)


class Artifact(BaseModel):
    """Something a run leaves for people to read.

    Args:
        type: what kind of data it is: `markdown`, `table`, `progress`, `image` or your own.
        key: a name under which versions are kept: lowercase letters, numbers and dashes.
        description: Markdown shown with it.
        data: any JSON value.
        metadata_: texts by name.
        flow_run_id, task_run_id: the run it belongs to; the one around the call when left out.
    """

    model_config = ConfigDict(extra="forbid")

    type: str | None = None
    key: str | None = None
    description: str | None = None
    data: Any = None
    metadata_: dict[str, str] | None = None
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None

    create = async_dispatch(_acreate)(_create)
    acreate = _acreate
    get = staticmethod(async_dispatch(_aget)(_get))
    aget = staticmethod(_aget)

    @classmethod
    def get_or_create(
        cls,
        key: str | None = None,
        description: str | None = None,
        data: Any = None,
        client: Any = None,
        **kwargs: Any,
    ) -> tuple[Kept, bool]:
        """The newest version under a key; made when there is none.

        Returns:
            The artifact, and whether it was made.
        """
        found = _get(key)
        if found is not None:
            return found, False
        return _create(cls._new(key, description, data, kwargs)), True

    @classmethod
    async def aget_or_create(
        cls,
        key: str | None = None,
        description: str | None = None,
        data: Any = None,
        client: Any = None,
        **kwargs: Any,
    ) -> tuple[Kept, bool]:
        """Like `get_or_create`, for asynchronous code."""
        return await off_loop(cls.get_or_create)(key, description, data, client, **kwargs)

    @classmethod
    def _new(cls, key: str | None, description: str | None, data: Any, more: Any) -> Artifact:
        given = {} if data is None else {"data": data}
        return cls(key=key, description=description, **given, **more)

    def format(self) -> Any:
        """The data as they are kept."""
        return self.data

    async def aformat(self) -> Any:
        """Like `format`, for asynchronous code."""
        return self.format()


class LinkArtifact(Artifact):
    """A link, kept as Markdown."""

    type: str | None = "markdown"
    link: str
    link_text: str | None = None

    def format(self) -> str:
        """The link in Markdown."""
        return f"[{self.link_text or self.link}]({self.link})"


class MarkdownArtifact(Artifact):
    """Markdown."""

    type: str | None = "markdown"
    markdown: str

    def format(self) -> str:
        """The Markdown."""
        return self.markdown


class TableArtifact(Artifact):
    """A table: columns by name, a list of rows by name, or a list of rows."""

    type: str | None = "table"
    table: Table

    def format(self) -> str:
        """The table as JSON; numbers that JSON does not know become null."""
        return json.dumps(_plain(self.table))


class ProgressArtifact(Artifact):
    """How far something has got, in per cent."""

    type: str | None = "progress"
    progress: float

    MOST: ClassVar[float] = 100.0

    def format(self) -> float:
        """The percentage, between 0 and 100."""
        return _percentage(self.progress)


class ImageArtifact(Artifact):
    """An image that anybody who reads it can load from its address."""

    type: str | None = "image"
    image_url: str

    def format(self) -> str:
        """The address."""
        return self.image_url


def _percentage(progress: float) -> float:
    if math.isnan(progress):
        raise ValueError("progress must be a number between 0 and 100, got nan.")
    kept = min(max(float(progress), 0.0), ProgressArtifact.MOST)
    if kept != progress:
        _logger.warning(
            "ProgressArtifact received an invalid value, Progress: %s%%\n"
            "Interpreting as %s%% progress",
            progress,
            kept,
        )
    return kept


def _plain(value: Any) -> Any:
    """The value with nothing in it that JSON does not know."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


# The documented functions ------------------------------------------------------------------


def _create_link(
    link: str,
    link_text: str | None = None,
    key: str | None = None,
    description: str | None = None,
    client: Any = None,
) -> UUID:
    """Keep a link.

    Args:
        link: the address.
        link_text: what is shown for it.
        key: a name under which versions are kept: lowercase letters, numbers and dashes.
        description: Markdown shown with it.
        client: accepted as documented; the settings decide.

    Returns:
        The id of the artifact.
    """
    made = LinkArtifact(key=key, description=description, link=link, link_text=link_text)
    return _create(made).id


def _create_markdown(markdown: str, key: str | None = None, description: str | None = None) -> UUID:
    """Keep Markdown; the id is returned. `key` and `description` as for links."""
    return _create(MarkdownArtifact(key=key, description=description, markdown=markdown)).id


def _create_table(table: Table, key: str | None = None, description: str | None = None) -> UUID:
    """Keep a table; the id is returned.

    Args:
        table: columns by name, a list of rows by name, or a list of rows.
        key, description: as for links.
    """
    return _create(TableArtifact(key=key, description=description, table=table)).id


def _create_progress(
    progress: float, key: str | None = None, description: str | None = None
) -> UUID:
    """Keep a percentage between 0 and 100, to be changed by `update_progress_artifact`."""
    return _create(ProgressArtifact(key=key, description=description, progress=progress)).id


def _update_progress(
    artifact_id: UUID, progress: float, description: str | None = None, client: Any = None
) -> UUID:
    """Change the percentage of a progress artifact, and its description when one is given.

    Raises:
        ObjectNotFound: there is no such artifact.
    """
    told = UNCHANGED if description is None else description
    get_gateway().send(
        UpdateArtifact(as_id(artifact_id, "artifact_id"), _percentage(progress), told)
    )
    return artifact_id


def _create_image(image_url: str, key: str | None = None, description: str | None = None) -> UUID:
    """Keep the address of an image; the id is returned. `key` and `description` as for links."""
    return _create(ImageArtifact(key=key, description=description, image_url=image_url)).id


acreate_link_artifact = off_loop(_create_link)
acreate_markdown_artifact = off_loop(_create_markdown)
acreate_table_artifact = off_loop(_create_table)
acreate_progress_artifact = off_loop(_create_progress)
aupdate_progress_artifact = off_loop(_update_progress)
acreate_image_artifact = off_loop(_create_image)

create_link_artifact = async_dispatch(acreate_link_artifact)(_create_link)
create_markdown_artifact = async_dispatch(acreate_markdown_artifact)(_create_markdown)
create_table_artifact = async_dispatch(acreate_table_artifact)(_create_table)
create_progress_artifact = async_dispatch(acreate_progress_artifact)(_create_progress)
update_progress_artifact = async_dispatch(aupdate_progress_artifact)(_update_progress)
create_image_artifact = async_dispatch(acreate_image_artifact)(_create_image)
