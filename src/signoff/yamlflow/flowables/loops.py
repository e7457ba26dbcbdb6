"""Loops over values: ForEach, its older names, and Loop."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from signoff.yamlflow.flowables.groups import merged, outcome_of
from signoff.yamlflow.running.branches import Result, guarded, run_branch
from signoff.yamlflow.running.lanes import Lane, run_lanes
from signoff.yamlflow.running.outcome import Outcome, TaskEnded, Verdict
from signoff.yamlflow.running.visit import Turn, Visit

_ADDRESSES = ("signoff://", "kestra://", "nsfile://", "file://")


def for_each(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Run `tasks` once for each of `values`."""
    values = [_told(value) for value in _values(visit, properties.get("values"))]
    turns = [_turn(visit, number, value) for number, value in enumerate(values)]
    limit = int(properties.get("concurrencyLimit", 1))
    return outcome_of(guarded(visit, lambda: merged(_go_round(visit, turns, limit))))


def loop(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Run `tasks` once for each of `values`, which may be a map or a file, and gather outputs."""
    given = properties.get("values")
    turns = _items(visit, given)
    limit = int(properties.get("concurrencyLimit", 0))
    gathered: list[dict[str, Any]] = [{} for _ in turns]
    wanted: Sequence[Mapping[str, Any]] = properties.get("outputs") or ()

    def rounds() -> Result:
        results = _go_round(visit, turns, limit)
        for number, turn in enumerate(turns):
            if number < len(results) and not results[number].verdict.stops:
                gathered[number] = _outputs(visit, turn, wanted)
        return merged(results)

    result = guarded(visit, rounds)
    if not properties.get("transmitFailed", True) and result.verdict is Verdict.FAILED:
        result = replace(result, verdict=Verdict.WARNING)
    return outcome_of(result, _fetched(visit, properties, gathered, bool(wanted)))


def _outputs(visit: Visit, turn: Turn, wanted: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    there = replace(visit, turn=turn)
    return {str(each["id"]): there.render(each["value"]) for each in wanted}


def _fetched(
    visit: Visit, properties: Mapping[str, Any], gathered: list[dict[str, Any]], any_: bool
) -> dict[str, Any]:
    how = properties.get("fetchType", "FETCH")
    if not any_ or how == "NONE":
        return {}
    if how == "FETCH":
        return {"values": gathered}
    lines = "".join(json.dumps(each) + "\n" for each in gathered)
    uri = visit.execution.files.write(f"{visit.node.id}.jsonl", lines.encode())
    return {"uri": uri}


def _go_round(visit: Visit, turns: Sequence[Turn], limit: int) -> list[Result]:
    """Run the tasks once for each turn: one after the other, or so many at a time."""
    execution, nodes = visit.execution, visit.node.branches.get("tasks", ())
    if limit == 1:
        results: list[Result] = []
        for turn in turns:
            results.append(run_branch(execution, nodes, visit, number=turn.number, turn=turn))
            if results[-1].stops:
                break
        return results
    group = execution.group(visit.group)
    like = replace(visit, group=group)
    found: dict[int, Result] = {}

    def lane(turn: Turn) -> Lane:
        def run() -> None:
            if group.over():
                return
            number = turn.number
            found[number] = run_branch(execution, nodes, visit, number=number, turn=turn, like=like)
            if found[number].stops:
                group.fail()

        return run

    run_lanes(execution.workers, [lane(turn) for turn in turns], limit, group.interrupt)
    inside = [each.id for node in nodes for each in node.walk()]
    execution.board.arrange(inside, visit.path, [turn.path[-1] for turn in turns])
    return [found[number] for number in sorted(found)]


# Values --------------------------------------------------------------------------------------


def _values(visit: Visit, given: Any) -> list[Any]:
    """The list that `values` stands for."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            raise _wrong(visit, f"{given!r} is no JSON list") from None
    if not isinstance(given, (list, tuple)):
        raise _wrong(visit, f"{type(given).__name__} is no list")
    for number, value in enumerate(given):
        if value is None:
            raise _wrong(visit, f"the value at position {number} is null")
    return list(given)


def _wrong(visit: Visit, why: str) -> TaskEnded:
    message = f"Task {visit.node.id!r}, property 'values': {why}; give a list without nulls."
    return TaskEnded(Outcome(Verdict.FAILED, message=message))


def _told(value: Any) -> Any:
    """A value as `taskrun.value`: objects and lists are their JSON text."""
    if isinstance(value, (Mapping, list, tuple)):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return value


def _text(value: Any) -> str:
    """A value as outputs are found by it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _turn(visit: Visit, number: int, value: Any, **item: Any) -> Turn:
    outer = visit.turn
    return Turn(
        value,
        number,
        (*(outer.path if outer else ()), _text(value)),
        (*(outer.numbers if outer else ()), number),
        item,
    )


def _items(visit: Visit, given: Any) -> list[Turn]:
    """The turns of a Loop, each with `item`."""
    if isinstance(given, str) and given.startswith(_ADDRESSES):
        lines = visit.execution.files.read(given).decode().splitlines()
        given = [_line(line) for line in lines if line.strip()]
    elif isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            raise _wrong(visit, f"{given!r} is no JSON") from None
    if isinstance(given, Mapping):
        pairs: list[tuple[Any, Any]] = list(given.items())
    else:
        pairs = [(None, value) for value in _values(visit, given)]
    outer = visit.turn.item.get("item") if visit.turn is not None else None
    parents = [outer, *outer["parents"]] if isinstance(outer, Mapping) else []
    turns = []
    for number, (key, value) in enumerate(pairs):
        item = {"value": value, "index": number, "key": key, "parents": parents}
        if parents:
            item["parent"] = parents[0]
        named = _told(value) if key is None else key
        turns.append(_turn(visit, number, named, item=item))
    return turns


def _line(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line
