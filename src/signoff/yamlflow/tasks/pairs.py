"""Tasks of the key-value store.

Owns Set, Get, Delete and GetKeys.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from signoff.yamlflow.durations import seconds
from signoff.yamlflow.tasks.context import RunContext
from signoff.yamlflow.tasks.running import TaskFailed
from signoff.yamlflow.truth import truthy


def _namespace(context: RunContext, properties: Mapping[str, Any]) -> str:
    return str(properties.get("namespace") or context.namespace)


class Set:
    """Keeps a value."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Keep `value` under `key`, for `ttl` if given."""
        namespace, key = _namespace(context, properties), str(properties["key"])
        ttl = properties.get("ttl")
        try:
            context.key_values.set(
                namespace,
                key,
                properties.get("value"),
                kind=properties.get("kvType"),
                ttl=timedelta(seconds=seconds(str(ttl), field="ttl")) if ttl else None,
                overwrite=truthy(properties.get("overwrite", True)),
            )
        except FileExistsError as error:
            raise TaskFailed(
                f"Key {key!r} of namespace {namespace!r} has a value already; set "
                "`overwrite: true` to replace it."
            ) from error
        return {}


class Get:
    """Reads a value."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Read `key`; a missing one is null, or fails with `errorOnMissing`."""
        namespace, key = _namespace(context, properties), str(properties["key"])
        try:
            return {"value": context.key_values.get(namespace, key)}
        except KeyError as error:
            if truthy(properties.get("errorOnMissing", False)):
                raise _missing(key, namespace) from error
            return {"value": None}


class Delete:
    """Forgets a value."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Forget `key`; a missing one is well, or fails with `errorOnMissing`."""
        namespace, key = _namespace(context, properties), str(properties["key"])
        deleted = context.key_values.delete(namespace, key)
        if not deleted and truthy(properties.get("errorOnMissing", False)):
            raise _missing(key, namespace)
        return {"deleted": deleted}


class GetKeys:
    """Lists keys."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """List the keys that begin with `prefix`."""
        prefix = str(properties.get("prefix") or "")
        return {"keys": context.key_values.keys(_namespace(context, properties), prefix)}


def _missing(key: str, namespace: str) -> TaskFailed:
    return TaskFailed(f"Namespace {namespace!r} has no key {key!r}.")
