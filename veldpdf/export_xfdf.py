"""The answers of one submission as form data: an XFDF file (ISO 19444-1), to be put back into a worksheet.

It describes the fields of one file, so each submission has a file of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from veldpdf.messages import Message, counted
from veldpdf.model import Submission
from veldpdf.office_packages import NOT_IN_XML, xml_text
from veldpdf.recipients import file_names
from veldpdf.typed_text import REPLACEMENT

_BEGIN = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<xfdf xmlns="http://ns.adobe.com/xfdf/" xml:space="preserve">\n<fields>\n'
)
# Of what comes in: PDFs, and form data without one.
_ENDING = re.compile(r"\.(?:pdf|xfdf|fdf)\Z", re.IGNORECASE)

_END = "</fields>\n</xfdf>\n"


@dataclass(frozen=True, slots=True)
class FormData:
    """A submission as form data.

    Attributes:
        data: The file.
        warnings: What XML cannot hold, and what became of it.
    """

    data: bytes
    warnings: tuple[Message, ...]


def submission_xfdf(submission: Submission) -> FormData:
    """Return the answers of a submission: the fields that it has, empty ones included."""
    texts = {name: answer.text for name, answer in submission.answers.items()}
    changed = sum(len(NOT_IN_XML.findall(text)) for text in texts.values())
    warnings = (
        (
            counted(
                "{source}: {n} character that XML cannot hold was replaced.",
                "{source}: {n} characters that XML cannot hold were replaced.",
                changed,
                source=submission.source,
            ),
        )
        if changed
        else ()
    )
    return FormData((_BEGIN + "".join(_fields(texts)) + _END).encode(), warnings)


@dataclass(slots=True)
class _Node:
    """A field as it stands in the file: its text, and the fields in it. It may have both."""

    text: str | None = None
    kids: dict[str, _Node] = field(default_factory=dict)


def _fields(texts: dict[str, str]) -> Iterator[str]:
    """Yield the fields: a name of several parts is that many fields, one in the other (12.7.4.2 of ISO 32000-2)."""
    # Fields of one parent need not stand together in the worksheet's order, but must in the file.
    tree = _Node()
    for name, text in texts.items():
        place = tree
        for part in name.split("."):
            place = place.kids.setdefault(part, _Node())
        place.text = text
    # No recursion: a name may have any number of parts.
    waiting = [iter(tree.kids.items())]
    while waiting:
        name, node = next(waiting[-1], ("", None))
        if node is not None:
            yield f'<field name="{_held(name)}">'
            if node.text is not None:
                yield f"<value>{_held(node.text)}</value>"
            waiting.append(iter(node.kids.items()))
            continue
        waiting.pop()
        if waiting:
            yield "</field>\n"


def _held(text: str) -> str:
    return xml_text(NOT_IN_XML.sub(REPLACEMENT, text))


def xfdf_names(sources: Iterable[str]) -> list[str]:
    """Return a file name for each submission, after where it came from: safe everywhere, and no two alike."""
    stems = (_ENDING.sub("", source) for source in sources)
    return [f"{name.removesuffix('.pdf')}.xfdf" for name in file_names(stems)]
