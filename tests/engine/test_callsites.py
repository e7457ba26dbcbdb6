"""Identities of call sites: layout and line numbers do not count, text does."""

from __future__ import annotations

import linecache
import sys
from typing import Any

from signoff.engine.callsites import site


def run(source: str) -> list[str]:
    """The sites of the calls of `here` that a piece of source makes."""
    name = f"<source {abs(hash(source))}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    found: list[str] = []

    def here(*_: Any) -> None:
        found.append(site(sys._getframe(1)))

    exec(compile(source, name, "exec"), {"here": here})
    return found


def test_line_numbers_and_layout_do_not_count() -> None:
    plain = run("here(1, 'a')\n")
    moved = run("# a comment\n\n\nhere(1,\n     'a')  # another\n")
    assert plain == moved


def test_text_and_function_count() -> None:
    assert run("here(1)\n") != run("here(2)\n")
    assert run("here(1)\n") != run("def f():\n    here(1)\nf()\n")


def test_two_calls_in_one_statement_differ() -> None:
    first, second = run("[here(1), here(2)]\n")
    assert first != second


def test_a_loop_has_one_site() -> None:
    assert len(set(run("for _ in range(3):\n    here()\n"))) == 1


def test_code_without_source_still_has_a_site() -> None:
    found: list[str] = []

    def here() -> None:
        found.append(site(sys._getframe(1)))

    exec(compile("here()\nhere()", "<no source>", "exec"), {"here": here})
    assert len(found) == 2
