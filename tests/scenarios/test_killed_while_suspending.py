"""SIGKILL of real processes at every kind of effect of a program that suspends, with the real
hand-over: by the command that answers, and by a server with its worker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from signoff.gateway.connect import close_gateways, get_gateway
from signoff.gateway.local import LocalGateway
from signoff.gateway.settings import current_settings
from signoff.model.commands import RerunRun
from signoff.model.lookups import ReadEntry
from signoff.model.queries import ReadInbox
from signoff.runner.launching import launch
from tests.scenarios import desk
from tests.scenarios.dying import Deaths
from tests.scenarios.scripts import Script, ended
from tests.server.serving import Servers
from tests.support.processes import Spawner
from tests.support.waiting import wait_until

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.faults,
    pytest.mark.timeout(600),  # some fifty processes start one after the other
]

TOUR = """
import dying

def got(value):
    note("got " + str(value))
    return value

@flow
def inner():
    begun = got(work("in-child"))
    return begun + suspend_flow_run(wait_for_input=str, key="cold-child")

@flow
def tour():
    one = got(work("one"))
    two = pause_flow_run(wait_for_input=str, key="hot")
    three = suspend_flow_run(wait_for_input=str, key="cold")
    four = got(inner())
    five = got(work.submit("aside").result())
    six = pause_flow_run(wait_for_input=str, key="hot-2")
    seven = pause_flow_run(wait_for_input=str, key="hot-3")
    return [one, two, three, four, five, six, seven, work("end")]

if __name__ == "__main__":
    tour()
"""
RESULT = ["ONE", "hot", "cold", "IN-CHILDcold-child", "ASIDE", "hot-2", "hot-3", "END"]
QUESTIONS = ["cold", "cold-child", "hot", "hot-2", "hot-3"]
KINDS = {
    *("Send-StartRun", "Send-EnterRun", "Send-FinishTasks", "Send-OpenWait", "Send-PollWait"),
    *("Send-LeaveRun", "Send-FinishRun", "Send-ReadHandle", "Post-TakeOutcome", "Post-FinishTasks"),
    *("Post-NoteReentry", "Settle", "Join", "Log", "WaitChange"),
    *("CallUser-tour", "CallUser-inner", "CallUser-work"),
}
NEVER_AFTER = {"CallUser-tour", "CallUser-inner"}
"""They always end by being suspended first, so there is no process to die before the next kind."""


def top() -> UUID | None:
    """The run of the tour, as soon as there is one."""
    return next((run.id for run in desk.runs() if run.parent_flow_run_id is None), None)


class Guide:
    """Sees a tour through: answers each question once, and has the dead go on.

    Args:
        script: the script, and its processes.
        deaths: of the processes.
    """

    def __init__(self, script: Script, deaths: Deaths) -> None:
        self._script = script
        self._deaths = deaths
        self._answered: set[str] = set()
        self._served = current_settings().api_url is not None
        self._mourned = 0

    def see_through(self) -> UUID:
        """Until the tour has ended; its run."""
        wait_until(self._goes_on, 5 * desk.PATIENCE, lambda: f"the end of {desk.runs()}")
        run_id = top()
        assert run_id is not None
        return run_id

    def _goes_on(self) -> bool:
        """One look, and what it calls for; whether the tour has ended well."""
        run_id = top()
        if len(self._deaths.died()) > self._mourned:
            self._mourned += 1
            if run_id is None:
                # It died before its run was on record: nothing has happened.
                self._script.start()
            else:
                self._enter(run_id)
        if run_id is None:
            return False
        self._answer()
        return desk.run(run_id).state_name == "Completed"

    def _answer(self) -> None:
        """What is asked, once processes have died while they waited, or while they left."""
        died = self._deaths.died()
        for item in get_gateway().send(ReadInbox()):
            state = desk.run(item.run_id).state_name
            # A run that was entered again is Paused for a moment, before it leaves once more.
            if item.key.startswith("hot"):
                waits = state == "Paused" and (item.alive or self._served)
                ready = "before-WaitChange" in died
            else:
                waits, ready = state == "Suspended", "after-Send-LeaveRun" in died
            if item.key not in self._answered and waits and (ready or self._served):
                self._answered.add(item.key)
                self._script.resume(item.run_id, item.key, item.key)

    def _enter(self, run_id: UUID) -> None:
        """As `signoff flow-run retry` and `execute` do, one process for each that has died. Where
        an answer has been handed over to another one, only the first enters."""
        gateway = get_gateway()
        wait_until(lambda: self._is_settled(run_id), desk.PATIENCE, "the death is noticed")
        if desk.run(run_id).state_name == "Crashed":
            gateway.send(RerunRun(run_id))
        record = gateway.send(ReadEntry(run_id))
        if self._served:
            # Its worker enters what is due, and nothing that still waits.
            return
        if record is not None and not desk.run(run_id).state.is_final():  # type: ignore[union-attr]
            launch(run_id, record, current_settings())

    def _is_settled(self, run_id: UUID) -> bool:
        gateway = get_gateway()
        if isinstance(gateway, LocalGateway):
            gateway.sweep()
        return desk.run(run_id).state_name != "Running"


def check(script: Script, run_id: UUID) -> None:
    """The same result, no task that had returned run again, nobody asked twice."""
    assert ended(run_id) == RESULT
    noted = script.noted()
    for name in ("one", "in-child", "aside"):
        returned = noted.index(f"got {name.upper()}")
        assert f"work {name}" not in noted[returned:], noted
    asked = Counter(wait.item.key for run in desk.runs() for wait in desk.waits(run.id))
    assert {key: asked[key] for key in QUESTIONS} == dict.fromkeys(QUESTIONS, 1)
    responses = [
        len(wait.responses)
        for run in desk.runs()
        for wait in desk.waits(run.id)
        if wait.item.key in QUESTIONS
    ]
    assert responses == [1] * len(QUESTIONS)
    assert len(desk.runs()) == 2


def test_at_every_kind_of_effect(
    script: Callable[[str], Script], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DONE", str(tmp_path / "done.txt"))
    tour, deaths = script(TOUR), Deaths(tmp_path)
    tour.start()
    run_id = Guide(tour, deaths).see_through()
    check(tour, run_id)
    died = deaths.died()
    expected = {f"before-{kind}" for kind in KINDS} | {
        f"after-{kind}" for kind in KINDS - NEVER_AFTER
    }
    assert expected <= died, expected - died


SERVED = [
    *("after-Send-StartRun", "after-CallUser-work", "after-Send-FinishTasks"),
    *("after-Send-OpenWait", "before-Send-LeaveRun", "after-Send-EnterRun"),
    *("before-Send-FinishRun",),
]


def test_under_a_server_with_its_worker(
    script: Callable[[str], Script],
    spawn_python: Spawner,
    tmp_path: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DONE", str(tmp_path / "done.txt"))
    # How long the death of a process goes unnoticed where there are leases.
    monkeypatch.setenv("SIGNOFF_PROCESS_LEASE_SECONDS", "1")
    served = Servers(spawn_python, home).start(worker=True)
    monkeypatch.setenv("SIGNOFF_API_URL", served.url)
    tour, deaths = script(TOUR), Deaths(tmp_path, SERVED)
    tour.start()
    run_id = Guide(tour, deaths).see_through()
    check(tour, run_id)
    assert deaths.died() == set(SERVED)
    close_gateways()
