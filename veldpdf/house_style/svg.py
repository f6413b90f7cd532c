"""SVG logos: whether they only draw, and how large they are.

SVG can run scripts, fetch files, move, and refer to itself until no memory is left. A report is opened by people who
trust whoever sent it, so a logo that does any of it is refused, with the reason. What is checked is the whole
file, with a parser that expands and fetches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.parsers import expat

from veldpdf.errors import HouseStyleError
from veldpdf.messages import Message

_NAMESPACE = "http://www.w3.org/2000/svg"
_BETWEEN = "\n"  # between namespace and name; no name holds it
# Namespaces whose attributes mean something in SVG, and what they are called here.
_PREFIXES = {
    "": "",
    "http://www.w3.org/1999/xlink": "xlink:",
    "http://www.w3.org/XML/1998/namespace": "xml:",
}
# Both name what is used again. Browsers prefer the first, svglib the second; so both count.
_REFERENCES = ("href", "xlink:href")
# More than any logo has, also when all that is used again is counted again.
_MOST_ELEMENTS = 20_000
_DEEPEST = 64
# Each rule of a style sheet is tried on each element, and each step of a selector on all elements above or before.
_MOST_TRIALS = 1_000_000

_ACTING = frozenset(
    {"script", "handler", "listener", "foreignObject", "iframe", "audio", "video", "canvas", "discard"}
    | {"animate", "animateColor", "animateMotion", "animateTransform", "set"}
)
_PICTURES = frozenset({"image", "feImage"})
# Style sheets may name files: @import "…", url(…). Within the file, a name begins with #. What is passed over
# before it is not taken back: a quote is no beginning of a name.
_OUTSIDE = re.compile(
    r"@import|@font-face|(?:image|src|image-set)\s*\(|url\s*+\(\s*+[\"']?+\s*+(?!#)|expression\s*\(", re.I
)
_ESCAPED = re.compile(r"\\")
# A remark in a style sheet, of words alone: what holds more may be something else, such as a part of a text.
_REMARK = re.compile(r"/\*[^{}()\"'\\*]*\*/")
# What leads from one part of a selector to the next, or to its siblings.
_STEPS = re.compile(r"[\s>+]+")
_AMONG_SIBLINGS = re.compile(r"[~:]")
# What browsers leave out of a reference wherever it stands (URL Standard, 4.4).
_NOT_IN_REFERENCES = re.compile(r"[\t\n\r]")

_LENGTH = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)(px|pt|pc|mm|cm|in)?\s*")
# How many CSS pixels a unit has.
_UNITS: Mapping[str | None, float] = {
    None: 1,
    "px": 1,
    "pt": 96 / 72,
    "pc": 16,
    "in": 96,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
}
_VIEW_BOX = 4

_DRAW_ONLY = Message("Have the logo saved as plain SVG, or as PNG.")


def size_of_svg(data: bytes, source: str) -> tuple[float, float]:
    """Return width and height of an SVG file, in its own units, when it is found to do nothing but draw.

    Raises:
        HouseStyleError: It is no SVG, or can do something.
    """
    root = _Reading(source).read(data)
    if root.name != "svg":
        raise HouseStyleError(
            source, Message("this is neither a PNG nor an SVG"), Message("Give the logo as PNG or SVG.")
        )
    elements = list(root.all())
    for element in elements:
        _check(element, source)
    _check_size(root, elements, source)
    return _size(root, source)


@dataclass(slots=True)
class _Element:
    """An element of the file.

    Attributes:
        name: Its name in SVG's namespace; with its namespace for those of another.
        attributes: By name, with the prefix ``xlink:`` or ``xml:``. Those of other namespaces mean nothing and are
            left out.
        children: The elements in it.
        text: The text right in it.
    """

    name: str
    attributes: dict[str, str]
    children: list[_Element] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def all(self) -> Iterator[_Element]:
        """Yield the element and all in it."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)


