"""`signoff flow deploy | show | history | diff | delete | ...`: flows written as YAML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signoff.cli.display import (
    Format,
    Output,
    clean,
    note,
    one_line,
    print_facts,
    print_json,
    print_table,
)
from signoff.cli.documents import files_of, text_of
from signoff.cli.facts import revision_facts, saved_flow_facts
from signoff.cli.moments import ago, local, now, parse_since
from signoff.cli.prompts import confirmed
from signoff.cli.session import ask
from signoff.model.errors import InvalidRequest, RequestRefused

if TYPE_CHECKING:
    from signoff.model.saved_flows import SavedFlow

_FAILED = 1


def _complete(incomplete: str) -> list[str]:
    """Names of flows, for the shell; a shell's completion must never show an error."""
    from signoff.model.saved_flows import ReadSavedFlows

    try:
        found = ask(ReadSavedFlows())
    except Exception:
        return []
    return [each.full_name for each in found if each.full_name.startswith(incomplete)]


Name = Annotated[
    str,
    typer.Argument(
        metavar="FLOW", help="namespace/id.", autocompletion=_complete, show_default=False
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def deploy(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Documents; folders stand for the .yaml and .yml files in them, `-` for standard "
            "input.",
            show_default=False,
        ),
    ],
    pool: Annotated[
        str | None,
        typer.Option("--pool", "-p", metavar="POOL", help="Work pool of the runs; '' for none."),
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """Save flows written as YAML: each file by itself, wholly or not at all.

    The same text is the same revision, another one the next. Exit code 1 when a file was refused.
    """
    from signoff.gateway.connect import get_gateway
    from signoff.yamlflow.publishing import publish_installed

    types = publish_installed(get_gateway())
    receipts = [_deploy(name, pool, types, output) for name in files_of(files)]
    if output is Format.JSON:
        print_json(receipts)
    if any(not receipt["saved"] for receipt in receipts):
        raise typer.Exit(_FAILED)


def _deploy(name: str, pool: str | None, types: Sequence[Any], output: Format) -> dict[str, Any]:
    """Save one file; returns the receipt."""
    from signoff.model.saved_flows import SaveFlow
    from signoff.yamlflow.saving import judge, require

    try:
        source = text_of(name)
        judged = judge(source, file=name, further=types)
        saved = ask(SaveFlow(source, require(judged), pool))
    except RequestRefused as refusal:
        if output is not Format.JSON:
            note(clean(refusal.message))
            note(f"{clean(name)}: not saved")
        return {"file": name, "saved": False, "error": refusal.message}
    if output is not Format.JSON:
        for problem in judged.problems:
            note(clean(problem))
        _say(saved)
    return {"file": name, "saved": True, **saved_flow_facts(saved), "changed": saved.changed}


def _say(saved: SavedFlow) -> None:
    from signoff.gateway.settings import current_settings

    name, revision = one_line(saved.full_name), saved.latest.revision
    if saved.changed:
        print(f"Saved {name}, revision {revision}.")
    else:
        print(f"{name} is as it was: revision {revision}.")
    if saved.disabled:
        print(f"It is disabled:  signoff flow enable {name}")
    elif saved.triggers and current_settings().api_url is None:
        note("Its triggers start runs while a server of this home works:  signoff server start")


def show(
    flow: Name,
    revision: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", min=1, help="An older revision; the newest otherwise."),
    ] = None,
    source: Annotated[bool, typer.Option("--source", help="Print the document only.")] = False,
    output: Output = Format.TABLE,
) -> None:
    """Show a flow written as YAML, with its document."""
    from signoff.model.saved_flows import ReadRevision, ReadSavedFlow

    namespace, id = _parts(flow)
    saved = ask(ReadSavedFlow(namespace, id)) if revision is None else None
    shown = ask(ReadRevision(namespace, id, revision or 0)) if saved is None else saved.latest
    if output is Format.JSON:
        facts = revision_facts(shown) if saved is None else saved_flow_facts(saved)
        print_json(facts | {"source": shown.source})
        return
    if not source:
        print_facts(
            {
                "Flow": f"{shown.namespace}/{shown.flow}",
                "Revision": str(shown.revision),
                "Saved": f"{local(shown.at)} by {one_line(shown.by)}",
                **({} if saved is None else _more(saved)),
            }
        )
        print()
    print(clean(shown.source or ""), end="")


def _more(saved: SavedFlow) -> dict[str, str]:
    facts = {"Disabled": "yes"} if saved.disabled else {}
    if saved.description:
        facts["Description"] = one_line(saved.description)
    if saved.tags:
        facts["Labels"] = one_line(", ".join(saved.tags))
    if saved.triggers:
        facts["Triggers"] = one_line(", ".join(saved.triggers))
    if saved.work_pool:
        facts["Work pool"] = one_line(saved.work_pool)
    return facts


def history(
    flow: Name,
    output: Output = Format.TABLE,
    limit: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=200, help="Show at most this many.")
    ] = 50,
) -> None:
    """Who saved which revision when, newest first; also of a flow that was deleted."""
    from signoff.model.saved_flows import ReadRevisions

    found = ask(ReadRevisions(*_parts(flow), limit))
    if output is Format.JSON:
        print_json([revision_facts(each) for each in found])
        return
    rows = [
        [
            str(each.revision),
            local(each.at),
            ago(each.at, now()),
            f"{one_line(each.by)} ({each.via})",
            each.digest[:12],
        ]
        for each in found
    ]
    print_table(("Revision", "Saved", "When", "By", "Digest"), rows)


