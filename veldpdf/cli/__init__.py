"""The command line. Only this package (and `web`) prints, and only `main` turns errors into exit codes.

A command is: load, call, print. What it calls lives in the library, where Python users find it as well.
"""

from __future__ import annotations

import gettext
import os
import sys
from collections.abc import Sequence

import click

from veldpdf.cli.codes import DONE, INTERRUPTED, NOT_DONE
from veldpdf.cli.commands import commands
from veldpdf.cli.settings import printable, user_language
from veldpdf.errors import VeldpdfError
from veldpdf.files import reason_of
from veldpdf.language import DOMAIN, LOCALE_FOLDER, Catalogue, catalogue
from veldpdf.messages import Message


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status.

    Args:
        arguments: What stands behind ``veldpdf``; by default what the user typed.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    say = catalogue(user_language(given, os.environ))
    _speak(say.language)
    try:
        status = commands.main(given, prog_name="veldpdf", standalone_mode=False)
    except Exception as exc:
        if os.environ.get("VELDPDF_DEBUG"):
            raise
        return _failed(exc, say)
    except KeyboardInterrupt:
        return _stopped(say)
    except SystemExit:
        # click's word for a broken pipe, and for nothing else here: whoever read our output has enough.
        return DONE
    return status if isinstance(status, int) else DONE


def _failed(exc: Exception, say: Catalogue) -> int:
    """Tell the user what went wrong, without a traceback, and return the exit status."""
    match exc:
        case click.exceptions.NoArgsIsHelpError():
            click.echo(exc.ctx.get_help() if exc.ctx else "")
            status = NOT_DONE
        case click.UsageError():
            status = _usage_error(exc, say)
        case click.Abort():
            status = _stopped(say)
        case VeldpdfError():
            status = _tell(f"{say('Error')}: {say(exc.what)}", say(exc.remedy))
        case OSError():
            # Such as a full disk under standard output; paths that users give are judged elsewhere.
            problem = Message("The system says: {reason}.", reason=reason_of(exc))
            status = _tell(
                f"{say('Error')}: {say(problem)}", say("Make room on the disk, or check your rights.")
            )
        case _:
            problem = Message("Something went wrong inside veldpdf ({kind}).", kind=type(exc).__name__)
            remedy = Message("Please report it; with VELDPDF_DEBUG=1 in the environment it tells where.")
            status = _tell(f"{say('Error')}: {say(problem)}", say(remedy))
    return status


def _stopped(say: Catalogue) -> int:
    _tell(say("Stopped."))
    return INTERRUPTED


def _speak(language: str) -> None:
    """Have click speak the user's language as well: it asks gettext's default domain for its words."""
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, str(LOCALE_FOLDER))
    gettext.textdomain(DOMAIN)


def _usage_error(exc: click.UsageError, say: Catalogue) -> int:
    command = exc.ctx.command_path if exc.ctx else "veldpdf"
    return _tell(
        f"{say('Error')}: {exc.format_message()}",
        say("Run {command} to see how it is used.", command=f"'{command} --help'"),
    )


def _tell(*lines: str) -> int:
    """Print an error, whose lines must stay lines whatever a file is called."""
    for line in lines:
        click.echo(printable(line), err=True)
    return NOT_DONE
