"""Who did something, and from where.

Owns the record kept with every decision. Must not know how an identity is established.
"""

from __future__ import annotations

from enum import StrEnum

from signoff.model.values import dataclass


class Via(StrEnum):
    """The face of Signoff through which somebody acted."""

    PYTHON = "python"
    CLI = "cli"
    TERMINAL = "terminal"
    HTTP = "http"
    PAGE = "page"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody (or a part of Signoff) that changed a run.

    Args:
        name: the operating system's user, the authenticated name, or the remote address.
        via: the face used.
        host: machine name, or remote address of the request; None for Signoff itself.
        verified: True when the operating system or an authentication vouches for `name`.
    """

    name: str
    via: Via
    host: str | None = None
    verified: bool = False

    def __str__(self) -> str:
        return (
            f"{self.name} ({self.via}, {self.host})" if self.host else f"{self.name} ({self.via})"
        )


SERVICE = Actor("signoff", Via.SERVICE, None, True)
"""Signoff itself: deadlines, hand-over of dead processes."""
