"""The parameters of decorated functions: binding, validating, showing.

Owns how the arguments of a call become parameters by name, and the documented errors when they do
not fit.
"""

from __future__ import annotations

import importlib
import inspect
import math
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from signoff.model.errors import (
    ParameterBindError,
    ParameterTypeError,
    ReservedArgumentError,
    SignatureMismatchError,
)

RESERVED = ("return_state", "wait_for")
_BUILTINS = (int, str, float, bool, bytes)
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Signature:
    """The signature of a decorated function.

    Args:
        fn: the function.

    Raises:
        ReservedArgumentError: it has a parameter whose name Signoff keeps for itself.
    """

    def __init__(self, fn: Callable[..., Any]) -> None:
        self.fn = fn
        self.name = fn.__name__
        self.signature = inspect.signature(fn)
        self.parameters = self.signature.parameters
        for reserved in RESERVED:
            if reserved in self.parameters:
                raise ReservedArgumentError(
                    f"{reserved!r} is a reserved argument name and cannot be used in "
                    f"{self.name!r}; rename the parameter."
                )
        kinds = [parameter.kind for parameter in self.parameters.values()]
        self._simple = all(kind in _POSITIONAL for kind in kinds)
        self._names = tuple(self.parameters)

    def bind(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments by parameter name, defaults included.

        Raises:
            ParameterBindError: they do not fit the signature.
        """
        if self._simple and not kwargs and len(args) == len(self._names):
            return dict(zip(self._names, args, strict=True))
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            shown = ", ".join(str(parameter) for parameter in self.parameters.values())
            raise ParameterBindError(
                f"Error binding parameters for function '{self.name}': {error}.\n"
                f"Function '{self.name}' has signature '{shown}' but received args: {tuple(args)} "
                f"and kwargs: {list(kwargs)}."
            ) from None
        bound.apply_defaults()
        return dict(bound.arguments)

    def spread(self, parameters: Mapping[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The (args, kwargs) for a call with these parameters.

        Raises:
            SignatureMismatchError: a name is missing or unknown.
        """
        if self._simple:
            try:
                return tuple(map(parameters.__getitem__, self._names)), {}
            except KeyError as error:
                raise self._mismatch(parameters) from error
        try:
            bound = self.signature.bind_partial()
            bound.arguments.update(parameters)
            return bound.args, bound.kwargs
        except (KeyError, TypeError) as error:
            raise self._mismatch(parameters) from error

    def complete(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Stored parameters with defaults for those that are missing.

        Raises:
            SignatureMismatchError: the function has other parameters.
        """
        unknown = set(parameters) - set(self._names)
        full = {
            name: parameter.default
            for name, parameter in self.parameters.items()
            if parameter.default is not inspect.Parameter.empty
        } | dict(parameters)
        missing = [
            name
            for name, parameter in self.parameters.items()
            if name not in full
            and parameter.kind
            not in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        ]
        if unknown or missing:
            raise self._mismatch(parameters)
        for name, parameter in self.parameters.items():
            if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                full.setdefault(name, ())
            elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
                full.setdefault(name, {})
        return {name: full[name] for name in self._names}

    def _mismatch(self, parameters: Mapping[str, Any]) -> SignatureMismatchError:
        return SignatureMismatchError(
            f"Function {self.name!r} expects parameters {list(self._names)}, got "
            f"{list(parameters)}."
        )

    @cached_property
    def hints(self) -> dict[str, Any]:
        """Annotations by name; one that cannot be evaluated counts as Any."""
        try:
            return typing.get_type_hints(self.fn, include_extras=True)
        except Exception:
            return {
                name: parameter.annotation
                for name, parameter in self.parameters.items()
                if parameter.annotation is not inspect.Parameter.empty
                and not isinstance(parameter.annotation, str)
            }

    @cached_property
    def _model(self) -> Any:
        pydantic = importlib.import_module("pydantic")
        fields: dict[str, Any] = {}
        for index, (name, parameter) in enumerate(self.parameters.items()):
            hint: Any = self.hints.get(name, Any)
            if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                hint = types.GenericAlias(tuple, (hint, ...))
            elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
                hint = types.GenericAlias(dict, (str, hint))
            # Aliases, because Pydantic reserves some names that parameters may have.
            fields[f"p{index}"] = (hint, pydantic.Field(alias=name))
        config = pydantic.ConfigDict(arbitrary_types_allowed=True)
        return pydantic.create_model(self.name, __config__=config, **fields)

    def validate(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters, coerced to their annotations.

        Raises:
            ParameterTypeError: a value does not fit, with one line per parameter.
        """
        if self._fit_already(parameters):
            return dict(parameters)
        # Loaded on first use: plain values that fit need no Pydantic.
        pydantic = importlib.import_module("pydantic")
        try:
            model = self._model.model_validate(parameters)
        except pydantic.ValidationError as error:
            lines = [
                f" - {'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()
            ]
            raise ParameterTypeError(
                f"Flow {self.name!r} received invalid parameters:\n" + "\n".join(lines)
            ) from None
        return {name: getattr(model, f"p{index}") for index, name in enumerate(self._names)}

    def _fit_already(self, parameters: Mapping[str, Any]) -> bool:
        hints = self.hints
        for name, value in parameters.items():
            hint = hints.get(name)
            if hint is None or hint is Any:
                continue
            if hint not in _BUILTINS or type(value) is not hint:
                return False
        return True


def shown(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as JSON, for people: what JSON cannot carry appears as its representation."""
    if is_json(parameters):
        return dict(parameters)
    to_jsonable = importlib.import_module("pydantic_core").to_jsonable_python
    found: dict[str, Any] = to_jsonable(
        dict(parameters), fallback=repr, serialize_unknown=True, inf_nan_mode="strings"
    )
    return found


def is_json(value: Any, depth: int = 0) -> bool:
    """Whether JSON gives back exactly this value."""
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return True
    if kind is float:
        return math.isfinite(value)
    if depth > 20:
        return False
    if kind is list:
        return all(is_json(item, depth + 1) for item in value)
    if kind is dict or (depth == 0 and isinstance(value, Mapping)):
        return all(type(key) is str and is_json(item, depth + 1) for key, item in value.items())
    return False
