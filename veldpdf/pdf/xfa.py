"""The data of an XFA form, to be compared with the AcroForm beside it (annex K of ISO 32000-1)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pikepdf

from veldpdf.pdf.objects import get, get_dictionary
from veldpdf.pdf.streams import read_limited
from veldpdf.pdf.textstring import decode

_LONGEST = 8 * 1024 * 1024
_DATA = "{http://www.xfa.org/schema/xfa-data/1.0/}data"


def xfa_values(pdf: pikepdf.Pdf) -> dict[str, list[str]]:
    """Return the texts in a form's XFA data by the name of their element; empty where there is no XFA."""
    acroform = get_dictionary(pdf.Root, "/AcroForm")
    xfa = None if acroform is None else get(acroform, "/XFA")
    if xfa is None:
        return {}
    values: dict[str, list[str]] = {}
    for packet in _packets(xfa):
        for element in _data_of(packet):
            if len(element) == 0 and element.text:
                text = element.text.replace("\r\n", "\n").replace("\r", "\n")
                values.setdefault(element.tag.rpartition("}")[2], []).append(text)
    return values


def _packets(xfa: object) -> Iterator[bytes]:
    """Yield the packets that may hold data: the whole form, or those of an array of names and streams."""
    if isinstance(xfa, pikepdf.Stream):
        yield read_limited(xfa, _LONGEST) or b""
    elif isinstance(xfa, pikepdf.Array):
        items = list(xfa)
        for name, stream in zip(items[::2], items[1::2], strict=False):
            is_data = isinstance(name, pikepdf.String) and decode(bytes(name)).text == "datasets"
            if is_data and isinstance(stream, pikepdf.Stream):
                yield read_limited(stream, _LONGEST) or b""


def _data_of(packet: bytes) -> Iterator[ET.Element]:
    """Yield all elements below the data of a packet; nothing where it is no XML or brings a DTD along."""
    # Entities that double themselves need a document type; no XFA needs one.
    plain = packet.replace(b"\0", b"")  # as it reads in UTF-16, too
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        return
    try:
        root = ET.fromstring(packet)  # noqa: S314 - without a document type there are no entities
    except (ET.ParseError, LookupError, ValueError):  # LookupError: an encoding that nobody knows
        return
    # The first one only: data inside data would be gone through again for each.
    data = next(root.iter(_DATA), None)
    if data is not None:
        yield from data.iter()
