"""Which pages stand behind a report, and under whose name: those of the files that its answers come from.

A file that holds several worksheets is shown once, under the names of all its partners, and so is one that came in
twice. What a newer version replaces is not shown. What cannot be shown is told, so that nobody takes the annex for
all there is.

The pages are made before the report: it tells how many follow it, and where each partner's begin. They are made in
worker processes (`veldpdf.isolation`), for drawing the page of a stranger may take for ever or bring its process down:
then that file is left out. Files are opened there as well, so that nothing of them is unpacked here but the pages.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeAlias

from veldpdf.errors import VeldpdfError
from veldpdf.files import encodable, read_bytes
from veldpdf.isolation import IsolatedWorkers, NoWorkersError
from veldpdf.language import Catalogue
from veldpdf.limits import Failure, Limits
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
# Starting another worker costs about as much as the pages of so many files.
_WORTH_A_WORKER = 4
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


# The worksheets that are wanted of each PDF, by its digest.
_WantedOf: TypeAlias = Mapping[str, Sequence[_Wanted]]


@dataclass(frozen=True, slots=True)
class _Shown:
    """What came of some worksheets that are on the same pages: these pages, or why they cannot be shown."""

    own: Sequence[_Wanted]
    stills: Stills | Message


@dataclass(frozen=True, slots=True)
class _Opened:
    """What came of one PDF.

    Attributes:
        digest: Of the PDF.
        shown: Its pages, and those of PDFs in it.
        left: Worksheets that were not found in it.
        is_without_pages: Whether it is form data.
    """

    digest: str
    shown: Sequence[_Shown] = ()
    left: Sequence[_Wanted] = ()
    is_without_pages: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """A file that may hold pages.

    Attributes:
        file: Its path, or what it holds.
        digest: The same for files that are the same, byte for byte; empty where it was not taken.
    """

    file: Path | bytes
    digest: str = ""


def documents_of(files: Iterable[Path | bytes]) -> Iterator[Given]:
    """Yield files, given as paths or as their bytes, that may hold pages; of those that are the same, one."""
    seen: set[str] = set()
    for file in files:
        given = Given(file, _digest_of(file))
        if given.digest not in seen:
            yield given
        seen.update(filter(None, [given.digest]))


def _digest_of(file: Path | bytes) -> str:
    """Return the digest of a file; nothing for a pipe, which is empty when it has been read, and what is gone."""
    try:
        if isinstance(file, Path) and not file.is_file():
            return ""
        return hashlib.sha256(read_bytes(file) if isinstance(file, Path) else file).hexdigest()
    except (OSError, ValueError, VeldpdfError):
        return ""


def returned_pages(
    report: Report,
    submissions: Sequence[Submission],
    documents: Iterable[Given],
    *,
    password: str = "",
    jobs: int | None = None,
    limits: Limits | None = None,
) -> ReturnedPages:
    """Return the pages that the answers of a report came on.

    Which file is whose is told by what is in it, not by its name: a name may be that of several files.

    Args:
        report: What stands in it.
        submissions: What it was made of.
        documents: The files that these were read from, in the order in which they are to stand there.
        password: To open encrypted files with.
        jobs: How many worker processes to use at most; as many as there are cores by default.
        limits: What the pages of one file may take to be made.
    """
    wanted: dict[str, list[_Wanted]] = {}
    for submission, participant in zip(counting(settle(submissions)), report.participants, strict=True):
        digest, part = submission.digest[:_DIGEST], submission.digest[_DIGEST:]
        worksheet = _Wanted(name=one_line(participant.name), source=submission.source, part=part)
        wanted.setdefault(digest, []).append(worksheet)
    collecting = _Collecting(wanted)
    limits = limits or Limits()
    # Without an answer there is nothing to look for: no worker need be started to find that out.
    files = list(documents) if any(wanted) else []
    for given, opened in zip(files, _opened(files, wanted, password, jobs, limits), strict=True):
        if isinstance(opened, Failure):
            collecting.fail(given, opened, limits)
        else:
            collecting.take(opened)
    return collecting.pages()


def _opened(
    files: Sequence[Given], wanted: _WantedOf, password: str, jobs: int | None, limits: Limits
) -> Iterator[Sequence[_Opened] | Failure]:
    """Yield what came of each file, in their order: from workers, or from here where none can be started."""
    work = partial(_open, {digest: tuple(each) for digest, each in wanted.items()}, password)
    done = 0
    try:
        with IsolatedWorkers(
            work, count=jobs or os.cpu_count() or 1, limits=limits, worth=_WORTH_A_WORKER
        ) as workers:
            for outcome in workers.results(given.file for given in files):
                done += 1
                yield Failure.CRASH if isinstance(outcome, VeldpdfError) else outcome
    except NoWorkersError:
        yield from (work(given.file) for given in files[done:])


def _open(wanted: _WantedOf, password: str, file: Path | bytes) -> tuple[_Opened, ...]:
    """Return what came of the PDFs in a file of which something is wanted: what a worker does with each file."""
    found: dict[str, _Opened] = {}
    for digest, document in _documents(file, wanted):
        if digest in found:
            continue
        if document.kind is not Kind.PDF:
            found[digest] = _Opened(digest, is_without_pages=True)
            continue
        left = list(wanted[digest])
        shown = list(_shown(document.data, left, password))
        found[digest] = _Opened(digest, shown, left)
    return tuple(found.values())


def _documents(file: Path | bytes, wanted: Collection[str]) -> Iterator[tuple[str, Document]]:
    """Yield those documents of a file, whatever it is, of whose digest something is wanted."""
    for document in documents_in(file) if isinstance(file, Path) else documents_in_bytes("PDF", file):
        digest = "" if document.problem is not None else hashlib.sha256(document.data).hexdigest()
        if digest and digest in wanted:
            yield digest, document


def _shown(data: bytes, wanted: list[_Wanted], password: str) -> Iterator[_Shown]:
    """Yield the pages of a PDF, and of those in it, and strike out whose they are."""
    for place, pdf in _pdfs(data, wanted, password):
        own = [each for each in wanted if _is_at(place, each)]
        for each in own:
            wanted.remove(each)
        if own:
            try:
                yield _Shown(own, stills_of(pdf, password))
            except UnshowableError as exc:
                yield _Shown(own, exc.reason)


def _is_at(place: str, worksheet: _Wanted) -> re.Match[str] | None:
    return re.fullmatch(re.escape(place) + _NUMBER, worksheet.part)


def _pdfs(
    data: bytes, wanted: Sequence[_Wanted], password: str, place: str = "", depth: int = _MAX_DEPTH
) -> Iterator[tuple[str, bytes]]:
    """Yield a PDF, and of those in it such as something is still wanted of, each with its place."""
    yield place, data
    if not wanted or depth == 0:
        return
    for file in attached_to(data, password):
        inside = f"{place}/{file.name}"
        if any(each.part.startswith(inside) for each in wanted):
            yield from _pdfs(file.data, wanted, password, inside, depth - 1)


@dataclass(frozen=True, slots=True)
class ReturnedPdf:
    """The PDF that a worksheet was read from.

    Attributes:
        data: What it holds.
        number: Which of the worksheets in it this is, from 1.
    """

    data: bytes
    number: int


def returned_pdf(file: Path, digest: str, password: str = "") -> ReturnedPdf | None:
    """Return the PDF that a worksheet was read from, out of whatever it lies in; None where that has no pages.

    What is in the file is unpacked here, so this is work for `veldpdf.isolation`.

    Args:
        file: A PDF, or a zip file or e-mail around it.
        digest: `Submission.digest` of the worksheet.
        password: To open encrypted files with.
    """
    worksheet = _Wanted(name="", source="", part=digest[_DIGEST:])
    for _, document in _documents(file, [digest[:_DIGEST]]):
        if document.kind is not Kind.PDF:
            return None
        for place, data in _pdfs(document.data, [worksheet], password):
            found = _is_at(place, worksheet)
            if found is not None:
                return ReturnedPdf(data, int((found[1] or "#1")[1:]))
    return None


@dataclass(slots=True)
class _Collecting:
    """The pages of the files of one report, as they are come by, and what could not be had.

    Attributes:
        wanted: The worksheets whose pages are still to be found, by the digests of their PDFs.
    """

    wanted: dict[str, list[_Wanted]]
    _parts: list[Part] = field(default_factory=list)
    _following: list[Following] = field(default_factory=list)
    _warnings: list[Message] = field(default_factory=list)
    _failed: list[tuple[str, Message]] = field(default_factory=list)

    def take(self, opened: Sequence[_Opened]) -> None:
        """Add the pages of a file, but for those that are there already: a PDF may lie in several files."""
        for each in opened:
            wanted = self.wanted.pop(each.digest, None)
            if wanted is None:
                continue
            if each.is_without_pages:
                self._leave_out(wanted, Message("it is form data without pages"))
            for shown in each.shown:
                self._take_pages(shown)
            self._leave_out(each.left, Message("its pages were not found"))

    def fail(self, given: Given, failure: Failure, limits: Limits) -> None:
        """Leave out a file whose pages stopped the worker that was to make them."""
        reason = _reason(failure, limits)
        if given.digest:
            self._leave_out(self.wanted.pop(given.digest, []), reason)
        if isinstance(given.file, Path):
            self._failed.append((encodable(given.file.name), reason))

    def pages(self) -> ReturnedPages:
        """Return what there is, when all files have been gone through."""
        self._leave_out(self.wanted.pop("", []), Message("it could not be read"))
        for wanted in self.wanted.values():
            for each in wanted:
                self._leave_out([each], self._why_missing(each))
        return ReturnedPages(
            parts=tuple(self._parts), following=tuple(self._following), warnings=tuple(self._warnings)
        )

    def _why_missing(self, worksheet: _Wanted) -> Message:
        # Nobody knows what was in a file that failed, but where a worksheet came from names the file around it.
        reasons = (reason for name, reason in self._failed if f"/{name}/" in f"/{worksheet.source}")
        missing = Message("the file that it was read from is not among those given")
        return next(reasons, missing)

    def _take_pages(self, shown: _Shown) -> None:
        own, stills = shown.own, shown.stills
        if isinstance(stills, Message):
            self._leave_out(own, stills)
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
        title = _title(own)
        self._following.append(Following(title, stills.count))
        destination = destination_of(len(self._following))
        self._parts.append(Part(title=title, data=stills.data, destination=destination))

    def _leave_out(self, wanted: Iterable[_Wanted], reason: Message) -> None:
        self._warnings += [
            Message(
                "{source}: its pages do not stand behind the report: {reason}.",
                source=each.source,
                reason=reason,
            )
            for each in wanted
        ]


def _reason(failure: Failure, limits: Limits) -> Message:
    """Return why pages are left out, as the end of a sentence."""
    if failure is Failure.TIME:
        return Message(
            "making them took longer than {seconds} seconds (--time-limit)", seconds=f"{limits.seconds:g}"
        )
    if failure is Failure.MEMORY:
        return Message(
            "making them takes more memory than {megabytes} MB (--memory-limit)", megabytes=limits.megabytes
        )
    return Message("making them brought the program down, so something is wrong with the file")


def _title(own: Sequence[_Wanted]) -> str:
    more = [] if len(own) <= _MOST_NAMED else ["…"]
    return ", ".join([*(each.name for each in own[:_MOST_NAMED]), *more])
