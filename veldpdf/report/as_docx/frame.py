"""The document around the report: styles, page, header and footer, pictures and properties, by python-docx."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.shared import Mm

from veldpdf.merging import Report
from veldpdf.office_packages import moment_of, repacked
from veldpdf.report.as_docx import markup
from veldpdf.report.as_docx.styles import W, language_tag, numbering_xml, styles_xml
from veldpdf.report.presentation import Presentation
from veldpdf.report.wording import title_of
from veldpdf.typed_text import one_line

# Word's properties hold no more (ISO/IEC 29500-2, and python-docx).
_LONGEST_PROPERTY = 255

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
        self._set_page(title, one_line(report.options.municipality))
        self._set_properties(report, presentation, title)

    def add_picture(self, data: bytes) -> str:
        """Put a picture in the document, once however often it is shown, and return what refers to it."""
        return self._document.part.get_or_add_image(BytesIO(data))[0]

    def packed(self, body: str) -> bytes:
        """Return the document with its text."""
        made = BytesIO()
        self._document.save(made)
        return repacked(made.getvalue(), {"word/document.xml": ("<w:body>", f"<w:body>{body}")})

    def _set_page(self, title: str, municipality: str) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(20)
        section.header_distance = section.footer_distance = Mm(10)
        # The title page says what the header would.
        section.different_first_page_header_footer = True
        tab = "<w:r><w:tab/></w:r>"
        header = markup.paragraph("Header", markup.runs(title), tab, markup.runs(municipality))
        _fill(section.header._element, _part("hdr", header))  # noqa: SLF001 - see above
        page, pages = "\0page", "\0pages"
        counting = self._say("page {page} of {pages}", page=page, pages=pages)
        pieces = counting.replace(pages, "\0P\0").replace(page, "\0p\0").split("\0")
        fields = {"p": markup.field("PAGE", "1"), "P": markup.field("NUMPAGES", "1")}
        footer = tab + "".join(fields.get(piece) or markup.runs(piece) for piece in pieces)
        _fill(section.footer._element, _part("ftr", markup.paragraph("Footer", footer)))  # noqa: SLF001 - see above

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
