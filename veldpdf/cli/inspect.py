"""``veldpdf inspect``: the fields of any fillable PDF."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from veldpdf.cli.codes import ATTENTION, DONE
from veldpdf.cli.settings import FILE, language_options, show
from veldpdf.cli.tables import inspection_table
from veldpdf.cli.translated import N_, TranslatedCommand, option
from veldpdf.definition import known_forms
from veldpdf.export import inspections_json
from veldpdf.language import Catalogue
from veldpdf.model import FormDefinition, Status
from veldpdf.pdf.inspecting import Inspection, inspect_embedded, inspect_form_data, inspect_pdf
from veldpdf.sources import Kind, documents_in, find_files


@click.command(
    "inspect",
    cls=TranslatedCommand,
    help=N_(
        "Show the fields of any fillable PDF, and whether they fit a known worksheet.\n\n"
        "Exit status 1 means that a file has no fields or could not be read."
    ),
)
@click.argument("paths", nargs=-1, required=True, type=FILE)
@option(
    "--format",
    "format_",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help=N_("A table for people, or JSON for programs."),
)
@option(
    "--password",
    envvar="VELDPDF_PASSWORD",
    default="",
    help=N_("Password of encrypted PDFs; by default what VELDPDF_PASSWORD says."),
)
@language_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    paths: tuple[Path, ...],
    format_: str,
    password: str,
    form: FormDefinition,
    say: Catalogue,
) -> None:
    forms = tuple({known.id: known for known in (form, *known_forms())}.values())
    inspections = [item for path in find_files(paths) for item in _inspected(path, forms, password)]
    if format_ == "json":
        click.echo(inspections_json(inspections, say).encode(), nl=False)
    else:
        show(inspection_table(inspections, say))
    ctx.exit(DONE if all(item.status is Status.READ for item in inspections) else ATTENTION)


def _inspected(path: Path, forms: tuple[FormDefinition, ...], password: str) -> Iterator[Inspection]:
    """Yield what is in one file, or in each of the files in it; that it cannot be read is worth telling, too."""
    for document in documents_in(path):
        source = document.source
        if document.problem is not None:
            yield Inspection(source=source, status=Status.UNREADABLE, warnings=(document.problem,))
        elif document.kind is Kind.PDF:
            whole = inspect_pdf(document.data, source=source, forms=forms, password=password)
            inside = inspect_embedded(document.data, source=source, forms=forms, password=password)
            # The cover of a portfolio has nothing to say beside what is in it.
            if whole.fields or not inside:
                yield whole
            yield from inside
        else:
            yield inspect_form_data(
                document.data, source=source, forms=forms, is_xml=document.kind is Kind.XFDF
            )
