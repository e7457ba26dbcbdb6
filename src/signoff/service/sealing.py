"""Secret parameters of runs: unreadable at rest, masked for people, clear for the run's process.

Owns the mark by which a sealed value is known again, so that what a run was given stays readable
when the schema of its deployment has changed since. Which values are secret is said by the schema
of the deployment, or of the run itself.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from signoff.core.forms import MASK
from signoff.model.errors import InvalidRequest
from signoff.model.forms import Form, Json
from signoff.model.journal import ResultKind
from signoff.service import secrets
from signoff.service.unit import Unit

if TYPE_CHECKING:
    from signoff.model.journal import NewRun, TaskRecord
    from signoff.model.views import FlowRun
    from signoff.service.forms import FormShelf

MARK = "signoff:sealed:"


def sealed(unit: Unit, schema: Mapping[str, Json], values: Mapping[str, Json]) -> dict[str, Json]:
    """Values as they are stored: those that the schema calls secret cannot be read."""
    if not secrets.may_hide(schema):
        return dict(values)
    forms = unit.means.forms
    return secrets.changed(Form(schema), values, lambda value: MARK + forms.lock_away(value))


def sealed_run(unit: Unit, new: NewRun) -> NewRun:
    """A run as it is stored: what its own schema calls secret cannot be read.

    Raises:
        InvalidRequest: a parameter looks as if it had been sealed.
    """
    refuse_sealed(new.parameters)
    schema, pickled = new.secret_schema or {}, new.pickled
    if pickled is not None and secrets.may_hide(schema):
        # Secrets cannot be told apart in there.
        pickled = (MARK + unit.means.forms.lock_away(b64encode(pickled).decode())).encode()
    parameters = sealed(unit, schema, new.parameters)
    return replace(new, parameters=parameters, pickled=pickled, secret_schema=None)


def opened_run(unit: Unit, new: NewRun) -> NewRun:
    """A stored run in clear: for the process that works on it, never for people."""
    forms, pickled = unit.means.forms, new.pickled

    def clear(text: str) -> Json:
        return forms.take_out(text.removeprefix(MARK))

    if pickled is not None and pickled.startswith(MARK.encode()):
        pickled = b64decode(clear(pickled.decode()))
    return replace(new, parameters=_everywhere(dict(new.parameters), clear), pickled=pickled)


def sealed_results(forms: FormShelf, records: Sequence[TaskRecord]) -> tuple[TaskRecord, ...]:
    """Ended tasks as they are stored: results with secrets cannot be read."""

    def seal(body: bytes) -> bytes:
        return forms.lock_away(b64encode(body).decode()).encode()

    return tuple(_with_body(record, seal) for record in records)


def opened_results(unit: Unit, records: Sequence[TaskRecord]) -> tuple[TaskRecord, ...]:
    """Stored ended tasks in clear: for the process that works on their run, never for people."""
    forms = unit.means.forms

    def clear(body: bytes) -> bytes:
        return b64decode(forms.take_out(body.decode()))

    return tuple(_with_body(record, clear) for record in records)


def _with_body(record: TaskRecord, change: Callable[[bytes], bytes]) -> TaskRecord:
    result = record.result
    if result.kind is not ResultKind.SEALED or result.body is None:
        return record
    return replace(record, result=replace(result, body=change(result.body)))


def refuse_sealed(values: Mapping[str, Json]) -> None:
    """Refuse what looks as if it had been sealed: nobody may hand in what he cannot read.

    Raises:
        InvalidRequest: a text begins with the mark.
    """

    def refuse(text: str) -> Json:
        raise InvalidRequest(f"A value must not begin with {MARK!r}.")

    _everywhere(dict(values), refuse)


def masked(run: FlowRun) -> FlowRun:
    """A run for people: a mask stands in place of sealed parameters."""
    run.parameters = _everywhere(run.parameters, lambda text: MASK)
    return run


def _everywhere(value: Any, change: Callable[[str], Json]) -> Any:
    if isinstance(value, str):
        return change(value) if value.startswith(MARK) else value
    if isinstance(value, dict):
        return {name: _everywhere(each, change) for name, each in value.items()}
    if isinstance(value, list):
        return [_everywhere(each, change) for each in value]
    return value
