"""``veldpdf check``: what is still missing in each submission."""

from __future__ import annotations

from pathlib import Path

import click

from veldpdf.cli.settings import Readers, reading_options, show
from veldpdf.cli.status import status_of
from veldpdf.cli.tables import completeness_table
from veldpdf.cli.translated import N_, TranslatedCommand, option
from veldpdf.completeness import find_gaps
from veldpdf.export import completeness_json


@click.command(
    "check",
    cls=TranslatedCommand,
    help=N_(
        "List what is still missing in returned PDFs: of files, and of all PDFs in folders.\n\n"
        "Exit status 1 means that a submission is incomplete or could not be read."
    ),
)
@option(
    "--format",
    "format_",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help=N_("A table for people, or JSON for programs."),
)
@reading_options
@click.pass_context
def command(ctx: click.Context, *, readers: Readers, paths: tuple[Path, ...], format_: str) -> None:
    results = [find_gaps(readers.form, submission) for submission in readers.read(paths)]
    if format_ == "json":
        click.echo(completeness_json(readers.form, results, readers.say).encode(), nl=False)
    else:
        show(completeness_table(readers.form, results, readers.say))
    ctx.exit(status_of(results))
