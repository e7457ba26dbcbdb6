"""Files of flows. Owns the columns of `files`."""

from __future__ import annotations

from uuid import UUID

from signoff.model.files import File
from signoff.store.codes import id_bytes
from signoff.store.session import Session


class FileRows:
    """See `core.file_ports.Files` for what each method promises.

    Args:
        session: the connection, inside a transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self, id: UUID, uri: str, name: str, content: bytes, run_id: UUID | None, now: int
    ) -> None:
        self._session.run(
            "add_file",
            {
                "id": id.bytes,
                "uri": uri,
                "name": name,
                "content": content,
                "run": id_bytes(run_id),
                "now": now,
            },
        )

    def get(self, id: UUID) -> File | None:
        row = self._session.one("file", {"id": id.bytes})
        if row is None:
            return None
        uri, name, created, content = row
        return File(uri, name, len(content), created, bytes(content))

    def remove(self, id: UUID) -> bool:
        return self._session.run("remove_file", {"id": id.bytes}) == 1
