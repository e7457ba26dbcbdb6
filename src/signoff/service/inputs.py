"""Inputs of runs: messages sent to a flow.

The documented inputs of a wait (`paused-N-schema`, `-description`, `-response`, or the same
with `suspended-`) are not stored here but derived from the wait when they are read
(`service.reading_inputs`); their names are refused.
"""

from __future__ import annotations

import re

from signoff.core import waiting
from signoff.model.commands import CreateInput, DeleteInput
from signoff.model.errors import InvalidRequest, ObjectAlreadyExists, ObjectNotFound
from signoff.model.replies import Done
from signoff.service.table import Handlers
from signoff.service.unit import Unit

PARTS = ("schema", "description", "response")
"""What the documented inputs of a wait hold, by the last word of their keys."""

_OF_A_WAIT = re.compile(r"(?:paused|suspended)-(.+)-(?:schema|description|response)", re.DOTALL)
_NUMBERED = re.compile(r"[0-9]+")


def create_input(unit: Unit, request: CreateInput) -> Done:
    if not request.key:
        raise InvalidRequest("The key of an input must not be empty.", {"errors": ["key"]})
    run = unit.locked(request.run_id)
    _refuse_reserved(unit, request)
    unit.wrote = True
    if not unit.tx.put_input(run.id, request.key, request.value, request.sender, unit.now):
        raise ObjectAlreadyExists(f"Flow run {run.id} has an input {request.key!r} already.")
    unit.tell_owner(run)
    return Done()


def _refuse_reserved(unit: Unit, request: CreateInput) -> None:
    """An answer is given to its wait, where it is judged and put on record, never beside it."""
    match = _OF_A_WAIT.fullmatch(request.key)
    if match is None:
        return
    name = match[1]
    if _NUMBERED.fullmatch(name) or _names_a_wait(unit, request, name):
        raise InvalidRequest(
            f"Input {request.key!r} belongs to a wait of flow run {request.run_id}; to answer it, "
            "resume the run with `run_input`.",
            {"errors": ["key"]},
        )


def _names_a_wait(unit: Unit, request: CreateInput, name: str) -> bool:
    run = unit.locked(request.run_id, name)
    return waiting.find(run, name) is not None


def delete_input(unit: Unit, request: DeleteInput) -> Done:
    unit.wrote = True
    if not unit.tx.delete_input(request.run_id, request.key):
        raise ObjectNotFound(f"Flow run {request.run_id} has no input {request.key!r}.")
    return Done()


HANDLERS: Handlers = {CreateInput: create_input, DeleteInput: delete_input}
