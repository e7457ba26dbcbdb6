"""A visit: one request for a page, as its handler sees it, and what a handler gives back.

Owns these values and nothing else. Must not know HTML or sockets.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast
from urllib.parse import quote, urlencode
from uuid import UUID

from signoff.model.commands import Request
from signoff.model.errors import ObjectNotFound
from signoff.server.api import Carry, Sender
from signoff.server.facts import Facts
from signoff.server.pages.forms.drafts import Pair

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page.

    Args:
        path: where, without the query.
        values: the parts of the path that the route names.
        query: what follows the question mark.
        sender: who asks; by name where one is known.
        carry: has a request of the model carried out.
        now: the store's time, UTC microseconds since the epoch.
        facts: how the server is.
        after: the last event of the history before this visit; None where it is not known.
        cookies: what the browser keeps for us.
        posted: what a form sends; empty for a page that is only read.
        images: hosts whose images may be shown.
    """

    path: str
    values: Mapping[str, str]
    query: Mapping[str, Sequence[str]]
    sender: Sender
    carry: Carry
    now: int
    facts: Callable[[], Facts]
    after: int | None
    cookies: Mapping[str, str] = field(default_factory=dict)
    posted: tuple[Pair, ...] = ()
    images: tuple[str, ...] = ()

    async def ask(self, request: Request[R]) -> R:
        """Have a request carried out in the visitor's name. Raises what the service raises."""
        return cast("R", await self.carry(request, self.sender))

    def asked(self, name: str, otherwise: str = "") -> str:
        """A value of the query."""
        found = self.query.get(name)
        return found[-1] if found else otherwise

    def said(self, name: str) -> str:
        """A text of the posted form; the last of its name."""
        return next((t for n, t in reversed(self.posted) if n == name and isinstance(t, str)), "")

    def all_said(self, name: str) -> tuple[str, ...]:
        """Every text of this name in the posted form."""
        return tuple(text for n, text in self.posted if n == name and isinstance(text, str))

    def start(self) -> int:
        """How many entries of a list the address passes over."""
        text = self.asked("start")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def run_id(self, name: str = "run_id", what: str = "run") -> UUID:
        """The run, or what else there is of that kind, that the path names.

        Raises:
            ObjectNotFound: the path names none.
        """
        text = self.values[name]
        try:
            return UUID(text)
        except ValueError:
            raise ObjectNotFound(f"{text!r} is not the id of a {what}.") from None

    def named(self, name: str) -> Visit:
        """The same visit, of a person who calls themselves so."""
        actor = replace(self.sender.actor, name=name)
        return replace(self, sender=replace(self.sender, actor=actor))


@dataclass(frozen=True, slots=True)
class View:
    """A page to show.

    Args:
        template: which one.
        title: of the window.
        values: what the template shows.
        status: the HTTP status.
        section: the entry of the navigation it belongs to.
        cookies: what the browser is to keep; None has it forget.
        styled: its script makes style rules; they carry the page's `nonce`.
    """

    template: str
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    section: str = ""
    cookies: Mapping[str, str | None] = field(default_factory=dict)
    styled: bool = False


@dataclass(frozen=True, slots=True)
class Redirect:
    """Another page to go to, after something was done.

    Args:
        to: a path of this server.
        cookies: as in `View`.
    """

    to: str
    cookies: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """A text to keep as a file.

    Args:
        content: the text.
        name: what the file is called.
    """

    content: str
    name: str


Handler = Callable[[Visit], Awaitable["View | Redirect | Text"]]


@dataclass(frozen=True, slots=True)
class Route:
    """One address, and what answers there.

    Args:
        method: `GET`, or `POST` for what changes something.
        pattern: a path; parts in braces are values.
        handler: answers.
    """

    method: str
    pattern: str
    handler: Handler


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the navigation.

    Args:
        name: what is read.
        path: where it leads.
        key: the letter that goes there, after `g`.
    """

    name: str
    path: str
    key: str


def wait_path(run_id: UUID, key: str) -> str:
    """The address of the page of one wait."""
    return f"/runs/{run_id}/waits/{quote(key, safe='')}"


def flow_path(namespace: str, flow: str, page: str = "") -> str:
    """The address of a saved flow, or of a page of it."""
    path = f"/flows/{quote(namespace, safe='')}/{quote(flow, safe='')}"
    return f"{path}/{page}" if page else path


def with_query(path: str, **values: str | None) -> str:
    """A path with a query, without what is empty."""
    given = {name: value for name, value in values.items() if value}
    return f"{path}?{urlencode(given)}" if given else path
