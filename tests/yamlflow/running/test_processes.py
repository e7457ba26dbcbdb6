"""Runs of documents whose process ends: left to wait, or killed; the document goes on."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest

from signoff import resume_flow_run
from signoff.model.states import StateType
from tests.scenarios import desk
from tests.support.processes import PythonProcess, Spawner
from tests.support.waiting import wait_until
from tests.yamlflow.documents import EXAMPLES
from tests.yamlflow.running.foreign import serving
from tests.yamlflow.running.runs import has_logged, lines, states

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.timeout(100),  # several processes start one after the other
]

FLOW = "io.kestra.plugin.core.flow"
SAY = "io.kestra.plugin.core.log.Log"
SHELL = "io.kestra.plugin.scripts.shell.Commands"


def signoff(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command line to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "signoff", *words],
        capture_output=True,
        text=True,
        timeout=desk.PATIENCE,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture
def cold(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes leave at once where everything waits."""
    monkeypatch.setenv("SIGNOFF_YAML_STAY_SECONDS", "0")


def written(folder: Path, text: str) -> Path:
    file = folder / "flow.yaml"
    file.write_text(text)
    return file


# signoff run ---------------------------------------------------------------------------------

GREETING = f"""
id: greeting
namespace: company.team
inputs:
  - {{id: who.name, type: STRING, defaults: Ada}}
  - {{id: times, type: INT, defaults: 1}}
tasks:
  - {{id: say, type: {SAY}, message: "Hello {{{{ inputs.who.name }}}} x{{{{ inputs.times }}}}"}}
outputs:
  - {{id: twice, type: INT, value: "{{{{ inputs.times * 2 }}}}"}}
"""


def test_a_file_is_run_with_inputs_and_labels(tmp_path: Path) -> None:
    file = written(tmp_path, GREETING)
    done = signoff(
        *("run", str(file), "--input", "who.name=Bob", "-i", "times=3", "--label", "team=ops")
    )
    assert done.stdout == "twice: 6\n"
    has_logged("Hello Bob x3")
    assert "team:ops" in desk.only_run().tags


def test_triggers_are_said_to_need_a_server(tmp_path: Path) -> None:
    trigger = "io.kestra.plugin.core.trigger"
    triggers = f"""
triggers:
  - {{id: daily, type: {trigger}.Schedule, cron: "@daily"}}
  - {{id: off, type: {trigger}.Webhook, key: abc, disabled: true}}
"""
    done = signoff("run", str(written(tmp_path, GREETING + triggers)))
    assert "Its triggers (daily) start others once" in done.stderr
    assert "triggers" not in signoff("run", str(written(tmp_path, GREETING))).stderr


def test_wrong_inputs_are_told_one_by_one(tmp_path: Path) -> None:
    done = signoff("run", str(written(tmp_path, GREETING)), "-i", "times=x", "-i", "no=1", code=1)
    assert "times:" in done.stderr
    assert "no:" in done.stderr
    assert desk.runs() == ()


def test_files_of_a_run_that_is_not_made_are_not_kept(tmp_path: Path, home: Path) -> None:
    text = GREETING.replace("inputs:\n", "inputs:\n  - {id: sheet, type: FILE}\n")
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("a;b")
    flow = str(written(tmp_path, text))
    signoff("run", flow, "-i", f"sheet=@{sheet}", "-i", "times=x", code=1)
    assert _kept_files(home) == []
    signoff("run", flow, "-i", f"sheet=@{sheet}")
    assert _kept_files(home) == ["sheet.csv"]


def _kept_files(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "signoff.db")) as database:
        return [name for (name,) in database.execute("SELECT name FROM files")]


def test_a_broken_file_is_told_with_its_places(tmp_path: Path) -> None:
    file = written(tmp_path, "id: x\nnamespace: a.b\ntasks:\n  - {id: t, type: Lgo}\n")
    assert "flow.yaml:4:" in signoff("run", str(file), code=1).stderr


def test_a_failed_run_has_its_exit_code(tmp_path: Path) -> None:
    text = "id: x\nnamespace: a.b\ntasks:\n  - {id: t, type: io.kestra.plugin.core.execution.Fail}"
    assert "x ended: Failed" in signoff("run", str(written(tmp_path, text)), code=1).stderr


# Left to wait --------------------------------------------------------------------------------


@pytest.mark.usefixtures("cold")
def test_the_example_goes_on_in_another_process() -> None:
    done = signoff("run", str(EXAMPLES / "pause_resume.yaml"))
    run = desk.only_run()
    assert f"signoff flow-run resume {run.id}" in done.stderr
    assert run.state_name == "Suspended"
    assert states() == {"pause": "Paused"}
    signoff("flow-run", "resume", str(run.id))
    desk.reached(run.id, StateType.COMPLETED)
    assert states() == {"pause": "Completed", "after_pause": "Completed"}
    has_logged("Execution has been resumed!")


