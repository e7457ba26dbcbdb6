"""Documents in the language as it is documented elsewhere run here, with these results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from signoff import resume_flow_run
from signoff.gateway.connect import get_gateway
from signoff.model.saved_flows import SaveFlow
from signoff.model.states import State
from signoff.yamlflow.flows import flow_of
from signoff.yamlflow.saving import judge, require
from tests.scenarios import desk
from tests.scenarios.desk import Call
from tests.yamlflow.corpus.cases import Case, cases
from tests.yamlflow.corpus.service import serving
from tests.yamlflow.documents import document, errors, warnings
from tests.yamlflow.running.conftest import home  # noqa: F401
from tests.yamlflow.running.runs import states

_STATES = {
    "SUCCESS": "Completed",
    "WARNING": "Warning",
    "FAILED": "Failed",
    "CANCELLED": "Cancelled",
    "KILLED": "Killed",
    "SKIPPED": "Skipped",
}
_RUN, _PROBLEMS = cases("run"), cases("problems")


@pytest.fixture(scope="module")
def routes() -> Iterator[str]:
    with serving() as setting:
        yield setting


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("case", _RUN, ids=str)
def test_it_runs(case: Case, routes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNOFF_YAML_HTTP_ROUTES", routes)
    monkeypatch.setenv("SECRET_API_TOKEN", "aHVudGVyMg==")
    told = warnings(case.source)
    assert len(told) == len(case.warnings), told
    assert [part in line for part, line in zip(case.warnings, told, strict=True)].count(False) == 0
    _save([each for each in _RUN if each.name.rpartition("/")[2] in case.needs])
    call = Call(flow_of(document(case.source)), return_state=True, **case.inputs)
    for given in case.answers:
        item = desk.reached_question(given["key"])
        resume_flow_run(item.run_id, given.get("with"), key=item.key)
    state: State[Any] = call.returned()
    run = next(each for each in desk.runs() if each.parent_flow_run_id is None)
    ended = states(run.id)
    assert state.name == _STATES[case.state], (state.message, ended)
    if case.outputs is not None:
        assert json.loads(json.dumps(state.result())) == case.outputs
    found = {name: ended.get(name) for name in case.tasks}
    assert found == {name: _told(text) for name, text in case.tasks.items()}
    assert not set(case.absent) & set(ended)
    logged = iter(desk.log(run.id))
    for line in case.logs:
        assert line in logged, (line, desk.log(run.id))


@pytest.mark.parametrize("case", _PROBLEMS, ids=str)
def test_it_is_refused_with_what_to_do(case: Case) -> None:
    told = errors(case.source) + (warnings(case.source) if case.warnings else [])
    wanted = [*case.problems, *case.warnings]
    assert len(told) == len(wanted), "\n".join(told)
    for begins, line in zip(wanted, told, strict=True):
        assert line.startswith(begins), line


def _save(needed: list[Case]) -> None:
    for case in needed:
        get_gateway().send(SaveFlow(case.source, require(judge(case.source))))


def _told(text: str) -> str:
    return ", ".join(_STATES[word] for word in text.split(", "))
