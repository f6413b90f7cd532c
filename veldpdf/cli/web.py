"""``veldpdf web``: the same work in a browser, on this computer only."""

from __future__ import annotations

import threading
import webbrowser

import click

from veldpdf.cli.settings import language_options, limits_of, limits_options
from veldpdf.cli.translated import N_, TranslatedCommand, option
from veldpdf.language import Catalogue
from veldpdf.model import FormDefinition

_HIGHEST_PORT = 65_535


@click.command(
    "web",
    cls=TranslatedCommand,
    help=N_(
        "Collect returned PDFs, look at the answers and make the report in a browser, on this computer only.\n\n"
        "Opens the page, and shows the link that leads to it. Press Ctrl-C to stop; then all that was dropped on the"
        " page is deleted."
    ),
)
@option(
    "--port",
    type=click.IntRange(1, _HIGHEST_PORT),
    metavar="N",
    help=N_("Where the page is to be found (default: 8371, or any that is free)."),
)
@option("--no-open", "is_quiet", is_flag=True, help=N_("Only show the link, and open no browser."))
@limits_options
@language_options
def command(
    *,
    form: FormDefinition,
    say: Catalogue,
    port: int | None,
    is_quiet: bool,
    jobs: int | None,
    time_limit: float | None,
    memory_limit: int | None,
) -> None:
    from veldpdf.web.running import serve  # noqa: PLC0415 - start-up time

    shown: list[str] = []

    def show(link: str) -> None:
        if not shown:
            click.echo(say("veldpdf runs in the browser: {link}", link=link))
            click.echo(say("Close it with Ctrl-C, or on the page."))
            if not is_quiet:
                # Some browsers hold whoever opens them until they are closed.
                threading.Thread(target=webbrowser.open, args=[link], daemon=True).start()
        else:
            click.echo(say("For another browser: {link}", link=link))
        shown.append(link)

    def warn() -> None:
        click.echo(
            say(
                "Somebody tried a link that has been used. If that was you, take the last link shown here; if your"
                " browser was never let in, somebody else on this computer was: press Ctrl-C and start again."
            )
        )

    serve(
        form,
        language=say.language,
        port=port,
        limits=limits_of(time_limit, memory_limit),
        jobs=jobs,
        on_link=show,
        on_intruder=warn,
    )
    click.echo(say("Stopped; what was dropped on the page is deleted."))
