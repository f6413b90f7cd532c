"""Targets over form data without a form: XFDF, FDF, and what an XFA form keeps beside its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

import pikepdf

from tests.fuzzing.feed import Feed, fed
from tests.fuzzing.mutations import knowing
from tests.fuzzing.target import Target
from veldpdf.export_xfdf import submission_xfdf
from veldpdf.model import Answer, State, Status, Submission
from veldpdf.office_packages import NOT_IN_XML
from veldpdf.pdf.document import UnreadableError
from veldpdf.pdf.fdf import read_fdf
from veldpdf.pdf.xfa import xfa_values
from veldpdf.pdf.xfdf import read_xfdf

_DEEPEST = 200
_LINE_END = re.compile("\r\n?")
_XML = (
    "<",
    "</",
    "/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE a[",
    "<!ENTITY a 'b'>",
    "<?xml",
    "&a;",
    "&#0;",
)


def _xfdf(data: bytes) -> None:
    with suppress(UnreadableError):
        _check_texts(read_xfdf(data))


def _fdf(data: bytes) -> None:
    with suppress(UnreadableError):
        _check_texts(read_fdf(data))


def _check_texts(texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        name.encode("utf-8", "surrogatepass")
        assert "\r" not in text
        assert isinstance(text, str)


def _written(data: bytes) -> None:
    """Write answers as XFDF, and read them back."""
    texts = Feed(data).texts()
    answers = {
        name: Answer(text=text, state=State.ANSWERED)
        for name, text in zip(texts[::2], texts[1::2], strict=False)
    }
    made = submission_xfdf(
        Submission(source="a.pdf", partner="A", status=Status.READ, form="a", answers=answers)
    )
    if max((name.count(".") for name in answers), default=0) > _DEEPEST:
        return  # deeper than is read
    back = read_xfdf(made.data)
    # A part without a name is no part, and halves of pairs become the same sign.
    if all(name.isprintable() and all(name.split(".")) for name in answers):
        assert {name: back[name] for name in answers} == {
            name: _LINE_END.sub("\n", NOT_IN_XML.sub("\ufffd", answer.text)) for name, answer in answers.items()
        }


def _xfa(data: bytes) -> None:
    with pikepdf.new() as pdf:
        stream = pikepdf.Stream(pdf, data)
        packets = pikepdf.Array([pikepdf.String("datasets"), stream])
        for xfa in (stream, packets):
            pdf.Root.AcroForm = pikepdf.Dictionary(XFA=xfa)
            for name, texts in xfa_values(pdf).items():
                assert isinstance(name, str)
                assert texts
                assert not any("\r" in text for text in texts)


def _xfdf_seeds() -> Iterator[bytes]:
    whole = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<xfdf xmlns="http://ns.adobe.com/xfdf/" xml:space="preserve">'
        '<fields><field name="Veld01"><value>Wij doen mee &amp; meer\r\nreünie</value></field><field name="a">'
        '<field name="b"><value>een</value><value>twee</value></field></field><field name="c"><value-richtext>'
        '<body xmlns="http://www.w3.org/1999/xhtml"><p>vet&#11;</p></body></value-richtext></field>'
        '<field name="d"/></fields><f href="a.pdf"/></xfdf>'
    )
    yield whole.encode()
    yield whole.replace("UTF-8", "UTF-16").encode("utf-16")
    yield whole.replace("UTF-8", "ISO-8859-1").encode("latin-1")
    yield whole.replace("&#11;", "&#xB;\x0b\x01").replace(' encoding="UTF-8"', "").encode("cp1252")


def _fdf_seeds() -> Iterator[bytes]:
    yield (
        b"%FDF-1.2\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</FDF<</F(a.pdf)/Fields[<</T(Veld01)/V(Wij \\(doen\\) m"
        b"ee\\r\\n)>>"
        b"<</T(a)/Kids[<</T(b)/V[(een)(twee)]>>2 0 R]>>]/ID[<00><01>]>>>>\nendobj\n"
        b"2 0 obj\n<</T(c)/RV(<p>vet</p>)/V 3 0 R>>\nendobj\n3 0 obj<</Length 3>>stream\nabc\nendstream"
        b"\nendobj\n"
        b"trailer\n<</Root 1 0 R>>\n%%EOF\n"
    )
    yield (
        b"%FDF-1.2\r1 0 obj<</FDF<</Fields[<</T<FEFF0041>/V/Ja>><</T(D)/V<FEFF20AC>>>]>>>>endobj trail"
        b"er<</Root 1 0 R>>"
    )
    yield (
        b"%FDF-1.2\n1 0 obj<</FDF<</Fields 2 0 R>>>>endobj 2 0 obj[3 0 R]endobj 3 0 obj<</T(x)/Kids[3 "
        b"0 R]/Parent 3 0 R>>endobj"
    )


def _xfa_seeds() -> Iterator[bytes]:
    yield (
        b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><xfa:datasets xmlns:xfa="http://www.xfa.org/sche'
        b'ma/xfa-data/1.0/">'
        b"<xfa:data><form1><Veld01>Wij doen\r\nmee</Veld01><a:b xmlns:a='x'>y</a:b></form1></xfa:data></"
        b"xfa:datasets></xdp:xdp>"
    )
    yield (
        '<?xml version="1.0" encoding="UTF-16"?><data xmlns="http://www.xfa.org/schema/xfa-data/1.0/">'
        "<a>é</a></data>".encode("utf-16")
    )


TARGETS = (
    Target(
        name="xfdf",
        run=_xfdf,
        seeds=_xfdf_seeds,
        mutate=knowing(
            *_XML, "<field name=", "<value>", "</value>", "<value-richtext>", "</field>", "<xfdf>", "&#x1F600;"
        ),
    ),
    Target(
        name="xfdf-written",
        run=_written,
        seeds=lambda: [
            fed("Veld01", "Wij doen mee", "a.b", "x<&>", "a.c", "\r\n", "a", "y"),
            fed("", "z", ".", "\x00"),
        ],
        mutate=knowing(".", b"\xff", "<", "&", "]]>"),
    ),
    Target(
        name="fdf",
        run=_fdf,
        seeds=_fdf_seeds,
        mutate=knowing(
            *(
                "<<",
                ">>",
                "[",
                "]",
                "(",
                ")",
                "/Kids",
                "/Fields",
                "/FDF",
                "/T",
                "/V",
                "/RV",
                " 0 R",
                " 0 obj",
                "endobj",
            ),
            *("stream\n", "endstream", "%FDF-1.2", "1 0 R", "2 0 R", "null", "true", "/Filter/FlateDecode"),
        ),
    ),
    Target(name="xfa", run=_xfa, seeds=_xfa_seeds, mutate=knowing(*_XML, "xfa:data", "xmlns:xfa=")),
)
