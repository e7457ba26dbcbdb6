"""The flows of documents that are kept by their digest.

`getattr(stored, "d" + digest)` is the flow: that is how the entry record of a run names it. Its
text is the one the run began with, whatever has been saved since.
"""

from __future__ import annotations

import functools
from typing import Any

from signoff.gateway.connect import get_gateway
from signoff.model.documents import ReadDocument
from signoff.model.errors import ObjectNotFound
from signoff.yamlflow.entering import PREFIX
from signoff.yamlflow.flows import YamlFlow, flow_of
from signoff.yamlflow.loading import read_installed

_DIGITS = 64


def __getattr__(name: str) -> Any:
    digest = name.removeprefix(PREFIX)
    if len(digest) != _DIGITS or digest == name:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return flow_by_digest(digest)
    except ObjectNotFound:
        raise AttributeError(f"no document with the digest {digest} is kept") from None


@functools.lru_cache(maxsize=64)
def flow_by_digest(digest: str) -> YamlFlow:
    """The flow of a kept document.

    Raises:
        ObjectNotFound: it is not kept.
        InvalidDocument: it cannot be read by this version.
    """
    return flow_of(read_installed(get_gateway().send(ReadDocument(digest))))


@functools.lru_cache(maxsize=64)
def flow_by_text(text: str) -> YamlFlow:
    """The flow of a document that was saved.

    Raises:
        InvalidDocument: it cannot be read by this version.
    """
    return flow_of(read_installed(text))
