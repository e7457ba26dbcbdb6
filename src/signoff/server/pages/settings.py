"""What a visitor chooses for this browser: light or dark, and by which name they decide.

Owns these two. They are cookies, so that they hold without a script and before the first paint.
"""

from __future__ import annotations

from signoff.server.pages.protection import NAME, THEME
from signoff.server.pages.visits import Redirect, Route, View, Visit

LONGEST_NAME = 80
_THEMES = ("light", "dark")


async def choose_theme(visit: Visit) -> View | Redirect:
    """Light, dark, or what the system says."""
    theme = visit.said("theme")
    return Redirect(_back(visit), {THEME: theme if theme in _THEMES else None})


async def choose_name(visit: Visit) -> View | Redirect:
    """The name that decisions are recorded under; none has the page ask again."""
    return Redirect(_back(visit), {NAME: clean_name(visit.said("name")) or None})


def clean_name(text: str) -> str:
    """A name in one line of sensible length."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_NAME]


def _back(visit: Visit) -> str:
    """Where the visitor came from: a page of this server, never another one's."""
    back = visit.said("back")
    plain = back.isascii() and back.isprintable() and "\\" not in back and " " not in back
    return back if plain and back.startswith("/") and not back.startswith("//") else "/"


ROUTES = (
    Route("POST", "/settings/theme", choose_theme),
    Route("POST", "/settings/name", choose_name),
)
