"""Secrets in answers: unreadable at rest, masked wherever people look, clear for the flow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from signoff.core.forms import MASK
from signoff.core.forms.checking import check
from signoff.gateway.vault import FernetVault
from signoff.model.commands import ReopenWait
from signoff.model.errors import AnswerConflict, InvalidAnswer, SignoffException
from signoff.model.forms import FieldError, Form
from signoff.model.queries import ReadInput, ReadWait, ReadWaits
from signoff.service.forms import FormShelf
from signoff.service.secrets import masked, opened, sealed
from tests.service.world import BOB, DEFAULT, FLOW, LOGIN, World

pytestmark = pytest.mark.service

GIVEN = {"user": "ann", "password": "hunter2"}


def stored(world: World, run_id: object) -> str:
    with world.store.read() as tx:
        return repr(tx.waits(run_id))  # type: ignore[arg-type]


def test_the_process_gets_it_in_clear_and_nobody_else(world: World) -> None:
    run = world.start()
    world.open(run, form=LOGIN)
    world.answer(run, GIVEN)
    assert world.poll(run).answer == GIVEN
    assert "hunter2" not in stored(world, run.run_id)
    view = world.ask(ReadWaits(run.run_id))[0]
    assert view.answer == {"user": "ann", "password": MASK}
    assert view.responses[0].answer == {"user": "ann", "password": MASK}
    shown = world.ask(ReadInput(run.run_id, "paused-1-response")).decoded_value
    assert shown == {"user": "ann", "password": MASK}


def test_the_same_secret_twice_is_success_and_a_conflict_shows_none(world: World) -> None:
    run = world.start()
    world.open(run, form=LOGIN)
    world.answer(run, GIVEN)
    assert world.answer(run, GIVEN, "go").replayed
    with pytest.raises(AnswerConflict) as refused:
        world.answer(run, GIVEN | {"password": "other"}, "go")
    assert refused.value.details["answer"] == {"user": "ann", "password": MASK}


def test_an_initial_secret_is_masked_and_kept_when_left_untouched(world: World) -> None:
    run = world.start()
    world.open(run, form=replace(LOGIN, initial={"password": "hunter2"}))
    form = world.ask(ReadWait(run.run_id)).form
    assert form is not None
    assert form.initial == {"password": MASK}
    # A face hands back what it showed.
    world.answer(run, {"user": "ann", "password": MASK})
    assert world.poll(run).answer == GIVEN


def test_an_initial_secret_is_unreadable_at_rest(world: World, tmp_path: Path) -> None:
    run = world.start()
    form = replace(LOGIN, initial={"password": "hunter2"})
    world.open(run, form=form)
    with world.store.read() as tx:
        digest = tx.waits(run.run_id)[0].form
        assert digest is not None
        assert "hunter2" not in repr(tx.form(digest))
        # Another process reads it from the store.
        shelf = FormShelf(FernetVault(tmp_path), check)
        assert shelf.get(tx, digest).form == form


def test_a_mask_is_no_answer_where_nothing_was_shown(world: World) -> None:
    run = world.start()
    world.open(run, form=LOGIN)
    with pytest.raises(InvalidAnswer) as refused:
        world.answer(run, {"user": "ann", "password": MASK})
    assert [error.dotted for error in refused.value.errors] == ["password"]


def test_a_default_answer_may_hold_a_secret(world: World) -> None:
    run = world.start()
    world.open(run, form=LOGIN, timeout=60, on_deadline=DEFAULT, default=GIVEN)
    assert "hunter2" not in stored(world, run.run_id)
    world.later(60)
    assert world.poll(run).answer == GIVEN


def test_a_refusal_by_the_flow_leaves_the_secret_out(world: World) -> None:
    run = world.start()
    world.open(run, form=LOGIN)
    world.answer(run, GIVEN)
    errors = (
        FieldError(("password",), "is too short", "hunter2"),
        FieldError(("user",), "is unknown", "ann"),
    )
    world.ask(ReopenWait(run.run_id, run.entry, "go", errors), FLOW)
    assert [error.value for error in world.ask(ReadWait(run.run_id)).errors] == [None, "ann"]


def test_a_lost_key_is_said_clearly(tmp_path: Path) -> None:
    token = FernetVault(tmp_path).encrypt("x")
    (tmp_path / "secret.key").unlink()
    with pytest.raises(SignoffException, match="another key"):
        FernetVault(tmp_path).decrypt(token)


DEEP = Form(
    {
        "type": "object",
        "properties": {
            "list": {"type": "array", "items": {"type": "string", "format": "password"}},
            "whole": {
                "writeOnly": True,
                "type": "object",
                "properties": {"inner": {"type": "string", "writeOnly": True}},
            },
            "either": {
                "anyOf": [
                    {"type": "object", "writeOnly": True},
                    {"type": "object", "properties": {"in": {"format": "password"}}},
                ]
            },
        },
    }
)


def test_secrets_of_every_shape_and_depth_are_sealed_as_a_whole(tmp_path: Path) -> None:
    vault = FernetVault(tmp_path)
    answer = {
        "list": ["a-secret", "b-secret"],
        "whole": {"inner": "c-secret"},
        "either": {"in": "d-secret"},
    }
    hidden = sealed(DEEP, answer, vault)
    assert "secret" not in repr(hidden)
    assert opened(DEEP, hidden, vault) == answer
    assert masked(DEEP, hidden) == {"list": [MASK, MASK], "whole": MASK, "either": MASK}


def test_who_answered_is_on_record_even_for_a_secret(world: World) -> None:
    run = world.start()
    world.open(run, form=LOGIN)
    world.answer(run, GIVEN)
    assert world.ask(ReadWaits(run.run_id))[0].answered_by == BOB
