"""Documents that come to a server: judged here, before the service saves what they say.

Owns that a client's word about its document is never taken. The service must not know the language,
and reading may take a while, so it happens outside of every transaction.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import Any, TypeVar

from signoff.model.forms import Json
from signoff.model.saved_flows import SaveFlow
from signoff.model.task_types import ReadTaskTypes
from signoff.wire.yaml_flows import FlowProblem, FlowVerdict, ValidateFlow

T = TypeVar("T")

Ask = Callable[[Any], Awaitable[Any]]
"""Has a request carried out."""
Off = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Calls a function off the event loop."""


class Documents:
    """Judges documents.

    Args:
        ask: has a request carried out by the service.
        off: calls a function off the event loop.
    """

    def __init__(self, ask: Ask, off: Off) -> None:
        self._ask = ask
        self._off = off

    async def read(self, request: SaveFlow) -> SaveFlow:
        """The request with what its document says.

        Raises:
            InvalidDocument: it has errors.
        """
        types = await self._ask(ReadTaskTypes())
        facts = await self._off(lambda: _facts(request.source, types))
        return replace(request, facts=facts)

    async def verdict(self, request: ValidateFlow) -> FlowVerdict:
        """What is to be said about a document."""
        types = await self._ask(ReadTaskTypes())
        found: FlowVerdict = await self._off(lambda: _verdict(request.source, types))
        return found

    async def language(self) -> Mapping[str, Json]:
        """The JSON Schema of the language, with the types that were published."""
        types = await self._ask(ReadTaskTypes())
        found: Mapping[str, Json] = await self._off(lambda: _language(types))
        return found


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
