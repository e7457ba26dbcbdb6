"""Secrets that flows share: named values, never shown.

Owns the requests. Must not know how a secret is kept unreadable.
"""

from __future__ import annotations

from dataclasses import field

from signoff.model.commands import Command
from signoff.model.forms import Json
from signoff.model.lookups import Query
from signoff.model.replies import Done
from signoff.model.values import dataclass


@dataclass(frozen=True, slots=True)
class SecretValue:
    """A secret in clear, for the code that uses it."""

    value: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class SecretFacts:
    """What may be known of a secret. Times are UTC microseconds since the Unix epoch."""

    name: str
    created: int
    updated: int


@dataclass(frozen=True, slots=True)
class SaveSecret(Command[Done]):
    """Keep a secret; one of that name is replaced only with `overwrite`."""

    name: str
    value: Json = field(repr=False)
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class OpenSecret(Query[SecretValue]):
    """The value of a secret."""

    name: str


@dataclass(frozen=True, slots=True)
class ReadSecrets(Query[tuple[SecretFacts, ...]]):
    """Which secrets there are, by name."""


@dataclass(frozen=True, slots=True)
class DeleteSecret(Command[Done]):
    """Delete a secret."""

    name: str
