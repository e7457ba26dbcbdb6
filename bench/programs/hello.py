"""The smallest program: one flow, one task."""

from __future__ import annotations

from signoff import flow, task


@task
def greet(name: str) -> str:
    """Make a greeting."""
    return f"Hello, {name}!"


@flow
def hello(name: str = "world") -> str:
    """Greet by a task."""
    return greet(name)


if __name__ == "__main__":
    print(hello())
