"""What the pages say is so: programs run, commands exist, links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from signoff.authoring.waiting import resume_flow_run
from signoff.cli.main import app
from signoff.core.forms import parse_inputs
from signoff.gateway.connect import close_gateways, get_gateway
from signoff.model.forms import Form
from signoff.model.queries import ReadInbox
from signoff.model.replies import InboxItem
from tests.docs.pages import PAGES, ROOT, Answer, Block, anchors, blocks, commands, links, prose
from tests.support import missing
from tests.support.processes import PythonProcess, Spawner
from tests.support.waiting import wait_until

pytestmark = pytest.mark.docs

PROGRAMS = [
    block
    for page in PAGES
    for block in blocks(page)
    if block.language == "python" and block.extra != "no-run"
]
COMMANDS = [
    pytest.param(line, id=f"{page.relative_to(ROOT)}:{number}")
    for page in PAGES
    for number, line in commands(page)
]


@pytest.mark.parametrize("block", PROGRAMS, ids=[block.name for block in PROGRAMS])
def test_programs_do_what_the_text_says(
    block: Block, signoff_home: Path, spawn_python: Spawner, tmp_path: Path
) -> None:
    file = tmp_path / (block.file or ("test_page.py" if block.pytest else "page.py"))
    file.write_text(block.text, encoding="utf-8")
    program = ["-m", "pytest", "-q", "-p", "no:cacheprovider"] if block.pytest else []
    # Plugins of ours would only cost time: the text asks for pytest and nothing else.
    bare = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    running = spawn_python([*program, str(file)], cwd=tmp_path, env=bare)
    try:
        for answer in block.answers:
            _give(answer, running)
    finally:
        close_gateways()
    said = running.wait_ok(60)
    if block.output is not None:
        assert re.search(block.output, said), running.said()


def _give(answer: Answer, running: PythonProcess) -> None:
    """Wait until the program asks this, and answer it."""
    item = _asked(running, answer.key)
    resume_flow_run(item.run_id, answer.value, key=item.key)


def _asked(running: PythonProcess, key: str | None) -> InboxItem:
    """The question that the program asks, as soon as it does."""

    def asked() -> InboxItem | None:
        assert running.returncode is None, f"ended without asking\n{running.said()}"
        items = get_gateway().send(ReadInbox())
        return next((item for item in items if key in (None, item.key)), None)

    item = wait_until(asked, message=running.said)
    assert item is not None
    return item


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_exist(line: str) -> None:
    words = shlex.split(line, comments=True)
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    match words[0]:
        case "signoff":
            _parse(words[1:])
        case "make":
            assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        case "export":
            _known_setting(words[1])
        case program:
            assert program in {"curl", "python", "pip"}, f"{line}: say how to check it"


def _parse(words: list[str]) -> None:
    """Take the words apart as the command line would, without doing anything."""
    command: Any = typer.main.get_command(app)
    context = command.make_context("signoff", list(words), resilient_parsing=True)
    rest = list(words)
    while getattr(command, "commands", None):
        name = rest.pop(0)
        assert name in command.commands, f"there is no command {name!r}"
        command = command.commands[name]
    context = command.make_context(command.name, rest)
    if command.name == "set":
        for pair in rest:
            _known_setting(pair)
    assert context is not None


def _known_setting(pair: str) -> None:
    name = pair.partition("=")[0]
    page = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    assert f"\n## {name}\n" in page, f"there is no setting {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in links(page):
        if re.match(r"https?://", target):
            continue
        path, _, fragment = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{target} leads nowhere"
        if fragment:
            assert fragment in anchors(found), f"{target}: {found.name} has no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_settings_exist(page: Path) -> None:
    known = (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8")
    named = set(re.findall(r"SIGNOFF_[A-Z_]*[A-Z]", prose(page)))
    unknown = {name for name in named if f"`{name}`" not in known and f"## {name}\n" not in known}
    assert not unknown


def test_every_page_can_be_reached() -> None:
    reached, open_pages = set(), [ROOT / "README.md", ROOT / "docs" / "index.md"]
    while open_pages:
        page = open_pages.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        open_pages += [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]
    assert set(PAGES) <= reached


def test_inputs_in_the_text_are_read_as_it_says() -> None:
    form = Form({"type": "object", "properties": {"value": {"type": "integer"}}})
    assert parse_inputs(form, ["7"]) == {"value": 7}


# Over HTTP ---------------------------------------------------------------------------------

CURLS = [(page, line) for page in PAGES for _, line in commands(page) if line.startswith("curl ")]


@pytest.fixture
def server(signoff_home: Path, spawn_python: Spawner) -> Iterator[str]:
    """The URL of a server on the home of the test."""
    if shutil.which("curl") is None:
        missing.unavailable("curl", "no such program")
    running = spawn_python(["-m", "signoff", "server", "start", "--port", "0"])
    yield running.wait_for_output(r"Signoff serves (\S+)")[1]
    close_gateways()


def test_requests_that_only_look_are_answered(server: str) -> None:
    for _, line in CURLS:
        if "$RUN" not in line:
            assert _curled(line, server), line


@pytest.mark.parametrize(("page", "line"), [each for each in CURLS if "$RUN" in each[1]])
def test_requests_that_answer_let_the_program_go_on(
    page: Path, line: str, server: str, spawn_python: Spawner, tmp_path: Path
) -> None:
    block = next(each for each in blocks(page) if each.file and each.answers)
    file = tmp_path / "asking.py"
    file.write_text(block.text, encoding="utf-8")
    asking = spawn_python(file, cwd=tmp_path)
    assert '"ACCEPT"' in _curled(line, server, RUN=str(_asked(asking, None).run_id))
    asking.wait_ok()


def _curled(line: str, server: str, **variables: str) -> str:
    """What the server says to a request of the text."""
    quick = "--max-time 1 " if " -N " in line else ""
    command = line.replace("http://127.0.0.1:4200/api", server)
    command = command.replace("curl ", f"curl --fail --silent --show-error {quick}", 1)
    done = subprocess.run(
        ["bash", "-c", command], env=os.environ | variables, capture_output=True, check=False
    )
    # We hang up on a stream, which would go on for ever (28).
    assert done.returncode == (28 if quick else 0), f"{line}\n{done.stderr.decode()}"
    return done.stdout.decode()
