"""Organizers' Markdown as safe HTML.

No HTML of theirs, no pictures; a title of theirs begins at h3, for the page has its own above it.
Two walls: markdown-it writes only what its rules know, and nh3 lets through only what is listed.
"""

import re
from functools import cache
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from server.web.flanking import cjk_emphasis

TAGS: Final = frozenset(
    {"h3", "h4", "h5", "h6", "p", "br", "hr", "ul", "ol", "li", "blockquote", "pre"}
    | {"code", "em", "strong", "a"}
)
SCHEMES: Final = frozenset({"http", "https", "mailto"})
SHIFT: Final = 2  # their `#` is our h3
LOWEST: Final = 6

# Letters that an address may hold (RFC 3986 §2): it ends at the first Japanese one.
_BARE: Final = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_NOT_LAST: Final = ".,;:!?'\"*_"


def html(source: str) -> Markup:
    """Markdown as HTML that may stand in a page."""
    written = _parser().render(source)
    return Markup(  # noqa: S704 - cleaned by the list above
        nh3.clean(
            written,
            tags=set(TAGS),
            attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
            url_schemes=set(SCHEMES),
            link_rel="nofollow",
        )
    )


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False})
    parser.disable(["image", "html_inline", "html_block"])
    parser.use(cjk_emphasis)
    parser.core.ruler.push("own_headings", _shift_headings)
    parser.core.ruler.push("bare_addresses", _link_addresses)
    parser.validateLink = may_lead  # type: ignore[assignment,method-assign]  # its own way to say it
    return parser


def may_lead(address: str) -> bool:
    """Whether a link may lead there: to another page of the web, or to a mail address."""
    scheme, colon, _ = address.strip().partition(":")
    return bool(colon) and scheme.lower() in SCHEMES


def _shift_headings(state: StateCore) -> None:
    """Titles begin at h3, and none skips a step on the way down: readers would miss it."""
    level = SHIFT
    for token in state.tokens:
        if token.type == "heading_open":
            level = min(int(token.tag[1]) + SHIFT, level + 1, LOWEST)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{level}"


def _link_addresses(state: StateCore) -> None:
    """Addresses that are written out become links."""
    for block in state.tokens:
        if block.children:
            block.children = _linked(block.children)


def _linked(tokens: list[Token]) -> list[Token]:
    made: list[Token] = []
    inside = 0
    for token in tokens:
        inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        made.extend([token] if inside or token.type != "text" else _split(token.content))
    return made


def _split(text: str) -> list[Token]:
    made, end = [], 0
    for found in _BARE.finditer(text):
        address = _trimmed(found[0])
        made += [_text(text[end : found.start()]), *_link(address)]
        end = found.start() + len(address)
    return [*made, _text(text[end:])]


def _trimmed(address: str) -> str:
    """Without the marks of the sentence, and a bracket that it did not open."""
    address = address.rstrip(_NOT_LAST)
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(_NOT_LAST)
    return address


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _link(address: str) -> list[Token]:
    opened = Token("link_open", "a", 1, attrs={"href": address})
    return [opened, _text(address), Token("link_close", "a", -1)]
