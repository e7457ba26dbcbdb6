"""`signoff kv`: small typed values that flows of a namespace share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signoff.cli.display import Format, Output, clean, note, print_json, print_table
from signoff.cli.facts import key_facts, key_value_facts
from signoff.cli.moments import ago, now
from signoff.cli.session import ask

if TYPE_CHECKING:
    from signoff.model.key_values import KeyValue, KeyValueKind

app = typer.Typer(help="Typed values that flows of a namespace share.", rich_markup_mode=None)

Namespace = Annotated[
    str, typer.Argument(metavar="NAMESPACE", help="Namespace of the flows.", show_default=False)
]
Key = Annotated[str, typer.Argument(metavar="KEY", help="Key of the value.", show_default=False)]


@app.command("ls")
def show_list(
    namespace: Namespace,
    prefix: Annotated[
        str, typer.Option(metavar="TEXT", help="Only keys that begin with this.")
    ] = "",
    output: Output = Format.TABLE,
    limit: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=200, help="Show at most this many.")
    ] = 100,
) -> None:
    """List the keys of a namespace."""
    from signoff.model.key_values import ReadKeys

    found = ask(ReadKeys(namespace, prefix, limit))
    if output is Format.JSON:
        print_json([key_facts(each) for each in found])
    elif not found:
        note(f"There are no keys in namespace {namespace!r}.")
    else:
        rows = [
            [each.key, each.kind.value, ago(each.updated, now()), ago(each.expires, now())]
            for each in found
        ]
        print_table(("Key", "Type", "Changed", "Expires"), rows)


@app.command()
def get(namespace: Namespace, key: Key, output: Output = Format.TABLE) -> None:
    """Print a value: text as it is, anything else as JSON."""
    from signoff.model.key_values import ReadKeyValue

    found = ask(ReadKeyValue(namespace, key))
    if found is None:
        return
    if output is Format.JSON:
        print_json(key_value_facts(found))
    else:
        print(clean(found.value if isinstance(found.value, str) else _as_json(found.value)))


@app.command("set")
def set_value(
    namespace: Namespace,
    key: Key,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="The value.", show_default=False)],
    type: Annotated[
        str | None,
        typer.Option(
            metavar="TYPE",
            help="STRING, NUMBER, BOOLEAN, DATETIME, DATE, DURATION or JSON; found out from the "
            "value when not given.",
        ),
    ] = None,
    ttl: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Delete it after this time, such as 10m or PT10M."),
    ] = None,
    overwrite: Annotated[bool, typer.Option(help="Replace a value that is there already.")] = True,
    output: Output = Format.TABLE,
) -> None:
    """Set a value."""
    from signoff.model.key_values import SetKeyValue

    kind = None if type is None else _kind(type)
    meant = _meant(value) if kind is None else value
    lasts = None if ttl is None else _microseconds(ttl)
    made: KeyValue = ask(SetKeyValue(namespace, key, meant, kind, lasts, overwrite))
    if output is Format.JSON:
        print_json(key_value_facts(made))
    else:
        print(f"Set {made.key!r} in namespace {made.namespace!r} ({made.kind.value}).")


@app.command()
def delete(namespace: Namespace, key: Key) -> None:
    """Delete a value."""
    from signoff.model.key_values import DeleteKeyValue

    ask(DeleteKeyValue(namespace, key, error_on_missing=True))
    print(f"Deleted {key!r} from namespace {namespace!r}.")


def _kind(text: str) -> KeyValueKind:
    from signoff.model.key_values import KeyValueKind

    try:
        return KeyValueKind(text.upper())
    except ValueError:
        known = ", ".join(KeyValueKind)
        raise typer.BadParameter(f"{text!r} is no type of value; there are {known}") from None


def _meant(text: str) -> Any:
    """A number, a truth value, a list or a map where the text is one as JSON writes it."""
    try:
        value = json.loads(text, parse_constant=_no_number)
    except ValueError:
        return text
    return value if _as_json(value) == text or isinstance(value, list | dict) else text


def _no_number(word: str) -> Any:
    """NaN and Infinity, which Python reads, are no JSON."""
    raise ValueError(word)


def _microseconds(text: str) -> int:
    from signoff.core.moments import parse_duration, spoken_duration

    spelled = spoken_duration(text.strip())
    meant = None if spelled is None else parse_duration(spelled)
    if meant is None:
        raise typer.BadParameter(f"{text!r} is no length of time; write one such as 10m or PT10M")
    return int(meant.total_seconds() * 1_000_000)


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
