"""`signoff kv`."""

from __future__ import annotations

from tests.cli.shell import Shell

FIELDS = ["namespace", "key", "type", "created", "updated", "expires"]


def test_a_value_is_set_shown_and_deleted(shell: Shell) -> None:
    assert shell.main("kv", "set", "shop", "region", "eu").ok() == (
        "Set 'region' in namespace 'shop' (STRING).\n"
    )
    assert shell.main("kv", "get", "shop", "region").ok() == "eu\n"
    (listed,) = shell.main("kv", "ls", "shop", "-o", "json").json()
    assert list(listed) == FIELDS
    assert shell.main("kv", "get", "shop", "region", "-o", "json").json() == listed | {
        "value": "eu"
    }
    assert "region" in shell.main("kv", "ls", "shop", "--prefix", "re").ok()
    assert shell.main("kv", "delete", "shop", "region").ok() == (
        "Deleted 'region' from namespace 'shop'.\n"
    )
    assert shell.main("kv", "ls", "shop").err == "There are no keys in namespace 'shop'.\n"


def test_a_type_is_found_out_or_told(shell: Shell) -> None:
    said = shell.main("kv", "set", "shop", "k", "5", "-o", "json").json()
    assert (said["type"], said["value"]) == ("NUMBER", 5)
    said = shell.main("kv", "set", "shop", "k", "5", "--type", "string", "-o", "json").json()
    assert (said["type"], said["value"]) == ("STRING", "5")
    said = shell.main("kv", "set", "shop", "k", '{"a":1}', "--ttl", "10m", "-o", "json").json()
    assert (said["type"], said["value"]) == ("JSON", {"a": 1})
    assert said["expires"] is not None
    assert shell.main("kv", "get", "shop", "k").ok() == '{"a": 1}\n'


def test_what_is_refused_says_why(shell: Shell) -> None:
    shell.main("kv", "set", "shop", "k", "1").ok()
    said = shell.main("kv", "set", "shop", "k", "2", "--no-overwrite").refused()
    assert "overwrite or delete it" in said
    assert "no value for 'x'" in shell.main("kv", "get", "shop", "x").refused()
    assert "no value for 'x'" in shell.main("kv", "delete", "shop", "x").refused()
    wrong = shell.main("kv", "set", "shop", "k", "2", "--type", "text")
    assert "no type of value" in wrong.err
    assert "no length of time" in shell.main("kv", "set", "shop", "k", "2", "--ttl", "soon").err
