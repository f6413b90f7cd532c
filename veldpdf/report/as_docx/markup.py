"""WordprocessingML: paragraphs, runs, tables, links and fields as text (ISO/IEC 29500-1, 17).

Whatever was typed passes through `runs`, which makes it visible and escapes it. Nothing that was typed stands in an
instruction of a field, so none of it can act.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from veldpdf.office_packages import xml_text
from veldpdf.typed_text import visible

# Scripts written from right to left; only texts with one of these are looked at character by character.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_BREAK = re.compile("([\n\t])")
_BREAKS = {"\n": "<w:br/>", "\t": "<w:tab/>"}

# Twentieths of a point.
TEXT_WIDTH = 9638  # A4 less two margins of 2 cm
WIDE_TEXT_WIDTH = 14570  # the same on its side

# A first line of at most so many characters may be the caption of what follows it, over so many blank lines at most.
_LONGEST_CAPTION, _MOST_BLANK = 60, 2
_KEEP_WITH_NEXT = "<w:keepNext/>"


def paragraph(style: str, *content: str, more: str = "", of: str = "") -> str:
    """Return a paragraph.

    Args:
        style: The identifier of its style.
        content: Runs, links and bookmarks, as XML.
        more: Other properties of the paragraph, as XML; such as stand before its direction in the schema, or,
            for a paragraph without a text of its own, behind it.
        of: The text that says in which direction it is read.
    """
    direction = "<w:bidi/>" if _begins_right_to_left(of) else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}{direction}</w:pPr>{"".join(content)}</w:p>'


def text(style: str, typed: str, *, more: str = "", properties: str = "") -> str:
    """Return a paragraph of one text; its line breaks stay in the paragraph."""
    return paragraph(style, runs(typed, properties), more=more, of=typed)


def lines(style: str, typed: str) -> str:
    """Return a paragraph for each line of a text, blank ones included.

    A short first line does not stand alone at the foot of a page (17.3.1.15).
    """
    each = visible(typed).split("\n")
    kept = 0
    if len(each[0]) <= _LONGEST_CAPTION:
        kept = next((at for at, line in enumerate(each[1:], start=1) if line.strip()), 0)
        kept = kept if kept <= 1 + _MOST_BLANK else 0
    return "".join(text(style, line, more=_KEEP_WITH_NEXT if at < kept else "") for at, line in enumerate(each))


def runs(typed: str, properties: str = "") -> str:
    """Return a text as runs, with what is read from right to left in runs of its own (17.3.2.30)."""
    shown = visible(typed)
    if not _RIGHT_TO_LEFT.search(shown):
        return _run(shown, properties)
    # The schema wants the direction before the language.
    before, lang, after = properties.partition("<w:lang ")
    turning = f"{before}<w:rtl/>{lang}{after}"
    return "".join(_run(part, turning if turned else properties) for part, turned in _by_direction(shown))


def _run(shown: str, properties: str) -> str:
    if not shown:
        return ""
    inside = "".join(
        _BREAKS.get(part) or f'<w:t xml:space="preserve">{xml_text(part)}</w:t>'
        for part in _BREAK.split(shown)
        if part
    )
    return f"<w:r><w:rPr>{properties}</w:rPr>{inside}</w:r>" if properties else f"<w:r>{inside}</w:r>"


def character_style(name: str) -> str:
    """Return the properties of a run that has a style of its own."""
    return f'<w:rStyle w:val="{name}"/>'


def language(tag: str) -> str:
    """Return the properties of a run in another language than its style's (17.3.2.20)."""
    return f'<w:lang w:val="{tag}"/>'


def bookmarked(name: str, number: int, content: str) -> str:
    """Return content that links lead to (17.13.6); every bookmark of a document has its own number."""
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{number}"/>'


def link(bookmark: str, content: str) -> str:
    """Return a link within the document (17.16.22)."""
    return f'<w:hyperlink w:anchor="{bookmark}" w:history="1">{content}</w:hyperlink>'


