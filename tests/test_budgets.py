"""The repository keeps its own budgets, and the tool that counts them sees what it should."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import budgets

REPOSITORY = Path(__file__).resolve().parent.parent


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_this_repository_keeps_its_budgets() -> None:
    assert [str(problem) for problem in budgets.check(REPOSITORY)] == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("src/signoff/core/a.py", '"""A."""\n' + "x = 1\n" * 500, "501 lines, at most 500"),
        ("src/signoff/core/a.py", '"""A."""\ndef f():\n' + "    x = 1\n" * 60, "f has 61 lines"),
        ("tests/test_a.py", "async def f():\n" + "    x = 1\n" * 60, "f has 61 lines"),
        ("src/signoff/core/a.py", '"""A."""\ndef f():\n    import os\n', "import inside f"),
        ("src/signoff/gateway/a.py", '"""A."""\ndef f():\n    import os\n', "import inside f"),
        ("src/signoff/core/utils.py", '"""A."""\n', "no module is named 'utils'"),
        ("src/signoff/helpers/a.py", '"""A."""\n', "no module is named 'helpers'"),
        ("src/signoff/core/a.py", "x = 1\n", "no module docstring"),
        ("src/signoff/core/a.py", '"""A."""\n# TODO: more\n', "unfinished"),
        ("tests/test_a.py", "time.sleep(1)\n", "no sleeps and no mocks"),
        ("tests/test_a.py", "from unittest.mock import patch\n", "no sleeps and no mocks"),
    ],
)
def test_a_broken_rule_is_named_with_its_place(
    tmp_path: Path, name: str, text: str, expected: str
) -> None:
    write(tmp_path, name, text)
    problems = [str(problem) for problem in budgets.check(tmp_path)]
    assert any(problem.startswith(name) and expected in problem for problem in problems), problems


@pytest.mark.parametrize(
    "name",
    ["src/signoff/cli/main.py", "src/signoff/states.py", "src/signoff/gateway/connect.py"],
)
def test_deferred_imports_are_allowed_where_loading_is_deferred_on_purpose(
    tmp_path: Path, name: str
) -> None:
    write(tmp_path, name, '"""A."""\ndef f():\n    import os\n')
    assert budgets.check(tmp_path) == []


def test_a_median_above_the_budget_is_named(tmp_path: Path) -> None:
    for letter in "abc":
        write(tmp_path, f"src/signoff/core/{letter}.py", '"""A."""\n' + "x = 1\n" * 150)
    assert [problem.text.split(",")[0] for problem in budgets.check(tmp_path)] == [
        "median file has 151 lines"
    ]
