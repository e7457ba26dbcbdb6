"""How the documented pull steps say where the code of a deployment is fetched from.

Owns the one step there is, `git_clone`, and that no password gets on record with it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from signoff.core.nearest import did_you_mean
from signoff.model.errors import InvalidRequest
from signoff.model.journal import Source

_NAMED = re.compile(r"\$\w+|[a-z0-9-]+")

GIT_CLONE = "signoff.deployments.steps.git_clone"
"""The documented step that fetches code from a git repository."""
_GIVEN = {
    "repository": "url",
    "branch": "branch",
    "commit_sha": "commit",
    "access_token": "token",
    "username": "username",
    "include_submodules": "submodules",
}
_SWITCHES = frozenset({"include_submodules"})


def pull_steps(source: Source) -> list[dict[str, dict[str, str | bool]]]:
    """A source as the documented steps."""
    values = {name: getattr(source, field) for name, field in _GIVEN.items()}
    told = {name: value for name, value in values.items() if value not in (None, False)}
    return [{GIT_CLONE: told}]


def source_of(steps: Sequence[Mapping[str, Any]] | None) -> Source | None:
    """Where the documented steps fetch code from; None when nowhere.

    Raises:
        InvalidRequest: they do something else, or not in a way that could be kept.
    """
    if not steps:
        return None
    if len(steps) != 1 or list(steps[0]) != [GIT_CLONE]:
        names = ", ".join(repr(name) for step in steps for name in step)
        raise _wrong_step(f"one step {GIT_CLONE!r} is supported, got {names}")
    given = steps[0][GIT_CLONE]
    if not isinstance(given, Mapping) or not isinstance(given.get("repository"), str):
        raise _wrong_step("`repository` is missing: the URL of a git repository")
    for name, value in given.items():
        if name not in _GIVEN:
            near = did_you_mean(name, tuple(_GIVEN))
            raise _wrong_step(f"unknown argument {name!r}: {', '.join(_GIVEN)}.{near}")
        if value is None:
            continue
        if name in _SWITCHES and not isinstance(value, bool):
            raise _wrong_step(f"`{name}` must be true or false, got {value!r}")
        if name not in _SWITCHES and not isinstance(value, str):
            raise _wrong_step(f"`{name}` must be text, got {value!r}")
    if has_password(given["repository"]):
        raise _wrong_step(IN_CLEAR)
    token = given.get("access_token")
    if token is not None and not _NAMED.fullmatch(token):
        raise _wrong_step(
            "`access_token` must be the name of a secret, or $NAME of an environment variable; "
            "the token itself would be stored"
        )
    told = {field: given[name] for name, field in _GIVEN.items() if given.get(name)}
    return Source(**told)


IN_CLEAR = (
    "the URL holds a password, which would be stored and shown; keep it as a Secret, or in an "
    "environment variable, and give its name (or $NAME) as the access token"
)


def has_password(url: str) -> bool:
    """Whether a URL has a password, or a token, in it."""
    scheme, found, rest = url.partition("://")
    return bool(found) and scheme in ("http", "https") and "@" in rest.partition("/")[0]


def _wrong_step(why: str) -> InvalidRequest:
    errors = [{"field": "pull_steps", "message": why}]
    return InvalidRequest(f"Field `pull_steps`: {why}.", {"errors": errors})
