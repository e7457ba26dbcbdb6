"""What the command line of `signoff deploy` says over the project file.

Owns the documented options and what each changes. Must not know project files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from signoff.authoring.deployments import RunnerDeployment

Pool = Annotated[
    str | None, typer.Option("--pool", "-p", metavar="POOL", help="Work pool of the runs.")
]
Queue = Annotated[
    str | None, typer.Option("--work-queue", "-q", metavar="QUEUE", help="Its work queue.")
]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", "-t", metavar="TAG", help="A further label.")
]
Version = Annotated[
    str | None, typer.Option("--version", metavar="TEXT", help="Version of the deployment.")
]
Description = Annotated[
    str | None, typer.Option("--description", "-d", metavar="TEXT", help="What it is for.")
]
CronText = Annotated[
    str | None,
    typer.Option("--cron", metavar="CRON", help="A further schedule: a cron expression."),
]
IntervalText = Annotated[
    str | None,
    typer.Option("--interval", metavar="DURATION", help="A further schedule: every so often, 15m."),
]
RRuleText = Annotated[
    str | None,
    typer.Option("--rrule", metavar="RRULE", help="A further schedule: a recurrence rule."),
]
Timezone = Annotated[
    str | None,
    typer.Option("--timezone", metavar="ZONE", help="Of these schedules: Europe/Berlin."),
]
Params = Annotated[
    list[str] | None,
    typer.Option("--param", metavar="NAME=VALUE", help="A parameter of its runs; may be repeated."),
]
ParamsJson = Annotated[
    str | None, typer.Option("--params", metavar="JSON", help="Parameters as one JSON object.")
]
Limit = Annotated[
    int | None,
    typer.Option(
        "--concurrency-limit",
        "-cl",
        metavar="NUMBER",
        min=1,
        help="How many runs at the same time.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What was given on the command line; None and empty where nothing was."""

    pool: str | None = None
    queue: str | None = None
    job_variables: list[str] | None = None
    tags: list[str] | None = None
    version: str | None = None
    description: str | None = None
    cron: str | None = None
    interval: str | None = None
    rrule: str | None = None
    timezone: str | None = None
    param: list[str] | None = None
    params: str | None = None
    limit: int | None = None

    def apply(self, wanted: RunnerDeployment) -> None:
        """Change what shall be deployed.

        Raises:
            typer.BadParameter: an option has a value that cannot be used.
        """
        from signoff.authoring.parameters import as_json
        from signoff.cli.values import named_values, parameters

        wanted.work_pool_name = self.pool or wanted.work_pool_name
        wanted.work_queue_name = self.queue or wanted.work_queue_name
        wanted.tags = sorted({*wanted.tags, *(self.tags or ())})
        wanted.version = self.version or wanted.version
        wanted.description = self.description or wanted.description
        wanted.concurrency_limit = self.limit or wanted.concurrency_limit
        wanted.parameters |= as_json(parameters(self.param, self.params))
        wanted.job_variables |= named_values("--job-variable", self.job_variables)
        schedules = self._schedules()
        if schedules:
            wanted.schedules = [*(wanted.schedules or ()), *schedules]

    def _schedules(self) -> list[Any]:
        from signoff.authoring.schedules import Cron, Interval, RRule, asked
        from signoff.cli.moments import seconds_of

        zone: dict[str, Any] = {"timezone": self.timezone} if self.timezone else {}
        made: list[Any] = []
        try:
            if self.cron is not None:
                made.append(asked(Cron(self.cron, **zone)))
            if self.interval is not None:
                made.append(asked(Interval(seconds_of(self.interval), **zone)))
            if self.rrule is not None:
                made.append(asked(RRule(self.rrule, **zone)))
        except ValueError as error:
            raise typer.BadParameter(f"{self._named()}: {error}") from None
        if self.timezone and not made:
            raise typer.BadParameter("--timezone belongs to --cron, --interval or --rrule")
        return made

    def _named(self) -> str:
        given = {"--cron": self.cron, "--interval": self.interval, "--rrule": self.rrule}
        return ", ".join(name for name, value in given.items() if value is not None)
