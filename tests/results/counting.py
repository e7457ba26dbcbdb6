"""Tasks that count their calls, and flows around them."""

from __future__ import annotations

from typing import Any

from signoff import flow, task


class Counted:
    """A task that doubles a number, and the numbers it was really called with."""

    def __init__(self, **options: Any) -> None:
        self.calls: list[int] = []

        @task(**options)
        def double(number: int) -> int:
            self.calls.append(number)
            return number * 2

        self.task: Any = double


def run_in_flow(made: Any, *args: Any) -> Any:
    """The value of a call within a flow run of its own."""

    @flow
    def around() -> Any:
        return made(*args)

    return around()


def names_of(made: Any, *arguments: Any) -> list[str]:
    """Names of the states of calls, one for each argument, within one flow run."""

    @flow
    def around() -> list[str]:
        return [made(argument, return_state=True).name for argument in arguments]

    return around()
