"""Encrypting secrets at rest, under a key of this installation.

Owns the key: `SIGNOFF_SECRET_KEY`, or the file `secret.key` in the home, made on first need and
readable by its owner only. Must not know what is encrypted. `cryptography` is loaded with the first
secret.
"""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from signoff.model.errors import SignoffException

VARIABLE = "SIGNOFF_SECRET_KEY"


class FernetVault:
    """A vault over Fernet (AES in CBC mode with an HMAC).

    Args:
        home: the home, whose `secret.key` is used when no key is given.
        key: the key; the environment variable `SIGNOFF_SECRET_KEY` when left out.
    """

    def __init__(self, home: Path, key: str | None = None) -> None:
        self._file = home / "secret.key"
        self._key = key
        self._fernet: Any = None

    def encrypt(self, text: str) -> str:
        """The text, unreadable without the key.

        Raises:
            SignoffException: the key cannot be used.
        """
        token: bytes = self._ready().encrypt(text.encode())
        return token.decode("ascii")

    def decrypt(self, text: str) -> str:
        """The text that was encrypted.

        Raises:
            SignoffException: it was encrypted under another key, or the key cannot be used.
        """
        ready = self._ready()
        invalid: type[Exception] = import_module("cryptography.fernet").InvalidToken
        try:
            clear: bytes = ready.decrypt(text.encode("ascii"))
        except invalid:
            raise SignoffException(
                "A stored secret cannot be read: it was encrypted under another key. Set "
                f"{VARIABLE} to that key, or put it back into {self._file}."
            ) from None
        return clear.decode()

    def _ready(self) -> Any:
        if self._fernet is None:
            fernet = import_module("cryptography.fernet").Fernet
            given = self._key or os.environ.get(VARIABLE)
            key = given or self._from_file(fernet)
            try:
                self._fernet = fernet(key)
            except ValueError:
                source = VARIABLE if given else str(self._file)
                raise SignoffException(
                    f"{source} holds no usable key: it must be 32 bytes in URL-safe base64. Make "
                    'one with: python -c "from cryptography.fernet import Fernet; '
                    'print(Fernet.generate_key().decode())"'
                ) from None
        return self._fernet

    def _from_file(self, fernet: Any) -> str:
        """The key in the file, which is made when there is none."""
        with suppress(FileNotFoundError):
            return self._file.read_text(encoding="ascii").strip()
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_name(f"secret.key.{uuid.uuid4().hex}")
        number = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            # Appears whole or not at all, and never replaces the key another process just made.
            with suppress(FileExistsError):
                os.link(fresh, self._file)
        finally:
            fresh.unlink()
        _sync(self._file.parent)
        return self._file.read_text(encoding="ascii").strip()


def _sync(folder: Path) -> None:
    """Have a new name in a folder outlive a loss of power: secrets are lost with their key."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
