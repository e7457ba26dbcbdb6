"""The stores that tasks and expressions use, reached through the gateway.

Owns how the faces of `tasks.context` become requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from signoff.core.ports import Gateway
from signoff.model.errors import ObjectAlreadyExists, ObjectNotFound
from signoff.model.files import KeepFile, NewFile, ReadFile
from signoff.model.key_values import (
    DeleteKeyValue,
    KeyValueKind,
    ReadKeys,
    ReadKeyValue,
    SetKeyValue,
)

_PAGE = 200


@dataclass(frozen=True, slots=True)
class StoredPairs:
    """The key-value store, as `tasks.context.KeyValues` describes it."""

    gateway: Gateway

    def get(self, namespace: str, key: str) -> Any:
        """The value of a key; raises KeyError."""
        found = self.gateway.send(ReadKeyValue(namespace, key, error_on_missing=False))
        if found is None:
            raise KeyError(f"Namespace {namespace!r} has no key {key!r}.")
        return found.value

    def set(
        self,
        namespace: str,
        key: str,
        value: Any,
        *,
        kind: str | None = None,
        ttl: timedelta | None = None,
        overwrite: bool = True,
    ) -> None:
        """Keep a value; raises FileExistsError when there is one that may not be replaced."""
        wanted = None if kind is None else KeyValueKind(kind)
        lasts = None if ttl is None else ttl // timedelta(microseconds=1)
        try:
            self.gateway.send(SetKeyValue(namespace, key, value, wanted, lasts, overwrite))
        except ObjectAlreadyExists as error:
            raise FileExistsError(str(error)) from None

    def delete(self, namespace: str, key: str) -> bool:
        """Forget a key; whether there was one."""
        return self.gateway.send(DeleteKeyValue(namespace, key))

    def keys(self, namespace: str, prefix: str = "") -> list[str]:
        """Keys in alphabetical order."""
        found: list[str] = []
        while True:
            page = self.gateway.send(ReadKeys(namespace, prefix, _PAGE, len(found)))
            found.extend(each.key for each in page)
            if len(page) < _PAGE:
                return found


@dataclass(frozen=True, slots=True)
class StoredFiles:
    """The files of a flow, as `tasks.context.Files` describes them."""

    gateway: Gateway
    namespace: str
    flow_id: str
    run_id: UUID | None = None

    def read(self, uri: str) -> bytes:
        """The content behind an address; raises FileNotFoundError."""
        try:
            return self.gateway.send(ReadFile(uri)).content
        except ObjectNotFound as error:
            raise FileNotFoundError(str(error)) from None

    def write(self, name: str, content: bytes) -> str:
        """Keep a file; its address."""
        file = NewFile(name.rpartition("/")[2], content)
        return self.gateway.send(KeepFile(self.namespace, self.flow_id, file, self.run_id))
