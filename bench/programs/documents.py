"""YAML flows beside Python ones: `documents.py PROGRAM COUNT REPEATS`, in ms."""

from __future__ import annotations

import json
import sys
import time

import yaml

from signoff import flow, load_flow, task


def text_of(kind: str, count: int) -> str:
    """A document with `count` tasks of a kind."""
    head = f"id: {kind}\nnamespace: bench\ntasks:\n"
    if kind == "tasks":
        return head + "".join(
            f"  - id: t{number}\n    type: io.kestra.plugin.core.debug.Return\n"
            f'    format: "{{{{ flow.id }}}} {number}"\n'
            for number in range(count)
        )
    body = {
        "each": "io.kestra.plugin.core.debug.Return\n        format: '{{ taskrun.value }}'",
        "sleep": "io.kestra.plugin.core.flow.Sleep\n        duration: PT0.5S",
    }[kind]
    limit = 0 if kind == "each" else 100
    values = json.dumps([str(number) for number in range(count)])
    return (
        f"{head}  - id: loop\n    type: io.kestra.plugin.core.flow.ForEach\n"
        f"    values: {values}\n    concurrencyLimit: {limit}\n    tasks:\n"
        f"      - id: one\n        type: {body}\n"
    )


@task
def give(number: int) -> dict[str, str]:
    """What the YAML task gives."""
    return {"value": f"tasks {number}"}


@flow
def in_python(count: int) -> None:
    """The same tasks, one after another."""
    for number in range(count):
        give(number)


def per_piece(kind: str, count: int, repeats: int) -> list[float]:
    """Runs of a document, in ms for each of its pieces."""
    with open("flow.yaml", "w") as file:
        file.write(text_of(kind, count))
    run = load_flow("flow.yaml")
    run()
    return [timed(run) / count for _ in range(repeats)]


def timed(call: object, *arguments: object) -> float:
    """How long a call takes, in ms."""
    start = time.perf_counter()
    call(*arguments)  # type: ignore[operator]
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Run once to warm up, then as often as asked."""
    program, count, repeats = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    if program == "python":
        in_python(count)
        found = [timed(in_python, count) / count for _ in range(repeats)]
    elif program in ("load", "parse"):
        text = text_of("tasks", count)
        with open("flow.yaml", "w") as file:
            file.write(text)
        call = (
            (lambda: load_flow("flow.yaml"))
            if program == "load"
            else (lambda: yaml.compose(text, Loader=yaml.SafeLoader))
        )
        call()
        found = [timed(call) for _ in range(repeats)]
    elif program == "sleep":
        found = [each * count for each in per_piece(program, count, repeats)]
    else:
        found = per_piece(program, count, repeats)
    print(json.dumps({"ms": found}), flush=True)


if __name__ == "__main__":
    main()
