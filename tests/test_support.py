"""The test infrastructure itself: what other tests rely on without looking."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psycopg
import pytest

from tests.support.processes import Spawner
from tests.support.proxy import CuttingProxy
from tests.support.waiting import wait_until


def test_wait_until_returns_the_first_true_value() -> None:
    values = iter([0, None, "", "there"])
    assert wait_until(lambda: next(values)) == "there"


def test_wait_until_says_what_never_came() -> None:
    with pytest.raises(AssertionError, match="the moon"):
        wait_until(lambda: False, timeout=0, message="the moon")


def test_the_home_is_fresh_and_inherited(signoff_home: Path, spawn_python: Spawner) -> None:
    assert list(signoff_home.iterdir()) == []
    child = spawn_python("import os; print(os.environ['SIGNOFF_HOME'])")
    assert child.wait_ok().strip() == str(signoff_home)


def test_postgres_is_real_and_empty(pg_url: str) -> None:
    with psycopg.connect(pg_url) as connection:
        version = connection.info.server_version
        tables = connection.execute(
            "select count(*) from pg_tables where schemaname = 'public'"
        ).fetchone()
    assert version >= 140000
    assert tables == (0,)


def test_a_child_is_read_while_it_runs_and_after_it_was_killed(spawn_python: Spawner) -> None:
    child = spawn_python("print('ready'); input(); print('never')")
    child.wait_for_output("^ready$")
    child.kill()
    assert child.returncode == -signal.SIGKILL
    assert child.stdout == "ready\n"


def test_a_child_that_ends_early_is_named_with_its_words(spawn_python: Spawner) -> None:
    child = spawn_python("raise SystemExit('no such thing')")
    with pytest.raises(AssertionError, match="no such thing"):
        child.wait_for_output("ready")


def test_grandchildren_end_with_the_test(tmp_path: Path) -> None:
    spawner = Spawner(tmp_path)
    child = spawner(
        "import subprocess, sys\n"
        "p = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=subprocess.PIPE)\n"
        "print(p.pid); p.wait()\n"
    )
    grandchild = int(child.wait_for_output(r"^(\d+)$").group(1))
    spawner.close()

    def gone() -> bool:
        try:
            os.kill(grandchild, 0)
        except ProcessLookupError:
            return True
        # In a container without a reaping init a killed orphan may stay as a zombie.
        return Path(f"/proc/{grandchild}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"

    wait_until(gone)


def test_a_cut_proxy_breaks_a_connection_and_refuses_new_ones(pg_url: str) -> None:
    settings = psycopg.conninfo.conninfo_to_dict(pg_url)
    with CuttingProxy(int(str(settings["port"]))) as proxy:
        through = psycopg.conninfo.make_conninfo(pg_url, port=str(proxy.port))
        with psycopg.connect(through) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
            proxy.cut()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("select 1")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(through)
        proxy.restore()
        with psycopg.connect(through) as connection:
            assert connection.execute("select 2").fetchone() == (2,)
