"""What a process looks up about the runs it works on.

Apart from `reads.py`, because the views and filters there are heavy and such a process has no need
of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any
from uuid import UUID

from signoff.core.ports import RunFacts
from signoff.model.commands import Request
from signoff.model.errors import ObjectNotFound
from signoff.model.journal import EntryRecord, Result, ResultKind, TaskRecord, TaskStart
from signoff.model.lookups import (
    ReadBegun,
    ReadEntry,
    ReadHandle,
    ReadJournal,
    ReadResult,
    ReadSignals,
)
from signoff.model.replies import RunHandle, RunSignal
from signoff.service.signals import signals
from signoff.service.table import Handlers
from signoff.service.unit import Unit


def facts_of(unit: Unit, run_id: UUID) -> RunFacts:
    """What is known of a run. Raises `ObjectNotFound`."""
    facts = unit.tx.run_facts(run_id)
    if facts is None:
        raise ObjectNotFound(f"There is no flow run {run_id}.")
    return facts


def read_handle(unit: Unit, query: ReadHandle) -> RunHandle:
    return unit.handle(unit.locked(query.run_id))


def read_result(unit: Unit, query: ReadResult) -> Result:
    facts_of(unit, query.run_id)
    return unit.tx.result(query.run_id) or Result(ResultKind.MISSING)


def read_entry(unit: Unit, query: ReadEntry) -> EntryRecord | None:
    return facts_of(unit, query.run_id).entry_record


def read_journal(unit: Unit, query: ReadJournal) -> tuple[TaskRecord, ...]:
    facts_of(unit, query.run_id)
    return journal_of(unit, query.run_id)


def journal_of(unit: Unit, run_id: UUID) -> tuple[TaskRecord, ...]:
    """What a run's own process may give back: the ended tasks, those with secrets in clear."""
    records = unit.tx.journal(run_id)
    if all(record.result.kind is not ResultKind.SEALED for record in records):
        return records
    sealing = import_module("signoff.service.sealing")
    opened: tuple[TaskRecord, ...] = sealing.opened_results(unit, records)
    return opened


def read_begun(unit: Unit, query: ReadBegun) -> tuple[TaskStart, ...]:
    facts_of(unit, query.run_id)
    return unit.tx.begun(query.run_id, query.attempt)


def read_signals(unit: Unit, query: ReadSignals) -> tuple[RunSignal, ...]:
    return signals(unit.tx, query.run_ids)


HANDLERS: Handlers = {
    ReadHandle: read_handle,
    ReadResult: read_result,
    ReadEntry: read_entry,
    ReadJournal: read_journal,
    ReadBegun: read_begun,
    ReadSignals: read_signals,
}

FRESH: Mapping[type[Request[Any]], str | None] = {ReadHandle: "run_id"}
"""Lookups that show what a deadline does, and the field that names the one run they concern."""
