"""The Python face of veldpdf: reading, checking and merging in one call each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from veldpdf.batch import ReadingOptions, known_geometries, read_apart, read_bytes_of, read_files
from veldpdf.completeness import find_gaps
from veldpdf.definition import known_forms, load_form
from veldpdf.errors import InputError, UnknownFormatError
from veldpdf.files import encodable, read_bytes, write_files
from veldpdf.house_style import HouseStyle, load_house_style
from veldpdf.language import LANGUAGES, catalogue
from veldpdf.limits import Limits
from veldpdf.merging import Report, ReportOptions
from veldpdf.merging import merge as merge_submissions
from veldpdf.messages import Message
from veldpdf.model import Completeness, FormDefinition, Submission
from veldpdf.report import Presentation, Rendered, known_formats, render
from veldpdf.report.presentation import LayoutFile

if TYPE_CHECKING:
    from veldpdf.returned_pages import ReturnedPages


def read(
    source: str | Path | bytes | BinaryIO,
    *,
    form: FormDefinition | None = None,
    templates: Sequence[str | Path | bytes] = (),
    password: str = "",
    partner: str | None = None,
    limits: Limits | None = None,
) -> Submission:
    """Return the worksheet in a returned PDF; the first one if it holds several.

    Raises for nothing that is in the file: `Submission.status` says it.

    Args:
        source: A path, the bytes of the file, or a file opened for reading bytes.
        form: The definition to read it with; the embedded one by default.
        templates: Fillable PDFs that were sent out beside the embedded one, for printed copies of them.
        password: To open an encrypted file with.
        partner: Who sent it; by default the name that travels in the PDF, else the file's name made readable.
        limits: What reading it may take, e.g. ``veldpdf.Limits(seconds=10, megabytes=300)``: then a worker
            process reads it, for some tenths of a second more. By default it is read here, without any.

    Raises:
        InputError: The path, or a template, cannot be read.
        TemplateError: A template is no fillable PDF of the definition.
    """
    options = _options(form, templates, password)
    data, name = _content(source)
    if limits is None:
        return read_bytes_of(data, name, options, partner=partner or "")[0]
    return read_apart(data, name, options, limits=limits, partner=partner or "")[0]


def _options(
    form: FormDefinition | None, templates: Sequence[str | Path | bytes], password: str
) -> ReadingOptions:
    """Return how files are read; whatever is wrong with a template is told now, and not of each file."""
    options = ReadingOptions(
        form=form or load_form(),
        password=password,
        templates=tuple(Path(each) if isinstance(each, str) else each for each in templates),
    )
    if options.templates:
        known_geometries(options)
    return options


def _content(source: str | Path | bytes | BinaryIO) -> tuple[bytes, str]:
    """Return the bytes of a source, and what to call it."""
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source), "PDF"
    if isinstance(source, str | Path):
        path = Path(source)
        return read_bytes(path), encodable(path.name)
    name = getattr(source, "name", None)
    return source.read(), Path(name).name if isinstance(name, str) else "PDF"


def read_many(
    paths: Iterable[str | Path],
    *,
    form: FormDefinition | None = None,
    templates: Sequence[str | Path | bytes] = (),
    password: str = "",
    executor: Executor | None = None,
    limits: Limits | None = None,
) -> Iterator[Submission]:
    """Yield the worksheets in many files, in the order of the files, as soon as they are read.

    Args:
        paths: Which files.
        form: The definition to read them with; the embedded one by default.
        templates: Fillable PDFs that were sent out beside the embedded one, for printed copies of them.
        password: To open encrypted files with.
        executor: Where to do the work, e.g. a ``dask.distributed`` client's ``get_executor()``. By default in worker
            processes of our own, one for each core, in which a file may take a minute and a gigabyte at most; no
            script needs a guarded main part for them. A single file is read here.
        limits: What one file may take instead, e.g. ``veldpdf.Limits(seconds=10, megabytes=300)``. They hold
            for a single file as well, and for what an executor reads.
    """
    options = _options(form, templates, password)
    return read_files(map(Path, paths), options, executor=executor, limits=limits)


def check(submission: Submission, *, form: FormDefinition | None = None) -> Completeness:
    """Return what is still missing from a submission.

    Args:
        submission: What came back.
        form: The definition that it was read with, where that is not one of veldpdf's own.
    """
    return find_gaps(_form_of(submission, form), submission)


def merge(
    submissions: Sequence[Submission],
    *,
    form: FormDefinition | None = None,
    title: str = "",
    municipality: str = "",
    date: date | None = None,
    hide_examples: bool = False,
    language: str | None = None,
    style: str | Path | HouseStyle | None = None,
    layout: str | Path | None = None,
    annex: str | Path | bytes | Iterable[str | Path | bytes] = (),
    password: str = "",
) -> MergedReport:
    """Return one report of all submissions.

    Args:
        submissions: In the order in which partners appear.
        form: The definition that they were read with, where that is not one of veldpdf's own.
        title: Stands on the front; by default the worksheet's own title.
        municipality: Who makes the report.
        date: Stands on the front; none by default, so that the same input gives the same bytes.
        hide_examples: Whether examples that were left standing are left out.
        language: ``"nl"`` or ``"en"``; by default the worksheet's.
        style: Whose name, logo, colours and fonts it has: a house style, or the path of its file (.toml).
        layout: Folder with your own layouts: ``report.html``, ``report.md``.
        annex: The files that the submissions were read from, whose pages stand behind a PDF.
        password: To open encrypted ones of these with.

    Raises:
        HouseStyleError: The house style has a mistake, or names what cannot be used.
        InputError: A file of the house style, the layouts or the annex cannot be read, or there is no such language.
    """
    if language is not None and language not in LANGUAGES:
        raise InputError(
            Message("There is no language {language}.", language=repr(language)),
            Message("Give one of: {names}.", names=", ".join(LANGUAGES)),
        )
    submissions = tuple(submissions)
    worksheet = form or (_form_of(submissions[0], None) if submissions else load_form())
    options = ReportOptions(title=title, municipality=municipality, date=date, hide_examples=hide_examples)
    spoken = language or worksheet.language
    return MergedReport(
        merge_submissions(worksheet, submissions, options),
        spoken,
        style=_style(style),
        layouts=() if layout is None else _layouts(Path(layout), spoken),
        annex=_Annex(submissions, _files(annex), password),
    )


def _files(given: str | Path | bytes | Iterable[str | Path | bytes]) -> tuple[Path | bytes, ...]:
    """Return files that are there, of one or several.

    Raises:
        InputError: One of them is no file.
    """
    several = [given] if isinstance(given, str | Path | bytes) else given
    files = tuple(Path(file) if isinstance(file, str) else file for file in several)
    for file in files:
        if isinstance(file, Path) and not file.is_file():
            raise InputError(
                Message("{path}: there is no such file or folder.", path=file),
                Message("Check the name and the folder."),
            )
    return files


def _style(style: str | Path | HouseStyle | None) -> HouseStyle:
    if style is None:
        return HouseStyle()
    return style if isinstance(style, HouseStyle) else load_house_style(Path(style))


def _layouts(folder: Path, language: str) -> tuple[tuple[str, LayoutFile], ...]:
    from veldpdf.report.layouts import load_layouts  # noqa: PLC0415 - whoever only reads does not pay for it

    return load_layouts(folder, (".html", ".md"), language)


def _form_of(submission: Submission, form: FormDefinition | None) -> FormDefinition:
    """Return the definition that a submission was read with."""
    if form is not None:
        return form
    found = next((known for known in known_forms() if known.id == submission.form), None)
    if found is None:
        raise InputError(
            Message(
                "{source}: the definition {form} does not come with veldpdf.",
                source=submission.source,
                form=submission.form,
            ),
            Message("Give the definition as well: form=load_form('….toml')."),
        )
    return found


@dataclass(frozen=True, slots=True)
class _Annex:
    """The files whose pages stand behind a PDF, and what was read from them."""

    submissions: tuple[Submission, ...] = ()
    files: tuple[Path | bytes, ...] = ()
    password: str = ""


@dataclass(frozen=True, slots=True)
class MergedReport:
    """A report that can be written in any format.

    Attributes:
        content: All that stands in it.
        language: What its headings are in.
        style: Whose name, logo, colours and fonts it has.
        layouts: Layouts of the user's own, by the file ending that they make.
        annex: Whose pages stand behind a PDF.
    """

    content: Report
    language: str
    style: HouseStyle = field(default_factory=HouseStyle)
    layouts: tuple[tuple[str, LayoutFile], ...] = ()
    annex: _Annex = field(default_factory=_Annex)

    def render(self, suffix: str) -> bytes:
        """Return the report as a file would hold it.

        Args:
            suffix: Which format, as the ending of a file name: ``".pdf"``, ``".html"``, ``".docx"``, ``".xlsx"``,
                ``".md"``, ``".json"``.

        Raises:
            UnknownFormatError: No writer knows the ending.
            HouseStyleError: The logo cannot be drawn.
        """
        return self._rendered(suffix).data

    def _rendered(self, suffix: str) -> Rendered:
        from veldpdf.branding import ready_for  # noqa: PLC0415 - the same

        suffix = suffix.lower()
        returned = self._returned_pages() if self.annex.files and suffix == ".pdf" else None
        presentation = Presentation(
            catalogue=catalogue(self.language),
            style=ready_for(self.style, [suffix]),
            layouts=self.layouts,
            following=() if returned is None else returned.following,
        )
        rendered = render(self.content, suffix, presentation)
        return rendered if returned is None else returned.behind(rendered, presentation.catalogue)

    def _returned_pages(self) -> ReturnedPages:
        from veldpdf.returned_pages import documents_of, returned_pages  # noqa: PLC0415 - the same

        annex = self.annex
        documents = documents_of(annex.files)
        return returned_pages(self.content, annex.submissions, documents, password=annex.password)

    def write(self, path: str | Path, *, overwrite: bool = False) -> tuple[Message, ...]:
        """Write the report; the ending of the file name says in which format.

        Returns:
            What the reader of the file should know is not in it, or not as it was typed. Mostly nothing.

        Raises:
            UnknownFormatError: No writer knows the ending.
            OutputExistsError: The file is there already, and ``overwrite`` is not set.
            OutputError: The file cannot be written.
        """
        target = Path(path)
        if target.suffix.lower() not in known_formats():
            raise UnknownFormatError(target, known=known_formats())
        rendered = self._rendered(target.suffix)
        write_files({target: rendered.data}, overwrite=overwrite)
        return rendered.warnings
