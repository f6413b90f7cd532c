"""Which pages stand behind a report, and under whose name: those of the files that its answers come from.

A file that holds several worksheets is shown once, under the names of all its partners, and so is one that came in
twice. What a newer version replaces is not shown. What cannot be shown is told, so that nobody takes the annex for
all there is.

The pages are made before the report: it tells how many follow it, and where each partner's begin.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from veldpdf.language import Catalogue
from veldpdf.merging import Report
from veldpdf.messages import Message, counted
from veldpdf.model import Submission
from veldpdf.pdf.assembly import Part, with_pages
from veldpdf.pdf.measuring import UnshowableError
from veldpdf.pdf.stills import Stills, attached_to, stills_of
from veldpdf.report import Rendered
from veldpdf.report.presentation import Following, destination_of
from veldpdf.sources import Document, Kind, documents_in, documents_in_bytes
from veldpdf.superseding import counting, settle
from veldpdf.typed_text import one_line

# Characters of a SHA-256 digest; behind it stands which part of the file a submission is.
_DIGEST = 64
# Worksheets of one file are numbered behind its name: "verzameld.pdf#2".
_NUMBER = r"(#\d+)?"
# PDFs inside PDFs inside PDFs, as they are read.
_MAX_DEPTH = 3
# Partners of one file that its entry in the outline names.
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedPages:
    """The pages that are to stand behind a report.

    Attributes:
        parts: Those of each file, in order.
        following: Whose they are and how many, as the report announces them.
        warnings: What is not among them, and why.
    """

    parts: tuple[Part, ...]
    following: tuple[Following, ...]
    warnings: tuple[Message, ...] = ()

    def behind(self, pdf: Rendered, say: Catalogue) -> Rendered:
        """Return a report with these pages behind it.

        Args:
            pdf: The report, which announces them.
            say: The language of the outline, of the line on each page, and of what screen readers say.
        """
        data = with_pages(
            pdf.data,
            self.parts,
            heading=say("Returned pages"),
            alternative=lambda title, number: say(
                "Page {number} of the worksheet that {partner} returned. Its answers stand in this report.",
                number=number,
                partner=title,
            ),
            # As the footer of the report has it: one count runs through both.
            place=lambda page, total: say("page {page} of {total}", page=page, total=total),
        )
        return Rendered(data=data, warnings=(*pdf.warnings, *self.warnings))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A worksheet whose pages are to be shown.

    Attributes:
        name: What the report calls its partner.
        source: Where it came from, as told to the user.
        part: Where in its file it is, as the end of its source tells: ``"#2"``, ``"/ggd.pdf"``, mostly nothing.
    """

    name: str
    source: str
    part: str


def documents_of(files: Iterable[Path | bytes]) -> Iterator[Document]:
    """Yield what may hold answers in files, given as paths or as their bytes."""
    for file in files:
        if isinstance(file, Path):
            yield from documents_in(file)
        else:
            yield from documents_in_bytes("PDF", file)


def returned_pages(
    report: Report, submissions: Sequence[Submission], documents: Iterable[Document], *, password: str = ""
) -> ReturnedPages:
    """Return the pages that the answers of a report came on.

    Which file is whose is told by what is in it, not by its name: a name may be that of several files.

    Args:
        report: What stands in it.
        submissions: What it was made of.
        documents: The files that these were read from, in the order in which they are to stand there.
        password: To open encrypted files with.
    """
    collecting = _Collecting(report, submissions, password)
    parts: list[Part] = []
    following: list[Following] = []
    for title, stills in collecting.stills(documents):
        following.append(Following(title, stills.count))
        parts.append(Part(title=title, data=stills.data, destination=destination_of(len(following))))
    return ReturnedPages(parts=tuple(parts), following=tuple(following), warnings=collecting.warnings())


class _Collecting:
    """The pages of the files of one report, as they are come by, and what could not be had."""

    def __init__(self, report: Report, submissions: Sequence[Submission], password: str) -> None:
        self._password = password
        self._warnings: list[Message] = []
        self._wanted: dict[str, list[_Wanted]] = {}
        for submission, participant in zip(counting(settle(submissions)), report.participants, strict=True):
            digest, part = submission.digest[:_DIGEST], submission.digest[_DIGEST:]
            wanted = _Wanted(name=one_line(participant.name), source=submission.source, part=part)
            self._wanted.setdefault(digest, []).append(wanted)

    def stills(self, documents: Iterable[Document]) -> Iterator[tuple[str, Stills]]:
        """Yield the pages of each file that the report has answers from, once, with the title that they get."""
        for document in documents:
            if document.problem is not None:
                continue
            wanted = self._wanted.pop(hashlib.sha256(document.data).hexdigest(), [])
            if wanted and document.kind is not Kind.PDF:
                self._leave_out(wanted, Message("it is form data without pages"))
            elif wanted:
                yield from self._stills(document.data, wanted, "", _MAX_DEPTH)
                self._leave_out(wanted, Message("its pages were not found"))

    def warnings(self) -> tuple[Message, ...]:
        """Return what is not shown, and why, when all files have been gone through."""
        self._leave_out(self._wanted.pop("", []), Message("it could not be read"))
        for wanted in self._wanted.values():
            self._leave_out(wanted, Message("the file that it was read from is not among those given"))
        return tuple(self._warnings)

    def _stills(
        self, data: bytes, wanted: list[_Wanted], place: str, depth: int
    ) -> Iterator[tuple[str, Stills]]:
        """Yield the pages of a PDF, and of those in it, and strike out whose they are."""
        own = [each for each in wanted if re.fullmatch(re.escape(place) + _NUMBER, each.part)]
        for each in own:
            wanted.remove(each)
        if own:
            yield from self._shown(data, own)
        if not wanted or depth == 0:
            return
        for file in attached_to(data, self._password):
            inside = f"{place}/{file.name}"
            if any(each.part.startswith(inside) for each in wanted):
                yield from self._stills(file.data, wanted, inside, depth - 1)

    def _shown(self, data: bytes, own: Sequence[_Wanted]) -> Iterator[tuple[str, Stills]]:
        try:
            stills = stills_of(data, self._password)
        except UnshowableError as exc:
            self._leave_out(own, exc.reason)
            return
        if stills.count < stills.total:
            self._warnings.append(
                Message(
                    "{source}: only the first {count} of its {total} pages stand behind the report.",
                    source=own[0].source,
                    count=stills.count,
                    total=stills.total,
                )
            )
        if stills.unseen:
            self._warnings.append(
                counted(
                    "{source}: {n} answer does not show on its pages: the program that saved it left out its"
                    " picture. The report has it.",
                    "{source}: {n} answers do not show on its pages: the program that saved it left out their"
                    " pictures. The report has them.",
                    stills.unseen,
                    source=own[0].source,
                )
            )
        yield _title(own), stills

    def _leave_out(self, wanted: Sequence[_Wanted], reason: Message) -> None:
        self._warnings += [
            Message(
                "{source}: its pages do not stand behind the report: {reason}.",
                source=each.source,
                reason=reason,
            )
            for each in wanted
        ]


def _title(own: Sequence[_Wanted]) -> str:
    more = [] if len(own) <= _MOST_NAMED else ["…"]
    return ", ".join([*(each.name for each in own[:_MOST_NAMED]), *more])
