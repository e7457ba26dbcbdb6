"""Files of flows: kept, read, deleted.

Owns what an address looks like: `signoff:///<namespace>/<flow>/<id>/<name>`.
"""

from __future__ import annotations

import re
from urllib.parse import quote
from uuid import UUID

from signoff.core.shared import key_values as names
from signoff.core.shared.names import wrong
from signoff.model.errors import InvalidRequest, ObjectNotFound
from signoff.model.files import LARGEST, SCHEME, DeleteFile, File, KeepFile, ReadFile
from signoff.model.replies import Done
from signoff.service.table import Handlers
from signoff.service.unit import Unit

_LONGEST = 255
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f/\\]")


def keep_file(unit: Unit, request: KeepFile) -> str:
    return kept(unit, request)


def kept(unit: Unit, request: KeepFile) -> str:
    """Keep a file, and return its address.

    Raises:
        InvalidRequest: its name cannot be, or it is too large.
    """
    namespace = names.namespace(request.namespace)
    flow = names.key(request.flow)
    name, content = request.file.name, request.file.content
    if not name or name in (".", "..") or len(name) > _LONGEST or _FORBIDDEN.search(name):
        raise wrong("name", name, f"A file has a name of 1 to {_LONGEST} characters without '/'")
    if len(content) > LARGEST:
        size = len(content)
        raise wrong("content", f"{size} bytes", f"A file has at most {LARGEST} bytes")
    id = unit.means.new_id()
    uri = f"{SCHEME}{namespace}/{flow}/{id}/{quote(name)}"
    unit.wrote = True
    unit.tx.files.add(id, uri, name, content, request.run_id, unit.now)
    return uri


def read_file(unit: Unit, query: ReadFile) -> File:
    found = unit.tx.files.get(_id(query.uri))
    if found is None or found.uri != query.uri:
        raise _missing(query.uri)
    return found


def delete_file(unit: Unit, request: DeleteFile) -> Done:
    unit.wrote = True
    if not unit.tx.files.remove(_id(request.uri)):
        raise _missing(request.uri)
    return Done()


def _id(uri: str) -> UUID:
    parts = uri.removeprefix(SCHEME).split("/")
    try:
        if not uri.startswith(SCHEME) or len(parts) != 4:
            raise ValueError(uri)
        return UUID(parts[2])
    except ValueError:
        raise InvalidRequest(
            f"{uri!r} is no address of a file; they look like "
            f"{SCHEME}<namespace>/<flow>/<id>/<name>.",
            {"errors": [{"field": "uri", "message": "is no address of a file"}]},
        ) from None


def _missing(uri: str) -> ObjectNotFound:
    return ObjectNotFound(f"There is no file {uri}; it may have been deleted with its run.")


HANDLERS: Handlers = {KeepFile: keep_file, ReadFile: read_file, DeleteFile: delete_file}
