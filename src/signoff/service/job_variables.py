"""Job variables: what deployments and runs say about their processes.

Owns that they fit the template of their pool, and what a claimer is told of them. What a template
means is in `core.shared.job_templates`. Must not know how a process is started.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from signoff.core.nearest import did_you_mean
from signoff.core.ports import RunFacts
from signoff.core.shared import job_templates
from signoff.model.claims import JobSettings
from signoff.model.errors import InvalidRequest
from signoff.model.forms import FieldError, Form, Json
from signoff.service.unit import Unit


def check(
    unit: Unit, pool: str | None, given: Mapping[str, Json], whole: bool, whose: str = ""
) -> None:
    """Whether job variables fit the template of a pool; the usual one where there is no pool.

    Args:
        whole: those without which no process can be started must be there.
        whose: ` of ...`, for the message.

    Raises:
        InvalidRequest: they do not; one error per variable, with the nearest name there is.
    """
    schema = job_templates.schema(_template(unit, pool), whole)
    known = {name: value for name, value in given.items() if name in schema["properties"]}
    try:
        errors = list(unit.means.forms.errors(Form(schema), known))
    except ValueError as broken:
        raise InvalidRequest(
            f"The variables of work pool {pool!r} cannot be used: {broken}.",
            {"errors": ["base_job_template"]},
        ) from None
    errors += [
        FieldError((name,), _unknown(name, pool, tuple(schema["properties"])))
        for name in given
        if name not in known
    ]
    if errors:
        raise InvalidRequest(
            f"Field `job_variables`{whose}: {'; '.join(map(str, errors))}.",
            {
                "errors": [
                    {
                        "field": ".".join(("job_variables", *map(str, error.path))),
                        "message": error.message,
                    }
                    for error in errors
                ]
            },
        )


def _unknown(name: str, pool: str | None, known: Sequence[str]) -> str:
    where = f" of work pool {pool!r}" if pool is not None else ""
    there = ", ".join(known) or "none"
    return f"is no job variable{where} (there are: {there}).{did_you_mean(name, known)}"


def _template(unit: Unit, pool: str | None) -> Mapping[str, Any]:
    found = unit.tx.work_pools.find(pool) if pool is not None else None
    return {} if found is None else found.base_job_template


class Templates:
    """What claimers are told about the processes of runs; a template is looked up once per claim.

    Args:
        unit: the transaction of the claim.
    """

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._known: dict[str | None, Mapping[str, Any]] = {}

    def settings(self, facts: RunFacts) -> JobSettings | None:
        """How the process of a run is to be started; None as usual.

        Raises:
            InvalidRequest: the template of its pool gives something that cannot be.
        """
        if facts.work_pool is None and not facts.job_variables:
            return None
        template = self._known.get(facts.work_pool)
        if template is None:
            template = self._known[facts.work_pool] = _template(self._unit, facts.work_pool)
        if not template and not facts.job_variables:
            return None
        return _settings(job_templates.configured(template, facts.job_variables or {}))


def _settings(configured: Mapping[str, Any]) -> JobSettings:
    env = configured.get("env", {})
    if not isinstance(env, Mapping):
        raise _cannot_be("env", env, "an object")
    for name, kind in (("working_dir", str), ("command", str), ("stream_output", bool)):
        value = configured.get(name)
        if value is not None and not isinstance(value, kind):
            raise _cannot_be(name, value, "text" if kind is str else "true or false")
    return JobSettings(
        environment={
            name: None if value is None else str(value) for name, value in sorted(env.items())
        },
        directory=configured.get("working_dir") or None,
        command=configured.get("command") or None,
        stream_output=configured.get("stream_output", True),
    )


def _cannot_be(name: str, value: object, what: str) -> InvalidRequest:
    return InvalidRequest(
        f"The base job template of its work pool gives {name!r} as {value!r}; it must be {what}.",
        {"errors": ["base_job_template"]},
    )
