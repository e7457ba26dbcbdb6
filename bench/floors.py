"""The machine's floors: what the same work costs with nothing of ours or the peer's in it.

Owns the smallest programs that do what any orchestrator has to do: commit, start Python, answer an
HTTP request, wake a process that waits. They are measured in the same run as everything else, so a
slow or busy machine shows in its floors too.
"""

from __future__ import annotations

import functools
import random
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.figures import Figures
from bench.processes import Program, cpu_percent, free_port, rss_mib, running, wait_healthy
from bench.subjects import fresh_folder

_WAITER = """
import json, socket, sys, time
me = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
me.bind(sys.argv[1])
print(json.dumps({"ready": True}), flush=True)
for _ in range(int(sys.argv[2])):
    data, sender = me.recvfrom(64)
    me.sendto(b"%d" % time.monotonic_ns(), sender)
"""

_HTTP_SERVER = """
import json, socket, sqlite3, sys
database = sqlite3.connect(sys.argv[2], isolation_level=None)
database.execute("pragma journal_mode=wal")
database.execute("pragma synchronous=" + sys.argv[3])
database.execute("create table t (id integer primary key, body text)")
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print(json.dumps({"ready": True}), flush=True)
connection, _ = listener.accept()
connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
while True:
    request = connection.recv(65536)
    if not request:
        break
    database.execute("insert into t (body) values (?)", (request[-100:],))
    connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n{}")
"""

_EMPTY_UVICORN = """
import sys, uvicorn
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"true"})
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", lifespan="off")
"""

_BLOCKED_THREADS = """
import json, sys, threading
for _ in range(int(sys.argv[1])):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
print(json.dumps({"ready": True}), flush=True)
threading.Event().wait()
"""


_FORKS = """
import os, sys, time
count = int(sys.argv[1])
start = time.perf_counter()
for _ in range(count):
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
print(count / (time.perf_counter() - start))
"""


_KEPT = """
import gc, os, uuid
def resident():
    gc.collect()
    with open("/proc/self/statm") as facts:
        return int(facts.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
before = resident()
kept = [(uuid.uuid4(), number) for number in range(100_000)]
print((resident() - before) / 1024 / len(kept))
"""


def timed(
    work: Callable[[], object], count: int, before: Callable[[], object] | None = None
) -> Figures:
    """Milliseconds of each of `count` calls, after a warm-up; those of `before` do not count."""
    for _ in range(min(20, count)):
        work()
    values = []
    for _ in range(count):
        if before is not None:
            before()
        start = time.perf_counter()
        work()
        values.append((time.perf_counter() - start) * 1000)
    return Figures(values)


def _database(folder: Path, synchronous: str) -> sqlite3.Connection:
    database = sqlite3.connect(folder / "floor.db", isolation_level=None)
    database.execute("pragma journal_mode=wal")
    database.execute(f"pragma synchronous={synchronous}")
    database.execute("create table if not exists t (id integer primary key, body text)")
    return database


@functools.cache
def commit(synchronous: str, count: int = 2000) -> Figures:
    """ms per SQLite WAL commit of one row of 100 bytes; `synchronous` is `full` or `normal`."""
    with fresh_folder() as folder:
        database = _database(folder, synchronous)
        body = "x" * 100
        figures = timed(lambda: database.execute("insert into t (body) values (?)", (body,)), count)
        database.close()
    return figures


@functools.cache
def rows_written(repeats: int = 5, rows: int = 5_000, together: int = 200) -> Figures:
    """Rows of text per second, committed to SQLite in groups, normal sync."""
    rates = []
    with fresh_folder() as folder:
        database = sqlite3.connect(folder / "floor.db", isolation_level=None)
        database.execute("pragma journal_mode=wal")
        database.execute("pragma synchronous=normal")
        database.execute("create table t (id integer primary key, body text)")
        for _ in range(repeats):
            start = time.perf_counter()
            for first in range(0, rows, together):
                group = [(f"line {number}",) for number in range(first, first + together)]
                database.execute("begin")
                database.executemany("insert into t (body) values (?)", group)
                database.execute("commit")
            rates.append(rows / (time.perf_counter() - start))
        database.close()
    return Figures(rates)


def kept_pairs() -> Figures:
    """KiB of memory for an id and a number in a list."""
    done = subprocess.run([sys.executable, "-c", _KEPT], capture_output=True, text=True, check=True)
    return Figures([float(done.stdout)])


