"""Persisted results and cache policies."""

from datetime import timedelta

from signoff import flow, task
from signoff.cache_policies import INPUTS, NO_CACHE, TASK_SOURCE
from signoff.context import TaskRunContext

ran = []


@task(cache_policy=INPUTS)
def by_inputs(a, b):
    ran.append("by_inputs")
    return a + b


@task(cache_policy=INPUTS - "noise")
def without_noise(calm, noise):
    ran.append("without_noise")
    return calm


@task(cache_policy=INPUTS + TASK_SOURCE)
def by_both(a):
    ran.append("by_both")
    return a


def key(context: TaskRunContext, parameters: dict) -> str:
    return f"key-{context.task.name}-{parameters['a'] % 2}"


@task(cache_key_fn=key, cache_expiration=timedelta(hours=1))
def by_function(a):
    ran.append("by_function")
    return a


@task(cache_policy=NO_CACHE, persist_result=True)
def never(kept):
    ran.append("never")
    return kept


@task(cache_policy=INPUTS, refresh_cache=True)
def fresh(new):
    ran.append("fresh")
    return len(ran)


@flow
def main(number):
    print(by_inputs(number, 2), by_inputs(number, 2, return_state=True).name)
    print(without_noise(number, 1), without_noise(number, 2, return_state=True).name)
    print(by_both(number), by_both(number, return_state=True).name)
    print(by_function(1), by_function(3), by_function(2))
    never(number)
    print(never(number, return_state=True).name)
    fresh(number)
    print(fresh(number, return_state=True).name)
    print(sorted(ran))
    ran.clear()


main(1)
main(1)
main(2)
