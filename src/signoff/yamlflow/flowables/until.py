"""LoopUntil, and its older name WaitFor: again and again until a condition holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from signoff.engine.clock import now_us
from signoff.model.waits import WaitKind, WaitStatus
from signoff.yamlflow.durations import seconds
from signoff.yamlflow.flowables.asking import ask, withdrawn
from signoff.yamlflow.flowables.groups import outcome_of
from signoff.yamlflow.running.branches import Result, guarded, run_branch
from signoff.yamlflow.running.life import step_of
from signoff.yamlflow.running.outcome import Outcome, Verdict
from signoff.yamlflow.running.visit import Turn, Visit


def loop_until(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Run `tasks` until `condition` holds, or a limit is reached."""
    outputs = {"iterationCount": 0}
    return outcome_of(guarded(visit, lambda: _go_round(visit, properties, outputs)), outputs)


def _go_round(visit: Visit, properties: Mapping[str, Any], outputs: dict[str, Any]) -> Result:
    frequency = properties.get("checkFrequency") or {}
    interval = seconds(str(frequency.get("interval", "PT1M")), field="checkFrequency.interval")
    most, longest = frequency.get("maxIterations"), frequency.get("maxDuration")
    until = None if longest is None else _end(visit, str(longest))
    whole, number = Result(), 0
    visit.execution.board.put_early(visit.node.id, visit.path, outputs)
    while True:
        turn = _turn(visit, number)
        result = run_branch(
            visit.execution, visit.node.branches.get("tasks", ()), visit, number=number, turn=turn
        )
        whole = whole.then(result)
        number += 1
        outputs["iterationCount"] = number
        visit.execution.board.put_early(visit.node.id, visit.path, outputs)
        if result.stops:
            return whole
        if _went_on(visit, number):
            # It did not hold when it was looked at; what it looks at may have changed since.
            continue
        if visit.holds(str(properties["condition"])):
            return whole
        if (most is not None and number >= int(most)) or (until is not None and now_us() >= until):
            return whole.then(_reached(properties, number))
        if interval and not _rest(visit, interval, number):
            return whole.then(Result(Verdict.KILLED, withdrawn().message))


def _went_on(visit: Visit, number: int) -> bool:
    """Whether an earlier process has begun a turn."""
    journal = visit.execution.frame.journal
    if not journal.remembers:
        return False
    first = next((node for node in visit.node.branches["tasks"] if not node.disabled), None)
    if first is None:
        return False
    step = step_of(Visit(visit.execution, first, visit, number), visit.task)
    return journal.was_begun(step) or journal.find(step) is not None


def _end(visit: Visit, longest: str) -> int:
    began = visit.task.started if visit.task is not None else now_us()
    return began + int(seconds(longest, field="checkFrequency.maxDuration") * 1_000_000)


def _turn(visit: Visit, number: int) -> Turn:
    """Outputs are found by the task alone, and are those of the latest turn."""
    outer = visit.turn
    return Turn(
        outer.value if outer is not None else None,
        number,
        visit.path,
        (*(outer.numbers if outer is not None else ()), number),
    )


def _reached(properties: Mapping[str, Any], number: int) -> Result:
    if not properties.get("failOnMaxReached"):
        return Result()
    return Result(Verdict.FAILED, f"The condition does not hold after {number} turns.")


def _rest(visit: Visit, interval: float, number: int) -> bool:
    """Wait for the next turn; whether there shall be one."""
    title = f"{visit.execution.document.id}: {visit.node.id} looks again"
    key = f"{visit.key}:rest-{number}"
    reply, _ = ask(visit, WaitKind.TIMER, title, None, interval, key=key)
    return bool(reply.status is not WaitStatus.WITHDRAWN)