@functools.cache
def forks_per_second(count: int = 500) -> Figures:
    """Children per second that are forked, end at once and are waited for, one after another."""
    with fresh_folder() as folder:
        done = subprocess.run(
            [sys.executable, "-c", _FORKS, str(count)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    return Figures([float(done.stdout)])


def row_bytes(count: int = 10_000) -> Figures:
    """KiB of a row of two ids and two moments in a SQLite file, with an index on one id."""
    with fresh_folder() as folder:
        path = folder / "floor.db"
        database = sqlite3.connect(path)
        database.execute("create table t (id blob unique, other blob, at integer, until integer)")
        rows = (
            (number.to_bytes(16, "big"), b"o" * 16, 1 << 50, 1 << 50) for number in range(count)
        )
        database.executemany("insert into t values (?, ?, ?, ?)", rows)
        database.commit()
        database.close()
        size = path.stat().st_size
    return Figures([size / 1024 / count])


@functools.cache
def bare_python(count: int = 20) -> Figures:
    """ms of `python -c pass`."""
    return timed(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), count)


@functools.cache
def pydantic_import(count: int = 10) -> Figures:
    """ms of `import pydantic` in a fresh process, with one model: what every user of it pays."""
    text = (
        "import time; start = time.perf_counter()\n"
        "import pydantic\n"
        "class Model(pydantic.BaseModel): x: int\n"
        "print((time.perf_counter() - start) * 1000)"
    )
    command = [sys.executable, "-c", text]
    subprocess.run(command, check=True, capture_output=True)
    runs = [subprocess.run(command, check=True, capture_output=True) for _ in range(count)]
    return Figures([float(run.stdout) for run in runs])


@functools.cache
def wake_up(synchronous: str, count: int = 500, thinking: float = 0.0) -> Figures:
    """ms from before a commit to the next line of another process, woken by a unix datagram.

    Before each, nothing happens for a random time of up to `thinking` seconds, as before a person's
    answer: processors, disk and caches that have been idle are slower.
    """
    idle = random.Random(count)
    with fresh_folder() as folder:
        database = _database(folder, synchronous)
        mine, theirs = str(folder / "a"), str(folder / "b")
        command = [sys.executable, "-c", _WAITER, theirs, str(count)]
        with (
            running(command, {}, folder) as waiter,
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as me,
        ):
            me.bind(mine)
            waiter.wait_for("ready")
            values = []
            for _ in range(count):
                time.sleep(idle.uniform(0.0, thinking))
                start = time.monotonic_ns()
                database.execute("insert into t (body) values ('answer')")
                me.sendto(b"poke", theirs)
                values.append((int(me.recv(64)) - start) / 1e6)
        database.close()
    return Figures(values)


@functools.cache
def http_round_trip(synchronous: str, count: int = 1000, thinking: float = 0.0) -> Figures:
    """ms of one request over a kept connection, answered after one SQLite commit.

    `thinking` as for `wake_up`.
    """
    idle = random.Random(count)
    port = free_port()
    request = b"POST /api/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n" + b"x" * 100
    with fresh_folder() as folder:
        arguments = [str(port), str(folder / "floor.db"), synchronous]
        command = [sys.executable, "-c", _HTTP_SERVER, *arguments]
        with running(command, {}, folder) as server:
            server.wait_for("ready")
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

                def trip() -> None:
                    connection.sendall(request)
                    connection.recv(4096)

                def think() -> None:
                    time.sleep(idle.uniform(0.0, thinking))

                return timed(trip, count, think if thinking else None)


def _uvicorn(folder: Path) -> tuple[Program, float]:
    port = free_port()
    start = time.perf_counter()
    program = Program([sys.executable, "-c", _EMPTY_UVICORN, str(port)], {}, folder)
    wait_healthy(port, "/", program)
    return program, (time.perf_counter() - start) * 1000


@functools.cache
def empty_server(starts: int, seconds: float) -> tuple[Figures, Figures, Figures]:
    """An empty uvicorn: ms from start to ready, % CPU when idle, MiB resident."""
    ready = []
    with fresh_folder() as folder:
        for number in range(starts):
            program, elapsed = _uvicorn(folder)
            ready.append(elapsed)
            if number + 1 == starts:
                idle = cpu_percent(program.process.pid, seconds)
                memory = rss_mib(program.process.pid)
            program.close()
    return Figures(ready), Figures([idle]), Figures([memory])


@functools.cache
def blocked_threads(threads: int, seconds: float) -> Figures:
    """% CPU of a Python process whose threads all wait for something that never comes."""
    with fresh_folder() as folder:
        command = [sys.executable, "-c", _BLOCKED_THREADS, str(threads)]
        with running(command, {}, folder) as program:
            program.wait_for("ready")
            return Figures([cpu_percent(program.process.pid, seconds)])
