"""Flows that are loaded from a folder or a git repository."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from signoff import Flow
from signoff.blocks.system import Secret
from signoff.deployments import run_deployment
from signoff.exceptions import InvalidRequest, NotReentrant
from signoff.gateway.connect import get_gateway
from signoff.model.deploying import CreateDeployment, ReadDeployment
from signoff.model.deployments import DeploymentCreate
from signoff.model.journal import Source
from signoff.model.shared.work_pools import CreateWorkPool
from signoff.model.states import StateType
from signoff.runner.storage import UNUSED, GitRepository, checked_out
from tests.scenarios.desk import reached
from tests.support.processes import Spawner

CODE = "from signoff import flow\n\n@flow\ndef cleanup(days: int = 1):\n    return {0}\n"


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.com")
    done = subprocess.run(
        ["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "house"
    (folder / "flows").mkdir(parents=True)
    (folder / "flows" / "clean.py").write_text(CODE.format(1))
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "one")
    return folder


def loaded(source: Any) -> Any:
    return Flow.from_source(source, entrypoint="flows/clean.py:cleanup")


def test_a_folder(home: Path, repository: Path) -> None:
    found = loaded(repository)
    assert found() == 1
    record = found.to_deployment("x").entry_record
    assert (record.directory, record.qualname) == (str(repository), "cleanup")
    assert record.file == str(repository / "flows" / "clean.py")


def test_a_repository_follows_its_branch(home: Path, repository: Path) -> None:
    url = repository.as_uri()
    assert loaded(url)() == 1
    first = git(repository, "rev-parse", "HEAD")
    (repository / "flows" / "clean.py").write_text(CODE.format(22))
    git(repository, "commit", "--quiet", "-am", "two")
    assert loaded(url)() == 22
    assert loaded(GitRepository(url, branch="main"))() == 22
    assert loaded(GitRepository(url, commit_sha=first))() == 1


def test_runs_fetch_the_code_where_they_are_started(
    home: Path, repository: Path, spawn_python: Spawner, tmp_path: Path
) -> None:
    """On another machine than the deploying one, as far as the worker can tell: with a home of its
    own, and with the newest commit each time, beside runs of older ones."""
    get_gateway().send(CreateWorkPool("p"))
    url, first = repository.as_uri(), git(repository, "rev-parse", "HEAD")
    newest = loaded(url).to_deployment("newest", work_pool_name="p")
    pinned = loaded(GitRepository(url, commit_sha=first)).to_deployment(
        "pinned", work_pool_name="p"
    )
    assert (newest.entry_record.directory, newest.entry_record.file) == ("", "flows/clean.py")
    for each in (newest, pinned):
        each.apply()
    stored = get_gateway().send(ReadDeployment(flow_name="cleanup", deployment_name="pinned"))
    step = {"repository": url, "commit_sha": first}
    assert stored.pull_steps == [{"signoff.deployments.steps.git_clone": step}]
    shutil.rmtree(home / "sources")
    (repository / "flows" / "clean.py").write_text(CODE.format("days + 40"))
    git(repository, "commit", "--quiet", "-am", "two")
    spawn_python(["-m", "signoff", "worker", "start", "--pool", "p"])

    def result(name: str) -> Any:
        run = run_deployment(f"cleanup/{name}", parameters={"days": 2})
        assert run.state.is_completed(), run.state
        return run.state.result()

    assert [result(name) for name in ("newest", "pinned", "newest")] == [42, 1, 42]
    (repository / "flows" / "clean.py").write_text(CODE.format("days + 60"))
    git(repository, "commit", "--quiet", "-am", "three")
    assert [result(name) for name in ("newest", "pinned")] == [62, 1]
    repository.rename(tmp_path / "moved")
    assert result("pinned") == 1


IMPATIENT = """
import runpy, sys
from signoff.runner import reporting
reporting.PATIENCE = (0, 100_000)
sys.argv = ["signoff", "worker", "start", "--pool", "p"]
runpy.run_module("signoff", run_name="__main__")
"""
"""A worker that soon gives up a run that no process can enter."""


def test_a_repository_that_is_gone_for_good_crashes_the_run_with_the_reason(
    home: Path, repository: Path, spawn_python: Spawner, monkeypatch: pytest.MonkeyPatch
) -> None:
    get_gateway().send(CreateWorkPool("p"))
    loaded(repository.as_uri()).to_deployment("x", work_pool_name="p").apply()
    shutil.rmtree(repository)
    run = run_deployment("cleanup/x", timeout=0)
    spawn_python(IMPATIENT)
    state = reached(run.id, StateType.CRASHED, StateType.COMPLETED).state
    assert state is not None
    assert f"git cannot get {repository.as_uri()}" in (state.message or "")


class _Locked(BaseHTTPRequestHandler):
    """A host of private repositories, which lets nobody in."""

    asked: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        self.asked.append(self.headers.get("Authorization"))
        self.send_response(401 if len(self.asked) == 1 else 403)
        self.send_header("WWW-Authenticate", 'Basic realm="house"')
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def private() -> Iterator[str]:
    _Locked.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Locked)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/house.git"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("kept", ["secret", "environment", "in clear"])
def test_a_private_repository_is_opened_with_a_token_that_nobody_sees(
    home: Path, private: str, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    monkeypatch.setenv("HOUSE_TOKEN", "tok-123")
    secret = Secret("tok-123")
    secret.save("house-token")
    token = {"secret": Secret.load("house-token"), "environment": "$HOUSE_TOKEN"}
    wanted = GitRepository(private, credentials={"access_token": token.get(kept, "tok-123")})
    with pytest.raises(NotReentrant) as refused:
        loaded(wanted)
    coded = base64.b64encode(b"x-access-token:tok-123").decode()
    assert f"Basic {coded}" in _Locked.asked
    assert "tok-123" not in str(refused.value)
    stored = {"secret": "house-token", "environment": "$HOUSE_TOKEN"}.get(kept)
    assert wanted.source == Source(private, token=stored)


def test_a_token_in_clear_cannot_be_deployed(home: Path, repository: Path) -> None:
    found = loaded(GitRepository(repository.as_uri(), credentials={"access_token": "ghp_X"}))
    assert found() == 1
    with pytest.raises(NotReentrant, match="would be stored; keep it as a Secret"):
        found.to_deployment("x")
    with pytest.raises(ValueError, match="the URL holds a password"):
        GitRepository("https://me:pw@example.com/x.git")
    gone = GitRepository(repository.as_uri(), credentials={"access_token": "$NOT_SET_HERE"})
    with pytest.raises(NotReentrant, match="NOT_SET_HERE, which is not set here"):
        loaded(gone)


def test_submodules_are_fetched_where_they_are_asked_for(
    home: Path, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Git fetches submodules from folders of this machine only where it is told to.
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "protocol.file.allow")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "always")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "rates.py").write_text("RATE = 7\n")
    git(inner, "init", "--quiet", "--initial-branch", "main")
    git(inner, "add", ".")
    git(inner, "commit", "--quiet", "-m", "rates")
    # Its URL is relative to that of the repository.
    git(repository, "submodule", "--quiet", "add", "../inner", "inner")
    code = "from signoff import flow\nfrom inner.rates import RATE\n\n"
    (repository / "flows" / "clean.py").write_text(
        f"{code}@flow\ndef cleanup():\n    return RATE\n"
    )
    git(repository, "commit", "--quiet", "-am", "with rates")
    found = loaded(GitRepository(repository.as_uri(), include_submodules=True))
    assert found() == 7
    made = found.to_deployment("x").apply()
    deployment = get_gateway().send(ReadDeployment(made))
    (step,) = deployment.pull_steps or ()
    assert step[STEP] == {"repository": repository.as_uri(), "include_submodules": True}
    without = checked_out(GitRepository(repository.as_uri()).source)
    assert (without / "flows" / "clean.py").exists()
    assert not (without / "inner" / "rates.py").exists()


def test_code_that_was_not_used_for_long_is_removed(home: Path, repository: Path) -> None:
    source = GitRepository(repository.as_uri()).source
    first = checked_out(source)
    for number in (2, 3):
        (repository / "flows" / "clean.py").write_text(CODE.format(number))
        git(repository, "commit", "--quiet", "-am", str(number))
        if number == 3:
            long_ago = time.time() - UNUSED - 1
            os.utime(first, (long_ago, long_ago))
            half = Path(tempfile.mkdtemp(dir=first.parent))
            os.utime(half, (long_ago, long_ago))
        newest = checked_out(source)
    kept = [each for each in first.parent.iterdir() if each.is_dir()]
    assert len(kept) == 3  # The repository itself, and two commits.
    assert first not in kept
    assert newest in kept


STEP = "signoff.deployments.steps.git_clone"


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([{"signoff.deployments.steps.run_shell_script": {}}], f"one step '{STEP}' is supported"),
        ([{STEP: {}}], "`repository` is missing"),
        ([{STEP: {"repository": "x", "brnach": "y"}}], "Did you mean 'branch'?"),
        ([{STEP: {"repository": "x", "access_token": "ghp_X"}}], "would be stored"),
        ([{STEP: {"repository": "https://a:b@c/d"}}], "the URL holds a password"),
        ([{STEP: {"repository": "x", "include_submodules": "yes"}}], "must be true or false"),
    ],
)
def test_steps_that_cannot_be_taken_are_refused(home: Path, steps: Any, said: str) -> None:
    asked = DeploymentCreate(name="x", flow_name="y", entrypoint="a.py:b", pull_steps=steps)
    with pytest.raises(InvalidRequest) as refused:
        get_gateway().send(CreateDeployment(asked))
    assert said in str(refused.value)


def test_what_cannot_be_loaded_says_why(home: Path, repository: Path) -> None:
    with pytest.raises(NotReentrant, match="is no folder here"):
        loaded("/nowhere")
    with pytest.raises(NotReentrant, match="git cannot get file:///nowhere"):
        loaded("file:///nowhere")
    with pytest.raises(NotReentrant, match="no branch, tag or commit 'x'"):
        loaded(GitRepository(repository.as_uri(), branch="x"))
    with pytest.raises(NotReentrant, match="There is no file"):
        Flow.from_source(repository, entrypoint="gone.py:x")
    with pytest.raises(InvalidRequest, match="names no flow"):
        Flow.from_source(repository, entrypoint="gone")
