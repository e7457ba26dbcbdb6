"""Runs of saved flows: what can be asked to start them, and what started one.

Owns the requests. Must not know triggers: whoever knows that one fires says so here. Times are UTC
microseconds since the Unix epoch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from uuid import UUID

from signoff.model.commands import Command
from signoff.model.files import NewFile
from signoff.model.forms import Json
from signoff.model.lookups import Query
from signoff.model.replies import RunHandle
from signoff.model.values import dataclass


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is given for an input.

    Args:
        input: id of the input.
        file: name and content.
    """

    input: str
    file: NewFile


@dataclass(frozen=True, slots=True)
class StartFlow(Command[RunHandle]):
    """Register a run of a saved flow. Nothing is kept when an input does not fit.

    Args:
        namespace, flow: which one.
        run_id: made by the sender, so that a repeated request is recognised; made when not given.
        inputs: values, nested or with dotted names.
        files: uploads for inputs.
        tags: besides those of the flow.
        name: of the run.
        scheduled: when it shall start; at once when not given.
        idempotency_key: a second run with this key is the first one.
        trigger: what started it, as `trigger` in expressions; None for a person.
        texts: values may be given as text, which a server reads.
    """

    namespace: str
    flow: str
    run_id: UUID | None = None
    inputs: Mapping[str, Json] = field(default_factory=dict)
    files: tuple[Upload, ...] = ()
    tags: tuple[str, ...] = ()
    name: str | None = None
    scheduled: int | None = None
    idempotency_key: str | None = None
    trigger: Mapping[str, Json] | None = None
    texts: bool = False


@dataclass(frozen=True, slots=True)
class ReadTrigger(Query[Mapping[str, Json] | None]):
    """What started a run, as `trigger` in expressions; None for a person."""

    run_id: UUID
