"""What nobody should send: told with its place, through every face, and at a bounded cost."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from signoff.testing.utilities import signoff_test_harness
from tests.saved.http import call

pytestmark = pytest.mark.engine

CORE = "io.kestra.plugin.core"
HEAD = "id: x\nnamespace: shop\n"
SAY = f"tasks: [{{id: a, type: {CORE}.log.Log, message: hi}}]\n"
LAUGHS = "".join(
    f"  a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]\n" for number in range(1, 10)
)

BAD = {
    "broken": (f"{HEAD}tasks:\n  - id: a\n   type: b\n", "5:4: error: This is no YAML"),
    "twice": (f"{HEAD}id: y\n{SAY}", "3:1: error: The key 'id' is given twice"),
    "type": (
        f"{HEAD}tasks: [{{id: a, type: {CORE}.log.Lgo, message: hi}}]\n",
        f"did you mean '{CORE}.log.Log'?",
    ),
    "property": (
        f"{HEAD}tasks:\n  - id: a\n    type: {CORE}.log.Log\n    mesage: hi\n",
        "6:5: error: tasks.0.mesage",
    ),
    "circle": (
        f"{HEAD}inputs:\n"
        "  - {id: a, type: INT, dependsOn: {inputs: [b]}}\n"
        "  - {id: b, type: INT, dependsOn: {inputs: [a]}}\n"
        f"{SAY}",
        "Inputs depend on one another in a circle: a -> b -> a.",
    ),
    "expression": (
        f"{HEAD}tasks: [{{id: a, type: {CORE}.log.Log, message: '{{{{ now( }}}}'}}]\n",
        "3:63: error: tasks.0.message",
    ),
    "pattern": (
        f"{HEAD}inputs: [{{id: a, type: STRING, validator: '(?<=a)b'}}]\n{SAY}",
        "look behind",
    ),
    "laughs": (
        f"{HEAD}variables:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n{LAUGHS}{SAY}",
        "more than 200,000 values",
    ),
    "deep": (f"{HEAD}variables: {{a: {'[' * 5000}{']' * 5000}}}\n{SAY}", "nesting"),
    "large": (f"{HEAD}description: {'x' * 10_000_001}\n{SAY}", "at most 10,000,000 are read"),
}


@pytest.fixture(scope="module", autouse=True)
def server() -> Iterator[None]:
    with signoff_test_harness():
        yield


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the command line says of all of them."""
    folder: Path = tmp_path_factory.mktemp("bad")
    for name, (text, _) in BAD.items():
        (folder / f"{name}.yaml").write_text(text)
    command = [sys.executable, "-m", "signoff", "validate", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert ": valid" not in done.stdout
    return done.stdout


@pytest.mark.parametrize("name", BAD)
def test_every_face_tells_what_is_wrong_and_where(name: str, told: str) -> None:
    text, expected = BAD[name]
    assert any(f"{name}.yaml:" in line and expected in line for line in told.splitlines())
    reply = call("POST", "/yaml-flows", text.encode(), content_type="application/yaml")
    assert reply.status == 422, reply.text[:500]
    errors = reply.json()["errors"]
    assert all({"field", "message", "line", "column"} <= set(error) for error in errors)
    said = "\n".join(f"{error['field']}: {error['message']}" for error in errors)
    assert expected.rpartition("error: ")[2] in said
    assert call("GET", "/yaml-flows/shop/x").status == 404
    assert call("GET", "/health").status == 200
