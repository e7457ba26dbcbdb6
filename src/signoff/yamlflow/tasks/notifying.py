"""The task that notifies by whatever service a person uses.

Owns Notify, on Apprise's addresses (mail, chat, SMS and a hundred more).
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from signoff.yamlflow.tasks.context import RunContext
from signoff.yamlflow.tasks.running import TaskFailed
from signoff.yamlflow.tasks.saying import in_text


class Notify:
    """Sends one message to one or several addresses."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send `body`, with `title`, to all of `urls`."""
        try:
            apprise = importlib.import_module("apprise")
        except ModuleNotFoundError as error:
            raise TaskFailed(
                "Notifications need the library Apprise; install it with "
                "`pip install 'signoff[notify]'`."
            ) from error
        urls = properties.get("urls") or []
        sender = apprise.Apprise()
        for number, url in enumerate([urls] if isinstance(urls, str) else urls):
            # An address holds its password, so the message does not repeat it.
            with _hushed():
                taken = sender.add(str(url))
            if not taken:
                raise TaskFailed(
                    f"Property `urls`: address number {number + 1} is none that Apprise knows; see "
                    "https://github.com/caronc/apprise/wiki for how they are written."
                )
        if not len(sender):
            raise TaskFailed("Property `urls`: name at least one address.")
        if not sender.notify(
            body=in_text(properties.get("body")),
            title=in_text(properties.get("title")),
            body_format=properties.get("format") or "text",
        ):
            raise TaskFailed("At least one address did not take the message; the log says which.")
        return {}


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep Apprise from logging an address it refuses, password and all."""
    me, logger = threading.get_ident(), logging.getLogger("apprise")

    def others(record: logging.LogRecord) -> bool:
        return record.thread != me

    logger.addFilter(others)
    try:
        yield
    finally:
        logger.removeFilter(others)
