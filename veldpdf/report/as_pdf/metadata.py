"""What the document says of itself: its XMP packet (ISO 32000-2, 14.3.2) and its information dictionary."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from xml.sax.saxutils import escape

from veldpdf.report.as_pdf.structure import text_string

_PRODUCER = "veldpdf"
# PDF/A knows no property of PDF/UA but those that are described (ISO 19005-2, 6.6.2.3).
_PDFUA_SCHEMA = (
    '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    "<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>"
    "<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    "<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    '<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    "<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    "<pdfaProperty:category>internal</pdfaProperty:category>"
    "<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>"
    "</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>"
)


class Facts(NamedTuple):
    """What is known of a document as a whole.

    Attributes:
        title: On one line.
        author: Who made it; empty for nobody known.
        language: As a language tag (RFC 5646).
        date: When it was made, as the officer says; None for no date.
        is_all_ours: Whether all pages are ours. Those of others may have fonts that are not embedded, say, and then
            the document is not what it would claim to be.
    """

    title: str
    author: str
    language: str
    date: date | None
    is_all_ours: bool


def information(facts: Facts) -> bytes:
    """Return the information dictionary (14.3.3)."""
    entries = [
        ("Title", facts.title),
        ("Author", facts.author),
        ("Creator", _PRODUCER),
        ("Producer", _PRODUCER),
    ]
    if facts.date is not None:
        entries.append(("CreationDate", f"D:{facts.date:%Y%m%d}"))
    return b"<<%b>>" % "".join(f"/{key}{text_string(text)}" for key, text in entries if text).encode("ascii")


def xmp_packet(facts: Facts) -> bytes:
    """Return the metadata as XMP (ISO 16684-1): the title, and what standards this keeps to.

    PDF/UA-1 (ISO 14289-1, 5) for who cannot see it, PDF/A-2a (ISO 19005-2, 6.6.4) for the archive.
    """
    title = f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(facts.title)}</rdf:li></rdf:Alt>'
    parts = [f"<dc:title>{title}</dc:title>"]
    if facts.author:
        parts.append(f"<dc:creator><rdf:Seq><rdf:li>{escape(facts.author)}</rdf:li></rdf:Seq></dc:creator>")
    parts.append(f"<dc:language><rdf:Bag><rdf:li>{facts.language}</rdf:li></rdf:Bag></dc:language>")
    parts.append(f"<xmp:CreatorTool>{_PRODUCER}</xmp:CreatorTool><pdf:Producer>{_PRODUCER}</pdf:Producer>")
    if facts.date is not None:
        parts.append(f"<xmp:CreateDate>{facts.date.isoformat()}</xmp:CreateDate>")
    if facts.is_all_ours:
        parts.append("<pdfuaid:part>1</pdfuaid:part>")
        parts.append("<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>")
        parts.append(_PDFUA_SCHEMA)
    body = "\n".join(parts)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"'
        ' xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"'
        ' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
        ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
        ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">\n'
        f"{body}\n</rdf:Description></rdf:RDF></x:xmpmeta>\n"
        '<?xpacket end="r"?>'
    ).encode()
