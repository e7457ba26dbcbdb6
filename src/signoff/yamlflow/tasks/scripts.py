"""Tasks that run scripts and commands.

Owns the folder they run in, their files in and out, and the lines by which they set outputs:
`::{"outputs": {"name": "value"}}::`, alone on a line of standard output.
"""

from __future__ import annotations

import json
import logging
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from signoff.yamlflow.tasks.context import RunContext
from signoff.yamlflow.tasks.folders import Workplace, workplace
from signoff.yamlflow.tasks.processes import environment, run_process
from signoff.yamlflow.tasks.running import TaskFailed, TaskWarned
from signoff.yamlflow.tasks.saying import in_text
from signoff.yamlflow.truth import truthy


@dataclass(slots=True)
class _Lines:
    """What a process says: log lines, and outputs among them."""

    context: RunContext
    outputs: dict[str, Any] = field(default_factory=dict)
    last_error: str = ""

    def hear(self, line: str, is_error: bool) -> None:
        if not is_error and (found := _told(line)) is not None:
            self.outputs.update(found)
            return
        if is_error and line.strip():
            self.last_error = line.strip()
        self.context.log.log(logging.WARNING if is_error else logging.INFO, "%s", line)


def _told(line: str) -> Mapping[str, Any] | None:
    text = line.strip()
    if not (text.startswith("::{") and text.endswith("}::")):
        return None
    try:
        told = json.loads(text[2:-2])
    except ValueError:
        return None
    outputs = told.get("outputs") if isinstance(told, Mapping) else None
    return outputs if isinstance(outputs, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Script:
    """Runs the text `script` as a program.

    Args:
        file: name it gets in the folder.
        command: the command line that runs it.
    """

    file: str
    command: str

    def run(self, context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Run `script` after `beforeCommands`."""
        script = in_text(properties["script"])
        return _run(context, properties, [self.command], {self.file: script})


class Commands:
    """Runs `commands` one after the other in one shell."""

    @staticmethod
    def run(context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        """Run `commands` after `beforeCommands`; the first that fails ends it."""
        return _run(context, properties, _list(properties.get("commands")), {})


PYTHON_SCRIPT = Script("script.py", "python script.py")
NODE_SCRIPT = Script("script.js", "node script.js")
R_SCRIPT = Script("script.R", "Rscript script.R")
SHELL_SCRIPT = Script("script.sh", ". ./script.sh")
COMMANDS = Commands


def _run(
    context: RunContext,
    properties: Mapping[str, Any],
    commands: list[str],
    files: Mapping[str, str],
) -> Mapping[str, Any]:
    lines = _Lines(context)
    with workplace(context) as place:
        folder = place.folder
        _put(place, _input_files(properties.get("inputFiles")))
        for name, text in files.items():
            (folder / name).write_text(place.local(text), encoding="utf-8")
        shell = [in_text(each) for each in properties.get("interpreter") or ["/bin/sh", "-c"]]
        strict = ["set -e"] if truthy(properties.get("failFast", True)) else []
        before = _list(properties.get("beforeCommands"))
        whole = place.local("\n".join([*strict, *before, *commands]))
        try:
            ended = run_process(
                [*shell, whole],
                folder=folder,
                env=_environment(properties, place),
                stopped=context.stopped,
                hear=lines.hear,
            )
        except OSError as error:
            raise TaskFailed(f"{shlex.join(shell)} cannot be started: {error}") from error
        kept = _keep(context, folder, _list(properties.get("outputFiles")))
        if place.output.is_dir():
            kept |= _keep(context, place.output, ["**/*"])
    outputs = {"vars": lines.outputs, "outputFiles": kept, "exitCode": ended.code}
    if ended.stopped:
        raise TaskFailed("Stopped before it had ended.", outputs)
    if ended.code != 0:
        why = f"with exit code {ended.code}" if ended.code > 0 else f"by signal {-ended.code}"
        raise TaskFailed(f"Ended {why}. {lines.last_error}".rstrip(), outputs)
    if lines.last_error and truthy(properties.get("warningOnStdErr", False)):
        raise TaskWarned(f"Said on standard error: {lines.last_error}", outputs)
    return outputs


def _environment(properties: Mapping[str, Any], place: Workplace) -> dict[str, str]:
    wanted = properties.get("env") or {}
    given = {str(key): place.local(in_text(value)) for key, value in wanted.items()}
    env = environment(given)
    # `python` and `pip` are those of the worker, whose packages the author can count on.
    env["PATH"] = f"{Path(sys.executable).parent}:{env.get('PATH', '/usr/bin:/bin')}"
    env.setdefault("WORKING_DIR", str(place.folder))
    env.setdefault("PYTHONUNBUFFERED", "1")
    return env


def _list(given: Any) -> list[str]:
    if given is None:
        return []
    return [in_text(each) for each in given] if isinstance(given, list) else [in_text(given)]


def _input_files(given: Any) -> Mapping[str, Any]:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError as error:
            raise TaskFailed(
                f"Property `inputFiles`: it is no map, nor JSON of one ({error})."
            ) from error
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise TaskFailed("Property `inputFiles`: give a map of file names and contents.")
    return given


def _inside(folder: Path, name: str) -> Path:
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or not parts.parts:
        raise TaskFailed(f"File {name!r} is not inside the task's folder; name it without `..`.")
    return folder / parts


def _put(place: Workplace, files: Mapping[str, Any]) -> None:
    for name, content in files.items():
        target = _inside(place.folder, str(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        text = in_text(content)
        if text.startswith("signoff:///"):
            target.write_bytes(place.context.files.read(text))
        else:
            target.write_text(place.local(text), encoding="utf-8")


def _keep(context: RunContext, folder: Path, patterns: list[str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for pattern in patterns:
        _inside(folder, pattern)
        for found in sorted(folder.glob(pattern)):
            # A link may lead out of the folder.
            if found.is_file() and found.resolve().is_relative_to(folder.resolve()):
                name = found.relative_to(folder).as_posix()
                kept[name] = context.files.write(found.name, found.read_bytes())
    return kept
