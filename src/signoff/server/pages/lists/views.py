"""Saved views of the list of runs: keeping what its filters say under a name.

Owns whose they are: a visitor's by the name they decide by, everybody's where none is known or
where they say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode

from signoff.model.saved_views import ForgetView, ReadViews, SaveView
from signoff.server.pages.lists.choosing import Chosen, chosen
from signoff.server.pages.protection import NAME
from signoff.server.pages.visits import Redirect, Route, View, Visit


@dataclass(frozen=True, slots=True)
class Kept:
    """A view on the page.

    Args:
        name: what it is called.
        address: the list that it shows.
        shared: it is everybody's.
        shown: it is what is listed now.
    """

    name: str
    address: str
    shared: bool
    shown: bool


async def views_of(visit: Visit, wanted: Chosen) -> dict[str, Any]:
    """What the list shows of saved views."""
    owner = _owner(visit)
    kept = await visit.ask(ReadViews(owner))
    shown = [
        Kept(each.name, here.address(), not each.owner, here == wanted)
        for each in kept
        for here in (_read(each.query),)
    ]
    return {
        "views": shown,
        "view": next((each for each in shown if each.shown), None),
        "owner": owner,
        "query": urlencode(wanted.pairs),
    }


async def save(visit: Visit) -> View | Redirect:
    """Keep a view, and show it."""
    owner = "" if visit.said("everybody") else _owner(visit)
    wanted = _read(visit.said("query"))
    await visit.ask(SaveView(owner, visit.said("name"), urlencode(wanted.pairs)))
    return Redirect(wanted.address())


async def forget(visit: Visit) -> View | Redirect:
    """Keep a view no longer; what it showed stays."""
    owner = "" if visit.said("everybody") else _owner(visit)
    await visit.ask(ForgetView(owner, visit.said("name")))
    return Redirect(_read(visit.said("query")).address())


def _owner(visit: Visit) -> str:
    actor = visit.sender.actor
    return actor.name if actor.verified else visit.cookies.get(NAME, "")


def _read(query: str) -> Chosen:
    """Filters as they were kept; what has no meaning any more is left out."""
    values = parse_qs(query)
    return chosen(lambda name: values.get(name, [""])[-1])


ROUTES = (Route("POST", "/views", save), Route("POST", "/views/forget", forget))
