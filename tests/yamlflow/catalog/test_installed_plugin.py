"""A package with a task type: built, installed, and used by the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.scenarios import desk
from tests.yamlflow.running.runs import lines

CODE = '''
"""Greets people."""

from collections.abc import Mapping
from typing import Any

from signoff.yamlflow.catalog import TaskType
from signoff.yamlflow.tasks.context import RunContext


class Greet:
    declaration = TaskType(
        name="com.example.Greet",
        title="Greet somebody.",
        properties={
            "name": {"type": "string"},
            "times": {"type": "integer", "default": 2},
        },
        required=("name",),
        outputs={"greeting": {"type": "string"}},
    )

    def run(self, context: RunContext, properties: Mapping[str, Any]) -> Mapping[str, Any]:
        greeting = " ".join(["Hello"] * properties["times"]) + f" {properties['name']}"
        context.log.info("%s, says %s", greeting, context.task_id)
        return {"greeting": greeting}


greet = Greet()
'''
INFO = "signoff_greeting-1.0.dist-info"
FILES = {
    "signoff_greeting.py": CODE,
    f"{INFO}/METADATA": "Metadata-Version: 2.1\nName: signoff-greeting\nVersion: 1.0\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}/entry_points.txt": "[signoff.tasks]\ngreet = signoff_greeting:greet\n",
}
FLOW = """
id: greeting
namespace: company.team
inputs: [{id: who, type: STRING, defaults: Ada}]
tasks:
  - {id: greet, type: com.example.Greet, name: "{{ inputs.who }}"}
outputs:
  - {id: said, type: STRING, value: "{{ outputs.greet.greeting }}"}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which an installer has put the package."""
    folder = tmp_path_factory.mktemp("plugin")
    wheel, target = folder / "signoff_greeting-1.0-py3-none-any.whl", folder / "installed"
    record = "".join(f"{name},,\n" for name in (*FILES, f"{INFO}/RECORD"))
    with ZipFile(wheel, "w") as archive:
        for name, text in {**FILES, f"{INFO}/RECORD": record}.items():
            archive.writestr(name, text)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-index", "--no-deps", "--target", target, wheel], check=True)
    return target


def signoff(*words: str, installed: Path | None) -> subprocess.CompletedProcess[str]:
    """Run a command line to its end; with the package, or without."""
    paths = [] if installed is None else [str(installed)]
    return subprocess.run(
        [sys.executable, "-m", "signoff", *words],
        capture_output=True,
        text=True,
        timeout=desk.PATIENCE,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        check=False,
    )


def written(folder: Path, text: str) -> str:
    file = folder / "flow.yaml"
    file.write_text(text)
    return str(file)


def test_its_type_is_valid_where_it_is_installed(installed: Path, tmp_path: Path) -> None:
    file = written(tmp_path, FLOW)
    done = signoff("validate", file, installed=installed)
    assert done.returncode == 0, done.stdout + done.stderr
    refused = signoff("validate", file, installed=None)
    assert refused.returncode == 1
    assert "com.example.Greet" in refused.stdout + refused.stderr


def test_its_properties_are_judged(installed: Path, tmp_path: Path) -> None:
    file = written(tmp_path, FLOW.replace("name:", "times: often, nmae:"))
    refused = signoff("validate", file, installed=installed)
    assert refused.returncode == 1
    told = refused.stdout + refused.stderr
    assert "times" in told
    assert "nmae" in told


@pytest.mark.usefixtures("signoff_home")
def test_its_code_runs_with_rendered_properties_and_defaults(
    installed: Path, tmp_path: Path
) -> None:
    done = signoff("run", written(tmp_path, FLOW), "-i", "who=Bob", installed=installed)
    assert (done.returncode, done.stdout) == (0, "said: Hello Hello Bob\n"), done.stderr
    assert "Hello Hello Bob, says greet" in lines()
