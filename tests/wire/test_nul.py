"""NUL: refused from people, replaced in what programs report, and not seen where it is not."""

from __future__ import annotations

from uuid import UUID

import pytest

from signoff.model.commands import AnswerWait, UpdateRun, WriteLogs
from signoff.model.errors import InvalidRequest
from signoff.model.journal import LogLine
from signoff.model.queries import ReadFlow, ReadInbox
from signoff.wire.codec import codec_for

pytestmark = pytest.mark.wire

RUN = UUID(int=1)


def test_a_log_line_is_not_lost_over_it() -> None:
    one = codec_for(WriteLogs(()))
    line = LogLine(RUN, RUN, None, 20, "x", "before\0after", 1)
    body = one.write(WriteLogs((line,))).body or b""
    read = one.read((), "", body)
    assert isinstance(read, WriteLogs)
    assert read.logs[0].message == "before\ufffdafter"


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"name": "a\0"}, "run_input.name"),
        ({"tags": ["x", "\0"]}, "run_input.tags.1"),
        ({"\0": 1}, "run_input"),
    ],
)
def test_an_answer_with_it_is_refused_and_the_field_named(
    answer: dict[str, object], field: str
) -> None:
    request = AnswerWait(RUN, answer)
    one = codec_for(request)
    with pytest.raises(InvalidRequest, match="NUL") as caught:
        one.read((str(RUN),), "", one.write(request).body or b"")
    assert caught.value.details["errors"][0]["field"] == field


@pytest.mark.parametrize("text", ["\\u0000", "\\\\u0000", "a\\", "\\u0001", "\ufffd"])
def test_what_only_looks_like_it_is_kept(text: str) -> None:
    request = UpdateRun(RUN, name=text)
    one = codec_for(request)
    assert one.read((str(RUN),), "", one.write(request).body or b"") == request


def test_paths_and_queries_are_refused_with_it() -> None:
    with pytest.raises(InvalidRequest, match="`name`"):
        codec_for(ReadFlow(name="x")).read(("a\0",), "", b"")
    with pytest.raises(InvalidRequest, match="`text`"):
        codec_for(ReadInbox()).read((), "text=%00", b"")
