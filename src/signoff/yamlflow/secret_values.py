"""Secrets of YAML flows.

Owns where `secret('NAME')` is looked up: `SIGNOFF_SECRET_NAME` as it is, `SECRET_NAME` in base64
(the reference's own notation), then the file that `SIGNOFF_SECRETS_FILE` names, with one
`NAME=value` a line.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from pathlib import Path

_PLAIN, _ENCODED, _FILE = "SIGNOFF_SECRET_", "SECRET_", "SIGNOFF_SECRETS_FILE"
_KEY = "SIGNOFF_SECRET_KEY"
"""The key that encrypts answers; it shares the prefix and is no secret of a flow."""


def secret_reader(
    environment: Mapping[str, str], noticed: Callable[[str], None]
) -> Callable[[str], str]:
    """How secrets are read in an environment.

    Args:
        environment: variables of the process that runs the flow.
        noticed: told each value that is handed out, so that it can be masked in logs.

    Returns:
        A function from a name, in any case, to the secret; it raises KeyError with what to do, or
        ValueError when the secret is there and cannot be read.
    """

    def read(name: str) -> str:
        value = _find(environment, name.upper())
        if value is None:
            raise KeyError(
                f"There is no secret {name!r}: set {_PLAIN}{name.upper()} where the flow runs, or "
                f"add it to the file that {_FILE} names."
            )
        noticed(value)
        return value

    return read


def _find(environment: Mapping[str, str], name: str) -> str | None:
    if (plain := environment.get(_PLAIN + name)) is not None and _PLAIN + name != _KEY:
        return plain
    if (encoded := environment.get(_ENCODED + name)) is not None:
        try:
            return base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise ValueError(
                f"Secret {name!r}: {_ENCODED}{name} is not in base64; encode it, or use "
                f"{_PLAIN}{name}."
            ) from None
    return _from_file(environment.get(_FILE), name)


def _from_file(path: str | None, name: str) -> str | None:
    if not path:
        return None
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"The secrets file {path!r} of {_FILE} cannot be read: {error}") from error
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals and not key.lstrip().startswith("#") and key.strip().upper() == name:
            return value.strip()
    return None
