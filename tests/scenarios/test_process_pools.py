"""Tasks in processes of their own wait like any other task."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from signoff import resume_flow_run
from signoff.model.errors import AmbiguousWait
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.scenarios.scripts import Script, ended

pytestmark = pytest.mark.usefixtures("home")

SEQUENTIAL = """
@task
def approve(name):
    return pause_flow_run(wait_for_input=str)

@flow(task_runner=ProcessPoolTaskRunner(max_workers=2))
def main():
    return [approve.submit("first").result(), approve.submit("second").result()]

if __name__ == "__main__":
    main()
"""


def test_two_sequential_approvals(script: Callable[[str], Script]) -> None:
    """Each asks its own question, though both come from one line of one task."""
    process = script(SEQUENTIAL).start()
    first = desk.question()
    resume_flow_run(first.run_id, {"value": "1"})
    second = desk.another_question([first.key])
    assert desk.run(first.run_id).state_type is StateType.PAUSED
    resume_flow_run(first.run_id, {"value": "2"})
    process.wait_ok(desk.PATIENCE)
    assert ended(first.run_id) == ["1", "2"]
    assert [wait.answer for wait in desk.waits(first.run_id)] == [{"value": "1"}, {"value": "2"}]
    assert second.key != first.key


MANY = """
@task
def fails_in_its_process():
    raise LookupError("there")

@task
def dies():
    os._exit(3)

@flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
def main():
    asking = ask.map(["left", "right"])
    numbers = work.map(["a", "b", "c"]).result()
    note("worked")
    answers = asking.result()
    try:
        fails_in_its_process.submit().result()
    except LookupError as error:
        answers.append(str(error))
    answers.append(dies.submit(return_state=True).name)
    return numbers + answers

if __name__ == "__main__":
    main()
"""


def test_waiting_tasks_lend_their_slots_and_failures_come_back(
    script: Callable[[str], Script],
) -> None:
    pool = script(MANY)
    process = pool.start()
    left, _ = desk.asked(2)
    pool.has_noted("worked")
    with pytest.raises(AmbiguousWait):
        resume_flow_run(left.run_id, {"value": "?"})
    for key in ("right", "left"):
        resume_flow_run(left.run_id, {"value": key[0]}, key=key)
    process.wait_ok(desk.PATIENCE)
    result = ["A", "B", "C", "left=l", "right=r", "there", "Crashed"]
    assert ended(left.run_id) == result


CANCELLED = """
@flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
def main():
    ask.submit("it").result()

if __name__ == "__main__":
    main()
"""


def test_cancel_reaches_the_process(script: Callable[[str], Script]) -> None:
    pool = script(CANCELLED)
    process = pool.start()
    run_id = desk.question().run_id
    desk.cancel(run_id)
    assert process.wait(desk.PATIENCE) != 0
    assert desk.run(run_id).state_type is StateType.CANCELLED
    assert pool.worked() == {}
