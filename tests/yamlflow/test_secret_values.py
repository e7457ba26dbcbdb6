"""Where secrets of YAML flows come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from signoff.yamlflow.secret_values import secret_reader


def test_secrets_come_from_three_places_in_order(tmp_path: Path) -> None:
    file = tmp_path / "secrets"
    file.write_text("# comment\nA=from file\nC = deep = er\n")
    heard: list[str] = []
    env = {
        "SIGNOFF_SECRET_A": "plain",
        "SECRET_A": "ZW5jb2RlZA==",
        "SECRET_B": "ZW5jb2RlZA==",
        "SIGNOFF_SECRETS_FILE": str(file),
    }
    read = secret_reader(env, heard.append)
    assert [read("a"), read("B"), read("c")] == ["plain", "encoded", "deep = er"]
    assert heard == ["plain", "encoded", "deep = er"]


def test_a_missing_secret_says_how_to_set_it() -> None:
    read = secret_reader({"SIGNOFF_SECRET_KEY": "not for flows"}, print)
    for name in "token", "key":
        with pytest.raises(KeyError, match=f"SIGNOFF_SECRET_{name.upper()}"):
            read(name)


def test_a_secret_that_cannot_be_read_does_not_show_itself(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not in base64") as error:
        secret_reader({"SECRET_A": "hush!"}, print)("a")
    assert "hush" not in str(error.value)
    with pytest.raises(ValueError, match="cannot be read"):
        secret_reader({"SIGNOFF_SECRETS_FILE": str(tmp_path / "none")}, print)("a")
