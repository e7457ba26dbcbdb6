"""Running documents within a test, and what they left on record."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Any
from uuid import UUID

from signoff import resume_flow_run
from signoff.gateway.connect import get_gateway
from signoff.gateway.settings import current_settings
from signoff.model.commands import RerunRun
from signoff.model.lookups import ReadEntry
from signoff.model.states import State
from signoff.runner import launch
from signoff.yamlflow.flows import YamlFlow, flow_of
from tests.scenarios import desk
from tests.scenarios.desk import Call
from tests.support.waiting import wait_until
from tests.yamlflow.documents import document


def flow(tasks: str, rest: str = "") -> YamlFlow:
    """The flow with these tasks, and further keys."""
    head = "id: demo\nnamespace: company.team\n"
    body = head + dedent(rest).strip("\n") + "\ntasks:\n" + indent(dedent(tasks).strip("\n"), "  ")
    return flow_of(document(body + "\n"))


def ended(tasks: str, rest: str = "", **inputs: Any) -> State[Any]:
    """The final state of a run of a flow with these tasks."""
    state: State[Any] = flow(tasks, rest)(return_state=True, **inputs)
    return state


def started(tasks: str, rest: str = "", **inputs: Any) -> Call:
    """A run of a flow with these tasks, on a thread of its own."""
    return Call(flow(tasks, rest), return_state=True, **inputs)


def states(run_id: UUID | None = None) -> dict[str, str]:
    """The names of the states of all task runs by name; of several with one name a list."""
    run_id = run_id or desk.only_run().id
    found: dict[str, str] = {}
    for task in sorted(desk.tasks(run_id), key=lambda task: (task.start_time, task.id)):
        known, name = found.get(task.name), task.state_name or ""
        found[task.name] = name if known is None else f"{known}, {name}"
    return found


def lines(run_id: UUID | None = None) -> list[str]:
    """What was logged."""
    return desk.log(run_id or desk.only_run().id)


def keys(count: int = 1) -> list[str]:
    """The keys of the open questions, once there are so many."""
    return sorted(item.key for item in desk.asked(count))


def answer(key: str, **answers: Any) -> None:
    """Answer the question with this key, once it is asked."""
    item = desk.reached_question(key)
    resume_flow_run(item.run_id, answers or None, key=key)


def restart(run_id: UUID) -> None:
    """Have a run that has failed go on, in a process of its own."""
    get_gateway().send(RerunRun(run_id))
    record = get_gateway().send(ReadEntry(run_id))
    assert record is not None
    launch(run_id, record, current_settings())


def has_logged(text: str) -> None:
    """Return once the only run has logged this line."""
    wait_until(
        lambda: bool(desk.runs()) and text in lines(), desk.PATIENCE, lambda: repr(desk.runs())
    )
