"""``veldpdf extract``: the answers of every submission, as data."""

from __future__ import annotations

from pathlib import Path

import click

from veldpdf.cli.settings import FILE, Readers, force_option, reading_options
from veldpdf.cli.status import status_of
from veldpdf.cli.translated import N_, TranslatedCommand, option
from veldpdf.completeness import find_gaps
from veldpdf.errors import UnknownFormatError
from veldpdf.export import submissions_csv, submissions_json
from veldpdf.files import check_writable, write_files

_FORMATS = ("json", "csv")


@click.command(
    "extract",
    cls=TranslatedCommand,
    help=N_(
        "Get the answers out of returned PDFs: of files, and of all PDFs in folders.\n\n"
        "Exit status 1 means that a submission is incomplete or could not be read."
    ),
)
@option("--format", "format_", type=click.Choice(_FORMATS), help=N_("json (the default) or csv."))
@option("-o", "--output", type=FILE, help=N_("File to write instead of showing the answers."))
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
    if output is not None:
        check_writable([output], overwrite=force)
    kind = format_ or _format_of(output)
    submissions = readers.read(paths, outputs=() if output is None else (output,))
    if kind == "csv":
        # A spreadsheet needs the mark to know UTF-8; a script that reads standard output does not want it.
        content = submissions_csv(readers.form, submissions, readers.say, with_mark=output is not None)
    else:
        content = submissions_json(readers.form, submissions, readers.say).encode()
    if output is None:
        click.echo(content, nl=False)
    else:
        write_files({output: content}, overwrite=force)
        click.echo(readers.say("Written: {names}.", names=output), err=True)
    ctx.exit(status_of([find_gaps(readers.form, submission) for submission in submissions]))


def _format_of(output: Path | None) -> str:
    """Return the format that a file name asks for."""
    if output is None:
        return "json"
    kind = output.suffix.lower().removeprefix(".")
    if kind not in _FORMATS:
        raise UnknownFormatError(output, known=[f".{known}" for known in _FORMATS])
    return kind
