"""Saved flows: documents with a name, their revisions, and what starts runs of them.

Owns what a saved flow is to clients, and what can be asked. Must not know the language of
documents: whoever reads one passes on what the service has to know of it (`FlowFacts`). Loaded with
the first saved flow only. Times are UTC microseconds since the Unix epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from uuid import UUID

from signoff.model.collisions import ConcurrencyLimitStrategy
from signoff.model.commands import Command
from signoff.model.forms import Json
from signoff.model.journal import EntryRecord
from signoff.model.lookups import Query
from signoff.model.replies import Done
from signoff.model.schedules import DeploymentScheduleCreate
from signoff.model.values import dataclass

SAVED = "system.flow"
"""Label of a deployment that a saved flow keeps: namespace and id."""


class TriggerKind(StrEnum):
    """What starts runs by itself."""

    SCHEDULE = "schedule"
    WEBHOOK = "webhook"
    FLOW = "flow"


@dataclass(frozen=True, slots=True)
class TriggerFacts:
    """A trigger of a flow, as the service keeps it.

    Args:
        id, kind: which one.
        disabled: it starts nothing.
        when: expressions that must all be truthy.
        inputs: values for the inputs of its runs; may contain expressions.
        properties: what else its kind has; never shown as it is, because of secret keys.
    """

    id: str
    kind: TriggerKind
    disabled: bool = False
    when: tuple[str, ...] = ()
    inputs: Mapping[str, Json] = field(default_factory=dict)
    properties: Mapping[str, Json] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class FlowFacts:
    """What a document says that the service has to know.

    Args:
        namespace, flow: its name.
        entry_record: how its runs are entered.
        description, tags: for people.
        variables: of the flow; expressions of triggers may use them.
        disabled: no run of it may start.
        parameter_schema: JSON Schema of its inputs.
        schedules: of its deployment; the slug is the id of the trigger.
        concurrency_limit, collision_strategy: how many runs may work at once.
        triggers: all of them, schedules included.
        warnings: what is to be said about it.
    """

    namespace: str
    flow: str
    entry_record: EntryRecord
    description: str | None = None
    tags: tuple[str, ...] = ()
    variables: Mapping[str, Json] = field(default_factory=dict)
    disabled: bool = False
    parameter_schema: Mapping[str, Json] = field(default_factory=dict)
    schedules: tuple[DeploymentScheduleCreate, ...] = ()
    concurrency_limit: int | None = None
    collision_strategy: ConcurrencyLimitStrategy = ConcurrencyLimitStrategy.ENQUEUE
    triggers: tuple[TriggerFacts, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowRevision:
    """One text of a flow.

    Args:
        namespace, flow, revision: which one; revisions count from 1.
        digest: of the text.
        by, via, at: who saved it, through which face, and when.
        source: the text, where it was asked for.
    """

    namespace: str
    flow: str
    revision: int
    digest: str
    by: str
    via: str
    at: int
    source: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SavedFlow:
    """A saved flow.

    Args:
        latest: its newest revision.
        deployment_id: the deployment that its runs are made from.
        disabled: no run of it may start.
        created, updated: when it was first saved and last changed.
        description, tags: for people.
        work_pool: whose workers start its runs; None for any worker.
        triggers: what starts runs by itself, as `kind id`.
        warnings: what was said about it.
        changed: this request made the newest revision.
    """

    latest: FlowRevision
    deployment_id: UUID
    disabled: bool
    created: int
    updated: int
    description: str | None = None
    tags: tuple[str, ...] = ()
    work_pool: str | None = None
    triggers: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    changed: bool = False

    @property
    def full_name(self) -> str:
        """`namespace/id`, by which people name it."""
        return f"{self.latest.namespace}/{self.latest.flow}"


# Commands ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SaveFlow(Command[SavedFlow]):
    """Save a document: the same text is the same revision, another one the next.

    Args:
        source: the document.
        facts: what it says. A server finds that out by itself and takes nobody's word.
        work_pool: whose workers start its runs; None leaves that as it is, "" means any worker.
        revision: the newest revision that the sender knows; the request is refused when there is a
            newer one. None to save whatever there is.
    """

    source: str = field(repr=False)
    facts: FlowFacts | None = None
    work_pool: str | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class DeleteSavedFlow(Command[Done]):
    """Delete a flow with its deployment and triggers. Revisions and runs stay on record."""

    namespace: str
    flow: str


@dataclass(frozen=True, slots=True)
class EnableFlow(Command[Done]):
    """Let runs of it start again."""

    namespace: str
    flow: str


@dataclass(frozen=True, slots=True)
class DisableFlow(Command[Done]):
    """Let no run of it start."""

    namespace: str
    flow: str


# Queries -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadSavedFlow(Query[SavedFlow]):
    """A saved flow, with the text of its newest revision."""

    namespace: str
    flow: str


@dataclass(frozen=True, slots=True)
class ReadSavedFlows(Query[tuple[SavedFlow, ...]]):
    """Saved flows by name; with `namespace` only those in it or below."""

    namespace: str | None = None
    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class ReadRevisions(Query[tuple[FlowRevision, ...]]):
    """The revisions of a flow, newest first; also of one that was deleted."""

    namespace: str
    flow: str
    limit: int = 200
    offset: int = 0


@dataclass(frozen=True, slots=True)
class ReadRevision(Query[FlowRevision]):
    """One revision, with its text."""

    namespace: str
    flow: str
    revision: int


@dataclass(frozen=True, slots=True)
class ReadDifference(Query[str]):
    """What changed between two revisions, as a unified diff; between the newest and the one before
    it when they are not given."""

    namespace: str
    flow: str
    first: int | None = None
    second: int | None = None


@dataclass(frozen=True, slots=True)
class ReadTriggers(Query[tuple[TriggerFacts, ...]]):
    """The triggers of a flow; `MASK` in place of secret keys."""

    namespace: str
    flow: str


@dataclass(frozen=True, slots=True)
class ReadWebhookKey(Query[str]):
    """The secret part of the address of a webhook, as the document has it."""

    namespace: str
    flow: str
    trigger: str
