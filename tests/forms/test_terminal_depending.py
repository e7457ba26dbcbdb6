"""A terminal asks only for fields that are needed."""

from __future__ import annotations

import pytest

from signoff.model.forms import Form
from tests.forms.sessions import Session


@pytest.fixture(autouse=True)
def a_capable_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


def test_a_field_that_depends_on_another_is_asked_for_only_then() -> None:
    depends = {"inputs": ["why.asked"], "condition": "{{ inputs.why.asked }}", "required": True}
    schema = {
        "type": "object",
        "properties": {
            "why": {
                "type": "object",
                "required": ["asked"],
                "properties": {
                    "asked": {"type": "boolean"},
                    "reason": {"type": "string", "x-depends-on": depends},
                },
            },
            "count": {"type": "integer", "x-depends-on": {"inputs": ["why.reason"]}},
        },
        "required": ["why"],
    }
    with Session(Form(schema)) as person:
        person.reply("Asked (yes or no):", "no")
        person.see("Enter sends this answer; a number changes that field:")
        person.type("\r")
        assert person.finish() == {"why": {"asked": False}}
    with Session(Form(schema)) as person:
        person.reply("Asked (yes or no):", "yes")
        person.reply("Reason:", "because")
        person.reply("Count (whole number, optional):", "3")
        person.see("Enter sends this answer; a number changes that field:")
        person.type("\r")
        assert person.finish() == {"why": {"asked": True, "reason": "because"}, "count": 3}
