"""The command `signoff`.

Owns the tree of commands and what an error looks like: one clear line on standard error and exit
code 1, never a traceback. Commands are in the other modules of this room.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from signoff.cli import (
    api,
    artifacts,
    blocks,
    bulk,
    config,
    dashboard,
    deploy,
    deployments,
    documents,
    events,
    flows,
    inbox,
    key_values,
    limits,
    logs,
    profile,
    resume,
    run_file,
    runs,
    server,
    steering,
    task_runs,
    variables,
    version,
    watching,
    work_pools,
    work_queues,
    worker,
)
from signoff.cli.display import clean, note
from signoff.cli.groups import Commands
from signoff.cli.prompts import Prompting
from signoff.model.errors import AnswerConflict, InvalidAnswer, SignoffException

REFUSED = 1
INTERRUPTED = 130

app = typer.Typer(
    name="signoff",
    cls=Commands,
    help="Python workflows that wait for people.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 120},
)


@app.callback()
def everywhere(
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile", "-p", metavar="PROFILE", help="Use the settings of this profile."
        ),
    ] = None,
    prompt: Annotated[
        bool,
        typer.Option("--prompt/--no-prompt", help="Ask before deleting, and for what is missing."),
    ] = True,
) -> None:
    """Python workflows that wait for people."""
    if profile is not None:
        # Settings are read where they are needed, here and in processes that are started.
        os.environ["SIGNOFF_PROFILE"] = profile
    Prompting.on = prompt


flow_run = typer.Typer(
    help="See flow runs, answer what they ask, steer them.", rich_markup_mode=None
)

app.command("version")(version.show)
app.command("run")(run_file.run)
app.command("inbox")(inbox.show)
app.command("deploy")(deploy.deploy)
app.command("init")(deploy.init)
app.command("validate")(documents.validate)
app.command("schema")(documents.schema)
app.command("api")(api.call)
app.add_typer(flow_run, name="flow-run", no_args_is_help=True)
app.add_typer(task_runs.app, name="task-run", no_args_is_help=True)
app.add_typer(blocks.app, name="block", no_args_is_help=True)
app.add_typer(events.app, name="events", no_args_is_help=True)
app.add_typer(flows.app, name="flow", no_args_is_help=True)
app.add_typer(deployments.app, name="deployment", no_args_is_help=True)
app.add_typer(bulk.app, name="bulk", no_args_is_help=True)
app.add_typer(config.app, name="config", no_args_is_help=True)
app.add_typer(profile.app, name="profile", no_args_is_help=True)
app.add_typer(server.app, name="server", no_args_is_help=True)
app.add_typer(dashboard.app, name="dashboard", no_args_is_help=True)
app.add_typer(artifacts.app, name="artifact", no_args_is_help=True)
app.add_typer(limits.everywhere, name="global-concurrency-limit", no_args_is_help=True)
app.add_typer(limits.tags, name="concurrency-limit", no_args_is_help=True)
app.add_typer(key_values.app, name="kv", no_args_is_help=True)
app.add_typer(variables.app, name="variable", no_args_is_help=True)
app.add_typer(worker.app, name="worker", no_args_is_help=True)
app.add_typer(work_pools.app, name="work-pool", no_args_is_help=True)
app.add_typer(work_queues.app, name="work-queue", no_args_is_help=True)
flow_run.command("ls")(runs.show_list)
flow_run.command("inspect")(runs.inspect)
flow_run.command("logs")(logs.logs)
flow_run.command("watch")(watching.watch)
flow_run.command("resume")(resume.resume)
flow_run.command("pause")(steering.pause)
flow_run.command("suspend")(steering.suspend)
flow_run.command("cancel")(steering.cancel)
flow_run.command("retry")(steering.retry)
flow_run.command("restart", help="The same as retry.")(steering.retry)
flow_run.command("replay")(steering.replay)
flow_run.command("execute")(steering.execute)
flow_run.command("delete")(steering.delete)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line and exit.

    Args:
        arguments: the words after `signoff`; those of the process when None.

    Raises:
        SystemExit: always.
    """
    try:
        app(None if arguments is None else list(arguments), prog_name="signoff")
    except SignoffException as error:
        note(explained(error))
        sys.exit(REFUSED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of the output has gone; nothing can be said, not even by the interpreter.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(REFUSED)
    sys.exit(0)


def explained(error: SignoffException) -> str:
    """What went wrong, for a person: one line, and one more for each field."""
    lines = [f"Error: {clean(error)}"]
    if isinstance(error, InvalidAnswer):
        lines += [f"  {clean(each)}" for each in error.errors]
    elif isinstance(error, AnswerConflict):
        lines += resume.conflict_lines(error)
    return "\n".join(lines)