@pytest.mark.usefixtures("cold")
def test_the_approval_example_sends_its_request_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as foreign:
        monkeypatch.setenv("SIGNOFF_YAML_HTTP_ROUTES", foreign.routes)
        signoff("run", str(EXAMPLES / "vacation_approval_process.yaml"))
        run = desk.only_run()
        assert run.state_name == "Suspended"
        signoff("flow-run", "resume", str(run.id), "--input", "reason=Enjoy")
        desk.reached(run.id, StateType.COMPLETED)
        assert [path for _, path, _, _ in foreign.requests] == ["/api/slack", "/api/products"]
    has_logged('Status is Enjoy. Process finished with {"id":"7"}')


TOLD = f"""
id: told
namespace: company.team
tasks:
  - {{id: first, type: {SAY}, message: hi}}
  - id: wait
    type: {FLOW}.Pause
    onPause:
      id: tell
      type: {FLOW}.Sequential
      tasks: [{{id: inner, type: {SAY}, message: "come and look"}}]
  - id: decide
    type: {FLOW}.Approval
    onWait: [{{id: tell_too, type: {SAY}, message: "come again"}}]
  - {{id: last, type: {SAY}, message: bye}}
"""


@pytest.mark.usefixtures("cold")
def test_a_run_that_was_left_says_what_it_need_not_do_again(tmp_path: Path) -> None:
    signoff("run", str(written(tmp_path, TOLD)))
    run = desk.only_run()
    signoff("flow-run", "resume", str(run.id))
    desk.reached_question("decide")
    wait_until(lambda: desk.run(run.id).state_name == "Suspended", desk.PATIENCE)
    signoff("flow-run", "resume", str(run.id), "--input", "decision=approve")
    desk.reached(run.id, StateType.COMPLETED)
    told = [line for line in desk.log(run.id) if line.startswith("Caught up")]
    # Waiting is no work, and nobody is told again of what was answered.
    assert told == [
        "Caught up with earlier work: 1 call gave back what they did.",
        "Caught up with earlier work: 2 calls gave back what they did.",
    ]


BRANCHES = f"""
id: branches
namespace: company.team
tasks:
  - id: both
    type: {FLOW}.Parallel
    tasks:
      - id: left
        type: {FLOW}.Sequential
        tasks:
          - {{id: first, type: {FLOW}.Pause}}
          - {{id: l, type: {SAY}, message: left went on}}
      - id: right
        type: {FLOW}.ForEach
        values: [a, b]
        tasks:
          - {{id: second, type: {FLOW}.Pause}}
          - {{id: r, type: {SAY}, message: "right went on with {{{{ taskrun.value }}}}"}}
  - {{id: last, type: {SAY}, message: "{{{{ outputs.second.b.resumed.to }}}}"}}
"""


@pytest.mark.usefixtures("cold")
def test_each_branch_goes_on_while_others_wait_without_a_process(tmp_path: Path) -> None:
    signoff("run", str(written(tmp_path, BRANCHES)))
    run_id = desk.only_run().id
    for key, said in (("second:0", "right went on with a"), ("first", "left went on")):
        resume_flow_run(run_id, key=key)
        has_logged(said)
        wait_until(
            lambda: desk.run(run_id).state_name == "Suspended",
            desk.PATIENCE,
            lambda: repr(desk.run(run_id)),
        )
    resume_flow_run(run_id, key="second:1")
    desk.reached(run_id, StateType.COMPLETED)
    has_logged("SUCCESS")
    assert [line for line in lines() if "went on" in line] == [
        "right went on with a",
        "left went on",
        "right went on with b",
    ]


CHILD = f"""
id: child
namespace: company.team
tasks:
  - {{id: wait, type: {FLOW}.Pause, onResume: [{{id: word, type: STRING}}]}}
outputs:
  - {{id: said, type: STRING, value: "{{{{ outputs.wait.onResume.word }}}}"}}
"""
PARENT = f"""
id: parent
namespace: company.team
tasks:
  - id: both
    type: {FLOW}.Parallel
    tasks:
      - {{id: call, type: {FLOW}.Subflow, namespace: company.team, flowId: child}}
      - {{id: beside, type: {FLOW}.Pause}}
  - {{id: after, type: {SAY}, message: "child said {{{{ outputs.call.outputs.said }}}}"}}
"""


@pytest.mark.usefixtures("cold")
def test_a_subflow_waits_without_a_process_and_its_caller_with_it(tmp_path: Path) -> None:
    signoff("flow", "deploy", str(written(tmp_path, CHILD)))
    signoff("run", str(written(tmp_path, PARENT)))
    asked = {item.key: item.run_id for item in desk.asked(2)}
    (parent,) = [run for run in desk.runs() if run.parent_flow_run_id is None]
    assert asked == {"beside": parent.id, "wait": asked["wait"]}
    for key, answers in (("wait", {"word": "yes"}), ("beside", None)):
        resume_flow_run(asked[key], answers, key=key)
    desk.reached(parent.id, StateType.COMPLETED)
    wait_until(
        lambda: "child said yes" in lines(parent.id), desk.PATIENCE, lambda: repr(lines(parent.id))
    )


