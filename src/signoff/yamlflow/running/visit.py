"""One task of a document at one place in a run.

Owns where it stands (in which group, which turn of which loop), what expressions see there, and how
its parts are rendered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from signoff.engine.frames import TaskFrame
from signoff.yamlflow.catalog.scripts import SCRIPT_FOLDERS, SCRIPTS_OF
from signoff.yamlflow.document import TaskNode
from signoff.yamlflow.running.execution import Execution, moment
from signoff.yamlflow.running.lanes import Group
from signoff.yamlflow.running.outcome import Done
from signoff.yamlflow.running.rendering import rendered
from signoff.yamlflow.truth import truthy


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a loop.

    Args:
        value: `taskrun.value`.
        number: `taskrun.iteration`, from 0.
        path: the values of the loops around, this one's last, as outputs are found by them.
        numbers: the same as numbers, for the keys of questions.
        item: further variables.
    """

    value: Any
    number: int
    path: tuple[str, ...]
    numbers: tuple[int, ...]
    item: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Visit:
    """A task at a place.

    Args:
        execution: the run.
        node: the task.
        parent: the task that directs it; None for one of the flow itself.
        number: tells it from visits of the same task by the same parent.
        turn: the turn of the nearest loop around it.
        group: the lanes it runs in.
        folder: of the WorkingDirectory around it.
        anew: each attempt of the run does it again: it belongs to how that one ends.
        task: its task run, once it runs.
        inside: the tasks it directed that have ended.
        scope: what its expressions see in the present attempt, once that has begun.
    """

    execution: Execution
    node: TaskNode
    parent: Visit | None = None
    number: int = 0
    turn: Turn | None = None
    group: Group | None = None
    folder: Path | None = None
    anew: bool = False
    task: TaskFrame | None = None
    inside: list[Done] = field(default_factory=list)
    scope: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> tuple[str, ...]:
        """The values of the loops around it, outermost first."""
        return self.turn.path if self.turn is not None else ()

    @property
    def place(self) -> str:
        """Where it stands below its parent; the same whenever the run is entered."""
        again, attempt = self._parent_attempt, self.execution.frame.attempt
        place = f"{self.node.id}#{self.number}" + (f"~{again}" if again > 1 else "")
        return f"{place}@{attempt}" if self.anew and attempt > 1 else place

    @property
    def key(self) -> str:
        """The name by which a question of it is answered."""
        numbers = self.turn.numbers if self.turn is not None else ()
        key = ":".join((self.node.id, *map(str, numbers)))
        attempts = self._attempts
        return f"{key}~{attempts}" if attempts > 1 else key

    @property
    def _parent_attempt(self) -> int:
        task = self.parent.task if self.parent is not None else None
        return 1 if task is None else task.run_count

    @property
    def _attempts(self) -> int:
        """How often it, or something around it, has been tried."""
        count, visit = 1, self
        each: Visit | None = visit
        while each is not None:
            count += each.task.run_count - 1 if each.task is not None else 0
            each = each.parent
        return count

    @property
    def is_anew(self) -> bool:
        """Whether it, or something around it, is done again by each attempt of the run."""
        return self.anew or any(each.anew for each in self.ancestors())

    def over(self) -> bool:
        """Whether it must not begin any more, because a branch beside it has failed."""
        return self.group is not None and self.group.over()

    # Expressions ------------------------------------------------------------------------------

    def variables(self) -> dict[str, Any]:
        """What expressions of this task see."""
        found = self.execution.variables()
        found["task"] = {"id": self.node.id, "type": self.node.written_type}
        found["taskrun"] = self.facts()
        if self.node.type.name.startswith(SCRIPTS_OF):
            found.update(SCRIPT_FOLDERS)
        parents = [{"taskrun": each.facts()} for each in self.ancestors()]
        found["parents"] = parents
        if parents:
            found["parent"] = parents[0]
        if self.turn is not None:
            found.update(self.turn.item)
        return found

    def ancestors(self) -> list[Visit]:
        """The tasks around it, nearest first."""
        found: list[Visit] = []
        each = self.parent
        while each is not None:
            found.append(each)
            each = each.parent
        return found

    def facts(self) -> dict[str, Any]:
        """What expressions see as `taskrun`."""
        task, parent = self.task, self.parent
        facts: dict[str, Any] = {
            "id": str(task.id) if task is not None else None,
            "startDate": moment(task.started) if task is not None else None,
            "attemptsCount": task.run_count - 1 if task is not None else 0,
            "parentId": str(parent.task.id) if parent is not None and parent.task else None,
        }
        if self.turn is not None:
            facts |= {"value": self.turn.value, "iteration": self.turn.number}
            if parent is not None and parent.turn is self.turn:
                # It stands in a group within the turn, and the turn counts once.
                facts["inherited"] = True
        return facts

    def render(self, value: Any, typed: bool = True) -> Any:
        """Render a text, list or map in the scope of this task."""
        return self.execution.render_tree(value, typed, self.variables())

    def render_with(self, value: Any, known: Mapping[str, Any]) -> Any:
        """The same, with values that `inputs` has besides those of the run."""
        variables = self.variables()
        variables["inputs"] = {**self.execution.inputs, **known}
        return self.execution.render_tree(value, True, variables)

    def holds(self, condition: str) -> bool:
        """Whether a condition is true here."""
        return truthy(self.render(condition))

    def properties(self) -> dict[str, Any]:
        """The task's own properties, rendered.

        Raises:
            PropertyError: one cannot be.
        """
        variables = self.scope = self.variables()

        def render(text: str, typed: bool) -> Any:
            return self.execution.render(text, typed, variables)

        return rendered(self.node.properties, self.node.type.properties, render)
