"""``veldpdf prefill``: a worksheet filled in before it is sent out."""

from __future__ import annotations

import gettext
from pathlib import Path

import click

from veldpdf.cli.prefill_job import How, Job
from veldpdf.cli.settings import FILE, force_option, language_options
from veldpdf.cli.translated import N_, TranslatedCommand, option
from veldpdf.errors import UnknownFormatError
from veldpdf.files import check_apart, check_writable, read_bytes
from veldpdf.language import Catalogue
from veldpdf.model import FormDefinition
from veldpdf.pdf.filling.template import Template
from veldpdf.prefill_values import parse_assignments, read_values
from veldpdf.prefilling_many import whose


@click.command(
    "prefill",
    cls=TranslatedCommand,
    # Words left over are told below: click would print them, and they may be an answer without its quotes.
    context_settings={"allow_extra_args": True},
    help=N_(
        "Fill in a worksheet before it is sent out; with --partners, one for each partner.\n\n"
        "Exit status 1 means that the worksheet was made, and that a text does not fit its field."
    ),
)
@option("-o", "--output", type=FILE, required=True, help=N_("PDF to write; with --partners, the folder."))
@option("--template", type=FILE, help=N_("Fillable PDF to fill, such as the official one."))
@option("--answers", type=FILE, help=N_("Texts to fill in (.json, .csv or .xlsx)."))
@option(
    "--set", "assignments", multiple=True, metavar="NAME=TEXT", help=N_("A text to fill in; may be repeated.")
)
@option(
    "--partners",
    type=FILE,
    help=N_("Table with a row for each partner (.csv or .xlsx): column partner, and any fields."),
)
@option("--keep-going", is_flag=True, help=N_("Make the other worksheets where one partner's cannot be made."))
@option(
    "--examples/--no-examples", default=True, help=N_("Leave examples standing in other fields, or clear them.")
)
@option("--lock", multiple=True, metavar="NAME", help=N_("Field that nobody may change; may be repeated."))
@option(
    "--continue",
    "continuation",
    is_flag=True,
    help=N_("Print texts that do not fit on pages at the end, with a mark in their field."),
)
@option("--flatten", is_flag=True, help=N_("Leave no fields: what they show becomes part of the pages."))
@option("--drop-xfa", is_flag=True, help=N_("Take out the XFA form that Acrobat would show instead."))
@option("--drop-rights", is_flag=True, help=N_("Take out signatures and usage rights that forbid filling in."))
@option(
    "--password",
    envvar="VELDPDF_PASSWORD",
    default="",
    help=N_("Password of encrypted PDFs; by default what VELDPDF_PASSWORD says."),
)
@force_option
@language_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    output: Path,
    template: Path | None,
    answers: Path | None,
    assignments: tuple[str, ...],
    partners: Path | None,
    keep_going: bool,
    examples: bool,
    lock: tuple[str, ...],
    continuation: bool,
    flatten: bool,
    drop_xfa: bool,
    drop_rights: bool,
    password: str,
    force: bool,
    form: FormDefinition,
    say: Catalogue,
) -> None:
    if ctx.args:
        raise click.UsageError(
            gettext.gettext("Words are left over; a text with spaces stands between quotes."), ctx
        )
    if keep_going and partners is None:
        raise click.UsageError(gettext.gettext("--keep-going goes with --partners."), ctx)
    if partners is not None and output.suffix.lower() == ".pdf":
        raise click.UsageError(gettext.gettext("With --partners, -o names a folder for the worksheets."), ctx)
    if partners is None and output.suffix.lower() != ".pdf":
        raise UnknownFormatError(output, known=[".pdf"])
    check_apart(
        [output], [path for path in (template, answers, partners, Path(form.source)) if path is not None]
    )
    if partners is None:
        check_writable([output], overwrite=force)
    from_file = {} if answers is None else read_values(answers)
    values = {**from_file, **parse_assignments(assignments)}
    opened = Template.open(template, form=form, password=password, drop_xfa=drop_xfa, drop_rights=drop_rights)
    if answers is not None:
        # Of the two places where a name may be wrong, the file is named here and the option below.
        is_table = answers.suffix.lower() != ".json"  # whose headings may have been forgotten
        opened.check_names(from_file, source=str(answers), may_be_answers=is_table)
    opened.check_names(lock)
    how = How(examples, lock, continuation, flatten, say.language)
    job = Job(opened, form, say, values, how, force)
    status = job.tell_of_template()
    if template is not None and partners is not None:
        status |= job.tell_of_owner(whose(read_bytes(template), form, str(template), password))
    if partners is None:
        ctx.exit(status | job.make_one(output))
    ctx.exit(status | job.make_many(partners, output, keep_going=keep_going))
