"""One method of the client as a value: what it asks, and what it makes of the reply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from signoff.core.ports import Gateway
from signoff.model.commands import Request
from signoff.model.errors import RequestRefused

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plan(Generic[T]):
    """One request and what to make of its reply.

    Args:
        request: what to ask.
        convert: (reply, gateway) -> what the method returns.
        refused: (refusal, gateway) -> what the method returns for a refusal; None to raise it.
    """

    request: Request[Any]
    convert: Callable[[Any, Gateway], T]
    refused: Callable[[RequestRefused, Gateway], T] | None = None


def nothing(reply: Any, gateway: Gateway) -> None:
    """The method returns nothing."""
    return None


def as_it_is(reply: Any, gateway: Gateway) -> Any:
    """The method returns the reply."""
    return reply


def as_list(reply: Any, gateway: Gateway) -> list[Any]:
    """The method returns the reply as a list."""
    return list(reply)
