"""`Secret`: a value that is kept encrypted and never shown.

Owns the documented class. How a secret is kept is the service's.
"""

from __future__ import annotations

from typing import Any

from pydantic import SecretBytes, SecretStr

from signoff.authoring.callables import is_json
from signoff.authoring.dispatch import async_dispatch, off_loop
from signoff.gateway.connect import get_gateway
from signoff.model.errors import ObjectNotFound
from signoff.model.secrets import OpenSecret, SaveSecret


def _load(name: str) -> Secret:
    """The secret of a name.

    Raises:
        ValueError: there is none.
    """
    try:
        found = get_gateway().send(OpenSecret(name))
    except ObjectNotFound as error:
        raise ValueError(
            f"Unable to find block document named {name} for block type secret. "
            f'Save it with Secret(value=...).save("{name}").'
        ) from error
    secret = Secret(value=found.value)
    secret.kept_as = name
    return secret


def _save(secret: Secret, name: str, overwrite: bool = False) -> None:
    """Keep the secret under a name.

    Args:
        secret: the secret.
        name: lowercase letters, numbers and dashes.
        overwrite: replace one of that name.

    Raises:
        ValueError: there is one of that name, and `overwrite` is False.
        InvalidRequest: the name is not allowed.
    """
    value = secret.get()
    if not is_json(value):
        raise TypeError(f"The value of a secret must be JSON to be saved, got {type(value)}.")
    get_gateway().send(SaveSecret(name, value, overwrite))
    secret.kept_as = name


_aload, _asave = off_loop(_load), off_loop(_save)


class Secret:
    """A value that is kept encrypted and never shown.

    ::

        Secret(value="sk-1234").save("api-key")
        Secret.load("api-key").get()

    Args:
        value: text, or any JSON value.
    """

    def __init__(self, value: Any) -> None:
        wrapped = isinstance(value, SecretStr | SecretBytes)
        self._value = value.get_secret_value() if wrapped else value
        self.kept_as: str | None = None
        """The name under which it is kept; None when it is not, as far as this object knows."""

    @property
    def value(self) -> SecretStr:
        """The value, masked wherever it is shown."""
        return SecretStr(str(self._value))

    def get(self) -> Any:
        """The value in clear."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(value=**********)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(repr(self._value))

    load = staticmethod(async_dispatch(_aload)(_load))
    aload = staticmethod(_aload)
    save = async_dispatch(_asave)(_save)
    asave = _asave
