"""The two flows of the reference page load as they are."""

from __future__ import annotations

import pytest

from signoff.yamlflow.problems import Severity
from signoff.yamlflow.reading import load_document
from tests.yamlflow.documents import EXAMPLES


def test_the_smallest_flow_that_pauses() -> None:
    loaded = load_document((EXAMPLES / "pause_resume.yaml").read_text())
    assert loaded.problems == ()
    assert loaded.document is not None
    # The order in which they run, and nothing beside it.
    assert [each.id for each in loaded.document.walk()] == ["pause", "after_pause"]
    pause, after = loaded.document.tasks
    assert not any(pause.branches.values())
    assert pause.type.name == "io.kestra.plugin.core.flow.Pause"
    assert (after.id, after.properties) == (
        "after_pause",
        {"message": "Execution has been resumed!"},
    )


def test_the_vacation_approval() -> None:
    text = (EXAMPLES / "vacation_approval_process.yaml").read_text()
    loaded = load_document(text)
    assert loaded.problems == ()
    document = loaded.document
    assert document is not None
    assert [(each.id, each.type, each.defaults) for each in document.inputs] == [
        ("request.name", "STRING", "Rick Astley"),
        ("request.start_date", "DATE", "2024-07-01"),
        ("request.end_date", "DATE", "2024-07-07"),
        ("slack_webhook_uri", "URI", "https://reqres.in/api/slack"),
    ]
    assert [each.id for each in document.walk()] == [
        "sendApprovalRequest",
        "waitForApproval",
        "approve",
        "log",
    ]
    slack, pause, approve, _ = document.tasks
    assert slack.type.name == "io.kestra.plugin.slack.notifications.SlackIncomingWebhook"
    assert slack.properties["payload"].startswith('{\n  "channel": "#vacation",')
    assert [(each.id, each.type, each.defaults, each.description) for each in pause.inputs] == [
        ("approved", "BOOLEAN", True, "Approve the request?"),
        ("reason", "STRING", "Approved", "Reason for approval or rejection?"),
    ]
    assert all(each.required for each in pause.inputs)
    assert approve.properties["body"] == "{{ inputs.request }}"


SLACK = "io.kestra.plugin.notifications.slack.SlackIncomingWebhook"


@pytest.mark.parametrize(
    "name",
    [
        SLACK,
        "io.kestra.plugin.slack.SlackIncomingWebhook",
        "io.kestra.plugin.slack.notifications.SlackIncomingWebhook",
    ],
)
def test_the_message_has_three_names_that_are_equal(name: str) -> None:
    # The examples use the oldest of them, and load without a warning.
    text = (EXAMPLES / "vacation_approval_process.yaml").read_text()
    assert text.count(SLACK) == 1
    loaded = load_document(text.replace(SLACK, name))
    assert loaded.problems == ()
    assert loaded.document is not None
    slack = loaded.document.tasks[0].type
    assert slack.name == "io.kestra.plugin.slack.notifications.SlackIncomingWebhook"


def test_ids_of_tasks_are_told_apart_by_case() -> None:
    text = (EXAMPLES / "vacation_approval_process.yaml").read_text()
    wrong = text.replace("outputs.waitForApproval", "outputs.waitforapproval")
    assert wrong != text
    (problem,) = load_document(wrong).problems
    assert problem.severity is Severity.WARNING
    assert "waitforapproval" in str(problem)
