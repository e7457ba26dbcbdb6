"""How another process finds the document of a run.

Owns the entry record of runs of documents: the text is kept by its digest, which the record names.
"""

from __future__ import annotations

import sys

from signoff.engine.entry import os_user
from signoff.gateway.connect import get_gateway
from signoff.gateway.liveness import machine_id
from signoff.gateway.settings import current_settings
from signoff.model.documents import KeepDocument
from signoff.model.journal import DOCUMENTS, EntryRecord
from signoff.yamlflow.document import Document

PREFIX = "d"
"""In front of the digest, so that it is the name of an attribute."""


def qualname_of(digest: str) -> str:
    """The attribute of `signoff.yamlflow.stored` that is the flow of a document."""
    return f"{PREFIX}{digest}"


class DocumentEntry:
    """Makes the entry record of a document, and keeps its text where the record will be read."""

    def __init__(self, document: Document, directory: str, path: tuple[str, ...]) -> None:
        self._document = document
        self._directory = directory
        self._path = path
        self._kept: object = None

    def __call__(self) -> EntryRecord:
        gateway = get_gateway()
        if self._kept is not gateway:
            gateway.send(KeepDocument(self._document.source))
            self._kept = gateway
        return EntryRecord(
            host=machine_id(current_settings().home),
            user=os_user(),
            interpreter=sys.executable,
            directory=self._directory,
            path=self._path,
            file=None,
            module=DOCUMENTS,
            qualname=qualname_of(self._document.digest),
            source_hash=self._document.digest,
        )
