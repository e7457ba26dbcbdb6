"""States in the engine, without loading their Pydantic models before somebody uses one.

A process in which nobody has made or asked for a `State` does not need the class: that spares
every small script 100 ms.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from signoff.model.states import State

_MODULE = "signoff.model.states"


def is_state(value: object) -> TypeGuard[State[Any]]:
    """Whether a value is a `State`; nobody can have one while its module is not loaded."""
    module = sys.modules.get(_MODULE)
    return module is not None and isinstance(value, module.State)


def make_state(**facts: Any) -> State[Any]:
    """A state of these facts."""
    made: State[Any] = importlib.import_module(_MODULE).State(**facts)
    return made
