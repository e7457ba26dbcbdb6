"""The group of all commands: documented names besides the usual ones, and advice on absent ones.

Owns which words mean the same command, and what is said of commands that there are not.
"""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

from signoff.core.nearest import did_you_mean

_SAME = {
    "artifacts": "artifact",
    "blocks": "block",
    "concurrency-limits": "concurrency-limit",
    "deployments": "deployment",
    "event": "events",
    "flow-runs": "flow-run",
    "flows": "flow",
    "gcl": "global-concurrency-limit",
    "global-concurrency-limits": "global-concurrency-limit",
    "profiles": "profile",
    "task-runs": "task-run",
    "variables": "variable",
    "work-pools": "work-pool",
    "work-queues": "work-queue",
}
_AUTOMATIONS = "there are no automations; watch events with `signoff events stream`."
_ABSENT = {
    "automation": _AUTOMATIONS,
    "automations": _AUTOMATIONS,
    "cloud": "there is no cloud; run a server of your own with `signoff server start`.",
    "plugins": "there are no plugins of this kind.",
    "sdk": "no SDK is generated; `signoff api` and /openapi.json describe the HTTP API.",
    "shell": "commands of the shell are run by a flow, with `subprocess`, or by a YAML flow.",
    "task": "there are no background tasks; call submit() in a flow, or deploy a flow.",
    "transfer": "nothing is transferred between profiles.",
}
"""Documented commands without a counterpart, and what to do instead."""


class Commands(TyperGroup):
    """The top of the tree of commands."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, or of another name for the same."""
        return super().get_command(ctx, _SAME.get(cmd_name, cmd_name))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Like that of the base class; a documented command that is absent says what to use."""
        if args and args[0] in _ABSENT:
            ctx.fail(f"No command {args[0]!r} in Signoff: {_ABSENT[args[0]]}")
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            near = did_you_mean(args[0], self.list_commands(ctx))
            ctx.fail(f"No such command {args[0]!r}.{near}")
        return super().resolve_command(ctx, args)
