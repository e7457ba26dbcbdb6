"""Every setting of this release, declared once: name, type, default and help.

Owns what may be set and how its text becomes a value. Must not know where the text comes from:
`gateway/settings.py` reads the environment, `.env` and profiles.

A setting `api_url` is the environment variable `SIGNOFF_API_URL`. Empty text means the default,
so that a variable set to nothing hides what a profile says.
"""

# ruff: noqa: RUF009  (the calls declare fields, as `dataclasses.field` does)

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from math import isfinite
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from signoff.model.errors import SignoffException

T = TypeVar("T")

PREFIX = "SIGNOFF_"
MASKED = "********"
"""What is shown in place of a secret."""


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """One value that is not allowed.

    Args:
        name: the variable.
        value: the text that was given; masked when the setting is a secret.
        allowed: what would be.
    """

    name: str
    value: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.name}={self.value}: must be {self.allowed}"


class SettingsError(SignoffException):
    """Settings that cannot be used.

    Attributes:
        problems: one entry per bad value; empty when a file or a name is at fault.
    """

    def __init__(self, message: str, problems: Iterable[SettingProblem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class _Kind(Generic[T]):
    """How text becomes a value; `read` raises ValueError for text that is not allowed."""

    allowed: str
    read: Callable[[str], T]


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """The declaration of one setting.

    Args:
        name: the environment variable.
        attribute: the field of `Settings`.
        allowed: what its text must be.
        default: its value when nothing is set.
        help: what it does, for the reference.
        secret: never shown.
        aliases: older names that are understood as well; `name` wins.
    """

    name: str
    attribute: str
    allowed: str
    default: Any
    help: str
    secret: bool
    aliases: tuple[str, ...]
    read: Callable[[str], Any]

    def parse(self, text: str) -> Any:
        """The value that `text` stands for.

        Raises:
            SettingsError: the text is not allowed.
        """
        try:
            return self.default if text.strip() == "" else self.read(text.strip())
        except ValueError:
            shown = MASKED if self.secret else text
            problem = SettingProblem(self.name, shown, self.allowed)
            raise SettingsError(str(problem), [problem]) from None


# Kinds -------------------------------------------------------------------------------------


def _whole_number(low: int, high: int | None = None) -> _Kind[int]:
    def read(text: str) -> int:
        value = int(text)
        if value < low or (high is not None and value > high):
            raise ValueError
        return value

    limits = f"of at least {low}" if high is None else f"from {low} to {high}"
    return _Kind(f"a whole number {limits}", read)


def _seconds(low: float) -> _Kind[float]:
    def read(text: str) -> float:
        value = float(text)
        if not isfinite(value) or value < low:
            raise ValueError
        return value

    return _Kind(f"a number of seconds of at least {low:g}", read)


def _choice(*names: str) -> _Kind[str]:
    known = {name.lower(): name for name in names}

    def read(text: str) -> str:
        if text.lower() not in known:
            raise ValueError
        return known[text.lower()]

    return _Kind(f"one of {', '.join(names)}", read)


def _read_bool(text: str) -> bool:
    word = text.lower()
    if word in ("true", "1", "yes", "on", "t", "y"):
        return True
    if word in ("false", "0", "no", "off", "f", "n"):
        return False
    raise ValueError


def _read_url(text: str) -> str:
    scheme, _, rest = text.partition("://")
    if scheme not in ("http", "https") or not rest.strip("/"):
        raise ValueError
    return text.rstrip("/")


def _read_database(text: str) -> str:
    # Documented URLs name a driver (`sqlite+aiosqlite`, `postgresql+asyncpg`): ours is settled.
    scheme, _, rest = text.partition("://")
    dialect = scheme.partition("+")[0]
    if dialect not in ("sqlite", "postgresql", "postgres") or not rest:
        raise ValueError
    # A database in memory is seen by one connection only, and a wait must outlive its process.
    if ":memory:" in rest:
        raise ValueError
    return f"{'sqlite' if dialect == 'sqlite' else 'postgresql'}://{rest}"


def _read_login(text: str) -> str:
    if not all(text.partition(":")):
        raise ValueError
    return text


def _read_names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LEVEL = _choice(*_LEVELS)
"""The level of a logger."""
_NAMES = _Kind("names separated by commas", _read_names)
_TEXT = _Kind("text", str)
_PATH = _Kind("a path", Path)
_BOOL = _Kind("true or false", _read_bool)
_URL = _Kind("a URL that begins with http:// or https://", _read_url)
_LOGIN = _Kind("written as user:password", _read_login)
_DATABASE = _Kind(
    "a URL such as sqlite:////path/to/file.db or postgresql://user@host/name", _read_database
)


def _declare(
    kind: _Kind[T], default: T | None, help: str, *, secret: bool = False, alias: str | None = None
) -> T:
    declared: Any = field(
        default=default,
        repr=not secret,
        metadata={
            "kind": kind,
            "help": help,
            "secret": secret,
            "aliases": (PREFIX + alias,) if alias else (),
        },
    )
    return cast(T, declared)


# The settings ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a process. `SETTINGS` describes each; `SIGNOFF_` + NAME sets it."""

    home: Path = _declare(
        _PATH,
        Path("~/.signoff"),
        "Folder of the database, stored results, logs and profiles.",
    )
    profile: str | None = _declare(
        _TEXT, None, "Profile to use instead of the active one of the profiles file."
    )
    profiles_path: Path | None = _declare(
        _PATH, None, "File of the profiles; `profiles.toml` in the home when not set."
    )
    api_url: str | None = _declare(
        _URL,
        None,
        "The server to use, such as `http://127.0.0.1:4200/api`. Not set: no server, runs are "
        "kept in the database of the home.",
    )
    api_auth_string: str | None = _declare(
        _LOGIN, None, "User and password that clients send to the server.", secret=True
    )
    api_request_timeout: float = _declare(
        _seconds(0.001), 60.0, "Seconds after which a request to the server is given up."
    )
    client_max_retries: int = _declare(
        _whole_number(0, 50),
        5,
        "How often a request that is safe to repeat is sent again when the server cannot be "
        "reached or is busy.",
    )
    server_api_auth_string: str | None = _declare(
        _LOGIN, None, "User and password that the server asks for.", secret=True
    )
    server_api_host: str = _declare(_TEXT, "127.0.0.1", "Address on which the server listens.")
    server_api_port: int = _declare(
        _whole_number(0, 65535), 4200, "Port on which the server listens; 0 for any free one."
    )
    server_database_connection_url: str | None = _declare(
        _DATABASE,
        None,
        "Database of the server, and of runs without a server. Not set: SQLite, `signoff.db` in "
        "the home.",
        secret=True,
        alias="API_DATABASE_CONNECTION_URL",
    )
    logging_level: str = _declare(
        LEVEL,
        "INFO",
        "Least severe level that is logged. One logger has a level of its own by "
        "`SIGNOFF_LOGGING_LOGGERS_SIGNOFF_FLOW_RUNS_LEVEL` and its like.",
    )
    logging_log_prints: bool = _declare(
        _BOOL, False, "Whether `print` in flows and tasks is logged when they do not say."
    )
    logging_extra_loggers: tuple[str, ...] = _declare(
        _NAMES, (), "Loggers of other libraries whose lines are kept with runs too."
    )
    logging_to_api_enabled: bool = _declare(
        _BOOL, True, "Whether the log lines of runs are kept; they are shown in any case."
    )
    logging_to_api_max_log_size: int = _declare(
        _whole_number(1), 1_000_000, "Characters of a log line that are kept."
    )
    logging_to_api_when_missing_flow: str = _declare(
        _choice("warn", "error", "ignore"),
        "warn",
        "What happens when one of the extra loggers is used outside of runs, where its line "
        "cannot be kept.",
    )
    flows_default_retries: int = _declare(
        _whole_number(0),
        0,
        "Further attempts of a flow that does not say.",
        alias="FLOW_DEFAULT_RETRIES",
    )
    tasks_default_retries: int = _declare(
        _whole_number(0),
        0,
        "Further attempts of a task that does not say.",
        alias="TASK_DEFAULT_RETRIES",
    )
    tasks_runner_thread_pool_max_workers: int | None = _declare(
        _whole_number(1),
        None,
        "Tasks that a thread pool runs at the same time. Not set: no limit.",
        alias="TASK_RUNNER_THREAD_POOL_MAX_WORKERS",
    )
    tasks_runner_process_pool_max_workers: int | None = _declare(
        _whole_number(1),
        None,
        "Processes of a process pool. Not set: one per processor.",
        alias="TASK_RUNNER_PROCESS_POOL_MAX_WORKERS",
    )
    results_persist_by_default: bool | None = _declare(
        _BOOL,
        None,
        "Whether results are kept when flow and task do not say. Not set: kept with the run, so "
        "that an entered run repeats nothing; true: durable at once as well; false: not kept.",
    )
    results_local_storage_path: Path | None = _declare(
        _PATH,
        None,
        "Folder of results too large for the database; `storage` in the home when not set.",
        alias="LOCAL_STORAGE_PATH",
    )
    results_spill_bytes: int = _declare(
        _whole_number(0), 131_072, "Size in bytes above which a result is kept as a file."
    )
    journal_changed: str = _declare(
        _choice("recall", "rerun", "fail"),
        "recall",
        "What happens when a run is entered again and the same task call has other arguments: "
        "give back its record with a warning, run it again, or fail the run.",
    )
    process_lease_seconds: float = _declare(
        _seconds(0.1),
        30.0,
        "Seconds without a sign of life after which a process of a server's client counts as dead.",
    )
    secret_key: str | None = _declare(
        _TEXT,
        None,
        "Key with which secrets in answers are encrypted. Not set: `secret.key` in the home.",
        secret=True,
    )
    terminal_prompt: bool = _declare(
        _BOOL, True, "Whether a script that waits also asks in its own terminal."
    )

    @classmethod
    def parse(cls, texts: Mapping[str, str]) -> Settings:
        """The settings that variables describe; variables that are no settings are left out.

        Args:
            texts: text by variable, `SIGNOFF_API_URL` and so on. A leading `~` is left as it is.

        Raises:
            SettingsError: with one entry in `problems` for each bad value.
        """
        values: dict[str, Any] = {}
        problems: list[SettingProblem] = []
        for setting in SETTINGS:
            name = next((n for n in (setting.name, *setting.aliases) if n in texts), None)
            if name is None:
                continue
            try:
                values[setting.attribute] = setting.parse(texts[name])
            except SettingsError as error:
                problems += [SettingProblem(name, p.value, p.allowed) for p in error.problems]
        if problems:
            raise SettingsError("\n".join(map(str, problems)), problems)
        return cls(**values)

    @property
    def profiles_file(self) -> Path:
        """File of the profiles."""
        return self.profiles_path or self.home / "profiles.toml"


def _described() -> tuple[Setting, ...]:
    found = []
    for each in fields(Settings):
        told = each.metadata
        kind: _Kind[Any] = told["kind"]
        found.append(
            Setting(
                name=PREFIX + each.name.upper(),
                attribute=each.name,
                allowed=kind.allowed,
                default=each.default,
                help=told["help"],
                secret=told["secret"],
                aliases=told["aliases"],
                read=kind.read,
            )
        )
    return tuple(found)


def text_of(value: object) -> str:
    """A value as the text of its variable."""
    if value is None:
        return ""
    if isinstance(value, list | tuple | set | frozenset):
        return ",".join(map(text_of, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


SETTINGS: tuple[Setting, ...] = _described()
"""Every setting, in the order of the reference."""

BY_NAME: Mapping[str, Setting] = {
    name: setting for setting in SETTINGS for name in (setting.name, *setting.aliases)
}
"""Settings by variable, older names included."""
