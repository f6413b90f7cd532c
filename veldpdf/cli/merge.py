"""``veldpdf merge``: the combined report."""

from __future__ import annotations

import gettext
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from veldpdf.cli.codes import ATTENTION
from veldpdf.cli.settings import FILE, Readers, day_typed, force_option, printable, reading_options
from veldpdf.cli.status import status_of
from veldpdf.cli.translated import N_, TranslatedCommand, option
from veldpdf.completeness import find_gaps
from veldpdf.errors import UnknownFormatError
from veldpdf.files import check_apart, check_writable, write_files
from veldpdf.house_style import HouseStyle
from veldpdf.merging import Report, ReportOptions, merge
from veldpdf.messages import counted
from veldpdf.model import Completeness, Submission
from veldpdf.report import Presentation, Rendered, check_available, known_formats, render

if TYPE_CHECKING:
    from veldpdf.returned_pages import ReturnedPages

_PDF = ".pdf"


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
    help=N_("Report to write (.pdf, .html, .docx, .xlsx, .md or .json); may be repeated."),
)
@option("--title", default="", help=N_("Title of the report."))
@option("--municipality", default="", help=N_("Municipality that makes the report."))
@option(
    "--date", "date_", callback=day_typed, metavar="YYYY-MM-DD", help=N_("Date on the report; none by default.")
)
@option("--hide-examples", is_flag=True, help=N_("Leave out examples that were left standing."))
@option("--annex", is_flag=True, help=N_("Put the pages that came back behind the PDF report."))
@option("--style", "style_path", type=FILE, help=N_("House style: name, logo, colours and fonts (.toml)."))
@option(
    "--layout",
    "layout_folder",
    type=FILE,
    metavar="FOLDER",
    help=N_("Folder with your own layout of the report: report.html, report.md."),
)
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
    annex: bool,
    style_path: Path | None,
    layout_folder: Path | None,
    force: bool,
) -> None:
    suffixes = [output.suffix.lower() for output in outputs]
    for output in outputs:
        if output.suffix.lower() not in known_formats():
            raise UnknownFormatError(output, known=known_formats())
        check_available(output.suffix)
    if annex and _PDF not in suffixes:
        raise click.UsageError(gettext.gettext("--annex goes with an output that ends in .pdf."), ctx)
    check_writable(outputs, overwrite=force)
    check_apart(outputs, [style_path] if style_path is not None else [])
    presentation = Presentation(catalogue=readers.say, style=_style(style_path, suffixes, readers))
    if layout_folder is not None:
        presentation = _with_layouts(ctx, presentation, layout_folder, outputs)
    submissions = readers.read(paths, outputs=outputs)
    options = ReportOptions(
        title=title,
        municipality=municipality,
        date=date_,
        hide_examples=hide_examples,
        awaited=readers.awaited(submissions),
    )
    report = merge(readers.form, submissions, options)
    returned = _returned_pages(report, submissions, paths, readers) if annex else None
    if returned is not None:
        presentation = replace(presentation, following=returned.following)
    made = {suffix: render(report, suffix, presentation) for suffix in dict.fromkeys(suffixes)}
    if returned is not None:
        made[_PDF] = returned.behind(made[_PDF], readers.say)
    write_files({path: made[path.suffix.lower()].data for path in outputs}, overwrite=force)
    results = [find_gaps(readers.form, submission) for submission in submissions]
    results = [result for result in results if not result.submission.superseded_by]
    _tell(outputs, made, results, readers)
    is_odd = any(rendered.warnings for rendered in made.values())
    ctx.exit(ATTENTION if is_odd else status_of(results))


def _style(path: Path | None, suffixes: Sequence[str], readers: Readers) -> HouseStyle:
    """Return the house style, ready for the formats that were asked for, and tell what it does not get."""
    if path is None:
        return HouseStyle()
    from veldpdf.branding import ready_for  # noqa: PLC0415 - start-up time
    from veldpdf.house_style import load_house_style  # noqa: PLC0415 - the same

    style = ready_for(load_house_style(path), suffixes)
    for warning in style.warnings:
        click.echo(printable(readers.say(warning)), err=True)
    return style


def _with_layouts(
    ctx: click.Context, presentation: Presentation, folder: Path, outputs: Sequence[Path]
) -> Presentation:
    """Return a presentation with the user's own layouts, none of which is replaced by what it makes."""
    from veldpdf.report.layouts import load_layouts  # noqa: PLC0415 - start-up time

    suffixes = [output.suffix.lower() for output in outputs]
    layouts = load_layouts(folder, suffixes, presentation.catalogue.language)
    if not layouts:
        raise click.UsageError(gettext.gettext("--layout goes with an output that ends in .html or .md."), ctx)
    check_apart(outputs, [Path(layout.source) for _, layout in layouts])
    return replace(presentation, layouts=layouts)


def _returned_pages(
    report: Report, submissions: Sequence[Submission], paths: Sequence[Path], readers: Readers
) -> ReturnedPages:
    """Return the pages that the report announces and that come behind it."""
    from veldpdf.returned_pages import documents_of, returned_pages  # noqa: PLC0415 - start-up time

    return returned_pages(
        report,
        submissions,
        documents_of(readers.files(paths)),
        password=readers.password,
        jobs=readers.jobs,
        limits=readers.limits,
    )


def _tell(
    outputs: Sequence[Path],
    made: Mapping[str, Rendered],
    results: Sequence[Completeness],
    readers: Readers,
) -> None:
    """Tell what was written, and what asks for attention."""
    say = readers.say
    lines = [say("Written: {names}.", names=", ".join(map(str, outputs)))]
    # Two formats may say the same.
    warnings = dict.fromkeys(warning for rendered in made.values() for warning in rendered.warnings)
    lines += map(say, warnings)
    incomplete = sum(not result.complete for result in results)
    if incomplete:
        told = counted(
            "{n} of {total} submissions is incomplete or could not be read; see 'veldpdf check'.",
            "{n} of {total} submissions are incomplete or could not be read; see 'veldpdf check'.",
            incomplete,
            total=len(results),
        )
        lines.append(say(told))
    for line in lines:
        click.echo(printable(line), err=True)
