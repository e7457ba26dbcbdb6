"""Approval: decisions, comments, expiry, and what follows from each."""

from __future__ import annotations

import pytest

from signoff import resume_flow_run
from signoff.model.errors import AnswerConflict, InvalidAnswer
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.yamlflow.running.runs import answer, ended, has_logged, keys, lines, started, states

pytestmark = pytest.mark.usefixtures("home")

SAY = "io.kestra.plugin.core.log.Log"
FLOW = "io.kestra.plugin.core.flow"


def say(id: str, text: str = "hi") -> str:
    return f"""{{id: {id}, type: {SAY}, message: "{text}"}}"""


def approval(more: str = "", id: str = "ask") -> str:
    return f"{{id: {id}, type: {FLOW}.Approval{', ' + more if more else ''}}}"


OUT = 'outputs: [{id: all, type: JSON, value: "{{ outputs.ask }}"}]'


def test_approval_goes_on_and_says_who_when_and_why() -> None:
    call = started(
        f"- {approval('inputs: [{id: days, type: INT, defaults: 2}]')}\n- {say('after')}", OUT
    )
    run_id = desk.asked()[0].run_id
    answer("ask", decision="approve", comment="fine", days=3)
    found = call.returned().result()["all"]
    assert found.pop("on").endswith("+00:00")
    assert found.pop("by")
    assert found == {
        "decision": "APPROVED",
        "auto": False,
        "comment": "fine",
        "inputs": {"days": 3},
        "due": None,
        "url": found["url"],
    }
    assert states(run_id)["after"] == "Completed"


def test_denial_cancels_the_run_by_default_after_its_branch() -> None:
    branch = "onDeny: [" + say("no", "{{ outputs.ask.comment }}") + "]"
    call = started(f"- {approval(branch)}\n- {say('after')}")
    answer("ask", decision="deny", comment="no cover")
    state = call.returned()
    assert state.type is StateType.CANCELLED
    assert states() == {"ask": "Cancelled", "no": "Completed"}
    assert "no cover" in lines()


@pytest.mark.parametrize(
    ("behavior", "state", "task", "goes_on"),
    [
        ("CONTINUE", (StateType.COMPLETED, "Completed"), "Completed", True),
        ("WARN", (StateType.COMPLETED, "Warning"), "Warning", True),
        ("FAIL", (StateType.FAILED, "Failed"), "Failed", False),
        ("SUCCEED", (StateType.COMPLETED, "Completed"), "Completed", False),
        ("CANCEL", (StateType.CANCELLED, "Cancelled"), "Cancelled", False),
        ("KILL", (StateType.CANCELLED, "Killed"), "Killed", False),
    ],
)
@pytest.mark.parametrize("what", ["approve", "deny", "expire"])
def test_what_follows_is_the_authors_to_say(
    what: str, behavior: str, state: tuple[StateType, str], task: str, goes_on: bool
) -> None:
    more = f"{what}Behavior: {behavior}" + (", timeout: PT0.01S" if what == "expire" else "")
    tasks = f"- {approval(more)}\n- {say('after')}"
    if what == "expire":
        end = ended(tasks)
    else:
        call = started(tasks)
        answer("ask", decision=what)
        end = call.returned()
    assert (end.type, end.name) == state
    assert states() == {"ask": task} | ({"after": "Completed"} if goes_on else {})


@pytest.mark.parametrize(
    ("rule", "decision", "needed"),
    [
        ("NEVER", "deny", False),
        ("ALWAYS", "approve", True),
        ("ALWAYS", "deny", True),
        ("ON_DENY", "deny", True),
        ("ON_DENY", "approve", False),
        ("ON_APPROVE", "approve", True),
        ("ON_APPROVE", "deny", False),
    ],
)
def test_a_comment_may_be_required(rule: str, decision: str, needed: bool) -> None:
    call = started(f"- {approval(f'commentRequired: {rule}, denyBehavior: CONTINUE')}")
    run_id = desk.asked()[0].run_id
    if needed:
        with pytest.raises(InvalidAnswer) as refused:
            resume_flow_run(run_id, {"decision": decision})
        assert refused.value.errors[0].path == ("comment",)
        answer("ask", decision=decision, comment="because")
    else:
        answer("ask", decision=decision)
    assert call.returned().is_completed()


def test_nobody_is_asked_when_it_approves_itself() -> None:
    state = ended(
        "- " + approval(f"autoApprove: '{{{{ inputs.days < 3 }}}}', onApprove: [{say('yes')}]"),
        "inputs: [{id: days, type: INT, defaults: 1}]\n" + OUT,
    )
    assert state.result()["all"]["auto"] is True
    assert states() == {"ask": "Completed", "yes": "Completed"}


def test_a_second_decision_is_refused() -> None:
    call = started(f"- {approval()}\n- {{id: more, type: {FLOW}.Pause}}")
    run_id = desk.asked()[0].run_id
    answer("ask", decision="approve")
    desk.reached_question("more")
    with pytest.raises(AnswerConflict):
        resume_flow_run(run_id, {"decision": "deny"}, key="ask")
    answer("more")
    assert call.returned().is_completed()


def test_a_decision_has_to_be_one_of_two() -> None:
    call = started(f"- {approval()}")
    run_id = desk.asked()[0].run_id
    for given in ({}, {"decision": "maybe"}):
        with pytest.raises(InvalidAnswer) as refused:
            resume_flow_run(run_id, given)
        assert refused.value.errors[0].path == ("decision",)
    answer("ask", decision="approve")
    assert call.returned().is_completed()


def test_the_words_on_the_buttons_are_the_authors() -> None:
    words = "decisions: {approve: Ship it, deny: 'Hold {{ flow.id }}'}"
    call = started(f"- {approval(words)}")
    item = desk.reached_question("ask")
    form = desk.shown(item.run_id, "ask").form
    assert form is not None
    choices = form.schema["properties"]["decision"]["oneOf"]
    shown = [(each["const"], each["title"]) for each in choices]
    assert shown == [("approve", "Ship it"), ("deny", "Hold demo")]
    answer("ask", decision="approve")
    assert call.returned().is_completed()


def test_several_decisions_are_open_at_once() -> None:
    call = started(
        f"""
        - id: both
          type: {FLOW}.Parallel
          tasks:
            - {approval(f"onApprove: [{say('a', 'boss agreed')}]", "boss")}
            - {approval(f"onApprove: [{say('b', 'clerk agreed')}]", "clerk")}
        """
    )
    assert keys(2) == ["boss", "clerk"]
    answer("clerk", decision="approve")
    has_logged("clerk agreed")
    answer("boss", decision="approve")
    assert call.returned().is_completed()


def test_people_are_told_while_it_waits() -> None:
    call = started("- " + approval(f"onWait: [{say('tell', 'please decide')}]"))
    has_logged("please decide")
    answer("ask", decision="approve")
    assert call.returned().is_completed()


def test_messages_name_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_UI_URL", "https://signoff.example/")
    page = "{{ kestra.url }}/runs/{{ execution.id }}"
    call = started(f"- {approval()}\n- {say('after', page)}", OUT)
    run_id = desk.asked()[0].run_id
    answer("ask", decision="approve")
    address = f"https://signoff.example/runs/{run_id}"
    assert call.returned().result()["all"]["url"] == f"{address}/waits/ask"
    assert address in lines()
