"""The list of commands: what ``veldpdf --help`` shows, and where each is found."""

from __future__ import annotations

import click

from veldpdf import __version__
from veldpdf.cli.translated import N_, LazyGroup, TranslatedOption, option

_MODULES = {
    "prefill": ("veldpdf.cli.prefill", N_("Fill in a worksheet before it is sent out.")),
    "extract": ("veldpdf.cli.extract", N_("Get the answers out of returned PDFs.")),
    "check": ("veldpdf.cli.check", N_("List what is still missing in returned PDFs.")),
    "merge": ("veldpdf.cli.merge", N_("Make one report of all answers.")),
    "define": ("veldpdf.cli.define", N_("Write a definition to start from, for any fillable PDF.")),
    "web": ("veldpdf.cli.web", N_("Do the same work in a browser, on this computer only.")),
    "inspect": ("veldpdf.cli.inspect", N_("Show the fields of any fillable PDF.")),
}


@click.group(
    cls=LazyGroup,
    modules=_MODULES,
    help=N_(
        "Prefill a fillable PDF worksheet, get the answers out of the PDFs that come back, see what is still"
        " missing, and make one report of it all."
    ),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@option("--lang", type=click.Choice(["nl", "en"]), help=N_("Language of everything that is shown or written."))
@click.version_option(
    __version__,
    prog_name="veldpdf",
    message="%(prog)s %(version)s",
    cls=TranslatedOption,
    help=N_("Show the version and exit."),
)
@click.pass_context
def commands(ctx: click.Context, lang: str | None) -> None:
    ctx.obj = lang
