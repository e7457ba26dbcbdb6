"""Why a run does not start: the sentence is what the claim decides by."""

from __future__ import annotations

import pytest

from signoff.model.claims import ClaimRuns, Scope
from signoff.model.commands import CreateRun
from signoff.model.errors import ObjectNotFound
from signoff.model.replies import RunHandle
from signoff.model.runs import Phase
from signoff.model.shared import work_pools as w
from signoff.model.standstill import Reason, WhyNothingStarts, WhyNotStarted
from tests.service.test_places import Limited
from tests.service.test_work_pools import claim, made, run_in
from tests.service.world import FLOW, SECOND, World

pytestmark = pytest.mark.service


def why(world: World, run: RunHandle) -> tuple[str, str] | None:
    found = world.ask(WhyNotStarted(run.run_id))
    return None if found is None else (found.reason.value, found.name)


def why_pool(world: World) -> str | None:
    found = world.ask(WhyNothingStarts("p"))
    return None if found is None else found.reason.value


def test_each_thing_in_the_way_is_named(world: World) -> None:
    made(world, concurrency_limit=1)
    world.ask(w.CreateWorkQueue("p", "low"))
    run = run_in(world, "low")
    assert (why(world, run), why_pool(world)) == (("no_worker", "p"), "no_worker")
    world.ask(w.WorkerHeartbeat("p", "machine"))
    assert (why(world, run), why_pool(world)) == (None, None)
    world.ask(w.UpdateWorkPool("p", is_paused=True))
    assert (why(world, run), why_pool(world)) == (("pool_paused", "p"), "pool_paused")
    assert claim(world) == []
    world.ask(w.UpdateWorkPool("p", is_paused=False))
    world.ask(w.UpdateWorkQueue("p", "low", is_paused=True))
    assert (why(world, run), why_pool(world)) == (("queue_paused", "low"), None)
    assert claim(world) == []
    world.ask(w.UpdateWorkQueue("p", "default", is_paused=True))
    assert why_pool(world) == "queues_paused"
    world.ask(w.UpdateWorkQueue("p", "low", is_paused=False))
    other = run_in(world, "low")
    assert claim(world) == [run.run_id]
    assert (why(world, run), why(world, other)) == (None, ("pool_full", "p"))
    assert claim(world) == []
    world.ask(w.UpdateWorkPool("p", concurrency_limit=None))
    world.ask(w.UpdateWorkQueue("p", "low", concurrency_limit=1))
    assert why(world, other) == ("queue_full", "low")
    assert claim(world) == []
    world.ask(w.UpdateWorkQueue("p", "low", concurrency_limit=2))
    assert why(world, other) is None
    assert claim(world) == [other.run_id]
    third = run_in(world, "low")
    world.ask(w.DeleteWorkPool("p"))
    assert why(world, third) == ("pool_gone", "p")
    with pytest.raises(ObjectNotFound):
        world.ask(WhyNothingStarts("p"))


def test_a_run_that_is_not_due_or_has_begun_is_not_kept_back(world: World) -> None:
    made(world)
    new = world.new(work_pool="p")
    later = world.ask(CreateRun(new, Phase.SCHEDULED, world.now + 60 * SECOND), FLOW)
    running = world.start()
    assert (why(world, later), why(world, running)) == (None, None)
    world.later(61)
    assert why(world, later) == ("no_worker", "p")
    world.finish(running)
    assert why(world, running) is None


def test_without_a_pool_somebody_has_to_take_it(world: World) -> None:
    run = world.ask(CreateRun(world.new(), Phase.SCHEDULED), FLOW)
    assert why(world, run) is None
    world.later(6)
    assert why(world, run) == (Reason.UNCLAIMED.value, "")
    world.process("c1")
    world.ask(ClaimRuns("c1", Scope(host="host", user="ann"), 10), FLOW)
    assert why(world, run) is None


def test_a_full_deployment_is_named_with_its_limit(world: World) -> None:
    limited = Limited(world)
    first, second = limited.run(), limited.run()
    limited.enter(first, "p1")
    world.later(6)
    found = world.ask(WhyNotStarted(second.run_id))
    assert found is not None
    assert (found.reason, found.limit) == (Reason.DEPLOYMENT_FULL, 1)
    assert found.name == limited.deployment.name
