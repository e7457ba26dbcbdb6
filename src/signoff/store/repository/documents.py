"""Documents. Owns the columns of `documents`."""

from __future__ import annotations

from signoff.store.session import Session


class DocumentRows:
    """See `core.document_ports.Documents` for what each method promises.

    Args:
        session: the connection, inside a transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(self, digest: str, source: str, now: int) -> None:
        values = {"digest": digest, "source": source, "now": now}
        self._session.run("put_document", values)

    def source(self, digest: str) -> str | None:
        row = self._session.one("document", {"digest": digest})
        return None if row is None else row[0]
