"""Flow triggers: one run for one event, whoever looks and whoever dies."""

from __future__ import annotations

from typing import Any

import pytest

from signoff.engine.clock import new_id
from signoff.model.commands import EnterRun, FinishRun, OpenWait
from signoff.model.following import FollowRuns, FollowStart, FollowWork, ReadFollowWork
from signoff.model.journal import Result, ResultKind
from signoff.model.queries import ReadRuns
from signoff.model.replies import RunHandle
from signoff.model.runs import Phase
from signoff.model.saved_flows import DeleteSavedFlow, DisableFlow, EnableFlow, SaveFlow
from signoff.model.starting import ReadTrigger, StartFlow
from signoff.model.views import FlowRun
from signoff.model.waits import WaitKind
from signoff.server.following import Following
from signoff.yamlflow.reading import require_document
from signoff.yamlflow.saving import judge, require
from tests.service.world import SECOND, World

pytestmark = pytest.mark.service

BODY = """
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: hi
"""
TRIGGER = """
triggers:
  - id: after
    type: io.kestra.plugin.core.trigger.Flow
"""


def save(world: World, id: str, rest: str = "") -> None:
    text = f"id: {id}\nnamespace: shop{BODY}{rest}"
    world.ask(SaveFlow(text, require(judge(text))))


def following(world: World) -> Following:
    return Following(
        world.service, lambda: world.now, lambda _digest, source: require_document(source)
    )


def begin(world: World, flow: str, **more: Any) -> RunHandle:
    """A run of a saved flow that a process works on."""
    made = world.ask(StartFlow("shop", flow, **more))
    return world.enter(made, f"p-{made.run_id}").handle


def enter(world: World, run: FlowRun) -> RunHandle:
    process = world.process(f"p-{run.id}")
    return world.ask(EnterRun(run.id, process)).handle


def end(world: World, run: RunHandle, phase: Phase = Phase.COMPLETED, **more: Any) -> None:
    facts = {"name": None, "message": None, "result": Result(ResultKind.NONE)} | more
    world.ask(FinishRun(run.run_id, run.entry, phase, **facts))


def pause(world: World, run: RunHandle, key: str) -> None:
    world.ask(OpenWait(run.run_id, run.entry, key, WaitKind.INPUT, "Go on?"))


def runs(world: World, flow: str) -> list[FlowRun]:
    return [run for run in world.ask(ReadRuns()) if run.flow_name == f"shop.{flow}"]


def test_a_run_that_ended_starts_another_once(world: World) -> None:
    save(world, "first")
    rest = """    states: [SUCCESS]
    inputs:
      what: "{{ trigger.outputs.total }} of {{ trigger.flowId }} {{ trigger.state }}"
"""
    save(world, "second", f"{TRIGGER}{rest}inputs:\n  - id: what\n    type: STRING\n")
    looks = following(world)
    run = begin(world, "first")
    looks.sweep()
    assert runs(world, "second") == []
    end(world, run, result=Result(ResultKind.JSON, b'{"total": 3}'))
    for _ in range(2):
        looks.sweep()
    following(world).sweep()
    (started,) = runs(world, "second")
    assert started.parameters == {"what": "3 of first SUCCESS"}
    said = world.ask(ReadTrigger(started.id))
    assert said is not None
    assert (said["executionId"], said["namespace"], said["flowRevision"]) == (
        str(run.run_id),
        "shop",
        1,
    )


@pytest.mark.parametrize(
    ("phase", "name", "state"),
    [
        (Phase.COMPLETED, None, "SUCCESS"),
        (Phase.COMPLETED, "Warning", "WARNING"),
        (Phase.COMPLETED, "Skipped", "SKIPPED"),
        (Phase.FAILED, None, "FAILED"),
        (Phase.CANCELLED, "Killed", "KILLED"),
        (Phase.CANCELLED, None, "CANCELLED"),
        (Phase.CRASHED, None, "FAILED"),
    ],
)
def test_states_have_their_yaml_names(
    world: World, phase: Phase, name: str | None, state: str
) -> None:
    save(world, "first")
    save(world, "second", f"{TRIGGER}    states: [{state}]\n")
    end(world, begin(world, "first"), phase, name=name)
    following(world).sweep()
    (started,) = runs(world, "second")
    said = world.ask(ReadTrigger(started.id))
    assert said is not None
    assert said["state"] == state


def test_a_pause_whose_process_leaves_fires_once(world: World) -> None:
    save(world, "first")
    save(world, "second", f"{TRIGGER}    states: [PAUSED]\n")
    looks = following(world)
    run = begin(world, "first")
    pause(world, run, "ask")
    looks.sweep()
    world.ask(OpenWait(run.run_id, run.entry, "ask", WaitKind.INPUT, "Go on?", leaving=True))
    looks.sweep()
    assert len(runs(world, "second")) == 1


def test_a_question_asked_by_leaving_fires_too(world: World) -> None:
    save(world, "first")
    save(world, "second", f"{TRIGGER}    states: [PAUSED]\n")
    run = begin(world, "first")
    world.ask(OpenWait(run.run_id, run.entry, "ask", WaitKind.INPUT, "Go on?", leaving=True))
    following(world).sweep()
    assert len(runs(world, "second")) == 1


