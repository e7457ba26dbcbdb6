"""What comes of a pool's base job template and the job variables of a run."""

from __future__ import annotations

from typing import Any

import pytest

from signoff.core.shared.job_templates import checked, configured, merged
from signoff.model.errors import InvalidRequest

pytestmark = pytest.mark.rules

OWN: dict[str, Any] = {
    "job_configuration": {
        "command": "nice -n {{ level }} python -m signoff.runner.child",
        "env": {"LEVEL": "{{ level }}", "FIXED": "yes"},
        "working_dir": "{{ folder }}",
    },
    "variables": {
        "type": "object",
        "properties": {
            "level": {"type": "integer", "default": 5},
            "folder": {"type": "string"},
        },
        "required": ["folder"],
    },
}


def test_values_come_from_the_template_the_deployment_and_the_run_in_this_order() -> None:
    deployment = {"env": {"A": "1", "B": "1"}, "working_dir": "/srv"}
    run = {"env": {"B": "2", "C": None}}
    assert configured({}, merged(deployment, run)) == {
        "env": {"A": "1", "B": "2", "C": None},
        "stream_output": True,
        "working_dir": "/srv",
    }
    assert configured({}, {}) == {"stream_output": True}


def test_a_template_of_a_pool_fills_its_holes() -> None:
    assert configured(OWN, {"level": 9, "folder": "/x"}) == {
        "command": "nice -n 9 python -m signoff.runner.child",
        "env": {"LEVEL": 9, "FIXED": "yes"},
        "working_dir": "/x",
    }
    assert configured(OWN, {})["command"].startswith("nice -n 5 ")
    assert checked(OWN) == OWN
    assert checked({}) == {}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ({"variables": {}}, "`job_configuration` is missing"),
        ({"job_configuration": {}}, "`variables` is missing"),
        ({"job_configuration": {}, "variables": {}, "x": 1}, "unknown part 'x'"),
        ({"job_configuration": {"comand": ""}, "variables": {}}, "Did you mean 'command'?"),
        (
            {**OWN, "job_configuration": {"env": {"A": ["{{ levle }}"]}}},
            "uses 'levle', which is no variable. Did you mean 'level'?",
        ),
    ],
)
def test_a_template_that_cannot_be_used_is_refused(template: Any, said: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        checked(template)
    assert said in str(refused.value)
