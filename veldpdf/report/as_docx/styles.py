"""The styles of the Word document: change one, and all of its kind change (ISO/IEC 29500-1, 17.7)."""

from __future__ import annotations

from collections.abc import Iterator

from veldpdf.house_style import HouseStyle
from veldpdf.language import Catalogue
from veldpdf.messages import Message
from veldpdf.office_packages import xml_text

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

# Word's own; where it is missing, LibreOffice has one of the same measures.
_FAMILY = "Calibri"
_GREY = "595959"

# What Word knows a language by.
_TAGS = {"nl": "nl-NL", "en": "en-GB"}

# Names for the styles that Word does not have itself: the officer meets them in its list.
_OWN_NAMES = {
    "Municipality": Message("Municipality"),
    "QuestionWording": Message("Question wording"),
    "Respondent": Message("Name above answer"),
    "Answer": Message("Answer"),
    "ExampleCaption": Message("Name above example"),
    "Example": Message("Example"),
    "Remark": Message("Remark"),
    "RemarkText": Message("Remark in text"),
    "Returned": Message("Heading in annex"),
    "TableText": Message("Table text"),
    "TableHeading": Message("Table heading"),
    "TableAnswer": Message("Answer in table"),
    "TableMark": Message("Mark in table"),
    "AfterTable": Message("Space after table"),
    "TableTitle": Message("Table title"),
    "ReportTable": Message("Report table"),
    "MatrixTable": Message("Overview table"),
}


def language_tag(language: str) -> str:
    """Return the language as Word has it, e.g. ``nl-NL``."""
    return _TAGS.get(language, language)


def styles_xml(style: HouseStyle, say: Catalogue, worksheet_language: str) -> str:
    """Return the part that defines the styles.

    Args:
        style: Whose colours and font they have.
        say: The language of what is ours, and of the styles' names.
        worksheet_language: The language of questions, examples and answers.
    """
    made = _Styles(style, say, language_tag(worksheet_language))
    return f'<w:styles xmlns:w="{W}">{"".join(made.all())}</w:styles>'


