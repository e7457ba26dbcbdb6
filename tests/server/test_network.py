"""A network that cuts connections at any byte: everything happens, and nothing happens twice."""

from __future__ import annotations

import random
import socket
import threading
from contextlib import suppress

import pytest

from signoff.model.commands import AnswerWait, FinishTasks, PollWait
from signoff.model.lookups import ReadJournal
from signoff.model.queries import ReadHistory, ReadRun
from signoff.model.waits import WaitStatus
from tests.server.conftest import Connect
from tests.server.serving import Flow, Heard, Servers, task_of
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.server, pytest.mark.faults]


class Cutter:
    """A TCP proxy that hangs up on both sides after some bytes, more and more rarely."""

    def __init__(self, target: int, seed: int) -> None:
        self._target = target
        self._chance = random.Random(seed)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._target))
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        left = self._chance.randrange(200, 4_000)
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data[:left])
                left -= len(data)
                if left <= 0:
                    self.cuts += 1
                    break
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_cut_network_costs_nothing_but_time(
    sqlite_servers: Servers, connect: Connect, seed: int
) -> None:
    served = sqlite_servers.start()
    cutter = Cutter(served.port, seed)
    worker = connect(f"http://127.0.0.1:{cutter.port}/api", retries=50)
    person = connect(f"http://127.0.0.1:{cutter.port}/api", retries=50)
    for number in range(5):
        flow = Flow(worker, name=f"run-{number}")
        heard = Heard()
        stop = flow.listen(heard)
        tasks = tuple(task_of(flow.handle, place) for place in range(4))
        for task in tasks[:2]:
            worker.send(FinishTasks((task,)))
        for task in tasks[2:]:
            worker.post(FinishTasks((task,)))
        worker.settle()
        opened = flow.ask().version
        assert person.send(AnswerWait(flow.id, {"ok": True}, "ok?")).key == "ok?"
        wait_until(lambda heard=heard, opened=opened: heard.beyond(opened))  # type: ignore[misc]
        outcome = worker.send(PollWait(flow.id, flow.handle.entry, "ok?"))
        assert (outcome.status, outcome.answer) == (WaitStatus.ANSWERED, {"ok": True})
        flow.finish()
        stop()
        assert worker.send(ReadJournal(flow.id)) == tasks
        assert person.send(ReadRun(flow.id)).state_name == "Completed"
        history = [entry.kind.value for entry in person.send(ReadHistory(flow.id))]
        assert history == ["start", "open", "answer", "complete"]
    assert cutter.cuts > 10
    cutter.close()
