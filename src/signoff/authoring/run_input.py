"""What a wait asks for, as a Pydantic model: `RunInput`.

Owns the documented class, forms made from types, and answers turned into values.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Literal, TypeVar, cast
from uuid import UUID

import pydantic
from pydantic_core import to_jsonable_python

from signoff.authoring import inputs
from signoff.authoring.dispatch import async_dispatch, off_loop
from signoff.core.forms.typed import FormSchema
from signoff.engine.pauses import AnswerRejected
from signoff.model.errors import ObjectNotFound
from signoff.model.forms import FieldError, Form
from signoff.model.states import State
from signoff.model.views import FlowRunInput

T = TypeVar("T")
R = TypeVar("R", bound="BaseRunInput")

Keyset = dict[Literal["description", "response", "schema"], str]
"""The documented names of the stored inputs that belong to one wait."""


def keyset_from_base_key(base_key: str) -> Keyset:
    """The keyset of a wait, for example of `paused-1`."""
    return {
        "description": f"{base_key}-description",
        "response": f"{base_key}-response",
        "schema": f"{base_key}-schema",
    }


def keyset_from_paused_state(state: State[Any]) -> Keyset:
    """The keyset of the wait that a paused state stands for.

    Raises:
        RuntimeError: the state is not paused.
    """
    if not state.is_paused():
        raise RuntimeError(f"{state.type.value!r} is unsupported.")
    name = state.name.lower() if state.name else "paused"
    return keyset_from_base_key(f"{name}-{state.state_details.pause_key}")


class RunInputMetadata(pydantic.BaseModel):
    """Where an input came from: its key, who sent it, and the run it was sent to."""

    key: str
    sender: str | None = None
    receiver: UUID


def _schema(model: type[pydantic.BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a class, made once: a flow may ask a million times."""
    checked = model.__pydantic_core_schema__
    known: tuple[Any, dict[str, Any]] | None = vars(model).get(_SCHEMA)
    if known is None or known[0] is not checked:
        known = checked, model.model_json_schema(schema_generator=FormSchema)
        setattr(model, _SCHEMA, known)
    return known[1]


_SCHEMA = "__signoff_schema__"
"""Attribute of a class: what Pydantic checks its instances by, and the JSON Schema of that."""


