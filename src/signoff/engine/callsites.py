"""Where in the user's code a call stands, without line numbers.

Owns the identity of call sites: the qualified name of the calling function and the normalised
text of the statement. So an edit elsewhere in the file does not shift anything.
"""

from __future__ import annotations

import ast
import linecache
import os
from types import CodeType, FrameType

from signoff.core.fingerprint import digest

_known: dict[tuple[CodeType, int], str] = {}


def site(frame: FrameType) -> str:
    """The identity of the call that `frame` is executing: 16 hexadecimal digits."""
    key = (frame.f_code, frame.f_lasti)
    found = _known.get(key)
    if found is None:
        found = _known[key] = _describe(frame)
    return found


def _describe(frame: FrameType) -> str:
    code = frame.f_code
    positions = list(code.co_positions())
    start, end, left, right = positions[frame.f_lasti // 2]
    text = ""
    if start is not None and end is not None:
        lines = [linecache.getline(code.co_filename, number) for number in range(start, end + 1)]
        text = _call_text(lines, left, right)
    return digest(f"{code.co_qualname}\n{text}".encode())


def _call_text(lines: list[str], left: int | None, right: int | None) -> str:
    """The text of the call alone, with its layout made uniform."""
    raw = [line.encode() for line in lines]
    if raw and left is not None and right is not None:
        raw[-1] = raw[-1][:right]
        raw[0] = raw[0][left:]
    text = b"".join(raw).decode("utf-8", "replace")
    try:
        return ast.unparse(ast.parse(text.strip(), mode="eval"))
    except SyntaxError:
        return " ".join(text.split())


def where(known: str) -> str:
    """A call site as people read it: file and line. Costs a search, for rare messages."""
    for (code, instruction), found in _known.items():
        if found == known:
            line = list(code.co_positions())[instruction // 2][0] or code.co_firstlineno
            return f"{os.path.basename(code.co_filename)}:{line}"
    return "elsewhere"
