"""What children print is shown where their supervisor prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from signoff.runner.showing import Showing
from tests.support.waiting import wait_until


def test_what_is_added_to_a_log_is_shown_until_it_ends(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    one, other = tmp_path / "one.log", tmp_path / "other.log"
    one.write_text("before\n")
    seen: list[str] = []

    def shown(text: str) -> bool:
        seen.append(capfd.readouterr().out)
        return text in "".join(seen)

    showing = Showing()
    end = showing.follow(one)
    showing.follow(other)
    with one.open("a") as file:
        file.write("half a line")
        file.flush()
        wait_until(lambda: shown("half a line"))
        file.write(", and the rest\n")
    end()
    wait_until(lambda: shown("the rest\n"))
    # A log that was not there is shown from its beginning.
    other.write_text("from the beginning\n")
    showing.close()
    assert shown("from the beginning\n")
    with one.open("a") as file:
        file.write("too late\n")
    assert not shown("before")
    assert not shown("too late")
