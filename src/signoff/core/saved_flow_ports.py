"""What the service asks of a database about saved flows, as a protocol.

A transaction (`core.ports.Tx`) offers it. Owns the contract only. All times are UTC microseconds
since the Unix epoch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from signoff.model.forms import Json

if TYPE_CHECKING:
    from signoff.model.actors import Actor
    from signoff.model.saved_flows import FlowRevision, TriggerFacts, TriggerKind


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A flow as it is stored.

    Args:
        namespace, flow: its name.
        revision: number of its newest revision.
        deployment_id: of its runs; meaningless once it is deleted.
        disabled, deleted: how it stands.
        created, updated: when it was first saved and last changed.
        facts: what else is told of it.
    """

    namespace: str
    flow: str
    revision: int
    deployment_id: UUID
    disabled: bool
    deleted: bool
    created: int
    updated: int
    facts: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class TriggerRow:
    """A trigger with the flow it starts.

    Args:
        namespace, flow: the flow.
        facts: the trigger.
        since: place in the history after which events concern it.
        state: what it remembers.
    """

    namespace: str
    flow: str
    facts: TriggerFacts
    since: int
    state: Mapping[str, Json]


class SavedFlows(Protocol):
    """Saved flows of one transaction."""

    def get(self, namespace: str, flow: str, lock: bool = False) -> FlowRow | None:
        """A flow, deleted ones included; with `lock` nobody else changes it until the end."""

    def put(self, row: FlowRow) -> None:
        """Store a flow, new or known."""

    def listed(self, namespace: str | None, limit: int, offset: int) -> tuple[FlowRow, ...]:
        """The flows that are not deleted, by name."""

    def add_revision(self, row: FlowRow, digest: str, by: Actor, now: int) -> None: ...

    def revisions(
        self, namespace: str, flow: str, limit: int, offset: int
    ) -> tuple[FlowRevision, ...]:
        """The revisions of a flow without their texts, newest first."""

    def revision(self, namespace: str, flow: str, revision: int) -> FlowRevision | None: ...

    def put_triggers(
        self, namespace: str, flow: str, triggers: Sequence[TriggerFacts], since: int
    ) -> None:
        """Give a flow exactly these triggers; one that is as it was keeps what it remembers."""

    def triggers(self, namespace: str, flow: str) -> tuple[TriggerRow, ...]: ...

    def triggers_of_kind(self, kind: TriggerKind) -> tuple[TriggerRow, ...]:
        """The triggers of all flows that are neither disabled nor deleted."""

    def remember(self, trigger: TriggerRow, state: Mapping[str, Json]) -> None:
        """Keep what a trigger has to remember."""

    def cursor(self, name: str, lock: bool = False) -> int | None:
        """A place in the history that a reader has come to; with `lock` nobody else moves it until
        the end."""

    def move_cursor(self, name: str, seq: int) -> None: ...

    def newest_event(self) -> int:
        """A place in the history after everything that is settled now."""

    def started_by(self, run_id: UUID, trigger: Mapping[str, Json]) -> None:
        """Keep what started a run."""

    def what_started(self, run_id: UUID) -> Mapping[str, Json] | None: ...
