"""Logs of runs: what is kept, at which level, from which loggers, and what is only shown."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from signoff import flow, get_run_logger, task
from signoff.client.orchestration import get_client
from signoff.client.schemas.filters import (
    LogFilter,
    LogFilterFlowRunId,
    LogFilterLevel,
    LogFilterTaskRunId,
    LogFilterText,
    LogFilterTimestamp,
)
from signoff.client.schemas.objects import Log
from signoff.client.schemas.sorting import LogSort
from signoff.context import FlowRunContext, MissingContextError
from signoff.logging import disable_run_logger, get_logger
from signoff.logging.loggers import flow_run_logger, task_run_logger
from signoff.runtime import flow_run
from signoff.settings import SettingsError, temporary_settings

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("service")]

LIBRARY = "tests.some_library"
ENGINE = ("Hook ", "Running hook ", "Finished in state ")
"""How the engine's own lines begin."""


def lines(run_id: str, **parts: Any) -> list[Log]:
    """The log of a run, oldest first."""
    wanted = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run_id]), **parts)
    with get_client(sync_client=True) as client:
        return client.read_logs(wanted)


def texts(run_id: str, name: str | None = None) -> list[str]:
    """What user code said in a run: the lines of the engine are left out."""
    found = [line for line in lines(run_id) if not line.message.startswith(ENGINE)]
    return [line.message for line in found if name is None or line.name == name]


@contextmanager
def logging_settings(**settings: Any) -> Iterator[None]:
    """Settings of logging for the length of a block."""
    named = {f"SIGNOFF_LOGGING_{name.upper()}": value for name, value in settings.items()}
    with temporary_settings(named):
        yield


def test_lines_are_kept_with_run_and_task() -> None:
    @task
    def speaking() -> None:
        get_run_logger().warning("in the %s", "task")

    @flow
    def calling() -> str:
        get_run_logger().info("in the flow")
        speaking()
        return str(flow_run.id)

    run_id = calling()
    said = {line.message: line for line in lines(run_id)}
    assert said["in the flow"].name == "signoff.flow_runs"
    assert said["in the flow"].task_run_id is None
    assert said["in the task"].level == logging.WARNING
    assert said["in the task"].task_run_id is not None
    of_task = lines(run_id, task_run_id=LogFilterTaskRunId(any_=[said["in the task"].task_run_id]))
    assert "in the task" in [line.message for line in of_task]
    assert "in the flow" not in [line.message for line in of_task]


def test_lines_are_read_by_level_time_and_text() -> None:
    @flow
    def speaking() -> str:
        logger = get_run_logger()
        for number in range(5):
            logger.log(20 + 10 * (number % 2), "line %d", number)
        return str(flow_run.id)

    run_id = speaking()
    severe = lines(run_id, level=LogFilterLevel(ge_=30), text=LogFilterText(query="LINE"))
    assert [line.message for line in severe] == ["line 1", "line 3"]
    mine = lines(run_id, text=LogFilterText(query="line "))
    assert [line.message for line in mine] == [f"line {number}" for number in range(5)]
    since = lines(run_id, timestamp=LogFilterTimestamp(after_=mine[3].timestamp))
    assert mine[2].id not in [line.id for line in since] or (mine[2].timestamp == mine[3].timestamp)
    with get_client(sync_client=True) as client:
        wanted = LogFilter(
            flow_run_id=LogFilterFlowRunId(any_=[run_id]), text=LogFilterText(query="line ")
        )
        newest = client.read_logs(wanted, limit=2, sort=LogSort.TIMESTAMP_DESC)
    assert [line.message for line in newest] == ["line 4", "line 3"]


def test_the_level_is_a_setting() -> None:
    @flow
    def speaking() -> str:
        get_run_logger().debug("small")
        get_run_logger().error("large")
        return str(flow_run.id)

    with logging_settings(level="DEBUG"):
        assert "small" in texts(speaking())
    with temporary_settings({"SIGNOFF_DEBUG_MODE": True}):
        assert "small" in texts(speaking())
    with logging_settings(level="ERROR"):
        assert texts(speaking()) == ["large"]


def test_a_logger_has_a_level_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    @task
    def speaking() -> None:
        get_run_logger().debug("task, debug")
        get_run_logger().info("task, info")

    @flow
    def calling() -> str:
        get_run_logger().debug("flow, debug")
        get_run_logger().info("flow, info")
        speaking()
        return str(flow_run.id)

    monkeypatch.setenv("SIGNOFF_LOGGING_LOGGERS_SIGNOFF_FLOW_RUNS_LEVEL", "error")
    monkeypatch.setenv("SIGNOFF_LOGGING_LOGGERS_SIGNOFF_TASK_RUNS_LEVEL", "DEBUG")
    said = texts(calling())
    assert [text for text in said if text.startswith("flow,")] == []
    assert [text for text in said if text.startswith("task,")] == ["task, debug", "task, info"]
    monkeypatch.delenv("SIGNOFF_LOGGING_LOGGERS_SIGNOFF_FLOW_RUNS_LEVEL")
    monkeypatch.delenv("SIGNOFF_LOGGING_LOGGERS_SIGNOFF_TASK_RUNS_LEVEL")
    said = texts(calling())
    assert [text for text in said if "," in text] == ["flow, info", "task, info"]


