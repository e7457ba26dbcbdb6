"""What `from signoff import flow, task, pause_flow_run` loads. Modules are judged, not time."""

from __future__ import annotations

import subprocess
import sys

FORBIDDEN = (
    *("asyncio", "cloudpickle", "httpx", "http.client", "jsonschema", "multiprocessing"),
    *("psycopg", "requests", "rich", "sqlite3", "starlette", "tomllib", "typer", "uvicorn"),
    *("urllib.request", "cryptography", "markdown_it", "click", "signoff.store"),
    *("signoff.service", "signoff.server", "signoff.wire", "signoff.gateway.local"),
    *("signoff.gateway.http", "signoff.core.forms.checking"),
)


def test_heavy_parts_load_on_first_use() -> None:
    code = (
        "import sys; before = set(sys.modules)\n"
        "from signoff import flow, task, pause_flow_run\n"
        "print(*sorted(set(sys.modules) - before), sep='\\n')"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    heavy = [
        name
        for name in said
        if any(name == part or name.startswith(f"{part}.") for part in FORBIDDEN)
    ]
    assert heavy == []
    assert len(said) < 330, f"{len(said)} modules are loaded: {said}"


def test_values_are_declared_without_writing_their_methods() -> None:
    """A class of the standard library's `dataclass` costs two thirds of a millisecond."""
    code = (
        "import sys\n"
        "from signoff import flow, task, pause_flow_run\n"
        "import signoff.gateway.local, signoff.store.sqlite.store\n"
        "ours = [m for n, m in sys.modules.items() if n.startswith('signoff')]\n"
        "kinds = {c for m in ours for c in vars(m).values() if isinstance(c, type)}\n"
        "made = [c for c in kinds if '__dataclass_fields__' in vars(c)]\n"
        "written = [c for c in made if hasattr(vars(c).get('__init__'), '__code__')]\n"
        "print(len(made), *sorted(c.__name__ for c in written))"
    )
    count, *written = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert int(count) > 90
    assert len(written) < 30, f"constructors that nobody has called: {written}"
