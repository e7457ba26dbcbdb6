"""The parameters of deployed flows: as JSON, and what they have to be as JSON Schema.

Owns the documented shape of a parameter schema. Must not know deployments. Loaded with the first
deployment only: it needs Pydantic.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError
from pydantic_core import PydanticSerializationError, to_jsonable_python

from signoff.authoring.callables import Signature
from signoff.authoring.docstrings import parameter_docstrings
from signoff.model.errors import ParameterTypeError

_VARIABLE = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def as_json(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as they travel to another process.

    Raises:
        ParameterTypeError: one of them cannot be written as JSON.
    """
    found = {}
    for name, value in parameters.items():
        try:
            found[str(name)] = to_jsonable_python(value)
            json.dumps(found[str(name)], allow_nan=False)
        except (PydanticSerializationError, ValueError, TypeError, RecursionError):
            raise ParameterTypeError(
                f"Parameter {name!r} of a deployment's run has to be JSON, because another process "
                f"reads it; got a {type(value).__name__}. Pass text or numbers that the flow can "
                "make it from."
            ) from None
    return found


def parameter_schema(fn: Callable[..., Any] | Signature) -> dict[str, Any]:
    """What the parameters of a function have to be.

    Args:
        fn: the function, or its signature.

    Returns:
        A JSON Schema: title, type, properties (each with its position), required, definitions.
    """
    signature = fn if isinstance(fn, Signature) else Signature(fn)
    described = parameter_docstrings(signature.fn.__doc__)
    known = [p for p in signature.parameters.values() if p.kind not in _VARIABLE]
    fields: dict[str, Any] = {}
    for position, parameter in enumerate(known):
        # Aliases, because Pydantic reserves some names that parameters may have.
        fields[f"p{position}"] = _field(signature, parameter, position, described)
    schema = _model(fields).model_json_schema(ref_template="#/definitions/{model}")
    made = {
        "title": "Parameters",
        "type": "object",
        "properties": schema.get("properties", {}),
        "required": schema.get("required", []),
        "definitions": schema.get("$defs", {}),
    }
    if not any(p.kind is inspect.Parameter.VAR_KEYWORD for p in signature.parameters.values()):
        made["additionalProperties"] = False
    return made


def _model(fields: Mapping[str, Any]) -> type[BaseModel]:
    config = ConfigDict(arbitrary_types_allowed=True)
    made: type[BaseModel] = create_model("Parameters", __config__=config, **fields)
    return made


def _field(
    signature: Signature, parameter: inspect.Parameter, position: int, described: Mapping[str, str]
) -> tuple[Any, Any]:
    told: dict[str, Any] = {
        "alias": parameter.name,
        "title": parameter.name,
        "json_schema_extra": {"position": position},
    }
    if described.get(parameter.name):
        told["description"] = described[parameter.name]
    if parameter.default is not inspect.Parameter.empty:
        try:
            told["default"] = as_json({"x": parameter.default})["x"]
        except ParameterTypeError:
            # Not required, and nothing that a schema could show.
            told["default_factory"] = lambda: None
    hint = signature.hints.get(parameter.name, Any)
    return (hint if _has_schema(hint) else Any), Field(**told)


def _has_schema(hint: Any) -> bool:
    """Whether JSON Schema can say what a type is."""
    try:
        _model({"p": (hint, ...)}).model_json_schema()
    except (PydanticUserError, PydanticSchemaGenerationError, TypeError, NameError):
        return False
    return True
