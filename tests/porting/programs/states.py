"""States: constructors, predicates, and what returned states make of a flow."""

from signoff import flow, task
from signoff.exceptions import CancelledRun, CrashedRun, FailedRun, PausedRun, UnfinishedRun
from signoff.states import (
    AwaitingRetry,
    Cancelled,
    Cancelling,
    Completed,
    Crashed,
    Failed,
    Late,
    Paused,
    Pending,
    Retrying,
    Running,
    Scheduled,
    Suspended,
    is_state_iterable,
)

for make in (Cancelled, Cancelling, Completed, Crashed, Failed, Pending, Retrying, Running):
    state = make()
    print(state.type.value, state.name, state.is_final())
for make in (AwaitingRetry, Late, Scheduled):
    state = make()
    print(state.type.value, state.name, state.state_details.scheduled_time is not None)
for make in (Paused, Suspended):
    state = make(timeout_seconds=10)
    print(
        state.type.value,
        state.name,
        state.is_paused(),
        state.state_details.pause_timeout is not None,
    )
print(Completed(name="Fine", message="well", data=3).name, Completed(message="well").message)
print(
    is_state_iterable([Completed(), Failed()]),
    is_state_iterable([Completed(), 1]),
    is_state_iterable([]),
)
for state, kind in (
    (Failed(message="bad"), FailedRun),
    (Crashed(message="bang"), CrashedRun),
    (Cancelled(message="no"), CancelledRun),
):
    try:
        state.result()
    except kind as error:
        print(kind.__name__, error)
for state, kind in ((Running(), UnfinishedRun), (Paused(), PausedRun)):
    try:
        state.result()
    except kind:
        print(kind.__name__)


@task
def ok(value=1):
    return value


@task
def bad():
    raise ValueError("bad")


@flow
def by_hand():
    return Completed(message="all good", data="kept")


@flow
def failed_by_hand():
    return Failed(message="not good")


@flow
def of_states():
    return [ok(return_state=True), bad(return_state=True), ok(2, return_state=True)]


@flow
def of_good_states():
    return [ok(return_state=True), ok(return_state=True)]


@flow
def of_futures():
    return [ok.submit(3), ok.submit(4)]


@flow
def of_a_failed_future():
    return bad.submit()


@flow
def value_despite_failure():
    bad(return_state=True)
    return "value"


state = by_hand(return_state=True)
print(state.type.value, state.name, state.message, state.result())
state = failed_by_hand(return_state=True)
print(state.type.value, state.message)
state = of_states(return_state=True)
print(state.type.value, state.name, state.message)
state = of_good_states(return_state=True)
print(state.type.value, state.name)
print([each.result() for each in of_futures()])
state = of_a_failed_future(return_state=True)
print(state.type.value)
print(value_despite_failure())
