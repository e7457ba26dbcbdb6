"""The service keeps to its rules: one judge of phases, and every request has a handler."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from signoff import service
from signoff.model import commands, queries
from signoff.model.commands import Command, FinishTasks, Request
from signoff.model.lookups import Query
from signoff.service.orchestrator import COMMANDS
from signoff.service.reads import FRESH
from signoff.service.reads import HANDLERS as QUERIES

pytestmark = pytest.mark.service

FOLDER = Path(inspect.getfile(service)).parent


def classes(module: Any, base: type) -> set[type]:
    return {
        each
        for each in vars(module).values()
        if inspect.isclass(each) and issubclass(each, base) and each not in (base, Request)
    }


def test_every_request_has_a_handler() -> None:
    # Ended tasks go to the store's own statement.
    assert set(COMMANDS) | {FinishTasks} == classes(commands, Command)
    assert set(QUERIES) == classes(queries, Query)
    assert set(FRESH) <= set(QUERIES)


def reply_of(request: type) -> Any:
    """What `class X(Command[Reply])` promises."""
    (base,) = request.__orig_bases__  # type: ignore[attr-defined]
    return base.__args__[0]


@pytest.mark.parametrize("request_type", [*COMMANDS, *QUERIES], ids=lambda each: each.__name__)
def test_a_handler_takes_its_request_and_returns_its_reply(request_type: type) -> None:
    handler = {**COMMANDS, **QUERIES}[request_type]
    hints = get_type_hints(handler)
    parameter = list(inspect.signature(handler).parameters)[1]
    assert hints[parameter] is request_type
    assert hints["return"] == reply_of(request_type)


def test_the_service_never_compares_phases() -> None:
    found = []
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare):
                parts = ast.dump(node)
                if "'phase'" in parts or "id='Phase'" in parts or "'state_type'" in parts:
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []
