"""Messages between flows."""

import threading

from signoff import flow
from signoff.input import RunInput, receive_input, send_input
from signoff.runtime import flow_run


class Note(RunInput):
    text: str


@flow
def listener(ids, ready):
    ids.append(flow_run.id)
    ready.set()
    got = []
    for number in receive_input(int, timeout=30, poll_interval=0.2):
        got.append(number)
        if len(got) == 3:
            break
    note = Note.receive(timeout=30, poll_interval=0.2).next()
    try:
        receive_input(str, timeout=0.3, poll_interval=0.1, raise_timeout_error=True).next()
    except TimeoutError:
        got.append("nothing")
    return got, note.text


@flow
def sender(run_id):
    for number in (1, 2, 3):
        send_input(number, flow_run_id=run_id)
    Note(text="hello").send_to(flow_run_id=run_id)


ids, ready, results = [], threading.Event(), []
thread = threading.Thread(target=lambda: results.append(listener(ids, ready)))
thread.start()
ready.wait()
sender(ids[0])
thread.join()
print(results)
