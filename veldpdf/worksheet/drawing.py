"""The worksheet as a document: its pages, outline and properties."""

from __future__ import annotations

from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import PDFDictionary, PDFName, PDFStream
from reportlab.pdfgen.canvas import Canvas

from veldpdf.errors import DefinitionError
from veldpdf.messages import Message
from veldpdf.model import FormDefinition
from veldpdf.worksheet import look
from veldpdf.worksheet.blocks import stacked
from veldpdf.worksheet.fields import FieldWriter, inner_document
from veldpdf.worksheet.pages import Page, WorksheetPages
from veldpdf.worksheet.parts import Area, Pen, Stack, Text, Title

_PDF_VERSION = (1, 7)
# With the country, so that a screen reader picks the voice that people expect.
_LANGUAGE_TAGS = {"nl": "nl-NL", "en": "en-GB"}


def draw_worksheet(form: FormDefinition, pages: WorksheetPages) -> bytes:
    """Return the worksheet as a fillable PDF: the same definition and pages give the same bytes.

    Args:
        form: What it asks.
        pages: What stands on its pages, as `load_pages` gives them for this definition.

    Raises:
        DefinitionError: A page has not enough room for what stands on it, or a box for its example.
    """
    look.register_fonts()
    return _Worksheet(form, pages).draw()


class _Worksheet:
    """One drawing of one worksheet."""

    def __init__(self, form: FormDefinition, pages: WorksheetPages) -> None:
        self._form = form
        self._pages = pages
        self._language = _LANGUAGE_TAGS[form.language]
        self._file = BytesIO()
        self._canvas = Canvas(
            self._file,
            pagesize=(look.PAGE_WIDTH, look.PAGE_HEIGHT),
            pageCompression=1,
            invariant=1,
            initialFontName=look.REGULAR,  # type: ignore[arg-type]  # the stubs ask for a number
            pdfVersion=_PDF_VERSION,
            lang=self._language,
        )
        self._fields = FieldWriter(
            self._canvas, source=pages.source, border=look.FIELD_GROUND, ground=look.FIELD_GROUND
        )
        self._pen = Pen(self._canvas, self._fields.place, self._bookmark)
        self._headings = 0

    def draw(self) -> bytes:
        self._describe()
        for number, page in enumerate(self._pages.pages, start=1):
            self._draw_page(page, number)
            self._canvas.showPage()
        self._fields.finish(self._form.names)
        self._canvas.save()
        return self._file.getvalue()

    def _describe(self) -> None:
        """Write the document's properties: title, language, and that it is not the official worksheet."""
        canvas, form = self._canvas, self._form
        title = f"{form.title} – {form.subtitle}" if form.subtitle else form.title
        notice = look.plain(self._pages.notice)
        canvas.setTitle(title)
        canvas.setAuthor("veldpdf")
        canvas.setCreator("veldpdf")
        canvas.setProducer("veldpdf")
        canvas.setSubject(notice)
        canvas.setKeywords(f"{form.id}, {form.publisher}, veldpdf")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        metadata = PDFDictionary({"Type": PDFName("Metadata"), "Subtype": PDFName("XML")})
        packet = _XMP.format(title=escape(title), notice=escape(notice), language=self._language)
        inner_document(canvas).Catalog.Metadata = PDFStream(metadata, packet.encode())

    def _bookmark(self, title: str, level: int, top: float) -> None:
        self._headings += 1
        key = f"heading-{self._headings}"
        self._canvas.bookmarkHorizontal(key, 0, top + 20)
        self._canvas.addOutlineEntry(title, key, level)

    def _draw_page(self, page: Page, number: int) -> None:
        is_cover = number == 1
        top, bottom = look.BODY_TOP, look.BODY_BOTTOM
        blocks = stacked(page.blocks)
        if is_cover:
            self._draw_cover()
            top = look.PAGE_HEIGHT - look.COVER_HEIGHT - 36
            bottom += self._draw_notice()
        else:
            self._draw_header()
        if page.title:
            blocks = Stack([Title(page.title, look.TITLE), *blocks.parts])
        body = Area(look.MARGIN, top, look.BODY_WIDTH, top - bottom)
        excess = blocks.height(body.width) - body.height
        if excess > 0:
            raise DefinitionError(
                self._pages.source,
                Message(
                    "page {page} is {points} points too full, at some 12 points a line",
                    page=number,
                    points=round(excess),
                ),
                Message("Ask for fewer lines in its questions, or move a block to another page."),
            )
        blocks.draw(self._pen, body)
        self._draw_footer(number)

    def _draw_cover(self) -> None:
        canvas, form = self._canvas, self._form
        bottom = look.PAGE_HEIGHT - look.COVER_HEIGHT
        canvas.setFillColor(look.PRIMARY)
        canvas.rect(0, bottom, look.PAGE_WIDTH, look.COVER_HEIGHT, stroke=0, fill=1)
        canvas.setFillColor(look.ACCENT)
        canvas.rect(0, bottom - 5, look.PAGE_WIDTH, 5, stroke=0, fill=1)
        texts = [Text(form.title, look.COVER_TITLE)]
        if form.subtitle:
            texts.append(Text(form.subtitle, look.COVER_SUBTITLE))
        titles = Stack(texts)
        height = titles.height(look.BODY_WIDTH)
        titles.draw(self._pen, Area(look.MARGIN, bottom + 44 + height, look.BODY_WIDTH, height))
        self._bookmark(form.title, 0, look.PAGE_HEIGHT)

    def _draw_notice(self) -> float:
        """Draw the notice at the foot of the first page and return the height that it takes."""
        notice = Text(self._pages.notice, look.NOTICE)
        height = notice.height(look.BODY_WIDTH)
        notice.draw(self._pen, Area(look.MARGIN, look.BODY_BOTTOM + height, look.BODY_WIDTH, height))
        return height + 12

    def _draw_header(self) -> None:
        canvas, form = self._canvas, self._form
        baseline = look.PAGE_HEIGHT - 34
        canvas.setFillColor(look.PRIMARY)
        canvas.setFont(look.BOLD, look.RUNNING_SIZE)
        canvas.drawString(look.MARGIN, baseline, form.title)
        canvas.setFillColor(look.MUTED)
        canvas.setFont(look.REGULAR, look.RUNNING_SIZE)
        canvas.drawRightString(look.PAGE_WIDTH - look.MARGIN, baseline, form.subtitle)
        self._draw_rule(baseline - 8)

    def _draw_footer(self, number: int) -> None:
        canvas = self._canvas
        baseline = 22.0
        self._draw_rule(baseline + 14)
        canvas.setFillColor(look.MUTED)
        canvas.setFont(look.REGULAR, look.RUNNING_SIZE)
        canvas.drawString(look.MARGIN, baseline, self._pages.footer)
        numbered = self._pages.numbering.replace("{pages}", str(len(self._pages.pages)))
        numbered = numbered.replace("{page}", str(number))
        canvas.drawRightString(look.PAGE_WIDTH - look.MARGIN, baseline, numbered)

    def _draw_rule(self, y: float) -> None:
        self._canvas.setStrokeColor(look.RULE)
        self._canvas.setLineWidth(0.75)
        self._canvas.line(look.MARGIN, y, look.PAGE_WIDTH - look.MARGIN, y)


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{notice}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<dc:creator><rdf:Seq><rdf:li>veldpdf</rdf:li></rdf:Seq></dc:creator>
<pdf:Producer>veldpdf</pdf:Producer>
</rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>
"""
