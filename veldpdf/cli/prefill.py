"""``veldpdf prefill``: a worksheet filled in before it is sent out."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from pathlib import Path

import click

from veldpdf.cli.settings import FILE, force_option, language_options
from veldpdf.cli.translated import N_, TranslatedCommand, option
from veldpdf.errors import UnknownFormatError
from veldpdf.files import check_apart, check_writable, write_files
from veldpdf.language import Catalogue
from veldpdf.messages import counted
from veldpdf.model import FormDefinition
from veldpdf.pdf.template import Fit, Template
from veldpdf.prefill_values import parse_assignments, read_values


@click.command(
    "prefill",
    cls=TranslatedCommand,
    # Words left over are told below: click would print them, and they may be an answer without its quotes.
    context_settings={"allow_extra_args": True},
    help=N_(
        "Fill in a worksheet before it is sent out.\n\n"
        "Exit status 1 means that the worksheet was made, and that a text does not fit its field."
    ),
)
@option("-o", "--output", type=FILE, required=True, help=N_("PDF to write."))
@option("--template", type=FILE, help=N_("Fillable PDF to fill, such as the official one."))
@option("--answers", type=FILE, help=N_("Texts to fill in (.json or .csv)."))
@option(
    "--set", "assignments", multiple=True, metavar="NAME=TEXT", help=N_("A text to fill in; may be repeated.")
)
@option(
    "--examples/--no-examples", default=True, help=N_("Leave examples standing in other fields, or clear them.")
)
@option("--lock", multiple=True, metavar="NAME", help=N_("Field that nobody may change; may be repeated."))
@option("--password", default="", help=N_("Password of encrypted PDFs."))
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
    examples: bool,
    lock: tuple[str, ...],
    password: str,
    force: bool,
    form: FormDefinition,
    say: Catalogue,
) -> None:
    if ctx.args:
        raise click.UsageError(
            gettext.gettext("Words are left over; a text with spaces stands between quotes."), ctx
        )
    if output.suffix.lower() != ".pdf":
        raise UnknownFormatError(output, known=[".pdf"])
    check_writable([output], overwrite=force)
    check_apart([output], [path for path in (template, answers, Path(form.source)) if path is not None])
    from_file = {} if answers is None else read_values(answers)
    values = {**from_file, **parse_assignments(assignments)}
    opened = Template.open(template, form=form, password=password)
    if answers is not None:
        # Of the two places where a name may be wrong, the file is named here and the option below.
        is_table = answers.suffix.lower() == ".csv"  # whose headings may have been forgotten
        opened.check_names(from_file, source=str(answers), may_be_answers=is_table)
    fits = opened.measure(values)
    pdf = opened.fill(values, examples=examples, lock=lock)
    write_files({output: pdf}, overwrite=force)
    click.echo(say("Written: {names}.", names=output), err=True)
    for warning in opened.warnings:
        click.echo(say(warning), err=True)
    ctx.exit(_report_fits(fits, form, say))


def _report_fits(fits: Mapping[str, Fit], form: FormDefinition, say: Catalogue) -> int:
    """Tell which texts the fields do not show whole; return the exit status."""
    status = 0
    for name, fit in fits.items():
        label = form.field(name).label if name in form else name
        if not fit.fits:
            status = 1
            click.echo(
                say(
                    counted(
                        "{name} ({label}): the text takes {n} line; the field shows {fit}.",
                        "{name} ({label}): the text takes {n} lines; the field shows {fit}.",
                        fit.lines,
                        name=name,
                        label=label,
                        fit=fit.lines_that_fit,
                    )
                ),
                err=True,
            )
        if fit.is_unshaped:
            status = 1
            click.echo(
                say(
                    "{name} ({label}): Arabic or Hebrew is drawn with loose letters from left to right; the text"
                    " itself is right.",
                    name=name,
                    label=label,
                ),
                err=True,
            )
        if fit.unshown:
            status = 1
            points = ", ".join(f"U+{ord(character):04X}" for character in fit.unshown)
            click.echo(
                say(
                    "{name} ({label}): no font shows {points}; the text keeps it.",
                    name=name,
                    label=label,
                    points=points,
                ),
                err=True,
            )
    return status
