"""Markdown that a flow's author wrote, as HTML that can do no harm.

Owns what of it is shown: text, lists, tasks, tables, code and links. Raw HTML is shown as text, and
images as links, so that opening a page tells nobody. What the parser makes is cleaned once more.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup

LONGEST = 200_000
"""Characters that are read as Markdown; what is longer is shown as plain text."""

_TAGS = {
    *(
        "p",
        "br",
        "hr",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "strong",
        "em",
        "s",
        "code",
        "pre",
        "blockquote",
    ),
    *("ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td", "div", "span"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "th": {"data-align"},
    "td": {"data-align"},
    "pre": {"tabindex"},
    "div": {"class", "tabindex"},
    "li": {"class"},
    "span": {"class"},
}
_TASK = re.compile(r"\[([ xX])\][ \u00a0]")


@lru_cache(maxsize=256)
def to_html(text: str) -> Markup:
    """Markdown as safe HTML."""
    if len(text) > LONGEST:
        return Markup('<pre tabindex="0">{}</pre>').format(text)
    made = _parser().render(text)
    clean = nh3.clean(
        made,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False})
    parser.enable(["table", "strikethrough"])
    parser.disable("image")
    parser.core.ruler.push("tasks", _mark_tasks)
    parser.core.ruler.push("levels", _level_headings)
    for name in ("th_open", "td_open"):
        parser.add_render_rule(name, _cell)
    parser.add_render_rule("table_open", _scroller)
    parser.add_render_rule("table_close", _scroller_end)
    parser.add_render_rule("fence", _code)
    parser.add_render_rule("code_block", _code)
    return parser


def _mark_tasks(state: Any) -> None:
    """`- [x] done`: a list item with a mark that is read aloud."""
    tokens: list[Token] = state.tokens
    for index in range(2, len(tokens)):
        token = tokens[index]
        first = token.children[0] if token.type == "inline" and token.children else None
        if first is None or first.type != "text" or tokens[index - 2].type != "list_item_open":
            continue
        match = _TASK.match(first.content)
        if match is None:
            continue
        done = match[1] != " "
        first.content = first.content[match.end() :]
        tokens[index - 2].attrSet("class", "task")
        mark = Token("html_inline", "", 0)
        words = ("done", "\u2611", "Done: ") if done else ("open", "\u2610", "Open: ")
        mark.content = (
            f'<span class="mark {words[0]}">{words[1]}</span><span class="unseen">{words[2]}</span>'
        )
        token.children = [mark, *(token.children or ())]


def _level_headings(state: Any) -> None:
    """Headings follow the page's own without a gap, whatever level they were written with."""
    headings = [token for token in state.tokens if token.type.startswith("heading_")]
    written = [int(token.tag[1]) for token in headings]
    last = 1
    for token, level in zip(headings, written, strict=True):
        if token.nesting > 0:
            last = min(level - min(written) + 2, last + 1, 6)
        token.tag = f"h{last}"


def _cell(
    self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: Any,
    env: MutableMapping[str, Any],
) -> str:
    """The alignment of a column, without a style."""
    token = tokens[index]
    side = str(token.attrGet("style") or "").partition(":")[2]
    return f'<{token.tag} data-align="{side}">' if side else f"<{token.tag}>"


def _scroller(
    self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: Any,
    env: MutableMapping[str, Any],
) -> str:
    """A wide table scrolls by itself, with the keyboard too."""
    return '<div class="wide" tabindex="0"><table>\n'


def _scroller_end(
    self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: Any,
    env: MutableMapping[str, Any],
) -> str:
    return "</table></div>\n"


def _code(
    self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: Any,
    env: MutableMapping[str, Any],
) -> str:
    content = Markup("{}").format(tokens[index].content)
    return f'<pre tabindex="0"><code>{content}</code></pre>\n'
