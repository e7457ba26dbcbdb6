"""Documents that come to a server: judged here, before the service saves what they say.

Owns that a client's word about its document is never taken. The service must not know the language,
and reading may take a while, so it happens outside of every transaction.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from importlib import import_module
from types import ModuleType
from typing import Any

from signoff.core.forms.texts import InvalidText
from signoff.core.ports import NewId
from signoff.model.commands import AnswerWait
from signoff.model.documents import ReadDocument
from signoff.model.errors import InvalidAnswer, InvalidRequest
from signoff.model.files import SCHEME, KeepFile
from signoff.model.forms import Json
from signoff.model.queries import ReadRun, ReadWait
from signoff.model.replies import WaitView
from signoff.model.saved_flows import FlowRevision, ReadSavedFlow, SaveFlow
from signoff.model.starting import StartFlow
from signoff.model.task_types import ReadTaskTypes
from signoff.wire.yaml_flows import (
    AnswerForm,
    FlowPart,
    FlowProblem,
    FlowVerdict,
    ReadOutline,
    ValidateFlow,
)

_KEPT = 64
"""Documents that are kept ready; they are found by content, so none is ever out of date."""
_JUDGED = 256
"""Verdicts that are kept, by text and known types: a history is looked at again and again."""

Ask = Callable[[Any], Awaitable[Any]]
"""Has a request carried out."""
Off = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Calls a function off the event loop."""


class Documents:
    """Judges documents.

    Args:
        ask: has a request carried out by the service.
        now: the same, on this very thread.
        off: calls a function off the event loop.
        new_id: makes identifiers.
    """

    def __init__(self, ask: Ask, now: Callable[[Any], Any], off: Off, new_id: NewId) -> None:
        self._ask = ask
        self._now = now
        self._off = off
        self._new_id = new_id
        self._read: dict[str, Any] = {}
        self._judged: dict[bytes, FlowVerdict] = {}

    async def read(self, request: SaveFlow) -> SaveFlow:
        """The request with what its document says.

        Raises:
            InvalidDocument: it has errors.
        """
        types = await self._ask(ReadTaskTypes())
        facts = await self._off(lambda: _facts(request.source, types))
        return replace(request, facts=facts)

    async def start(self, request: StartFlow) -> StartFlow:
        """The request with the values of its inputs: texts read, defaults worked out.

        Raises:
            InvalidRequest: some do not fit, with one error per field.
        """
        saved = await self._ask(ReadSavedFlow(request.namespace, request.flow))
        document = await self.document(saved.latest)
        run_id = request.run_id or self._new_id()
        uploads: dict[str, Json] = {
            each.input: f"{SCHEME}{request.namespace}/{request.flow}/upload/{each.file.name}"
            for each in request.files
        }
        given = {**request.inputs, **uploads}
        scope = import_module("signoff.yamlflow.triggering.scope").Scope(
            document, saved.latest.revision, self._now, request.trigger, run_id
        )
        inputs = await self._off(lambda: scope.inputs(given, texts=request.texts))
        left = _without(inputs, [name.split(".") for name in uploads])
        return replace(request, run_id=run_id, inputs=left, texts=False)

    async def document(self, revision: FlowRevision) -> Any:
        """The document of a revision."""
        known = self._read.get(revision.digest)
        if known is None:
            types = await self._ask(ReadTaskTypes())
            source = revision.source or await self._ask(ReadDocument(revision.digest))
            known = await self._off(lambda: self._parsed(revision.digest, source, types))
        return known

    def parsed(self, digest: str, source: str) -> Any:
        """The document of a text; called off the event loop."""
        known = self._read.get(digest)
        return known or self._parsed(digest, source, self._now(ReadTaskTypes()))

    def _parsed(self, digest: str, source: str, types: Iterable[Mapping[str, Json]]) -> Any:
        reading = import_module("signoff.yamlflow.reading")
        catalog = import_module("signoff.yamlflow.catalog").Catalog(_further(types))
        document = reading.require_document(source, catalog=catalog)
        if len(self._read) >= _KEPT:
            self._read.clear()
        self._read[digest] = document
        return document

    async def answer(self, request: AnswerForm) -> AnswerWait:
        """The answer that texts and files of a form stand for.

        Raises:
            InvalidAnswer: some are no values of their fields, with one error per field.
        """
        view: WaitView = await self._ask(ReadWait(request.run_id, request.key))
        form = view.form
        if form is None:
            raise InvalidRequest(f"The wait {request.key!r} asks for nothing; answer it without.")
        run = await self._ask(ReadRun(request.run_id))
        pairs = [f"{each.field}={each.text}" for each in request.values]
        for each in request.files:
            keep = KeepFile("runs", _word(run.flow_name), each.file, request.run_id)
            pairs.append(f"{each.input}:={json.dumps(await self._ask(keep))}")
        forms = import_module("signoff.core.forms.inputs")
        try:
            answer = forms.parse_inputs(form, pairs)
        except InvalidText as wrong:
            said = "; ".join(map(str, wrong.errors))
            told = f"The answer does not fit the form: {said}"
            raise InvalidAnswer(told, errors=wrong.errors) from None
        return AnswerWait(request.run_id, answer, request.key)

    async def verdict(self, request: ValidateFlow) -> FlowVerdict:
        """What is to be said about a document."""
        types = await self._ask(ReadTaskTypes())
        mark = sha256(f"{json.dumps(types)}\0{request.source}".encode("utf-8", "replace")).digest()
        found = self._judged.get(mark)
        if found is None:
            found = await self._off(lambda: _verdict(request.source, types))
            if len(self._judged) >= _JUDGED:
                self._judged.clear()
            self._judged[mark] = found
        return found

    async def outline(self, request: ReadOutline) -> tuple[FlowPart, ...]:
        """What stands where in a saved flow.

        Raises:
            InvalidDocument: this version cannot read it.
        """
        saved = await self._ask(ReadSavedFlow(request.namespace, request.flow))
        parts = import_module("signoff.yamlflow.outlining").parts_of
        document = await self.document(saved.latest)
        return tuple(
            FlowPart(e.section, e.id, e.type, e.line, e.depth, e.branch, e.disabled)
            for e in parts(document)
        )

    async def language(self) -> Mapping[str, Json]:
        """The JSON Schema of the language, with the types that were published."""
        types = await self._ask(ReadTaskTypes())
        found: Mapping[str, Json] = await self._off(lambda: _language(types))
        return found


