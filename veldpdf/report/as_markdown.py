r"""The report as Markdown (CommonMark, with the tables of GitHub), for a wiki or an issue.

An answer stands in a block quote, line for line. Everything in it that Markdown or HTML could read as
something else is escaped, so a reader shows the text that was typed:

- a character that means something is written with a backslash before it (CommonMark 2.4), or as an entity where the
  backslash would not do (``|`` in a table, white space at the end of a line, and ``<``, which inside HTML that
  stands in a user's layout would begin an element all the same);
- a line break is written as a backslash at the end of the line (6.7), and so is a blank line.
"""

from __future__ import annotations

import html
import re

from veldpdf.language import Catalogue
from veldpdf.merging import Report
from veldpdf.messages import Message
from veldpdf.report.layouts import filled, line_of
from veldpdf.report.presentation import LayoutFile, Presentation, Rendered
from veldpdf.report.templating import environment, values_for
from veldpdf.templating import LayoutError, NotATextError
from veldpdf.typed_text import visible

# Emphasis, links, code, HTML, entities, headings, and what dialects add: strikethrough, mathematics, mentions,
# template languages of site generators.
_ANYWHERE = re.compile(r"[\\`*_\[\]~$#^{}@]")
# Lists, underlined headings, definitions: only at the beginning of a line.
_AT_START = re.compile(r"(\d{0,9})([-+=:.)])")
# Some dialects make links of bare addresses.
_ADDRESS = re.compile(r"(?<=\w):(?=//)|(?<=www)\.", re.IGNORECASE)


# In the text that a layout makes, what it printed stands between two noncharacters, which `visible` lets nobody type.
_PRINTED = re.compile("\ufdd0[^\ufdd0\ufdd1]*\ufdd1")
# A tag (CommonMark 6.6), or the address of a link or a picture in its place (6.3), that was begun; and such an address
# in a definition (4.7). They are looked for behind what would end them, so that nothing is gone over twice.
_TAG = re.compile(r"<(?:[A-Za-z/!?]|\Z)")
_LINK_OR_TAG = re.compile(r"\]\(|<(?:[A-Za-z/!?]|\Z)")
_DEFINITION = re.compile(r" {0,3}\[[^\]\n]+\]:[^)\n]*\Z")


class _Escaped(str):
    """A text that one of our filters escaped; anything made of it is no longer sure to be so."""

    __slots__ = ()


def render(report: Report, presentation: Presentation) -> Rendered:
    """Return the report as UTF-8 Markdown.

    Raises:
        LayoutError: The user's own layout has a mistake.
    """
    catalogue = presentation.catalogue
    layout = presentation.layout_for(".md")
    if layout is not None:
        return Rendered(data=_by_layout(layout, report, catalogue).encode())
    filters = {"quoted": quoted, "inline": inline, "cell": cell}
    template = environment(catalogue, autoescape=False, filters=filters).get_template("report.md")
    return Rendered(data=template.render(values_for(report, presentation)).encode())


def quoted(text: str) -> str:
    """Return a text as a block quote."""
    shown = visible(text)
    body = shown.rstrip("\n")
    # A backslash at the end of a paragraph is no line break, so line feeds there are written as such.
    tail = "&#10;" * (len(shown) - len(body))
    return "\n".join(f"> {line}" for line in ("\\\n".join(map(_line, body.split("\n"))) + tail).split("\n"))


def inline(text: str) -> str:
    """Return a text on one line, as in a heading or a list of names."""
    return _line(" ".join(visible(text).split()))


def cell(text: str) -> str:
    """Return a text as it stands in a table, where a line break can only be HTML's."""
    return "<br>".join(map(_line, visible(text).split("\n")))


def _line(line: str) -> str:
    """Return one line escaped, wherever it will stand."""
    inner = line.strip()
    start = line.find(inner) if inner else len(line)
    escaped = html.escape(_ANYWHERE.sub(r"\\\g<0>", inner), quote=False)
    escaped = _ADDRESS.sub(r"\\\g<0>", escaped).replace("|", "&#124;").replace("\t", "&#9;")
    if _AT_START.match(escaped):
        escaped = _AT_START.sub(r"\1\\\2", escaped, count=1)
    return _numbered(line[:start]) + escaped + _numbered(line[start + len(inner) :])


def _numbered(space: str) -> str:
    """Return white space written as numbers, which no reader strips."""
    return "".join(f"&#{ord(character)};" for character in space)


def _by_layout(layout: LayoutFile, report: Report, catalogue: Catalogue) -> str:
    """Return what a user's layout makes: what it prints is escaped, and stands where the escaping holds."""
    filters = {
        "quoted": lambda text: _Escaped(quoted(str(text))),
        "inline": lambda text: _Escaped(inline(str(text))),
        "cell": lambda text: _Escaped(cell(str(text))),
    }
    made = filled(layout, report, catalogue, finalize=_marked, filters=filters)
    found = _out_of_place(_PRINTED.sub("\ufdd0", made))
    if found is not None:
        raise LayoutError(
            layout.source,
            line_of(layout, found),
            Message("nothing may be printed inside a tag, or as the address of a link."),
            Message("Print it beside the tag or the link."),
        )
    return made.replace("\ufdd0", "").replace("\ufdd1", "")


def _out_of_place(text: str) -> str | None:
    """Return what stands before something that is printed where escaping does not hold, from its "<" or "](" on.

    Args:
        text: With U+FDD0 in place of each printed value.
    """
    *pieces, _ = text.split("\ufdd0")
    for number, piece in enumerate(pieces):
        line = piece.rfind("\n") + 1
        behind = max(line, piece.rfind(")") + 1)
        begun = [_TAG.search(piece, piece.rfind(">") + 1), _LINK_OR_TAG.search(piece, behind)]
        if line or not number:  # else what was printed before stands in the same line
            begun.append(_DEFINITION.match(piece, line))
        starts = [found.start() for found in begun if found is not None]
        if starts:
            return piece[min(starts) :]
    return None


def _marked(value: object) -> str:
    """Return a printed value, escaped and marked as such; on one line, which is safe in any place."""
    if isinstance(value, (dict, list, tuple)):
        raise NotATextError
    text = "" if value is None else str(value)
    return f"\ufdd0{value if isinstance(value, _Escaped) else inline(text)}\ufdd1"
