"""``veldpdf check --letters``: a message, ready to be sent, for each partner who is not done yet."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from veldpdf.cli.settings import FILE, Readers, day_typed, force_option, printable
from veldpdf.cli.translated import N_, option
from veldpdf.errors import OutputError
from veldpdf.files import check_apart, make_folder, write_files
from veldpdf.messages import Message, counted

if TYPE_CHECKING:
    from veldpdf.letters.making import Making
    from veldpdf.model import Completeness

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersOptions:
    """What the user said about letters.

    Attributes:
        folder: Where to write them.
        layout: Folder with a layout of the user's own; None for ours.
        deadline: Until when answers are awaited.
        sender: Who signs.
        day: What e-mails are dated.
        attach: Whether a fresh worksheet goes along.
        force: Whether files may be replaced.
    """

    folder: Path
    layout: Path | None
    deadline: date | None
    sender: str
    day: date | None
    attach: bool
    force: bool


def letters_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--letters`` and what goes with it, and hand the command ``letters``: None where nobody asked."""

    @option(
        "--letters",
        "folder",
        type=FILE,
        metavar="FOLDER",
        help=N_(
            "Write a message to each partner who is not done yet; an e-mail as well where --partners has a"
            " column email."
        ),
    )
    @option(
        "--attach",
        is_flag=True,
        help=N_("Have a fresh worksheet go with each message, with the answers so far."),
    )
    @option(
        "--deadline",
        callback=day_typed,
        metavar="YYYY-MM-DD",
        help=N_("Until when answers are awaited, for the messages."),
    )
    @option("--sender", default="", help=N_("Who signs the messages."))
    @option(
        "--date",
        "day",
        callback=day_typed,
        metavar="YYYY-MM-DD",
        help=N_("Date of the e-mails; none by default."),
    )
    @option(
        "--layout",
        type=FILE,
        metavar="FOLDER",
        help=N_("Folder with your own text of the messages: letter.nl.txt, letter.en.txt or letter.txt."),
    )
    @force_option
    @click.pass_context
    @wraps(command)
    def wrapped(ctx: click.Context, /, folder: Path | None, **rest: Any) -> Any:
        own = {name: rest.pop(name) for name in ("layout", "deadline", "sender", "day", "attach", "force")}
        if folder is not None:
            return command(letters=LettersOptions(folder=folder, **own), **rest)
        if any(own.values()):
            _refuse(ctx, next(name for name, value in own.items() if value))
        return command(letters=None, **rest)

    return wrapped


def _refuse(ctx: click.Context, name: str) -> None:
    parameter = next(each for each in ctx.command.params if each.name == name)
    raise click.UsageError(
        gettext.gettext("{option} goes with --letters.").format(option=parameter.opts[0]), ctx
    )


def write_letters(
    letters: LettersOptions | None, readers: Readers, paths: Sequence[Path], results: Sequence[Completeness]
) -> None:
    """Write the letters that go with the results of a check, all of them or none, and tell of it.

    Args:
        letters: What was asked for; None for nothing.
        readers: How the files were read.
        paths: What was read: nothing of it is replaced.
        results: What was found.

    Raises:
        LayoutError: The user's layout has a mistake.
        OutputError: A file cannot be written there.
        TemplateError: There is no worksheet to go along.
        ValuesError: The list of partners holds something else than addresses.
    """
    if letters is None:
        return
    from veldpdf.letters.letters import letters_for  # noqa: PLC0415 - start-up time
    from veldpdf.letters.making import make_letters  # noqa: PLC0415 - the same

    if not letters_for(readers.form, results):
        _echo(readers, N_("Nothing is to be asked of anybody; no letter was written."))
        return
    made = make_letters(_prepared(letters, readers), results)
    for warning in made.warnings:
        _echo(readers, warning)
    contents = {letters.folder / name: content for name, content in made.files.items()}
    _check_place(letters, readers, paths, list(contents))
    make_folder(letters.folder)
    write_files(contents, overwrite=letters.force)
    if unknown := made.without_address:
        shown = ", ".join([*unknown[:_MOST_NAMED], *(["…"] if len(unknown) > _MOST_NAMED else [])])
        _echo(readers, N_("No e-mail address is known of: {names}; they have a text only."), names=shown)
    _echo(
        readers,
        counted(
            "{n} letter written in {folder}.",
            "{n} letters written in {folder}.",
            made.count,
            folder=letters.folder,
        ),
    )


def _echo(readers: Readers, sentence: str, **values: object) -> None:
    click.echo(printable(readers.say(sentence, **values)), err=True)


def _prepared(letters: LettersOptions, readers: Readers) -> Making:
    """Return what letters are made with: whatever is wrong with it is told before any is made."""
    from veldpdf.letters.making import Making  # noqa: PLC0415 - start-up time
    from veldpdf.letters.rendering import Wishes, find_layout, load_layout  # noqa: PLC0415 - the same
    from veldpdf.partners import read_addresses  # noqa: PLC0415 - the same
    from veldpdf.pdf.filling.template import Template  # noqa: PLC0415 - the same

    template = None
    if letters.attach:
        source = readers.templates[0] if readers.templates else None
        template = Template.open(source, form=readers.form, password=readers.password)
        for warning in template.warnings:
            _echo(readers, warning)
    return Making(
        form=readers.form,
        say=readers.say,
        layout=load_layout(find_layout(letters.layout, readers.say.language)),
        wishes=Wishes(sender=letters.sender, deadline=letters.deadline, date=letters.day),
        template=template,
        addresses=None if readers.partners is None else read_addresses(readers.partners),
    )


def _check_place(
    letters: LettersOptions, readers: Readers, paths: Sequence[Path], outputs: Sequence[Path]
) -> None:
    """Make sure that letters replace nothing that was read, and are not taken for worksheets themselves."""
    lists = () if readers.partners is None else (readers.partners,)
    check_apart(outputs, [*readers.files(paths), *lists, *readers.templates, Path(readers.form.source)])
    folder = letters.folder.resolve()
    around = [path for path in paths if path.is_dir() and folder.is_relative_to(path.resolve())]
    if around and any(path.suffix != ".txt" for path in outputs):
        raise OutputError(
            Message("{path}: this lies in {folder}, which is read.", path=letters.folder, folder=around[0]),
            Message("Choose a folder beside it: the next check would take the letters for worksheets."),
        )
