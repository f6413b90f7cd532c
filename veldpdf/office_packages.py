"""Office files as packages: zip files of XML parts (ISO/IEC 29500-2) whose bytes tell nothing but their contents.

python-docx and openpyxl make the frame of a document: styles, properties, headers, relationships. Both put the
time of day in it, and both make an object of every paragraph and cell. So what there is much of is written as
XML of our own, put into its place in the finished frame, and the frame is packed anew with a time that is fixed.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import NoReturn

from veldpdf.errors import VeldpdfError
from veldpdf.messages import Message

# The first that a zip file can hold (APPNOTE.TXT, 4.4.6).
_NO_TIME = (1980, 1, 1, 0, 0, 0)

# What XML cannot hold at all (XML 1.0, 2.2).
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})


def xml_text(text: str) -> str:
    """Return a text as it stands in XML, in an element or an attribute; what XML cannot hold must be gone."""
    return text.translate(_SPECIAL)


def moment_of(day: dt.date | None) -> dt.datetime:
    """Return when a document says it was made: the day that its maker gave, else one that is always the same."""
    return dt.datetime(*(_NO_TIME[:3] if day is None else (day.year, day.month, day.day)), tzinfo=dt.UTC)


def repacked(package: bytes, instead: Mapping[str, tuple[str, str]]) -> bytes:
    """Return a package with what was written in place of what stood there, the same bytes at any time.

    Args:
        package: The frame.
        instead: By the name of a part, what stands in it once, and what is to stand there.
    """
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as frame, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as whole:
        for name in _in_order(frame.namelist()):
            part = frame.read(name)
            if name in instead:
                place, content = instead[name]
                before, found, after = part.decode("utf-8").partition(place)
                assert found, f"{name} has no {place}"
                part = (before + content + after).encode("utf-8")
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            whole.writestr(info, part)
    return made.getvalue()


def _in_order(names: list[str]) -> list[str]:
    """Return the names of parts with the list of content types in front: by it programs tell a file's kind."""
    return sorted(names, key=lambda name: (name != "[Content_Types].xml", name != "_rels/.rels", name))


class MissingExtraError(VeldpdfError):
    """A library is not installed that only an extra brings."""


def tell_missing(kind: Message, package: str, cause: ImportError) -> NoReturn:
    """Tell that a kind of file needs a package that is not there.

    Raises:
        MissingExtraError: Always.
    """
    raise MissingExtraError(
        Message("Writing {kind} files needs the package {package}.", kind=kind, package=package),
        Message("Install it with: {command}.", command="pip install 'veldpdf[office]'"),
    ) from cause
