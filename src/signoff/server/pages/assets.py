"""Stylesheet, scripts and the icon: what pages load, or carry along.

Owns reading them once, their fingerprints, and which script may stand inside a page. They are plain
files of the package: nothing has to be built.
"""

from __future__ import annotations

import gzip
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": b"text/css; charset=utf-8", ".js": b"text/javascript; charset=utf-8"}

PREFIX = "/static/"
INLINE = "comfort.js"
"""The script that stands in every page: the page of a wait has two requests to load."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent.

    Args:
        type: its MIME type.
        body, packed: its content, and that compressed.
        mark: changes with its content.
    """

    type: bytes
    body: bytes
    packed: bytes
    mark: str


@cache
def asset(name: str) -> Asset | None:
    """A file that may be loaded; None when there is none of this name."""
    path = _FOLDER / name
    type_ = _TYPES.get(path.suffix)
    if type_ is None or path.parent != _FOLDER or not path.is_file():
        return None
    body = path.read_bytes()
    return Asset(type_, body, gzip.compress(body, 9, mtime=0), sha256(body).hexdigest()[:12])


def url(name: str) -> str:
    """The address of a file; another one when its content has changed.

    Raises:
        LookupError: there is no such file.
    """
    found = asset(name)
    if found is None:
        raise LookupError(f"no file {name!r} in {_FOLDER}")
    return f"{PREFIX}{name}?v={found.mark}"


@cache
def inline_script() -> str:
    """The script that stands in the page."""
    return (_FOLDER / INLINE).read_text(encoding="utf-8")


@cache
def inline_hash() -> str:
    """How a policy names that script."""
    return "sha256-" + b64encode(sha256(inline_script().encode()).digest()).decode()


def icon(count: int) -> str:
    """The icon of the window, with how much waits, as a `data:` address."""
    label = "99+" if count > 99 else str(count)
    badge = (
        '<circle cx="22" cy="10" r="10" fill="#c2410c"/>'
        '<text x="22" y="14.5" font-family="sans-serif" font-weight="700" text-anchor="middle" '
        f'font-size="{9 if len(label) > 2 else 13}" fill="#fff">{label}</text>'
        if count
        else ""
    )
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        '<rect width="32" height="32" rx="8" fill="#3b4bc8"/>'
        '<path d="M7 18.5l5.5 5.5L25 11" fill="none" stroke="#fff" stroke-width="3.5" '
        f'stroke-linecap="round" stroke-linejoin="round"/>{badge}</svg>'
    )
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
