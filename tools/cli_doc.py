"""Writes `docs/reference/cli.md` from the tree of commands.

Run it after changing `signoff/cli`; a test fails when the page differs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from signoff.cli.main import app

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "cli.md"

HEAD = """\
# Command line

<!-- Made by tools/cli_doc.py from src/signoff/cli: change it there. -->

`signoff` asks the server named by `SIGNOFF_API_URL`; without one it works on the runs kept in
`SIGNOFF_HOME`, and needs nothing running. `RUN` is the id of a flow run, the beginning of its id
(four characters or more), or its name.

- Exit code 0: it is done. 1: it was refused or failed; one line on standard error says why. 2: the
  command was written wrongly. `flow-run watch` has further ones.
- `--output json` prints JSON with stable field names on standard output; notes and errors go to
  standard error. Times are ISO 8601 in UTC, durations are seconds.
- Control characters in what flows and people wrote are shown as `\\x1b`, never sent to the
  terminal.
- Secrets are never shown.
- `signoff --install-completion` sets up completion for your shell.
"""


def page() -> str:
    """The text of the page."""
    return HEAD + "".join(_sections(typer.main.get_command(app), "signoff"))


def arguments() -> Iterator[tuple[str, Any]]:
    """Every argument with the words of its command."""
    yield from _arguments(typer.main.get_command(app), "signoff")


def _arguments(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, each in getattr(command, "commands", {}).items():
        yield from _arguments(each, f"{path} {name}")
    yield from ((path, each) for each in command.params if each.param_type_name == "argument")


def _sections(command: Any, path: str) -> Iterator[str]:
    """The sections of a command and everything below it, in the order of `--help`."""
    below = getattr(command, "commands", None)
    if below is None:
        yield _section(command, path)
        return
    for name, each in below.items():
        yield from _sections(each, f"{path} {name}")


def _section(command: Any, path: str) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    usage = " ".join([path, *(["[OPTIONS]"] if options else []), *map(_placeholder, arguments)])
    lines = [f"\n## {path}\n", f"```\n{usage}\n```\n", command.help.strip(), ""]
    lines += [f"- `{_placeholder(each)}`: {each.help}" for each in arguments if each.help]
    lines += [f"- {_names(each)}: {_sentence(each)}" for each in options]
    return "\n".join(lines).rstrip() + "\n"


def _placeholder(argument: Any) -> str:
    name = str(argument.metavar or argument.name.upper()).strip("{}")
    return name if argument.required else f"[{name}]"


def _names(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    if option.is_flag:
        return names
    assert option.metavar, f"{names} needs a metavar"
    return f"{names} `{option.metavar}`"


def _sentence(option: Any) -> str:
    default = option.default
    if default is None or default == () or default is False or default == []:
        return str(option.help)
    shown = "on" if default is True else getattr(default, "value", default)
    return f"{option.help} Default: {shown}."


def main() -> int:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
