"""Whoever waits is told what was answered along with the word that it was."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from signoff.model.commands import CancelRun, ReopenWait
from signoff.model.forms import FieldError
from signoff.model.replies import RunHandle, WaitOutcome
from signoff.model.waits import WaitKind
from tests.service.world import LOGIN, YES_NO, World

pytestmark = pytest.mark.service

YES = {"approved": True}


def told(world: World, run: RunHandle | UUID) -> WaitOutcome | None:
    """The outcome in the last word about a run."""
    run_id = run if isinstance(run, UUID) else run.run_id
    last = [poke for poke in world.pokes if poke.run_id == run_id and poke.signal][-1]
    assert last.signal is not None
    return last.signal.outcome


def test_what_is_told_is_what_asking_would_say(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    world.answer(run, YES)
    assert told(world, run) == world.poll(run)


def test_an_approval_without_a_form_is_told_too(world: World) -> None:
    run = world.start()
    world.open(run)
    world.answer(run)
    assert told(world, run) == world.poll(run)


def test_secrets_are_told_to_nobody_who_does_not_ask(world: World) -> None:
    run = world.start()
    world.open(run, form=LOGIN)
    world.answer(run, {"user": "ann", "password": "swordfish"})
    assert told(world, run) is None
    assert "swordfish" not in repr(world.pokes)


def test_a_called_run_looks_whether_its_caller_may_go_on(world: World) -> None:
    parent = world.start()
    child = world.start(parent_run_id=parent.run_id)
    world.open(child, form=YES_NO)
    world.answer(child, YES)
    assert told(world, child) is None


def test_a_later_word_takes_the_outcome_back(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    world.answer(run, YES)
    world.ask(CancelRun(run.run_id))
    assert told(world, run) is None


def test_the_answer_after_a_refusal_by_the_flow_is_told_as_it_is(world: World) -> None:
    run = world.start()
    world.open(run, form=YES_NO)
    world.answer(run, YES)
    refused = ReopenWait(run.run_id, run.entry, "go", (FieldError(("approved",), "no", None),))
    reopened = world.ask(refused)
    world.answer(run, {"approved": False})
    outcome = told(world, run)
    assert outcome == world.poll(run)
    assert outcome is not None
    assert outcome.version > reopened.version


def test_a_hold_that_is_ended_is_told(world: World) -> None:
    run = world.start()
    world.open(run, "hold", kind=WaitKind.APPROVAL)
    world.answer(run, None, "hold")
    outcome = told(world, run)
    assert outcome is not None
    assert outcome == replace(world.poll(run, "hold"), now=outcome.now)
