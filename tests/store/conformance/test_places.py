"""Who holds a place of a deployment, and who waits for one in its process."""

from __future__ import annotations

from uuid import UUID

import pytest

from signoff.core.standing import holds_slot, keeps_place
from signoff.model.runs import Phase
from tests.store.samples import World

pytestmark = pytest.mark.store

ONE, OTHER = UUID(int=1), UUID(int=2)


def test_a_place_is_held_as_the_rules_say(world: World) -> None:
    world.start(Phase.RUNNING, deployment_id=OTHER)
    runs = [
        world.start(phase, owner=owner, deployment_id=ONE)
        for phase in Phase
        if phase is not Phase.ABSENT
        for owner in ("p1", None)
    ]
    holding = [run for run in runs if holds_slot(run.phase, run.owner)]
    with world.store.read() as tx:
        assert tx.deployments.places_taken(ONE, but=world.id()) == len(holding)
        assert tx.deployments.places_taken(ONE, but=holding[0].id) == len(holding) - 1


def test_where_waiting_runs_keep_their_places_they_count_until_they_end(world: World) -> None:
    runs = [
        world.change(world.start(phase, owner=owner, deployment_id=ONE), entry=entry)
        for phase in Phase
        if phase is not Phase.ABSENT
        for owner in ("p1", None)
        for entry in (0, 1)
    ]
    keeping = [run for run in runs if keeps_place(run.phase, run.owner, run.entry)]
    assert len(keeping) < len(runs)
    with world.store.read() as tx:
        assert tx.deployments.places_taken(ONE, world.id(), kept=True) == len(keeping)
        assert tx.deployments.places_taken(ONE, keeping[0].id, kept=True) == len(keeping) - 1


def test_runs_wait_for_a_place_in_the_order_in_which_they_were_answered(world: World) -> None:
    runs = [world.start(Phase.PAUSED, deployment_id=ONE) for _ in range(3)]
    waiting = []
    for run in (runs[2], runs[0]):
        world.tick()
        waiting.append(world.change(run, phase=Phase.QUEUED, since=world.now).id)
    world.start(Phase.QUEUED)
    with world.store.read() as tx:
        assert tx.deployments.queued_runs(ONE) == tuple(waiting)
        assert tx.crowded_deployments() == (ONE,)
