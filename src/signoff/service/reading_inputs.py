"""Reading inputs: those that were stored, and those that a wait stands for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from signoff.core import waiting
from signoff.model import queries
from signoff.model.errors import ObjectNotFound
from signoff.model.views import FlowRunInput
from signoff.model.waits import ALIASES, Wait
from signoff.service.inputs import PARTS
from signoff.service.unit import Unit
from signoff.service.viewing import inputs_of

_EARLIEST = datetime.min.replace(tzinfo=UTC)


def read_input(unit: Unit, query: queries.ReadInput) -> FlowRunInput:
    """One input by its key; a wait's may be asked for by its number or by its own key."""
    stored = unit.tx.input(query.run_id, query.key)
    if stored is not None:
        return stored
    alias, _, part = query.key.rpartition("-")
    state, _, name = alias.partition("-")
    if state in ALIASES and name and part in PARTS:
        # `paused-1-schema` asks for the wait with the alias `paused-1`, or else with the key `1`.
        wait = waiting.find(unit.locked(query.run_id, alias), alias)
        if wait is None:
            wait = waiting.find(unit.locked(query.run_id, name), name)
        if wait is not None:
            derived = inputs_of(unit, query.run_id, wait, alias)
            found = next((each for each in derived if each.key == query.key), None)
            if found is not None:
                return found
    elif unit.tx.run_facts(query.run_id) is None:
        raise ObjectNotFound(f"There is no flow run {query.run_id}.")
    raise ObjectNotFound(f"Flow run {query.run_id} has no input {query.key!r}.")


def filter_inputs(unit: Unit, query: queries.FilterInputs) -> tuple[FlowRunInput, ...]:
    """Inputs whose key starts with the prefix, oldest first."""
    stored = unit.tx.inputs(query.run_id, query.prefix, query.limit, query.exclude_keys)
    derived = list(_derived(unit, query))
    if not derived:
        if not stored and unit.tx.run_facts(query.run_id) is None:
            raise ObjectNotFound(f"There is no flow run {query.run_id}.")
        return tuple(stored)
    both = sorted([*derived, *stored], key=lambda each: each.created or _EARLIEST)
    return tuple(both[: query.limit])


def _derived(unit: Unit, query: queries.FilterInputs) -> Iterator[FlowRunInput]:
    """The inputs of waits, each under the first of its names that begins as asked."""
    for wait in _waits(unit, query.run_id):
        alias = next((name for name in wait.aliases if _could_begin(name, query.prefix)), None)
        if alias is None:
            continue
        for each in inputs_of(unit, query.run_id, wait, alias):
            if each.key.startswith(query.prefix) and each.key not in query.exclude_keys:
                yield each


def _could_begin(alias: str, prefix: str) -> bool:
    return prefix.startswith(alias) or alias.startswith(prefix)


def _waits(unit: Unit, run_id: UUID) -> list[Wait]:
    return sorted(unit.tx.waits(run_id), key=lambda wait: wait.number)
