"""Dag: tasks that begin as soon as those they depend on have ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Condition
from typing import Any

from signoff.yamlflow.document import TaskNode
from signoff.yamlflow.flowables.groups import merged, outcome_of
from signoff.yamlflow.running.branches import Result, guarded, run_branch
from signoff.yamlflow.running.lanes import Workers, run_lanes
from signoff.yamlflow.running.outcome import Outcome
from signoff.yamlflow.running.visit import Visit


def dag(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Run `tasks` in the order of their `dependsOn`, at most `concurrent` at a time."""
    return outcome_of(guarded(visit, lambda: _waves(visit, int(properties["concurrent"]))))


def _waves(visit: Visit, limit: int) -> Result:
    """Lanes that take whatever task is ready, until none is left."""
    execution, nodes = visit.execution, visit.node.branches.get("tasks", ())
    plan = _Plan(execution.workers, nodes, visit.node.depends)
    group = execution.group(visit.group)
    like = replace(visit, group=group)
    results: dict[str, Result] = {}

    def lane() -> None:
        node = plan.next()
        while node is not None:
            try:
                if not group.over():
                    results[node.id] = run_branch(execution, (node,), visit, like=like)
                    if results[node.id].stops:
                        group.fail()
            except BaseException:
                plan.give_up()
                raise
            node = plan.next(node)

    width = min(limit or len(nodes), len(nodes))
    run_lanes(execution.workers, [lane] * width, 0, group.interrupt)
    return merged([results[node.id] for node in nodes if node.id in results])


class _Plan:
    """Which task may begin next.

    Args:
        workers: of the run; a lane that finds nothing to do rests.
        nodes: the tasks.
        depends: for each the ids of those it waits for.
    """

    def __init__(
        self,
        workers: Workers,
        nodes: Sequence[TaskNode],
        depends: Mapping[str, Sequence[str]],
    ) -> None:
        self._workers = workers
        self._waits = {node.id: set(depends.get(node.id, ())) for node in nodes}
        self._left = {node.id: node for node in nodes}
        self._resting = 0
        self._called = 0
        self._over = False
        self._changed = Condition()

    def next(self, ended: TaskNode | None = None) -> TaskNode | None:
        """The next task for a lane, once there is one; None when none is left for it.

        Args:
            ended: the task that the lane has just ended.
        """
        with self._changed:
            if ended is not None:
                for needed in self._waits.values():
                    needed.discard(ended.id)
            node = self._take()
            self._call()
            while node is None and self._left and not self._over:
                self._rest()
                node = self._take()
            return node

    def give_up(self) -> None:
        """A lane has been told to stop; no other begins anything more."""
        with self._changed:
            self._over = True
            self._call()

    def _take(self) -> TaskNode | None:
        if self._over:
            return None
        ready = next((id for id in self._left if not self._waits[id]), None)
        if ready is None:
            return None
        return self._left.pop(ready)

    def _rest(self) -> None:
        self._resting += 1
        self._workers.add(-1)
        while not self._called:
            self._changed.wait()
        self._called -= 1

    def _call(self) -> None:
        """Wake as many resting lanes as there is work for; they count as working from now on."""
        ready = sum(1 for id in self._left if not self._waits[id])
        if self._over or not self._left:
            ready = self._resting
        wanted = min(ready, self._resting)
        self._resting -= wanted
        self._called += wanted
        self._workers.add(wanted)
        if wanted:
            self._changed.notify_all()
