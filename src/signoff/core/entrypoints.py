"""Entrypoints: where a flow is, in the words of a person.

`flows/refund.py:refund` names a file and the flow in it, `shop.flows.refund` (or
`shop.flows:refund`) a module. Owns how such a text becomes an entry record that any worker which
has the code can use. Must not look at files.
"""

from __future__ import annotations

import posixpath
import re

from signoff.model.errors import InvalidRequest
from signoff.model.journal import EntryRecord, Source

_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def entry_record(entrypoint: str, folder: str | None, source: Source | None = None) -> EntryRecord:
    """How the flow of an entrypoint is loaded.

    Args:
        entrypoint: where the flow is.
        folder: what the path is relative to, and the working directory of runs; that of the worker
            when not given.
        source: the repository that the path is in; `folder` counts for nothing then.

    Raises:
        InvalidRequest: the text is no entrypoint.
    """
    place, colon, name = entrypoint.strip().rpartition(":")
    directory = "" if source is not None else folder or ""
    if not colon:
        place, _, name = entrypoint.strip().rpartition(".")
    is_file = bool(colon) and (place.endswith(".py") or "/" in place)
    if not place or not _NAME.fullmatch(name) or not (is_file or _NAME.fullmatch(place)):
        raise InvalidRequest(
            f"Field `entrypoint`: {entrypoint!r} names no flow; write 'path/file.py:function' or "
            "'package.module:function'.",
            {"errors": [{"field": "entrypoint", "message": "names no flow", "value": entrypoint}]},
        )
    return EntryRecord(
        host="",
        user="",
        interpreter="",
        directory=directory,
        path=(directory,) if directory else (),
        file=posixpath.join(directory, place) if is_file else None,
        module=None if is_file else place,
        qualname=name,
        source_hash="",
        source=source,
    )
