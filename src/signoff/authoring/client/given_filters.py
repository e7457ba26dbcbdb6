"""Filters as callers of the client give them: objects, or the same as dictionaries.

Owns what is said of anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from signoff.model import filters as f
from signoff.model.errors import InvalidRequest
from signoff.model.shared.artifacts import ArtifactCollectionFilter, ArtifactFilter
from signoff.model.shared.variables import VariableFilter

_KINDS: dict[str, tuple[type[Any], ...]] = {
    "artifact_filter": (ArtifactFilter, ArtifactCollectionFilter),
    "deployment_filter": (f.DeploymentFilter,),
    "flow_filter": (f.FlowFilter,),
    "flow_run_filter": (f.FlowRunFilter,),
    "log_filter": (f.LogFilter,),
    "task_run_filter": (f.TaskRunFilter,),
    "variable_filter": (VariableFilter,),
}


def with_filters(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call, dictionaries in place of filters read as what they stand for.

    Raises:
        TypeError: a filter is something else; the message names it.
        InvalidRequest: a dictionary is no filter; the message names the field.
    """
    wanted = {name: each for name, each in arguments.items() if name in _KINDS and each is not None}
    return arguments | {name: _filter(name, each) for name, each in wanted.items()}


def _filter(name: str, given: Any) -> Any:
    kinds = _KINDS[name]
    if isinstance(given, kinds):
        return given
    if not isinstance(given, Mapping):
        raise TypeError(f"{name} must be a {kinds[0].__name__}, got {given!r}.")
    try:
        return kinds[0].model_validate(dict(given))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(map(str, first["loc"]))
        raise InvalidRequest(f"{name}, field {field}: {first['msg']}.") from None
