"""Labels of a run: its tags of the form `key:value`.

Owns their way from tags to the map that expressions see, and back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING

from signoff.model.commands import UpdateRun

if TYPE_CHECKING:
    from signoff.yamlflow.running.execution import Execution

_lock = Lock()


def tags_of(labels: Mapping[str, str]) -> tuple[str, ...]:
    """Labels as tags."""
    return tuple(sorted(f"{key}:{value}" for key, value in labels.items()))


def labels_of(tags: Iterable[str]) -> dict[str, str]:
    """The tags that are labels, by key."""
    parts = (tag.partition(":") for tag in tags)
    return {key: value for key, colon, value in parts if colon and key}


def add(execution: Execution, labels: Mapping[str, str]) -> None:
    """Label the run; a label that is there gets the new value."""
    frame = execution.frame
    with _lock:
        execution.labels.update(labels)
        others = tuple(tag for tag in frame.tags if tag not in tags_of(labels_of(frame.tags)))
        frame.tags = tuple(sorted({*others, *tags_of(execution.labels)}))
        frame.gateway.send(UpdateRun(frame.run_id, tags=frame.tags))
