"""Code that must not type-check: each line marked `# E: code` has exactly that error.

Checked by mypy in `test_typing.py`, never run.
"""

from __future__ import annotations

from signoff import flow, pause_flow_run, task
from signoff.input import RunInput


class Approval(RunInput):
    approved: bool


@task
def add(a: int, b: int = 1) -> int:
    return a + b


@flow
def simple(x: int) -> str:
    return str(x)


@flow
async def asynchronous(n: int) -> float:
    return n / 2


def wrong() -> None:
    simple("one")  # E: call-overload
    simple()  # E: call-overload
    simple(1, y=2)  # E: call-overload
    add("a", 2)  # E: call-overload
    text: str = add(1)  # E: assignment
    number: int = simple(1)  # E: assignment
    awaited: float = asynchronous(1)  # E: assignment
    answer: int = pause_flow_run(wait_for_input=Approval)  # E: assignment
    flow(retries="many")  # E: call-overload
    task(unknown=1)  # E: call-overload
    add.with_options(colour="red")  # E: call-arg
    simple.with_options(retries="many")  # E: arg-type
    add.delay(1)  # E: attr-defined
    simple.submit(1)  # E: attr-defined
    print(text, number, awaited, answer)
