"""What must hold between the tasks of a document.

Owns the checks that look at more than one task, or at what surrounds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from signoff.yamlflow.catalog.flowables import DAG, SUBFLOW, SWITCH, WORKING_DIRECTORY
from signoff.yamlflow.document import TaskNode
from signoff.yamlflow.reading.circles import find_circle
from signoff.yamlflow.syntax.findings import Findings, Path


def check_tasks(
    tasks: Iterable[TaskNode],
    flow: tuple[str, str],
    paths: Mapping[str, Path],
    findings: Findings,
) -> None:
    """Report what cannot work.

    Args:
        tasks: every task, those inside others too.
        flow: namespace and id of the flow.
        paths: where each task stands, by id.
        findings: receives what is wrong.
    """
    for task in tasks:
        path = paths.get(task.id, ())
        if task.type is SWITCH and not any(
            name == "defaults" or name.startswith("cases.") for name in task.branches
        ):
            told = "A Switch needs at least one task, in `cases` or in `defaults`."
            findings.error(told, task.mark, path)
        elif task.type is WORKING_DIRECTORY:
            _check_folder(task, paths, findings)
        elif task.type is DAG:
            _check_dag(task, path, findings)
        elif task.type is SUBFLOW:
            called = (task.properties.get("namespace"), task.properties.get("flowId"))
            if called == flow:
                told = "A flow must not call itself; it would never end."
                findings.error(told, task.mark, (*path, "flowId"), flow[1])
            if task.properties.get("wait") is False and "revision" in task.properties:
                told = (
                    "A run that is not waited for is one of the newest revision; leave `revision` "
                    "out, or wait for the run."
                )
                findings.error(told, task.mark, (*path, "revision"))


def _check_folder(task: TaskNode, paths: Mapping[str, Path], findings: Findings) -> None:
    for child in task.branches.get("tasks", ()):
        if child.type.flowable:
            told = (
                f"A WorkingDirectory takes tasks that run something, not {child.type.name}; put "
                "that around it."
            )
            findings.error(told, child.mark, paths.get(child.id, ()))


def _check_dag(task: TaskNode, path: Path, findings: Findings) -> None:
    children = {child.id: child for child in task.branches.get("tasks", ())}
    for name, needed in task.depends.items():
        for other in needed:
            if other not in children:
                mark, here = children[name].mark, (*path, "tasks")
                findings.unknown("task of this Dag", other, children, mark, here)
    if circle := find_circle(task.depends):
        told = f"Tasks depend on one another in a circle: {' -> '.join(circle)}."
        findings.error(told, children[circle[0]].mark, (*path, "tasks"))
