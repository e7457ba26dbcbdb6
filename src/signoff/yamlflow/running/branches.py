"""Running tasks one after the other, and what happens when one of them fails.

Owns the order of a branch, and of a group's `errors` and `finally`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from signoff.yamlflow.document import TaskNode
from signoff.yamlflow.running.execution import Execution
from signoff.yamlflow.running.life import run_task_of
from signoff.yamlflow.running.outcome import Outcome, Verdict, worse
from signoff.yamlflow.running.visit import Turn, Visit


@dataclass(frozen=True, slots=True)
class Result:
    """How a branch ended.

    Args:
        verdict: the worst of its tasks.
        message: why it failed or warns.
        ends: the whole run ends like this.
    """

    verdict: Verdict = Verdict.SUCCESS
    message: str | None = None
    ends: Verdict | None = None

    def then(self, other: Result | Outcome) -> Result:
        """Both, one after the other."""
        verdict = worse(self.verdict, other.verdict)
        if verdict is Verdict.SKIPPED:
            verdict = Verdict.SUCCESS
        heavier = verdict is not self.verdict
        message = other.message if heavier else self.message or other.message
        return Result(verdict, message, self.ends or other.ends)

    @property
    def stops(self) -> bool:
        """Whether nothing more of the branch runs."""
        return self.ends is not None or self.verdict.stops


def run_branch(
    execution: Execution,
    nodes: Sequence[TaskNode],
    parent: Visit | None = None,
    *,
    number: int = 0,
    turn: Turn | None = None,
    like: Visit | None = None,
    anew: bool = False,
) -> Result:
    """Run tasks in order until one fails.

    Args:
        execution: the run.
        nodes: the tasks.
        parent: the task that directs them; None for those of the flow itself.
        number: tells turns of a loop apart.
        turn: the turn of the loop around them; that of the parent when not given.
        like: stands in for the parent where they run in lanes or a folder of their own.
        anew: each attempt of the run does them again, also those that ended well.
    """
    result = Result()
    around = like or parent
    for node in nodes:
        if node.disabled:
            continue
        visit = Visit(execution, node, parent, number, anew=anew)
        if around is not None:
            visit.turn, visit.group, visit.folder = around.turn, around.group, around.folder
        if turn is not None:
            visit.turn = turn
        if visit.over():
            return result.then(Result(Verdict.KILLED, "A branch beside it failed."))
        result = result.then(run_task_of(visit))
        if result.stops:
            break
    return result


def guarded(visit: Visit, main: Callable[[], Result]) -> Result:
    """Run what a group does, its `errors` when that fails, and its `finally` in the end."""
    branches = visit.node.branches
    result = main()
    if result.verdict is Verdict.FAILED and branches.get("errors"):
        result = result.then(run_branch(visit.execution, branches["errors"], visit, anew=True))
    if branches.get("finally") and result.ends not in (Verdict.CANCELLED, Verdict.KILLED):
        result = result.then(run_branch(visit.execution, branches["finally"], visit, anew=True))
    return result


def sequence(visit: Visit, branch: str = "tasks") -> Result:
    """Run one branch of a group in order."""
    return run_branch(visit.execution, visit.node.branches.get(branch, ()), visit)
