"""`signoff deploy` and `signoff init`: the deployments of a project file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signoff.cli import deploy_options as options
from signoff.cli.deployment_facts import deployment_facts
from signoff.cli.display import Format, Output, note, one_line, print_json
from signoff.cli.project_file import FILE, TEMPLATE
from signoff.cli.session import ask
from signoff.cli.values import JobVariables
from signoff.model.errors import InvalidRequest

if TYPE_CHECKING:
    from signoff.authoring.deployments import RunnerDeployment
    from signoff.cli.projects import Entry

File = Annotated[
    Path, typer.Option("--signoff-file", metavar="FILE", help="The project file.", exists=False)
]
Names = Annotated[
    list[str] | None,
    typer.Option("--name", "-n", metavar="NAME", help="Only this deployment; may be repeated."),
]


def deploy(
    entrypoint: Annotated[
        str | None,
        typer.Argument(
            metavar="ENTRYPOINT",
            help="path/to/file.py:flow, to deploy one flow without a project file.",
            show_default=False,
        ),
    ] = None,
    name: Names = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every deployment of the project file.")
    ] = False,
    file: File = Path(FILE),
    pool: options.Pool = None,
    work_queue: options.Queue = None,
    job_variable: JobVariables = None,
    tag: options.Tags = None,
    version: options.Version = None,
    description: options.Description = None,
    cron: options.CronText = None,
    interval: options.IntervalText = None,
    rrule: options.RRuleText = None,
    timezone: options.Timezone = None,
    param: options.Params = None,
    params: options.ParamsJson = None,
    concurrency_limit: options.Limit = None,
    output: Output = Format.TABLE,
) -> None:
    """Deploy the flows of a project, as `signoff.yaml` says."""
    from signoff.cli.projects import Entry, read

    given = options.Overrides(
        pool=pool,
        queue=work_queue,
        job_variables=job_variable,
        tags=tag,
        version=version,
        description=description,
        cron=cron,
        interval=interval,
        rrule=rrule,
        timezone=timezone,
        param=param,
        params=params,
        limit=concurrency_limit,
    )
    if entrypoint is not None:
        entries, folder = [Entry((name or ["default"])[0], entrypoint, 0)], Path.cwd()
    else:
        entries, folder = _chosen(read(file), name or (), everything, file), file.resolve().parent
    wanted = [_deployment(entry, folder, file) for entry in entries]
    for each in wanted:
        given.apply(each)
    _store(wanted, output)


def _store(wanted: list[RunnerDeployment], output: Format) -> None:
    from signoff.authoring.deployments import check_pools
    from signoff.model.deploying import ReadDeployment

    check_pools(wanted)
    # All of them can be loaded, and started where they shall be; only now is any of them stored.
    made = [each.apply() for each in wanted]
    found = [ask(ReadDeployment(each)) for each in made]
    if output is Format.JSON:
        print_json([deployment_facts(each) for each in found])
        return
    for stored in found:
        print(f"Deployed {one_line(stored.full_name)}.")
    first = found[0]
    if first.work_pool_name:
        print(f"Start a worker:  signoff worker start --pool {one_line(first.work_pool_name)}")
    print(f"Run it:          signoff deployment run '{one_line(first.full_name)}'")


def _chosen(entries: list[Entry], names: Any, everything: bool, file: Path) -> list[Entry]:
    known = ", ".join(entry.name for entry in entries) or "none"
    missing = [name for name in names if name not in {entry.name for entry in entries}]
    if missing:
        raise InvalidRequest(f"{file} has no deployment {missing[0]!r}; it has: {known}.")
    if not entries:
        raise InvalidRequest(f"{file} has no deployments.")
    if names:
        return [entry for entry in entries if entry.name in names]
    if len(entries) > 1 and not everything:
        raise typer.BadParameter(f"give --all, or --name for one of: {known}")
    return entries


def _deployment(entry: Entry, folder: Path, file: Path) -> RunnerDeployment:
    """What an entry asks for. Errors name the line it stands on."""
    from signoff.authoring.deployments import deployment_of
    from signoff.authoring.sources import load_flow
    from signoff.cli.project_values import code_of, filled
    from signoff.core.entrypoints import entry_record
    from signoff.model.deployments import ConcurrencyLimitConfig
    from signoff.model.errors import SignoffException

    try:
        code = code_of(entry.values.get("pull"), folder)
        values = filled({key: each for key, each in entry.values.items() if key != "pull"})
        pool = values.pop("work_pool", None) or {}
        limit = values.pop("concurrency_limit", None)
        values["schedules"] = [
            _schedule(each) for each in values.get("schedules") or () if each
        ] or None
        if isinstance(limit, dict):
            limit = ConcurrencyLimitConfig.model_validate(limit)
        made: RunnerDeployment = deployment_of(
            load_flow(entry.entrypoint, code.folder),
            entry.name,
            work_pool_name=pool.get("name"),
            work_queue_name=pool.get("work_queue_name"),
            job_variables=pool.get("job_variables"),
            concurrency_limit=limit,
            **{key: value for key, value in values.items() if value is not None},
        )
        if code.source is not None:
            # Looked at here, and fetched from there where its runs are started.
            made.entry_record = entry_record(entry.entrypoint, None, code.source)
            made.entrypoint = entry.entrypoint
    except (SignoffException, ValueError, TypeError) as error:
        where = f"{file}, line {entry.line}: " if entry.line else ""
        raise InvalidRequest(f"{where}deployment {entry.name!r}: {error}") from None
    return made


def _schedule(given: dict[str, Any]) -> dict[str, Any]:
    """A schedule of the file in the shape of the API."""
    apart: dict[str, Any] = {
        key: given[key] for key in ("active", "parameters", "slug", "catchup") if key in given
    }
    return {"schedule": {key: each for key, each in given.items() if key not in apart}, **apart}


def init(
    file: File = Path(FILE),
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of the project; its folder when not given.")
    ] = None,
) -> None:
    """Make a project file to fill in."""
    if file.exists():
        raise InvalidRequest(f"{file} is there already; nothing was changed.")
    file.write_text(TEMPLATE.format(name=name or file.resolve().parent.name), encoding="utf-8")
    note(f"Made {file}. Fill it in, then `signoff deploy`.")
