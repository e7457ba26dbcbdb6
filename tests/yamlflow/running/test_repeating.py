"""Restart and replay: what was done stays done, in the same run or in a new one."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from signoff.engine.clock import new_id
from signoff.gateway.connect import get_gateway
from signoff.gateway.settings import current_settings
from signoff.model.commands import RerunRun
from signoff.model.errors import InvalidRequest, ObjectNotFound
from signoff.model.lookups import ReadEntry
from signoff.model.replaying import ORIGINAL, ReplayRun
from signoff.model.state_types import StateType
from signoff.runner import launch
from tests.scenarios import desk
from tests.support.waiting import wait_until
from tests.yamlflow.running.runs import answer, lines, started, states

SHELL = "io.kestra.plugin.scripts.shell.Commands"
FLOW = "io.kestra.plugin.core.flow"


def does(folder: Path, id: str, command: str = "true") -> str:
    """A task that leaves a line behind each time it runs."""
    return f"""{{id: {id}, type: {SHELL}, commands: ["echo {id} >> {folder}/done", "{command}"]}}"""


@pytest.fixture
def failed(home: Path, tmp_path: Path) -> UUID:
    """A run that was answered, and failed after that for want of a file."""
    call = started(
        f"""
        - {does(tmp_path, "first")}
        - id: group
          type: {FLOW}.Sequential
          tasks:
            - {does(tmp_path, "second")}
            - {{id: wait, type: {FLOW}.Pause, onResume: [{{id: word, type: STRING}}]}}
            - {does(tmp_path, "third")}
            - {does(tmp_path, "fourth", f"test -e {tmp_path}/mended")}
        - id: last
          type: io.kestra.plugin.core.log.Log
          message: "{{{{ outputs.wait.onResume.word }}}} of {{{{ execution.originalId }}}}"
        """
    )
    answer("wait", word="fine")
    assert call.returned().is_failed()
    (tmp_path / "mended").touch()
    return desk.only_run().id


def works_on(run_id: UUID) -> None:
    """Have a process run it."""
    record = get_gateway().send(ReadEntry(run_id))
    assert record is not None
    launch(run_id, record, current_settings())


def has_line(run_id: UUID, text: str) -> None:
    """Return once the run has logged this line."""
    wait_until(lambda: text in lines(run_id), desk.PATIENCE, lambda: repr(lines(run_id)))


def done(folder: Path) -> list[str]:
    return (folder / "done").read_text().split()


def test_a_restart_goes_on_where_the_run_failed(failed: UUID, tmp_path: Path) -> None:
    assert done(tmp_path) == ["first", "second", "third", "fourth"]
    get_gateway().send(RerunRun(failed))
    works_on(failed)
    desk.reached(failed, StateType.COMPLETED)
    assert done(tmp_path) == ["first", "second", "third", "fourth", "fourth"]
    assert [wait.status for wait in desk.waits(failed)] == ["answered"]
    has_line(failed, f"fine of {failed}")


def test_a_replay_is_a_new_run_that_keeps_what_came_before(failed: UUID, tmp_path: Path) -> None:
    handle = get_gateway().send(ReplayRun(failed, new_id(), "third"))
    assert handle.needs_entry
    works_on(handle.run_id)
    desk.reached(handle.run_id, StateType.COMPLETED)
    assert done(tmp_path) == ["first", "second", "third", "fourth", "third", "fourth"]
    assert desk.waits(handle.run_id) == ()
    has_line(handle.run_id, f"fine of {failed}")
    assert f"{ORIGINAL}:{failed}" in desk.run(handle.run_id).tags
    assert desk.run(failed).state_type is StateType.FAILED
    assert states(handle.run_id)["first"] == "Completed"


def test_a_replay_of_a_replay_names_the_first_run(failed: UUID) -> None:
    first = get_gateway().send(ReplayRun(failed, new_id(), "fourth"))
    second = get_gateway().send(ReplayRun(first.run_id, new_id()))
    assert [t for t in desk.run(second.run_id).tags if t.startswith(ORIGINAL)] == [
        f"{ORIGINAL}:{failed}"
    ]


def test_a_question_after_the_chosen_task_is_asked_again(failed: UUID, tmp_path: Path) -> None:
    for begin in ("wait", None):
        handle = get_gateway().send(ReplayRun(failed, new_id(), begin))
        works_on(handle.run_id)
        answer("wait", word="again")
        desk.reached(handle.run_id, StateType.COMPLETED)
        has_line(handle.run_id, f"again of {failed}")
    assert done(tmp_path).count("second") == 2


def test_a_repeated_request_makes_one_run(failed: UUID) -> None:
    request = ReplayRun(failed, new_id(), "third")
    assert get_gateway().send(request).run_id == get_gateway().send(request).run_id
    assert len(desk.runs()) == 2
    assert len(desk.tasks(request.new_id)) == 3


def test_a_task_that_has_not_run_is_refused_by_name(failed: UUID) -> None:
    with pytest.raises(InvalidRequest, match=r"no task 'thrid' has run.*'third'"):
        get_gateway().send(ReplayRun(failed, new_id(), "thrid"))
    with pytest.raises(InvalidRequest, match=r"no task 'last'.*first, fourth, group"):
        get_gateway().send(ReplayRun(failed, new_id(), "last"))
    with pytest.raises(ObjectNotFound):
        get_gateway().send(ReplayRun(new_id(), new_id()))
    assert len(desk.runs()) == 1
