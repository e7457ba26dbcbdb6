"""Files of flows: uploads of inputs and what tasks leave behind, found by their address.

Owns the requests and the form of an address. Must not know how a file is kept.
"""

from __future__ import annotations

from dataclasses import field
from uuid import UUID

from signoff.model.commands import Command
from signoff.model.lookups import Query
from signoff.model.replies import Done
from signoff.model.values import dataclass

LARGEST = 32 * 1024 * 1024
"""Bytes of one file."""
SCHEME = "signoff:///"


@dataclass(frozen=True, slots=True)
class File:
    """A file. `created` is UTC microseconds since the Unix epoch."""

    uri: str
    name: str
    size: int
    created: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to keep.

    Args:
        name: without folders.
        content: its bytes.
    """

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeepFile(Command[str]):
    """Keep a file; the reply is its address.

    Args:
        namespace, flow: whose file it is.
        file: name and content.
        run_id: the run that it belongs to and is deleted with; None for none.
    """

    namespace: str
    flow: str
    file: NewFile
    run_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReadFile(Query[File]):
    """The file at an address."""

    uri: str


@dataclass(frozen=True, slots=True)
class DeleteFile(Command[Done]):
    """Delete a file."""

    uri: str
