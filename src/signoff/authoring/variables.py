"""Variables as flows use them: named JSON values, kept apart from code and runs.

Owns the documented `Variable` with its signatures and defaults. Must not know how it is stored.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from signoff.authoring.dispatch import async_dispatch, off_loop
from signoff.core.shared.names import variable_name, variable_value
from signoff.gateway.connect import get_gateway
from signoff.model.errors import ObjectAlreadyExists, ObjectNotFound
from signoff.model.shared.variables import CreateVariable, DeleteVariable, ReadVariable


def _set(name: str, value: Any, tags: list[str] | None = None, overwrite: bool = False) -> Variable:
    """Set a new variable; an existing one only with `overwrite`.

    Args:
        name: lowercase letters, numbers, dashes and underscores.
        value: any JSON value.
        tags: labels.
        overwrite: replace value and labels of an existing variable.

    Returns:
        The variable as it is now.

    Raises:
        ValueError: there is one of this name, and `overwrite` is False.
        InvalidRequest: the name or the value is not allowed; the message says why.
    """
    request = CreateVariable(
        variable_name(name),
        variable_value(value),
        None if tags is None else tuple(sorted(set(tags))),
        overwrite,
    )
    try:
        kept = get_gateway().send(request)
    except ObjectAlreadyExists as refusal:
        raise ValueError(
            f"Variable {name!r} already exists. Use `overwrite=True` to update it."
        ) from refusal
    return Variable(name=kept.name, value=kept.value, tags=kept.tags)


def _get(name: str, default: Any = None) -> Any:
    """The value of a variable; `default` when there is none of this name."""
    try:
        return get_gateway().send(ReadVariable(name=name)).value
    except ObjectNotFound:
        return default


def _unset(name: str) -> bool:
    """Delete a variable. False when there is none of this name."""
    try:
        get_gateway().send(DeleteVariable(name=name))
    except ObjectNotFound:
        return False
    return True


_aset, _aget, _aunset = off_loop(_set), off_loop(_get), off_loop(_unset)


class Variable(BaseModel):
    """A named JSON value that flows share.

    Args:
        name: lowercase letters, numbers, dashes and underscores.
        value: any JSON value.
        tags: labels.
    """

    name: str
    value: Any = None
    tags: list[str] | None = None

    set = staticmethod(async_dispatch(_aset)(_set))
    get = staticmethod(async_dispatch(_aget)(_get))
    unset = staticmethod(async_dispatch(_aunset)(_unset))
    aset = staticmethod(_aset)
    aget = staticmethod(_aget)
    aunset = staticmethod(_aunset)
