"""What is set, where each value comes from, and how the server is.

Owns the page under `/settings`. Secrets are masked, also those inside of addresses. What a visitor
chooses for their browser is in `settings`.
"""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass
from typing import Any

from signoff.gateway.settings import Resolved, Source, current
from signoff.model.settings import MASKED, SETTINGS, Setting, text_of
from signoff.server.pages.health import findings
from signoff.server.pages.visits import Redirect, Route, View, Visit

KEYS = (
    ("j, k", "next and previous item of a list"),
    ("Enter", "open it"),
    ("x", "select it"),
    ("a, r", "go to Approve or Reject; Enter then decides"),
    ("Ctrl Enter", "send the answer"),
    ("/", "filter"),
    ("Ctrl K", "find a page, question, run, flow or deployment"),
    ("g, then i, r, f, d, w or s", "go to inbox, runs, flows, deployments, work pools or settings"),
    ("?", "help"),
    ("Esc", "leave a field, close"),
)
"""What the keyboard does, as `keys.js` has it."""
_CREDENTIALS = re.compile(r"(?<=//)([^/@\s:]*):[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting on the page.

    Args:
        name, help: which, and what it does.
        value: as text, masked where it is secret.
        source: where it comes from.
        is_set: somebody set it.
    """

    name: str
    help: str
    value: str
    source: str
    is_set: bool


async def show(visit: Visit) -> View | Redirect:
    """The page of settings."""
    resolved = current()
    shown = [_shown(setting, resolved) for setting in SETTINGS]
    values = {
        "set": [each for each in shown if each.is_set],
        "defaults": [each for each in shown if not each.is_set],
        "unknown": [(name, str(source)) for name, source in resolved.unknown.items()],
        "findings": await findings(visit),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "keys": KEYS,
    }
    return View("settings.html", "Settings", values, section="Settings")


def _shown(setting: Setting, resolved: Resolved) -> Shown:
    source = resolved.sources[setting.name]
    place = f"profile {resolved.profile}" if source is Source.PROFILE else str(source)
    value = text(setting, getattr(resolved.settings, setting.attribute))
    return Shown(setting.name, setting.help, value, place, source is not Source.DEFAULT)


def text(setting: Setting, value: Any) -> str:
    """A value as it may be shown."""
    if setting.secret and value is not None:
        return MASKED
    return _CREDENTIALS.sub(rf"\1:{MASKED}@", text_of(value))


ROUTES = (Route("GET", "/settings", show),)
