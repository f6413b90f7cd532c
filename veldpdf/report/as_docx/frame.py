"""The document around the report: styles, page, header and footer, pictures and properties, by python-docx."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.shared import Mm

from veldpdf.merging import Report
from veldpdf.office_packages import moment_of, repacked
from veldpdf.report.as_docx import markup
from veldpdf.report.as_docx.styles import W, language_tag, numbering_xml, styles_xml
from veldpdf.report.presentation import Presentation
from veldpdf.report.wording import maker_of, title_of
from veldpdf.typed_text import one_line

# Word's properties hold no more (ISO/IEC 29500-2, and python-docx).
_LONGEST_PROPERTY = 255
# python-docx repeats on each piece what the document itself declares.
_NAMESPACES = re.compile(r' xmlns:\w+="[^"]*"')

# What python-docx's own template brings along and this document has no use for.
_NEEDLESS = (
    RELATIONSHIP_TYPE.CUSTOM_XML,
    RELATIONSHIP_TYPE.THEME,
    RELATIONSHIP_TYPE.FONT_TABLE,
    RELATIONSHIP_TYPE.WEB_SETTINGS,
    RELATIONSHIP_TYPE.THUMBNAIL,
    RELATIONSHIP_TYPE.EXTENDED_PROPERTIES,
    "http://schemas.microsoft.com/office/2007/relationships/stylesWithEffects",
)


class Frame:
    """A Word document without its text."""

    def __init__(self, report: Report, presentation: Presentation) -> None:
        self._document = docx.Document()
        # The properties of each section but the last (17.6.18), for the paragraphs that end them.
        self.section_ends: tuple[str, ...] = ()
        self._say = presentation.catalogue
        part = self._document.part
        for relationships in (part.rels, part.package.rels):
            for identifier, each in list(relationships.items()):
                if each.reltype in _NEEDLESS:
                    del relationships[identifier]
        styles = styles_xml(presentation.style, self._say, report.form.language)
        _fill(part._styles_part.element, styles)  # noqa: SLF001 - python-docx edits styles one by one only
        _fill(part.numbering_part.element, numbering_xml())
        _fill(self._document.settings.element, _settings(language_tag(self._say.language)))
        title = one_line(title_of(report, self._say))
        self._set_pages(title, one_line(maker_of(report, presentation.style)), with_plan=bool(report.plan))
        self._set_properties(report, presentation, title)

    def add_picture(self, data: bytes) -> str:
        """Put a picture in the document, once however often it is shown, and return what refers to it."""
        return self._document.part.get_or_add_image(BytesIO(data))[0]

    def packed(self, body: str) -> bytes:
        """Return the document with its text."""
        made = BytesIO()
        self._document.save(made)
        return repacked(made.getvalue(), {"word/document.xml": ("<w:body>", f"<w:body>{body}")})

    def _set_pages(self, title: str, maker: str, *, with_plan: bool) -> None:
        """Set the sections: one of upright pages, or three of which the middle one lies on its side for the plan."""
        first = self._document.sections[0]
        first.page_width, first.page_height = Mm(210), Mm(297)
        first.left_margin = first.right_margin = first.top_margin = first.bottom_margin = Mm(20)
        first.header_distance = first.footer_distance = Mm(10)
        if with_plan:
            # Asked for anew below: to add a section, python-docx lets the new one have the last one's element.
            self._document.add_section()
            self._document.add_section()
            middle = self._document.sections[1]
            middle.orientation = WD_ORIENT.LANDSCAPE
            middle.page_width, middle.page_height = Mm(297), Mm(210)
        for section in self._document.sections:
            wide = section.orientation == WD_ORIENT.LANDSCAPE
            self._set_edges(section, title, maker, markup.WIDE_TEXT_WIDTH if wide else markup.TEXT_WIDTH)
        # The title page says what the header would.
        self._document.sections[0].different_first_page_header_footer = True
        # The text takes these along; what python-docx put them in goes.
        for holder in list(self._document.element.body.p_lst):
            self.section_ends += (_NAMESPACES.sub("", holder.pPr.sectPr.xml),)
            holder.getparent().remove(holder)

    def _set_edges(self, section: Any, title: str, maker: str, width: int) -> None:
        """Give a section a header and a footer that reach from margin to margin."""
        say = self._say
        tab = "<w:r><w:tab/></w:r>"
        stop = ""
        if width != markup.TEXT_WIDTH:
            stop = (
                f'<w:tabs><w:tab w:val="clear" w:pos="{markup.TEXT_WIDTH}"/>'
                f'<w:tab w:val="right" w:pos="{width}"/></w:tabs>'
            )
        header = markup.paragraph("Header", markup.runs(title), tab, markup.runs(maker), more=stop)
        page, pages = "\0page", "\0pages"
        counting = say("page {page} of {pages}", page=page, pages=pages)
        pieces = counting.replace(pages, "\0P\0").replace(page, "\0p\0").split("\0")
        fields = {"p": markup.field("PAGE", "1"), "P": markup.field("NUMPAGES", "1")}
        footer = tab + "".join(fields.get(piece) or markup.runs(piece) for piece in pieces)
        section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
        _fill(section.header._element, _part("hdr", header))  # noqa: SLF001 - see above
        below = markup.paragraph("Footer", footer, more=stop)
        _fill(section.footer._element, _part("ftr", below))  # noqa: SLF001 - see above

    def _set_properties(self, report: Report, presentation: Presentation, title: str) -> None:
        told = self._document.core_properties
        author = one_line(report.options.municipality or presentation.style.name or report.form.publisher)
        told.title = title[:_LONGEST_PROPERTY]
        told.author = told.last_modified_by = author[:_LONGEST_PROPERTY]
        told.subject = one_line(report.form.title)[:_LONGEST_PROPERTY]
        told.language = language_tag(self._say.language)
        told.comments = told.keywords = ""
        told.revision = 1
        told.created = told.modified = moment_of(report.options.date)


def _fill(element: Any, xml: str) -> None:
    """Have an element of python-docx hold what another one holds."""
    element[:] = list(parse_xml(xml))


def _part(kind: str, content: str) -> str:
    return f'<w:{kind} xmlns:w="{W}">{content}</w:{kind}>'


def _settings(language: str) -> str:
    # Without the mode of today Word opens a document as one of 2007, with less in its menus.
    word = "http://schemas.microsoft.com/office/word"
    compatible = f'<w:compatSetting w:name="compatibilityMode" w:uri="{word}" w:val="15"/>'
    return (
        f'<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="709"/>'
        f'<w:characterSpacingControl w:val="doNotCompress"/><w:compat>{compatible}</w:compat>'
        f'<w:themeFontLang w:val="{language}"/><w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/></w:settings>'
    )
