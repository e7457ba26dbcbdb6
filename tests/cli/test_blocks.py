"""`signoff block`: secrets by name, never by value."""

from __future__ import annotations

from signoff.model.secrets import SaveSecret
from tests.cli.seeds import Seeds
from tests.cli.shell import Shell


def test_secrets_are_listed_shown_and_deleted(shell: Shell, seeds: Seeds) -> None:
    assert "There are no secrets yet" in shell.main("block", "ls").err
    seeds.gateway.send(SaveSecret("api-key", "sk-1234"))
    (found,) = shell.main("block", "ls", "-o", "json").json()
    assert list(found) == ["type", "name", "created", "updated"]
    assert shell.main("block", "inspect", "secret/api-key", "-o", "json").json() == found
    for words in (["ls"], ["inspect", "api-key"]):
        out = shell.main("block", *words).ok()
        assert "api-key" in out
        assert "sk-1234" not in out
    assert "Deleted" in shell.main("block", "delete", "secret/api-key").ok()
    for words in (["inspect", "api-key"], ["delete", "api-key"]):
        assert "There is no secret 'api-key'" in shell.main("block", *words).refused()
