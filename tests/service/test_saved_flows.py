"""Saved flows: revisions, the deployment that goes with them, runs of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from signoff.model.actors import Actor, Via
from signoff.model.claims import ClaimRuns, Scope
from signoff.model.collisions import ConcurrencyLimitStrategy
from signoff.model.commands import DeleteRun
from signoff.model.deploying import CountDeployments, CreateDeploymentRun, ReadDeployment
from signoff.model.documents import ReadDocument
from signoff.model.errors import (
    InvalidRequest,
    ObjectAlreadyExists,
    ObjectNotFound,
    TransitionRefused,
)
from signoff.model.files import NewFile, ReadFile
from signoff.model.journal import EntryRecord
from signoff.model.queries import CountRuns, ReadRun, ReadRuns
from signoff.model.saved_flows import (
    DeleteSavedFlow,
    DisableFlow,
    EnableFlow,
    FlowFacts,
    ReadDifference,
    ReadRevision,
    ReadRevisions,
    ReadSavedFlow,
    ReadSavedFlows,
    ReadTriggers,
    ReadWebhookKey,
    SavedFlow,
    SaveFlow,
    TriggerFacts,
    TriggerKind,
)
from signoff.model.schedules import CronSchedule, DeploymentScheduleCreate
from signoff.model.scheduling import KeepSchedules
from signoff.model.starting import ReadTrigger, StartFlow, Upload
from signoff.model.states import StateType
from tests.service.world import BOB, FLOW, World

pytestmark = pytest.mark.service

ANN = Actor("ann", Via.CLI, "desk", True)
ENTRY = EntryRecord("", "", "", "", (), None, "signoff.yamlflow.stored", "d00", "00")
SCHEMA = {
    "type": "object",
    "properties": {
        "who": {"type": "string"},
        "bill": {"type": "object", "properties": {"file": {"type": "string"}}},
    },
    "required": ["who"],
}
HOOK = TriggerFacts("hook", TriggerKind.WEBHOOK, properties={"key": "s3cret"})


def facts(**more: Any) -> FlowFacts:
    given: dict[str, Any] = {"namespace": "shop", "flow": "pay", "entry_record": ENTRY}
    return FlowFacts(**(given | more))


def save(world: World, source: str = "id: pay\n", **more: Any) -> SavedFlow:
    return world.ask(SaveFlow(source, facts(**more)), ANN)


def test_the_same_text_is_the_same_revision(world: World) -> None:
    first = save(world, "a\nb\n", description="one")
    assert (first.latest.revision, first.changed) == (1, True)
    assert (first.latest.by, first.latest.via, first.latest.at) == ("ann", "cli", world.now)
    world.later(1)
    assert save(world, "a\nb\n").changed is False
    second = world.ask(SaveFlow("a\nc\n", facts()), BOB)
    assert (second.latest.revision, second.latest.by) == (2, "bob")
    assert second.deployment_id == first.deployment_id
    assert world.ask(ReadDocument(second.latest.digest)) == "a\nc\n"
    shown = world.ask(ReadSavedFlow("shop", "pay"))
    assert shown.latest.source == "a\nc\n"
    assert [each.revision for each in world.ask(ReadRevisions("shop", "pay"))] == [2, 1]
    assert world.ask(ReadRevision("shop", "pay", 1)).source == "a\nb\n"
    assert world.ask(ReadDifference("shop", "pay")) == (
        "--- revision 1\n+++ revision 2\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
    )
    assert world.ask(ReadDifference("shop", "pay", 2, 2)) == ""
    with pytest.raises(ObjectNotFound, match="has no revision 3; they count from 1 to 2"):
        world.ask(ReadRevision("shop", "pay", 3))


def test_who_saves_over_a_newer_revision_is_told(world: World) -> None:
    world.ask(SaveFlow("a", facts(), revision=0))
    save(world, "b")
    with pytest.raises(ObjectAlreadyExists, match="has revision 2 meanwhile, not 1"):
        world.ask(SaveFlow("c", facts(), revision=1))
    assert world.ask(SaveFlow("c", facts(), revision=2)).latest.revision == 3


def test_a_flow_keeps_one_deployment(world: World) -> None:
    daily = DeploymentScheduleCreate(
        schedule=CronSchedule(cron="0 9 * * *", timezone="Europe/Berlin"), slug="daily"
    )
    saved = save(
        world,
        description="Pays.",
        tags=("team:a",),
        parameter_schema=SCHEMA,
        schedules=(daily,),
        concurrency_limit=2,
        collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW,
    )
    made = world.ask(ReadDeployment(flow_name="shop.pay", deployment_name="pay"))
    assert made.id == saved.deployment_id
    assert (made.version, made.description, made.tags) == ("1", "Pays.", ["team:a"])
    assert made.parameter_openapi_schema == SCHEMA
    assert [each.slug for each in made.schedules] == ["daily"]
    assert (made.concurrency_limit, made.collision_strategy) == (2, "CANCEL_NEW")
    save(world, "b")
    changed = world.ask(ReadDeployment(saved.deployment_id))
    assert (changed.version, changed.description, changed.tags) == ("2", None, [])
    assert (changed.schedules, changed.concurrency_limit) == ([], None)


def test_a_run_knows_its_revision_and_what_started_it(world: World) -> None:
    save(world, parameter_schema=SCHEMA, tags=("a",))
    trigger = {"body": {"x": 1}}
    start = StartFlow(
        "shop",
        "pay",
        world.new_id(),
        {"who": "ann", "bill.file": "f"},
        tags=("b",),
        trigger=trigger,
    )
    run = world.ask(start)
    assert run.created
    assert world.ask(start).run_id == run.run_id
    shown = world.ask(ReadRun(run.run_id))
    assert (shown.flow_name, shown.flow_version, shown.tags) == ("shop.pay", "1", ["a", "b"])
    assert shown.parameters == {"who": "ann", "bill": {"file": "f"}}
    assert world.ask(ReadTrigger(run.run_id)) == trigger
    other = world.ask(StartFlow("shop", "pay", inputs={"who": "bob"}))
    assert world.ask(ReadTrigger(other.run_id)) is None


def test_a_start_that_is_refused_leaves_nothing(world: World) -> None:
    save(world, parameter_schema=SCHEMA)
    upload = Upload("bill.file", NewFile("bill.txt", b"x"))
    with pytest.raises(InvalidRequest, match="who") as refused:
        world.ask(StartFlow("shop", "pay", inputs={"bill": {}, "who": 5}, files=(upload,)))
    assert [each["field"] for each in refused.value.details["errors"]] == ["inputs.who"]
    with pytest.raises(InvalidRequest, match="given twice"):
        world.ask(StartFlow("shop", "pay", inputs={"bill": "x", "bill.file": "y"}))
    assert world.ask(CountRuns()) == 0
    with world.store.read() as tx:
        assert tx.saved_flows.newest_event() == 0


def test_an_upload_becomes_a_file_of_the_run(world: World) -> None:
    save(world, parameter_schema=SCHEMA)
    upload = Upload("bill.file", NewFile("my bill.txt", b"\x00\xff"))
    run = world.ask(StartFlow("shop", "pay", inputs={"who": "ann"}, files=(upload,)))
    uri = world.ask(ReadRun(run.run_id)).parameters["bill"]["file"]
    assert uri.startswith("signoff:///shop/pay/")
    file = world.ask(ReadFile(uri))
    assert (file.name, file.size, file.content) == ("my bill.txt", 2, b"\x00\xff")
    world.ask(DeleteRun(run.run_id))
    with pytest.raises(ObjectNotFound, match="may have been deleted with its run"):
        world.ask(ReadFile(uri))


@pytest.mark.parametrize("name", ["", "a/b", "..", "x" * 256, "a\nb"])
def test_a_name_of_a_file_is_judged(world: World, name: str) -> None:
    save(world)
    with pytest.raises(InvalidRequest, match="A file has a name"):
        world.ask(StartFlow("shop", "pay", files=(Upload("a", NewFile(name, b"")),)))


def test_no_run_of_a_disabled_flow_starts(world: World) -> None:
    every = DeploymentScheduleCreate(schedule=CronSchedule(cron="* * * * *"), slug="every")
    saved = save(world, schedules=(every,))
    world.ask(KeepSchedules())
    assert world.ask(CountRuns()) > 0
    world.ask(DisableFlow("shop", "pay"))
    assert world.ask(CountRuns()) == 0
    assert world.ask(ReadSavedFlow("shop", "pay")).disabled
    with pytest.raises(TransitionRefused, match="is disabled"):
        world.ask(StartFlow("shop", "pay"))
    with pytest.raises(TransitionRefused, match="is disabled"):
        world.ask(CreateDeploymentRun(saved.deployment_id, world.new_id()))
    # Saving the same text again is no reason to enable it.
    save(world, schedules=(every,))
    assert world.ask(ReadSavedFlow("shop", "pay")).disabled
    world.ask(EnableFlow("shop", "pay"))
    world.ask(KeepSchedules())
    assert world.ask(CountRuns()) > 0
    assert world.ask(StartFlow("shop", "pay")).created
    save(world, "new text", disabled=True)
    assert world.ask(ReadDeployment(saved.deployment_id)).paused
    save(world, "newer text")
    assert not world.ask(ReadDeployment(saved.deployment_id)).paused


def test_a_deleted_flow_keeps_its_history(world: World) -> None:
    saved = save(world, triggers=(HOOK,))
    run = world.ask(StartFlow("shop", "pay"))
    world.ask(DeleteSavedFlow("shop", "pay"))
    assert world.ask(CountDeployments()) == 0
    assert world.ask(ReadSavedFlows()) == ()
    for gone in (ReadSavedFlow, StartFlow, DeleteSavedFlow, ReadTriggers):
        with pytest.raises(ObjectNotFound, match="There is no flow 'pay' in namespace 'shop'"):
            world.ask(gone("shop", "pay"))
    assert world.ask(ReadRun(run.run_id)).flow_version == "1"
    assert [each.revision for each in world.ask(ReadRevisions("shop", "pay"))] == [1]
    again = save(world)
    assert (again.latest.revision, again.changed) == (2, True)
    assert again.deployment_id != saved.deployment_id


def test_flows_are_listed_by_namespace(world: World) -> None:
    for namespace in ("shop", "shop.eu", "shopping", "a"):
        world.ask(SaveFlow("x", facts(namespace=namespace)))
    names = [each.full_name for each in world.ask(ReadSavedFlows())]
    assert names == ["a/pay", "shop/pay", "shop.eu/pay", "shopping/pay"]
    within = world.ask(ReadSavedFlows("shop"))
    assert [each.full_name for each in within] == ["shop/pay", "shop.eu/pay"]
    assert len(world.ask(ReadSavedFlows(limit=1, offset=1))) == 1


def test_the_key_of_a_webhook_is_masked(world: World) -> None:
    saved = save(world, triggers=(HOOK, TriggerFacts("other", TriggerKind.FLOW)))
    assert saved.triggers == ("webhook hook", "flow other")
    shown = world.ask(ReadTriggers("shop", "pay"))
    assert [each.id for each in shown] == ["hook", "other"]
    assert shown[0].properties == {"key": "********"}
    assert "s3cret" not in f"{saved}{shown}{HOOK}"


def test_the_key_of_a_webhook_is_told_when_it_is_asked_for(world: World) -> None:
    save(world, triggers=(HOOK, TriggerFacts("other", TriggerKind.FLOW)))
    assert world.ask(ReadWebhookKey("shop", "pay", "hook")) == HOOK.properties["key"]
    for unknown in ("other", "nonsense"):
        with pytest.raises(ObjectNotFound, match=f"no webhook '{unknown}'"):
            world.ask(ReadWebhookKey("shop", "pay", unknown))
    with pytest.raises(ObjectNotFound):
        world.ask(ReadWebhookKey("shop", "nothing", "hook"))


def test_one_run_too_many_fails_where_the_flow_says_so(world: World) -> None:
    save(world, concurrency_limit=1, collision_strategy=ConcurrencyLimitStrategy.FAIL_NEW)
    world.process("worker")
    first, second = (world.ask(StartFlow("shop", "pay")).run_id for _ in range(2))
    claimed = world.ask(ClaimRuns("worker", Scope(host="host", user="ann"), 10), FLOW)
    assert [each.run_id for each in claimed.runs] == [first]
    failed = world.ask(ReadRun(second))
    assert failed.state_type == StateType.FAILED
    assert failed.state is not None
    assert "limit of its deployment, 1, was reached" in str(failed.state.message)


def test_facts_are_needed(world: World) -> None:
    with pytest.raises(InvalidRequest, match="saved with what it says"):
        world.ask(SaveFlow("x"))


def test_triggers_that_stay_as_they_are_keep_what_they_remember(world: World) -> None:
    flow = TriggerFacts("after", TriggerKind.FLOW, properties={"flows": []})
    save(world, triggers=(flow, HOOK))
    with world.store.write() as tx:
        (row,) = tx.saved_flows.triggers_of_kind(TriggerKind.FLOW)
        tx.saved_flows.remember(row, {"seen": 1})
    save(world, "b", triggers=(flow,))
    with world.store.read() as tx:
        (row,) = tx.saved_flows.triggers("shop", "pay")
        assert row.state == {"seen": 1}
    save(world, "c", triggers=(replace(flow, when=("{{ true }}",)),))
    with world.store.read() as tx:
        (row,) = tx.saved_flows.triggers("shop", "pay")
        assert (row.state, row.facts.when) == ({}, ("{{ true }}",))


def test_a_secret_input_is_clear_for_the_process_of_the_run_only(world: World) -> None:
    schema = {
        "type": "object",
        "properties": {
            "user": {"type": "string"},
            "bank": {
                "type": "object",
                "properties": {"pin": {"type": "string", "writeOnly": True}},
            },
        },
    }
    saved = save(world, parameter_schema=schema)
    given = {"user": "ann", "bank": {"pin": "4711-0815"}}
    shown = {"user": "ann", "bank": {"pin": "********"}}
    by_page = CreateDeploymentRun(saved.deployment_id, world.new_id(), parameters=given)
    made = [world.ask(StartFlow("shop", "pay", inputs=given)), world.ask(by_page)]
    # What the deployment says meanwhile changes nothing.
    save(world, "another text")
    for run in made:
        with world.store.read() as tx:
            stored = tx.new_run(run.run_id)
        assert "4711" not in repr(stored)
        assert world.ask(ReadRun(run.run_id)).parameters == shown
        assert world.enter(run, f"p-{run.run_id}").run.parameters == given
    assert [each.parameters for each in world.ask(ReadRuns())] == [shown, shown]
    with pytest.raises(InvalidRequest, match="must not begin with"):
        world.ask(StartFlow("shop", "pay", inputs={"user": "signoff:sealed:x"}))
