"""Scripts in real processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from signoff.yamlflow.catalog.scripts import SCRIPT_FOLDERS
from signoff.yamlflow.tasks.running import TaskFailed, TaskWarned
from signoff.yamlflow.tasks.scripts import NODE_SCRIPT, PYTHON_SCRIPT, SHELL_SCRIPT, Commands
from tests.support.waiting import wait_until
from tests.yamlflow.tasks.conftest import Bench


def test_a_python_script_says_lines_and_sets_outputs(bench: Bench) -> None:
    script = """
import sys
print("working")
print('::{"outputs": {"rows": 3, "names": ["a"]}}::')
print("careful", file=sys.stderr)
"""
    outputs = PYTHON_SCRIPT.run(bench.context, {"script": script})
    assert outputs == {"vars": {"rows": 3, "names": ["a"]}, "outputFiles": {}, "exitCode": 0}
    assert sorted(bench.lines) == [("INFO", "working"), ("WARNING", "careful")]


def test_lines_on_standard_error_may_be_a_warning(bench: Bench) -> None:
    properties = {"commands": ["echo careful >&2"], "warningOnStdErr": True}
    with pytest.raises(TaskWarned, match="careful") as warned:
        Commands.run(bench.context, properties)
    assert warned.value.outputs["exitCode"] == 0


def test_commands_share_one_shell_and_stop_at_the_first_failure(bench: Bench) -> None:
    commands = ["x=1", "echo x is $x", "false", "echo never"]
    with pytest.raises(TaskFailed, match="exit code 1") as failed:
        Commands.run(bench.context, {"commands": commands, "beforeCommands": ["echo first"]})
    assert failed.value.outputs["exitCode"] == 1
    assert [line for _, line in bench.lines] == ["first", "x is 1"]
    outputs = Commands.run(bench.context, {"commands": commands, "failFast": False})
    assert outputs["exitCode"] == 0
    assert bench.lines[-1][1] == "never"


def test_a_failure_repeats_the_last_words(bench: Bench) -> None:
    with pytest.raises(TaskFailed, match=r"exit code 3\. no luck"):
        SHELL_SCRIPT.run(bench.context, {"script": "echo no luck >&2\nexit 3"})


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_a_node_script_runs(bench: Bench) -> None:
    script = """console.log('::{"outputs":{"n":1}}::')"""
    assert NODE_SCRIPT.run(bench.context, {"script": script})["vars"] == {"n": 1}


def test_a_missing_interpreter_is_named(bench: Bench) -> None:
    with pytest.raises(TaskFailed, match="/no/such/shell -c cannot be started"):
        Commands.run(bench.context, {"commands": ["x"], "interpreter": ["/no/such/shell", "-c"]})


def test_env_is_given_and_secrets_are_not(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_SECRET_TOKEN", "hush")
    monkeypatch.setenv("SECRET_TOKEN", "aHVzaA==")
    monkeypatch.setenv("PLAIN", "seen")
    given = {"commands": ["env"], "env": {"MINE": 5}}
    Commands.run(bench.context, given)
    seen = [line for _, line in bench.lines]
    assert "MINE=5" in seen
    assert "PLAIN=seen" in seen
    assert not [line for line in seen if "hush" in line or "aHVzaA" in line]


def test_files_go_in_and_out(bench: Bench) -> None:
    kept = bench.files.write("in.bin", b"\x00\x01")
    outputs = Commands.run(
        bench.context,
        {
            "inputFiles": {"a/b.txt": "text", "c.bin": kept},
            "commands": ["mkdir out", "cp a/b.txt out/one.txt", "cp c.bin out/two.bin"],
            "outputFiles": ["out/*"],
        },
    )
    found = {name: bench.files.kept[uri] for name, uri in outputs["outputFiles"].items()}
    assert found == {"out/one.txt": b"text", "out/two.bin": b"\x00\x01"}


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", ""])
def test_files_stay_inside_the_folder(bench: Bench, name: str) -> None:
    for given in {"inputFiles": {name: "x"}}, {"outputFiles": [name]}:
        with pytest.raises(TaskFailed, match="not inside"):
            Commands.run(bench.context, {"commands": ["true"], **given})


def test_a_link_out_of_the_folder_is_not_kept(bench: Bench) -> None:
    given = {"commands": ["ln -s /etc/hostname link"], "outputFiles": ["*"]}
    assert Commands.run(bench.context, given)["outputFiles"] == {}


def test_a_given_folder_is_used_and_stays(bench: Bench, tmp_path: Path) -> None:
    bench.folder = tmp_path
    Commands.run(bench.context, {"commands": ["echo hi > kept"]})
    assert (tmp_path / "kept").read_text() == "hi\n"


def test_a_stopped_task_ends_all_it_started(bench: Bench, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    ended: list[BaseException] = []

    def run() -> None:
        given: dict[str, Any] = {"commands": [f"sleep 600 & echo $! $$ > {pids}", "wait"]}
        try:
            Commands.run(bench.context, given)
        except TaskFailed as error:
            ended.append(error)

    thread = Thread(target=run)
    thread.start()
    wait_until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    bench.stopped.set()
    thread.join()
    assert "Stopped" in str(ended[0])
    for pid in map(int, pids.read_text().split()):
        wait_until(lambda pid=pid: not _works(pid))


def test_a_script_does_not_outlive_the_process_that_runs_it(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    program = (
        "import os, pathlib, threading\n"
        "from signoff.yamlflow.tasks.processes import run_process\n"
        f"run_process(['/bin/sh', '-c', 'sleep 600 & echo $! $$ > {pids}; wait'], "
        "folder=pathlib.Path('/'), env=dict(os.environ), stopped=threading.Event(), hear=print)\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", program])
    wait_until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    owner.kill()
    owner.wait()
    for pid in map(int, pids.read_text().split()):
        wait_until(lambda pid=pid: not _works(pid))


def _works(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def test_addresses_in_a_script_become_files(bench: Bench) -> None:
    uri = "signoff:///company.team/f/018f3e6e-0000-7000-8000-000000000001/a%20b.txt"
    bench.files.kept[uri] = b"kept"
    Commands.run(bench.context, {"commands": [f"cat '{uri}'", f"cat '{uri}' | wc -c", "ls"]})
    assert [line for _, line in bench.lines] == ["kept4"]


def test_an_address_of_nothing_is_left_as_it_is(bench: Bench) -> None:
    uri = "signoff:///company.team/f/018f3e6e-0000-7000-8000-000000000009/a.txt"
    Commands.run(bench.context, {"commands": [f"echo {uri}"]})
    assert bench.lines == [("INFO", uri)]


def test_files_in_the_output_folder_are_kept(bench: Bench) -> None:
    there = SCRIPT_FOLDERS["outputDir"]
    outputs = SHELL_SCRIPT.run(bench.context, {"script": f"echo hi > {there}/out.txt"})
    assert bench.files.kept[outputs["outputFiles"]["out.txt"]] == b"hi\n"
