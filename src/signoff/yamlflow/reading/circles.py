"""Circles among things that depend on one another.

Owns finding one. Must not know what the things are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def find_circle(needs: Mapping[str, Sequence[str]]) -> list[str]:
    """A circle, its first name again at the end; empty when there is none.

    Args:
        needs: for each name those it depends on; names that are no keys depend on nothing.
    """
    done: set[str] = set()
    for start in needs:
        way: list[str] = []
        on_way: set[str] = set()
        pending = [(start, iter(needs[start]))] if start not in done else []
        if pending:
            way.append(start)
            on_way.add(start)
        while pending:
            name, others = pending[-1]
            other = next((each for each in others if each not in done and each in needs), None)
            if other is None:
                pending.pop()
                done.add(name)
                on_way.discard(way.pop())
            elif other in on_way:
                return [*way[way.index(other) :], other]
            else:
                pending.append((other, iter(needs[other])))
                way.append(other)
                on_way.add(other)
    return []
