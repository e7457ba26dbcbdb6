"""What a document says that the service has to know.

Owns how a document becomes a deployment with schedules and triggers. Must not know how they are
stored or who fires them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from signoff.model.collisions import ConcurrencyLimitStrategy
from signoff.model.journal import DOCUMENTS, EntryRecord
from signoff.model.saved_flows import FlowFacts, TriggerFacts, TriggerKind
from signoff.model.schedules import CatchUp, CronSchedule, DeploymentScheduleCreate
from signoff.yamlflow.catalog.registry import Catalog
from signoff.yamlflow.catalog.types import TaskType
from signoff.yamlflow.document import Document, Trigger
from signoff.yamlflow.inputs import form_of
from signoff.yamlflow.problems import InvalidDocument, Problem, Severity
from signoff.yamlflow.reading import load_document

_COLLISIONS = {
    "QUEUE": ConcurrencyLimitStrategy.ENQUEUE,
    "CANCEL": ConcurrencyLimitStrategy.CANCEL_NEW,
    "FAIL": ConcurrencyLimitStrategy.FAIL_NEW,
}
_CATCH_UP: dict[str, CatchUp] = {"ALL": "all", "LAST": "latest", "NONE": "none"}


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a text.

    Args:
        facts: what the service has to know; None when the text has errors.
        problems: every finding, in the order of the file.
    """

    facts: FlowFacts | None
    problems: tuple[Problem, ...]


def judge(source: str, *, file: str = "", further: Iterable[TaskType] = ()) -> Judged:
    """Read a document, and say what the service has to know of it.

    Args:
        source: the whole text.
        file: its name, for the places of problems.
        further: task types besides the built-in ones.
    """
    loaded = load_document(source, file=file, catalog=Catalog(further))
    if loaded.document is None:
        return Judged(None, loaded.problems)
    return Judged(facts_of(loaded.document, loaded.problems), loaded.problems)


def require(judged: Judged) -> FlowFacts:
    """What the service has to know of a document.

    Raises:
        InvalidDocument: it has errors; all of them are told.
    """
    if judged.facts is None:
        raise InvalidDocument(judged.problems)
    return judged.facts


def facts_of(document: Document, problems: Iterable[Problem] = ()) -> FlowFacts:
    """What the service has to know of a document.

    Args:
        document: the document.
        problems: what was found; warnings are kept with the flow.
    """
    limit = document.concurrency
    return FlowFacts(
        namespace=document.namespace,
        flow=document.id,
        entry_record=_entry(document),
        description=document.description,
        tags=tuple(f"{name}:{value}" for name, value in document.labels.items()),
        variables=document.variables,
        disabled=document.disabled,
        parameter_schema=form_of(document.inputs).schema,
        schedules=tuple(map(_schedule, _of_kind(document, TriggerKind.SCHEDULE))),
        concurrency_limit=None if limit is None else limit.limit,
        collision_strategy=_COLLISIONS["QUEUE" if limit is None else limit.behavior],
        triggers=tuple(map(_trigger, document.triggers)),
        warnings=tuple(str(each) for each in problems if each.severity is Severity.WARNING),
    )


def _entry(document: Document) -> EntryRecord:
    """How any machine enters its runs."""
    return EntryRecord(
        host="",
        user="",
        interpreter="",
        directory="",
        path=(),
        file=None,
        module=DOCUMENTS,
        qualname=f"d{document.digest}",
        source_hash=document.digest,
    )


def _of_kind(document: Document, kind: TriggerKind) -> list[Trigger]:
    return [each for each in document.triggers if each.kind == kind.value]


def _trigger(trigger: Trigger) -> TriggerFacts:
    return TriggerFacts(
        id=trigger.id,
        kind=TriggerKind(trigger.kind),
        disabled=trigger.disabled,
        when=trigger.when,
        inputs=trigger.inputs,
        properties=trigger.properties,
    )


def _schedule(trigger: Trigger) -> DeploymentScheduleCreate:
    """The moments of a trigger; its inputs and conditions are looked at when a run is made."""
    told = trigger.properties
    return DeploymentScheduleCreate(
        schedule=CronSchedule(
            cron=told["cron"],
            timezone=told.get("timezone"),
            with_seconds=told.get("withSeconds") is True,
        ),
        active=not trigger.disabled,
        slug=trigger.id,
        catchup=_CATCH_UP[told.get("recoverMissedSchedules") or "ALL"],
    )
