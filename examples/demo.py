"""A run that waits for you: `make demo`, or `python examples/demo.py`.

The flow looks at the files of this project, pauses, asks you to sign off a release with a typed
form, and goes on with your answer. It can be answered right here, or from any other process.
Without a terminal, a second process gives the answer through the public API.

Runs are kept where your own flows keep theirs; set SIGNOFF_HOME to keep them elsewhere.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from signoff import State, flow, pause_flow_run, resume_flow_run, task
from signoff.client.schemas.objects import FlowRun
from signoff.context import FlowRunContext
from signoff.flow_runs import FlowPauseTimeout, NotPausedError
from signoff.input import RunInput

PROJECT = Path(__file__).resolve().parent.parent


class Contact(BaseModel):
    """Whom users may ask."""

    name: str = Field(min_length=1)
    room: str = Field("#releases", description="Where to ask.")


class Release(RunInput):
    """What is asked before the release goes out."""

    model_config = ConfigDict(extra="forbid", title="Sign off this release")

    version: str = Field(pattern=r"^\d+\.\d+\.\d+$", description="Such as 1.4.0.")
    channel: Literal["stable", "beta", "nightly"] = "beta"
    rollout: int = Field(10, ge=1, le=100, description="Percent of users that get it at first.")
    day: date = Field(description="When it goes out.")
    highlights: list[str] = Field(default_factory=list, description="What users will notice.")
    contact: Contact
    approved: bool = Field(description="Release it?")


class Area(BaseModel):
    """How large one folder of the project is."""

    name: str
    files: int
    lines: int


# The flow ----------------------------------------------------------------------------------


@task
def find_areas(root: Path) -> list[Path]:
    """The folders of the project that are not hidden."""
    return sorted(each for each in root.iterdir() if each.is_dir() and each.name[0] not in "._")


@task(task_run_name="measure {folder.name}")
def measure(folder: Path) -> Area:
    """Count the files and lines of Python and Markdown in one folder."""
    files = []
    for parent, below, names in os.walk(folder):
        # What begins like this is generated: `.venvs`, `__pycache__`.
        below[:] = [name for name in below if name[0] not in "._"]
        files += [Path(parent, name) for name in names if name.endswith((".py", ".md"))]
    lines = sum(len(each.read_text("utf-8", "replace").splitlines()) for each in files)
    return Area(name=folder.name, files=len(files), lines=lines)


@task
def recent_changes(root: Path) -> list[str]:
    """The subjects of the latest commits; none where there is no git history."""
    command = ["git", "-C", str(root), "log", "--max-count=5", "--pretty=%s"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return []
    return found.stdout.splitlines() if found.returncode == 0 else []


@task
def write_notes(release: Release, areas: list[Area], changes: list[str]) -> str:
    """The release notes, as Markdown."""
    size = sum(area.lines for area in areas)
    lines = [
        f"# {release.version} ({release.channel}, {release.day:%d %B %Y})",
        "",
        *(f"- {highlight}" for highlight in release.highlights or changes),
        "",
        f"{size:,} lines in {len(areas)} folders; {release.rollout} % of users at first.",
        f"Questions: {release.contact.name}, {release.contact.room}.",
    ]
    return "\n".join(lines)


@flow
def sign_off_release(root: Path) -> str | None:
    """Look at a project, ask a person, and write release notes if they say yes."""
    areas = measure.map(find_areas(root)).result()
    changes = recent_changes(root)
    say(f"Tasks have measured {len(areas)} folders. Now the run asks a person.\n")

    form = Release.with_initial_data(
        description=overview(areas, changes),
        day=datetime.now().astimezone().date() + timedelta(days=1),
        highlights=changes[:2],
    )
    invite()
    release = pause_flow_run(wait_for_input=form, timeout=1800)
    say("\nThe run has its answer and goes on.")
    notes = write_notes(release, areas, changes) if release.approved else None
    say("\nNot released, as you said." if notes is None else f"\n{notes}")
    return notes


def overview(areas: list[Area], changes: list[str]) -> str:
    """What the person has to know, as Markdown."""
    largest = sorted(areas, key=lambda area: area.lines, reverse=True)[:5]
    lines = ["## Ready for release?", "", "| Folder | Files | Lines |", "|---|---:|---:|"]
    lines += [f"| {each.name} | {each.files} | {each.lines:,} |" for each in largest]
    if changes:
        lines += ["", "Latest changes:", "", *(f"- {change}" for change in changes)]
    return "\n".join(lines)


# The answer from elsewhere -----------------------------------------------------------------


def invite() -> None:
    """Say how to answer from another terminal; without a terminal here, have it answered."""
    context = FlowRunContext.get()
    assert context is not None
    run_id = context.flow_run.id
    if is_interactive():
        say("Answer below, or from another terminal (then the questions here vanish):\n")
        say(f"    {command('flow-run', 'resume', str(run_id))}\n")
        return
    say("There is no terminal here, so a second process answers through the public API.")
    subprocess.Popen([sys.executable, __file__, "--answer", str(run_id)])


def answer(run_id: UUID) -> None:
    """What the second process does: answer as soon as the run asks."""
    given = {
        "version": "1.4.0",
        "rollout": 25,
        "contact": {"name": "Ada"},
        "approved": True,
    }
    while True:
        try:
            resume_flow_run(run_id, run_input=given)
        except NotPausedError:
            time.sleep(0.02)
        else:
            return


# On the screen -----------------------------------------------------------------------------


def is_interactive() -> bool:
    """Whether a person can be asked here."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def say(text: str) -> None:
    """Print at once, whatever other processes print."""
    print(text, flush=True)


def command(*words: str) -> str:
    """A `signoff` command line as it can be pasted into another terminal."""
    program = Path(sys.executable).with_name("signoff")
    home = os.environ.get("SIGNOFF_HOME")
    setting = f"SIGNOFF_HOME={shlex.quote(str(Path(home).absolute()))} " if home else ""
    return setting + shlex.join([str(program), *words])


@sign_off_release.on_completion
def show(flow: Any, flow_run: FlowRun, state: State[Any]) -> None:
    """What is on record: every change, with who, when and from where."""
    words = [sys.executable, "-m", "signoff", "flow-run", "inspect", str(flow_run.id)]
    told = subprocess.run([*words, "--output", "json"], check=True, stdout=subprocess.PIPE)
    say("\nOn record, with who, when and from where:\n")
    for entry in json.loads(told.stdout)["history"]:
        at, by = datetime.fromisoformat(entry["at"]).astimezone(), entry["by"]
        who = f"{by['name']} ({by['via']}, {by['host']})"
        say(f"    {at:%H:%M:%S.%f}  {entry['event']:<9} {entry['state_name']:<10} {who}")
    say(f"\nEverything about this run:\n\n    {command('flow-run', 'inspect', flow_run.name)}")


def main() -> int:
    """Run the demo; returns the exit code."""
    say("\nSignoff: a run that waits for you\n")
    say(f"Runs are kept in {os.environ.get('SIGNOFF_HOME') or '~/.signoff'}.\n")
    try:
        sign_off_release(PROJECT)
    except FlowPauseTimeout:
        say("\nNobody answered within half an hour, so the run failed, as it was told to.")
        return 1
    except KeyboardInterrupt:
        say("\nStopped; the question is withdrawn.")
        return 130
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--answer"]:
        answer(UUID(sys.argv[2]))
    else:
        sys.exit(main())
