"""What became of earlier work is on the run that was entered again."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from signoff import flow, get_client
from signoff.model.journal import Reentry
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.scenarios.scripts import Script, ended
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.timeout(300),  # several processes start one after the other
]

BODY = """
@task
def outer_task(name):
    return work(name) + work(name + "-2")

@task(persist_result=False)
def forgotten():
    note("work forgotten")

@flow
def tour():
    work("one")
    outer_task("nested")
    forgotten()
    work((GATES / "when").read_text())
    if not (GATES / "edited").exists():
        work("removed")
    suspend_flow_run(key="q")
    gated("slow")
    suspend_flow_run(key="r")
    return work("last")

if __name__ == "__main__":
    tour()
"""


def test_what_was_given_back_run_again_and_changed(script: Callable[[str], Script]) -> None:
    tour = script(BODY)
    tour.write("when", "10:00")
    tour.start().wait()
    run_id = desk.only_run().id
    wait_until(lambda: desk.run(run_id).state_name == "Suspended", desk.PATIENCE)
    assert desk.run(run_id).reentry is None
    tour.write("when", "10:05")
    tour.resume(run_id)
    tour.has_noted("at slow")
    # It is on record as soon as the run has caught up, not only when it ends.
    wait_until(lambda: desk.run(run_id).reentry is not None, desk.PATIENCE)
    found = desk.run(run_id).reentry
    assert found is not None
    assert (found.replayed, found.rerun, found.changed, found.not_called) == (4, 1, 1, 0)
    (place,) = found.places
    assert place.startswith("work (script.py:")
    (line,) = [line for line in desk.log(run_id) if line.startswith("Caught up")]
    assert line == f"Caught up with earlier work: {found}."
    assert "4 calls gave back what they did; 1 call ran again; 1 call came with" in line

    tour.open("slow")
    wait_until(lambda: desk.run(run_id).state_name == "Suspended", desk.PATIENCE)
    tour.open("edited")
    tour.resume(run_id)
    assert ended(run_id) == "LAST"
    newest = desk.run(run_id).reentry
    assert newest is not None
    assert (newest.replayed, newest.rerun, newest.changed, newest.not_called) == (4, 1, 1, 1)
    entered = [line for line in desk.history(run_id) if line.kind.value in ("start", "enter")]
    assert [line.reentry for line in entered] == [None, found, newest]
    with get_client(sync_client=True) as client:
        states = client.read_flow_run_states(run_id)
    running = [state for state in states if state.type is StateType.RUNNING]
    assert [state.state_details.reentry for state in running] == [None, found, newest]
    shown = json.loads(tour.signoff("flow-run", "inspect", str(run_id), "--output", "json"))
    assert shown["reentry"]["replayed"] == 4
    text = " ".join(tour.signoff("flow-run", "inspect", str(run_id)).split())
    assert "4 calls gave back what they did" in text


@flow
def plain() -> None:
    """Has nothing to catch up with."""


def test_a_first_entry_has_none() -> None:
    plain()
    run = desk.only_run()
    assert run.reentry is None
    assert not any("Caught up" in line for line in desk.log(run.id))


def test_in_words() -> None:
    assert str(Reentry()) == "nothing was on record"
    assert str(Reentry(1, 2, 1, 0, ("pay (shop.py:3)",))) == (
        "1 call gave back what they did; 2 calls ran again; "
        "1 call came with other arguments (pay (shop.py:3))"
    )
    assert str(Reentry(not_called=1)) == "1 call on record was not made any more"
    assert str(Reentry(not_called=2)) == "2 calls on record were not made any more"
