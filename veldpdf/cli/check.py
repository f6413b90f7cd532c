"""``veldpdf check``: what is still missing in each submission, and what came in since last time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from veldpdf.cli.letters import LettersOptions, letters_options, write_letters
from veldpdf.cli.settings import FILE, Readers, reading_options
from veldpdf.cli.tables import (
    Screen,
    changes_table,
    completeness_table,
    plain_changes,
    plain_completeness,
    screen_of_user,
)
from veldpdf.cli.translated import N_, TranslatedCommand, option

if TYPE_CHECKING:
    from veldpdf.changes_since import Changes
    from veldpdf.model import Completeness


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """What a check found.

    Attributes:
        readers: What was asked: the definition, and the language of what is shown.
        results: What is still to be asked, submission by submission.
        since: The file of an earlier check; None where nobody asked what changed.
        changes: What did.
    """

    readers: Readers
    results: Sequence[Completeness]
    since: Path | None = None
    changes: Changes | None = None


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
@option("--plain", is_flag=True, help=N_("One fact to a line, without tables and symbols: for screen readers."))
@option("--since", type=FILE, help=N_("JSON file of an earlier check: tell what changed since."))
@letters_options
@reading_options
@click.pass_context
def command(
    ctx: click.Context,
    *,
    readers: Readers,
    paths: tuple[Path, ...],
    format_: str,
    plain: bool,
    since: Path | None,
    letters: LettersOptions | None,
) -> None:
    from veldpdf.cli.status import status_of  # noqa: PLC0415 - start-up time
    from veldpdf.export import completeness_json  # noqa: PLC0415 - the same

    checked = _check(readers, paths, since)
    if format_ == "json":
        text = completeness_json(readers.form, checked.results, readers.say, checked.changes)
        click.echo(text.encode(), nl=False)
    elif plain:
        screen = screen_of_user()
        click.echo("\n".join(map(screen.text, _told(checked))))
    else:
        screen = screen_of_user()
        click.echo("\n".join(_shown(checked, screen)), color=screen.has_colour)
    write_letters(letters, readers, paths, checked.results)
    ctx.exit(status_of(checked.results))


def _check(readers: Readers, paths: Sequence[Path], since: Path | None) -> _Checked:
    """Read and judge; what is wrong with the earlier file is told before anything is read."""
    from veldpdf.changes_since import compare, parse_earlier  # noqa: PLC0415 - start-up time
    from veldpdf.completeness import find_gaps  # noqa: PLC0415 - the same
    from veldpdf.files import read_bytes  # noqa: PLC0415 - the same

    earlier = None if since is None else parse_earlier(read_bytes(since), readers.form, str(since))
    results = [find_gaps(readers.form, submission) for submission in readers.read(paths)]
    changes = None if earlier is None else compare(readers.form, earlier, results)
    return _Checked(readers=readers, results=results, since=since, changes=changes)


def _shown(checked: _Checked, screen: Screen) -> Iterator[str]:
    """Yield what is shown on a screen: what to ask of each partner, then all together, then what is new.

    In this order because the end is what a terminal still shows.
    """
    from veldpdf.cli.matrix import matrix, totals  # noqa: PLC0415 - start-up time

    form, results, say = checked.readers.form, checked.results, checked.readers.say
    yield completeness_table(form, results, say, screen)
    yield from _apart(matrix(form, results, say, screen))
    yield from _apart(totals(form, results, say, screen))
    if checked.changes is not None:
        yield from _apart(changes_table(checked.changes, str(checked.since), form, say, screen))


def _told(checked: _Checked) -> Iterator[str]:
    """Yield the same for who listens: no columns, no symbols, and each line says what it is about."""
    from veldpdf.cli.matrix import plain_totals  # noqa: PLC0415 - start-up time

    form, results, say = checked.readers.form, checked.results, checked.readers.say
    yield from plain_completeness(form, results, say)
    yield from plain_totals(form, results, say)
    if checked.changes is not None:
        yield from _apart(plain_changes(checked.changes, str(checked.since), form, say))


def _apart(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines with an empty one before them; nothing where there are none."""
    for number, line in enumerate(lines):
        if not number:
            yield ""
        yield line
