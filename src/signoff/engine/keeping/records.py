"""A result as it is kept in storage, with what is needed to read it.

Owns the format of records: one line of JSON. Must not know where they are kept.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field, field_validator

from signoff.engine.keeping.serializers import PickleSerializer, Serializer, made_of

R = TypeVar("R")


@cache
def _version() -> str:
    return version("signoff")


class ResultRecordMetadata(BaseModel):
    """What is known of a result besides its value.

    Args:
        storage_key: where the result is.
        expiration: when it stops being good; None for never.
        serializer: reads and writes it.
        signoff_version: of the writer.
        storage_block_id: the saved storage it is on, when there is one.
    """

    storage_key: str | None = None
    expiration: datetime | None = None
    serializer: Serializer = Field(default_factory=PickleSerializer)
    signoff_version: str = Field(default_factory=_version)
    storage_block_id: UUID | None = None

    @field_validator("serializer", mode="before")
    @classmethod
    def _made(cls, value: Any) -> Any:
        return made_of(value) if isinstance(value, (str, dict)) else value

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return self.expiration is not None and _utc(self.expiration) < datetime.now(UTC)

    def dump_bytes(self) -> bytes:
        """As JSON."""
        told = self.model_dump(mode="json", exclude={"serializer"})
        told["serializer"] = self.serializer.model_dump(mode="json", serialize_as_any=True)
        return json.dumps(told).encode()

    @classmethod
    def load_bytes(cls, data: bytes) -> ResultRecordMetadata:
        """What `dump_bytes` wrote."""
        return cls.model_validate(json.loads(data))


class ResultRecord(BaseModel, Generic[R]):
    """A result and what is known of it."""

    metadata: ResultRecordMetadata
    result: Any = None

    @property
    def expiration(self) -> datetime | None:
        """When it stops being good; None for never."""
        return self.metadata.expiration

    @property
    def serializer(self) -> Serializer:
        """Reads and writes it."""
        return self.metadata.serializer

    def serialize_metadata(self) -> bytes:
        """The metadata alone."""
        return self.metadata.dump_bytes()

    def serialize_result(self) -> bytes:
        """The result alone."""
        return self.serializer.dumps(self.result)

    def serialize(self) -> bytes:
        """Both, in one."""
        return self.with_body(self.serialize_result())

    def with_body(self, body: bytes) -> bytes:
        """The same, the result being bytes already."""
        try:
            inside: dict[str, Any] = {"result": body.decode()}
        except UnicodeDecodeError:
            # A serializer of somebody's own need not make text.
            inside = {"result": base64.b64encode(body).decode(), "encoding": "base64"}
        return json.dumps({"metadata": json.loads(self.serialize_metadata()), **inside}).encode()

    @classmethod
    def deserialize(cls, data: bytes) -> ResultRecord[R]:
        """What `serialize` wrote."""
        told = json.loads(data)
        metadata = ResultRecordMetadata.model_validate(told["metadata"])
        text: str = told["result"]
        body = base64.b64decode(text) if told.get("encoding") == "base64" else text.encode()
        return cls(metadata=metadata, result=metadata.serializer.loads(body))

    @classmethod
    def metadata_of(cls, data: bytes) -> ResultRecordMetadata:
        """The metadata of what `serialize` wrote, the result left unopened."""
        return ResultRecordMetadata.model_validate(json.loads(data)["metadata"])

    @classmethod
    def deserialize_from_result_and_metadata(
        cls, result: bytes, metadata: bytes
    ) -> ResultRecord[R]:
        """What `serialize_result` and `serialize_metadata` wrote."""
        told = ResultRecordMetadata.load_bytes(metadata)
        return cls(metadata=told, result=told.serializer.loads(result))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ResultRecord):
            return False
        return self.metadata == other.metadata and bool(self.result == other.result)


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
