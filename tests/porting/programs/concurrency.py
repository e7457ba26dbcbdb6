"""Global concurrency limits and rate limits."""

from threading import Lock
from uuid import uuid4

from signoff import flow, get_client, task
from signoff.client.schemas.actions import GlobalConcurrencyLimitCreate
from signoff.concurrency.sync import concurrency, rate_limit

name = f"limit-{uuid4().hex}"
with get_client(sync_client=True) as client:
    client.create_global_concurrency_limit(
        concurrency_limit=GlobalConcurrencyLimitCreate(name=name, limit=1, slot_decay_per_second=0)
    )
    client.create_global_concurrency_limit(
        concurrency_limit=GlobalConcurrencyLimitCreate(
            name=f"{name}-rate", limit=5, slot_decay_per_second=50
        )
    )

lock, inside, most = Lock(), 0, 0


@task
def careful(number):
    global inside, most
    with concurrency(name, occupy=1, timeout_seconds=60):
        with lock:
            inside += 1
            most = max(most, inside)
        with lock:
            inside -= 1
    return number


@flow
def main():
    numbers = careful.map([1, 2, 3]).result()
    rate_limit(f"{name}-rate")
    return numbers


print(main(), most)
with concurrency("no-such-limit"):
    print("not strict")
with concurrency(name, timeout_seconds=5):
    try:
        with concurrency(name, timeout_seconds=0.5):
            print("never")
    except TimeoutError:
        print("TimeoutError")
