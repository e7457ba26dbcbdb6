"""`signoff.context`: what the present run is, and what is said where there is none."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from signoff import flow, get_run_logger, tags, task
from signoff.context import (
    FlowRunContext,
    MissingContextError,
    SettingsContext,
    TagsContext,
    TaskRunContext,
    get_run_context,
    get_settings_context,
)
from signoff.settings import temporary_settings

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("service")]


def test_outside_of_runs_there_is_none() -> None:
    assert FlowRunContext.get() is None
    assert TaskRunContext.get() is None
    with pytest.raises(MissingContextError, match=r"No run context available\. You are not in a"):
        get_run_context()
    with pytest.raises(RuntimeError, match=r"There is no active flow or task run context\."):
        get_run_logger()


def test_a_flow_sees_its_run() -> None:
    @flow
    def seeing(number: int) -> None:
        context = get_run_context()
        assert isinstance(context, FlowRunContext)
        assert TaskRunContext.get() is None
        assert context.flow is seeing
        assert context.parameters == {"number": 4}
        assert context.flow_run.parameters == {"number": 4}
        assert context.flow_run.flow_name == "seeing"
        assert context.flow_run.state is not None
        assert context.flow_run.state.is_running()
        assert context.task_runner is seeing.task_runner
        assert context.log_prints is False
        assert before <= context.start_time <= datetime.now(UTC)
        assert context.refresh().id == context.flow_run.id

    before = datetime.now(UTC)
    seeing(4)


def test_a_task_sees_its_run_and_the_flow_run() -> None:
    @task(log_prints=True)
    def seeing(word: str) -> None:
        context, around = get_run_context(), FlowRunContext.get()
        assert isinstance(context, TaskRunContext)
        assert context.task is seeing
        assert context.parameters == {"word": "a"}
        assert context.task_run.state is not None
        assert context.task_run.state.is_running()
        assert context.task_run.start_time == context.start_time
        assert context.log_prints is True
        assert around is not None
        assert around.flow_run.id == context.task_run.flow_run_id
        assert around.flow.name == "calling"

    @flow
    def calling() -> None:
        seeing("a")
        seeing.submit("a").result()

    calling()


def test_asynchronous_code_sees_the_same() -> None:
    @task
    async def seeing() -> str:
        context = get_run_context()
        assert isinstance(context, TaskRunContext)
        return context.task_run.name

    @flow
    async def calling() -> str:
        assert isinstance(get_run_context(), FlowRunContext)
        return await seeing()

    assert asyncio.run(calling()).startswith("seeing-")  # type: ignore[arg-type]


def test_labels_are_seen() -> None:
    assert TagsContext.get().current_tags == frozenset()
    with tags("a"), tags("b") as merged:
        assert TagsContext.get().current_tags == {"a", "b"} == merged


def test_settings_are_always_there() -> None:
    with temporary_settings({"SIGNOFF_LOGGING_LEVEL": "ERROR"}):
        context = get_settings_context()
        assert context == SettingsContext.get()
        assert context.settings.logging_level == "ERROR"
        assert context.profile == "default"
