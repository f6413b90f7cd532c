"""Rich text (12.7.4.4) as plain text: what stands between the tags, a line for each paragraph.

Python's own parser of HTML begins again at each tag that is never closed, and takes hours for a megabyte of them. Here
a tag ends before the next one begins, as in XML, so that time is in step with length.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_LONGEST = 1024 * 1024
_BLOCKS = frozenset({"p", "div", "li", "br", "tr"})

# Possessive: nothing is gone over twice. A quote that is not closed in its tag ends with it all the same.
_MARKUP = re.compile(
    r"""(?P<remark><!--)|(?P<literal><!\[CDATA\[)|(?P<other><[!?])"""
    r"""|<(?P<name>/?[A-Za-z][^\s/<>]*+)(?:(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>|[^<>]*+>)"""
)
_ENDS = {"remark": "-->", "literal": "]]>", "other": ">"}


def plain(rich: str) -> str:
    """Return the text of a rich text string; never raises."""
    return "".join(_pieces(rich[:_LONGEST])).strip("\n")


def _pieces(rich: str) -> Iterator[str]:
    place, is_first = 0, True
    while found := _MARKUP.search(rich, place):
        before = rich[place : found.start()]
        kind, place = found.lastgroup, found.end()
        if before:
            yield _unescaped(before)
            is_first = False
        if kind in _ENDS:
            end = rich.find(_ENDS[kind], place)
            end = len(rich) if end < 0 else end
            if kind == "literal":
                yield _on_one_line(rich[place:end])
                is_first = False
            place = end + len(_ENDS[kind])
        elif found["name"].lower() in _BLOCKS and not is_first:
            yield "\n"
    yield _unescaped(rich[place:])


def _unescaped(data: str) -> str:
    try:
        return _on_one_line(html.unescape(data))
    except ValueError:  # the number of a character has more digits than Python reads
        return _on_one_line(data)


def _on_one_line(data: str) -> str:
    """Return what stands between tags; line ends in the source are white space, as in HTML."""
    return data.replace("\r", "\n").replace("\n", " ") if data.strip() else ""
