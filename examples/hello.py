"""The smallest flow: one task, one result on record.

python examples/hello.py Ada
"""

import sys

from signoff import flow, task


@task
def greet(name: str) -> str:
    """Every call of a task inside a flow is a task run."""
    return f"Hello, {name}!"


@flow(log_prints=True)
def hello(name: str = "world") -> str:
    """Every call of a flow is a flow run: `signoff flow-run ls` shows it."""
    greeting = greet(name)
    print(greeting)
    return greeting


if __name__ == "__main__":
    hello(*sys.argv[1:2])
