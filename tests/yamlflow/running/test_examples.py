"""The two flows of the reference page, unchanged, row by row as their notes say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

import pytest

from signoff import get_client, load_flow, resume_flow_run
from signoff.client.schemas.filters import FlowRunFilter
from signoff.model.errors import InvalidAnswer, NotPausedError
from signoff.model.runs import Phase
from signoff.model.states import StateType
from signoff.server.pages.runs.offers import offers
from signoff.yamlflow.flows import flow_of
from tests.scenarios import desk
from tests.scenarios.desk import Call
from tests.support.waiting import wait_until
from tests.yamlflow.documents import EXAMPLES, document
from tests.yamlflow.running.foreign import Foreign, serving
from tests.yamlflow.running.runs import lines, states

pytestmark = pytest.mark.usefixtures("home")

PAUSE = EXAMPLES / "pause_resume.yaml"
VACATION = EXAMPLES / "vacation_approval_process.yaml"
OUTPUT = """
outputs:
  - {id: answer, type: JSON, value: "{{ outputs.waitForApproval.onResume }}"}
"""


@pytest.fixture
def foreign(monkeypatch: pytest.MonkeyPatch) -> Iterator[Foreign]:
    """Both foreign addresses, reached on loopback through the setting alone."""
    with serving() as service:
        monkeypatch.setenv("SIGNOFF_YAML_HTTP_ROUTES", service.routes)
        yield service


# pause_resume.yaml ---------------------------------------------------------------------------


def paused() -> tuple[Call, UUID]:
    call = Call(load_flow(PAUSE), return_state=True)
    return call, desk.asked()[0].run_id


def test_start_waits_with_one_task_run() -> None:
    call, run_id = paused()
    assert desk.run(run_id).state_type is StateType.PAUSED
    assert states(run_id) == {"pause": "Paused"}
    resume_flow_run(run_id)
    call.returned()


def test_while_it_waits_it_can_be_read_and_goes_on_waiting() -> None:
    call, run_id = paused()
    assert "Execution has been resumed!" not in lines(run_id)
    (item,) = desk.asked()
    assert (item.key, item.deadline) == ("pause", None)
    assert {offer.name for offer in offers(Phase.PAUSED, "Paused")} >= {"cancel"}
    resume_flow_run(run_id)
    assert call.returned().is_completed()


def test_a_run_that_waits_can_be_killed() -> None:
    call, run_id = paused()
    desk.cancel(run_id)
    assert call.returned().type is StateType.CANCELLED
    assert "after_pause" not in states(run_id)


def test_resume_asks_for_nothing_and_ends_well() -> None:
    call, run_id = paused()
    (item,) = desk.asked()
    assert (item.has_form, item.deadline) == (False, None)
    resume_flow_run(run_id)
    assert call.returned().type is StateType.COMPLETED
    assert states(run_id) == {"pause": "Completed", "after_pause": "Completed"}


def test_the_log_line_is_exact() -> None:
    call, run_id = paused()
    resume_flow_run(run_id)
    call.returned()
    assert "Execution has been resumed!" in lines(run_id)


def test_a_second_resume_is_refused_and_changes_nothing() -> None:
    call, run_id = paused()
    resume_flow_run(run_id)
    call.returned()
    before = desk.run(run_id)
    with pytest.raises(NotPausedError):
        resume_flow_run(run_id)
    assert desk.run(run_id) == before


def test_one_action_resumes_all_that_are_paused_and_names_the_rest() -> None:
    done = Call(load_flow(PAUSE), return_state=True)
    over = desk.asked()[0].run_id
    resume_flow_run(over)
    done.returned()
    calls = [Call(load_flow(PAUSE), return_state=True) for _ in range(2)]
    desk.asked(2)
    with get_client(sync_client=True) as client:
        preview = client.preview_bulk("resume", flow_run_filter=FlowRunFilter())
        ended = client.run_bulk(preview)
        refused = client.read_bulk_receipts(preview.bulk.id, outcome="refused")
    assert (ended.done, ended.refused) == (2, 1)
    assert [receipt.run_id for receipt in refused] == [over]
    assert refused[0].reason == "Cannot resume a run that isn't paused!"
    for call in calls:
        assert call.returned().is_completed()


# vacation_approval_process.yaml --------------------------------------------------------------


def vacation() -> tuple[Call, UUID]:
    call = Call(load_flow(VACATION), return_state=True)
    wait_until(lambda: bool(desk.runs()), desk.PATIENCE, lambda: "no run")
    wait_until(
        lambda: call.ended or desk.only_run().state_name == "Paused",
        desk.PATIENCE,
        lambda: repr(desk.only_run()),
    )
    if call.ended:
        raise AssertionError(call.returned())
    return call, desk.only_run().id


def test_the_request_is_sent_with_the_words_of_the_run(foreign: Foreign) -> None:
    call, run_id = vacation()
    ((method, path, _, body),) = foreign.requests
    assert (method, path) == ("POST", "/api/slack")
    sent = json.loads(body)
    assert sent["channel"] == "#vacation"
    assert "Rick Astley" in sent["text"]
    assert sent["text"].endswith(f"/company.team/vacation_approval_process/{run_id}")
    assert states(run_id) == {"sendApprovalRequest": "Completed", "waitForApproval": "Paused"}
    resume_flow_run(run_id)
    call.returned()


def test_the_dates_stay_as_they_are_written(foreign: Foreign) -> None:
    call, run_id = vacation()
    assert desk.run(run_id).parameters["request"] == {
        "name": "Rick Astley",
        "start_date": "2024-07-01",
        "end_date": "2024-07-07",
    }
    resume_flow_run(run_id)
    call.returned()


def test_the_form_is_preset(foreign: Foreign) -> None:
    call, run_id = vacation()
    form = desk.shown(run_id).form
    assert form is not None
    approved, reason = form.schema["properties"]["approved"], form.schema["properties"]["reason"]
    assert (approved["type"], approved["default"]) == ("boolean", True)
    assert approved["description"] == "Approve the request?"
    assert (reason["type"], reason["default"]) == ("string", "Approved")
    assert reason["description"] == "Reason for approval or rejection?"
    resume_flow_run(run_id)
    call.returned()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [(None, "Approved"), ({"approved": False, "reason": "No cover"}, "No cover")],
    ids=["nothing changed", "rejected"],
)
def test_the_run_goes_on_with_the_answer(
    foreign: Foreign, answer: dict[str, object] | None, reason: str
) -> None:
    call, run_id = vacation()
    resume_flow_run(run_id, answer)
    assert call.returned().type is StateType.COMPLETED
    _, path, kind, body = foreign.requests[1]
    assert (path, kind) == ("/api/products", "application/json")
    assert json.loads(body) == desk.run(run_id).parameters["request"]
    assert ", " not in body.replace("Rick Astley", "")
    assert f'Status is {reason}. Process finished with {{"id":"7"}}' in lines(run_id)
    names = ("sendApprovalRequest", "waitForApproval", "approve", "log")
    assert states(run_id) == dict.fromkeys(names, "Completed")
    assert len(desk.tasks(run_id)) == 4
    assert [wait.item.key for wait in desk.waits(run_id)] == ["waitForApproval"]


def test_an_answer_without_values_has_the_defaults(foreign: Foreign) -> None:
    text = VACATION.read_text() + OUTPUT
    call = Call(flow_of(document(text)), return_state=True)
    run_id = desk.asked()[0].run_id
    with get_client(sync_client=True) as client:
        preview = client.preview_bulk("resume", flow_run_filter=FlowRunFilter())
        assert client.run_bulk(preview).done == 1
    told = call.returned().result()
    assert told == {"answer": {"approved": True, "reason": "Approved"}}
    assert 'Status is Approved. Process finished with {"id":"7"}' in lines(run_id)


def test_an_answer_that_lacks_what_has_no_default_is_refused(foreign: Foreign) -> None:
    text = VACATION.read_text()
    without = text.replace("defaults: Approved\n", "\n")
    assert without != text
    call = Call(flow_of(document(without)), return_state=True)
    run_id = desk.asked()[0].run_id
    with pytest.raises(InvalidAnswer, match="reason"):
        resume_flow_run(run_id)
    with get_client(sync_client=True) as client:
        preview = client.preview_bulk("resume", flow_run_filter=FlowRunFilter())
        assert client.run_bulk(preview).done == 0
    assert desk.run(run_id).state_name == "Paused"
    resume_flow_run(run_id, {"reason": "Enjoy"})
    assert call.returned().is_completed()
