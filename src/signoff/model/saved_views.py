"""Views of the list of runs that people keep: a name for what its filters say.

Owns the requests. A view belongs to the name somebody decides by, or to everybody. Must not know
what the filters mean: those who show the list do.
"""

from __future__ import annotations

from signoff.model.commands import Command
from signoff.model.lookups import Query
from signoff.model.replies import Done
from signoff.model.values import dataclass

LONGEST_NAME = 80
LONGEST_QUERY = 2_000
MOST = 100
"""Views of one owner."""


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view.

    Args:
        owner: whose it is; empty for everybody's.
        name: what it is called, once per owner.
        query: the filters, as the address of the list has them.
    """

    owner: str
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class SaveView(Command[SavedView]):
    """Keep a view; one of the same owner and name is replaced."""

    owner: str
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class ForgetView(Command[Done]):
    """Keep a view no longer; `ObjectNotFound` when there is none."""

    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class ReadViews(Query[tuple[SavedView, ...]]):
    """The views of an owner and those of everybody, by name."""

    owner: str
