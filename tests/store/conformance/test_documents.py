"""Documents: kept once, given back to the character."""

from __future__ import annotations

import pytest

from tests.store.samples import World

pytestmark = pytest.mark.store


def test_a_text_is_kept_once_and_comes_back_as_it_was(world: World) -> None:
    text = "id: a\r\nnamespace: b\t\u2028é😀\n\n"
    with world.store.write() as tx:
        assert tx.documents.source("d" * 64) is None
        tx.documents.put("d" * 64, text, world.now)
        tx.documents.put("d" * 64, text, world.tick())
    with world.store.read() as tx:
        assert tx.documents.source("d" * 64) == text
        assert tx.documents.source("e" * 64) is None
