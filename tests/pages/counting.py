"""Counts what a person does on a page: clicks and keys, over every page that follows."""

from __future__ import annotations

from collections import Counter

from playwright.sync_api import Page

_COUNT = """
for (const kind of ["pointerdown", "keydown"])
  addEventListener(kind, (event) => { if (event.isTrusted) window.counted(kind); }, true);
"""


class Steps:
    """What is done from now on; what a script pretends to do does not count.

    Args:
        page: where it is done.
    """

    def __init__(self, page: Page) -> None:
        self._done: Counter[str] = Counter()
        page.expose_function("counted", self._add)
        page.add_init_script(_COUNT)
        page.reload()

    @property
    def clicks(self) -> int:
        """How often something was clicked or touched."""
        return self._done["pointerdown"]

    @property
    def keys(self) -> int:
        """How often a key was pressed."""
        return self._done["keydown"]

    def _add(self, kind: str) -> None:
        self._done[kind] += 1
