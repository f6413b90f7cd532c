"""pdftk (the Java port, on an old iText), behind many a web form and office macro.

What it does to a text: nothing; line ends stay ``\\n``, a tab stays a tab. Every value is stored in
UTF-16BE, also plain ASCII. Characters that the field's font lacks are missing in the drawing only.
A cleared field keeps an empty ``/V``. The value goes to the field, also where field and widget are
two objects. The file is written anew. Same input, same bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from .engine import lacks, run, unknown_fields

NAME = "pdftk"
XFDF = "http://ns.adobe.com/xfdf/"


def missing() -> str | None:
    """Say what to install, or None."""
    return lacks("pdftk", install="apt-get install pdftk-java")


def fill(pdf: bytes, values: Mapping[str, str]) -> bytes:
    """Fill the text fields of a PDF from an XFDF file, as ``pdftk IN fill_form DATA`` does."""
    with tempfile.TemporaryDirectory(prefix="veldpdf-engine-") as folder:
        source, data, target = (Path(folder, name) for name in ("in.pdf", "data.xfdf", "out.pdf"))
        source.write_bytes(pdf)
        _refuse_unknown(source, values)
        data.write_bytes(xfdf(values))
        run(NAME, ["pdftk", source, "fill_form", data, "output", target])
        return target.read_bytes()


def xfdf(values: Mapping[str, str]) -> bytes:
    """Write texts as XFDF: UTF-8, which keeps what FDF from pdftk's manual would lose."""
    root = ET.Element("xfdf", {"xmlns": XFDF, "xml:space": "preserve"})
    fields = ET.SubElement(root, "fields")
    for name, text in values.items():
        parent = fields
        for part in name.split("."):
            parent = ET.SubElement(parent, "field", {"name": part})
        ET.SubElement(parent, "value").text = text
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _refuse_unknown(source: Path, values: Mapping[str, str]) -> None:
    """Complain about names that pdftk itself would drop without a word."""
    listing = run(NAME, ["pdftk", source, "dump_data_fields_utf8"]).decode("utf-8")
    known = {line.removeprefix("FieldName: ") for line in listing.splitlines()}
    if unknown := sorted(values.keys() - known):
        raise unknown_fields(NAME, unknown)
