"""Templates: the environment in which every page is rendered.

Owns what a template may call. Everything is escaped unless it is known to be HTML; a name that does
not exist is an error. Must not know visits.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from signoff.server.pages import assets, badges, words
from signoff.server.pages.visits import flow_path, wait_path, with_query

_FOLDER = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """The one environment."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["markdown"] = _markdown
    made.globals.update(
        words=words,
        badges=badges,
        wait_path=wait_path,
        with_query=with_query,
        flow_path=flow_path,
        asset=assets.url,
        window_icon=assets.icon,
        script=lambda: Markup(assets.inline_script()),
    )
    return made


def _markdown(text: str) -> Any:
    """Loaded with the first Markdown there is to show."""
    return import_module("signoff.server.pages.markdown").to_html(text)


def render(template: str, values: Mapping[str, Any]) -> str:
    """A page."""
    return environment().get_template(template).render(values)
