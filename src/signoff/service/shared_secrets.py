"""Secrets that flows share: sealed before they are stored, opened for the code that asks."""

from __future__ import annotations

import json
import re

from signoff.model.errors import InvalidRequest, ObjectAlreadyExists, ObjectNotFound
from signoff.model.replies import Done
from signoff.model.secrets import (
    DeleteSecret,
    OpenSecret,
    ReadSecrets,
    SaveSecret,
    SecretFacts,
    SecretValue,
)
from signoff.service.table import Handlers
from signoff.service.unit import Unit

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def save_secret(unit: Unit, request: SaveSecret) -> Done:
    name = request.name
    if not _NAME.fullmatch(name):
        raise InvalidRequest(
            f"{name!r} is no name of a secret: use lowercase letters, numbers and dashes, such as "
            "'api-key'.",
            {"errors": [{"field": "name", "message": "lowercase letters, numbers and dashes"}]},
        )
    sealed = unit.means.forms.vault.encrypt(json.dumps(request.value))
    unit.wrote = True
    if not unit.tx.secrets.add(name, sealed, unit.now):
        if not request.overwrite:
            raise ObjectAlreadyExists(
                f"There is a secret {name!r} already; use overwrite=True to replace it."
            )
        unit.tx.secrets.change(name, sealed, unit.now)
    return Done()


def open_secret(unit: Unit, query: OpenSecret) -> SecretValue:
    sealed = unit.tx.secrets.value(query.name)
    if sealed is None:
        raise _missing(query.name)
    return SecretValue(json.loads(unit.means.forms.vault.decrypt(sealed)))


def read_secrets(unit: Unit, query: ReadSecrets) -> tuple[SecretFacts, ...]:
    return unit.tx.secrets.listed()


def delete_secret(unit: Unit, request: DeleteSecret) -> Done:
    unit.wrote = True
    if not unit.tx.secrets.remove(request.name):
        raise _missing(request.name)
    return Done()


def _missing(name: str) -> ObjectNotFound:
    return ObjectNotFound(f"There is no secret {name!r}. `signoff block ls` shows them.")


HANDLERS: Handlers = {
    SaveSecret: save_secret,
    OpenSecret: open_secret,
    ReadSecrets: read_secrets,
    DeleteSecret: delete_secret,
}
