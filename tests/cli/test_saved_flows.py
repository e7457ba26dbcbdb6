"""`signoff flow deploy | show | history | diff | delete | enable | disable`."""

from __future__ import annotations

from pathlib import Path

from tests.cli.shell import Shell

HELLO = """id: {id}
namespace: shop
tasks:
  - id: say
    type: io.kestra.plugin.core.log.Log
    message: {text}
"""
REVISION = ["namespace", "flow", "revision", "digest", "by", "via", "at"]
FLOW = [
    *(*REVISION, "deployment_id", "disabled", "description", "tags", "triggers", "work_pool"),
    *("warnings", "created", "updated"),
]


def write(path: Path, id: str = "hello", text: str = "hi") -> str:
    path.write_text(HELLO.format(id=id, text=text))
    return str(path)


def test_a_file_becomes_revisions(shell: Shell, tmp_path: Path) -> None:
    file = write(tmp_path / "a.yaml")
    assert shell.main("flow", "deploy", file).ok() == "Saved shop/hello, revision 1.\n"
    assert shell.main("flow", "deploy", file).ok() == "shop/hello is as it was: revision 1.\n"
    write(tmp_path / "a.yaml", text="ho")
    (receipt,) = shell.main("flow", "deploy", file, "-o", "json").json()
    assert list(receipt) == ["file", "saved", *FLOW, "changed"]
    assert (receipt["revision"], receipt["changed"], receipt["via"]) == (2, True, "cli")
    history = shell.main("flow", "history", "shop/hello", "-o", "json").json()
    assert [(list(each), each["revision"]) for each in history] == [(REVISION, 2), (REVISION, 1)]
    assert "+    message: ho\n" in shell.main("flow", "diff", "shop/hello").ok()
    assert "-    message: ho\n" in shell.main("flow", "diff", "shop/hello", "2", "1").ok()
    assert shell.main("flow", "show", "shop/hello", "--source").ok() == HELLO.format(
        id="hello", text="ho"
    )
    old = shell.main("flow", "show", "shop/hello", "--revision", "1", "-o", "json").json()
    assert list(old) == [*REVISION, "source"]
    assert "message: hi" in old["source"]
    assert "Revision" in shell.main("flow", "history", "shop/hello").ok()
    assert "by" in shell.main("flow", "show", "shop/hello").ok()


def test_each_file_is_saved_by_itself(shell: Shell, tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", "good")
    write(tmp_path / "b.yml", "'not good'")
    ran = shell.main("flow", "deploy", str(tmp_path))
    assert ran.code == 1
    assert ran.out == "Saved shop/good, revision 1.\n"
    assert f"{tmp_path / 'b.yml'}:1:5: error" in ran.err
    assert "b.yml: not saved" in ran.err
    assert [each["name"] for each in shell.main("flow", "ls", "-o", "json").json()] == ["shop.good"]


def test_one_list_shows_every_flow(shell: Shell, tmp_path: Path) -> None:
    shell.main("flow", "deploy", write(tmp_path / "a.yaml")).ok()
    shell.main("flow", "disable", "shop/hello").ok()
    (flow,) = shell.main("flow", "ls", "-o", "json").json()
    assert (flow["name"], flow["namespace"], flow["revision"]) == ("shop.hello", "shop", 1)
    assert flow["disabled"] is True
    assert "1 (disabled)" in shell.main("flow", "ls").ok()
    assert (
        "signoff flow enable shop/hello"
        in shell.main("flow", "deploy", str(tmp_path / "a.yaml")).ok()
    )
    shell.main("flow", "enable", "shop/hello").ok()
    assert "disabled" not in shell.main("flow", "ls").ok()


def test_a_flow_is_deleted(shell: Shell, tmp_path: Path) -> None:
    shell.main("flow", "deploy", write(tmp_path / "a.yaml")).ok()
    assert shell.main("flow", "delete", "shop/hello", "-y").ok() == "Deleted shop/hello.\n"
    assert "There is no flow 'hello'" in shell.main("flow", "show", "shop/hello").refused()
    assert len(shell.main("flow", "history", "shop/hello", "-o", "json").json()) == 1


def test_what_is_refused_says_why(shell: Shell, tmp_path: Path) -> None:
    assert "write namespace/id" in shell.main("flow", "show", "hello").refused()
    missing = shell.main("flow", "deploy", str(tmp_path / "none.yaml"))
    assert missing.code == 1
    assert "cannot be read" in missing.err


def test_missed_moments_are_made_up_for(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    trigger = """triggers:
  - id: hourly
    type: io.kestra.plugin.core.trigger.Schedule
    cron: "0 * * * *"
"""
    file.write_text(HELLO.format(id="hello", text="hi") + trigger)
    shell.main("flow", "deploy", str(file)).ok()
    words = ("flow", "backfill", "shop/hello", "hourly", "--from", "2026-03-01T00:00:00+00:00")
    bounds = (*words, "--to", "2026-03-01T02:30:00+00:00")
    made = shell.main(*bounds, "-o", "json").json()
    assert [each["created"] for each in made] == [True, True, True]
    assert shell.main(*bounds).ok() == "Made 0 runs of shop/hello; 3 there.\n"
    assert "someday" in shell.main(*words[:-1], "someday").err
    assert "has no schedule 'x'" in shell.main(*words[:3], "x", *words[4:], "--to", "1d").refused()


def test_triggers_need_a_server_and_that_is_said(shell: Shell, tmp_path: Path) -> None:
    file = Path(write(tmp_path / "a.yaml"))
    file.write_text(
        file.read_text() + "triggers:\n  - {id: daily, type: io.kestra.plugin.core.trigger."
        'Schedule, cron: "@daily"}\n'
    )
    told = "Its triggers start runs while a server of this home works:  signoff server start\n"
    assert shell.main("flow", "deploy", str(file)).err == told
    assert "server" not in shell.main("flow", "deploy", str(file), "-o", "json").err
