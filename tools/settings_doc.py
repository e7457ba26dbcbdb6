"""Writes `docs/reference/settings.md` from the table of settings.

Run it after changing `signoff/model/settings.py`; a test fails when the page differs.
"""

from __future__ import annotations

import sys
from pathlib import Path

from signoff.model.settings import SETTINGS, Setting, text_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "settings.md"

HEAD = """\
# Settings

<!-- Made by tools/settings_doc.py from src/signoff/model/settings.py: change it there. -->

Each setting is an environment variable. Its value is taken from the first of these that has it:

1. the environment,
2. the file `.env` in the working directory,
3. the file `signoff.toml` in the working directory,
4. the table `[tool.signoff]` of `pyproject.toml` in the working directory,
5. the active profile in `profiles.toml` in the home,
6. the default.

A variable set to nothing (`SIGNOFF_API_URL=`) means the default, whatever the profile says.
`signoff config view` shows every value and where it comes from; `signoff config set NAME=VALUE` and
`signoff config unset NAME` change the active profile, `signoff profile` makes and chooses profiles,
`signoff config validate` checks every value. A value that is not allowed stops the program
with an error that names the setting, the value and what is allowed.

```toml
# profiles.toml
active = "default"

[profiles.default]
SIGNOFF_API_URL = "http://127.0.0.1:4200/api"
```

In the files of a project, tables nest as the words of a variable do:

```toml
# signoff.toml
terminal_prompt = false         # SIGNOFF_TERMINAL_PROMPT

[api]
url = "http://127.0.0.1:4200/api"       # SIGNOFF_API_URL
```

In Python, `signoff.settings.get_current_settings()` gives the values, and
`signoff.settings.temporary_settings({"SIGNOFF_LOGGING_LEVEL": "DEBUG"})` changes them for the
length of a `with` block, in this process and in those it starts.

`SIGNOFF_SECRET_NAME` is the secret that `secret('NAME')` gives to YAML flows, and
`SIGNOFF_SECRETS_FILE` names a file with one `NAME=value` a line.

Two families of variables are not listed below. `SIGNOFF_LOGGING_LOGGERS_SIGNOFF_FLOW_RUNS_LEVEL`,
`SIGNOFF_LOGGING_LOGGERS_SIGNOFF_TASK_RUNS_LEVEL` and their like give one logger a level of its own,
dots of its name written as underscores. `SIGNOFF__RUNTIME__FLOW_RUN__NAME` and its like stand in
for the attributes of `signoff.runtime`, so that code can be tried outside of runs.
"""


def page() -> str:
    """The text of the page."""
    return HEAD + "".join(map(_section, SETTINGS))


def _section(setting: Setting) -> str:
    lines = [f"\n## {setting.name}\n", setting.help, ""]
    lines.append(f"- Value: {setting.allowed}")
    default = text_of(setting.default)
    lines.append(f"- Default: `{default}`" if default else "- Default: not set")
    if setting.aliases:
        older = ", ".join(f"`{alias}`" for alias in setting.aliases)
        lines.append(f"- Also understood: {older}")
    if setting.secret:
        lines.append("- Secret: never shown")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
