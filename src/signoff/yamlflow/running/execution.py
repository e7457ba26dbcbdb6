"""One run of a document in this process.

Owns what all of its tasks share: inputs, outputs so far, labels, what started it, and what
expressions see everywhere in it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from signoff.authoring.runtime.known import page_url
from signoff.core.expressions.ports import Lookups
from signoff.core.expressions.rendering import render_text, render_tree, render_value
from signoff.engine.frames import RunFrame
from signoff.model.commands import WithdrawWait
from signoff.model.errors import ObjectNotFound, StaleEntry
from signoff.yamlflow.document import Document
from signoff.yamlflow.running.lanes import Group, Workers
from signoff.yamlflow.running.lookups import lookups_of
from signoff.yamlflow.running.outcome import Verdict
from signoff.yamlflow.running.outputs import Board
from signoff.yamlflow.running.secrecy import spellings
from signoff.yamlflow.running.stores import StoredFiles, StoredPairs

ZERO = datetime(1970, 1, 1, tzinfo=UTC)


def moment(microseconds: int) -> datetime:
    """A time of the engine as expressions see it."""
    return ZERO + timedelta(microseconds=microseconds)


@dataclass(slots=True, eq=False)
class Execution:
    """A run at work.

    Args:
        document: what runs.
        frame: the run, as the engine knows it.
        inputs: its inputs, checked and complete.
        revision: of the saved flow; None for a document that was not saved.
        trigger: what started it, as expressions see it.
        labels: by name.
        original: the run that this one repeats; itself for most.
        board: what has been done so far.
        workers: how much of it works at present.
        masked: spellings of secrets that were used, kept out of whatever people see.
        state: how it ended, once that is known.
        id: the run's id, as people and expressions see it.
    """

    document: Document
    frame: RunFrame
    inputs: Mapping[str, Any]
    revision: int | None = None
    trigger: Mapping[str, Any] | None = None
    labels: dict[str, Any] = field(default_factory=dict)
    original: str | None = None
    board: Board = field(default_factory=Board)
    workers: Workers = field(default_factory=Workers)
    masked: set[str] = field(default_factory=set)
    state: Verdict | None = None
    # Every task asks for these, and they never change.
    id: str = field(init=False)
    _started: datetime = field(init=False)
    _envs: Mapping[str, str] = field(init=False)
    _flow: Mapping[str, Any] = field(init=False)
    _site: str | None = field(init=False)
    _lookups: Lookups | None = None

    def __post_init__(self) -> None:
        self.id = str(self.frame.run_id)
        self._started = moment(self.frame.started)
        self._envs = {
            name.removeprefix("ENV_").lower(): value
            for name, value in os.environ.items()
            if name.startswith("ENV_")
        }
        self._site = (page_url("") or "").rstrip("/") or None
        self._flow = {
            "id": self.document.id,
            "namespace": self.document.namespace,
            "revision": self.revision,
            "tenantId": "main",
        }

    @property
    def pairs(self) -> StoredPairs:
        """The key-value store."""
        return StoredPairs(self.frame.gateway)

    @property
    def files(self) -> StoredFiles:
        """The files of the flow."""
        document, frame = self.document, self.frame
        return StoredFiles(frame.gateway, document.namespace, document.id, frame.flow_run_id)

    def secret(self, name: str) -> str:
        """A secret; from now on its value is kept out of the logs of this run.

        Raises:
            KeyError: there is none of that name.
        """
        return self.lookups.secret(name)

    def hide(self, *secrets: str) -> None:
        """Keep values out of whatever people see of this run from now on."""
        self.masked |= spellings(secrets)

    @property
    def lookups(self) -> Lookups:
        """What expressions may ask beyond their variables."""
        if self._lookups is None:
            self._lookups = lookups_of(
                self.document, self.frame.gateway, self.hide, self.board.error_logs
            )
        return self._lookups

    def variables(self) -> dict[str, Any]:
        """What expressions see wherever they stand in the document."""
        return {
            "inputs": self.inputs,
            "outputs": self.board.outputs,
            "tasks": self.board.states,
            "flow": self._flow,
            "execution": {
                "id": self.id,
                "startDate": self._started,
                "originalId": self.original or self.id,
                "state": str(self.state or "RUNNING"),
            },
            "vars": self.document.variables,
            "labels": self.labels,
            "trigger": self.trigger or {},
            "envs": self._envs,
            "globals": {},
            "kestra": {"url": self._site},
        }

    def render(self, text: str, typed: bool, variables: Mapping[str, Any]) -> Any:
        """Render a text; `typed` keeps the type of a lone expression."""
        draw = render_value if typed else render_text
        return draw(text, variables, self.lookups)

    def render_tree(self, value: Any, typed: bool, variables: Mapping[str, Any]) -> Any:
        """Render the texts of a list or map, however deep; a text like `render`."""
        return render_tree(value, variables, self.lookups, typed=typed)

    def group(self, outer: Group | None) -> Group:
        """Lanes that belong together, within others."""
        return Group(outer, self.withdraw)

    def withdraw(self, key: str) -> None:
        """Take a question back that nobody needs answered any more."""
        frame = self.frame
        try:
            frame.gateway.send(WithdrawWait(frame.run_id, frame.entry, key))
        except (StaleEntry, ObjectNotFound):
            return
        frame.signals(None)