def test_two_pauses_fire_twice(world: World) -> None:
    save(world, "first")
    save(world, "second", f"{TRIGGER}    states: [PAUSED]\n")
    run = begin(world, "first")
    pause(world, run, "a")
    following(world).sweep()
    assert len(runs(world, "second")) == 1
    pause(world, run, "b")
    following(world).sweep()
    following(world).sweep()
    assert len(runs(world, "second")) == 2


def test_what_fires_may_fire_others_and_never_itself(world: World) -> None:
    save(world, "first")
    flows = "    states: [SUCCESS]\n    dependsOn:\n      flows: [{namespace: shop, flowId: %s}]\n"
    save(world, "second", TRIGGER + flows % "first")
    save(world, "third", TRIGGER + flows % "second")
    save(world, "watcher", f"{TRIGGER}    states: [SUCCESS]\n")
    looks = following(world)
    end(world, begin(world, "first"))
    looks.sweep()
    (second,) = runs(world, "second")
    end(world, enter(world, second))
    for watcher in runs(world, "watcher"):
        end(world, enter(world, watcher))
    looks.sweep()
    looks.sweep()
    assert len(runs(world, "third")) == 1
    assert len(runs(world, "watcher")) == 2


def test_several_flows_have_to_be_seen_within_the_window(world: World) -> None:
    for name in ("a", "b"):
        save(world, name)
    rest = """    states: [SUCCESS]
    preconditions:
      id: both
      timeWindow: {type: DURATION_WINDOW, window: PT1H}
      flows:
        - {namespace: shop, flowId: a}
        - {namespace: shop, flowId: b, states: [SUCCESS]}
"""
    save(world, "second", TRIGGER + rest)
    looks = following(world)
    end(world, begin(world, "a"))
    looks.sweep()
    world.later(3700)
    end(world, begin(world, "b"))
    looks.sweep()
    assert runs(world, "second") == []
    world.later(60)
    end(world, begin(world, "a"))
    looks.sweep()
    assert len(runs(world, "second")) == 1
    # Both have to be seen again.
    end(world, begin(world, "b"))
    following(world).sweep()
    assert len(runs(world, "second")) == 1
    end(world, begin(world, "a"))
    following(world).sweep()
    assert len(runs(world, "second")) == 2


def test_conditions_and_labels_choose(world: World) -> None:
    save(world, "first", "labels:\n  team: a\n")
    save(world, "plain")
    rest = """    when: "{{ trigger.flowRevision == 1 }}"
    dependsOn:
      flows: [{namespace: shop, labels: {team: a}}]
    states: [SUCCESS]
"""
    save(world, "second", TRIGGER + rest)
    for name in ("plain", "first"):
        end(world, begin(world, name))
    following(world).sweep()
    assert len(runs(world, "second")) == 1
    save(world, "first", "labels:\n  team: a\ndescription: two\n")
    end(world, begin(world, "first"))
    following(world).sweep()
    assert len(runs(world, "second")) == 1


def test_what_happened_before_a_trigger_was_saved_does_not_fire_it(world: World) -> None:
    save(world, "first")
    end(world, begin(world, "first"))
    save(world, "second", TRIGGER)
    following(world).sweep()
    assert runs(world, "second") == []


def test_a_disabled_or_deleted_flow_is_not_started(world: World) -> None:
    save(world, "first")
    save(world, "second", TRIGGER)
    looks = following(world)
    world.ask(DisableFlow("shop", "second"))
    end(world, begin(world, "first"))
    assert looks.sweep() is None
    assert not looks.any
    world.ask(EnableFlow("shop", "second"))
    world.ask(DeleteSavedFlow("shop", "second"))
    end(world, begin(world, "first"))
    assert looks.sweep() is None
    assert runs(world, "second") == []


def test_a_trigger_that_is_wrong_keeps_no_other_from_firing(world: World) -> None:
    save(world, "first")
    save(world, "broken", f'{TRIGGER}    when: "{{{{ trigger.nothing.x }}}}"\n')
    needs = f"{TRIGGER}inputs:\n  - id: missing\n    type: STRING\n"
    save(world, "needs", needs)
    save(world, "second", TRIGGER)
    end(world, begin(world, "first"))
    assert following(world).sweep() == world.now + SECOND
    assert (len(runs(world, "broken")), len(runs(world, "needs"))) == (0, 0)
    assert len(runs(world, "second")) == 1


def test_of_two_that_look_at_the_same_events_one_counts(world: World) -> None:
    save(world, "first")
    save(world, "second", f"{TRIGGER}    states: [SUCCESS]\n")
    end(world, begin(world, "first"))
    work: FollowWork = world.ask(ReadFollowWork())
    (seen,) = [each for each in work.seen if each.state == "SUCCESS"]
    start = FollowStart("shop", "second", "after", seen.seq, {}, {"a": 1})
    request = FollowRuns(work.after, work.upto, (start,))
    assert world.ask(request).done
    assert not world.ask(request).done
    # Even one that does not know of the cursor makes no second run of an event.
    again = FollowRuns(work.upto, work.upto, (start,))
    assert world.ask(again).done
    assert len(runs(world, "second")) == 1


def test_runs_of_python_flows_are_seen_by_their_name(world: World) -> None:
    save(world, "second", f"{TRIGGER}    dependsOn:\n      flows: [{{flowId: deploy}}]\n")
    end(world, world.start(id=new_id()))
    following(world).sweep()
    (started,) = runs(world, "second")
    said = world.ask(ReadTrigger(started.id))
    assert said is not None
    assert (said["namespace"], said["flowId"], said["flowRevision"]) == ("", "deploy", 0)
