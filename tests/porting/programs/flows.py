"""Flows: names, parameters, sub-flows, returned states."""

from signoff import flow, task
from signoff.exceptions import ParameterBindError, ParameterTypeError


@task
def add(a: int, b: int = 1) -> int:
    return a + b


@flow
def add_up(numbers: list[int]) -> int:
    """Adds numbers up."""
    total = 0
    for number in numbers:
        total = add(total, number)
    return total


@flow(name="outer", version="7", description="Calls another flow.", retries=2)
def outer(numbers: list[int], scale: float = 1) -> float:
    return add_up(numbers) * scale


print(add_up.name, "|", add_up.description, "|", outer.name, outer.version, outer.description)
print(add_up([1, 2, 3]), outer(["1", "2"], scale="2.5"))
state = add_up([4, 5], return_state=True)
print(state.type.value, state.name, state.is_completed(), state.is_final(), state.result())
try:
    add_up(numbers="nonsense")
except ParameterTypeError as error:
    print("ParameterTypeError", "numbers" in str(error))
try:
    add_up(1, 2, 3)
except ParameterBindError:
    print("ParameterBindError")
wrong = add_up(numbers="nonsense", return_state=True)
print(wrong.type.value, wrong.name)


@flow
def failing() -> None:
    raise ValueError("out of luck")


ended = failing(return_state=True)
print(ended.type.value, ended.message)
try:
    ended.result()
except ValueError as error:
    print("raised", error)
kept = ended.result(raise_on_failure=False)
print(type(kept).__name__, kept)
try:
    failing()
except ValueError as error:
    print("raised", error)


@flow(validate_parameters=False)
def trusting(number: int):
    return number


print(trusting("as it is"))
quicker = outer.with_options(name="quicker", retries=0)
print(quicker.name, quicker.retries, outer.retries, quicker([1]))
