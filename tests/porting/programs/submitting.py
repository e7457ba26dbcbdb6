"""Submitting and mapping tasks, and what depends on what."""

from signoff import allow_failure, flow, task, unmapped
from signoff.exceptions import MappingLengthMismatch, MappingMissingIterable
from signoff.futures import as_completed, wait


@task
def double(number):
    return number * 2


@task
def add(a, b):
    return a + b


@task
def fail(number):
    raise ValueError(f"no {number}")


@task
def describe(thing):
    return type(thing).__name__


@flow
def main():
    one = double.submit(1)
    two = double.submit(one)
    print(two.result(), one.result(), two.state.name)
    print(double.map([1, 2, 3]).result())
    print(add.map([1, 2, 3], unmapped(10)).result())
    print(add.map([1, 2], b=[10, 20]).result())
    print([future.result() for future in add.map(double.map([1, 2]), 5)])
    nested = add.submit({"a": [one]}["a"][0], two)
    print(nested.result())
    total = describe.submit([one, two])
    print(total.result())
    try:
        add.map([1, 2], [1, 2, 3])
    except MappingLengthMismatch:
        print("MappingLengthMismatch")
    try:
        add.map(1, 2)
    except MappingMissingIterable:
        print("MappingMissingIterable")

    broken = fail.submit(3)
    broken.wait()
    print(broken.state.type.value, broken.state.name)
    after = double.submit(broken)
    after.wait()
    print(after.state.type.value, after.state.name)
    later = double.submit(4, wait_for=[broken])
    later.wait()
    print(later.state.type.value, later.state.name)
    allowed = describe.submit(allow_failure(broken))
    print(allowed.result())
    state = double.submit(8, return_state=True)
    print(state.name, state.result())
    print(double(9, return_state=True).result())
    try:
        broken.result()
    except ValueError as error:
        print("raised", error)
    print(type(broken.result(raise_on_failure=False)).__name__)
    done, not_done = wait(double.map([5, 6]))
    print(sorted(future.result() for future in done), len(not_done))
    print(sorted(future.result() for future in as_completed(double.map([7, 8]))))
    return "ok"


print(main())