class BaseRunInput(pydantic.BaseModel):
    """Base of what can be asked for or sent to a run."""

    model_config = pydantic.ConfigDict(extra="forbid")

    _description: str | None = pydantic.PrivateAttr(default=None)
    _metadata: RunInputMetadata | None = pydantic.PrivateAttr(default=None)

    form_description: ClassVar[str | None] = None
    form_initial: ClassVar[Mapping[str, Any]] = {}

    @property
    def metadata(self) -> RunInputMetadata:
        """Where this input came from.

        Raises:
            RuntimeError: it was not received.
        """
        if self._metadata is None:
            raise RuntimeError("This input was not received; it has no metadata.")
        return self._metadata

    @classmethod
    def keyset_from_type(cls) -> Keyset:
        """The keyset named after this class."""
        return keyset_from_base_key(cls.__name__.lower())

    @classmethod
    def as_form(cls) -> Form:
        """The form that asks for this input."""
        schema = _schema(cls)
        title = schema.get("title") if "title" in cls.model_config else None
        return Form(schema, title, cls.form_description, dict(cls.form_initial))

    @classmethod
    async def asave(cls, keyset: Keyset, flow_run_id: UUID | None = None) -> None:
        """Like `save`, for asynchronous code."""
        await off_loop(cls._save)(keyset, flow_run_id)

    @classmethod
    @async_dispatch(lambda cls, *args, **kwargs: cls.asave(*args, **kwargs))
    def save(cls, keyset: Keyset, flow_run_id: UUID | None = None) -> None:
        """Store the form's schema, and its description if it has one, as inputs of a run."""
        cls._save(keyset, flow_run_id)

    @classmethod
    def _save(cls, keyset: Keyset, flow_run_id: UUID | None) -> None:
        run_id = inputs.the_run(flow_run_id)
        inputs.create(keyset["schema"], json.dumps(cls.as_form().schema), run_id)
        if cls.form_description:
            inputs.create(keyset["description"], json.dumps(cls.form_description), run_id)

    @classmethod
    async def aload(cls, keyset: Keyset, flow_run_id: UUID | None = None) -> Any:
        """Like `load`, for asynchronous code."""
        return await off_loop(cls._load)(keyset, flow_run_id)

    @classmethod
    @async_dispatch(lambda cls, *args, **kwargs: cls.aload(*args, **kwargs))
    def load(cls, keyset: Keyset, flow_run_id: UUID | None = None) -> Any:
        """The stored answer as an instance; one made of defaults when there is none.

        A plain type's is the bare value.

        Raises:
            pydantic.ValidationError: the answer does not fit.
        """
        return cls._load(keyset, flow_run_id)

    @classmethod
    def _load(cls, keyset: Keyset, flow_run_id: UUID | None) -> Any:
        run_id = inputs.the_run(flow_run_id)
        try:
            stored = inputs.read(keyset["response"], run_id)
        except ObjectNotFound:
            return cls()
        return cls.load_from_flow_run_input(stored)

    @classmethod
    def load_from_flow_run_input(cls, flow_run_input: FlowRunInput) -> Any:
        """A stored input as an instance that knows where it came from."""
        instance = cls(**json.loads(flow_run_input.value))
        instance._metadata = RunInputMetadata(
            key=flow_run_input.key,
            sender=flow_run_input.sender,
            receiver=flow_run_input.flow_run_id,
        )
        return instance

    @classmethod
    def with_initial_data(cls: type[R], description: str | None = None, **kwargs: Any) -> type[R]:
        """A subclass whose form starts with these values, under a Markdown description.

        The values do not become part of the schema, so a prefilled field keeps its constraints.

        Args:
            description: Markdown shown above the form.
            **kwargs: initial values by field name; an unknown name adds a field of the value's
                type.
        """
        known = cls.model_fields
        new = {name: (type(value), value) for name, value in kwargs.items() if name not in known}
        fields: dict[str, Any] = dict(new)
        made = pydantic.create_model(
            cls.__name__, __base__=cls, __module__=cls.__module__, **fields
        )
        made.__qualname__ = cls.__qualname__
        if description is not None:
            made.form_description = inspect.cleandoc(description)
        initial = {name: to_jsonable_python(value, fallback=repr) for name, value in kwargs.items()}
        made.form_initial = {**cls.form_initial, **initial}
        return made

    async def arespond(
        self, run_input: Any, sender: str | None = None, key_prefix: str | None = None
    ) -> None:
        """Like `respond`, for asynchronous code."""
        wanted = as_run_input(run_input)
        await off_loop(inputs.send)(wanted, self._sender_run(), sender, key_prefix)

    @async_dispatch(arespond)
    def respond(
        self, run_input: Any, sender: str | None = None, key_prefix: str | None = None
    ) -> None:
        """Send an input to the run that sent this one.

        Raises:
            RuntimeError: no flow run sent it.
        """
        inputs.send(as_run_input(run_input), self._sender_run(), sender, key_prefix)

    def _sender_run(self) -> UUID:
        sender = self._metadata.sender if self._metadata else None
        if sender is None or not sender.startswith(inputs.SENDER):
            raise RuntimeError("Cannot respond to an input that was not sent by a flow run.")
        return UUID(sender.removeprefix(inputs.SENDER))

    async def asend_to(
        self, flow_run_id: UUID, sender: str | None = None, key_prefix: str | None = None
    ) -> None:
        """Like `send_to`, for asynchronous code."""
        await off_loop(inputs.send)(self, flow_run_id, sender, key_prefix)

    @async_dispatch(asend_to)
    def send_to(
        self, flow_run_id: UUID, sender: str | None = None, key_prefix: str | None = None
    ) -> None:
        """Send this input to a run."""
        inputs.send(self, flow_run_id, sender, key_prefix)


