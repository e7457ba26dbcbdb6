"""The variables and look-ups with which expressions are rendered in tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from signoff.core.expressions.ports import Lookups
from signoff.core.expressions.rendering import render_text, render_value

VARIABLES: dict[str, object] = {
    "flow": {"id": "demo", "namespace": "company.team", "revision": 3},
    "execution": {"id": "4hTjpZ", "startDate": datetime(2024, 7, 9, 6, 17, 1, 171193, UTC)},
    "inputs": {
        "name": "Rick",
        "count": 3,
        "ratio": 0.5,
        "yes": True,
        "no": False,
        "none": None,
        "list": ["a", "b", "c"],
        "request": {"name": "Rick Astley", "start_date": "2024-07-01"},
    },
    "outputs": {
        "first": {"value": "one", "size": 3},
        "my-task": {"value": "hyphen"},
        "make": {"a": {"value": "made a"}, "b": {"value": "made b"}},
    },
    "vars": {"greeting": "Hello {{ inputs.name }}", "nested": "{{ vars.greeting }}!"},
    "labels": {"team": "blue"},
    "taskrun": {"value": "b", "iteration": 1},
    "tasks": {"fail": {"state": "FAILED"}, "good": {"state": "SUCCESS"}},
    "user": {},
}
_SECRETS = {"API_KEY": "hunter2", "DATABASE": '{"user": "ann", "password": "s3same"}'}
_KEYS: dict[tuple[str, str | None], object] = {
    ("greeting", None): "Hello",
    ("limit", "other"): {"most": 5},
}
_FILES = {"motto.txt": "carpe diem", "empty.txt": ""}

LOOKUPS = Lookups(
    now=lambda: datetime(2024, 7, 9, 6, 17, 1, 171193, UTC),
    new_id=lambda: "4hTjpZ",
    random=lambda: 0.5,
    secret=lambda key: _SECRETS[key],
    key_value=lambda key, namespace: _KEYS[key, namespace],
    read_file=lambda path: _FILES[path],
    error_logs=lambda: [{"message": "it broke", "taskId": "fail"}],
    file_size=lambda path: len(_FILES[path]),
)


def text(template: str, variables: Mapping[str, object] = VARIABLES) -> str:
    """A template rendered as text."""
    return render_text(template, variables, LOOKUPS)


def shown(expression: str) -> str:
    """An expression rendered as text."""
    return text(f"{{{{ {expression} }}}}")


def value(expression: str) -> object:
    """The value of an expression."""
    return render_value(f"{{{{ {expression} }}}}", VARIABLES, LOOKUPS)
