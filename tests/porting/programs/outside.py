"""Tasks outside flows, and tasks that call tasks."""

from signoff import flow, task


@task
def inner(number):
    return number + 1


@task(retries=1)
def outer(number):
    return inner(number) * 10


@task
def failing():
    raise ValueError("nope")


print(inner(1), outer(2))
print(outer(6, return_state=True).name, failing(return_state=True).type.value)


@flow
def main():
    return outer(7), outer.submit(8).result()


print(main())
