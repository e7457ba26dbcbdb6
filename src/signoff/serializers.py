"""Documented import path: how values become bytes and come back."""

from signoff.engine.keeping.serializers import (
    CompressedJSONSerializer,
    CompressedPickleSerializer,
    CompressedSerializer,
    JSONSerializer,
    PickleSerializer,
    Serializer,
    signoff_json_object_decoder,
    signoff_json_object_encoder,
)

__all__ = [
    "CompressedJSONSerializer",
    "CompressedPickleSerializer",
    "CompressedSerializer",
    "JSONSerializer",
    "PickleSerializer",
    "Serializer",
    "signoff_json_object_decoder",
    "signoff_json_object_encoder",
]
