"""`signoff validate` and `signoff schema`: flows written as YAML, judged without running them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signoff.cli.display import Format, Output, clean, print_json
from signoff.model.errors import InvalidRequest

if TYPE_CHECKING:
    from signoff.yamlflow.problems import Problem

_INVALID = 1
_STANDARD_INPUT = "-"


def validate(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Documents; folders stand for the .yaml and .yml files in them, `-` for standard "
            "input.",
            show_default=False,
        ),
    ],
    output: Output = Format.TABLE,
) -> None:
    """Judge flows written as YAML: every problem with its line and column.

    Exit code 1 when one of them cannot be saved or run. Warnings do not count.
    """
    from signoff.yamlflow.catalog import Catalog, installed_types
    from signoff.yamlflow.reading import load_document

    catalog = Catalog(installed_types())
    judged = []
    for name in files_of(files):
        loaded = load_document(text_of(name), file=name, catalog=catalog)
        judged.append((name, loaded))
        if output is not Format.JSON:
            for problem in loaded.problems:
                print(clean(problem))
            if loaded.document is not None:
                print(f"{clean(name)}: valid")
    if output is Format.JSON:
        print_json(
            [
                {
                    "file": name,
                    "valid": loaded.document is not None,
                    "problems": [_facts(each) for each in loaded.problems],
                }
                for name, loaded in judged
            ]
        )
    if any(loaded.document is None for _, loaded in judged):
        raise typer.Exit(_INVALID)


def schema() -> None:
    """Print the JSON Schema of flows written as YAML, for editors.

    The types of installed plugins are in it.
    """
    from signoff.yamlflow.catalog import Catalog, installed_types
    from signoff.yamlflow.schema import language_schema

    print_json(language_schema(Catalog(installed_types())))


def files_of(names: list[str]) -> list[str]:
    """The files that names stand for, folders looked through, in order."""
    found: list[str] = []
    for name in names:
        path = Path(name)
        if name != _STANDARD_INPUT and path.is_dir():
            inside = sorted(each for each in path.rglob("*") if each.suffix in (".yaml", ".yml"))
            if not inside:
                raise InvalidRequest(f"There is no .yaml or .yml file in {name}.")
            found += map(str, inside)
        else:
            found.append(name)
    return found


def text_of(name: str) -> str:
    """The text of a file, or of standard input.

    Raises:
        InvalidRequest: it cannot be read.
    """
    if name == _STANDARD_INPUT:
        return sys.stdin.read()
    try:
        return Path(name).read_bytes().decode()
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "it is no text in UTF-8"
        raise InvalidRequest(f"{name} cannot be read: {why}.") from None


def _facts(problem: Problem) -> dict[str, Any]:
    return {
        "severity": problem.severity.value,
        "path": problem.dotted,
        "message": problem.message,
        "line": problem.mark.line,
        "column": problem.mark.column,
    }
