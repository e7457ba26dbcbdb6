"""Functions that look up what is not in the variables: secrets, keys, files, logs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from signoff.core.expressions import coercing
from signoff.core.expressions.misuse import Misuse, NotThere
from signoff.core.expressions.registry import Call, Shelf
from signoff.core.expressions.values import is_list, json_of

DATA = Shelf("function", "Data of the flow and its run")


@DATA.add(
    "secret",
    "The value of a secret, or of one key of a secret that is a map in JSON; there is one for all "
    "namespaces.",
    ("secret('API_KEY')", "hunter2"),
    ("secret('DATABASE', subkey='password')", "s3same"),
    takes="key, namespace?, subkey?",
)
def _secret(call: Call, key: object, namespace: object = None, subkey: object = None) -> object:
    name = coercing.string(call, key, "key")
    if namespace is not None:
        coercing.string(call, namespace, "namespace")
    found = _look_up(lambda: call.lookups.secret(name), f"there is no secret `{name}`")
    call.secrets.add(call.text(found))
    if subkey is None:
        return found
    part = coercing.string(call, subkey, "subkey")
    try:
        value = json.loads(call.text(found))[part]
    except (ValueError, TypeError):
        raise Misuse(f"needs a map in JSON in the secret `{name}` for its subkey") from None
    except KeyError:
        raise NotThere(f"the secret `{name}` has no subkey `{part[:40]}`") from None
    call.secrets.add(call.text(value))
    return value


@DATA.add(
    "kv",
    "The value under a key of the flow's namespace, or of another.",
    ("kv('greeting')", "Hello"),
    ("kv('missing', errorOnMissing=false) ?? 'none'", "none"),
    takes="key, namespace?, errorOnMissing?",
)
def _kv(
    call: Call, key: object, namespace: object = None, error_on_missing: object = True
) -> object:
    name = coercing.string(call, key, "key")
    place = None if namespace is None else coercing.string(call, namespace, "namespace")
    strict = coercing.flag(error_on_missing, "errorOnMissing")
    where = f" in the namespace `{place}`" if place else ""
    try:
        return _look_up(
            lambda: call.lookups.key_value(name, place), f"there is no key `{name}`{where}"
        )
    except NotThere:
        if strict:
            raise
        return None


@DATA.add(
    "read",
    "The text of a file: its URI, or its path in the namespace.",
    ("read('motto.txt')", "carpe diem"),
    takes="path",
)
def _read(call: Call, path: object) -> object:
    name = coercing.string(call, path, "path")
    return _look_up(lambda: call.lookups.read_file(name), f"there is no file `{name}`")


@DATA.add(
    "fileURI",
    "The URI of a file of the namespace.",
    ("fileURI('motto.txt')", "nsfile:///motto.txt"),
    takes="path",
)
def _file_uri(call: Call, path: object) -> object:
    name = coercing.string(call, path, "path")
    return _look_up(lambda: call.lookups.file_uri(name), f"there is no file `{name}`")


@DATA.add("fileSize", "The bytes of a file.", ("fileSize('motto.txt')", "10"), takes="uri")
def _file_size(call: Call, uri: object) -> object:
    return _size(call, uri)


@DATA.add(
    "fileExists", "Whether there is such a file.", ("fileExists('no.txt')", "false"), takes="uri"
)
def _file_exists(call: Call, uri: object) -> object:
    try:
        return _size(call, uri) >= 0
    except NotThere:
        return False


@DATA.add(
    "isFileEmpty",
    "Whether a file has no bytes.",
    ("isFileEmpty('motto.txt')", "false"),
    takes="uri",
    aliases=("fileEmpty",),
)
def _is_file_empty(call: Call, uri: object) -> object:
    return _size(call, uri) == 0


def _size(call: Call, uri: object) -> int:
    name = coercing.string(call, uri, "uri")
    size = _look_up(lambda: call.lookups.file_size(name), f"there is no file `{name}`")
    return coercing.whole(size)


@DATA.add(
    "errorLogs",
    "What was logged as an error in this run: a list of maps.",
    ("errorLogs() | first | jq('.message') | first", "it broke"),
)
def _error_logs(call: Call) -> object:
    return list(call.lookups.error_logs())


@DATA.add(
    "tasksWithState",
    "The tasks in a state: a list of maps with `taskId`, `state`, and `value` in loops.",
    ("tasksWithState('failed')", '[{"taskId":"fail","state":"FAILED"}]'),
    takes="state",
)
def _tasks_with_state(call: Call, state: object) -> object:
    wanted = coercing.string(call, state, "state").upper()
    tasks = call.variables().get("tasks") or {}
    return [
        each
        for name, facts in coercing.mapping(tasks, "variable `tasks`").items()
        for each in _runs(str(name), facts, None)
        if str(each["state"]).upper() == wanted
    ]


def _runs(task: str, facts: object, value: str | None) -> list[dict[str, object]]:
    if not isinstance(facts, Mapping):
        return []
    if isinstance(facts.get("state"), str):
        known: dict[str, object] = {"taskId": task, "state": facts["state"]}
        return [known if value is None else {**known, "value": value}]
    return [each for key, inner in facts.items() for each in _runs(task, inner, str(key))]


@DATA.add(
    "currentEachOutput",
    "The outputs of a sibling task in the same turn of the loops around it.",
    ("currentEachOutput(outputs.make).value", "made b"),
    takes="outputs",
)
def _current_each_output(call: Call, outputs: object) -> object:
    variables = call.variables()
    parents = variables.get("parents")
    around = [*reversed(parents)] if isinstance(parents, list | tuple) else []
    found = outputs
    for place in (*around, variables):
        run = place.get("taskrun") if isinstance(place, Mapping) else None
        turn = run.get("value") if isinstance(run, Mapping) else None
        if turn is None or (isinstance(run, Mapping) and run.get("inherited")):
            continue
        key = call.text(turn)
        if not isinstance(found, Mapping) or key not in found:
            raise NotThere(f"there are no outputs for the turn `{key}`")
        found = found[key]
    return found


@DATA.add("printContext", "All variables, as JSON.", ("printContext() is json", "true"))
def _print_context(call: Call) -> object:
    return json_of(dict(call.variables()), call.budget)


@DATA.add("fetchContext", "All variables, as a map.", ("fetchContext().flow.id", "demo"))
def _fetch_context(call: Call) -> object:
    return dict(call.variables())


@DATA.add(
    "render",
    "A text rendered with the same variables, again as long as it holds expressions.",
    ("render(vars.greeting)", "Hello Rick"),
    takes="text, recursive?",
    of_null=True,
)
def _render(call: Call, text: object, recursive: object = True) -> object:
    return _rendered(call, text, again=coercing.flag(recursive, "recursive"))


@DATA.add(
    "renderOnce",
    "A text rendered once with the same variables.",
    ("renderOnce('{{ flow.id }}')", "demo"),
    takes="text",
    of_null=True,
)
def _render_once(call: Call, text: object) -> object:
    return _rendered(call, text, again=False)


def _rendered(call: Call, value: object, *, again: bool) -> object:
    if isinstance(value, str):
        return call.render(value, again)
    if isinstance(value, Mapping):
        return {key: _rendered(call, each, again=again) for key, each in value.items()}
    if is_list(value):
        return [_rendered(call, each, again=again) for each in coercing.listed(call, value)]
    return value


def _look_up(find: Callable[[], object], missing: str) -> object:
    try:
        return find()
    except KeyError:
        raise NotThere(missing) from None
    except (LookupError, OSError, ValueError) as error:
        raise Misuse(f"failed: {error}") from None