class _Reading:
    """A file being parsed: anything that would have the parser expand or fetch something ends it."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._open: list[_Element] = []
        self._root: _Element | None = None
        self._count = 0

    def read(self, data: bytes) -> _Element:
        """Return the outermost element."""
        parser = expat.ParserCreate(namespace_separator=_BETWEEN)
        parser.StartDoctypeDeclHandler = self._document_type
        parser.ProcessingInstructionHandler = self._instruction
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(data, True)  # noqa: FBT003 - expat takes no keyword: this is all there is
        except (expat.ExpatError, ValueError, LookupError) as exc:
            raise HouseStyleError(
                self._source,
                Message("this SVG is not well-formed: {reason}", reason=exc),
                Message("Have the logo saved once more, as SVG or PNG."),
            ) from exc
        assert self._root is not None, "expat lets no file pass that holds no element"
        return self._root

    def _document_type(self, *_: object) -> None:
        raise self._refused(Message("a document type (DOCTYPE), which may define entities"))

    def _instruction(self, target: str, _: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise self._refused(Message("a style sheet of another file"))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(_BETWEEN)
        self._count += 1
        if self._count > _MOST_ELEMENTS or len(self._open) > _DEEPEST:
            raise _too_much(self._source)
        own = {
            _PREFIXES[of] + key: value
            for (of, _, key), value in (
                (name.rpartition(_BETWEEN), value) for name, value in attributes.items()
            )
            if of in _PREFIXES
        }
        # A file without namespace is shown by nobody, yet it is clear what is meant; svglib takes it.
        element = _Element(local if namespace in ("", _NAMESPACE) else f"{namespace} {local}", own)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self._root = element
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _characters(self, text: str) -> None:
        if self._open:
            self._open[-1].text.append(text)

    def _refused(self, what: Message) -> HouseStyleError:
        return _refused(self._source, what)


def _check(element: _Element, source: str) -> None:
    """Make sure that an element can do nothing but draw."""
    local = element.name.rpartition(" ")[2]
    # An HTML script in an SVG file runs like any other.
    if local in _ACTING or local.lower() == "script":
        raise _refused(source, Message("an element that does something: {name}", name=local))
    if element.name in _PICTURES:
        raise _refused(source, Message("a picture made of pixels"))
    for key, value in element.attributes.items():
        if key.lower().startswith("on"):
            raise _refused(source, Message("a script: {name}", name=key))
        is_outside = key in _REFERENCES and not value.strip().startswith("#") and element.name != "a"
        # A base turns each reference within the file into one to another (XML Base).
        if is_outside or key == "xml:base":
            raise _refused(source, Message("a reference to another file"))
        if key not in (*_REFERENCES, "d", "points") and _reaches_out(value):
            raise _refused(source, Message("a reference to another file"))
    if element.name == "a":
        raise _refused(source, Message("a link"))
    # Browsers take a style sheet of HTML's for one of the file's.
    if local.lower() == "style" and _reaches_out("".join(element.text)):
        raise _refused(source, Message("a reference to another file"))


def _reaches_out(css: str) -> bool:
    """Return whether a style names another file, or is written so that nobody can tell."""
    return bool(_OUTSIDE.search(css)) or (bool(_ESCAPED.search(css)) and "(" in css)


def _check_size(root: _Element, elements: list[_Element], source: str) -> None:
    """Make sure that there is an end to what is drawn, when all that is used again is drawn again."""
    by_id: dict[str, _Element] = {}
    for element in elements:
        name = element.attributes.get("id")
        # Of two, browsers use the first, and other programs the last.
        if name in by_id:
            raise _refused(source, Message("two elements of the same name (id): {name}", name=name))
        if name is not None:
            by_id[name] = element
    sizes: dict[int, int] = {}
    drawn = _drawn(root, by_id, sizes, set())
    if drawn is None or drawn > _MOST_ELEMENTS or _trials(root, elements) > _MOST_TRIALS:
        raise _too_much(source)


def _drawn(
    element: _Element, by_id: Mapping[str, _Element], sizes: dict[int, int], above: set[int]
) -> int | None:
    """Return how many elements are drawn for one; None where it is drawn in itself, or too deep."""
    key = id(element)
    if key in sizes:
        return sizes[key]
    if key in above or len(above) > 2 * _DEEPEST:
        return None
    total = 1
    for part in (*element.children, *_used(element, by_id)):
        count = _drawn(part, by_id, sizes, above | {key})
        if count is None or total + count > _MOST_ELEMENTS:
            return None
        total += count
    sizes[key] = total
    return total


def _used(element: _Element, by_id: Mapping[str, _Element]) -> Iterator[_Element]:
    """Yield what an element draws again, whichever of its references is followed, read as browsers read it."""
    for reference in {element.attributes.get(key, "") for key in _REFERENCES}:
        name = _NOT_IN_REFERENCES.sub("", reference).strip().removeprefix("#")
        yield from (by_id[meant] for meant in {name, unquote(name)} if meant in by_id)


def _trials(root: _Element, elements: list[_Element]) -> int:
    """Return how often, at most, a part of the style sheets is held against an element."""
    css = "{".join("".join(element.text) for element in elements if element.name.lower().endswith("style"))
    css = _REMARK.sub("", css)
    # In brackets and behind a backslash stands anything; then what comes before a rule counts as part of it.
    is_plain = "[" not in css and "\\" not in css
    deepest = _depth(root)
    around = max(deepest, *(len(element.children) for element in elements))
    trials = 0
    for before in css.split("{")[:-1]:
        prelude = re.split("[};]", before)[-1] if is_plain else before
        # A list in parentheses is part of each selector around it.
        selectors = [prelude] * (1 + prelude.count(",")) if "(" in prelude else prelude.split(",")
        for selector in selectors:
            steps = len(_STEPS.findall(selector.strip()))
            siblings = len(_AMONG_SIBLINGS.findall(selector))
            # The exponents are bounded for the sake of the numbers: what is beyond is refused all the same.
            trials += len(elements) * deepest ** min(steps, 64) * max(around, 2) ** min(siblings, 64)
        if trials > _MOST_TRIALS:
            break
    return trials


def _depth(element: _Element) -> int:
    """Return how many elements stand in one another."""
    return 1 + max(map(_depth, element.children), default=0)


def _size(root: _Element, source: str) -> tuple[float, float]:
    """Return what the file says of its size: in units, or else in the coordinates of its drawing."""
    given = [_LENGTH.fullmatch(root.attributes.get(key, "")) for key in ("width", "height")]
    size = tuple(float(match[1]) * _UNITS[match[2]] for match in given if match is not None)
    if len(size) < len(given):
        box = re.split(r"[\s,]+", root.attributes.get("viewBox", "").strip())
        try:
            numbers = tuple(map(float, box))
        except ValueError:
            numbers = ()
        size = numbers[2:] if len(numbers) == _VIEW_BOX else ()
    if not size or not all(0 < side < 1e6 for side in size):  # noqa: PLR2004 - no picture is larger; NaN fails too
        raise HouseStyleError(
            source,
            Message("this SVG does not say how large it is"),
            Message('Add width and height to its first element, or a viewBox: viewBox="0 0 200 80".'),
        )
    return size[0], size[1]


def _refused(source: str, what: Message) -> HouseStyleError:
    return HouseStyleError(source, Message("this SVG holds {what}", what=what), _DRAW_ONLY)


def _too_much(source: str) -> HouseStyleError:
    return HouseStyleError(source, Message("this SVG draws more than a logo can"), _DRAW_ONLY)
