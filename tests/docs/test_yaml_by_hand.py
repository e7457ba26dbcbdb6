"""The requests that the guide to saved YAML flows types, sent as they stand there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import ROOT
from tests.server.serving import Servers
from tests.support import missing
from tests.support.processes import Spawner
from tests.support.waiting import wait_until

HOW_TO = ROOT / "docs" / "how-to"
HERE = "http://127.0.0.1:4200"


@pytest.fixture(autouse=True)
def curl() -> None:
    if shutil.which("curl") is None:
        missing.unavailable("curl", "install the system's package `curl`")


def blocks(page: str, language: str) -> list[str]:
    text = (HOW_TO / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_a_whole_life(signoff_home: Path, spawn_python: Spawner, tmp_path: Path) -> None:
    (tmp_path / "vacation.yaml").write_text(blocks("write-yaml-flows.md", "yaml")[0])
    server = Servers(spawn_python, signoff_home).start(worker=True)
    run = ""

    def typed(line: str) -> Any:
        command = line.replace(HERE, server.url.removesuffix("/api"))
        done = subprocess.run(
            ["bash", "-c", command.replace("curl", "curl -s --fail-with-body", 1)],
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin", "RUN": run},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        return json.loads(done.stdout) if done.stdout else None

    short, whole = (each for each in blocks("deploy-yaml-flows.md", "sh") if "curl" in each)
    lines = whole.strip().splitlines()
    for line in lines:
        if line.endswith("$RUN/waits"):
            (wait,) = wait_until(lambda line=line: typed(line), message=line)
            assert wait["item"]["key"] == "decide"
        elif "flow_runs" in line:
            wait_until(lambda line=line: typed(line)["state_name"] == "Completed", message=line)
        else:
            reply = typed(line)
            run = reply["run_id"] if "executions" in line else run
            if line.endswith("enable"):
                assert typed(short)["run_id"] != run
    assert typed(f"curl '{HERE}/api/yaml-flows?namespace=company.team'") == []
