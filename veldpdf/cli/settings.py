"""What commands have in common: the language, the definition, and how returned files are read."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial, wraps
from gettext import gettext
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import category

import click

from veldpdf.cli.translated import N_, option
from veldpdf.language import LANGUAGES, Catalogue, catalogue, language_of_user

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from veldpdf.batch import ReadingOptions
    from veldpdf.cache import Cache
    from veldpdf.limits import Limits
    from veldpdf.messages import Message
    from veldpdf.model import FormDefinition, Submission

_DEFAULT_LANGUAGE = "nl"
_MOST_NAMED = 5
_LONGEST_SHOWN = 30  # characters of a file's name beside the progress bar
# Whether a path can be read is for the library to say: in two lines, with what to do.
FILE = click.Path(path_type=Path, readable=False)


def user_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return the language of help and errors: what was asked for, else the system's, else Dutch.

    It must be known before anything is parsed, because parsing may fail, so the arguments are looked through.
    """
    asked = [argument.removeprefix("--lang=") for argument in arguments if argument.startswith("--lang=")]
    asked += [value for option, value in pairwise(arguments) if option == "--lang"]
    known = [language for language in asked if language in LANGUAGES]
    return known[-1] if known else language_of_user(environment) or _DEFAULT_LANGUAGE


def user_catalogue(asked: str | None) -> Catalogue:
    """Return the catalogue of whoever typed the command, for commands without a definition."""
    return catalogue(asked or user_language((), os.environ))


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """What a command that reads returned files was told about it.

    Attributes:
        form: The definition to read with.
        say: The catalogue of those who read what comes out.
        password: To open encrypted files with.
        partners: The list of who sent what.
        templates: The fillable PDFs that were sent out.
        jobs: How many files to read side by side; None for as many as there are cores.
        limits: What one file may take, where the user said so; else None.
        cache: Folder where what was read is kept for the next run; None for nowhere.
        dask: Address of the cluster that does the reading; None for this computer.
    """

    form: FormDefinition
    say: Catalogue
    password: str
    partners: Path | None
    templates: tuple[Path, ...]
    jobs: int | None
    limits: Limits | None = None
    cache: Path | None = None
    dask: str | None = None
    _found: dict[tuple[Path, ...], list[Path]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def files(self, paths: Sequence[Path]) -> list[Path]:
        """Return the files that are meant by files and folders, found once.

        Whoever needs them after reading gets those that were read: a folder may have changed since, and a file that
        is gone would cost the run what was read of all others.

        Raises:
            InputError: A path does not exist or cannot be read, or a folder holds no such file.
        """
        from veldpdf.sources import find_files  # noqa: PLC0415 - start-up time

        key = tuple(paths)
        if key not in self._found:
            self._found[key] = find_files(paths)
        return self._found[key]

    def read(self, paths: Sequence[Path], *, outputs: Sequence[Path] = ()) -> tuple[Submission, ...]:
        """Return the worksheets in files and folders, with progress on a terminal.

        Args:
            paths: Files and folders.
            outputs: What will be written afterwards: none of it may be among what is read.
        """
        from veldpdf.batch import ReadingOptions, known_geometries  # noqa: PLC0415 - start-up time
        from veldpdf.files import check_apart  # noqa: PLC0415 - the same
        from veldpdf.partners import read_partners, unused_rows  # noqa: PLC0415 - the same
        from veldpdf.sources import passed_over  # noqa: PLC0415 - the same
        from veldpdf.superseding import settle  # noqa: PLC0415 - the same

        options = ReadingOptions(
            form=self.form,
            password=self.password,
            partners={} if self.partners is None else read_partners(self.partners),
            templates=self.templates,
            cache=self._opened_cache(),
        )
        if self.templates:
            known_geometries(options)  # so that a template of no use is told before anything is read
        files, passed = self.files(paths), passed_over(paths)
        lists = () if self.partners is None else (self.partners,)
        check_apart(outputs, [*files, *lists, *self.templates, Path(self.form.source)])
        problems: list[Message] = []
        with self._executor() as executor:
            submissions = settle(self._read_all(files, options, executor, problems.append))
        # At the end and once: every file meets the same full disk. What opening the cache told is known.
        told = None if options.cache is None else options.cache.problem
        for problem in dict.fromkeys(problems):
            if problem != told:
                click.echo(printable(self.say(problem)), err=True)
        self._tell(N_("Passed over, for it is neither PDF nor e-mail nor zip: {names}."), passed)
        unused = unused_rows(options.partners, [submission.source for submission in submissions])
        self._tell(N_("In the list of partners, but not among the files: {names}."), unused)
        return submissions

    def _executor(self) -> AbstractContextManager[Executor | None]:
        """Return where files are read, for a ``with`` block; None stands for workers of our own."""
        if self.dask is None:
            return nullcontext()
        from veldpdf.cluster import cluster_at  # noqa: PLC0415 - start-up time

        return cluster_at(self.dask)

    def _opened_cache(self) -> Cache | None:
        """Return the cache, and tell where nothing can be kept in it."""
        if self.cache is None:
            return None
        from veldpdf.cache import open_cache  # noqa: PLC0415 - start-up time
        from veldpdf.files import read_bytes  # noqa: PLC0415 - the same

        settings = [] if self.limits is None else [f"megabytes={self.limits.megabytes}"]
        templates = [read_bytes(template) for template in self.templates]
        cache = open_cache(self.cache, form=self.form, templates=templates, settings=settings)
        if cache.problem is not None:
            click.echo(printable(self.say(cache.problem)), err=True)
        return cache

    def awaited(self, submissions: Sequence[Submission]) -> tuple[str, ...]:
        """Return the partners on the officer's list from whom nothing came, each once."""
        if self.partners is None:
            return ()
        from veldpdf.partners import awaited_of, read_partners  # noqa: PLC0415 - start-up time

        came = [(submission.source, submission.partner) for submission in submissions]
        return awaited_of(read_partners(self.partners), came)

    def _read_all(
        self,
        files: list[Path],
        options: ReadingOptions,
        executor: Executor | None,
        on_problem: Callable[[Message], None],
    ) -> list[Submission]:
        from veldpdf.batch import read_files  # noqa: PLC0415 - start-up time
        from veldpdf.limits import Limits  # noqa: PLC0415 - the same

        read = partial(
            read_files,
            files,
            options,
            executor=executor,
            jobs=self.jobs,
            # A cluster has no limits for one file.
            limits=self.limits or (None if executor is None else Limits()),
            on_problem=on_problem,
        )
        # A program that is started without a standard error has None there.
        if not (sys.stderr and sys.stderr.isatty()):
            return list(read())
        progress: Any = click.progressbar(
            length=len(files),
            label=self.say("Reading"),
            file=sys.stderr,
            show_pos=True,
            item_show_func=lambda path: "" if path is None else printable(path.name)[:_LONGEST_SHOWN],
        )
        with progress as bar:

            def advance(path: Path) -> None:
                bar.update(1, path)

            return list(read(on_file=advance))

    def _tell(self, sentence: str, names: Sequence[object]) -> None:
        """Tell of files on standard error, if there are any: the first few by name."""
        if names:
            shown = [printable(str(name)) for name in names[:_MOST_NAMED]]
            more = ["…"] if len(names) > _MOST_NAMED else []
            click.echo(self.say(sentence, names=", ".join(shown + more)), err=True)


def language_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--lang`` and ``--form``, and hand the command ``form`` and ``say``."""

    @option("--lang", type=click.Choice(LANGUAGES), help=N_("Language of everything that is shown or written."))
    @option("--form", "form_path", type=FILE, help=N_("Definition of another worksheet (.toml)."))
    @click.pass_context
    @wraps(command)
    def wrapped(ctx: click.Context, /, lang: str | None, form_path: Path | None, **rest: Any) -> Any:
        from veldpdf.definition import load_form  # noqa: PLC0415 - start-up time

        form = load_form(form_path)
        return command(form=form, say=catalogue(lang or ctx.obj or form.language), **rest)

    return wrapped


_JOBS = option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help=N_("Files to read side by side (default: cores)."),
)
_LIMITS = (
    option(
        "--time-limit",
        type=click.FloatRange(min=0.1),
        metavar="SECONDS",
        help=N_("Longest that one file may take to be read (default: 60 seconds)."),
    ),
    option(
        "--memory-limit",
        type=click.IntRange(min=64),
        metavar="MB",
        help=N_("Most memory that reading one file may take (default: 1024 MB)."),
    ),
)


# PATHS, and the options of every command that reads returned files, in the order of their help.
_READING = (
    click.argument("paths", nargs=-1, required=True, type=FILE),
    option(
        "--password",
        envvar="VELDPDF_PASSWORD",
        default="",
        help=N_("Password of encrypted PDFs; by default what VELDPDF_PASSWORD says."),
    ),
    option(
        "--partners",
        type=FILE,
        help=N_("Table with columns file, partner and email: who sent what (.csv or .xlsx)."),
    ),
    option(
        "--template",
        "templates",
        type=FILE,
        multiple=True,
        help=N_("Fillable PDF that was sent out, to read printed copies of it; may be repeated."),
    ),
    _JOBS,
    option(
        "--dask",
        metavar="ADDRESS",
        help=N_("Read on the dask cluster whose scheduler is here, such as tcp://HOST:8786."),
    ),
    *_LIMITS,
    option(
        "--cache",
        type=FILE,
        metavar="FOLDER",
        help=N_(
            "Folder to keep what was read in, so that the next run reads only what is new. It holds answers."
        ),
    ),
)


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add PATHS and the options of every command that reads returned files, and hand it ``readers``."""

    @wraps(command)
    def wrapped(
        *,
        form: FormDefinition,
        say: Catalogue,
        password: str,
        partners: Path | None,
        templates: tuple[Path, ...],
        jobs: int | None,
        dask: str | None,
        time_limit: float | None,
        memory_limit: int | None,
        cache: Path | None,
        **rest: Any,
    ) -> Any:
        if dask is not None and jobs is not None:
            problem = gettext("--dask goes without --jobs: the cluster has workers of its own.")
            raise click.UsageError(problem, click.get_current_context())
        readers = Readers(
            form=form,
            say=say,
            password=password,
            partners=partners,
            templates=templates,
            jobs=jobs,
            limits=limits_of(time_limit, memory_limit),
            cache=cache,
            dask=dask,
        )
        return command(readers=readers, **rest)

    decorated = language_options(wrapped)
    for decorate in reversed(_READING):
        decorated = decorate(decorated)
    return decorated


def limits_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of what may go on side by side, and of what one file may take."""
    for decorate in (*_LIMITS[::-1], _JOBS):
        command = decorate(command)
    return command


def limits_of(seconds: float | None, megabytes: int | None) -> Limits | None:
    """Return the limits that the user gave; None where there are none."""
    if seconds is None and megabytes is None:
        return None
    from veldpdf.limits import Limits  # noqa: PLC0415 - start-up time

    usual = Limits()
    return Limits(seconds=seconds or usual.seconds, megabytes=megabytes or usual.megabytes)


def day_typed(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """Return the day that was typed as an option, as the standard writes it or as the Dutch do."""
    if value is None:
        return None
    for pattern in ("%Y-%m-%d", "%d-%m-%Y"):
        with suppress(ValueError):
            return datetime.strptime(value, pattern).date()  # noqa: DTZ007 - a day has no time zone
    problem = gettext("{value} is no date: write it as YYYY-MM-DD.").format(value=repr(value))
    raise click.BadParameter(problem, ctx, param)


force_option = option("--force", is_flag=True, help=N_("Replace files that exist already."))


def printable(text: str) -> str:
    """Return a text that cannot move the cursor or colour the terminal, whatever a file is called or says."""
    return "".join(
        character if character.isprintable() or category(character) == "Zs" else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def show(text: str) -> None:
    """Print a text on standard output, whose encoding may lack some of its characters."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    click.echo(text.encode(encoding, "replace").decode(encoding))
