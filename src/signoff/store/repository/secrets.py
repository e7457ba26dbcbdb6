"""Secrets. Owns the columns of `secrets`; values come and go encrypted."""

from __future__ import annotations

from signoff.model.secrets import SecretFacts
from signoff.store.session import Session


class SecretRows:
    """See `core.secret_ports.Secrets` for what each method promises.

    Args:
        session: the connection, inside a transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, name: str, value: str, now: int) -> bool:
        return self._session.run("add_secret", {"name": name, "value": value, "now": now}) == 1

    def change(self, name: str, value: str, now: int) -> None:
        self._session.run("change_secret", {"name": name, "value": value, "now": now})

    def value(self, name: str) -> str | None:
        row = self._session.one("secret", {"name": name})
        return None if row is None else row[0]

    def listed(self) -> tuple[SecretFacts, ...]:
        return tuple(SecretFacts(*row) for row in self._session.all("secrets", {}))

    def remove(self, name: str) -> bool:
        return self._session.run("remove_secret", {"name": name}) == 1
