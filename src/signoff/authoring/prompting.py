"""The prompt that a paused script offers at its own terminal."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from signoff.authoring import terminal
from signoff.engine.effects import Offer
from signoff.model.forms import Form

_CONFIRM = Form({"type": "object", "properties": {}, "additionalProperties": False})
"""A form without fields: Enter goes on."""


def prompt(offer: Offer, wake_fd: int) -> Mapping[str, Any] | None:
    """Show the offered form until it is answered, or until `wake_fd` becomes readable.

    Returns the answer, or None when there is none: something changed, or the input ended.
    """
    try:
        keyboard = sys.stdin.fileno()
    except (AttributeError, OSError, ValueError):
        return None
    if not terminal.can_prompt(keyboard, sys.stderr):
        return None
    # Loaded on first use: the validator costs as much as all the rest of Signoff together.
    checking = importlib.import_module("signoff.core.forms.checking")
    return terminal.prompt(
        offer.form or _CONFIRM,
        input_fd=keyboard,
        output=sys.stderr,
        check=checking.check,
        wake_fd=wake_fd,
        title=offer.title,
        deadline_text=_until(offer.deadline),
        message=_refusal(offer),
        keep_file=offer.keep,
    )


def _refusal(offer: Offer) -> str | None:
    lines = [
        f"{error.dotted}: {error.message}" if error.path else error.message
        for error in offer.errors
    ]
    return "\n".join(lines) or None


def _until(deadline: int | None) -> str | None:
    if deadline is None:
        return None
    moment = datetime.fromtimestamp(deadline / 1_000_000).astimezone()
    return f"Answer by {moment:%Y-%m-%d %H:%M:%S %Z}."
