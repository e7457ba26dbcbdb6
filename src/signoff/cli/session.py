"""The conversation of a command with the service.

Owns sending requests under the name of the command line, and finding the run that somebody means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeVar
from uuid import UUID
from weakref import WeakSet

import typer

from signoff.cli.display import note
from signoff.model.errors import AmbiguousWait, ObjectNotFound

if TYPE_CHECKING:
    from signoff.core.ports import Gateway
    from signoff.model.commands import Request
    from signoff.model.views import FlowRun

R = TypeVar("R")

_SHORTEST_PREFIX = 4
_PAGE = 200


def ask(request: Request[R]) -> R:
    """Have a request carried out. Raises what `model.errors` says."""
    from signoff.gateway.connect import get_gateway
    from signoff.model.actors import Via

    gateway = get_gateway()
    reply = gateway.send(request, Via.CLI)
    if gateway not in _opened:
        _opened.add(gateway)
        _start_fired(gateway)
    return reply


_opened: WeakSet[Gateway] = WeakSet()
"""Ways to the service that a command has used: each is looked at once for what is due."""


def leave_due_alone() -> None:
    """Start nothing: the command itself is what goes on with a run."""
    from signoff.gateway.connect import get_gateway

    _opened.add(get_gateway())


def _start_fired(gateway: Gateway) -> None:
    """The first request has applied what was due; runs that may go on by it get a process."""
    from signoff.gateway.settings import current_settings

    settings = current_settings()
    if settings.api_url is not None:
        return
    from signoff.runner.afterwards import start_fired

    pid = start_fired(gateway, settings)
    if pid is not None:
        note(f"Started process {pid} for flow runs whose time has come.")


def _complete(incomplete: str) -> list[tuple[str, str]]:
    """Names of recent runs, for the shell; a shell's completion must never show an error."""
    from signoff.model.queries import ReadRuns

    try:
        runs = ask(ReadRuns(limit=50))
    except Exception:
        return []
    return [
        (run.name, f"{run.flow_name} {run.state_name}")
        for run in runs
        if run.name.startswith(incomplete)
    ]


RUN_HELP = "Id of the flow run, the beginning of its id, or its name."
RunArgument = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help=RUN_HELP,
        autocompletion=_complete,
        show_default=False,
    ),
]


def find_run(text: str) -> FlowRun:
    """The run that a person means by an id, the beginning of an id, or a name.

    Raises:
        ObjectNotFound: there is no such run.
        AmbiguousWait: it could be several; the message names them.
    """
    from signoff.model.filters import FlowRunFilter, FlowRunFilterName
    from signoff.model.queries import ReadRun, ReadRuns

    text = text.strip()
    digits = text.replace("-", "").lower()
    is_hex = bool(digits) and all(digit in "0123456789abcdef" for digit in digits)
    if is_hex and len(digits) == 32:
        return ask(ReadRun(UUID(digits)))
    named = FlowRunFilter(name=FlowRunFilterName(any_=[text]))
    found = list(ask(ReadRuns(flow_runs=named, limit=10)))
    if not found and is_hex and _SHORTEST_PREFIX <= len(digits) < 32:
        found = _by_prefix(digits)
    if not found:
        raise ObjectNotFound(
            f"There is no flow run with the id or name {text!r}. `signoff flow-run ls` shows them."
        )
    if len(found) > 1:
        several = ", ".join(f"{run.id} ({run.flow_name}, {run.state_name})" for run in found)
        raise AmbiguousWait(f"{text!r} could be any of these flow runs: {several}.")
    return found[0]


def _by_prefix(digits: str) -> list[FlowRun]:
    """Runs whose id begins with these digits.

    The list sorted by id is searched by halves, because a prefix is a stretch of it: a million
    runs take twenty small reads.
    """
    from signoff.model.queries import CountRuns, ReadRuns

    last = int(digits.ljust(32, "f"), 16)
    low, high = 0, ask(CountRuns())
    while low < high:
        middle = (low + high) // 2
        at = ask(ReadRuns(limit=1, offset=middle))
        if at and at[0].id.int > last:
            low = middle + 1
        else:
            high = middle
    # Runs may have come or gone meanwhile, so the look begins a little before.
    page = ask(ReadRuns(limit=_PAGE, offset=max(0, low - 20)))
    return [run for run in page if run.id.hex.startswith(digits)][:10]
