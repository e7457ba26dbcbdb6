"""Documented names without a counterpart say what to use instead."""

from __future__ import annotations

import importlib

import pytest

from signoff.model.absent import ADVICE


@pytest.mark.parametrize("name", ADVICE)
def test_an_absent_module_says_what_to_use(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"Signoff|signoff\.yaml"):
        importlib.import_module(name)


@pytest.mark.parametrize("name", ["EventTrigger", "DeploymentEventTrigger", "Automation"])
def test_an_absent_name_says_what_to_use(name: str) -> None:
    with pytest.raises(ImportError, match="Signoff has no automations"):
        exec(f"from signoff.events import {name}")


def test_an_absent_integration_says_what_to_use() -> None:
    with pytest.raises(ModuleNotFoundError, match="Use the library of the service in a task"):
        importlib.import_module("signoff_slack")


def test_a_slip_of_the_pen_is_what_it_is() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'signoff\.flowz'$"):
        importlib.import_module("signoff.flowz")
    with pytest.raises(ImportError, match="cannot import name 'Evnt'"):
        exec("from signoff.events import Evnt")
