"""The service keeps to its rules: one judge of phases, and every request has a handler."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pathlib import Path
from typing import Any, ForwardRef, get_type_hints

import pytest

from signoff import service
from signoff.model import commands, lookups, queries, replies
from signoff.model.commands import Command, FinishTasks, Request
from signoff.model.errors import InvalidRequest
from signoff.model.lookups import Query
from signoff.service.orchestrator import APART, AT_ONCE, LATER
from signoff.service.stepping import Partly
from signoff.store import open_store
from tests.service.world import World

pytestmark = pytest.mark.service

MODULES = [*AT_ONCE, *(import_module(name) for name in (*LATER, *APART.values()))]
SHARED = [import_module(name) for name in APART]
HANDLERS = {kind: handler for module in MODULES for kind, handler in module.HANDLERS.items()}
FRESH = {kind for module in MODULES for kind in getattr(module, "FRESH", {})}
FOLDER = Path(inspect.getfile(service)).parent


def classes(module: Any, base: type) -> set[type]:
    return {
        each
        for each in vars(module).values()
        if inspect.isclass(each) and issubclass(each, base) and each not in (base, Request)
    }


def test_every_request_has_a_handler() -> None:
    asked = classes(commands, Command) | classes(lookups, Query) | classes(queries, Query)
    for module in SHARED:
        asked |= classes(module, Command) | classes(module, Query)
    # Ended tasks go to the store's own statement.
    assert set(HANDLERS) | {FinishTasks} == asked
    assert set(HANDLERS) >= FRESH


def reply_of(request: type) -> Any:
    """What `class X(Command[Reply])` promises."""
    (base,) = request.__orig_bases__  # type: ignore[attr-defined]
    (reply,) = base.__args__
    if isinstance(reply, ForwardRef):
        return eval(reply.__forward_arg__, vars(replies))
    return reply


@pytest.mark.parametrize("request_type", HANDLERS, ids=lambda each: each.__name__)
def test_a_handler_takes_its_request_and_returns_its_reply(request_type: type) -> None:
    handler = HANDLERS[request_type]
    hints = get_type_hints(handler)
    parameter = list(inspect.signature(handler).parameters)[1]
    assert hints[parameter] is request_type
    # Long work may also be done in part.
    assert hints["return"] in (reply_of(request_type), reply_of(request_type) | Partly)


def test_what_is_no_request_is_refused(tmp_path: Path) -> None:
    world = World(open_store(f"sqlite:///{tmp_path / 'x.db'}", home=tmp_path), tmp_path)
    with pytest.raises(InvalidRequest, match="Unheard is not a request"):
        world.ask(Unheard())
    world.store.close()


class Unheard(Command[None]):
    """A request that nobody has made a handler for."""


def test_the_service_never_compares_phases() -> None:
    found = []
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare):
                parts = ast.dump(node)
                if "'phase'" in parts or "id='Phase'" in parts or "'state_type'" in parts:
                    found.append(f"{path.name}:{node.lineno}")
    assert found == []
