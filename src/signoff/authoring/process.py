"""What this process runs flows with, made from its settings on first use."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from signoff.engine import asking, logs
from signoff.engine.frames import Runtime, present
from signoff.engine.journal import Changed
from signoff.engine.log_lines import Keeping
from signoff.engine.results import Storage
from signoff.engine.specs import ResultOptions
from signoff.gateway.connect import get_gateway
from signoff.gateway.settings import current, current_settings

if TYPE_CHECKING:
    from signoff.engine.effects import Offer
    from signoff.model.settings import Settings

SWITCH_INTERVAL = 0.0005
"""Seconds a thread keeps the interpreter when another wants it (docs/decisions/0001)."""


def _prompt(offer: Offer, wake_fd: int) -> Mapping[str, Any] | None:
    """Ask at the terminal. The prompt is loaded with the first question."""
    prompting = importlib.import_module("signoff.authoring.prompting")
    answer: Mapping[str, Any] | None = prompting.prompt(offer, wake_fd)
    return answer


def prepare_logging() -> logs.Logging:
    """Set the loggers of this process up as its settings say."""
    found = current()
    settings, number = found.settings, logging.getLevelNamesMapping()
    wanted = logs.Logging(
        logging.DEBUG if settings.debug_mode else number[settings.logging_level],
        {name: number[level] for name, level in found.logger_levels.items()},
        settings.logging_extra_loggers,
        Keeping(
            settings.logging_to_api_enabled,
            settings.logging_to_api_max_log_size,
            settings.logging_to_api_when_missing_flow,
            lambda command: get_gateway().post(command),
        ),
    )
    logs.prepare(wanted)
    return wanted


_made: tuple[Settings, object, Runtime] | None = None


def runtime() -> Runtime:
    """The runtime of this process; that of the run around the present line, when there is one."""
    global _made
    frame, _ = present()
    if frame is not None:
        return frame.runtime
    settings, gateway = current_settings(), get_gateway()
    if _made is not None and _made[0] is settings and _made[1] is gateway:
        return _made[2]
    level = prepare_logging().lowest
    if sys.getswitchinterval() == 0.005:
        sys.setswitchinterval(SWITCH_INTERVAL)
    asking.install(_prompt if settings.terminal_prompt else None)
    made = Runtime(
        gateway,
        Storage(
            settings.results_local_storage_path or settings.home / "storage",
            settings.results_spill_bytes,
        ),
        Changed(settings.journal_changed),
        level,
        settings.logging_log_prints,
        settings.terminal_prompt,
        (settings.flows_default_retries, settings.tasks_default_retries),
        (settings.flows_default_retry_delay_seconds, settings.tasks_default_retry_delay_seconds),
        settings.results_persist_by_default,
        settings.tasks_default_persist_result,
        _keeping(settings),
        not settings.tasks_disable_caching,
        not settings.tasks_default_no_cache,
    )
    _made = (settings, gateway, made)
    return made


def _keeping(settings: Settings) -> ResultOptions | None:
    """What the settings say about results; None when they leave it at the defaults."""
    storage, serializer = settings.results_default_storage_block, None
    if settings.results_default_serializer != "pickle":
        serializer = settings.results_default_serializer
    refresh = settings.tasks_refresh_cache or None
    if storage is None and serializer is None and refresh is None:
        return None
    return ResultOptions(storage=storage, serializer=serializer, refresh=refresh)
