"""Answers to forms of YAML flows: what others make necessary is asked for before it is accepted."""

from __future__ import annotations

from signoff.yamlflow.inputs import form_of
from tests.cli.seeds import Seeds
from tests.cli.shell import Shell
from tests.yamlflow.inputs.asked import asked

FORM = form_of(
    asked(
        "type: BOOLEAN",
        "type: STRING, dependsOn: {inputs: [x], condition: '{{ not inputs.x }}'}",
        "type: DURATION, max: PT1H, required: false",
    )
)


def test_a_needed_answer_is_missed_before_anything_is_accepted(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    seeds.wait(run, form=FORM)
    ran = shell.main("flow-run", "resume", run.name, "-i", "x=no")
    assert "y: is required" in ran.refused()
    ran = shell.main("flow-run", "resume", run.name, "-i", "x=no", "-i", "y=late", "-i", "z=61m")
    assert "z: must be at most PT1H" in ran.refused()
    shell.main("flow-run", "resume", run.name, "-i", "x=no", "-i", "y=late", "-i", "z=1h").ok()
    (wait,) = shell.main("flow-run", "inspect", run.name, "-o", "json").json()["waits"]
    assert wait["answer"] == {"x": False, "y": "late", "z": "PT1H"}


def test_what_is_not_needed_may_be_left_out(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    seeds.wait(run, form=FORM)
    shell.main("flow-run", "resume", run.name, "-i", "x=yes").ok()
