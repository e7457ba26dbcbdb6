"""`signoff deployment run --each`: a run of a deployment for every line of a file.

Owns reading the file, and what is told of the runs that were made.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

import typer

from signoff.cli.display import Format, note, one_line, print_json
from signoff.cli.session import ask

if TYPE_CHECKING:
    from signoff.model.deployments import DeploymentResponse
    from signoff.model.many_runs import MadeRun, RunToMake


def make_runs(
    found: DeploymentResponse,
    path: str,
    common: RunToMake,
    scheduled: int | None,
    variables: dict[str, Any] | None,
    output: Format,
) -> None:
    """Make a run for every line of a file.

    Args:
        found: the deployment.
        path: of the file; `-` for standard input. Each line is a JSON object of parameters.
        common: what they have in common: parameters, below those of a line; labels; and a key, to
            which the number of a line is added.
        scheduled: when they shall start.
        variables: job variables of all of them.
        output: a table, or JSON.

    Raises:
        typer.Exit: 1 when a run was refused.
    """
    from signoff.model.many_runs import AT_ONCE, CreateDeploymentRuns

    made = known = refused = 0
    told: list[dict[str, Any]] = []
    with _opened(path) as lines:
        wanted = _wanted(lines, common)
        while some := tuple(islice(wanted, AT_ONCE)):
            runs = tuple(run for _, run in some)
            receipts = ask(CreateDeploymentRuns(found.id, runs, scheduled, variables))
            for (line, _), receipt in zip(some, receipts, strict=True):
                made += receipt.created
                refused += receipt.refusal is not None
                known += receipt.refusal is None and not receipt.created
                if output is Format.JSON:
                    told.append(_facts(line, receipt))
                elif receipt.refusal is not None:
                    note(f"Line {line}: {one_line(receipt.refusal)}")
    if output is Format.JSON:
        print_json(told)
    else:
        before = f", {known:,} had been made before" if known else ""
        print(f"Made {made:,} flow runs of {one_line(found.full_name)}{before}.")
    if refused:
        raise typer.Exit(1)


def _facts(line: int, receipt: MadeRun) -> dict[str, Any]:
    return {
        "line": line,
        "id": None if receipt.run_id is None else str(receipt.run_id),
        "name": receipt.name,
        "created": receipt.created,
        "refusal": receipt.refusal,
    }


@contextmanager
def _opened(path: str) -> Iterator[IO[str]]:
    if path == "-":
        yield sys.stdin
        return
    try:
        file = open(path, encoding="utf-8")  # noqa: SIM115
    except OSError as error:
        raise typer.BadParameter(f"--each {path}: {error.strerror}") from None
    with file:
        yield file


def _wanted(lines: IO[str], common: RunToMake) -> Iterator[tuple[int, RunToMake]]:
    from signoff.engine.clock import new_id

    key = common.idempotency_key
    for number, line in enumerate(lines, 1):
        if line.strip():
            run = replace(
                common,
                parameters={**common.parameters, **_parameters(number, line)},
                idempotency_key=None if key is None else f"{key}:{number}",
                run_id=new_id(),
            )
            yield number, run


def _parameters(number: int, line: str) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except ValueError as error:
        raise typer.BadParameter(f"--each, line {number} is no JSON: {error}") from None
    if not isinstance(given, dict):
        raise typer.BadParameter(
            f"--each, line {number} must be a JSON object of parameters, such as "
            '{"name": "value"}'
        )
    return given
