"""Sub-flows beside each other, nested tasks, quoted values, parameters' schema."""

from signoff import flow, task
from signoff.utilities.annotations import quote, unmapped
from signoff.utilities.callables import parameter_schema


@task
def add(a, b=1):
    return a + b


@task
def total(numbers):
    return sum(numbers)


@task
def tower(height):
    return 0 if height == 0 else tower(height - 1) + 1


@flow
def child(number):
    return add(number)


@flow
def main():
    print(tower(3), tower.submit(2).result())
    print([child(number) for number in range(3)])
    print(total.submit(quote([1, 2, 3])).result(), total([4, 5]))
    print(
        total.map(unmapped([1, 2]))
        if False
        else total.submit([add.submit(1), add.submit(2)]).result()
    )
    state = child(5, return_state=True)
    return state.result()


print(main())


def described(name: str, count: int = 2, *, flag: bool = False):
    """Does a thing.

    Args:
        name: who
    """


schema = (
    parameter_schema(described).model_dump()
    if hasattr(parameter_schema(described), "model_dump")
    else parameter_schema(described)
)
print(sorted(schema["properties"]), schema["required"], schema["properties"]["count"]["default"])
