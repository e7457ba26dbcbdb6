"""What stands where in a document, for pages and editors.

Owns the order and the depth in which parts are listed. Must not read text or run anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signoff.yamlflow.document import Document, Input, Output, TaskNode, Trigger


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a document.

    Args:
        section: the key of the flow it stands under: `inputs`, `tasks`, `triggers`, ...
        id, type: which one.
        line: where it begins, counted from 1.
        depth: how many tasks it stands in.
        branch: the property of the task around it that holds it; empty outside of tasks.
        disabled: it does nothing.
    """

    section: str
    id: str
    type: str
    line: int
    depth: int = 0
    branch: str = ""
    disabled: bool = False


def parts_of(document: Document) -> tuple[Part, ...]:
    """Every part of a document, section by section, in the author's order."""
    sections = {
        "tasks": document.tasks,
        "errors": document.errors,
        "finally": document.finally_,
        "afterExecution": document.after_execution,
    }
    found = list(_values("inputs", document.inputs))
    for section, tasks in sections.items():
        found += _tasks(section, tasks)
    found += _values("outputs", document.outputs)
    found += (_trigger(each) for each in document.triggers)
    return tuple(found)


def _values(section: str, values: Sequence[Input | Output]) -> Iterator[Part]:
    for each in values:
        yield Part(section, each.id, each.type, each.mark.line)


def _trigger(trigger: Trigger) -> Part:
    return Part("triggers", trigger.id, trigger.type, trigger.mark.line, disabled=trigger.disabled)


def _tasks(
    section: str, tasks: Sequence[TaskNode], depth: int = 0, branch: str = ""
) -> Iterator[Part]:
    for each in tasks:
        yield Part(
            section, each.id, each.written_type, each.mark.line, depth, branch, each.disabled
        )
        for name, children in each.branches.items():
            yield from _tasks(section, children, depth + 1, name)
