"""``veldpdf merge``: the combined report."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from veldpdf.cli.settings import FILE, Readers, day_typed, force_option, printable, reading_options
from veldpdf.cli.status import status_of
from veldpdf.cli.translated import N_, TranslatedCommand, option
from veldpdf.completeness import find_gaps
from veldpdf.errors import UnknownFormatError
from veldpdf.files import check_writable, write_files
from veldpdf.merging import ReportOptions, merge
from veldpdf.messages import counted
from veldpdf.report import Presentation, known_formats, render


@click.command(
    "merge",
    cls=TranslatedCommand,
    help=N_(
        "Make one report of all answers in returned PDFs: of files, and of all PDFs in folders.\n\n"
        "The ending of the output's name says in which format. Exit status 1 means that the report was made,"
        " and that a submission is incomplete or could not be read."
    ),
)
@option(
    "-o",
    "--output",
    "outputs",
    type=FILE,
    multiple=True,
    required=True,
    help=N_("Report to write (.pdf, .html, .md or .json); may be repeated."),
)
@option("--title", default="", help=N_("Title of the report."))
@option("--municipality", default="", help=N_("Municipality that makes the report."))
@option(
    "--date", "date_", callback=day_typed, metavar="YYYY-MM-DD", help=N_("Date on the report; none by default.")
)
@option("--hide-examples", is_flag=True, help=N_("Leave out examples that were left standing."))
@force_option
@reading_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    readers: Readers,
    paths: tuple[Path, ...],
    outputs: tuple[Path, ...],
    title: str,
    municipality: str,
    date_: date | None,
    hide_examples: bool,
    force: bool,
) -> None:
    for output in outputs:
        if output.suffix.lower() not in known_formats():
            raise UnknownFormatError(output, known=known_formats())
    check_writable(outputs, overwrite=force)
    submissions = readers.read(paths, outputs=outputs)
    options = ReportOptions(title=title, municipality=municipality, date=date_, hide_examples=hide_examples)
    report = merge(readers.form, submissions, options)
    presentation = Presentation(catalogue=readers.say)
    made = {path: render(report, path.suffix, presentation) for path in outputs}
    write_files({path: rendered.data for path, rendered in made.items()}, overwrite=force)
    results = [find_gaps(readers.form, submission) for submission in submissions]
    say = readers.say
    click.echo(printable(say("Written: {names}.", names=", ".join(map(str, outputs)))), err=True)
    results = [result for result in results if not result.submission.superseded_by]
    incomplete = sum(not result.complete for result in results)
    if incomplete:
        click.echo(
            say(
                counted(
                    "{n} of {total} submissions is incomplete or could not be read; see 'veldpdf check'.",
                    "{n} of {total} submissions are incomplete or could not be read; see 'veldpdf check'.",
                    incomplete,
                    total=len(results),
                )
            ),
            err=True,
        )
    ctx.exit(status_of(results))
