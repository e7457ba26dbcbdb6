"""Documents as flows.

Owns the flow object of a document: called, deployed and entered again like one written in Python.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from signoff.authoring.callables import Signature
from signoff.authoring.context import tags
from signoff.authoring.decorated import passes_calls_on
from signoff.authoring.flow import Flow
from signoff.engine.flows import FlowCall
from signoff.engine.frames import Runtime
from signoff.model.errors import InvalidRequest, ObjectNotFound, ParameterBindError
from signoff.model.journal import DOCUMENTS, NewRun
from signoff.model.states import State
from signoff.yamlflow.document import Document
from signoff.yamlflow.entering import DocumentEntry, qualname_of
from signoff.yamlflow.inputs import secret_schema_of
from signoff.yamlflow.loading import read_installed
from signoff.yamlflow.running.labels import tags_of
from signoff.yamlflow.running.program import run_document
from signoff.yamlflow.running.retrying import is_in_time, plan_of
from signoff.yamlflow.running.starting import complete_inputs

_again: ContextVar[UUID | None] = ContextVar("signoff_yaml_again", default=None)


class YamlFlow(Flow[..., Any]):
    """The flow of a document; its parameters are the document's inputs, given by keyword.

    Args:
        document: what it runs.
        changes: options of `@flow` that differ from what the document says.
    """

    def __init__(self, document: Document, changes: Mapping[str, Any] | None = None) -> None:
        self.document = document
        self._changes = dict(changes or {})
        self._known: dict[UUID, NewRun] = {}

        def run(**inputs: Any) -> Any:
            return run_document(document, inputs, self._known)

        name = f"{document.namespace}.{document.id}"
        run.__name__ = document.id
        super().__init__(
            run, **{"name": name, "description": document.description, **self._changes}
        )
        self._signature = InputSignature(run, document)
        spec = self.spec
        spec.key = f"yaml:{name}"
        spec.json_result = True
        spec.secret_schema = secret_schema_of(document.inputs)
        spec.entry = DocumentEntry(document, os.getcwd(), tuple(sys.path))
        plan = None
        if document.retry is not None and document.retry.behavior == "RETRY_FAILED_TASK":
            plan = plan_of(document.retry)
        if plan is not None and "retries" not in self._changes:
            self._retries = spec.retries = plan.retries
            spec.retry_delay = plan.delays
            if plan.longest is not None:
                spec.may_retry = partial(is_in_time, plan)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the flow, as `Flow.__call__` does.

        Raises:
            InvalidRequest: the document is disabled.
            InvalidAnswer: inputs are not allowed; `errors` has one entry per input.
        """
        if self.document.disabled:
            raise InvalidRequest(
                f"Flow {self.name!r} is disabled; take `disabled: true` out of its document."
            )
        with tags(*tags_of(self.document.labels)):
            return super().__call__(*args, **kwargs)

    def go_on(self, run_id: UUID, inputs: Mapping[str, Any]) -> State[Any]:
        """Call the flow, but for a run that an earlier attempt of the caller began: that one runs
        again where it failed.

        Args:
            run_id: the run.
            inputs: what it is called with.
        """
        token = _again.set(run_id)
        try:
            state: State[Any] = self(return_state=True, **inputs)
        finally:
            _again.reset(token)
        return state

    def _call(
        self, process: Runtime, parameters: dict[str, Any], place: str, early: bool
    ) -> FlowCall:
        call, run_id = super()._call(process, parameters, place, early), _again.get()
        if run_id is None:
            return call
        # What it calls itself is called as ever.
        _again.set(None)
        return replace(call, run_id=run_id)

    def _restore(self, new: NewRun) -> FlowCall:
        self._known[new.id] = new
        return super()._restore(new)

    def _with(self, changes: dict[str, Any]) -> YamlFlow:
        return YamlFlow(self.document, self._changes | changes)

    def __reduce__(self) -> Any:
        return _stored, (self.document.digest,)


class InputSignature(Signature):
    """The inputs of a document in place of a function's parameters.

    Args:
        fn: the function of the flow.
        document: whose inputs are meant.
    """

    def __init__(self, fn: Any, document: Document) -> None:
        super().__init__(fn)
        self._document = document

    def bind(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs, checked and complete.

        Raises:
            ParameterBindError: some were given by position.
            InvalidAnswer: some are not allowed.
        """
        if args:
            raise ParameterBindError(
                f"Flow {self._document.id!r} takes its inputs by name, such as "
                f"{self._document.id}(name=...); got {tuple(args)!r} by position."
            )
        return complete_inputs(self._document, kwargs)

    def spread(self, parameters: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The (args, kwargs) of the flow's function."""
        return (), dict(parameters)

    def complete(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Stored inputs as they are: they are completed when the run begins."""
        return dict(parameters)

    def validate(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs; they have been checked."""
        return dict(parameters)


def flow_of(document: Document) -> YamlFlow:
    """The flow of a document.

    Args:
        document: a valid one.
    """
    return YamlFlow(document)


def load_flow(file: str | os.PathLike[str]) -> YamlFlow:
    """The flow in a YAML file.

    Args:
        file: path of the document.

    Returns:
        A flow that is called with its inputs by keyword: `load_flow("leave.yaml")(days=3)`. Inputs
        with dots in their ids are given nested, or by `**{"request.name": "Ada"}`.

    Raises:
        ObjectNotFound: there is no such file.
        InvalidDocument: it is no valid document; `problems` names each mistake and its place.
    """
    path = Path(file)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ObjectNotFound(f"{path} cannot be read: {error.strerror}.") from None
    return flow_of(read_installed(text, str(path)))


def _stored(digest: str) -> Any:
    return getattr(importlib.import_module(DOCUMENTS), qualname_of(digest))


passes_calls_on(YamlFlow.__call__)
