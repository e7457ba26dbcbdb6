"""Levels of single loggers: `SIGNOFF_LOGGING_LOGGERS_SIGNOFF_FLOW_RUNS_LEVEL=ERROR`.

Owns which logger a variable names: dots of the name become underscores, as documented.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from signoff.model.setting_kinds import LEVEL
from signoff.model.settings import PREFIX, SettingProblem, SettingsError
from signoff.model.values import dataclass

_HEAD, _TAIL = f"{PREFIX}LOGGING_LOGGERS_", "_LEVEL"
_OURS = (
    "signoff",
    "signoff.flow_runs",
    "signoff.task_runs",
    "signoff.gateway",
    "signoff.server",
)


@dataclass(frozen=True, slots=True)
class LoggerLevel:
    """The level of one logger.

    Args:
        logger: its name.
        level: name of the level.
    """

    logger: str
    level: str


def read(layers: Sequence[Mapping[str, str]], extra: Iterable[str]) -> dict[str, LoggerLevel]:
    """The levels that variables give to loggers, by variable; the first layer that has one wins.

    Args:
        layers: text by variable, in the order of precedence.
        extra: names of further loggers that may be meant.

    Raises:
        SettingsError: a text is no level.
    """
    found: dict[str, LoggerLevel] = {}
    for name in (*_OURS, *extra):
        variable = f"{_HEAD}{name.upper().replace('.', '_')}{_TAIL}"
        text = next((layer[variable] for layer in layers if variable in layer), "").strip()
        if text:
            found[variable] = LoggerLevel(name, _level(variable, text))
    return found


def _level(variable: str, text: str) -> str:
    try:
        return LEVEL.read(text)
    except ValueError:
        problem = SettingProblem(variable, text, LEVEL.allowed)
        raise SettingsError(str(problem), [problem]) from None
