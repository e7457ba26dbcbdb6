"""The parameters of functions: the documented helpers.

Owns their names. What they mean is said by `callables.py` and `parameters.py`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field

from signoff.authoring import parameters as schemas
from signoff.authoring.callables import Signature

R = TypeVar("R")


class ParameterSchema(BaseModel):
    """What the parameters of a function have to be, as JSON Schema.

    Args:
        properties: each parameter, with its position, default and description.
        required: those without a default.
        definitions: types that the properties refer to.
    """

    title: Literal["Parameters"] = "Parameters"
    type: Literal["object"] = "object"
    properties: dict[str, Any] = Field(default_factory=dict)
    required: list[str] = Field(default_factory=list)
    definitions: dict[str, Any] = Field(default_factory=dict)


def parameter_schema(fn: Callable[..., Any]) -> ParameterSchema:
    """What the parameters of a function have to be; descriptions are taken from its docstring."""
    return ParameterSchema.model_validate(schemas.parameter_schema(fn))


def get_call_parameters(
    fn: Callable[..., Any],
    call_args: Sequence[Any],
    call_kwargs: Mapping[str, Any],
    apply_defaults: bool = True,
) -> dict[str, Any]:
    """The arguments of a call by parameter name.

    Raises:
        ParameterBindError: they do not fit the signature.
    """
    bound = Signature(fn).bind(call_args, call_kwargs)
    if apply_defaults:
        return bound
    given = inspect.signature(fn).bind_partial(*call_args, **call_kwargs).arguments
    return {name: value for name, value in bound.items() if name in given}


def get_parameter_defaults(fn: Callable[..., Any]) -> dict[str, Any]:
    """The default of each parameter that has one."""
    found = inspect.signature(fn).parameters.values()
    return {each.name: each.default for each in found if each.default is not each.empty}


def parameters_to_args_kwargs(
    fn: Callable[..., Any], parameters: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The (args, kwargs) of a call with these parameters.

    Raises:
        SignatureMismatchError: the function has no such parameter.
    """
    signature = Signature(fn)
    return signature.spread(signature.complete(parameters))


def call_with_parameters(fn: Callable[..., R], parameters: Mapping[str, Any]) -> R:
    """Call a function with its arguments by name.

    Raises:
        SignatureMismatchError: the function has no such parameter.
    """
    args, kwargs = parameters_to_args_kwargs(fn, parameters)
    return fn(*args, **kwargs)
