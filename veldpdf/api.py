"""The Python face of veldpdf: reading, checking and merging in one call each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from veldpdf.batch import ReadingOptions, read_bytes_of, read_files
from veldpdf.completeness import find_gaps
from veldpdf.definition import known_forms, load_form
from veldpdf.errors import InputError
from veldpdf.files import encodable, read_bytes, write_files
from veldpdf.language import catalogue
from veldpdf.merging import Report, ReportOptions
from veldpdf.merging import merge as merge_submissions
from veldpdf.messages import Message
from veldpdf.model import Completeness, FormDefinition, Submission
from veldpdf.report import Presentation, render


def read(
    source: str | Path | bytes | BinaryIO,
    *,
    form: FormDefinition | None = None,
    templates: Sequence[str | Path | bytes] = (),
    password: str = "",
    partner: str | None = None,
) -> Submission:
    """Return the worksheet in a returned PDF; the first one if it holds several.

    Raises for nothing that is in the file: `Submission.status` says it.

    Args:
        source: A path, the bytes of the file, or a file opened for reading bytes.
        form: The definition to read it with; the embedded one by default.
        templates: Fillable PDFs that were sent out beside the embedded one, for printed copies of them.
        password: To open an encrypted file with.
        partner: Who sent it; by default the name that travels in the PDF, else the file's name made readable.

    Raises:
        InputError: The path, or a template, cannot be read.
        TemplateError: A template is no fillable PDF of the definition.
    """
    options = ReadingOptions(
        form=form or load_form(), password=password, templates=tuple(map(_template, templates))
    )
    data, name = _content(source)
    return read_bytes_of(data, name, options, partner=partner or "")[0]


def _content(source: str | Path | bytes | BinaryIO) -> tuple[bytes, str]:
    """Return the bytes of a source, and what to call it."""
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source), "PDF"
    if isinstance(source, str | Path):
        path = Path(source)
        return read_bytes(path), encodable(path.name)
    name = getattr(source, "name", None)
    return source.read(), Path(name).name if isinstance(name, str) else "PDF"


def _template(source: str | Path | bytes) -> Path | bytes:
    return Path(source) if isinstance(source, str) else source


def read_many(
    paths: Iterable[str | Path],
    *,
    form: FormDefinition | None = None,
    templates: Sequence[str | Path | bytes] = (),
    password: str = "",
    executor: Executor | None = None,
) -> Iterator[Submission]:
    """Yield the worksheets in many files, in the order of the files, as soon as they are read.

    Args:
        paths: Which files.
        form: The definition to read them with; the embedded one by default.
        templates: Fillable PDFs that were sent out beside the embedded one, for printed copies of them.
        password: To open encrypted files with.
        executor: Where to do the work; by default here. Give a ``ProcessPoolExecutor`` to use all cores: a
            script that does must guard its main part, as `multiprocessing` explains.
    """
    options = ReadingOptions(
        form=form or load_form(), password=password, templates=tuple(map(_template, templates))
    )
    return read_files(map(Path, paths), options, executor=executor, jobs=1)


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
    """
    submissions = list(submissions)
    worksheet = form or (_form_of(submissions[0], None) if submissions else load_form())
    options = ReportOptions(title=title, municipality=municipality, date=date, hide_examples=hide_examples)
    return MergedReport(merge_submissions(worksheet, submissions, options), language or worksheet.language)


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
class MergedReport:
    """A report that can be written in any format.

    Attributes:
        content: All that stands in it.
        language: What its headings are in.
    """

    content: Report
    language: str

    def render(self, suffix: str) -> bytes:
        """Return the report as a file would hold it.

        Args:
            suffix: Which format, as the ending of a file name: ``".pdf"``, ``".html"``, ``".md"``, ``".json"``.

        Raises:
            UnknownFormatError: No writer knows the ending.
        """
        return render(self.content, suffix, Presentation(catalogue=catalogue(self.language))).data

    def write(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the report; the ending of the file name says in which format.

        Raises:
            UnknownFormatError: No writer knows the ending.
            OutputExistsError: The file is there already, and ``overwrite`` is not set.
            OutputError: The file cannot be written.
        """
        target = Path(path)
        write_files({target: self.render(target.suffix)}, overwrite=overwrite)
