"""What expressions see before there is a run: those of triggers, and of inputs at a start."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from signoff.authoring.runtime.known import page_url
from signoff.core.expressions.ports import Lookups
from signoff.core.expressions.rendering import render_tree, render_value
from signoff.engine.clock import new_id
from signoff.model.commands import Request
from signoff.model.errors import (
    ExpressionError,
    InvalidAnswer,
    InvalidRequest,
    ObjectNotFound,
)
from signoff.model.files import ReadFile
from signoff.model.forms import FieldError, Json
from signoff.model.key_values import ReadKeyValue
from signoff.yamlflow.document import Document, Trigger
from signoff.yamlflow.inputs import resolve
from signoff.yamlflow.secret_values import secret_reader
from signoff.yamlflow.truth import truthy

R = TypeVar("R")

Ask = Callable[[Request[Any]], Any]
"""Has a request carried out by the service."""


class Scope:
    """The variables and look-ups of one start.

    Args:
        document: the flow that is to start.
        revision: of its text.
        ask: has a request carried out.
        trigger: what fires, as `trigger` in expressions; None for a person.
        run_id: of the run that is to start, where it is known.
    """

    def __init__(
        self,
        document: Document,
        revision: int,
        ask: Ask,
        trigger: Mapping[str, Any] | None = None,
        run_id: UUID | None = None,
    ) -> None:
        self._document = document
        self._ask = ask
        self._variables: dict[str, Any] = {
            "flow": {"id": document.id, "namespace": document.namespace, "revision": revision},
            "vars": document.variables,
            "labels": document.labels,
            "inputs": {},
            "trigger": trigger or {},
            "envs": {},
            "globals": {},
            "kestra": {"url": (page_url("") or "").rstrip("/") or None},
        }
        if run_id is not None:
            self._variables["execution"] = {
                "id": str(run_id),
                "startDate": datetime.now(UTC).isoformat(),
            }

    def rendered(self, value: Any, inputs: Mapping[str, Json] | None = None) -> Any:
        """A value with its expressions worked out; a lone one keeps its type.

        Raises:
            ExpressionError: one cannot be worked out.
        """
        variables = self._variables if inputs is None else {**self._variables, "inputs": inputs}
        return render_tree(value, variables, self._lookups(), typed=True)

    def holds(self, trigger: Trigger) -> bool:
        """Whether every condition of a trigger is met.

        Raises:
            ExpressionError: one cannot be worked out.
        """
        lookups = self._lookups()
        return all(truthy(render_value(each, self._variables, lookups)) for each in trigger.when)

    def asked(self, trigger: Trigger) -> dict[str, Json]:
        """Values that a trigger gives to the inputs of its run.

        Raises:
            InvalidRequest: with one error per field.
        """
        values, errors = {}, []
        for name, value in trigger.inputs.items():
            try:
                values[name] = self.rendered(value)
            except ExpressionError as wrong:
                errors.append(FieldError((name,), f"cannot be worked out: {wrong}"))
        if errors:
            raise self._refused(errors)
        return self.inputs(values, texts=True)

    def inputs(self, given: Mapping[str, Json], *, texts: bool) -> dict[str, Json]:
        """Values for the inputs of a run, those that are left out among them as far as they have
        a default.

        Args:
            given: values by id, or nested.
            texts: they may be given as text (`"3"` for 3).

        Raises:
            InvalidRequest: with one error per field.
        """
        try:
            values = resolve(self._document.inputs, given, render=self.rendered, texts=texts)
        except InvalidAnswer as refused:
            raise self._refused(refused.errors) from None
        return _without_nothing(values)

    def _refused(self, errors: Sequence[FieldError]) -> InvalidRequest:
        said = "; ".join(map(str, errors))
        return InvalidRequest(
            f"Inputs do not fit flow {self._document.namespace}/{self._document.id}: {said}.",
            {"errors": [_named(each) for each in errors]},
        )

    def _lookups(self) -> Lookups:
        return Lookups(
            now=lambda: datetime.now(UTC),
            new_id=lambda: new_id().hex,
            random=random.random,
            secret=secret_reader(os.environ, _unnoticed),
            key_value=self._key_value,
            read_file=self._file,
            error_logs=list,
        )

    def _key_value(self, key: str, namespace: str | None) -> object:
        wanted = ReadKeyValue(namespace or self._document.namespace, key, error_on_missing=False)
        pair = self._ask(wanted)
        if pair is None:
            raise KeyError(key)
        return pair.value

    def _file(self, uri: str) -> str:
        try:
            content: bytes = self._ask(ReadFile(uri)).content
        except ObjectNotFound:
            raise KeyError(uri) from None
        return content.decode()


def _unnoticed(secret: str) -> None:
    """Nothing is logged here in which a secret could stand."""


def _named(error: FieldError) -> dict[str, Json]:
    return {"field": ".".join(("inputs", *map(str, error.path))), "message": error.message}


def _without_nothing(values: Mapping[str, Json]) -> dict[str, Json]:
    """The values that there are: what nobody gave is left for the run to find missing."""
    return {
        name: _without_nothing(value) if isinstance(value, Mapping) else value
        for name, value in values.items()
        if value is not None
    }
