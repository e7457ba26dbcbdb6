"""`signoff server start | stop | status`, with real servers."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from signoff.cli.serverfile import Running, announced, running_servers
from tests.cli.seeds import Seeds
from tests.cli.shell import Shell
from tests.support.waiting import wait_until


@pytest.fixture
def stopped(shell: Shell) -> Iterator[Shell]:
    """A shell whose servers in the background are ended with the test."""
    yield shell
    for each in running_servers(shell.home):
        os.kill(each.pid, signal.SIGKILL)


def test_a_server_in_the_foreground(shell: Shell) -> None:
    server = shell.spawn("server", "start", "--port", "0")
    url = server.wait_for_output(r"serves (http://127\.0\.0\.1:\d+/api) ")[1]
    (shown,) = shell.main("server", "status", "-o", "json").json()
    assert shown == {"url": url, "pid": server.pid, "ready": True, "in_use": False}
    server.send_signal(signal.SIGINT)
    assert server.wait() in (0, 130)
    assert "Traceback" not in server.stderr
    assert running_servers(shell.home) == []


def test_start_in_the_background_then_stop(stopped: Shell) -> None:
    said = stopped.run("server", "start", "--port", "0", "--background").ok()
    (running,) = running_servers(stopped.home)
    assert said.startswith(f"Signoff serves {running.url} (process {running.pid}, log ")
    assert "ready" in stopped.main("server", "status").ok()
    again = stopped.main("server", "start", "--port", str(running.port)).refused()
    assert f"already runs on port {running.port} (process {running.pid}" in again
    said = stopped.main("server", "stop").ok()
    assert said == f"Stopped the server on port {running.port} (process {running.pid}).\n"
    assert stopped.main("server", "status").code == 1


def test_commands_reach_the_server_they_are_pointed_at(
    stopped: Shell, seeds: Seeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = seeds.run()
    seeds.wait(run)
    stopped.run("server", "start", "--port", "0", "--background").ok()
    (running,) = running_servers(stopped.home)
    elsewhere = {"SIGNOFF_API_URL": running.url, "SIGNOFF_HOME": str(stopped.home / "client")}
    listed = json.loads(stopped.run("inbox", "-o", "json", env=elsewhere).ok())
    assert [item["run_id"] for item in listed] == [str(run.run_id)]
    words = ["flow-run", "resume", run.run_id.hex[:10], "-i", "approved=1", "-i", "count=1"]
    stopped.run(*words, env=elsewhere).ok()
    said = stopped.run(*words, "--key", "approve", "-i", "note=x", env=elsewhere).refused()
    assert "already answered differently" in said


def test_watching_and_following_over_http(stopped: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    seeds.log(run, "before")
    stopped.run("server", "start", "--port", "0", "--background").ok()
    (running,) = running_servers(stopped.home)
    elsewhere: dict[str, str | None] = {
        "SIGNOFF_API_URL": running.url,
        "SIGNOFF_HOME": str(stopped.home / "client"),
    }
    watching = stopped.spawn("flow-run", "watch", run.name, env=elsewhere)
    following = stopped.spawn("flow-run", "logs", run.name, "--follow", env=elsewhere)
    watching.wait_for_output("calm-otter: Running")
    following.wait_for_output("before")
    seeds.log(run, "after")
    following.wait_for_output("after")
    seeds.finish(run)
    assert watching.wait_ok().endswith("calm-otter ended: Completed\n")
    following.wait_ok()


def test_listening_beyond_this_machine_needs_a_password(stopped: Shell) -> None:
    words = ("server", "start", "--host", "0.0.0.0", "--port", "0")
    assert "SIGNOFF_SERVER_API_AUTH_STRING" in stopped.run(*words).refused()
    said = stopped.run(*words, "--background").refused()
    assert said.startswith("The server did not start: ")
    assert "SIGNOFF_SERVER_API_AUTH_STRING" in said


def test_a_port_that_is_taken(stopped: Shell, tmp_path: Path) -> None:
    stopped.run("server", "start", "--port", "0", "--background").ok()
    (running,) = running_servers(stopped.home)
    words = ["server", "start", "--port", str(running.port)]
    ran = stopped.run(*words, env={"SIGNOFF_HOME": str(tmp_path / "other")})
    assert str(running.port) in ran.refused()


def test_a_server_that_is_not_there(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "No server of" in shell.main("server", "stop").refused()
    assert "runs on port 5" in shell.main("server", "stop", "--port", "5").refused()
    ran = shell.main("server", "status")
    assert (ran.code, ran.out) == (1, "")
    assert "SIGNOFF_API_URL is not set" in ran.err
    # Nothing listens on port 1.
    monkeypatch.setenv("SIGNOFF_API_URL", "http://127.0.0.1:1/api")
    ran = shell.main("server", "status", "-o", "json")
    assert ran.code == 1
    assert json.loads(ran.out) == [
        {"url": "http://127.0.0.1:1/api", "pid": None, "ready": False, "in_use": True}
    ]


def test_a_killed_server_leaves_nothing_behind(stopped: Shell) -> None:
    server = stopped.spawn("server", "start", "--port", "0")
    server.wait_for_output("serves")
    server.kill()
    wait_until(lambda: running_servers(stopped.home) == [])


def test_the_file_of_a_server_lives_as_long_as_it(tmp_path: Path) -> None:
    running = Running(os.getpid(), 4200, "http://127.0.0.1:4200/api")
    with announced(tmp_path, running):
        # The lock of this process is no obstacle to itself, so another one looks.
        assert (tmp_path / "run" / "server-4200.json").exists()
    assert list((tmp_path / "run").iterdir()) == []
