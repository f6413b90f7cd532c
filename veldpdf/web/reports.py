"""What the officer wants of the report and of the letters, kept for the run, and what is made of it. No HTTP here.

Kept on the server so that a reload and a second tab show the same. Who is left out of the report is kept by worksheet,
so a partner that comes in later is in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from veldpdf.errors import VeldpdfError
from veldpdf.language import Catalogue
from veldpdf.letters.making import Letters, Making, make_letters
from veldpdf.letters.rendering import Wishes, find_layout, load_layout
from veldpdf.limits import Limits
from veldpdf.merging import Report, ReportOptions, merge
from veldpdf.messages import Message, counted
from veldpdf.model import Completeness
from veldpdf.partners import Addresses, awaited_of, read_addresses, read_partners
from veldpdf.pdf.filling.template import Template
from veldpdf.report import Presentation, Rendered, check_available, render
from veldpdf.returned_pages import documents_of, returned_pages
from veldpdf.web.workspace import Row, Workspace

PDF = ".pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportWishes:
    """How the officer wants the report.

    Attributes:
        title: Empty for the usual words.
        municipality: Who it is for; empty leaves it out.
        date: On the title page; None leaves it out.
        hide_examples: Whether examples that were left standing are left out.
        annex: Whether the pages that came back stand behind the PDF.
        left_out: Keys of the worksheets that are not in it.
    """

    title: str = ""
    municipality: str = ""
    date: date | None = None
    hide_examples: bool = False
    annex: bool = False
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterWishes:
    """How the officer wants the letters.

    Attributes:
        sender: Who signs; empty for nobody.
        deadline: Until when answers are awaited.
        attach: Whether a fresh worksheet goes along.
    """

    sender: str = ""
    deadline: date | None = None
    attach: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerList:
    """The officer's list of who was asked.

    Attributes:
        name: What its file is called, to be shown.
        names: Partners by file, as `read_partners` gives them.
        addresses: Where to write to.
    """

    name: str
    names: Mapping[str, str]
    addresses: Addresses

    @property
    def count(self) -> int:
        """How many partners it names, whatever they sent."""
        return len({name for name in self.names.values() if name})


class About(StrEnum):
    """What was made last: a report, or letters."""

    REPORT = "report"
    LETTERS = "letters"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is to be known of a file that was made.

    Attributes:
        file: What it is.
        warnings: What it cannot hold as it was typed, or who cannot get it.
        number: How many were made up to this one.
    """

    file: Message
    warnings: tuple[Message, ...]
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A report with what it was made of: other tabs may change that at any moment.

    Attributes:
        report: What stands in it.
        rows: The worksheets that it was made of.
        annex: Whether their pages stand behind the PDF.
    """

    report: Report
    rows: tuple[Row, ...]
    annex: bool


class ReportState:
    """What is kept of the report and of the letters; every method may be called from any thread."""

    def __init__(self) -> None:
        """Begin with no wishes and no list."""
        self._lock = threading.Lock()
        self._merged: tuple[tuple[int, int], Merged] | None = None
        self.wishes = ReportWishes()
        self.letters = LetterWishes()
        self.partners: PartnerList | None = None
        self.told: dict[About, Told] = {}
        self.version = 0

    def keep(self, wishes: ReportWishes) -> bool:
        """Keep how the report is wanted; return whether that is another way than before."""
        with self._lock:
            if wishes == self.wishes:
                return False
            self.wishes = wishes
            self.version += 1
            return True

    def keep_list(self, partners: PartnerList | None, workspace: Workspace) -> None:
        """Keep the list of partners, or none; what the workspace calls them follows."""
        with self._lock:
            self.partners = partners
            workspace.name_by({} if partners is None else partners.names)
            self.version += 1

    def tell(self, about: About, file: Message, warnings: tuple[Message, ...]) -> None:
        """Keep what is to be known of the file that was made last."""
        with self._lock:
            before = self.told.get(about)
            number = 1 if before is None else before.number + 1
            self.told[about] = Told(file=file, warnings=warnings, number=number)

    def merged(self, workspace: Workspace) -> Merged:
        """Return the report as it is wanted now; made once as long as nothing changes."""
        with self._lock:
            wishes, partners, known = self.wishes, self.partners, self._merged
            key = (workspace.version, self.version)
        if known is not None and known[0] == key:
            return known[1]
        options = ReportOptions(
            title=wishes.title,
            municipality=wishes.municipality,
            date=wishes.date,
            hide_examples=wishes.hide_examples,
            awaited=awaited(workspace, partners),
        )
        rows = included(workspace.rows(), wishes)
        report = merge(workspace.form, [row.submission for row in rows], options)
        made = Merged(report=report, rows=rows, annex=wishes.annex)
        with self._lock:
            self._merged = (key, made)
        return made


def counting_rows(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """Return the worksheets that count: of each partner one."""
    return tuple(row for row in rows if not row.submission.superseded_by)


def included(rows: tuple[Row, ...], wishes: ReportWishes) -> tuple[Row, ...]:
    """Return the worksheets that are in the report; with one that is left out go those that it replaces."""
    left = [row for row in counting_rows(rows) if row.key in wishes.left_out]
    keys, sources = {row.key for row in left}, {row.submission.source for row in left}
    return tuple(row for row in rows if row.key not in keys and row.submission.superseded_by not in sources)


def awaited(workspace: Workspace, partners: PartnerList | None) -> tuple[str, ...]:
    """Return who was asked and sent nothing; who is only left out of the report did send something."""
    if partners is None:
        return ()
    came = [(submission.source, submission.partner) for submission in workspace.submissions()]
    return awaited_of(partners.names, came)


def report_file(
    state: ReportState, workspace: Workspace, suffix: str, say: Catalogue, *, limits: Limits, jobs: int
) -> Rendered:
    """Return the report as a file, as it is wanted now.

    Args:
        state: How it is wanted.
        workspace: What it is made of.
        suffix: Which format, as the ending of a file name.
        say: Its language.
        limits: What the pages of one file may take to be put behind it.
        jobs: How many files to make such pages of side by side.

    Raises:
        MissingExtraError: The format needs a library that is not installed.
    """
    check_available(suffix)
    merged, presentation = state.merged(workspace), Presentation(catalogue=say)
    if suffix != PDF or not merged.annex:
        return render(merged.report, suffix, presentation)
    submissions = [row.submission for row in merged.rows]
    documents = documents_of(dict.fromkeys(row.file.path for row in merged.rows))
    returned = returned_pages(merged.report, submissions, documents, limits=limits, jobs=jobs)
    announced = replace(presentation, following=returned.following)
    return returned.behind(render(merged.report, suffix, announced), say)


def results_of(workspace: Workspace) -> list[Completeness]:
    """Return what is missing in each worksheet, as letters are made of."""
    return [workspace.result(row) for row in workspace.rows()]


def letter_files(
    state: ReportState, workspace: Workspace, say: Catalogue, template: Callable[[], Template]
) -> Letters:
    """Return the letters as files, as they are wanted now.

    Args:
        state: How they are wanted.
        workspace: What they are about.
        say: Their language.
        template: Gives what the worksheets that go along are made of, where they are wanted.

    Raises:
        TemplateError: There is no worksheet to go along.
    """
    wishes, partners = state.letters, state.partners
    opened = template() if wishes.attach else None
    making = Making(
        form=workspace.form,
        say=say,
        layout=load_layout(find_layout(None, say.language)),
        wishes=Wishes(sender=wishes.sender, deadline=wishes.deadline),
        template=opened,
        addresses=None if partners is None else partners.addresses,
    )
    made = make_letters(making, results_of(workspace))
    return made if opened is None else replace(made, warnings=(*opened.warnings, *made.warnings))


def read_list(path: Path) -> tuple[dict[str, str], Addresses]:
    """Return what a list of partners says: who sent which file, and where to write to.

    Raises:
        InputError: The file cannot be read.
        ValuesError: It is no such list.
    """
    return read_partners(path), read_addresses(path)


def under_name(error: VeldpdfError, path: Path, name: str) -> VeldpdfError:
    """Return an error about a file under the name that the user knows, and not that in the folder of the run."""
    return VeldpdfError(*(_renamed(message, path, name) for message in (error.what, error.remedy)))


def _renamed(message: Message, path: Path, name: str) -> Message:
    values = {key: name if value in (path, str(path)) else value for key, value in message.values.items()}
    if message.plural is None:
        return Message(message.msgid, **values)
    count = values.pop("n")
    assert isinstance(count, int)
    return counted(message.msgid, message.plural, count, **values)
