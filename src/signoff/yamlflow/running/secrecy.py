"""Secrets of a run, known by their values, and where they stand in what a task leaves behind.

Owns the spellings in which a secret is known again, and what stands in its place. Must not know
where secrets come from, nor how they are encrypted.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from signoff.model.settings import MASKED
from signoff.yamlflow.document import Input
from signoff.yamlflow.running.outcome import Outcome, TaskEnded, Verdict


def spellings(secrets: Iterable[str]) -> set[str]:
    """Secrets as they stand in text: by themselves, inside JSON text, and inside addresses."""
    found: set[str] = set()
    for secret in secrets:
        found |= {secret, json.dumps(secret, ensure_ascii=False)[1:-1], quote(secret, safe="")}
    return found - {""}


def masked(text: str, secrets: Iterable[str]) -> str:
    """A text with every secret in it replaced."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASKED)
    return text


def masked_in(value: Any, secrets: Set[str]) -> Any:
    """A value with every secret in its texts replaced, however deep."""
    if not secrets:
        return value
    if isinstance(value, str):
        return masked(value, secrets)
    if isinstance(value, Mapping):
        return {masked_in(key, secrets): masked_in(each, secrets) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked_in(each, secrets) for each in value]
    return value


def holds(value: Any, secrets: Set[str]) -> bool:
    """Whether a secret stands anywhere in a value."""
    if isinstance(value, str):
        return any(secret in value for secret in secrets)
    if isinstance(value, Mapping):
        return any(holds(key, secrets) or holds(each, secrets) for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return any(holds(each, secrets) for each in value)
    return False


def discreet_inputs(
    worked: Sequence[Input], written: Sequence[Input], secrets: Set[str]
) -> tuple[Input, ...]:
    """Inputs as a form may show them: a value with a secret in it is taken, and not shown.

    Args:
        worked: with their expressions worked out.
        written: the same as the document has them.
        secrets: what is not shown.
    """
    return tuple(_discreet(*both, secrets) for both in zip(worked, written, strict=True))


def _discreet(worked: Input, written: Input, secrets: Set[str]) -> Input:
    def shown(value: Any) -> bool:
        return worked.type != "SECRET" and not holds(value, secrets)

    return replace(
        worked,
        display_name=masked_in(worked.display_name, secrets),
        description=masked_in(worked.description, secrets),
        # An expression is worked out once the answer is there.
        defaults=worked.defaults if shown(worked.defaults) else written.defaults,
        prefill=worked.prefill if shown(worked.prefill) else written.prefill,
    )


def covered(outcome: Outcome, secrets: Set[str]) -> Outcome:
    """How a task ended, saying which secrets it holds; its message is without them."""
    if not secrets:
        return outcome
    message = None if outcome.message is None else masked(outcome.message, secrets)
    texts = [outcome.outputs, *((done.outputs, done.path) for done in outcome.inside)]
    found = frozenset(secrets) if holds(texts, secrets) else frozenset()
    return replace(outcome, message=message, secrets=found)


def discreet(error: Exception, secrets: Set[str]) -> Exception:
    """The failure of a task without the secrets that its text, or that of a cause, tells."""
    if not secrets or not holds("".join(traceback.format_exception(error)), secrets):
        return error
    if isinstance(error, TaskEnded):
        return TaskEnded(covered(error.outcome, secrets))
    message = masked(f"{type(error).__name__}: {error}", secrets)
    return TaskEnded(Outcome(Verdict.FAILED, message=message))
