"""A flow document, understood.

Owns the values a valid document becomes: the newest names of the language whatever names the author
used, defaults filled in, expressions not yet rendered. Must not read text or run anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from signoff.yamlflow.catalog.types import TaskType
from signoff.yamlflow.problems import Mark

Yaml = Any
"""A value of a document: text, number, boolean, None, list, or a map with text keys. Dates, times,
`yes`, `no` and keys such as `1:` are the text the author wrote."""


@dataclass(frozen=True, slots=True)
class Retry:
    """When and how often something that failed is tried again.

    Args:
        type: `constant`, `exponential` or `random`.
        interval, max_interval, min_interval: ISO 8601 durations, as the type needs them.
        delay_factor: growth of an exponential delay.
        max_attempts: attempts in all, the first one included; None for no bound.
        max_duration: ISO 8601 duration from the first attempt; None for no bound.
        warning_on_retry: success after a retry is a warning.
        behavior: `RETRY_FAILED_TASK` or `CREATE_NEW_EXECUTION`.
    """

    type: str
    interval: str | None = None
    max_interval: str | None = None
    min_interval: str | None = None
    delay_factor: float = 2.0
    max_attempts: int | None = None
    max_duration: str | None = None
    warning_on_retry: bool = False
    behavior: str = "RETRY_FAILED_TASK"


@dataclass(frozen=True, slots=True)
class InputDependency:
    """When an input is asked for at all.

    Args:
        inputs: ids that must have a value.
        condition: expression that must be truthy; None for none.
    """

    inputs: tuple[str, ...]
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """A value that a run, or an answer, takes.

    Args:
        id: name; dots nest (`request.name` is `inputs.request.name`).
        type: kind of the value in capitals, newest name (`SELECT` for `ENUM`).
        mark: where it stands.
        required: a value must be given unless there is a default.
        defaults, has_defaults: value taken when none is given; may contain expressions.
        prefill, has_prefill: value the form starts with, not taken by itself.
        display_name, description: words for the person.
        depends_on: when it is asked for.
        validator: regular expression that must match the whole text.
        minimum, maximum: inclusive bounds (`min`/`max`, `after`/`before`), as written.
        values: choices of SELECT and MULTISELECT; `expression` computes them instead.
        item_type: kind of the items of ARRAY and MULTISELECT.
        options: the rest that only some kinds have (`allowCustomValue`, `isRadio`,
            `autoSelectFirst`, `allowedFileExtensions`).
    """

    id: str
    type: str
    mark: Mark
    required: bool = True
    defaults: Yaml = None
    has_defaults: bool = False
    prefill: Yaml = None
    has_prefill: bool = False
    display_name: str | None = None
    description: str | None = None
    depends_on: InputDependency | None = None
    validator: str | None = None
    minimum: Yaml = None
    maximum: Yaml = None
    values: tuple[Yaml, ...] = ()
    expression: str | None = None
    item_type: str | None = None
    options: Mapping[str, Yaml] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Output:
    """A value that a run gives to whoever started it.

    Args:
        id, type, value: name, kind in capitals, expression.
        mark: where it stands.
        display_name, description: words for the person.
    """

    id: str
    type: str
    value: Yaml
    mark: Mark
    display_name: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts runs of a flow by itself.

    Args:
        id: name.
        type: full newest type name.
        kind: `schedule`, `webhook` or `flow`.
        mark: where it stands.
        disabled: it starts nothing.
        when: expressions that must all be truthy.
        inputs: values for the run's inputs, unrendered.
        properties: the type's own properties under their newest names.
    """

    id: str
    type: str
    kind: str
    mark: Mark
    disabled: bool = False
    when: tuple[str, ...] = ()
    inputs: Mapping[str, Yaml] = field(default_factory=dict)
    properties: Mapping[str, Yaml] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskNode:
    """One task of a document.

    Args:
        id: unique in the document.
        type: what it is.
        written_type: the name the author used for the type.
        mark: where it stands.
        description: Markdown.
        disabled: it does not run and leaves no trace.
        timeout: ISO 8601 duration of one attempt, or an expression.
        retry: what happens when it failed.
        allow_failure: a failure becomes a warning and the flow goes on.
        allow_warning: a warning becomes a success.
        when: expression; falsy skips the task.
        log_level: least level that is recorded; None for all.
        properties: the type's own properties under their newest names, pluginDefaults merged in,
            unrendered. Tasks inside are not among them, but in `branches`.
        branches: the tasks inside, by the property that holds them: `tasks`, `then`, `else`,
            `errors`, `finally`, `defaults`, `onPause`, `onWait`, `onApprove`, `onDeny`, and
            `cases.<value>` for each case of a Switch. Empty lists are absent.
        depends: for each child of a Dag the ids of the children it waits for.
        inputs: the form of a Pause (`onResume`) or an Approval (`inputs`).
    """

    id: str
    type: TaskType
    written_type: str
    mark: Mark
    description: str | None = None
    disabled: bool = False
    timeout: str | None = None
    retry: Retry | None = None
    allow_failure: bool = False
    allow_warning: bool = False
    when: str | None = None
    log_level: str | None = None
    properties: Mapping[str, Yaml] = field(default_factory=dict)
    branches: Mapping[str, tuple[TaskNode, ...]] = field(default_factory=dict)
    depends: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()

    def walk(self) -> Iterator[TaskNode]:
        """This task and all inside it, outermost first, in the author's order."""
        yield self
        for children in self.branches.values():
            for child in children:
                yield from child.walk()


@dataclass(frozen=True, slots=True)
class Concurrency:
    """How many runs of a flow may work at once.

    Args:
        limit: at least 1.
        behavior: what happens to one more: `QUEUE`, `CANCEL` or `FAIL`.
    """

    limit: int
    behavior: str = "QUEUE"


@dataclass(frozen=True, slots=True)
class Document:
    """A whole flow.

    Args:
        id, namespace: its name, and where it lives; neither ever changes.
        source: the text it was read from.
        digest: SHA-256 of that text, hexadecimal.
        tasks, errors, finally_, after_execution: branches of the flow itself.
        inputs, outputs, variables, labels, triggers: as in the language.
        description: Markdown.
        disabled: no run of it may start.
        retry, concurrency: of the flow as a whole; None for none.
    """

    id: str
    namespace: str
    source: str
    digest: str
    tasks: tuple[TaskNode, ...]
    errors: tuple[TaskNode, ...] = ()
    finally_: tuple[TaskNode, ...] = ()
    after_execution: tuple[TaskNode, ...] = ()
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    variables: Mapping[str, Yaml] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    triggers: tuple[Trigger, ...] = ()
    description: str | None = None
    disabled: bool = False
    retry: Retry | None = None
    concurrency: Concurrency | None = None

    def walk(self) -> Iterator[TaskNode]:
        """Every task, outermost first, in the author's order."""
        for branch in (self.tasks, self.errors, self.finally_, self.after_execution):
            for node in branch:
                yield from node.walk()
