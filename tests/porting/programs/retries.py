"""Retries of tasks and flows."""

from signoff import flow, task
from signoff.runtime import flow_run, task_run
from signoff.tasks import exponential_backoff

calls = []


@task(retries=2, retry_delay_seconds=0)
def flaky():
    calls.append(task_run.run_count)
    if len(calls) < 3:
        raise RuntimeError("again")
    return "third time"


@task(retries=3, retry_delay_seconds=[0, 0, 0])
def hopeless():
    raise RuntimeError("never")


def worth_it(task, task_run, state):
    try:
        state.result()
    except KeyError:
        return False
    except Exception:
        return True
    return False


tries = []


@task(retries=5, retry_condition_fn=worth_it)
def choosy():
    tries.append(1)
    raise KeyError("final") if len(tries) == 2 else OSError("try again")


@task(retries=2, retry_delay_seconds=exponential_backoff(backoff_factor=0))
def backing_off():
    return "at once"


@flow
def tasks():
    print(flaky(), calls)
    state = hopeless(return_state=True)
    print(state.name, state.message)
    print(choosy(return_state=True).name, len(tries))
    print(backing_off())


attempts = []


@flow(retries=1)
def whole():
    attempts.append(flow_run.run_count)
    if len(attempts) == 1:
        raise ValueError("first attempt")
    return attempts


tasks()
print(whole())
