"""How values become bytes and come back: the documented serializers.

Owns their names and parameters. A subclass is known by its `type` from the moment it is defined.
Must not know where the bytes go.
"""

from __future__ import annotations

import abc
import base64
import importlib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator

from signoff.engine import results

_known: dict[str, Any] = {}
"""Serializer classes by type."""
_CLASS, _ERROR, _DATA = "__class__", "__exc_type__", "data"


class Serializer(BaseModel, abc.ABC):
    """Turns values into bytes and back.

    `Serializer(type="json")` makes the serializer of that name. A subclass gives `type` a default.

    Args:
        type: name of the kind.
    """

    model_config = ConfigDict(extra="forbid")

    type: str

    def __class_getitem__(cls, item: Any) -> Any:
        """`Serializer[T]` is documented, and says nothing at run time."""
        return cls

    def __new__(cls, **fields: Any) -> Serializer:
        named = fields.get("type")
        if not getattr(cls, "__abstractmethods__", None) or named is None:
            return super().__new__(cls)
        return super().__new__(kind_of(named))

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        default = cls.model_fields["type"].default
        if isinstance(default, str):
            _known[default] = cls

    @abc.abstractmethod
    def dumps(self, obj: Any) -> bytes:
        """The value as bytes."""

    @abc.abstractmethod
    def loads(self, blob: bytes) -> Any:
        """The value of bytes that `dumps` made."""


def kind_of(name: str) -> type[Serializer]:
    """The serializer class of a name.

    Raises:
        ValueError: no serializer has this name.
    """
    found: type[Serializer] | None = _known.get(name)
    if found is None:
        raise ValueError(
            f"No serializer has the type {name!r}. Known: {', '.join(sorted(_known))}. "
            "Import the module that defines yours first."
        )
    return found


def made_of(described: Mapping[str, Any] | str) -> Serializer:
    """The serializer that a name, or what `model_dump` returned, stands for.

    Raises:
        ValueError: no serializer has this name, or not these parameters.
    """
    fields: dict[str, Any] = {"type": described} if isinstance(described, str) else dict(described)
    return kind_of(str(fields.get("type"))).model_validate(fields)


class PickleSerializer(Serializer):
    """Python's pickle, as base64.

    Args:
        picklelib: the module to use. The default takes the standard pickle where it suffices.
        picklelib_version: accepted as documented; nothing depends on it.
    """

    type: str = "pickle"
    picklelib: str = "cloudpickle"
    picklelib_version: str | None = None

    @field_validator("picklelib")
    @classmethod
    def _check(cls, value: str) -> str:
        _with_functions(value, "dumps", "loads")
        return value

    def dumps(self, obj: Any) -> bytes:
        if self.picklelib == "cloudpickle":
            return base64.encodebytes(results.dumps(obj))
        return base64.encodebytes(importlib.import_module(self.picklelib).dumps(obj))

    def loads(self, blob: bytes) -> Any:
        body = base64.decodebytes(blob)
        if self.picklelib == "cloudpickle":
            value: Any = results.loads(body)
            return value
        loaded: Any = importlib.import_module(self.picklelib).loads(body)
        return loaded