# In place of a failed run --------------------------------------------------------------------

AGAIN = """
id: again
namespace: company.team
retry:
  type: constant
  interval: PT0.01S
  maxAttempts: 2
  maxDuration: PT24H
  behavior: CREATE_NEW_EXECUTION
tasks:
  - id: second_time
    type: io.kestra.plugin.core.execution.Fail
    condition: "{{ execution.originalId == execution.id }}"
"""


def test_a_new_run_is_made_in_place_of_a_failed_one(tmp_path: Path) -> None:
    signoff("run", str(written(tmp_path, AGAIN)), code=1)
    (first,) = [run for run in desk.runs() if run.state_name == "Retried"]
    wait_until(lambda: len(desk.runs()) == 2, desk.PATIENCE, lambda: repr(desk.runs()))
    (second,) = [run for run in desk.runs() if run.id != first.id]
    desk.reached(second.id, StateType.COMPLETED)
    assert {"system.attempt:2", f"system.originalId:{first.id}"} <= set(second.tags)
    assert any(tag.startswith("system.retryUntil:") for tag in second.tags)


# Killed --------------------------------------------------------------------------------------

STEPS = f"""
id: steps
namespace: company.team
variables: {{folder: "FOLDER"}}
tasks:
  - {{id: one, type: {SHELL}, commands: ["echo one >> {{{{ vars.folder }}}}/done"]}}
  - id: each
    type: {FLOW}.ForEach
    values: [x, y]
    tasks:
      - id: work
        type: {SHELL}
        commands:
          - "echo begun-{{{{ taskrun.value }}}} >> {{{{ vars.folder }}}}/begun"
          - "while [ ! -e {{{{ vars.folder }}}}/{{{{ taskrun.value }}}} ]"
          - "do kill -0 $PPID || exit 1; sleep 0.02"
          - "done"
          - "echo {{{{ taskrun.value }}}} >> {{{{ vars.folder }}}}/done"
  - {{id: ask, type: {FLOW}.Pause, onResume: [{{id: word, type: STRING}}]}}
  - {{id: two, type: {SHELL}, commands: ["echo {{{{ outputs.ask.onResume.word }}}} >> \
{{{{ vars.folder }}}}/done"]}}
"""


class Steps:
    """A run of `STEPS` that is killed and goes on."""

    def __init__(self, spawner: Spawner, folder: Path) -> None:
        self._folder = folder
        file = written(folder, STEPS.replace("FOLDER", str(folder)))
        runner = folder / "start.py"
        runner.write_text(f"from signoff.cli.main import main\nmain(['run', {str(file)!r}])\n")
        self.process: PythonProcess = spawner(runner)

    def has(self, name: str, text: str) -> None:
        """Wait until a task has written this."""
        path = self._folder / name
        wait_until(
            lambda: path.exists() and text in path.read_text().split(),
            desk.PATIENCE,
            lambda: f"{text} in {path}\n{self.process.stderr}",
        )

    def open(self, name: str) -> None:
        """Let a task pass its gate."""
        (self._folder / name).touch()

    def kill(self) -> UUID:
        """Kill the process that works on the run."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        return desk.only_run().id

    def done(self) -> Counter[str]:
        """How often each task did its work."""
        return Counter((self._folder / "done").read_text().split())


def retried(run_id: UUID) -> None:
    """Have a run whose process died go on, once that is seen."""

    def accepted() -> bool:
        words = [sys.executable, "-m", "signoff", "flow-run", "retry", str(run_id)]
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    wait_until(accepted, desk.PATIENCE, lambda: repr(desk.run(run_id)))


@pytest.mark.faults
@pytest.mark.parametrize("gate", ["x", "y"])
def test_killed_in_a_task(spawn_python: Spawner, tmp_path: Path, gate: str) -> None:
    steps = Steps(spawn_python, tmp_path)
    if gate == "y":
        steps.open("x")
    steps.has("begun", f"begun-{gate}")
    run_id = steps.kill()
    steps.open("x")
    steps.open("y")
    retried(run_id)
    desk.reached_question("ask")
    resume_flow_run(run_id, {"word": "yes"}, key="ask")
    desk.reached(run_id, StateType.COMPLETED)
    assert steps.done() == Counter(["one", "x", "y", "yes"])


@pytest.mark.faults
def test_killed_while_it_waits(spawn_python: Spawner, tmp_path: Path) -> None:
    steps = Steps(spawn_python, tmp_path)
    steps.open("x")
    steps.open("y")
    desk.reached_question("ask")
    run_id = steps.kill()
    resume_flow_run(run_id, {"word": "yes"}, key="ask")
    desk.reached(run_id, StateType.COMPLETED)
    assert steps.done() == Counter(["one", "x", "y", "yes"])
