r"""The report as Markdown (CommonMark, with the tables of GitHub), for a wiki or an issue.

An answer stands in a block quote, line for line. Everything in it that Markdown or HTML could read as
something else is escaped, so a reader shows the text that was typed:

- a character that means something is written with a backslash before it (CommonMark 2.4), or as a number
  where the backslash would not do (``|`` in a table, white space at the end of a line);
- a line break is written as a backslash at the end of the line (6.7), and so is a blank line.
"""

from __future__ import annotations

import re

from veldpdf.merging import Report
from veldpdf.report.presentation import Presentation, Rendered
from veldpdf.report.templating import environment, values_for
from veldpdf.typed_text import visible

# Emphasis, links, code, HTML, entities, headings, and what dialects add: strikethrough, mathematics, mentions,
# template languages of site generators.
_ANYWHERE = re.compile(r"[\\`*_\[\]<>&~$#^{}@]")
# Lists, underlined headings, definitions: only at the beginning of a line.
_AT_START = re.compile(r"(\d{0,9})([-+=:.)])")
# Some dialects make links of bare addresses.
_ADDRESS = re.compile(r"(?<=\w):(?=//)|(?<=www)\.", re.IGNORECASE)


def render(report: Report, presentation: Presentation) -> Rendered:
    """Return the report as UTF-8 Markdown."""
    catalogue = presentation.catalogue
    filters = {"quoted": quoted, "inline": inline, "cell": cell}
    template = environment(catalogue, autoescape=False, filters=filters).get_template("report.md")
    return Rendered(data=template.render(values_for(report, catalogue)).encode())


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
    escaped = _ANYWHERE.sub(r"\\\g<0>", inner)
    escaped = _ADDRESS.sub(r"\\\g<0>", escaped).replace("|", "&#124;").replace("\t", "&#9;")
    if _AT_START.match(escaped):
        escaped = _AT_START.sub(r"\1\\\2", escaped, count=1)
    return _numbered(line[:start]) + escaped + _numbered(line[start + len(inner) :])


def _numbered(space: str) -> str:
    """Return white space written as numbers, which no reader strips."""
    return "".join(f"&#{ord(character)};" for character in space)
