"""Time limits."""

import time

from signoff import flow, task


@task(timeout_seconds=0.2)
def slow():
    for _ in range(100):
        time.sleep(0.05)


@flow
def main():
    state = slow(return_state=True)
    print(state.type.value, state.name, state.message)
    try:
        slow()
    except TimeoutError:
        print("TimeoutError")


@flow(timeout_seconds=0.3)
def limited():
    for _ in range(100):
        time.sleep(0.05)


main()
state = limited(return_state=True)
print(state.type.value, state.name, state.message)
