"""Saved flows through both gateways."""

from __future__ import annotations

from uuid import uuid4

import pytest

from signoff.exceptions import ObjectNotFound
from signoff.gateway.connect import get_gateway
from signoff.model.files import DeleteFile, KeepFile, NewFile, ReadFile
from signoff.model.queries import ReadRun
from signoff.model.saved_flows import (
    DeleteSavedFlow,
    ReadDifference,
    ReadRevision,
    ReadRevisions,
    ReadSavedFlow,
    ReadSavedFlows,
)
from signoff.model.starting import ReadTrigger, StartFlow, Upload
from tests.saved.documents import saved

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("service")]

HELLO = "id: {id}\nnamespace: shop\ntasks:\n  - id: say\n    type: {type}\n    message: {text}\n"
LOG = "io.kestra.plugin.core.log.Log"


def hello(id: str, text: str = "hi") -> str:
    return HELLO.format(id=id, type=LOG, text=text)


def test_a_flow_is_saved_read_and_deleted() -> None:
    id = f"f{uuid4().hex[:8]}"
    first = saved(hello(id))
    assert (first.full_name, first.latest.revision, first.changed) == (f"shop/{id}", 1, True)
    assert not saved(hello(id)).changed
    assert saved(hello(id, "ho")).latest.revision == 2
    ask = get_gateway().send
    assert ask(ReadSavedFlow("shop", id)).latest.source == hello(id, "ho")
    assert ask(ReadRevision("shop", id, 1)).source == hello(id)
    assert [each.revision for each in ask(ReadRevisions("shop", id))] == [2, 1]
    assert "-    message: hi\n+    message: ho\n" in ask(ReadDifference("shop", id))
    assert f"shop/{id}" in [each.full_name for each in ask(ReadSavedFlows("shop"))]
    ask(DeleteSavedFlow("shop", id))
    with pytest.raises(ObjectNotFound, match="signoff flow ls"):
        ask(ReadSavedFlow("shop", id))


def test_a_run_is_started_with_a_file() -> None:
    id = f"f{uuid4().hex[:8]}"
    saved(hello(id) + "inputs:\n  - id: bill\n    type: FILE\n")
    ask = get_gateway().send
    upload = Upload("bill", NewFile("bill.bin", b"\x00\xff"))
    run = ask(StartFlow("shop", id, files=(upload,), trigger={"a": 1}))
    uri = ask(ReadRun(run.run_id)).parameters["bill"]
    assert ask(ReadFile(uri)).content == b"\x00\xff"
    assert ask(ReadTrigger(run.run_id)) == {"a": 1}


def test_a_file_is_kept_and_deleted() -> None:
    ask = get_gateway().send
    uri = ask(KeepFile("shop", "pay", NewFile("ü x.txt", b"")))
    assert ask(ReadFile(uri)).name == "ü x.txt"
    ask(DeleteFile(uri))
    with pytest.raises(ObjectNotFound, match="There is no file"):
        ask(ReadFile(uri))