def test_a_level_must_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_LOGGING_LOGGERS_SIGNOFF_FLOW_RUNS_LEVEL", "loud")
    with pytest.raises(SettingsError, match="FLOW_RUNS_LEVEL=loud: must be one of DEBUG"):
        get_logger("x")


def test_other_libraries_lines_are_kept() -> None:
    library = logging.getLogger(LIBRARY)

    @task
    def using() -> None:
        library.info("from the task")
        library.debug("too small")

    @flow
    def calling() -> str:
        library.getChild("part").info("from the flow")
        using.submit().result()
        library.info("not for the record", extra={"send_to_api": False})
        return str(flow_run.id)

    with logging_settings(extra_loggers=LIBRARY):
        run_id = calling()
    assert texts(run_id, f"{LIBRARY}.part") == ["from the flow"]
    assert texts(run_id, LIBRARY) == ["from the task"]
    (line,) = [line for line in lines(run_id) if line.name == LIBRARY]
    assert line.task_run_id is not None
    assert texts(calling(), LIBRARY) == []


def test_other_libraries_lines_outside_of_runs(recwarn: pytest.WarningsRecorder) -> None:
    library = logging.getLogger(LIBRARY)
    with logging_settings(extra_loggers=LIBRARY):
        get_logger("anything")
        with pytest.warns(UserWarning, match="attempted to send logs to the API without a flow"):
            library.warning("outside")
    with logging_settings(extra_loggers=LIBRARY, to_api_when_missing_flow="error"):
        get_logger("anything")
        with pytest.raises(MissingContextError, match=f"Logger '{LIBRARY}' attempted"):
            library.warning("outside")
    with logging_settings(extra_loggers=LIBRARY, to_api_when_missing_flow="ignore"):
        get_logger("anything")
        library.warning("outside")
    get_logger("anything")
    library.warning("nobody listens any more")


def test_nothing_is_kept_when_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    @flow
    def speaking() -> str:
        get_run_logger().info("only shown")
        return str(flow_run.id)

    with logging_settings(to_api_enabled=False):
        run_id = speaking()
    assert lines(run_id) == []
    assert "only shown" in capsys.readouterr().err


def test_a_long_line_says_what_is_missing() -> None:
    @flow
    def speaking() -> str:
        get_run_logger().info("x" * 50)
        return str(flow_run.id)

    with logging_settings(to_api_max_log_size=20):
        run_id = speaking()
    assert "x" * 20 + "… (30 more characters)" in texts(run_id)


def test_an_exception_is_kept_with_its_trace() -> None:
    @flow
    def failing() -> str:
        try:
            raise ValueError("why")
        except ValueError:
            get_run_logger().exception("it failed")
        return str(flow_run.id)

    (text,) = texts(failing())
    assert text.startswith("it failed\nTraceback")
    assert "ValueError: why" in text


def test_prints_are_kept_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    @task
    def loud() -> None:
        print("task", "prints", sep="-")

    @task(log_prints=False)
    def quiet() -> None:
        print("not kept")

    @flow(log_prints=True)
    def printing() -> str:
        print("flow prints")
        print("elsewhere", file=sys.stderr)
        print("into a file", file=io.StringIO())
        loud()
        quiet()
        return str(flow_run.id)

    assert texts(printing()) == ["flow prints", "task-prints"]
    assert "not kept" in capsys.readouterr().out


def test_hooks_can_log() -> None:
    def ended(flow: Any, run: Any, state: Any) -> None:
        flow_run_logger(run, flow).info("hook of the flow")

    def task_ended(task: Any, run: Any, state: Any) -> None:
        task_run_logger(run, task).info("hook of the task")
        get_run_logger().info("hook with the logger of the run")

    @task(on_completion=[task_ended])
    def working() -> None:
        pass

    @flow(on_completion=[ended])
    def calling() -> str:
        working()
        return str(flow_run.id)

    assert sorted(texts(calling())) == [
        "hook of the flow",
        "hook of the task",
        "hook with the logger of the run",
    ]


def test_a_context_can_be_handed_on() -> None:
    @task
    def speaking(context: Any) -> None:
        get_run_logger(context, further=1).info("for the flow")

    @flow
    def calling() -> str:
        speaking(FlowRunContext.get())
        return str(flow_run.id)

    (line,) = [line for line in lines(calling()) if line.message == "for the flow"]
    assert line.task_run_id is None


def test_without_a_run_there_is_no_logger_unless_it_is_disabled() -> None:
    @task
    def speaking() -> int:
        get_run_logger().info("never kept")
        return 1

    with pytest.raises(MissingContextError, match=r"There is no active flow or task run context\."):
        speaking.fn()
    with disable_run_logger():
        assert speaking.fn() == 1
        get_run_logger().info("nothing", extra={"a": 1})

    @flow
    def calling() -> str:
        with disable_run_logger():
            speaking()
        get_run_logger().info("again")
        return str(flow_run.id)

    assert texts(calling()) == ["again"]


def test_asynchronous_code_logs_the_same() -> None:
    @task
    async def speaking() -> None:
        get_run_logger().info("awaited")

    @flow
    async def calling() -> str:
        await speaking()
        return str(flow_run.id)

    assert texts(asyncio.run(calling())) == ["awaited"]  # type: ignore[arg-type]


def test_a_logger_outside_of_runs_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert get_logger().name == "signoff"
    assert get_logger("signoff.mine") is get_logger("mine")
    get_logger("mine").info("hello")
    assert "| INFO    | signoff.mine - hello" in capsys.readouterr().err
