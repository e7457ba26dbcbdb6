"""The inputs of `signoff run`: from its options, from files, and from a person.

Owns where each value comes from. What is allowed is judged by `yamlflow.inputs`, and how a form is
asked for is known by `authoring.terminal`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from signoff.model.errors import InvalidAnswer, InvalidRequest
from signoff.model.files import DeleteFile

if TYPE_CHECKING:
    from signoff.yamlflow.flows import YamlFlow


def gather(
    flow: YamlFlow, given: Sequence[str], inputs: str | None, *, asks: bool
) -> dict[str, Any]:
    """The inputs of a run, in their types.

    Args:
        flow: what is to run.
        given: values as `NAME=VALUE`.
        inputs: values as one JSON object.
        asks: a person may be asked for what is missing.

    Raises:
        InvalidAnswer: some are not allowed, or missing; one error per input.
    """
    from signoff.core.forms.messages import REQUIRED
    from signoff.yamlflow.running.starting import complete_inputs

    values = {} if inputs is None else _from_json(inputs)
    files, kept = _files(flow), []
    try:
        for each in given:
            name, value = pair("--input", each)
            if name in files and value.startswith("@"):
                value = _uploaded(flow, value[1:])
                kept.append(value)
            values[name] = value
        try:
            return complete_inputs(flow.document, values, texts=True)
        except InvalidAnswer as refused:
            only_missing = all(error.message == REQUIRED for error in refused.errors)
            if not (asks and only_missing and _is_asked_here()):
                raise
        return _asked(flow, values)
    except BaseException:
        # There will be no run that they could belong to.
        _forget(kept)
        raise


def pair(option: str, text: str) -> tuple[str, str]:
    """The two sides of `NAME=VALUE`."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise typer.BadParameter(f"{option} {text!r} must be NAME=VALUE")
    return name, value


def _from_json(text: str) -> dict[str, Any]:
    try:
        values = json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(f"--inputs is no JSON: {error}") from None
    if not isinstance(values, dict):
        raise typer.BadParameter("--inputs must be a JSON object")
    return values


def _files(flow: YamlFlow) -> frozenset[str]:
    return frozenset(each.id for each in flow.document.inputs if each.type == "FILE")


def _is_asked_here() -> bool:
    from signoff.authoring.terminal import can_prompt

    try:
        # The flow's outputs go to standard output, and may be read by another program.
        return can_prompt(sys.stdin.fileno(), sys.stderr)
    except (AttributeError, OSError, ValueError):
        return False


def _asked(flow: YamlFlow, given: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs a person types; those that are given are filled in.

    Raises:
        typer.Abort: the person ended the input.
    """
    from signoff.authoring.terminal import prompt
    from signoff.core.forms.checking import check
    from signoff.yamlflow.running.starting import complete_inputs, form_to_ask

    document, message, start = flow.document, None, dict(given)
    while True:
        answer = prompt(
            form_to_ask(document, start),
            input_fd=sys.stdin.fileno(),
            output=sys.stderr,
            check=check,
            title=f"Inputs of {flow.name}",
            message=message,
            keep_file=lambda name, content: _kept(flow, name, content),
        )
        if answer is None:
            raise typer.Abort
        try:
            return complete_inputs(document, answer)
        except InvalidAnswer as refused:
            # What only expressions can judge is judged with all values at hand.
            message, start = "\n".join(map(str, refused.errors)), answer


def _uploaded(flow: YamlFlow, name: str) -> str:
    """Keep a file for the run; its address."""
    path = Path(name).expanduser()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.") from None
    return _kept(flow, path.name, content)


def _forget(addresses: Iterable[str]) -> None:
    """Delete files that were kept for a run that is not made."""
    from signoff.gateway.connect import get_gateway

    for address in addresses:
        get_gateway().send(DeleteFile(address))


def _kept(flow: YamlFlow, name: str, content: bytes) -> str:
    from signoff.gateway.connect import get_gateway
    from signoff.yamlflow.running.stores import StoredFiles

    document = flow.document
    return StoredFiles(get_gateway(), document.namespace, document.id).write(name, content)
