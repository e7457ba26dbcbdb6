"""`dataclass`, as in the standard library, without writing methods that nobody calls.

The standard library writes the six methods of a frozen class as text and compiles them while the
module is imported: two thirds of a millisecond for each class, and a process declares many of which
it never makes one. Here the constructor is written when the first instance is made, and the other
methods are shared. What comes out is a dataclass to everybody who asks (`fields`, `replace`,
`asdict`, `pickle`, Pydantic, type checkers). Anything but plain slotted classes is left to the
standard library.
"""

from __future__ import annotations

import dataclasses
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, slots=False, eq=True, **options):
        """Make a dataclass of a class; the arguments are those of `dataclasses.dataclass`."""

        def make(cls):
            # A dataclass below another one takes over its fields, and a class without fields has
            # nothing to compare; neither is worth the trouble.
            derived = any(hasattr(base, "__dataclass_fields__") for base in cls.__mro__[1:])
            if options or not slots or derived or "__annotations__" not in vars(cls):
                plain = dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq, **options)
                return plain(cls)
            return _made(cls, frozen, eq)

        return make if cls is None else make(cls)


__all__ = ["dataclass", "write_constructors"]

_unwritten: dict[Any, None] = {}
"""Classes whose constructor nobody has wanted yet."""


def write_constructors() -> None:
    """Write those of all classes now, for a process from which others are forked."""
    for cls in tuple(_unwritten):
        _write(cls)


def _made(cls: Any, frozen: bool, eq: bool) -> Any:
    own = set(cls.__dict__)
    if cls.__doc__ is None:
        # Otherwise the signature would be worked out, only to have something to say.
        cls.__doc__ = cls.__name__
    # Without methods, this is what finds the fields and makes the slots.
    bare = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)
    made = bare(cls)
    shared: dict[str, Any] = {"__repr__": _repr}
    if "__init__" not in own:
        shared["__init__"] = _Constructor(made)
        _unwritten[made] = None
    names = [field.name for field in dataclasses.fields(made) if field.compare]
    if eq:
        shared |= _comparison(names, frozen)
    if frozen:
        shared |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
        shared |= {"__getstate__": _get_state, "__setstate__": _set_state}
    for name, method in shared.items():
        if name not in own:
            setattr(made, name, method)
    params = made.__dataclass_params__
    params.init = params.repr = True
    params.eq, params.frozen = eq, frozen
    return made


class _Constructor:
    """Stands for `__init__` until somebody wants it: to make an instance, or to look at it."""

    def __init__(self, cls: Any) -> None:
        self._cls = cls

    def __get__(self, instance: Any, owner: Any) -> Any:
        init = _write(self._cls)
        return init if instance is None else init.__get__(instance, owner)


def _write(cls: Any) -> Any:
    """Give a class its constructor. Two threads may do so at once: both write the same."""
    cls.__init__ = init = _written(cls)
    _unwritten.pop(cls, None)
    return init


def _written(cls: Any) -> Any:
    """The constructor, as the standard library would write it."""
    known: dict[str, Any] = {"_later": _LATER}
    takes, does = ["self"], []
    frozen = cls.__dataclass_params__.frozen
    for field in dataclasses.fields(cls):
        name, value = field.name, field.name
        if field.default_factory is not dataclasses.MISSING:
            known[f"_make_{name}"] = field.default_factory
            value = f"_make_{name}() if {name} is _later else {name}"
            default = "=_later"
        elif field.default is not dataclasses.MISSING:
            known[f"_default_{name}"] = field.default
            default = f"=_default_{name}"
        else:
            default = ""
        if field.init:
            takes.append(f"{name}: _type_{name}{default}")
            known[f"_type_{name}"] = field.type
        elif field.default_factory is not dataclasses.MISSING:
            value = f"_make_{name}()"
        else:
            continue
        if frozen:
            # The slot's own way in: a quarter of what `object.__setattr__` takes to find it.
            known[f"_set_{name}"] = vars(cls)[name].__set__
        does.append(f"_set_{name}(self, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        does.append("self.__post_init__()")
    text = f"def __init__({', '.join(takes)}) -> None:\n  " + "\n  ".join(does)
    # Annotations are given as they are; this module's way to postpone them is not inherited.
    exec(compile(text, "<constructor>", "exec", dont_inherit=True), known)
    init = known["__init__"]
    init.__qualname__, init.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    return init


_LATER: Any = type("_LATER", (), {"__repr__": lambda self: "<factory>"})()


def _comparison(names: list[str], frozen: bool) -> dict[str, Any]:
    """`__eq__` and `__hash__` over these fields."""
    values = attrgetter(*names) if names else _nothing

    def equal(self: Any, other: Any) -> Any:
        return (
            values(self) == values(other) if self.__class__ is other.__class__ else NotImplemented
        )

    def hashed(self: Any) -> int:
        # Of a tuple, also where there is one field only.
        found = values(self)
        return hash(found if len(names) > 1 else (found,))

    return {"__eq__": equal, "__hash__": hashed if frozen else None}


def _nothing(self: Any) -> tuple[()]:
    return ()


def _repr(self: Any) -> str:
    shown = (
        f"{field.name}={getattr(self, field.name)!r}"
        for field in dataclasses.fields(self)
        if field.repr
    )
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse_to_set(self: Any, name: str, value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _get_state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