def diff(
    flow: Name,
    first: Annotated[
        int | None, typer.Argument(metavar="FROM", help="A revision.", show_default=False)
    ] = None,
    second: Annotated[
        int | None, typer.Argument(metavar="TO", help="Another one.", show_default=False)
    ] = None,
) -> None:
    """What changed between two revisions; by default from the last but one to the newest."""
    from signoff.model.saved_flows import ReadDifference

    print(clean(ask(ReadDifference(*_parts(flow), first, second))), end="")


def delete(flow: Name, yes: Yes = False) -> None:
    """Delete a flow written as YAML; its revisions and runs stay on record."""
    from signoff.model.saved_flows import DeleteSavedFlow, ReadSavedFlow

    found = ask(ReadSavedFlow(*_parts(flow)))
    confirmed(f"Delete flow {found.full_name}?", yes)
    ask(DeleteSavedFlow(found.latest.namespace, found.latest.flow))
    print(f"Deleted {one_line(found.full_name)}.")


def enable(flow: Name) -> None:
    """Let runs of a flow start again."""
    from signoff.model.saved_flows import EnableFlow

    ask(EnableFlow(*_parts(flow)))
    print(f"Runs of {one_line(flow)} may start.")


def disable(flow: Name) -> None:
    """Let no run of a flow start."""
    from signoff.model.saved_flows import DisableFlow

    ask(DisableFlow(*_parts(flow)))
    print(f"No run of {one_line(flow)} will start.")


def backfill(
    flow: Name,
    trigger: Annotated[
        str, typer.Argument(metavar="TRIGGER", help="Id of a schedule.", show_default=False)
    ],
    start: Annotated[
        str,
        typer.Option("--from", metavar="TIME", help="First moment: a date, a time, or such as 2d."),
    ],
    end: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="Last moment; now by default.")
    ] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option("--input", "-i", metavar="NAME=VALUE", help="Over those of the trigger."),
    ] = None,
    output: Output = Format.TABLE,
) -> None:
    """Make a run for every moment of a schedule that has passed, each once."""
    from signoff.model.backfilling import BackfillFlow

    namespace, id = _parts(flow)
    bounds = (_micros(start, "--from"), _micros(end or "0s", "--to"))
    given = dict(_pair(each) for each in inputs or ())
    made = ask(BackfillFlow(namespace, id, trigger, *bounds, given))
    if output is Format.JSON:
        print_json([{"id": str(each.run_id), "created": each.created} for each in made])
        return
    new = sum(each.created for each in made)
    print(f"Made {new} run{'' if new == 1 else 's'} of {one_line(flow)}; {len(made) - new} there.")


def _micros(text: str, option: str) -> int:
    try:
        moment = parse_since(text, now())
    except ValueError as error:
        raise typer.BadParameter(f"{option}: {error}") from None
    return int(moment.timestamp() * 1_000_000)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise typer.BadParameter(f"--input {text!r}: write name=value")
    return name, value


def _parts(name: str) -> tuple[str, str]:
    namespace, slash, flow = name.partition("/")
    if not slash or not namespace or not flow:
        raise InvalidRequest(f"{name!r} names no flow; write namespace/id, such as shop/pay.")
    return namespace, flow


def add_to(app: typer.Typer) -> None:
    """Add the commands to `signoff flow`."""
    for command in (deploy, show, history, diff, delete, enable, disable, backfill):
        app.command()(command)
