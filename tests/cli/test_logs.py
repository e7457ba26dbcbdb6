"""`signoff flow-run logs`."""

from __future__ import annotations

import json

import pytest

from tests.cli.seeds import SECOND, Seeds, now
from tests.cli.shell import Shell

FIELDS = ["timestamp", "level", "level_name", "name", "message", "flow_run_id", "task_run_id"]


def messages(shell: Shell, *words: str) -> list[str]:
    ran = shell.main("flow-run", "logs", "calm-otter", "-o", "json", *words)
    return [line["message"] for line in ran.json()]


@pytest.fixture
def logged(seeds: Seeds) -> Seeds:
    """A run with five lines, a second apart."""
    run = seeds.run()
    begun = now() - 60 * SECOND
    for number, level in enumerate((10, 20, 30, 40, 20)):
        seeds.log(run, f"line {number}", level, begun + number * SECOND)
    return seeds


def test_lines_in_the_order_of_time(shell: Shell, logged: Seeds) -> None:
    assert messages(shell) == [f"line {number}" for number in range(5)]
    first = shell.main("flow-run", "logs", "calm-otter", "-o", "json").json()[0]
    assert list(first) == FIELDS
    assert (first["level"], first["level_name"]) == (10, "DEBUG")


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (["--head", "2"], [0, 1]),
        (["--tail", "2"], [3, 4]),
        (["--reverse"], [4, 3, 2, 1, 0]),
        (["--tail", "2", "--reverse"], [4, 3]),
        (["--level", "warning"], [2, 3]),
        (["--level", "INFO", "--head", "2"], [1, 2]),
        (["--head", "99"], [0, 1, 2, 3, 4]),
    ],
)
def test_parts_of_a_log(shell: Shell, logged: Seeds, words: list[str], numbers: list[int]) -> None:
    assert messages(shell, *words) == [f"line {number}" for number in numbers]


def test_more_lines_than_a_page(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    begun = now()
    for number in range(450):
        seeds.log(run, str(number), at=begun + number)
    assert messages(shell) == [str(number) for number in range(450)]
    assert messages(shell, "--tail", "250") == [str(number) for number in range(200, 450)]


def test_lines_for_people_are_cleaned(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    seeds.log(run, "two\nlines \x1b[2J", 30)
    out = shell.main("flow-run", "logs", run.name).ok()
    assert "| WARNING | signoff.flow_runs - two\n    lines \\x1b[2J\n" in out


@pytest.mark.parametrize(
    "words", [["--head", "1", "--tail", "1"], ["-f", "--head", "1"], ["-f", "--reverse"]]
)
def test_options_that_exclude_each_other(shell: Shell, seeds: Seeds, words: list[str]) -> None:
    assert shell.main("flow-run", "logs", "x", *words).code == 2


def test_follow_goes_on_until_the_run_has_ended(shell: Shell, seeds: Seeds) -> None:
    run = seeds.run()
    seeds.log(run, "before")
    following = shell.spawn("flow-run", "logs", run.name, "--follow", "-o", "json")
    following.wait_for_output("before")
    seeds.log(run, "after")
    following.wait_for_output("after")
    seeds.log(run, "last")
    seeds.finish(run)
    lines = following.wait_ok().splitlines()
    assert [json.loads(line)["message"] for line in lines] == ["before", "after", "last"]
