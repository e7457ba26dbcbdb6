"""The two sides that are compared, and how each is started with default settings.

Owns the peer's own virtual environment and the environment variables of each side. The measured
programs are one text for both: `programs/*.py` are written for Signoff, and Prefect's copy differs
only in the brand's name.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import Broken, Program, free_port, running, wait_healthy

HERE = Path(__file__).resolve().parent
PEER_VENV = HERE / ".venvs" / "prefect"
# Where the latest release asks for a version that the package index does not have (yet), the newest
# there is takes its place; every such replacement is printed with the results.
_LIST_REQUIREMENTS = """
import json
from importlib.metadata import requires
print(json.dumps([r for r in requires("prefect") or [] if "extra ==" not in r]))
"""


class PeerUnavailable(Exception):
    """The peer could not be installed; the text says why."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One side: its brand, its interpreter, and what it is told about its surroundings."""

    brand: str
    python: Path
    version: str
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def console(self) -> Path:
        """The command line tool."""
        return self.python.parent / self.brand

    def env(self, home: Path, api_url: str | None = None) -> dict[str, str]:
        """A clean environment with a home of its own, and a server when there is one."""
        prefix = self.brand.upper()
        env = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
        env.update({"HOME": str(home), "PYTHONUNBUFFERED": "1", **self.settings})
        env[f"{prefix}_HOME"] = str(home)
        if api_url is not None:
            env[f"{prefix}_API_URL"] = api_url
        return env

    def program(self, name: str, folder: Path) -> Path:
        """A measured program's text, for this side."""
        text = (HERE / "programs" / f"{name}.py").read_text()
        if self.brand != "signoff":
            text = text.replace("signoff", self.brand).replace("SIGNOFF", self.brand.upper())
        path = folder / f"{name}.py"
        path.write_text(text)
        return path

    def start(
        self, name: str, *arguments: str | float, folder: Path, api_url: str | None = None
    ) -> Program:
        """Start a measured program over the home in `folder`."""
        command = [str(self.python), str(self.program(name, folder)), *map(str, arguments)]
        return Program(command, self.env(folder, api_url), folder)

    @contextmanager
    def server(
        self, folder: Path, *options: str, port: int | None = None
    ) -> Iterator[tuple[Program, str]]:
        """A server on a free loopback port, with default settings where no options are given: its
        process and API URL."""
        port = port or free_port()
        command = [str(self.console), "server", "start", "--port", str(port), *options]
        with running(command, self.env(folder), folder) as program:
            wait_healthy(port, "/api/health", program)
            yield program, f"http://127.0.0.1:{port}/api"


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """A new home; its path is short, because a unix socket's path ends at 108 bytes."""
    with tempfile.TemporaryDirectory(prefix="sob-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def signoff() -> Subject:
    """This repository, as installed in the environment that runs the bench."""
    python = Path(sys.executable)
    # Byte code, as an installer writes it for the peer: no first run pays for it.
    sources = str(HERE.parent / "src" / "signoff")
    subprocess.run([sys.executable, "-m", "compileall", "-q", sources], check=True)
    asked = "from importlib.metadata import version; print(version('signoff'))"
    done = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True)
    return Subject("signoff", python, done.stdout.strip())


def _pip(*arguments: str) -> None:
    python = str(PEER_VENV / "bin" / "python")
    command = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise PeerUnavailable(f"pip install {' '.join(arguments)}: {done.stderr[-1500:].strip()}")


def _install_latest() -> list[str]:
    """Install the latest Prefect; the requirements that had to be relaxed."""
    subprocess.run([sys.executable, "-m", "venv", "--clear", PEER_VENV], check=True)
    # Without its dependencies first: pip would else fall back to an older release as soon as one
    # requirement of the latest cannot be satisfied.
    _pip("--upgrade", "--no-deps", "prefect")
    listed = subprocess.run(
        [PEER_VENV / "bin" / "python", "-c", _LIST_REQUIREMENTS],
        capture_output=True,
        text=True,
        check=True,
    )
    requirements: list[str] = json.loads(listed.stdout)
    try:
        _pip(*requirements)
    except PeerUnavailable:
        # A bundle of root certificates: any recent one does the same work.
        pinned = [text for text in requirements if text.startswith("certifi")]
        _pip(*[text for text in requirements if text not in pinned], "certifi")
        return pinned
    return []


def prefect() -> Subject:
    """The latest released Prefect, in a virtual environment of its own.

    Raises:
        PeerUnavailable: it could not be installed.
    """
    marker = PEER_VENV / "installed.json"
    if not marker.exists():
        PEER_VENV.parent.mkdir(exist_ok=True)
        marker.write_text(json.dumps(_install_latest()))
    relaxed = json.loads(marker.read_text())
    python = PEER_VENV / "bin" / "python"
    asked = "from importlib.metadata import version; print(version('prefect'))"
    done = subprocess.run([python, "-c", asked], capture_output=True, text=True)
    if done.returncode != 0:
        raise PeerUnavailable(f"{PEER_VENV} is damaged, remove it: {done.stderr.strip()}")
    version = done.stdout.strip() + (f" (relaxed: {', '.join(relaxed)})" if relaxed else "")
    quiet = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    return Subject("prefect", python, version, quiet)


__all__ = ["Broken", "PeerUnavailable", "Subject", "fresh_folder", "prefect", "signoff"]
