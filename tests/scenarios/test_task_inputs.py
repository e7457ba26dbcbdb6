"""What people are told a task depends on: the runs that its arguments came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from signoff import allow_failure, flow, quote, task, unmapped
from tests.scenarios import desk
from tests.scenarios.scripts import Script
from tests.support.waiting import wait_until

pytestmark = pytest.mark.usefixtures("home")


@task
def make(value: Any = 1) -> Any:
    return value


@task
def use(*args: Any, **kwargs: Any) -> str:
    return "used"


@task
def join(left: Any, right: Any = None) -> Any:
    return left


@task
def fails() -> None:
    raise ValueError("no")


@flow
def called(value: Any = None) -> int:
    return 5


def inputs_of(name: str) -> list[dict[str, list[str]]]:
    """The ids by parameter, of each run of a task, in the order of their calls."""
    run = next(each for each in desk.runs() if each.parent_flow_run_id is None)
    return [
        {parameter: [one["id"] for one in given] for parameter, given in each.task_inputs.items()}
        for each in sorted(desk.tasks(run.id), key=lambda each: each.id)
        if each.name.startswith(name)
    ]


def told(name: str, count: int = 1) -> list[dict[str, list[str]]]:
    """The same, once it is on record, which follows behind."""
    wait_until(lambda: sum(bool(each) for each in inputs_of(name)) == count)
    return inputs_of(name)


def test_of_nested_and_marked_arguments() -> None:
    ids: list[str] = []

    @flow
    def main() -> None:
        a, b, c = make.submit(1), make.submit(2), fails.submit()
        state = make(3, return_state=True)
        after = make.submit(4)
        ids.extend(str(each.task_run_id) for each in (a, b, c, after))
        ids.append(str(state.state_details.task_run_id))
        join.submit(
            [a, {"x": b, "again": a}], (allow_failure(c), quote(b), state), wait_for=[after]
        ).wait()
        use.submit("plain", n=1).wait()
        join(7)

    main()
    one, two, failed, after, of_state = ids
    first, *others = told("join")
    assert first == {"left": [one, two], "right": [failed, of_state], "wait_for": [after]}
    assert others == [{}]
    assert inputs_of("use") == [{}]
    run = desk.only_run()
    kinds = {
        one["input_type"]
        for each in desk.tasks(run.id)
        for given in each.task_inputs.values()
        for one in given
    }
    assert kinds == {"task_run"}


def test_of_mapped_calls() -> None:
    ids: dict[str, Any] = {}

    @flow
    def main() -> None:
        parts = make.map([1, 2])
        rows = make.submit(["a", "b"])
        other = make.submit("same")
        ids.update(parts=[str(each.task_run_id) for each in parts], rows=str(rows.task_run_id))
        ids["other"] = str(other.task_run_id)
        join.map(parts, unmapped(other)).wait()
        use.map(rows).wait()

    main()
    both = told("join", 2)
    assert sorted(each["left"] for each in both) == sorted([each] for each in ids["parts"])
    assert [each["right"] for each in both] == [[ids["other"]]] * 2
    assert told("use", 2) == [{"args": [ids["rows"]]}] * 2


def test_of_called_flows_and_of_what_they_return() -> None:
    ids: list[str] = []

    @flow
    def main() -> None:
        given = make.submit(1)
        state = called(given, return_state=True)
        ids.extend([str(given.task_run_id), str(state.state_details.flow_run_id)])
        join(state)

    main()
    assert told("called") == [{"value": [ids[0]]}]
    assert told("join") == [{"left": [ids[1]]}]


def test_of_a_task_that_could_not_begin() -> None:
    ids: list[str] = []

    @flow
    def main() -> None:
        failed = fails.submit()
        ids.append(str(failed.task_run_id))
        join.submit(failed).wait()

    main(return_state=True)
    assert told("join") == [{"left": ids}]


APART = """
@flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
def main():
    first = work.submit("a")
    work.submit("b", wait_for=[first]).result()

if __name__ == "__main__":
    main()
"""


def test_of_tasks_in_processes_of_their_own(script: Callable[[str], Script]) -> None:
    script(APART).start().wait_ok(desk.PATIENCE)
    first, second = sorted(desk.tasks(desk.only_run().id), key=lambda each: each.id)
    assert first.task_inputs == {}
    assert second.task_inputs == {"wait_for": [{"input_type": "task_run", "id": str(first.id)}]}


def test_they_go_with_their_run() -> None:
    @flow
    def main() -> None:
        join.submit(make.submit(1)).wait()

    main()
    told("join")
    run = desk.only_run()
    desk.delete(run.id)
    assert not desk.exists(run.id)
