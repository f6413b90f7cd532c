"""``veldpdf prefill``: a worksheet filled in before it is sent out."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from veldpdf.cli.codes import ATTENTION, DONE
from veldpdf.cli.settings import FILE, force_option, language_options
from veldpdf.cli.translated import N_, TranslatedCommand, option
from veldpdf.errors import OutputError, UnknownFormatError, ValuesError, VeldpdfError
from veldpdf.files import check_apart, check_writable, reason_of, write_files
from veldpdf.language import Catalogue
from veldpdf.messages import Message, counted
from veldpdf.model import FormDefinition
from veldpdf.pdf.filling.template import Fit, Template
from veldpdf.prefill_values import parse_assignments, read_values
from veldpdf.recipients import Recipient, file_names, read_recipients

_NAMES_STAY = N_(
    "The PDF is signed or has usage rights that allow no field to be added, so it does not carry the partner's name;"
    " name the files that come back with --partners."
)


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
    how = _How(examples, lock, continuation, flatten, say.language)
    job = _Job(opened, form, say, values, how, force)
    status = ATTENTION if opened.warnings else DONE
    for warning in opened.warnings:
        click.echo(say(warning), err=True)
    if partners is None:
        ctx.exit(status | job.make_one(output))
    ctx.exit(status | job.make_many(partners, output, keep_going=keep_going))


@dataclass(frozen=True, slots=True)
class _How:
    """What is done to every worksheet of one run beside filling it: arguments of `Template.fill`."""

    examples: bool
    lock: tuple[str, ...]
    continuation: bool
    flatten: bool
    language: str


@dataclass(frozen=True, slots=True)
class _Job:
    """What all worksheets of one run have in common."""

    template: Template
    form: FormDefinition
    say: Catalogue
    values: Mapping[str, str]
    how: _How
    force: bool

    def make_one(self, output: Path) -> int:
        """Write one worksheet, and return the exit status."""
        fits = self.template.measure(self.values)
        self._write(output, self.values)
        click.echo(self.say("Written: {names}.", names=output), err=True)
        return _report_fits(fits, self.form, self.say)

    def make_many(self, path: Path, folder: Path, *, keep_going: bool) -> int:
        """Write a worksheet for each partner of a list, and return the exit status."""
        recipients = read_recipients(path)
        if not self.template.protection.lets_add and not self.how.flatten:
            click.echo(self.say(_NAMES_STAY), err=True)
        names = {name: "" for recipient in recipients for name in recipient.values}
        self.template.check_names(names, source=str(path), may_be_answers=True)
        status = DONE
        good: list[Recipient] = []
        # All are tried before the first is written, so that a mistake in the last row leaves no half set.
        for recipient in recipients:
            try:
                fits = self.template.measure({**self.values, **recipient.values})
            except VeldpdfError as exc:
                problem = Message("{path}, line {line}: {what}", path=path, line=recipient.line, what=exc.what)
                if not keep_going:
                    raise ValuesError(problem, exc.remedy) from exc
                click.echo(self.say(problem), err=True)
                status = ATTENTION
            else:
                good.append(recipient)
                status |= _report_fits(fits, self.form, self.say, partner=recipient.partner)
        self._write_all(good, folder)
        done = counted(
            "{n} worksheet written in {folder}.",
            "{n} worksheets written in {folder}.",
            len(good),
            folder=folder,
        )
        click.echo(self.say(done), err=True)
        return status

    def _write_all(self, recipients: list[Recipient], folder: Path) -> None:
        targets = [folder / name for name in file_names(recipient.partner for recipient in recipients)]
        _make_folder(folder)
        check_writable(targets, overwrite=self.force)
        for target, recipient in zip(targets, recipients, strict=True):
            self._write(target, {**self.values, **recipient.values}, partner=recipient.partner)

    def _write(self, output: Path, values: Mapping[str, str], *, partner: str = "") -> None:
        pdf = self.template.fill(values, partner=partner, **asdict(self.how))
        write_files({output: pdf}, overwrite=self.force)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as exc:
        raise OutputError(
            Message("{path}: the folder cannot be made: {reason}.", path=folder, reason=reason_of(exc)),
            Message("Choose another folder."),
        ) from exc


def _report_fits(fits: Mapping[str, Fit], form: FormDefinition, say: Catalogue, *, partner: str = "") -> int:
    """Tell which texts the fields do not show whole; return the exit status."""
    status = DONE
    for field, fit in fits.items():
        label = form.field(field).label if field in form else field
        name = f"{partner}: {field}" if partner else field
        if not fit.fits:
            status = ATTENTION
            click.echo(
                say(
                    counted(
                        "{name} ({label}): the text takes {n} line, the field shows {fit}: {over} characters too"
                        " many.",
                        "{name} ({label}): the text takes {n} lines, the field shows {fit}: {over} characters too"
                        " many.",
                        fit.lines,
                        over=fit.characters_over,
                        name=name,
                        label=label,
                        fit=fit.lines_that_fit,
                    )
                ),
                err=True,
            )
        if fit.is_unshaped:
            status = ATTENTION
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
            status = ATTENTION
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
