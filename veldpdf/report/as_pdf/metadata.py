"""What the document says of itself: its XMP packet (ISO 32000-2, 14.3.2) and its information dictionary."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from xml.sax.saxutils import escape

from veldpdf.report.as_pdf.structure import text_string

_PRODUCER = "veldpdf"


class Facts(NamedTuple):
    """What is known of a document as a whole.

    Attributes:
        title: On one line.
        author: Who made it; empty for nobody known.
        language: As a language tag (RFC 5646).
        date: When it was made, as the officer says; None for no date.
    """

    title: str
    author: str
    language: str
    date: date | None


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
    """Return the metadata as XMP (ISO 16684-1): the title, and that this is PDF/UA-1 (ISO 14289-1, 5)."""
    title = f'<rdf:Alt><rdf:li xml:lang="x-default">{escape(facts.title)}</rdf:li></rdf:Alt>'
    parts = [f"<dc:title>{title}</dc:title>"]
    if facts.author:
        parts.append(f"<dc:creator><rdf:Seq><rdf:li>{escape(facts.author)}</rdf:li></rdf:Seq></dc:creator>")
    parts.append(f"<dc:language><rdf:Bag><rdf:li>{facts.language}</rdf:li></rdf:Bag></dc:language>")
    parts.append(f"<xmp:CreatorTool>{_PRODUCER}</xmp:CreatorTool><pdf:Producer>{_PRODUCER}</pdf:Producer>")
    if facts.date is not None:
        parts.append(f"<xmp:CreateDate>{facts.date.isoformat()}</xmp:CreateDate>")
    parts.append("<pdfuaid:part>1</pdfuaid:part>")
    body = "\n".join(parts)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"'
        ' xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\n'
        f"{body}\n</rdf:Description></rdf:RDF></x:xmpmeta>\n"
        '<?xpacket end="r"?>'
    ).encode()
