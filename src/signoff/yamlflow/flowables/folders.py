"""WorkingDirectory: tasks that share a folder."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from signoff.yamlflow.flowables.groups import outcome_of
from signoff.yamlflow.running.branches import Result, guarded, run_branch
from signoff.yamlflow.running.outcome import Outcome, TaskEnded, Verdict
from signoff.yamlflow.running.visit import Visit


def working_directory(visit: Visit, properties: Mapping[str, Any]) -> Outcome:
    """Run `tasks` in order in one folder, which is gone afterwards."""
    outputs: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="signoff-") as name:
        folder = Path(name).resolve()
        _put(visit, folder, properties.get("inputFiles"))
        like = replace(visit, folder=folder)

        def main() -> Result:
            tasks = visit.node.branches.get("tasks", ())
            return run_branch(visit.execution, tasks, visit, like=like)

        result = guarded(visit, main)
        patterns = properties.get("outputFiles") or ()
        if patterns and not result.verdict.stops:
            outputs["outputFiles"] = _kept(visit, folder, patterns)
    return outcome_of(result, outputs)


def _put(visit: Visit, folder: Path, given: Any) -> None:
    if isinstance(given, str):
        given = json.loads(given) if given.strip() else {}
    for name, content in (given or {}).items():
        path = (folder / str(name)).resolve()
        if not path.is_relative_to(folder):
            message = f"Property 'inputFiles': {name!r} is outside of the folder."
            raise TaskEnded(Outcome(Verdict.FAILED, message=message))
        path.parent.mkdir(parents=True, exist_ok=True)
        text = str(content)
        if text.startswith(("signoff:///", "kestra:///")):
            path.write_bytes(visit.execution.files.read(text))
        else:
            path.write_text(text)


def _kept(visit: Visit, folder: Path, patterns: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for pattern in patterns:
        for path in sorted(folder.glob(str(pattern))):
            if path.is_file() and path.resolve().is_relative_to(folder):
                name = path.relative_to(folder).as_posix()
                found[name] = visit.execution.files.write(name, path.read_bytes())
    return found
