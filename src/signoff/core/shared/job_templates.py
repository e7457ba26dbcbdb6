"""What a work pool says about the processes of its runs: the documented base job template.

A template has `variables`, a JSON Schema of what deployments and runs may give, with defaults, and
`job_configuration`, in which `{{ name }}` stands for the value of a variable. Owns the template of
pools that have none of their own, and what comes of a template and values. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from signoff.core.nearest import did_you_mean
from signoff.core.shared.names import wrong

_HOLE = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")

CONFIGURATION = ("command", "env", "labels", "name", "stream_output", "working_dir")
"""What there is to say about the process of a run."""
PROCESS: Mapping[str, Any] = {
    "job_configuration": {name: f"{{{{ {name} }}}}" for name in CONFIGURATION},
    "variables": {
        "type": "object",
        "properties": {
            "name": {"type": ["string", "null"], "description": "For people."},
            "labels": {
                "type": "object",
                "additionalProperties": {"type": "string"},
                "description": "For people.",
            },
            "env": {
                "type": "object",
                "additionalProperties": {"type": ["string", "null"]},
                "description": "Environment variables to set; null unsets one.",
            },
            "command": {
                "type": ["string", "null"],
                "description": "What is started for a run, instead of what the worker would start.",
            },
            "working_dir": {
                "type": ["string", "null"],
                "description": "The directory of the process, instead of that of the flow.",
            },
            "stream_output": {
                "type": "boolean",
                "default": True,
                "description": "Show what the process prints where the worker prints as well.",
            },
        },
    },
}
"""The template of a pool that says nothing else, and of runs that are in no pool."""


def checked(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template, when it can be one; an empty one stands for the usual one.

    Raises:
        InvalidRequest: a part is missing or unknown, or a variable that is used is not declared.
    """
    if not template:
        return {}
    for name in template:
        if name not in PROCESS:
            raise _wrong(name, f"unknown part {name!r}; it has {' and '.join(map(repr, PROCESS))}")
    configuration, properties = _parts(template)
    for name in configuration:
        if name not in CONFIGURATION:
            near = did_you_mean(name, CONFIGURATION)
            known = ", ".join(CONFIGURATION)
            raise _wrong(name, f"job_configuration has no {name!r}: {known}.{near}")
    for name in _used(configuration):
        if name not in properties:
            near = did_you_mean(name, tuple(properties))
            raise _wrong(name, f"job_configuration uses {name!r}, which is no variable.{near}")
    return dict(template)


def schema(template: Mapping[str, Any], whole: bool) -> dict[str, Any]:
    """What job variables have to be, as JSON Schema.

    Args:
        whole: those without which no process can be started must be there.
    """
    declared = dict((template or PROCESS)["variables"])
    if not whole:
        declared.pop("required", None)
    return {"properties": {}, **declared}


def merged(*given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Job variables, where later ones win; environment variables one by one."""
    result: dict[str, Any] = {}
    for each in given:
        env = {**_env(result), **_env(each or {})}
        result |= each or {}
        if env:
            result["env"] = env
    return result


def _env(variables: Mapping[str, Any]) -> Mapping[str, Any]:
    env = variables.get("env")
    return env if isinstance(env, Mapping) else {}


def configured(template: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What a template says about the process of a run that has these variables; what nobody gave
    a value is left out."""
    configuration, properties = _parts(template or PROCESS)
    defaults = {
        name: each["default"]
        for name, each in properties.items()
        if isinstance(each, Mapping) and "default" in each
    }
    filled = {key: _filled(value, merged(defaults, given)) for key, value in configuration.items()}
    return {key: value for key, value in filled.items() if value is not None}


def _parts(template: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    configuration = template.get("job_configuration")
    variables = template.get("variables")
    properties = variables.get("properties", {}) if isinstance(variables, Mapping) else None
    if not isinstance(configuration, Mapping):
        raise _wrong("job_configuration", "`job_configuration` is missing, or no object")
    if not isinstance(properties, Mapping):
        raise _wrong("variables", "`variables` is missing, or no JSON Schema of an object")
    return configuration, properties


def _used(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _HOLE.findall(value)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _used(each)
    elif isinstance(value, list):
        for each in value:
            yield from _used(each)


def _filled(value: Any, values: Mapping[str, Any]) -> Any:
    """A value with its holes filled; one that is nothing but a hole takes over the type."""
    if isinstance(value, str):
        whole = _HOLE.fullmatch(value.strip())
        if whole is not None:
            return values.get(whole[1])
        return _HOLE.sub(lambda hole: str(values.get(hole[1], "")), value)
    if isinstance(value, Mapping):
        return {key: _filled(each, values) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    return value


def _wrong(name: str, why: str) -> Exception:
    return wrong("base_job_template", name, f"The base job template cannot be used: {why}")