def _without(values: Mapping[str, Json], paths: Iterable[Sequence[str]]) -> dict[str, Json]:
    """Nested values without those at some places."""
    left = {name: value for name, value in values.items() if [name] not in paths}
    for path in paths:
        if len(path) > 1 and isinstance(left.get(path[0]), Mapping):
            left[path[0]] = _without(left[path[0]], [path[1:]])
    return left


def _word(name: str | None) -> str:
    """A flow's name as a part of an address."""
    return re.sub(r"[^a-zA-Z0-9._-]", "-", name or "")[:100].lstrip("._-") or "flow"


def _saving() -> ModuleType:
    # Loaded with the first document: most servers have none.
    return import_module("signoff.yamlflow.saving")


def _further(types: Iterable[Mapping[str, Json]]) -> list[Any]:
    decode = import_module("signoff.yamlflow.catalog.plugins").decode_type
    return [decode(each) for each in types]


def _language(types: Iterable[Mapping[str, Json]]) -> Mapping[str, Json]:
    catalog = import_module("signoff.yamlflow.catalog.registry").Catalog(_further(types))
    schema: Mapping[str, Json] = import_module("signoff.yamlflow.schema").language_schema(catalog)
    return schema


def _facts(source: str, types: Iterable[Mapping[str, Json]]) -> Any:
    saving = _saving()
    return saving.require(saving.judge(source, further=_further(types)))


def _verdict(source: str, types: Iterable[Mapping[str, Json]]) -> FlowVerdict:
    judged = _saving().judge(source, further=_further(types))
    facts = judged.facts
    return FlowVerdict(
        valid=facts is not None,
        namespace=None if facts is None else facts.namespace,
        flow=None if facts is None else facts.flow,
        problems=tuple(
            FlowProblem(
                each.severity.value, each.dotted, each.message, each.mark.line, each.mark.column
            )
            for each in judged.problems
        ),
    )
