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
