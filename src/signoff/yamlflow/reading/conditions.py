"""Conditions of triggers in their older forms.

Owns how `conditions` and `preconditions` become what the language has now: expressions (`when`),
and the flows and states a flow trigger looks at. What cannot be said so is reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from signoff.yamlflow.syntax.findings import Findings, Path, unknown
from signoff.yamlflow.syntax.nodes import ListNode, MapNode, Node, Scalar, kind_of, value_of

_NEW = "io.kestra.plugin.core.condition."
_OLD = "io.kestra.core.models.conditions.types."
_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_UTC = "yyyy-MM-dd\\'T\\'HH:mm:ss"


@dataclass(slots=True)
class Translated:
    """What conditions say in the language of today.

    Args:
        when: expressions that must all hold.
        flows: flows a flow trigger looks at.
        labels: those that each run it looks at must have.
        states: states that count; None when nothing was said.
        window, reset: how long all flows may take to be seen; whether they are forgotten after.
    """

    when: list[str] = field(default_factory=list)
    flows: list[dict[str, Any]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    states: list[str] | None = None
    window: str | None = None
    reset: bool | None = None


def translate_conditions(node: Node, path: Path, findings: Findings) -> Translated:
    """The `conditions` of a trigger: a list of maps with a `type`."""
    result = Translated()
    for each, here in _maps(node, path, findings):
        name = _short(each)
        values = {key: value for key, value in value_of(each).items() if key != "type"}
        if name in _ABOUT_RUNS and _ABOUT_RUNS[name](values, result):
            continue
        if name is not None and (text := _expression(name, values)):
            result.when.append("{{ " + text + " }}")
        else:
            findings.error(_unread(name or str(value_of(each).get("type"))), each.mark, here)
    return result


def _unread(name: str) -> str:
    """That there is no such condition, and what to do instead."""
    if name in _INSTEAD:
        return f"The condition '{name}' is not supported; {_INSTEAD[name]}."
    told = unknown("condition that is read", name, [*_EXPRESSIONS, *map(str, _ABOUT_RUNS)])
    return f"{told} Say it with `when` instead."


def translate_preconditions(node: Node, path: Path, findings: Findings) -> Translated:
    """The `preconditions` or `dependsOn` of a flow trigger: a map, or just its list of flows."""
    result = Translated()
    if isinstance(node, ListNode):
        node = MapNode(node.mark, ((Scalar(node.mark, "flows"), node),))
    if not isinstance(node, MapNode):
        findings.error(f"must be a map, got {kind_of(node)}.", node.mark, path)
        return result
    for key, value in node.entries:
        here = (*path, key.text)
        if key.text == "flows":
            for each, _ in _maps(value, here, findings):
                flow = value_of(each)
                result.flows.append(_only(flow, "namespace", "flowId", "states", "labels"))
        elif key.text == "where":
            for each, place in _maps(value, here, findings):
                _where(each, place, result, findings)
        elif key.text in ("timeWindow", "window"):
            result.window = _window(value, here, findings)
        elif key.text == "resetOnSuccess":
            result.reset = value_of(value) is not False
        elif key.text != "id":
            known = ("id", "flows", "where", "timeWindow", "resetOnSuccess")
            findings.unknown("property", key.text, known, key.mark, here)
    return result


def _where(node: MapNode, path: Path, result: Translated, findings: Findings) -> None:
    filters = node.get("filters")
    joined = value_of(node).get("operand", "AND")
    texts = []
    for each, here in _maps(filters or ListNode(node.mark), (*path, "filters"), findings):
        values = value_of(each)
        compare = _COMPARISONS.get(str(values.get("type")))
        subject = _subject(values)
        if compare is None or subject is None:
            told = unknown("comparison", str(values.get("type")), _COMPARISONS)
            if compare is not None:
                told = unknown("field", str(values.get("field")), (*_FIELDS, "EXPRESSION"))
            findings.error(f"{told} Or say it with `when` instead.", each.mark, here)
        else:
            texts.append("(" + compare(subject, values.get("value", values.get("values"))) + ")")
    if texts:
        result.when.append("{{ " + (" or " if joined == "OR" else " and ").join(texts) + " }}")


def _subject(values: Mapping[str, Any]) -> str | None:
    """What a filter looks at, as an expression."""
    if values.get("field") == "EXPRESSION" and values.get("expression"):
        return _value(values["expression"])
    return _FIELDS.get(str(values.get("field")))


def _window(node: Node, path: Path, findings: Findings) -> str | None:
    if isinstance(node, Scalar):
        return node.text
    values = value_of(node)
    if isinstance(values, dict) and isinstance(values.get("window"), str):
        return str(values["window"])
    told = "Only windows of a duration are read: give `window`, such as PT1H."
    findings.error(told, node.mark, path)
    return None


def _short(node: MapNode) -> str | None:
    """The name of a condition without package and the old ending."""
    named = node.get("type")
    if not isinstance(named, Scalar):
        return None
    bare = _bare(named.text)
    return None if bare == named.text else bare


def _bare(name: str) -> str:
    for beginning in (_NEW, _OLD):
        if name.startswith(beginning):
            return name.removeprefix(beginning).removesuffix("Condition")
    return name


def _expression(name: str, values: Mapping[str, Any]) -> str | None:
    """The expression, without braces, that says the same; None when there is none."""
    build = _EXPRESSIONS.get(name)
    try:
        return build(values) if build else None
    except (KeyError, TypeError):
        return None


def _value(text: object) -> str:
    """An expression without its braces."""
    words = str(text).strip()
    if words.startswith("{{") and words.endswith("}}") and words.count("{{") == 1:
        return f"({words[2:-2].strip()})"
    return f"render({_quoted(words)})"


def _inner(text: object) -> str:
    """The same as a condition."""
    value = _value(text)
    return f"({value} == 'true')" if value.startswith("render(") else value


def _quoted(value: object) -> str:
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _list(values: object) -> str:
    items = values if isinstance(values, list) else [values]
    return f"[{', '.join(_quoted(each) for each in items)}]"


def _date(values: Mapping[str, Any], pattern: str, *, utc: bool = False) -> str:
    subject = _inner(values["date"]) if "date" in values else "trigger.date"
    zone = ", timeZone='UTC'" if utc else ""
    return f"({subject} | date('{pattern}'{zone}))"


def _between(subject: str, values: Mapping[str, Any], ending: str = "") -> str:
    parts = []
    if values.get("after") is not None:
        parts.append(f"{subject} > {_quoted(values['after'])}{ending}")
    if values.get("before") is not None:
        parts.append(f"{subject} < {_quoted(values['before'])}{ending}")
    return "(" + " and ".join(parts or ["true"]) + ")"


def _time(values: Mapping[str, Any]) -> str:
    """Times of day; those with an offset are compared in it."""
    clocks, zone = {}, ""
    for name in ("after", "before"):
        if found := _CLOCK.fullmatch(str(values.get(name) or "")):
            clocks[name] = found.group(1)
            zone = found.group(2) or zone
    zone = "UTC" if zone == "Z" else zone
    subject = _inner(values["date"]) if "date" in values else "trigger.date"
    named = f", timeZone={_quoted(zone)}" if zone else ""
    return _between(f"({subject} | date('HH:mm:ss'{named}))", clocks or values)


def _day_in_month(values: Mapping[str, Any]) -> str:
    subject = _inner(values["date"]) if "date" in values else "trigger.date"
    day, place = _quoted(values["dayOfWeek"]), _quoted(values["dayInMonth"])
    return f"isDayWeekInMonth({subject}, {day}, {place})"


def _date_time(values: Mapping[str, Any]) -> str:
    return _between(_date(values, _UTC, utc=True), values, f" | date('{_UTC}', timeZone='UTC')")


def _day_of_week(values: Mapping[str, Any]) -> str:
    return f"({_date(values, 'EEEE')} | upper) == {_quoted(values['dayOfWeek'])}"


def _weekend(values: Mapping[str, Any]) -> str:
    return f"['SATURDAY', 'SUNDAY'] contains ({_date(values, 'EEEE')} | upper)"


def _states(values: Mapping[str, Any]) -> str:
    return f"not ({_list(values['notIn'])} contains trigger.state)"


def _namespace(values: Mapping[str, Any]) -> str:
    text = _quoted(values["namespace"])
    how = values.get("comparison", "PREFIX" if values.get("prefix") else "EQUALS")
    if how == "PREFIX":
        return f"(trigger.namespace | startsWith({text}))"
    if how == "SUFFIX":
        return f"(trigger.namespace | endsWith({text}))"
    return f"trigger.namespace == {text}"


def _each(values: Mapping[str, Any]) -> list[str]:
    texts = []
    for each in values["conditions"]:
        named = str(each["type"])
        text = _expression(_bare(named), each)
        if text is None:
            raise KeyError(named)
        texts.append(f"({text})")
    return texts


_EXPRESSIONS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "Expression": lambda values: _inner(values["expression"]),
    "Variable": lambda values: _inner(values["expression"]),
    "ExecutionOutputs": lambda values: _inner(values["expression"]),
    "DayWeek": _day_of_week,
    "Weekend": _weekend,
    "DayWeekInMonth": _day_in_month,
    "TimeBetween": _time,
    "DateTimeBetween": _date_time,
    "ExecutionStatus": _states,
    "ExecutionNamespace": _namespace,
    "Not": lambda values: f"not ({' and '.join(_each(values))})",
    "Or": lambda values: " or ".join(_each(values)),
}


def _execution_flow(values: Mapping[str, Any], result: Translated) -> bool:
    result.flows.append(_only(values, "namespace", "flowId"))
    return True


def _execution_status(values: Mapping[str, Any], result: Translated) -> bool:
    if not isinstance(values.get("in"), list):
        return False
    result.states = [str(state) for state in values["in"]]
    return True


def _execution_labels(values: Mapping[str, Any], result: Translated) -> bool:
    labels = values.get("labels")
    if isinstance(labels, list):
        labels = {each.get("key"): each.get("value") for each in labels if isinstance(each, dict)}
    if not isinstance(labels, dict):
        return False
    result.labels |= {str(name): str(value) for name, value in labels.items()}
    return True


def _multiple(values: Mapping[str, Any], result: Translated) -> bool:
    """Several flows, all of which must have been seen within a window."""
    inner = values.get("conditions")
    found = list(inner.values()) if isinstance(inner, dict) else inner or []
    if not found or any(_bare(str(_only(each, "type").get("type"))) != _FLOW for each in found):
        return False
    result.flows += [_only(each, "namespace", "flowId") for each in found]
    result.window = str(values["window"]) if values.get("window") else None
    return True


_FLOW = "ExecutionFlow"
_ABOUT_RUNS: dict[str | None, Callable[[Mapping[str, Any], Translated], bool]] = {
    _FLOW: _execution_flow,
    "ExecutionStatus": _execution_status,
    "ExecutionLabels": _execution_labels,
    "Multiple": _multiple,
}
"""Conditions about the runs a flow trigger looks at; False from one that cannot be said so."""
_INSTEAD = {
    "PublicHoliday": "keep the days under a key and say `when: \"{{ not (kv('holidays') contains "
    "(trigger.date | date('yyyy-MM-dd'))) }}\"`",
    "HasRetryAttempt": "ask in `when` for what the run put out (`trigger.outputs`)",
}
_CLOCK = re.compile(r"(\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?")
_FIELDS = {
    "FLOW_ID": "trigger.flowId",
    "NAMESPACE": "trigger.namespace",
    "STATE": "trigger.state",
}
_COMPARISONS: dict[str, Callable[[str, Any], str]] = {
    "EQUAL_TO": lambda subject, value: f"{subject} == {_quoted(value)}",
    "NOT_EQUAL_TO": lambda subject, value: f"{subject} != {_quoted(value)}",
    "IN": lambda subject, value: f"{_list(value)} contains {subject}",
    "NOT_IN": lambda subject, value: f"not ({_list(value)} contains {subject})",
    "STARTS_WITH": lambda subject, value: f"{subject} | startsWith({_quoted(value)})",
    "ENDS_WITH": lambda subject, value: f"{subject} | endsWith({_quoted(value)})",
    "CONTAINS": lambda subject, value: f"{subject} contains {_quoted(value)}",
    "NOT_STARTS_WITH": lambda subject, value: f"not ({subject} | startsWith({_quoted(value)}))",
    "NOT_ENDS_WITH": lambda subject, value: f"not ({subject} | endsWith({_quoted(value)}))",
    "NOT_CONTAINS": lambda subject, value: f"not ({subject} contains {_quoted(value)})",
    "IS_TRUE": lambda subject, value: f"({subject} | string) == 'true'",
    "IS_FALSE": lambda subject, value: f"({subject} | string) == 'false'",
    "IS_NULL": lambda subject, value: f"{subject} is null",
    "IS_NOT_NULL": lambda subject, value: f"{subject} is not null",
}


def _only(values: Any, *names: str) -> dict[str, Any]:
    return {name: values[name] for name in names if isinstance(values, dict) and name in values}


def _maps(node: Node, path: Path, findings: Findings) -> list[tuple[MapNode, Path]]:
    items = node.items if isinstance(node, ListNode) else (node,)
    found = []
    for index, each in enumerate(items):
        here = (*path, index) if isinstance(node, ListNode) else path
        if isinstance(each, MapNode):
            found.append((each, here))
        else:
            findings.error(f"must be a map, got {kind_of(each)}.", each.mark, here)
    return found
