"""A process that a claimer has started leaves it to that one to look after what is due."""

from __future__ import annotations

from pathlib import Path

import pytest

from signoff.gateway.connect import begin_child, close_gateways, get_gateway
from signoff.model.queries import CountInbox


@pytest.mark.parametrize("supervised", [False, True])
def test_only_a_process_of_its_own_tidies_up(signoff_home: Path, supervised: bool) -> None:
    left = signoff_home / "run" / "dead.lock"
    left.parent.mkdir(parents=True)
    left.touch()
    if supervised:
        begin_child("child", "claimer")
    try:
        get_gateway().send(CountInbox())
        assert left.exists() is supervised
    finally:
        close_gateways()
