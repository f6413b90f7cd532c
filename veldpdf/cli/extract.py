"""``veldpdf extract``: the answers of every submission, as data."""

from __future__ import annotations

import gettext
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from veldpdf.cli.codes import ATTENTION, DONE
from veldpdf.cli.settings import FILE, Readers, force_option, printable, reading_options
from veldpdf.cli.translated import N_, TranslatedCommand, option
from veldpdf.completeness import asks_for_nothing
from veldpdf.errors import OutputError, UnknownFormatError
from veldpdf.export import submissions_csv, submissions_json, submissions_xlsx
from veldpdf.files import check_apart, check_writable, make_folder, write_files
from veldpdf.messages import Message, counted
from veldpdf.model import Submission

if TYPE_CHECKING:
    from veldpdf.export_xfdf import FormData

_MOST_NAMED = 5
_FORMATS = ("json", "csv", "xlsx", "xfdf")


@click.command(
    "extract",
    cls=TranslatedCommand,
    help=N_(
        "Get the answers out of returned PDFs: of files, and of all PDFs in folders.\n\n"
        "An XFDF file holds the answers of one worksheet: of several, --format xfdf writes one each in the folder"
        " that -o names, called after the PDF.\n\n"
        "Exit status 1 means that a submission is incomplete or could not be read."
    ),
)
@option("--format", "format_", type=click.Choice(_FORMATS), help=N_("json (the default), csv, xlsx or xfdf."))
@option(
    "-o",
    "--output",
    type=FILE,
    help=N_("File to write instead of showing the answers; with xfdf also a folder, and with xlsx required."),
)
@force_option
@reading_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    readers: Readers,
    paths: tuple[Path, ...],
    format_: str | None,
    output: Path | None,
    force: bool,
) -> None:
    kind = format_ or _format_of(output)
    if kind == "xlsx":
        if output is None:
            raise click.UsageError(gettext.gettext("--format xlsx needs a file to write: -o FILE.xlsx."), ctx)
        from veldpdf.workbook_writing import require  # noqa: PLC0415 - start-up time

        require()
    in_folder = kind == "xfdf" and output is not None and output.suffix.lower() != ".xfdf"
    if output is not None and not in_folder:
        check_writable([output], overwrite=force)
    submissions = readers.read(paths, outputs=() if output is None or in_folder else (output,))
    if kind == "xfdf":
        made = _form_data(submissions, output, in_folder=in_folder, readers=readers)
        check_apart([path for path in made if path is not None], readers.files(paths))
    else:
        made = {output: _content(kind, readers, submissions, for_file=output is not None)}
    _write(made, readers, folder=output if in_folder else None, force=force)
    waiting = [each for each in submissions if not asks_for_nothing(readers.form, each)]
    if output is not None:  # else the data is looked at by whoever called, and nothing else is expected
        lost = [each.source for each in waiting if kind != "xfdf" and not each.status.has_answers]
        _tell_of(lost, len(waiting), len(submissions), readers)
    ctx.exit(ATTENTION if waiting else DONE)


def _content(kind: str, readers: Readers, submissions: Sequence[Submission], *, for_file: bool) -> bytes:
    """Return all submissions in one file."""
    if kind == "xlsx":
        content, warnings = submissions_xlsx(readers.form, submissions, readers.say)
        _tell(warnings, readers)
        return content
    if kind == "csv":
        # A spreadsheet needs the mark to know UTF-8; a script that reads standard output does not want it.
        return submissions_csv(readers.form, submissions, readers.say, with_mark=for_file)
    return submissions_json(readers.form, submissions, readers.say).encode()


def _form_data(
    submissions: Sequence[Submission], output: Path | None, *, in_folder: bool, readers: Readers
) -> dict[Path | None, bytes]:
    """Return the XFDF files, by where they are to be written.

    Raises:
        OutputError: One file cannot hold them, or nothing could be read.
    """
    from veldpdf.export_xfdf import submission_xfdf, xfdf_names  # noqa: PLC0415 - start-up time

    read = [submission for submission in submissions if submission.status.has_answers]
    if not read:
        raise OutputError(
            Message("No answers could be read; nothing was written."),
            Message("See what 'veldpdf check' says about these files."),
        )
    if not in_folder and len(submissions) > 1:
        raise OutputError(
            Message("An XFDF file holds the answers of one worksheet, and there are {n}.", n=len(submissions)),
            Message("Name a folder for them: --format xfdf -o FOLDER."),
        )
    made: list[FormData] = [submission_xfdf(submission) for submission in read]
    _tell([warning for each in made for warning in each.warnings], readers)
    if in_folder and output is not None:
        places: list[Path | None] = [output / name for name in xfdf_names(each.source for each in read)]
    else:
        places = [output]
    left_out = [submission.source for submission in submissions if not submission.status.has_answers]
    if left_out:
        _tell([Message("Not read, so without a file: {names}.", names=", ".join(left_out))], readers)
    return {place: each.data for place, each in zip(places, made, strict=True)}


def _write(made: Mapping[Path | None, bytes], readers: Readers, *, folder: Path | None, force: bool) -> None:
    """Write what was made, or show it where no file is named."""
    files = {path: content for path, content in made.items() if path is not None}
    if not files:
        for content in made.values():
            click.echo(content, nl=False)
        return
    if folder is not None:
        make_folder(folder)
    write_files(files, overwrite=force)
    names = folder if folder is not None else next(iter(files))
    click.echo(printable(readers.say("Written: {names}.", names=names)), err=True)


def _tell(warnings: Sequence[Message], readers: Readers) -> None:
    for warning in warnings:
        click.echo(printable(readers.say(warning)), err=True)


def _tell_of(lost: Sequence[str], waiting: int, total: int, readers: Readers) -> None:
    """Tell why the exit status asks for attention: the data that was written says it of each, but not at a glance."""
    if lost:
        named = ", ".join([*lost[:_MOST_NAMED], *(["…"] if len(lost) > _MOST_NAMED else [])])
        _tell([Message("Without answers ({n}): {names}.", n=len(lost), names=named)], readers)
    if not waiting:
        return
    _tell(
        [
            counted(
                "{n} of {total} submissions is incomplete or could not be read; see 'veldpdf check'.",
                "{n} of {total} submissions are incomplete or could not be read; see 'veldpdf check'.",
                waiting,
                total=total,
            )
        ],
        readers,
    )


def _format_of(output: Path | None) -> str:
    """Return the format that a file name asks for."""
    if output is None:
        return "json"
    kind = output.suffix.lower().removeprefix(".")
    if kind not in _FORMATS:
        raise UnknownFormatError(output, known=[f".{known}" for known in _FORMATS])
    return kind
