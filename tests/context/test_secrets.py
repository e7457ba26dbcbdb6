"""`Secret`: kept encrypted, never shown, given back to the code that asks."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from signoff import flow
from signoff.blocks.system import Secret
from signoff.exceptions import InvalidRequest, ObjectAlreadyExists
from signoff.gateway.connect import get_gateway
from signoff.model.secrets import DeleteSecret, OpenSecret, ReadSecrets, SaveSecret
from signoff.settings import get_current_settings

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("service")]


@pytest.mark.parametrize("value", ["sk-1234", {"user": "ann", "ports": [1, None]}, 7])
def test_a_secret_is_given_back(value: Any) -> None:
    name = f"key-{uuid4().hex[:8]}"
    Secret(value=value).save(name)
    assert Secret.load(name).get() == value
    assert Secret.load(name) == Secret(value)
    with pytest.raises(ObjectAlreadyExists, match="overwrite=True"):
        Secret(value="other").save(name)
    Secret(value="other").save(name, overwrite=True)
    assert Secret.load(name).get() == "other"
    get_gateway().send(DeleteSecret(name))
    with pytest.raises(ValueError, match=f"Unable to find block document named {name}"):
        Secret.load(name)


def test_a_secret_is_never_shown_nor_stored_in_clear() -> None:
    name, text = f"key-{uuid4().hex[:8]}", f"clear-{uuid4().hex}"
    secret = Secret(value=text)
    secret.save(name)
    requests = (SaveSecret(name, text), get_gateway().send(OpenSecret(name)), secret, secret.value)
    assert not [each for each in requests if text in f"{each!r} {each}"]
    assert name in [each.name for each in get_gateway().send(ReadSecrets())]
    get_gateway().send(ReadSecrets())
    home = Path(get_current_settings().home)
    files = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert not [each for each in files if text.encode() in each]


def test_asynchronous_code_loads_and_saves() -> None:
    name = f"key-{uuid4().hex[:8]}"

    @flow
    async def using() -> Any:
        await Secret(value="x").save(name)  # type: ignore[func-returns-value]
        await Secret(value="y").asave(name, overwrite=True)
        loaded = await Secret.aload(name)
        return loaded.get()

    assert asyncio.run(using()) == "y"  # type: ignore[arg-type]


def test_what_cannot_be_kept_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="lowercase letters, numbers and dashes"):
        Secret(value="x").save("My Key")
    with pytest.raises(TypeError, match="must be JSON"):
        Secret(value=object()).save("key")
