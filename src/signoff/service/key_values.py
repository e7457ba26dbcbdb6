"""Key-value pairs: set, read, listed, deleted. Which keys and values are allowed is decided by
`core.shared.key_values`; how long they last by the store's clock."""

from __future__ import annotations

from signoff.core.shared import key_values as rules
from signoff.model.errors import ObjectAlreadyExists, ObjectNotFound
from signoff.model.key_values import (
    DeleteKeyValue,
    KeyFacts,
    KeyValue,
    ReadKeys,
    ReadKeyValue,
    SetKeyValue,
)
from signoff.service.paging import paged
from signoff.service.table import Handlers
from signoff.service.unit import Unit


def set_key_value(unit: Unit, request: SetKeyValue) -> KeyValue:
    namespace, key = rules.namespace(request.namespace), rules.key(request.key)
    kind, text = rules.typed(request.value, request.kind)
    ttl = rules.ttl(request.ttl)
    expires = None if ttl is None else unit.now + ttl
    unit.wrote = True
    pairs = unit.tx.key_values
    if not pairs.put(namespace, key, kind, text, expires, request.overwrite, unit.now):
        raise ObjectAlreadyExists(
            f"There is a value for {key!r} in namespace {namespace!r} already; "
            "overwrite or delete it."
        )
    return _found(pairs.get(namespace, key, unit.now), namespace, key)


def read_key_value(unit: Unit, query: ReadKeyValue) -> KeyValue | None:
    pair = unit.tx.key_values.get(query.namespace, query.key, unit.now)
    return _found(pair, query.namespace, query.key) if query.error_on_missing else pair


def read_keys(unit: Unit, query: ReadKeys) -> tuple[KeyFacts, ...]:
    paged(query.limit, query.offset)
    return unit.tx.key_values.listed(query, unit.now)


def delete_key_value(unit: Unit, request: DeleteKeyValue) -> bool:
    unit.wrote = True
    gone = unit.tx.key_values.remove(request.namespace, request.key, unit.now)
    if not gone and request.error_on_missing:
        raise _missing(request.namespace, request.key)
    return gone


def _found(pair: KeyValue | None, namespace: str, key: str) -> KeyValue:
    if pair is None:
        raise _missing(namespace, key)
    return pair


def _missing(namespace: str, key: str) -> ObjectNotFound:
    return ObjectNotFound(
        f"There is no value for {key!r} in namespace {namespace!r}. "
        f"`signoff kv ls {namespace}` shows the keys."
    )


HANDLERS: Handlers = {
    SetKeyValue: set_key_value,
    ReadKeyValue: read_key_value,
    ReadKeys: read_keys,
    DeleteKeyValue: delete_key_value,
}
