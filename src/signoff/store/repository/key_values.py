"""Key-value pairs. Owns the columns of `key_values`."""

from __future__ import annotations

from signoff.model.key_values import KeyFacts, KeyValue, KeyValueKind, ReadKeys
from signoff.store.codes import load
from signoff.store.session import Session


class KeyValueRows:
    """See `core.key_value_ports.KeyValues` for what each method promises.

    Args:
        session: the connection, inside a transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(
        self,
        namespace: str,
        key: str,
        kind: KeyValueKind,
        value: str,
        expires: int | None,
        overwrite: bool,
        now: int,
    ) -> bool:
        self._session.run("sweep_key_values", {"now": now})
        values = {
            "namespace": namespace,
            "key": key,
            "kind": kind.value,
            "value": value,
            "expires": expires,
            "now": now,
        }
        if self._session.run("add_key_value", values) == 1:
            return True
        return overwrite and self._session.run("change_key_value", values) == 1

    def get(self, namespace: str, key: str, now: int) -> KeyValue | None:
        row = self._session.one("key_value", {"namespace": namespace, "key": key, "now": now})
        if row is None:
            return None
        kind, value, created, updated, expires = row
        return KeyValue(namespace, key, KeyValueKind(kind), load(value), created, updated, expires)

    def listed(self, query: ReadKeys, now: int) -> tuple[KeyFacts, ...]:
        values = {
            "namespace": query.namespace,
            "prefix": query.prefix,
            "length": len(query.prefix),
            "now": now,
            "limit": query.limit,
            "offset": query.offset,
        }
        return tuple(
            KeyFacts(query.namespace, key, KeyValueKind(kind), created, updated, expires)
            for key, kind, created, updated, expires in self._session.all("keys", values)
        )

    def remove(self, namespace: str, key: str, now: int) -> bool:
        values = {"namespace": namespace, "key": key, "now": now}
        return self._session.run("remove_key_value", values) == 1
