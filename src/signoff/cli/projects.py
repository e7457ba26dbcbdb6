"""The project file `signoff.yaml`: which deployments a project has.

Owns its keys, and errors that name the file, the line and the nearest known key. Must not know how
deployments are stored.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from signoff.model.errors import InvalidRequest

_TOP = ("name", "signoff-version", "description", "pull", "deployments", "definitions")
_DEPLOYMENT = (
    "name",
    "entrypoint",
    "description",
    "tags",
    "version",
    "parameters",
    "schedule",
    "schedules",
    "paused",
    "work_pool",
    "concurrency_limit",
    "enforce_parameter_schema",
    "pull",
)
_SCHEDULE = (
    "cron",
    "interval",
    "rrule",
    "timezone",
    "anchor_date",
    "day_or",
    "active",
    "parameters",
    "slug",
    "catchup",
)
_POOL = ("name", "work_queue_name", "job_variables")
_LIMIT = ("limit", "collision_strategy", "hold_while_waiting")
_EMPTY = ("build", "push", "triggers", "flow_name", "sla")
"""Documented keys that ask for nothing as long as they are empty."""
_ELSEWHERE = {
    "build": "Signoff builds no images: leave it out",
    "push": "Signoff pushes no images: leave it out",
    "triggers": "Signoff has no triggers of deployments: give it a schedule",
    "prefect-version": "write signoff-version, or leave it out",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One deployment of a project file.

    Args:
        name, entrypoint: the deployment and its flow.
        line: where it stands.
        values: its other keys.
    """

    name: str
    entrypoint: str
    line: int
    values: Mapping[str, Any] = field(default_factory=dict)


def read(path: Path) -> list[Entry]:
    """The deployments of a project file.

    Raises:
        InvalidRequest: the file cannot be read, or a key or value is wrong; the message names file
            and line, and what would be right.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidRequest(
            f"{path} cannot be read: {error.strerror}. `signoff init` makes a project file."
        ) from None
    except UnicodeDecodeError:
        raise InvalidRequest(f"{path} is not UTF-8 text.") from None
    return _Reader(path).entries(text)


class _Reader:
    """Reads one file; its errors begin with file and line."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def entries(self, text: str) -> list[Entry]:
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line if error.problem_mark is not None else 0
            raise self._wrong(line, f"no YAML: {error.problem}") from None
        except yaml.YAMLError as error:
            raise InvalidRequest(f"{self._path}: no YAML: {error}") from None
        if root is None:
            raise InvalidRequest(f"{self._path} is empty; `signoff init` shows what goes in.")
        top = self._mapping(root, "the file", _TOP)
        listed = top.get("deployments")
        if listed is None:
            raise self._wrong(root.start_mark.line, "`deployments` is missing")
        pull = self._value(top["pull"]) if "pull" in top else None
        return list(self._listed(listed, pull))

    def _listed(self, node: yaml.Node, pull: Any) -> Iterator[Entry]:
        seen: dict[tuple[str, str], int] = {}
        for each in self._sequence(node, "deployments"):
            entry = self._entry(each)
            if pull is not None:
                # What a deployment says itself counts.
                entry = replace(entry, values={"pull": pull, **entry.values})
            before = seen.setdefault((entry.entrypoint, entry.name), entry.line)
            if before != entry.line:
                raise self._wrong(
                    entry.line - 1, f"deployment {entry.name!r} stands on line {before} already"
                )
            yield entry

    def _entry(self, node: yaml.Node) -> Entry:
        keys = self._mapping(node, "a deployment", _DEPLOYMENT)
        values = {name: self._value(each) for name, each in keys.items()}
        line = node.start_mark.line
        for name in ("name", "entrypoint"):
            given = values.get(name)
            if not isinstance(given, str) or not given.strip():
                at = keys[name].start_mark.line if name in keys else line
                raise self._wrong(at, f"`{name}` of a deployment must be text, got {given!r}")
        self._parts(keys)
        if "schedule" in values:
            single = values.pop("schedule")
            values["schedules"] = [*(values.get("schedules") or []), *([single] if single else [])]
        return Entry(values.pop("name"), values.pop("entrypoint"), line + 1, values)

    def _parts(self, keys: Mapping[str, yaml.Node]) -> None:
        """Check the keys of what stands inside a deployment."""
        schedules: list[yaml.Node] = []
        if "schedules" in keys and not _is_null(keys["schedules"]):
            schedules += self._sequence(keys["schedules"], "schedules")
        if "schedule" in keys and not _is_null(keys["schedule"]):
            schedules.append(keys["schedule"])
        for each in schedules:
            if isinstance(each, yaml.MappingNode) and not each.value:
                continue
            kinds = self._mapping(each, "a schedule", _SCHEDULE).keys()
            if len(kinds & {"cron", "interval", "rrule"}) != 1:
                raise self._wrong(
                    each.start_mark.line, "a schedule has one of `cron`, `interval` and `rrule`"
                )
        if "work_pool" in keys and not _is_null(keys["work_pool"]):
            self._mapping(keys["work_pool"], "work_pool", _POOL)
        limit = keys.get("concurrency_limit")
        if isinstance(limit, yaml.MappingNode):
            self._mapping(limit, "concurrency_limit", _LIMIT)

    def _mapping(self, node: yaml.Node, what: str, known: Sequence[str]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong(node.start_mark.line, f"{what} must have keys and values")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            line = key.start_mark.line
            if name in found:
                raise self._wrong(line, f"`{name}` is given twice")
            if name in _EMPTY and name not in known and not self._value(value):
                continue
            if name not in known:
                raise self._wrong(line, f"unknown key `{name}`: {_advice(name, known)}")
            found[name] = value
        return found

    def _sequence(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode):
            raise self._wrong(node.start_mark.line, f"`{what}` must be a list")
        return list(node.value)

    def _value(self, node: yaml.Node) -> Any:
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_document(node)
        except yaml.MarkedYAMLError as error:
            raise self._wrong(node.start_mark.line, f"{error.problem}") from None
        finally:
            loader.dispose()

    def _wrong(self, line: int, why: str) -> InvalidRequest:
        return InvalidRequest(f"{self._path}, line {line + 1}: {why}.")


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _advice(name: str, known: Sequence[str]) -> str:
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else f"known are {', '.join(known)}"
