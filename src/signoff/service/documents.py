"""Documents: kept by digest, given back as they were."""

from __future__ import annotations

import hashlib

from signoff.model.documents import KeepDocument, ReadDocument
from signoff.model.errors import InvalidRequest, ObjectNotFound
from signoff.service.table import Handlers
from signoff.service.unit import Unit

LARGEST = 10 * 1024 * 1024
"""Bytes of one document."""


def keep_document(unit: Unit, request: KeepDocument) -> str:
    return kept(unit, request.source)


def kept(unit: Unit, source: str) -> str:
    """Keep a text, and return its digest.

    Raises:
        InvalidRequest: no database can keep it as it is, or it is too large.
    """
    try:
        text = source.encode()
    except UnicodeEncodeError:
        raise _wrong("has characters that cannot be written as UTF-8; save it as UTF-8") from None
    if b"\0" in text:
        raise _wrong("has the character NUL; leave it out")
    if len(text) > LARGEST:
        raise _wrong(f"has {len(text)} bytes; at most {LARGEST} are kept, split the flow")
    digest = hashlib.sha256(text).hexdigest()
    unit.wrote = True
    unit.tx.documents.put(digest, source, unit.now)
    return digest


def _wrong(message: str) -> InvalidRequest:
    return InvalidRequest(
        f"Field `source`: {message}.", {"errors": [{"field": "source", "message": message}]}
    )


def read_document(unit: Unit, query: ReadDocument) -> str:
    source = unit.tx.documents.source(query.digest)
    if source is None:
        raise ObjectNotFound(f"There is no document with the digest {query.digest!r}.")
    return source


HANDLERS: Handlers = {KeepDocument: keep_document, ReadDocument: read_document}