class _Styles:
    def __init__(self, style: HouseStyle, say: Catalogue, worksheet: str) -> None:
        self._say = say
        self._main = style.main.removeprefix("#")
        self._second = style.second.removeprefix("#")
        self._family = xml_text(style.fonts.family if style.fonts else _FAMILY)
        own = language_tag(say.language)
        self._lang = f'<w:lang w:val="{worksheet}"/>' if worksheet != own else ""
        self._own = own

    def all(self) -> Iterator[str]:
        """Yield the defaults, then each style."""
        faces = "".join(f' w:{script}="{self._family}"' for script in ("ascii", "hAnsi", "cs", "eastAsia"))
        yield (
            f"<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts{faces}/>"
            f'<w:sz w:val="21"/><w:szCs w:val="21"/><w:lang w:val="{self._own}" w:eastAsia="{self._own}"'
            ' w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
            '<w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
        )
        yield (
            '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
            "</w:style>"
            '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
            '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
            '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
            '<w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
            '<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
            '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
            '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/>'
            "<w:semiHidden/></w:style>"
        )
        yield from self._built_in()
        yield from self._own_styles()
        yield from self._tables()

    def _built_in(self) -> Iterator[str]:
        coloured = f'<w:color w:val="{self._main}"/>'
        yield _style("Title", "Title", _space(0, 160), f"<w:b/>{coloured}{_size(34)}", follow="Subtitle")
        yield _style("Subtitle", "Subtitle", _space(0, 60), f"{_colour(_GREY)}{_size(14)}")
        sizes = ((1, 20, 360, 160), (2, 14, 320, 80), (3, 12, 240, 60))
        for level, size, before, after in sizes:
            yield _style(
                f"Heading{level}",
                f"heading {level}",
                f'<w:keepNext/><w:keepLines/>{_space(before, after)}<w:outlineLvl w:val="{level - 1}"/>',
                f"<w:b/>{coloured}{_size(size)}",
                follow="Normal",
            )
        tab = '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="9638"/></w:tabs>'
        yield _style(
            "TOCHeading", "TOC Heading", f"<w:keepNext/>{_space(0, 160)}", f"<w:b/>{coloured}{_size(20)}"
        )
        yield _style("TOC1", "toc 1", f"{tab}{_space(120, 40)}", "<w:b/>")
        yield _style("TOC2", "toc 2", f'{tab}{_space(0, 20)}<w:ind w:left="284" w:right="567"/>', "")
        yield _style(
            "Header", "header", f"{tab.replace('dot', 'none')}{_space(0, 0)}", f"{_colour(_GREY)}{_size(9)}"
        )
        yield _style(
            "Footer", "footer", f"{tab.replace('dot', 'none')}{_space(0, 0)}", f"{_colour(_GREY)}{_size(9)}"
        )
        numbered = '<w:numPr><w:numId w:val="{}"/></w:numPr><w:contextualSpacing/>'
        yield _style("ListBullet", "List Bullet", numbered.format(1), "")
        yield _style("ListNumber", "List Number", numbered.format(2), "")
        yield (
            '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/>'
            f'<w:uiPriority w:val="99"/><w:rPr>{coloured}<w:u w:val="single"/></w:rPr></w:style>'
        )

    def _own_styles(self) -> Iterator[str]:
        lang, main = self._lang, _colour(self._main)
        aside = f"<w:i/>{_colour(_GREY)}"
        yield self._mine("Municipality", _space(1800, 120), f"{main}{_size(16)}")
        yield self._mine("QuestionWording", f"<w:keepNext/>{_space(0, 160)}", f"<w:i/>{lang}")
        yield self._mine(
            "Respondent", f"<w:keepNext/><w:keepLines/>{_space(160, 30)}", f"<w:b/>{main}", follow="Answer"
        )
        yield self._mine("Answer", f"{_bar(self._second)}{_space(0, 120)}{_INDENT}<w:contextualSpacing/>", lang)
        yield self._mine("ExampleCaption", f"<w:keepNext/>{_space(200, 40)}", aside, follow="Example")
        yield self._mine(
            "Example",
            f"{_bar('A6A6A6')}{_space(0, 120)}{_INDENT}<w:contextualSpacing/>",
            f"{_colour(_GREY)}{lang}",
        )
        yield self._mine("Remark", _space(120, 60), aside)
        yield self._mine(
            "Returned",
            f'<w:keepNext/><w:keepLines/>{_space(220, 60)}<w:outlineLvl w:val="1"/>',
            f"<w:b/>{main}{_size(12)}",
        )
        yield self._mine("TableText", _close(20), _size(9.5))
        yield self._mine("TableHeading", f"<w:keepNext/>{_space(40, 40)}", f"<w:b/>{_size(9.5)}")
        yield self._mine("TableAnswer", f"{_close(30)}<w:contextualSpacing/>", f"{_size(9.5)}{lang}")
        yield self._mine("TableMark", f'{_close(20)}<w:jc w:val="center"/>', _size(8.5))
        # As good as no line: behind a table at the foot of a page it must not make another page.
        thin = '<w:spacing w:before="0" w:after="120" w:line="20" w:lineRule="exact"/>'
        yield self._mine("AfterTable", thin, _size(1))
        yield self._mine("TableTitle", f"<w:keepNext/>{_space(280, 100)}", f"<w:b/>{main}{_size(12)}")
        name = xml_text(self._say(_OWN_NAMES["RemarkText"]))
        yield (
            '<w:style w:type="character" w:customStyle="1" w:styleId="RemarkText">'
            f'<w:name w:val="{name}"/><w:qFormat/><w:rPr><w:b w:val="0"/>{aside}</w:rPr></w:style>'
        )

    def _mine(self, name: str, of_paragraph: str, of_run: str, follow: str = "") -> str:
        return _style(name, self._say(_OWN_NAMES[name]), of_paragraph, of_run, follow=follow, own=True)

    def _tables(self) -> Iterator[str]:
        band = _tint(self._second)
        for name, sides, between in (("ReportTable", 85, ""), ("MatrixTable", 20, "insideV")):
            edges = ("top", "bottom", "insideH", *([between] if between else []))
            lines = "".join(
                f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="BFBFBF"/>' for edge in edges
            )
            yield (
                f'<w:style w:type="table" w:customStyle="1" w:styleId="{name}">'
                f'<w:name w:val="{xml_text(self._say(_OWN_NAMES[name]))}"/><w:basedOn w:val="TableNormal"/>'
                f"<w:qFormat/><w:tblPr><w:tblBorders>{lines}</w:tblBorders><w:tblCellMar>"
                f'<w:left w:w="{sides}" w:type="dxa"/><w:right w:w="{sides}" w:type="dxa"/></w:tblCellMar></w:tblPr>'
                '<w:tblStylePr w:type="firstRow"><w:tblPr/><w:tcPr><w:tcBorders>'
                f'<w:bottom w:val="single" w:sz="12" w:space="0" w:color="{self._second}"/></w:tcBorders>'
                f'<w:shd w:val="clear" w:color="auto" w:fill="{band}"/></w:tcPr></w:tblStylePr></w:style>'
            )


_INDENT = '<w:ind w:left="284"/>'


def _style(identifier: str, name: str, paragraph: str, run: str, *, follow: str = "", own: bool = False) -> str:
    custom = ' w:customStyle="1"' if own else ""
    following = f'<w:next w:val="{follow}"/>' if follow else ""
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId="{identifier}">'
        f'<w:name w:val="{xml_text(name)}"/><w:basedOn w:val="Normal"/>{following}<w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


def _space(before: int, after: int) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}"/>'


def _close(around: int) -> str:
    """Return the spacing in tables, whose lines stand closer so that an overview stays one."""
    return f'<w:spacing w:before="{around}" w:after="{around}" w:line="240" w:lineRule="auto"/>'


def _size(points: float) -> str:
    return f'<w:sz w:val="{points * 2:g}"/><w:szCs w:val="{points * 2:g}"/>'


def _colour(rgb: str) -> str:
    return f'<w:color w:val="{rgb}"/>'


def _bar(rgb: str) -> str:
    return f'<w:pBdr><w:left w:val="single" w:sz="12" w:space="8" w:color="{rgb}"/></w:pBdr>'


def _tint(rgb: str) -> str:
    """Return a colour that is light enough to read black on."""
    parts = (int(rgb[at : at + 2], 16) for at in (0, 2, 4))
    return "".join(f"{255 - (255 - part) // 8:02X}" for part in parts)


def numbering_xml() -> str:
    """Return the part that says how lists are numbered: bullets, and figures (17.9)."""
    kinds = ((1, "bullet", "•"), (2, "decimal", "%1."))
    levels = "".join(
        f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="singleLevel"/>'
        f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{mark}"/>'
        '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="357" w:hanging="357"/></w:pPr></w:lvl></w:abstractNum>'
        for number, kind, mark in kinds
    )
    numbers = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>' for number, _, _ in kinds
    )
    return f'<w:numbering xmlns:w="{W}">{levels}{numbers}</w:numbering>'
