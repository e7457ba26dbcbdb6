"""`signoff artifact`: what runs left for people to read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

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
    short_id,
)
from signoff.cli.facts import artifact_facts
from signoff.cli.moments import ago, local, now
from signoff.cli.prompts import confirmed
from signoff.cli.session import ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff.model.shared.artifacts import Artifact, ArtifactCollection

app = typer.Typer(help="What runs left for people to read.", rich_markup_mode=None)

_MOST = 200


def _complete(incomplete: str) -> list[str]:
    """Keys of artifacts, for the shell; a shell's completion must never show an error."""
    from signoff.model.shared.artifacts import ReadLatestArtifacts

    try:
        found = ask(ReadLatestArtifacts())
    except Exception:
        return []
    return [each.key for each in found if each.key.startswith(incomplete)]


Limit = Annotated[
    int, typer.Option(metavar="NUMBER", min=1, max=_MOST, help="Show at most this many.")
]


@app.command("ls")
def show_list(
    output: Output = Format.TABLE,
    every: Annotated[
        bool, typer.Option("--all", "-a", help="Every version, not only the newest of each key.")
    ] = False,
    limit: Limit = 100,
) -> None:
    """List artifacts that have a key; the newest version of each."""
    from signoff.model.shared.artifacts import ReadArtifacts, ReadLatestArtifacts

    found: Sequence[Artifact | ArtifactCollection]
    if every:
        found = ask(ReadArtifacts(limit=limit))
    else:
        found = ask(ReadLatestArtifacts(limit=limit))
    if output is Format.JSON:
        print_json([artifact_facts(each) for each in found])
    elif not found:
        note("There are no artifacts yet.")
    else:
        rows = [
            [short_id(_id(each)), each.key or "", one_line(each.type or ""), _when(each)]
            for each in found
        ]
        print_table(("ID", "Key", "Type", "Changed"), rows)


@app.command()
def inspect(
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY", help="Key of the artifact.", autocompletion=_complete, show_default=False
        ),
    ],
    limit: Limit = 10,
    output: Output = Format.TABLE,
) -> None:
    """Show the versions under a key, newest first."""
    found = _versions(key, limit)
    if output is Format.JSON:
        print_json([artifact_facts(each) for each in found])
        return
    for number, artifact in enumerate(found):
        if number:
            print()
        print_facts(_facts(artifact))


@app.command()
def delete(
    key: Annotated[
        str | None,
        typer.Argument(
            metavar="KEY",
            help="Key of the artifact: every version is deleted.",
            autocompletion=_complete,
            show_default=False,
        ),
    ] = None,
    artifact_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Delete only this version.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete the artifacts under a key, or the one with an id."""
    from signoff.model.shared.artifacts import DeleteArtifact

    if (key is None) == (artifact_id is None):
        raise typer.BadParameter("Give either a key or --id.")
    if artifact_id is not None:
        try:
            ids = [UUID(artifact_id)]
        except ValueError:
            raise typer.BadParameter(f"{clean(artifact_id)!r} is no id.") from None
    else:
        ids = [each.id for each in _versions(key or "", _MOST)]
    what = f"{len(ids)} version(s) of {key!r}" if key is not None else f"artifact {ids[0]}"
    confirmed(f"Delete {what}?", yes)
    while ids:
        for each in ids:
            ask(DeleteArtifact(each))
        ids = [each.id for each in _found(key, _MOST)] if key is not None else []
    print(f"Deleted {what}.")


def _versions(key: str, limit: int) -> Sequence[Artifact]:
    from signoff.model.errors import ObjectNotFound

    found = _found(key, limit)
    if not found:
        raise ObjectNotFound(
            f"There is no artifact with the key {key!r}. `signoff artifact ls` shows them."
        )
    return found


def _found(key: str, limit: int) -> Sequence[Artifact]:
    from signoff.model.shared.artifacts import ArtifactFilter, ArtifactFilterKey, ReadArtifacts

    mine = ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
    return ask(ReadArtifacts(mine, limit=limit))


def _facts(artifact: Artifact) -> dict[str, Any]:
    facts = {"Key": artifact.key or "", "ID": str(artifact.id), "Type": clean(artifact.type or "")}
    if artifact.description:
        facts["Description"] = clean(artifact.description)
    if artifact.flow_run_id is not None:
        facts["Flow run"] = str(artifact.flow_run_id)
    if artifact.task_run_id is not None:
        facts["Task run"] = str(artifact.task_run_id)
    if artifact.created is not None:
        facts["Created"] = local(artifact.created)
    data = artifact.data
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    facts["Data"] = clean(text)
    return facts


def _id(artifact: Artifact | ArtifactCollection) -> UUID:
    latest: UUID = getattr(artifact, "latest_id", artifact.id)
    return latest


def _when(artifact: Artifact | ArtifactCollection) -> str:
    return ago(artifact.updated, now())