def field(instruction: str, result: str) -> str:
    """Return a field of ours with what it shows until a program works it out anew (17.16.18)."""
    return f'{field_begin(instruction)}<w:r><w:t xml:space="preserve">{xml_text(result)}</w:t></w:r>{FIELD_END}'


def field_begin(instruction: str) -> str:
    """Return the beginning of a field, up to where its result begins."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {xml_text(instruction)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


FIELD_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def picture(relationship: str, number: int, alt: str, width: int, height: int) -> str:
    """Return a picture in the line, with what it says to those who do not see it (20.4.2.8).

    Args:
        relationship: Of the picture's part.
        number: Its own in the document.
        alt: What it says.
        width: In English metric units, 360,000 to the centimetre.
        height: The same.
    """
    extent = f'cx="{width}" cy="{height}"'
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {extent}/><wp:docPr id="{number}" name="Picture {number}" descr="{xml_text(visible(alt))}"/>'
        f'<a:graphic {_DRAWING}><a:graphicData uri="{_PICTURE}"><pic:pic xmlns:pic="{_PICTURE}">'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Picture {number}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relationship}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


_DRAWING = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"


def table(
    widths: Sequence[int], head: str, rows: Iterable[str], *, title: str, style: str = "ReportTable"
) -> str:
    """Return a table that fills the width it says, with the row that is repeated on each page.

    Args:
        widths: Of the columns, in twentieths of a point.
        head: The cells of the row with headings.
        rows: The cells of each other row.
        title: What it holds, for those who have it read to them (17.4.62).
        style: The identifier of its style.
    """
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    body = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="04A0" w:firstRow="1" w:lastRow="0" w:firstColumn="1"'
        f' w:lastColumn="0" w:noHBand="0" w:noVBand="1"/><w:tblCaption w:val="{xml_text(visible(title))}"/>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{body}</w:tbl>"
        # Two tables would become one without a paragraph between them.
        + paragraph("AfterTable")
    )


def cell(width: int, content: str, more: str = "") -> str:
    """Return a cell of paragraphs; rows may go on on the next page."""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{more}</w:tcPr>{content}</w:tc>'


def spanning(columns: int) -> str:
    """Return the property of a cell that goes over several columns (17.4.17)."""
    return f'<w:gridSpan w:val="{columns}"/>'


def merged(*, begins: bool) -> str:
    """Return the property of a cell that is one with those above or below (17.4.84)."""
    return '<w:vMerge w:val="restart"/>' if begins else "<w:vMerge/>"


# Which way a text is read


def _begins_right_to_left(typed: str) -> bool:
    if not _RIGHT_TO_LEFT.search(typed):
        return False
    return next((turned for turned in map(_is_turned, typed) if turned is not None), False)


def _is_turned(character: str) -> bool | None:
    """Return whether a character is read from right to left; None where it goes by its neighbours."""
    kind = unicodedata.bidirectional(character)
    return kind in ("R", "AL") if kind in ("L", "R", "AL") else None


def _by_direction(shown: str) -> list[tuple[str, bool]]:
    """Return the parts of a text and whether each is read from right to left.

    What goes by its neighbours goes with the part before it, and at the beginning with the one behind it; between
    two parts of unlike direction it goes by the paragraph's.
    """
    base = _begins_right_to_left(shown)
    parts: list[tuple[str, bool]] = []
    undecided = ""
    for character in shown:
        turned = _is_turned(character)
        if turned is None and parts and character.isdecimal():
            turned = parts[-1][1]  # a number goes with the words before it
        if turned is None:
            undecided += character
            continue
        if parts and parts[-1][1] == turned:
            parts[-1] = (parts[-1][0] + undecided + character, turned)
        elif undecided:
            parts += [(undecided, base), (character, turned)]
        else:
            parts.append((character, turned))
        undecided = ""
    return [*parts, (undecided, base)] if undecided else parts
