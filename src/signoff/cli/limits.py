"""`signoff global-concurrency-limit | concurrency-limit`: how much may happen at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
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
)
from signoff.cli.facts import limit_facts, tag_limit_facts
from signoff.cli.moments import local
from signoff.cli.prompts import confirmed
from signoff.cli.session import ask

if TYPE_CHECKING:
    from signoff.model.shared.limits import ConcurrencyLimit, GlobalConcurrencyLimit

everywhere = typer.Typer(help="Limits that code names.", rich_markup_mode=None)
tags = typer.Typer(help="Limits of task runs, by tag.", rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the limit.", show_default=False)]
Tag = Annotated[str, typer.Argument(metavar="TAG", help="Tag of the tasks.", show_default=False)]
Most = Annotated[
    int, typer.Option("--limit", metavar="NUMBER", min=1, max=200, help="Show at most this many.")
]
Offset = Annotated[int, typer.Option(metavar="NUMBER", min=0, help="Leave out the first.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Decay = Annotated[
    float | None,
    typer.Option(
        "--slot-decay-per-second",
        metavar="NUMBER",
        min=0,
        help="Slots that come free by themselves, each second; for rate limits.",
    ),
]
Taken = Annotated[
    int | None,
    typer.Option("--active-slots", metavar="NUMBER", min=0, help="Slots that count as taken."),
]


# Global limits -----------------------------------------------------------------------------


@everywhere.command("ls")
def show_list(output: Output = Format.TABLE, limit: Most = 100, offset: Offset = 0) -> None:
    """List global limits."""
    from signoff.model.shared.limits import ReadLimits

    found = ask(ReadLimits(limit, offset))
    if output is Format.JSON:
        print_json([limit_facts(each) for each in found])
    elif not found:
        note("There are no global concurrency limits yet.")
    else:
        rows = [
            [
                one_line(each.name),
                f"{each.active_slots} of {each.limit}",
                f"{each.slot_decay_per_second:g}",
                "yes" if each.active else "no",
            ]
            for each in found
        ]
        print_table(("Name", "Taken", "Decay per second", "Active"), rows)


@everywhere.command()
def inspect(name: Name, output: Output = Format.TABLE) -> None:
    """Show everything that is known of a global limit."""
    _show(_read(name), output)


@everywhere.command()
def create(
    name: Name,
    limit: Annotated[
        int,
        typer.Option(
            "--limit", "-l", metavar="NUMBER", min=0, help="How many slots.", show_default=False
        ),
    ],
    disable: Annotated[bool, typer.Option("--disable", help="Limit nothing yet.")] = False,
    active_slots: Taken = None,
    slot_decay_per_second: Decay = None,
    output: Output = Format.TABLE,
) -> None:
    """Make a global limit."""
    from signoff.model.shared.limits import CreateLimit

    made = ask(
        CreateLimit(name, limit, not disable, active_slots or 0, slot_decay_per_second or 0.0)
    )
    if output is Format.JSON:
        print_json(limit_facts(made))
    else:
        print(f"Created global concurrency limit {clean(name)!r}.")


@everywhere.command()
def update(
    name: Name,
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-l", metavar="NUMBER", min=0, help="How many slots."),
    ] = None,
    enable: Annotated[
        bool | None, typer.Option("--enable/--disable", help="Whether it limits anything.")
    ] = None,
    active_slots: Taken = None,
    slot_decay_per_second: Decay = None,
    output: Output = Format.TABLE,
) -> None:
    """Change a global limit. With --active-slots, whoever held slots holds them no longer."""
    from signoff.model.shared.limits import UpdateLimit

    given = (limit, enable, active_slots, slot_decay_per_second)
    if all(each is None for each in given):
        raise typer.BadParameter("Say what to change; --help lists it.")
    _read(name)
    ask(UpdateLimit(name, None, limit, enable, active_slots, slot_decay_per_second))
    _changed(name, "Updated", output)


@everywhere.command()
def enable(name: Name, output: Output = Format.TABLE) -> None:
    """Have a global limit limit again."""
    _switch(name, True, "Enabled", output)


@everywhere.command()
def disable(name: Name, output: Output = Format.TABLE) -> None:
    """Have a global limit limit nothing."""
    _switch(name, False, "Disabled", output)


@everywhere.command()
def delete(name: Name, yes: Yes = False) -> None:
    """Delete a global limit."""
    from signoff.model.shared.limits import DeleteLimit

    found = _read(name)
    confirmed(f"Delete global concurrency limit {clean(found.name)!r}?", yes)
    ask(DeleteLimit(str(found.id)))
    print(f"Deleted global concurrency limit {clean(found.name)!r}.")


def _switch(name: str, active: bool, done: str, output: Format) -> None:
    from signoff.model.shared.limits import UpdateLimit

    found = _read(name)
    if found.active is active:
        note(f"It is {done.lower()} already.")
    ask(UpdateLimit(str(found.id), active=active))
    _changed(name, done, output)


def _changed(name: str, done: str, output: Format) -> None:
    if output is Format.JSON:
        print_json(limit_facts(_read(name)))
    else:
        print(f"{done} global concurrency limit {clean(name)!r}.")


def _read(name: str) -> GlobalConcurrencyLimit:
    from signoff.model.errors import ObjectNotFound
    from signoff.model.shared.limits import ReadLimit

    try:
        return ask(ReadLimit(name))
    except ObjectNotFound:
        raise ObjectNotFound(
            f"There is no global concurrency limit {name!r}. "
            "`signoff global-concurrency-limit ls` shows them."
        ) from None


def _show(limit: GlobalConcurrencyLimit, output: Format) -> None:
    if output is Format.JSON:
        print_json(limit_facts(limit))
        return
    facts = {
        "Name": clean(limit.name),
        "ID": str(limit.id),
        "Limit": str(limit.limit),
        "Taken": str(limit.active_slots),
        "Active": "yes" if limit.active else "no",
        "Decay per second": f"{limit.slot_decay_per_second:g}",
    }
    if limit.created is not None:
        facts["Created"] = local(limit.created)
    print_facts(facts)


# Limits of tags ----------------------------------------------------------------------------


@tags.command("ls")
def show_tags(output: Output = Format.TABLE, limit: Most = 15, offset: Offset = 0) -> None:
    """List the tags that have a limit."""
    from signoff.model.shared.limits import ReadTagLimits

    found = ask(ReadTagLimits(limit, offset))
    if output is Format.JSON:
        print_json([tag_limit_facts(each) for each in found])
    elif not found:
        note("No tag has a limit yet.")
    else:
        rows = [
            [one_line(each.tag), f"{len(each.active_slots)} of {each.concurrency_limit}"]
            for each in found
        ]
        print_table(("Tag", "Taken"), rows)


@tags.command("inspect")
def inspect_tag(tag: Tag, output: Output = Format.TABLE) -> None:
    """Show the limit of a tag, and the task runs that hold its slots."""
    found = _read_tag(tag)
    if output is Format.JSON:
        print_json(tag_limit_facts(found))
        return
    facts = {
        "Tag": clean(found.tag),
        "ID": str(found.id),
        "Limit": str(found.concurrency_limit),
        "Taken": str(len(found.active_slots)),
    }
    if found.active_slots:
        facts["Task runs"] = "\n".join(str(each) for each in found.active_slots)
    print_facts(facts)


@tags.command("create")
def create_tag(
    tag: Tag,
    concurrency_limit: Annotated[
        int,
        typer.Argument(
            metavar="NUMBER", min=0, help="Task runs that may run at a time.", show_default=False
        ),
    ],
    output: Output = Format.TABLE,
) -> None:
    """Limit the task runs with a tag, or change their limit."""
    from signoff.model.shared.limits import SetTagLimit

    made = ask(SetTagLimit(tag, concurrency_limit))
    if output is Format.JSON:
        print_json(tag_limit_facts(made))
    else:
        print(f"Task runs tagged {clean(tag)!r}: at most {concurrency_limit} at a time.")


@tags.command()
def reset(tag: Tag, output: Output = Format.TABLE) -> None:
    """Free every slot of a tag, whoever holds them."""
    from signoff.model.shared.limits import ResetTagLimit

    _read_tag(tag)
    ask(ResetTagLimit(tag))
    if output is Format.JSON:
        print_json(tag_limit_facts(_read_tag(tag)))
    else:
        print(f"Every slot of tag {clean(tag)!r} is free.")


@tags.command("delete")
def delete_tag(tag: Tag, yes: Yes = False) -> None:
    """Lift the limit of a tag."""
    from signoff.model.shared.limits import DeleteTagLimit

    id: UUID = _read_tag(tag).id
    confirmed(f"Lift the limit of tag {clean(tag)!r}?", yes)
    ask(DeleteTagLimit(id))
    print(f"Lifted the limit of tag {clean(tag)!r}.")


def _read_tag(tag: str) -> ConcurrencyLimit:
    from signoff.model.errors import ObjectNotFound
    from signoff.model.shared.limits import ReadTagLimit

    try:
        return ask(ReadTagLimit(tag=tag))
    except ObjectNotFound:
        raise ObjectNotFound(
            f"Tag {tag!r} has no limit. `signoff concurrency-limit ls` shows those that have."
        ) from None
