"""The documented import paths of the client give every schema there is."""

from __future__ import annotations

import importlib

import pytest
from pydantic import BaseModel

from signoff import exceptions
from signoff.client.schemas import filters
from signoff.model import errors
from signoff.model import filters as model
from signoff.model.shared import artifacts, variables

pytestmark = pytest.mark.wire

MODULES = (model, artifacts, variables)


def test_every_filter_can_be_imported() -> None:
    written = {
        name
        for name, value in (pair for module in MODULES for pair in vars(module).items())
        if isinstance(value, type)
        and issubclass(value, BaseModel)
        and value is not BaseModel
        and not name.startswith("_")
        and "Filter" in name.removeprefix("Filter")
    }
    assert written <= set(filters.__all__)


def test_every_exception_can_be_imported() -> None:
    raised = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    }
    assert raised <= set(exceptions.__all__)


@pytest.mark.parametrize(
    "name", ["orchestration", "schemas", "schemas.actions", "schemas.objects", "schemas.filters"]
)
def test_a_documented_module_exports_what_it_names(name: str) -> None:
    module = importlib.import_module(f"signoff.client.{name}")
    assert all(hasattr(module, each) for each in module.__all__)
