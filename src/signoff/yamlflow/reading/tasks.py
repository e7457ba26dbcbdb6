"""Tasks, read.

Owns how a task's map becomes a `TaskNode`: its type, what all tasks have, its own properties, the
tasks inside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from signoff.yamlflow.catalog.foreign import instead
from signoff.yamlflow.catalog.language import TASK, TASK_EQUAL, TASK_IGNORED
from signoff.yamlflow.catalog.registry import Catalog, is_alike
from signoff.yamlflow.catalog.scripts import PROCESS_RUNNERS
from signoff.yamlflow.catalog.types import TaskType
from signoff.yamlflow.document import TaskNode
from signoff.yamlflow.problems import Severity
from signoff.yamlflow.reading.defaults import TypeDefault, merge_defaults
from signoff.yamlflow.reading.inputs import read_inputs
from signoff.yamlflow.reading.judging import Judge
from signoff.yamlflow.reading.retries import read_retry
from signoff.yamlflow.reading.sections import Names, Section, canonical, open_section
from signoff.yamlflow.syntax.findings import Findings, Path, shown
from signoff.yamlflow.syntax.nodes import ListNode, MapNode, Node, Scalar, kind_of

_BRANCHES = (
    *("tasks", "then", "else", "defaults", "errors", "finally", "onWait", "onApprove", "onDeny"),
)
"""Where tasks stand in a task whose type is not known."""
_RUNNERS = ("taskRunner", "runner")

Branches = dict[str, tuple[TaskNode, ...]]


@dataclass(frozen=True, slots=True)
class TaskReader:
    """Reads the tasks of one document.

    Args:
        judge: judges values.
        catalog: the types there are.
        defaults: values that tasks of a type get.
        paths: where each task stands, by id; filled while reading.
    """

    judge: Judge
    catalog: Catalog
    defaults: tuple[TypeDefault, ...] = ()
    paths: dict[str, Path] = field(default_factory=dict)

    @property
    def _findings(self) -> Findings:
        return self.judge.findings

    def read_all(self, items: Iterable[tuple[Node, Path]]) -> tuple[TaskNode, ...]:
        """The tasks of a list; what cannot be read is reported and left out."""
        read = (self.read(node, path) for node, path in items)
        return tuple(task for task in read if task is not None)

    def read(self, node: Node, path: Path) -> TaskNode | None:
        """One task; None, and a finding, when it cannot be read."""
        if not isinstance(node, MapNode):
            told = f"must be a task (a map with `id` and `type`), got {kind_of(node)}."
            self._findings.error(told, node.mark, path)
            return None
        type_node = node.get("type")
        if not isinstance(type_node, Scalar) or type_node.is_null:
            self._findings.error("`type` is required.", node.mark, path)
            self._inside_only(node, path)
            return None
        declaration = self._declaration(type_node, (*path, "type"))
        if declaration is None:
            self._inside_only(node, path)
            return None
        return self._task(node, declaration, type_node.text, path)

    def _declaration(self, written: Scalar, path: Path) -> TaskType | None:
        name = written.text
        found = self.catalog.find(name)
        if found is None:
            near = self.catalog.nearest(name) if self._findings.tells(Severity.ERROR) else None
            told = missing_type("task", name, near)
            self._findings.error(told, written.mark, path, name)
        elif name in found.deprecated:
            told = f"{name} is the old name of {found.name}."
            if name == found.name:
                told = f"{name} is an old type. {found.title}"
            self._findings.warning(told, written.mark, path, name)
        return found

    def _task(
        self, node: MapNode, declaration: TaskType, written: str, path: Path
    ) -> TaskNode | None:
        names = _names(declaration)
        entries = canonical(_without_process(node), names, path, self._findings)
        entries = merge_defaults(entries, self.defaults, declaration, names, self._findings)
        section = Section(node.mark, path, self.judge, entries)
        # Whether a list of values may be empty says its schema; tasks have to be there.
        section.require(("id", *declaration.required), may_be_empty=declaration.properties)
        common = {
            name: section.value(name, schema) for name, schema in TASK.items() if name != "retry"
        }
        properties = {
            name: section.value(name, schema)
            for name, schema in declaration.properties.items()
            if _is_given(section.node(name))
        }
        retry = read_retry(section)
        identity = common["id"]
        if isinstance(identity, str):
            self._register(identity, section)
        branches, depends = self._branches(section, declaration)
        inputs = (
            read_inputs(section.items(declaration.inputs), self.judge, declaration.taken)
            if declaration.inputs
            else ()
        )
        if not isinstance(identity, str):
            return None
        return TaskNode(
            id=identity,
            type=declaration,
            written_type=written,
            mark=node.mark,
            description=common["description"],
            disabled=common["disabled"] is True,
            timeout=common["timeout"],
            retry=retry,
            allow_failure=common["allowFailure"] is True,
            allow_warning=common["allowWarning"] is True,
            when=common["when"],
            log_level=common["logLevel"],
            properties=properties,
            branches=branches,
            depends=depends,
            inputs=inputs,
        )

    def _register(self, identity: str, section: Section) -> None:
        node = section.node("id")
        if identity in self.paths and node is not None:
            other = ".".join(map(str, self.paths[identity]))
            told = (
                f"The id {shown(identity)} is taken by {other}; ids are unique in the whole flow."
            )
            self._findings.error(told, node.mark, section.place("id"), identity)
        self.paths.setdefault(identity, section.path)

    def _branches(
        self, section: Section, declaration: TaskType
    ) -> tuple[Branches, Mapping[str, tuple[str, ...]]]:
        branches: Branches = {}
        depends: dict[str, tuple[str, ...]] = {}
        for name, kind in declaration.branches.items():
            node = section.node(name)
            if not _is_given(node) or node is None:
                continue
            if kind == "list":
                branches[name] = self.read_all(section.items(name))
            elif kind == "task":
                one = self.read(node, section.place(name))
                branches[name] = (one,) if one else ()
            elif kind == "cases":
                branches |= self._cases(node, section.place(name))
            else:
                branches[name] = self._dag(section, name, depends)
        return {name: tasks for name, tasks in branches.items() if tasks}, depends

    def _cases(self, node: Node, path: Path) -> Branches:
        if not isinstance(node, MapNode):
            told = f"must be a map from values to lists of tasks, got {kind_of(node)}."
            self._findings.error(told, node.mark, path)
            return {}
        found: Branches = {}
        for key, tasks in node.entries:
            here = (*path, key.text)
            if isinstance(tasks, ListNode):
                items = ((item, (*here, index)) for index, item in enumerate(tasks.items))
                found[f"cases.{key.text}"] = self.read_all(items)
            else:
                told = f"must be a list of tasks, got {kind_of(tasks)}."
                self._findings.error(told, tasks.mark, here)
        return found

    def _dag(
        self, section: Section, name: str, depends: dict[str, tuple[str, ...]]
    ) -> tuple[TaskNode, ...]:
        tasks = []
        for node, path in section.items(name):
            item = open_section(node, Names(("task", "dependsOn")), path, self.judge)
            if item is None:
                continue
            item.require(("task",))
            inner = item.node("task")
            task = self.read(inner, item.place("task")) if inner is not None else None
            needed = item.value("dependsOn", _IDS, dynamic=False)
            if task is not None:
                tasks.append(task)
                depends[task.id] = tuple(needed) if isinstance(needed, list) else ()
        return tuple(tasks)

    def _inside_only(self, node: MapNode, path: Path) -> None:
        """Read what stands inside a task of no known type, for the sake of its problems."""
        identity = node.get("id")
        if isinstance(identity, Scalar) and not identity.is_null:
            self.paths.setdefault(identity.text, path)
        for name in _BRANCHES:
            inner = node.get(name)
            if isinstance(inner, ListNode):
                for index, item in enumerate(inner.items):
                    if isinstance(item, MapNode) and item.get("type") is not None:
                        self.read(item, (*path, name, index))


_IDS: Mapping[str, Any] = {"type": "array", "items": {"type": "string"}}


def missing_type(what: str, name: str, near: str | None) -> str:
    """That there is no such type, with what to use instead."""
    other = instead(name)
    message = f"There is no type of {what} {shown(name)}"
    if near and (other is None or is_alike(near, name)):
        return f"{message}; did you mean '{near}'?"
    if other:
        return f"The type {shown(name)} is not supported; {other}."
    return f"{message}; see the reference of task types, or install the plugin that has it."


def _names(declaration: TaskType) -> Names:
    own = (*declaration.properties, *declaration.branches)
    inputs = (declaration.inputs,) if declaration.inputs else ()
    ignored = {**TASK_IGNORED, **declaration.ignored}
    return Names(
        known=(*TASK, *own, *inputs),
        renamed=declaration.renamed,
        outdated=declaration.outdated,
        equal=TASK_EQUAL,
        ignored={name: why for name, why in ignored.items() if name not in own},
        refused=declaration.refused,
    )


def _without_process(node: MapNode) -> MapNode:
    """The task without asking for what it gets anyway: a process."""
    kept = tuple(
        (key, value)
        for key, value in node.entries
        if key.text not in _RUNNERS or not _is_process(value)
    )
    return node.with_entries(kept)


def _is_process(node: Node) -> bool:
    named = node.get("type") if isinstance(node, MapNode) else node
    return isinstance(named, Scalar) and named.text in PROCESS_RUNNERS


def _is_given(node: Node | None) -> bool:
    return node is not None and not (isinstance(node, Scalar) and node.is_null)
