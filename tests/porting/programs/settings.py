"""Settings for a while."""

from signoff.settings import (
    SIGNOFF_LOGGING_LEVEL,
    SIGNOFF_TASKS_DEFAULT_RETRIES,
    get_current_settings,
    temporary_settings,
)

print(SIGNOFF_LOGGING_LEVEL.value())
with temporary_settings({SIGNOFF_LOGGING_LEVEL: "ERROR", SIGNOFF_TASKS_DEFAULT_RETRIES: 3}):
    print(SIGNOFF_LOGGING_LEVEL.value(), SIGNOFF_TASKS_DEFAULT_RETRIES.value())
    print(get_current_settings().logging.level, get_current_settings().tasks.default_retries)
    with temporary_settings({SIGNOFF_LOGGING_LEVEL: "DEBUG"}):
        print(SIGNOFF_LOGGING_LEVEL.value(), SIGNOFF_TASKS_DEFAULT_RETRIES.value())
    with temporary_settings(restore_defaults={SIGNOFF_TASKS_DEFAULT_RETRIES}):
        print(SIGNOFF_TASKS_DEFAULT_RETRIES.value())
print(SIGNOFF_LOGGING_LEVEL.value(), SIGNOFF_TASKS_DEFAULT_RETRIES.value())
