"""Every setting of this release, declared once: name, type, default and help.

Owns what may be set and how its text becomes a value. Must not know where the text comes from:
`gateway/settings.py` reads the environment, `.env` and profiles.

A setting `api_url` is the environment variable `SIGNOFF_API_URL`. Empty text means the default,
so that a variable set to nothing hides what a profile says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from signoff.model.errors import SignoffException
from signoff.model.setting_kinds import (
    BOOL,
    DATABASE,
    DELAYS,
    HOSTS,
    LEVEL,
    LOGIN,
    NAME_LIST,
    PATH,
    ROUTES,
    TEXT,
    URL,
    Kind,
    choice,
    seconds,
    whole_number,
)
from signoff.model.setting_sections import find
from signoff.model.values import dataclass

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


def _declare(
    kind: Kind[T], default: T | None, help: str, *, secret: bool = False, alias: str | None = None
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
    """The settings of a process. `SETTINGS` describes each; `SIGNOFF_` + NAME sets it.

    A name is an attribute as a whole (`api_url`) and by section (`api.url`).
    """

    if TYPE_CHECKING:
        # What `__getattr__` finds; declared so that a misspelt name is still seen.
        @property
        def api(self) -> Any: ...
        @property
        def cli(self) -> Any: ...
        @property
        def client(self) -> Any: ...
        @property
        def flows(self) -> Any: ...
        @property
        def logging(self) -> Any: ...
        @property
        def results(self) -> Any: ...
        @property
        def server(self) -> Any: ...
        @property
        def tasks(self) -> Any: ...
    else:

        def __getattr__(self, name: str) -> Any:
            return find(self, NAMES, name)

    home: Path = _declare(
        PATH,
        Path("~/.signoff"),
        "Folder of the database, stored results, logs and profiles.",
    )
    profile: str | None = _declare(
        TEXT, None, "Profile to use instead of the active one of the profiles file."
    )
    profiles_path: Path | None = _declare(
        PATH, None, "File of the profiles; `profiles.toml` in the home when not set."
    )
    debug_mode: bool = _declare(
        BOOL, False, "Whether everything is logged, as with `SIGNOFF_LOGGING_LEVEL=DEBUG`."
    )
    api_url: str | None = _declare(
        URL,
        None,
        "The server to use, such as `http://127.0.0.1:4200/api`. Not set: no server, runs are "
        "kept in the database of the home.",
    )
    api_auth_string: str | None = _declare(
        LOGIN, None, "User and password that clients send to the server.", secret=True
    )
    api_request_timeout: float = _declare(
        seconds(0.001), 60.0, "Seconds after which a request to the server is given up."
    )
    client_max_retries: int = _declare(
        whole_number(0, 50),
        5,
        "How often a request that is safe to repeat is sent again when the server cannot be "
        "reached or is busy.",
    )
    cli_colors: bool = _declare(BOOL, True, "Whether the command line uses colours.")
    ui_url: str | None = _declare(
        URL, None, "Address of the server's pages; derived from `SIGNOFF_API_URL` when not set."
    )
    ui_image_hosts: tuple[str, ...] = _declare(
        HOSTS,
        (),
        "Hosts whose images the pages show. An image of another host is a link, so that opening a "
        "page tells nobody.",
    )
    server_api_auth_string: str | None = _declare(
        LOGIN, None, "User and password that the server asks for.", secret=True
    )
    server_api_host: str = _declare(TEXT, "127.0.0.1", "Address on which the server listens.")
    server_api_port: int = _declare(
        whole_number(0, 65535), 4200, "Port on which the server listens; 0 for any free one."
    )
    server_services_late_runs_after_seconds: float = _declare(
        seconds(0.1), 15.0, "Seconds after which a run that nobody has started is called Late."
    )
    server_database_connection_url: str | None = _declare(
        DATABASE,
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
        BOOL, False, "Whether `print` in flows and tasks is logged when they do not say."
    )
    logging_extra_loggers: tuple[str, ...] = _declare(
        NAME_LIST, (), "Loggers of other libraries whose lines are kept with runs too."
    )
    logging_to_api_enabled: bool = _declare(
        BOOL, True, "Whether the log lines of runs are kept; they are shown in any case."
    )
    logging_to_api_max_log_size: int = _declare(
        whole_number(1), 1_000_000, "Characters of a log line that are kept."
    )
    logging_to_api_when_missing_flow: str = _declare(
        choice("warn", "error", "ignore"),
        "warn",
        "What happens when one of the extra loggers is used outside of runs, where its line "
        "cannot be kept.",
    )
    flows_default_retries: int = _declare(
        whole_number(0),
        0,
        "Further attempts of a flow that does not say.",
        alias="FLOW_DEFAULT_RETRIES",
    )
    flows_default_retry_delay_seconds: tuple[float, ...] = _declare(
        DELAYS,
        (),
        "Seconds before a further attempt of a flow that does not say, or one number per retry.",
        alias="FLOW_DEFAULT_RETRY_DELAY_SECONDS",
    )
    tasks_default_retry_delay_seconds: tuple[float, ...] = _declare(
        DELAYS,
        (),
        "Seconds before a retry of a task that does not say, or one number per retry.",
        alias="TASK_DEFAULT_RETRY_DELAY_SECONDS",
    )
    tasks_default_retries: int = _declare(
        whole_number(0),
        0,
        "Further attempts of a task that does not say.",
        alias="TASK_DEFAULT_RETRIES",
    )
    tasks_runner_thread_pool_max_workers: int | None = _declare(
        whole_number(1),
        None,
        "Tasks that a thread pool runs at the same time. Not set: no limit.",
        alias="TASK_RUNNER_THREAD_POOL_MAX_WORKERS",
    )
    tasks_runner_process_pool_max_workers: int | None = _declare(
        whole_number(1),
        None,
        "Processes of a process pool. Not set: one per processor.",
        alias="TASK_RUNNER_PROCESS_POOL_MAX_WORKERS",
    )
    results_persist_by_default: bool | None = _declare(
        BOOL,
        None,
        "Whether results are kept when flow and task do not say. Not set: kept with the run, so "
        "that an entered run repeats nothing; true: durable at once as well; false: not kept.",
    )
    results_local_storage_path: Path | None = _declare(
        PATH,
        None,
        "Folder of results too large for the database; `storage` in the home when not set.",
        alias="LOCAL_STORAGE_PATH",
    )
    results_default_serializer: str = _declare(
        TEXT,
        "pickle",
        "What turns results into bytes when flow and task do not say: `pickle`, `json`, "
        "`compressed/pickle` or `compressed/json`.",
    )
    results_default_storage_block: str | None = _declare(
        TEXT,
        None,
        "Where results are written besides the run's record when flow and task do not say: a path, "
        "or a URL such as `s3://bucket/folder`.",
        alias="DEFAULT_RESULT_STORAGE_BLOCK",
    )
    tasks_default_persist_result: bool | None = _declare(
        BOOL,
        None,
        "Whether results of tasks are kept when task and flow do not say; as "
        "`SIGNOFF_RESULTS_PERSIST_BY_DEFAULT` when not set.",
    )
    tasks_refresh_cache: bool = _declare(
        BOOL,
        False,
        "Whether tasks run although a result could be reused, when they do not say.",
    )
    tasks_disable_caching: bool = _declare(
        BOOL, False, "Whether results of tasks are never reused, whatever they say."
    )
    tasks_default_no_cache: bool = _declare(
        BOOL,
        False,
        "Whether tasks that name no cache policy reuse nothing, even if their results persist.",
    )
    results_spill_bytes: int = _declare(
        whole_number(0), 131_072, "Size in bytes above which a result is kept as a file."
    )
    journal_changed: str = _declare(
        choice("recall", "rerun", "fail"),
        "recall",
        "What happens when a run is entered again and the same task call has other arguments: "
        "give back its record with a warning, run it again, or fail the run.",
    )
    runner_process_limit: int = _declare(
        whole_number(1), 5, "Runs that `serve` has working at the same time when it is not told."
    )
    process_lease_seconds: float = _declare(
        seconds(0.1),
        30.0,
        "Seconds without a sign of life after which a process of a server's client counts as dead.",
    )
    secret_key: str | None = _declare(
        TEXT,
        None,
        "Key with which secrets in answers are encrypted. Not set: `secret.key` in the home.",
        secret=True,
    )
    yaml_stay_seconds: float = _declare(
        seconds(0),
        10.0,
        "Seconds a YAML flow in which everything waits stays in its process; then it waits without "
        "one.",
    )
    yaml_http_routes: tuple[tuple[str, str], ...] = _declare(
        ROUTES,
        (),
        "Addresses that HTTP tasks of YAML flows reach elsewhere: a JSON object from the beginning "
        "of an address to what stands for it.",
    )
    terminal_prompt: bool = _declare(
        BOOL, True, "Whether a script that waits also asks in its own terminal."
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

    def copy_with_update(
        self,
        updates: Mapping[Any, object] | None = None,
        set_defaults: Mapping[Any, object] | None = None,
        restore_defaults: Iterable[Any] | None = None,
    ) -> Settings:
        """These settings with some of them changed.

        Args:
            updates: values by setting (object or variable); None stands for the default.
            set_defaults: the same, for settings that have their default.
            restore_defaults: settings that shall have their default.

        Raises:
            SettingsError: a name is no setting, or a value is not allowed.
        """
        texts = self.to_environment_variables(exclude_unset=True)
        for each in restore_defaults or ():
            texts.pop(by_name(str(each)).name, None)
        for each, value in (set_defaults or {}).items():
            texts.setdefault(by_name(str(each)).name, text_of(value))
        texts |= {by_name(str(each)).name: text_of(v) for each, v in (updates or {}).items()}
        return Settings.parse(texts)

    def to_environment_variables(
        self, exclude_unset: bool = False, include_secrets: bool = True
    ) -> dict[str, str]:
        """Text by variable, good for the environment of another process.

        Args:
            exclude_unset: leave out what has its default.
            include_secrets: with secrets, in clear.
        """
        values = ((setting, getattr(self, setting.attribute)) for setting in SETTINGS)
        return {
            setting.name: text_of(value)
            for setting, value in values
            if value is not None
            and (include_secrets or not setting.secret)
            and not (exclude_unset and value == setting.default)
        }

    @property
    def profiles_file(self) -> Path:
        """File of the profiles."""
        return self.profiles_path or self.home / "profiles.toml"


def _described() -> tuple[Setting, ...]:
    found = []
    for each in fields(Settings):
        told = each.metadata
        kind: Kind[Any] = told["kind"]
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


def by_name(name: str) -> Setting:
    """The setting called `name` (`SIGNOFF_API_URL`, or `api_url`).

    Raises:
        SettingsError: there is none.
    """
    upper = name.strip().upper()
    setting = BY_NAME.get(upper) or BY_NAME.get(PREFIX + upper)
    if setting is None:
        raise SettingsError(f"There is no setting {name!r}. `signoff config view` lists them all.")
    return setting


SETTINGS: tuple[Setting, ...] = _described()
"""Every setting, in the order of the reference."""

NAMES = frozenset(setting.attribute for setting in SETTINGS)
"""The fields of `Settings`."""

BY_NAME: Mapping[str, Setting] = {
    name: setting for setting in SETTINGS for name in (setting.name, *setting.aliases)
}
"""Settings by variable, older names included."""
