"""Groups: Sequential, Parallel, AllowFailure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from signoff.yamlflow.running.branches import Result, guarded, run_branch, sequence
from signoff.yamlflow.running.lanes import Lane, run_lanes
from signoff.yamlflow.running.outcome import Outcome, Verdict
from signoff.yamlflow.running.visit import Visit


def outcome_of(result: Result, outputs: Mapping[str, Any] | None = None) -> Outcome:
    """How a group ended whose branches ended so."""
    return Outcome(result.verdict, outputs or {}, message=result.message, ends=result.ends)


def sequential(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Run `tasks` in order."""
    return outcome_of(guarded(visit, lambda: sequence(visit)))


def allow_failure(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Run `tasks` in order; when they fail, warn."""
    result = guarded(visit, lambda: sequence(visit))
    if result.verdict is Verdict.FAILED and result.ends is None:
        result = replace(result, verdict=Verdict.WARNING)
    return outcome_of(result)


def parallel(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Run `tasks` at the same time, at most `concurrent` of them."""
    return outcome_of(guarded(visit, lambda: _side_by_side(visit, int(properties["concurrent"]))))


def _side_by_side(visit: Visit, limit: int) -> Result:
    execution, nodes = visit.execution, visit.node.branches.get("tasks", ())
    group = execution.group(visit.group)
    like = replace(visit, group=group)
    results: dict[int, Result] = {}

    def lane(number: int) -> Lane:
        def run() -> None:
            results[number] = run_branch(execution, nodes[number : number + 1], visit, like=like)
            if results[number].stops:
                group.fail()

        return run

    run_lanes(
        execution.workers, [lane(number) for number in range(len(nodes))], limit, group.interrupt
    )
    return merged([results[number] for number in sorted(results)])


def merged(results: list[Result]) -> Result:
    """How lanes ended that ran side by side: as the worst of them that was not told to stop."""
    own = [result for result in results if result.verdict is not Verdict.KILLED or result.ends]
    whole = Result()
    for result in own or results:
        whole = whole.then(result)
    return whole
