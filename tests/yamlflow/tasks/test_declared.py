"""What the catalog promises of a runnable type, its code knows; nothing is declared in vain."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from signoff.yamlflow import tasks
from signoff.yamlflow.catalog import BUILT_IN, TaskType
from signoff.yamlflow.running.life import DIRECTORS
from signoff.yamlflow.tasks.running import code_of

RUNNABLE = [each for each in BUILT_IN if not each.flowable]
HERE = Path(inspect.getfile(tasks)).parent
CODE = "\n".join(path.read_text("utf-8") for path in HERE.glob("*.py"))


@pytest.mark.parametrize("each", RUNNABLE, ids=lambda each: each.name)
def test_a_runnable_type_has_code_that_knows_its_properties(each: TaskType) -> None:
    assert callable(code_of(each).run)
    unknown = [name for name in properties(each.properties) if not is_named(name)]
    assert unknown == []


@pytest.mark.parametrize(
    "each", [each for each in BUILT_IN if each.flowable], ids=lambda each: each.name
)
def test_a_flowable_type_is_directed(each: TaskType) -> None:
    assert each.name in DIRECTORS


def is_named(name: str) -> bool:
    """Whether the code speaks of a property."""
    return re.search(rf"""['"]{name}['"]""", CODE) is not None


def properties(schemas: Mapping[str, Any]) -> Iterator[str]:
    """The names of properties, those inside others too."""
    for name, schema in schemas.items():
        yield name
        yield from properties(schema.get("properties", {}))


def test_the_code_is_looked_at() -> None:
    assert importlib.import_module("signoff.yamlflow.tasks.http").__file__ in {
        str(path) for path in HERE.glob("*.py")
    }
