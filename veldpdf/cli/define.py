"""``veldpdf define``: a definition to start from, for any fillable PDF."""

from __future__ import annotations

from pathlib import Path

import click

from veldpdf.cli.settings import FILE, force_option, user_catalogue
from veldpdf.cli.translated import N_, TranslatedCommand, option
from veldpdf.definition import form_as_toml
from veldpdf.errors import UnknownFormatError
from veldpdf.files import check_apart, check_writable, read_bytes, write_files
from veldpdf.pdf.defining import define_form


@click.command(
    "define",
    cls=TranslatedCommand,
    help=N_(
        "Write a definition to start from, for any fillable PDF.\n\n"
        "Labels and questions are the fields' tooltips, else their names; examples are what stands in the fields."
        " Edit the file before you use it with --form."
    ),
)
@click.argument("pdf", type=FILE)
@option("-o", "--output", type=FILE, required=True, help=N_("Definition to write (.toml)."))
@option(
    "--password",
    envvar="VELDPDF_PASSWORD",
    default="",
    help=N_("Password of encrypted PDFs; by default what VELDPDF_PASSWORD says."),
)
@option("--lang", type=click.Choice(["nl", "en"]), help=N_("Language of everything that is shown or written."))
@force_option
@click.pass_context
def command(
    ctx: click.Context, *, pdf: Path, output: Path, password: str, lang: str | None, force: bool
) -> None:
    if output.suffix.lower() != ".toml":
        raise UnknownFormatError(output, known=[".toml"])
    check_writable([output], overwrite=force)
    check_apart([output], [pdf])
    say = user_catalogue(lang or ctx.obj)
    form = define_form(read_bytes(pdf), source=pdf.name, password=password)
    write_files({output: form_as_toml(form).encode()}, overwrite=force)
    click.echo(say("Written: {names}.", names=output), err=True)
