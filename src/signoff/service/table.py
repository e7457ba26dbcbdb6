"""The shape of the tables that say which function carries out which request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from signoff.model.commands import Request
from signoff.service.unit import Unit

Handler = Callable[[Unit, Any], Any]
"""Carries one kind of request out, and returns its reply."""

Handlers = Mapping[type[Request[Any]], Handler]
"""By class of request. Each entry pairs a request with a function that takes it and returns its
reply; a test holds every entry against the types."""
