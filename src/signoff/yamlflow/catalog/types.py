"""What a task type is, as data.

Owns the declaration that built-in types and plugins share. Must not import the code that runs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class TaskType:
    """A type of task.

    Args:
        name: full newest name (`io.kestra.plugin.core.log.Log`).
        aliases: other full names that mean the same, older ones included.
        deprecated: those of the aliases whose use is reported.
        title: one line that says what it does.
        properties: JSON Schema of each own property, under its newest name. `x-dynamic`: false
            says that expressions in it are not rendered; `x-typed` true that a lone expression
            keeps its type. Both are understood for the parts of a property too.
        required: properties that must be given.
        renamed: old name of a property -> newest name; use of the old one is reported.
        ignored: properties of the reference that have no effect here -> why; use is reported.
        refused: properties of the reference that are not supported -> what to do instead; false
            asks for nothing, and is taken.
        outdated: properties that work, but whose use is reported -> what to do instead.
        branches: properties that hold tasks: `list`, `task` (just one), `cases` (map of lists),
            `dag` (list of `{task, dependsOn}`).
        inputs: the property that holds a list of inputs; None for none.
        taken: names its form has already, and so none of these inputs can have.
        outputs: JSON Schema of each output.
        flowable: it directs other tasks and runs none of its own code outside the engine.
    """

    name: str
    title: str
    aliases: tuple[str, ...] = ()
    deprecated: frozenset[str] = frozenset()
    properties: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    ignored: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    outdated: Mapping[str, str] = field(default_factory=dict)
    branches: Mapping[str, str] = field(default_factory=dict)
    inputs: str | None = None
    taken: tuple[str, ...] = ()
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    flowable: bool = False