class JSONSerializer(Serializer):
    """JSON that other programs can read.

    What JSON has no word for is written as {"__class__": name, "data": ...} where Pydantic knows
    how; tuples come back as lists.

    Args:
        jsonlib: the module to use.
        object_encoder, object_decoder: import paths of the functions for such values.
        dumps_kwargs, loads_kwargs: further arguments of the module's functions.
    """

    type: str = "json"
    jsonlib: str = "json"
    object_encoder: str | None = "signoff.serializers.signoff_json_object_encoder"
    object_decoder: str | None = "signoff.serializers.signoff_json_object_decoder"
    dumps_kwargs: dict[str, Any] = Field(default_factory=dict)
    loads_kwargs: dict[str, Any] = Field(default_factory=dict)

    @field_validator("jsonlib")
    @classmethod
    def _check(cls, value: str) -> str:
        _with_functions(value, "dumps", "loads")
        return value

    @field_validator("dumps_kwargs")
    @classmethod
    def _no_default(cls, value: dict[str, Any]) -> dict[str, Any]:
        if "default" in value:
            raise ValueError("`default` cannot be provided. Use `object_encoder` instead.")
        return value

    @field_validator("loads_kwargs")
    @classmethod
    def _no_hook(cls, value: dict[str, Any]) -> dict[str, Any]:
        if "object_hook" in value:
            raise ValueError("`object_hook` cannot be provided. Use `object_decoder` instead.")
        return value

    def dumps(self, obj: Any) -> bytes:
        lib = importlib.import_module(self.jsonlib)
        extra = dict(self.dumps_kwargs)
        if self.object_encoder:
            extra["default"] = _function(self.object_encoder)
        text = lib.dumps(obj, **extra)
        return text.encode() if isinstance(text, str) else bytes(text)

    def loads(self, blob: bytes) -> Any:
        lib = importlib.import_module(self.jsonlib)
        extra = dict(self.loads_kwargs)
        if self.object_decoder:
            extra["object_hook"] = _function(self.object_decoder)
        value: Any = lib.loads(blob.decode(), **extra)
        return value


class CompressedSerializer(Serializer):
    """Another serializer's bytes, compressed, as base64.

    Args:
        serializer: the other serializer, or its name.
        compressionlib: a module with `compress` and `decompress`, such as lzma, bz2, gzip, zlib.
    """

    type: str = "compressed"
    serializer: Serializer
    compressionlib: str = "lzma"

    @field_validator("serializer", mode="before")
    @classmethod
    def _made(cls, value: Any) -> Any:
        return made_of(value) if isinstance(value, (str, Mapping)) else value

    @field_validator("compressionlib")
    @classmethod
    def _check(cls, value: str) -> str:
        _with_functions(value, "compress", "decompress")
        return value

    def dumps(self, obj: Any) -> bytes:
        lib = importlib.import_module(self.compressionlib)
        return base64.encodebytes(lib.compress(self.serializer.dumps(obj)))

    def loads(self, blob: bytes) -> Any:
        lib = importlib.import_module(self.compressionlib)
        value: Any = self.serializer.loads(lib.decompress(base64.decodebytes(blob)))
        return value


class CompressedPickleSerializer(CompressedSerializer):
    """Pickle, compressed."""

    type: str = "compressed/pickle"
    serializer: Serializer = Field(default_factory=PickleSerializer)


class CompressedJSONSerializer(CompressedSerializer):
    """JSON, compressed."""

    type: str = "compressed/json"
    serializer: Serializer = Field(default_factory=JSONSerializer)


def signoff_json_object_encoder(obj: Any) -> Any:
    """What JSON has no word for, as an object that `signoff_json_object_decoder` reads.

    Raises:
        TypeError: Pydantic cannot write it either.
    """
    kind = type(obj)
    name = f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(obj, BaseException):
        return {_ERROR: name, "message": str(obj)}
    try:
        data = TypeAdapter(kind).dump_python(obj, mode="json")
    except Exception as error:
        raise TypeError(f"{name} cannot be written as JSON: {error}") from None
    return {_CLASS: name, _DATA: data}


def signoff_json_object_decoder(result: dict[str, Any]) -> Any:
    """The value of an object that `signoff_json_object_encoder` wrote; others are left alone."""
    if _CLASS in result and _DATA in result:
        return TypeAdapter(_named(result[_CLASS])).validate_python(result[_DATA], strict=False)
    if _ERROR in result:
        return _named(result[_ERROR])(result.get("message"))
    return result


def _named(path: str) -> Any:
    """The class of a path such as `package.module.Outer.Inner`."""
    parts = path.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        module = results.module_of(".".join(parts[:cut]))
        try:
            found: Any = importlib.import_module(module)
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise ValueError(f"{path!r} names nothing that can be imported.")


def _function(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def _with_functions(module: str, *names: str) -> None:
    """Raises `ValueError` when a module cannot be imported or lacks a function."""
    try:
        loaded = importlib.import_module(module)
    except ImportError as error:
        raise ValueError(f"Failed to import the module {module!r}: {error}.") from None
    for name in names:
        if not callable(getattr(loaded, name, None)):
            raise ValueError(f"The module {module!r} does not have a {name!r} function.")
