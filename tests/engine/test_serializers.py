"""Serializers: values come back as they went, and mistakes are named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel, ValidationError

from signoff.engine.keeping.serializers import made_of
from signoff.results import ResultRecord, ResultRecordMetadata
from signoff.serializers import (
    CompressedJSONSerializer,
    CompressedPickleSerializer,
    CompressedSerializer,
    JSONSerializer,
    PickleSerializer,
    Serializer,
)


class Model(BaseModel):
    name: str
    when: date


@dataclass
class Point:
    x: int
    y: float


PLAIN = [None, True, 3, 1.5, "é\n", [1, [2]], {"a": {"b": None}}]
RICH = [
    Model(name="n", when=date(2026, 1, 2)),
    Point(1, 2.5),
    UUID(int=7),
    datetime(2026, 1, 2, tzinfo=UTC),
]
ALL = [
    PickleSerializer(),
    PickleSerializer(picklelib="pickle"),
    JSONSerializer(),
    CompressedPickleSerializer(),
    CompressedJSONSerializer(),
    CompressedSerializer(serializer="json", compressionlib="zlib"),
]


@pytest.mark.parametrize("serializer", ALL, ids=lambda one: one.type)
@pytest.mark.parametrize("value", [*PLAIN, *RICH], ids=repr)
def test_values_come_back(serializer: Serializer, value: Any) -> None:
    assert serializer.loads(serializer.dumps(value)) == value
    again = made_of(serializer.model_dump(serialize_as_any=True))
    assert again.loads(serializer.dumps(value)) == value


def test_pickle_takes_what_only_cloudpickle_can() -> None:
    assert PickleSerializer().loads(PickleSerializer().dumps(lambda: 5))() == 5


def test_json_brings_exceptions_back() -> None:
    again = JSONSerializer().loads(JSONSerializer().dumps({"why": ValueError("no")}))["why"]
    assert isinstance(again, ValueError)
    assert str(again) == "no"


def test_json_names_what_it_cannot_write() -> None:
    with pytest.raises(TypeError, match="lock cannot be written as JSON"):
        JSONSerializer().dumps(__import__("threading").Lock())


def test_a_name_makes_the_serializer() -> None:
    made: Any = Serializer(type="compressed/json")  # type: ignore[abstract]
    assert isinstance(made, CompressedJSONSerializer)
    with pytest.raises(ValueError, match="No serializer has the type 'yaml'"):
        Serializer(type="yaml")  # type: ignore[abstract]


def test_a_class_of_ones_own_is_known_by_its_type() -> None:
    class Shout(Serializer):
        type: str = "shout"

        def dumps(self, obj: Any) -> bytes:
            return bytes([255]) + str(obj).upper().encode()

        def loads(self, blob: bytes) -> Any:
            return blob[1:].decode()

    metadata = ResultRecordMetadata(storage_key="k", serializer=Shout())
    record: ResultRecord[str] = ResultRecord(metadata=metadata, result="hey")
    assert ResultRecord.deserialize(record.serialize()).result == "HEY"
    assert isinstance(made_of("shout"), Shout)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: PickleSerializer(picklelib="nowhere"), "Failed to import the module 'nowhere'"),
        (lambda: PickleSerializer(picklelib="math"), "does not have a 'dumps' function"),
        (lambda: JSONSerializer(dumps_kwargs={"default": str}), "Use `object_encoder` instead"),
        (lambda: JSONSerializer(loads_kwargs={"object_hook": str}), "Use `object_decoder` instead"),
        (lambda: CompressedSerializer(serializer="json", compressionlib="json"), "'compress'"),
        (lambda: CompressedSerializer(serializer="nothing"), "No serializer has the type"),
    ],
)
def test_mistakes_are_named(make: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        make()


def test_records_say_when_they_end_and_how_to_read_them() -> None:
    expiry = datetime(2030, 1, 1, tzinfo=UTC)
    metadata = ResultRecordMetadata(storage_key="k", expiration=expiry, serializer="json")
    record: ResultRecord[list[int]] = ResultRecord(metadata=metadata, result=[1])
    again = ResultRecord.deserialize(record.serialize())
    assert again == record
    assert again.expiration == expiry
    assert again.serializer == JSONSerializer()
    apart = ResultRecord.deserialize_from_result_and_metadata(
        record.serialize_result(), record.serialize_metadata()
    )
    assert apart == record
    assert record != ResultRecord(metadata=metadata, result=[2])