class RunInput(BaseRunInput):
    """Base class of forms: subclass it and pass the class as `wait_for_input`."""

    @classmethod
    def receive(
        cls: type[R],
        timeout: float | None = 3600,
        poll_interval: float = 10,
        raise_timeout_error: bool = False,
        exclude_keys: set[str] | None = None,
        key_prefix: str | None = None,
        flow_run_id: UUID | None = None,
    ) -> inputs.GetInputHandler[R]:
        """Receive inputs of this class that are sent to a run, as they come.

        Args:
            timeout: seconds to wait for each; None for no limit.
            poll_interval: seconds after which it looks again even when nothing was heard.
            raise_timeout_error: raise when iterating instead of stopping.
            exclude_keys: inputs that have been dealt with.
            key_prefix: the name under which inputs are sent; the class's when not given.
            flow_run_id: the run; the present one when not given.
        """
        return inputs.GetInputHandler(
            cls.load_from_flow_run_input,
            timeout,
            poll_interval,
            raise_timeout_error,
            exclude_keys,
            key_prefix or f"{cls.__name__.lower()}-auto",
            inputs.the_run(flow_run_id),
        )


class AutomaticRunInput(RunInput, Generic[T]):
    """A form of one field `value`, for plain types."""

    value: T

    @classmethod
    def _load(cls, keyset: Keyset, flow_run_id: UUID | None) -> Any:
        return super()._load(keyset, flow_run_id).value

    @classmethod
    def subclass_from_type(cls, kind: Any) -> type[AutomaticRunInput[Any]]:
        """The form that asks for one value of a type."""
        name = re.sub(r"[^a-z0-9]+", "", type_name(kind).lower()) or "value"
        made = pydantic.create_model(
            f"{name}AutomaticRunInput", __base__=AutomaticRunInput, value=(kind, ...)
        )
        return made


def type_name(kind: Any) -> str:
    """A short name of a type."""
    return getattr(kind, "__name__", None) or str(kind)


def run_input_subclass_from_type(kind: Any) -> type[RunInput]:
    """The form that asks for a type.

    Args:
        kind: a RunInput subclass, any other Pydantic model, or any type Pydantic knows.

    Raises:
        TypeError: not a type Pydantic can make a form of.
    """
    if isinstance(kind, type) and issubclass(kind, RunInput):
        return kind
    if isinstance(kind, type) and issubclass(kind, pydantic.BaseModel):
        made = pydantic.create_model(f"{kind.__name__}RunInput", __base__=(RunInput, kind))
        return cast("type[RunInput]", made)
    wrong = TypeError(
        f"wait_for_input={kind!r} is not a type a form can be made of; give a RunInput class, a "
        "Pydantic model, or a type such as str, int or list[str]."
    )
    if isinstance(kind, str):
        # To Pydantic it would be the name of a type that is defined later.
        raise wrong
    try:
        return AutomaticRunInput.subclass_from_type(kind)
    except pydantic.PydanticSchemaGenerationError:
        raise wrong from None


def as_run_input(value: Any) -> BaseRunInput:
    """A value to send, wrapped when it is not a RunInput."""
    if isinstance(value, BaseRunInput):
        return value
    if isinstance(value, pydantic.BaseModel):
        kind = run_input_subclass_from_type(type(value))
        return kind(**value.model_dump())
    return AutomaticRunInput.subclass_from_type(type(value))(value=value)


@dataclass(frozen=True, slots=True)
class Expected(Generic[T]):
    """What a wait expects: its form, and how an answer becomes a value.

    Args:
        kind: what the caller asked for.
        model: the form's class.
    """

    kind: Any
    model: type[RunInput]

    def value(self, answer: Mapping[str, Any] | None) -> Any:
        """The value of an answer.

        Raises:
            AnswerRejected: a validator of the model refuses it.
        """
        try:
            found = self.model.model_validate_json(json.dumps(answer or {}))
        except pydantic.ValidationError as error:
            raise AnswerRejected(_errors(error)) from None
        if isinstance(found, AutomaticRunInput):
            return found.value
        return found


def expected(kind: Any) -> Expected[Any]:
    """What a wait for `kind` expects."""
    return Expected(kind, run_input_subclass_from_type(kind))


def _errors(error: pydantic.ValidationError) -> list[FieldError]:
    return [
        FieldError(tuple(item["loc"]), item["msg"].removeprefix("Value error, "), None)
        for item in error.errors(include_url=False)
    ]
