"""`signoff flow-run resume`: answer what a run asks.

Owns where an answer comes from: `--input`, `--json`, a conversation in the terminal, or what the
form is filled with already. Whether the answer is right is decided by the service.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID, uuid4

import typer

from signoff.cli.display import Format, Output, clean, note, one_line, print_json
from signoff.cli.facts import answer_facts
from signoff.cli.launching import NoRun, launch
from signoff.cli.moments import ago, from_micros, local, now
from signoff.cli.prompts import Prompting
from signoff.cli.session import RunArgument, ask, find_run
from signoff.model.errors import (
    AmbiguousWait,
    AnswerConflict,
    InvalidAnswer,
    NotPausedError,
    ObjectNotFound,
)

if TYPE_CHECKING:
    from signoff.model.forms import Form
    from signoff.model.replies import AnswerAccepted, InboxItem, WaitView
    from signoff.model.views import FlowRun


def resume(
    run: RunArgument,
    key: Annotated[
        str | None,
        typer.Option("--key", "-k", metavar="KEY", help="Which question, when several are open."),
    ] = None,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            "--input",
            "-i",
            metavar="KEY=VALUE",
            help="Value of a field: name=text, name:=json, address.city=text, tags=a (once per "
            "item), name=@file.",
        ),
    ] = None,
    json_text: Annotated[
        str | None,
        typer.Option("--json", metavar="JSON", help="The whole answer as JSON; - reads it."),
    ] = None,
    no_run: NoRun = False,
    no_prompt: Annotated[
        bool, typer.Option("--no-prompt", help="Never ask in the terminal.")
    ] = False,
    output: Output = Format.TABLE,
) -> None:
    """Answer what a flow run asks, so that it goes on.

    Without --input and --json the form is asked for in the terminal; without a terminal, the
    values it is filled with already are the answer.
    """
    if inputs and json_text is not None:
        raise typer.BadParameter("--input and --json exclude each other.")
    found = find_run(run)
    wait = _wait(found, key)
    asked = wait.form if wait is not None else None
    asks = Prompting.on and not no_prompt
    interactive = asks and output is Format.TABLE and _is_asked_here()
    if json_text is not None:
        answer = from_json(asked, json_text)
    elif inputs and wait is not None:
        answer = _from_inputs(found, asked, inputs)
    elif wait is not None and wait.form is not None:
        answer = _asked(found, wait, wait.form) if interactive else _filled(found, wait, wait.form)
    else:
        answer = None
    _answer(found, wait.item.key if wait else key, answer, no_run, output)


def _is_asked_here() -> bool:
    """Whether a person can be asked in this terminal."""
    from signoff.authoring.terminal import can_prompt

    try:
        return can_prompt(sys.stdin.fileno(), sys.stdout)
    except (AttributeError, OSError, ValueError):
        # Standard input is closed, or no file.
        return False


def _wait(run: FlowRun, key: str | None) -> WaitView | None:
    """The wait that is meant; None when the run waits for none, and answering will say so."""
    from signoff.model.queries import ReadWait

    try:
        return ask(ReadWait(run.id, key))
    except (NotPausedError, ObjectNotFound):
        # A pause that was asked for but has not begun can be taken back; the service decides.
        return None
    except AmbiguousWait as several:
        raise AmbiguousWait("\n".join([str(several), *_ways_on(run, several)])) from None


def _ways_on(run: FlowRun, several: AmbiguousWait) -> list[str]:
    """The command lines of which one is meant."""
    from signoff.model.queries import ReadWaits

    children = [str(child) for child in several.details.get("children", ())]
    lines = [f"  signoff flow-run resume {child}" for child in children]
    keys = several.details.get("keys", ())
    waits = [wait.item for wait in ask(ReadWaits(run.id)) if wait.item.key in keys] if keys else []
    for item in waits:
        command = f"signoff flow-run resume {run.id} --key {shlex.quote(item.key)}"
        lines.append(f"  {clean(command)}  # {one_line(item.title)}")
    return lines


def _answer(run: FlowRun, key: str | None, answer: Any, no_run: bool, output: Format) -> None:
    from signoff.model.commands import AnswerWait

    accepted = ask(AnswerWait(run.id, answer, key, uuid4()))
    pid = None
    if accepted.needs_entry and not no_run:
        pid = launch(accepted.enter or accepted.run_id, accepted.entry_record)
    if output is Format.JSON:
        print_json(answer_facts(accepted, pid))
    else:
        _say(run, accepted, pid)


def _say(run: FlowRun, accepted: AnswerAccepted, pid: int | None) -> None:
    name = one_line(run.name)
    if accepted.replayed:
        when = local(accepted.answered_at)
        print(f"{name} had this answer already, from {one_line(accepted.answered_by)} at {when}.")
    elif accepted.key:
        print(f"Answered {name}.")
    else:
        print(f"{name} goes on: the pause that was asked for is taken back.")
    if pid is not None:
        print(f"Its process was gone: started process {pid} to go on with it.")
    elif accepted.needs_entry:
        print(f"It needs a process: signoff flow-run execute {accepted.enter or run.id}")


def conflict_lines(error: AnswerConflict) -> list[str]:
    """Who was first, when, and with what."""
    told = error.details
    lines = []
    if isinstance(told.get("answered_at"), int):
        at = told["answered_at"]
        lines.append(f"  answered at {local(at)} ({ago(from_micros(at), now())})")
    if told.get("answer") is not None:
        lines.append(f"  the answer that stands: {one_line(json.dumps(told['answer']))}")
    return lines


# Where the answer comes from ---------------------------------------------------------------


def from_json(form: Form | None, text: str) -> Any:
    source = sys.stdin.read() if text == "-" else text
    try:
        answer = json.loads(source)
    except ValueError as error:
        raise InvalidAnswer(f"The answer is not JSON: {error}.") from None
    if not isinstance(answer, dict) and form is not None and _is_plain(form):
        return {"value": answer}
    return answer


def _is_plain(form: Form) -> bool:
    """Whether the form stands for one plain value, so that people need not name it."""
    return list(form.schema.get("properties", {})) == ["value"]


def _from_inputs(run: FlowRun, form: Form | None, pairs: Sequence[str]) -> dict[str, Any]:
    from signoff.core.forms import InvalidText, parse_inputs

    if form is None:
        raise InvalidAnswer(
            f"Flow run {one_line(run.name)} asks for no input, only for the word to go on. "
            "Leave --input out."
        )
    try:
        return parse_inputs(
            form, pairs, lambda name: Path(name).expanduser().read_bytes(), keeper(run)
        )
    except InvalidText as refused:
        raise InvalidAnswer("The input cannot be read:", errors=refused.errors) from None


def keeper(run: FlowRun) -> Callable[[str, bytes], str]:
    """Keeps files that are part of an answer to a run; gives their addresses."""
    from signoff.model.files import KeepFile, NewFile

    namespace, _, flow = (run.flow_name or "").rpartition(".")
    return lambda name, content: ask(KeepFile(namespace, flow, NewFile(name, content), run.id))


def _filled(run: FlowRun, wait: WaitView, form: Form) -> dict[str, Any]:
    """The answer that the form holds already.

    Raises:
        InvalidAnswer: fields are left that only a person can fill.
    """
    from signoff.core.forms import can_be_empty, missing, with_defaults
    from signoff.model.forms import FieldError

    if can_be_empty(form):
        return {}
    lacking = [FieldError(path, "is required") for path in missing(form, with_defaults(form, {}))]
    words = ["signoff", "flow-run", "resume", run.name or str(run.id)]
    words += [word for each in lacking for word in ("--input", f"{each.dotted}=...")]
    example = clean(" ".join(shlex.quote(word) for word in words))
    raise InvalidAnswer(
        f"{clean(wait.item.title)}: an answer is needed, and there is no terminal to ask in. "
        f"Give it as in: {example}",
        errors=lacking,
    )


def _asked(run: FlowRun, wait: WaitView, form: Form) -> dict[str, Any]:
    """The answer a person types.

    Raises:
        typer.Abort: the person ended the input.
        typer.Exit: somebody else settled the question meanwhile.
    """
    from signoff.authoring.terminal import prompt
    from signoff.core.forms.checking import check

    item = wait.item
    with _moot(item.run_id, item.key) as (wake_fd, is_moot):
        answer = prompt(
            form,
            input_fd=sys.stdin.fileno(),
            output=sys.stdout,
            check=check,
            wake_fd=wake_fd,
            title=item.title,
            deadline_text=_until(item),
            message="\n".join(map(str, wait.errors)) or wait.message,
            keep_file=keeper(run),
        )
        if answer is not None:
            return answer
        if not is_moot():
            raise typer.Abort
    settled = _wait_again(item.run_id, item.key)
    note(f"{clean(item.run_name)} no longer asks: {settled}")
    raise typer.Exit(1)


def _until(item: InboxItem) -> str | None:
    if item.deadline is None:
        return None
    what_then = {
        "fail": "the run fails",
        "continue": "the run goes on without an answer",
        "default": "the default answer is taken",
        "cancel": "the run is cancelled",
    }[item.on_deadline.value]
    return f"Answer by {local(item.deadline)} ({ago(item.deadline, now())}), or {what_then}."


def _wait_again(run_id: UUID, key: str) -> str:
    from signoff.model.queries import ReadWait

    try:
        wait = ask(ReadWait(run_id, key))
    except ObjectNotFound:
        return "the run was deleted."
    by = f" by {one_line(wait.answered_by)}" if wait.answered_by else ""
    return f"the question was {wait.status.value}{by}."


@contextmanager
def _moot(run_id: UUID, key: str) -> Iterator[tuple[int, Callable[[], bool]]]:
    """A descriptor that becomes readable when the wait is no longer open, and whether it is so."""
    from signoff.gateway.connect import get_gateway
    from signoff.model.queries import ReadWait
    from signoff.model.waits import WaitStatus

    def is_moot() -> bool:
        try:
            return ask(ReadWait(run_id, key)).status is not WaitStatus.OPEN
        except ObjectNotFound:
            return True

    def look() -> None:
        # Looked at on a thread of its own: the one that hears must not wait for a reply.
        while not ended.is_set():
            stirred.wait()
            stirred.clear()
            if not ended.is_set() and is_moot():
                os.write(write_end, b"!")
                return

    read_end, write_end = os.pipe()
    stirred, ended = threading.Event(), threading.Event()
    looking = threading.Thread(target=look, name="signoff-moot", daemon=True)
    looking.start()
    ignore = get_gateway().listen(run_id, lambda _: stirred.set())
    try:
        # It may have been settled before anybody listened.
        stirred.set()
        yield read_end, is_moot
    finally:
        ignore()
        ended.set()
        stirred.set()
        looking.join()
        os.close(read_end)
        os.close(write_end)
