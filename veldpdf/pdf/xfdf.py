"""Form data as XML: XFDF files (ISO 19444-1), as Acrobat, Foxit and iText export them.

The file comes from outside, so nothing in it may make the parser expand or fetch anything: expat is told to stop
at a document type, without which there are no entities but the five of XML itself.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from xml.parsers import expat

from veldpdf.messages import Message
from veldpdf.pdf.document import UnreadableError
from veldpdf.pdf.richtext import plain

# Deeper than the fields of any form, with the rich text in them.
_MAX_DEPTH = 256

# What may stand in XML at all (XML 1.0, 2.2).
_CHARACTERS = ((0x09, 0x0A, 0x0D), range(0x20, 0xD800), range(0xE000, 0xFFFE), range(0x10000, 0x110000))
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# UTF-16, with or without a mark: its declaration may name any encoding, and is not needed.
_WIDE = re.compile(rb"(?P<mark>\xff\xfe|\xfe\xff)|\0<|<\0")
_VERTICAL_TAB = 0x0B
_LINE_END = re.compile("\r\n?")


def read_xfdf(data: bytes) -> Mapping[str, str]:
    r"""Return the texts of an XFDF file by fully qualified field name; line ends are ``\n``.

    A field without a value is there with an empty text; one with several has a line for each. Formatted text
    counts where there is no plain one.

    Raises:
        UnreadableError: It is no XFDF file, or damaged.
    """
    problem: expat.ExpatError | None = None
    for encoding, content in _attempts(data):
        try:
            return _Reader(encoding).read(content)
        except expat.ExpatError as exc:
            problem = problem or exc
        except (LookupError, ValueError, MemoryError):  # an encoding that Python does not know, or cannot use
            continue
    raise UnreadableError(Message("The XFDF file is damaged beyond repair.")) from problem


def _attempts(data: bytes) -> Iterator[tuple[str | None, bytes]]:
    """Yield what may be parsed, as it came first, then with the mistakes mended that programs make."""
    wide = _WIDE.match(data)
    if wide:
        codec = "utf-16" if wide["mark"] else "utf-16-be" if data[0] == 0 else "utf-16-le"
        data = data.decode(codec, "replace").encode("utf-8", "replace")
        yield "utf-8", data
    else:
        yield None, data
    mended = _CONTROL.sub(_mended_byte, _REFERENCE.sub(_mended_reference, data))
    yield None, mended
    # The declaration says one thing and the bytes another: saved by an editor, or sent through a mail gateway.
    yield "utf-8", mended
    yield "windows-1252", mended


def _mended_reference(found: re.Match[bytes]) -> bytes:
    """Return a reference to a character that XML knows: Word's line break is a vertical tab, which it is not."""
    code = int(found[1], 16) if found[1] else int(found[2])
    if code == _VERTICAL_TAB:
        return b"&#10;"
    return found[0] if any(code in allowed for allowed in _CHARACTERS) else b"&#xFFFD;"


def _mended_byte(found: re.Match[bytes]) -> bytes:
    return b"&#10;" if found[0][0] == _VERTICAL_TAB else b"&#xFFFD;"


class _Reader:
    """One pass over the XML, keeping the names of the fields that it is in.

    Prefixes are cut off rather than looked up: some programs forget to declare them.
    """

    def __init__(self, encoding: str | None) -> None:
        self._parser = expat.ParserCreate(encoding)
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._document_type
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._path: list[str] = []
        self._names: list[str] = []
        self._with_kids: set[str] = set()
        self._texts: dict[str, list[str]] = {}
        self._rich: dict[str, str] = {}
        # What is being read: the text of a value, and how deep the element lies that it began with.
        self._pieces: list[str] = []
        self._value_depth = 0

    def read(self, data: bytes) -> Mapping[str, str]:
        """Return the texts by name."""
        self._parser.Parse(data, True)  # noqa: FBT003 - expat takes no keyword: this is all there is
        return {name: "\n".join(values) or self._rich.get(name, "") for name, values in self._texts.items()}

    def _document_type(self, *_declaration: object) -> None:
        raise UnreadableError(Message("The XFDF file declares a document type, which no form data needs."))

    def _start(self, element: str, attributes: Mapping[str, str]) -> None:
        tag = element.rpartition(":")[2]
        if not self._path and tag != "xfdf":
            raise UnreadableError(Message("This is not an XFDF file."))
        if len(self._path) >= _MAX_DEPTH:
            raise UnreadableError(Message("The XFDF file is damaged beyond repair."))
        self._path.append(tag)
        if self._value_depth:
            self._pieces.append(f"<{tag}>")
        elif tag == "field":
            self._with_kids.add(self._name)
            self._names.append(attributes.get("name", ""))
        elif tag in ("value", "value-richtext") and self._names:
            self._pieces = []
            self._value_depth = len(self._path)

    def _characters(self, text: str) -> None:
        if self._value_depth:
            is_rich = self._path[self._value_depth - 1] == "value-richtext"
            self._pieces.append(html.escape(text) if is_rich else text)

    def _end(self, element: str) -> None:
        tag = element.rpartition(":")[2]
        if self._value_depth == len(self._path):
            self._keep(tag, "".join(self._pieces))
            self._value_depth = 0
        elif self._value_depth:
            self._pieces.append(f"</{tag}>")
        elif tag == "field":
            self._end_field()
        self._path.pop()

    def _keep(self, tag: str, text: str) -> None:
        name = self._name
        if tag == "value-richtext":
            self._rich[name] = plain(text)
            self._texts.setdefault(name, [])
        else:
            self._texts.setdefault(name, []).append(_LINE_END.sub("\n", text))

    def _end_field(self) -> None:
        name = self._name
        if name and name not in self._with_kids:
            self._texts.setdefault(name, [])
        self._names.pop()

    @property
    def _name(self) -> str:
        """The fully qualified name of the field that is being read (ISO 32000-2, 12.7.4.2)."""
        return ".".join(name for name in self._names if name)
