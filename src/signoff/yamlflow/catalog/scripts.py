"""Task types that run scripts and commands in a process of the worker.

Owns their declarations. Their code is in `signoff.yamlflow.tasks`.
"""

from __future__ import annotations

from typing import Any

from signoff.yamlflow.catalog.names import PLUGIN
from signoff.yamlflow.catalog.schemas import (
    TEXT_MAP,
    TEXTS,
    either,
    flag,
    list_of,
    map_of,
    text,
)
from signoff.yamlflow.catalog.types import TaskType

_PROCESS = "it runs in a process of the worker, not in a container"
PROCESS_RUNNERS = (
    f"{PLUGIN}.core.runner.Process",
    f"{PLUGIN}.scripts.runner.process.Process",
    "PROCESS",
)
"""What `taskRunner` and `runner` may say without being told that it makes no difference."""
SCRIPTS_OF = f"{PLUGIN}.scripts."
"""How the names of all these types begin."""
# Expressions are rendered before there is a folder: its path is put in afterwards.
SCRIPT_FOLDERS = {
    "workingDir": "signoff-folder:working",
    "outputDir": "signoff-folder:output",
}
"""What expressions of a script see besides the rest."""

_SHARED: dict[str, Any] = {
    "beforeCommands": list_of(text("A command."), "Commands run before, by the same shell."),
    "env": {**TEXT_MAP, "description": "Environment variables."},
    "inputFiles": either(
        "Files put beside the script: content or address by name.",
        map_of({"type": "string"}, "Files by name."),
        text("The map as JSON text."),
    ),
    "outputFiles": list_of(
        text("Pattern."), "Files that are kept afterwards, as patterns such as `*.csv`."
    ),
    "interpreter": either(
        "The shell that runs the commands.",
        text("A program."),
        TEXTS,
        default=["/bin/sh", "-c"],
    ),
    "failFast": flag("The first command that fails ends the task.", True),
    "warningOnStdErr": flag("Lines on standard error make the task a warning."),
}
_IGNORED = {
    "containerImage": _PROCESS,
    "docker": _PROCESS,
    "taskRunner": _PROCESS,
    "runner": _PROCESS,
    "dependencies": "install them where the worker runs, or in `beforeCommands`",
    "dependencyCacheEnabled": "nothing is installed",
    "packageManager": "nothing is installed",
    "pythonVersion": "the worker's `python` is used",
    "namespaceFiles": "there are no namespace files here; use `inputFiles`",
    "outputDir": "files in `{{ outputDir }}` and those named by `outputFiles` are kept",
    "options": _PROCESS,
    "targetOS": "commands are those of the worker's system",
    "nodeVersion": "the worker's `node` is used",
}
_OUTPUTS: dict[str, Any] = {
    "vars": {"type": "object", "description": 'What lines `::{"outputs":{...}}::` set.'},
    "outputFiles": {"type": "object", "description": "Address of each kept file, by name."},
    "exitCode": {"type": "integer", "description": "0 for success."},
}


def _pair(language: str, title: str) -> tuple[TaskType, TaskType]:
    """The two types of a language: a script, and commands."""
    properties = {
        **_SHARED,
        "script": text("The text of the script."),
        "commands": list_of(text("A command."), "The commands.", minItems=1),
    }
    script, commands = (
        TaskType(
            name=f"{PLUGIN}.scripts.{language}.{short}",
            title=words,
            properties={key: each for key, each in properties.items() if key != other},
            required=(needed,),
            ignored=_IGNORED,
            outputs=_OUTPUTS,
        )
        for short, words, needed, other in (
            ("Script", f"Run {title}.", "script", "commands"),
            ("Commands", f"Run commands of a shell, for {title}.", "commands", "script"),
        )
    )
    return script, commands


SCRIPTS = (
    *_pair("python", "a Python script"),
    *_pair("shell", "a shell script"),
    *_pair("node", "a Node.js script"),
    *_pair("r", "an R script"),
)
