"""Variables as flows and scripts use them, embedded and through a server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from signoff import flow, task
from signoff.client.orchestration import get_client
from signoff.client.schemas.actions import VariableCreate, VariableUpdate
from signoff.client.schemas.filters import VariableFilter, VariableFilterTags
from signoff.exceptions import InvalidRequest, ObjectAlreadyExists, ObjectNotFound
from signoff.variables import Variable
from tests.client.faces import FACES

pytestmark = [pytest.mark.service, pytest.mark.usefixtures("service")]


@pytest.fixture
def name() -> Iterator[str]:
    made = f"v-{uuid4().hex}"
    yield made
    Variable.unset(made)


@pytest.mark.parametrize("value", ["text", 0, 1.5, None, False, [1, "ü"], {"a": {"b": [None]}}])
def test_a_value_comes_back_as_it_was_set(name: str, value: Any) -> None:
    made = Variable.set(name, value, tags=["b", "a", "a"])
    assert (made.name, made.value, made.tags) == (name, value, ["a", "b"])
    got = Variable.get(name, default="nothing")
    assert got == value
    assert type(got) is type(value)


def test_an_existing_variable_is_only_overwritten_when_told(name: str) -> None:
    Variable.set(name, 1, tags=["t"])
    with pytest.raises(ValueError, match=r"already exists\. Use `overwrite=True` to update it"):
        Variable.set(name, 2)
    assert Variable.get(name) == 1
    assert Variable.set(name, 2, overwrite=True).tags == []
    assert Variable.get(name) == 2


def test_what_is_not_there_is_the_default(name: str) -> None:
    assert Variable.get(name) is None
    assert Variable.get(name, default=7) == 7
    assert Variable.unset(name) is False
    Variable.set(name, None)
    assert Variable.get(name, default=7) is None
    assert Variable.unset(name) is True
    assert Variable.get(name, default=7) == 7


def test_bad_names_and_values_are_refused(name: str) -> None:
    with pytest.raises(InvalidRequest, match=r"Variable name must only contain .* got 'A B'"):
        Variable.set("A B", 1)
    with pytest.raises(InvalidRequest, match="serializable to JSON"):
        Variable.set(name, object())
    assert Variable.get(name) is None


def test_asynchronous_code_awaits(name: str) -> None:
    async def use() -> list[Any]:
        made: Any = Variable.set(name, 1)
        await made
        await Variable.aset(name, 2, overwrite=True)
        got: Any = Variable.get(name)
        return [await got, await Variable.aget(name), await Variable.aunset(name)]

    assert asyncio.run(use()) == [2, 2, True]


def test_flows_and_tasks_share_them(name: str) -> None:
    @task
    def read() -> Any:
        return Variable.get(name)

    @flow
    def writing() -> Any:
        Variable.set(name, "from the flow")
        return read.submit().result()

    @flow
    async def async_writing() -> Any:
        await Variable.aset(name, "from the async flow", overwrite=True)
        return await Variable.aget(name)

    assert writing() == "from the flow"
    assert asyncio.run(async_writing()) == "from the async flow"


@pytest.mark.parametrize("face", sorted(FACES))
def test_the_client_has_the_documented_methods(name: str, face: str) -> None:
    ask = FACES[face]
    made = ask("create_variable", VariableCreate(name=name, value=[1], tags=[name]))
    assert ask("read_variable_by_name", name) == made
    with pytest.raises(ObjectAlreadyExists):
        ask("create_variable", VariableCreate(name=name, value=2))
    ask("update_variable", VariableUpdate(name=name, value=None))
    changed = ask("read_variable_by_name", name)
    assert (changed.value, changed.tags) == (None, [name])
    ask("update_variable", VariableUpdate(name=name, tags=["other", name]))
    tagged = VariableFilter(tags=VariableFilterTags(all_=[name]))
    assert [each.id for each in ask("read_variables", variable_filter=tagged)] == [made.id]
    assert len(ask("read_variables", limit=1)) == 1
    ask("delete_variable_by_name", name)
    assert ask("read_variable_by_name", name) is None
    for method, argument in (
        ("delete_variable_by_name", name),
        ("update_variable", VariableUpdate(name=name, value=1)),
    ):
        with pytest.raises(ObjectNotFound, match=name):
            ask(method, argument)


def test_a_client_may_be_at_hand_in_a_flow(name: str) -> None:
    @flow
    def asking() -> Any:
        with get_client(sync_client=True) as client:
            client.create_variable(VariableCreate(name=name, value=3))
        return Variable.get(name)

    assert asking() == 3
