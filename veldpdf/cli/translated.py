"""click's commands and options, with help texts that are translated when they are shown.

Help is written where the command is defined, marked with `N_` for the catalogues, and looked up only when
someone asks for it: by then the language is known.
"""

from __future__ import annotations

import copy
import gettext
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, TypeVar

import click

FC = TypeVar("FC", bound=Callable[..., Any] | click.Command)


def N_(msgid: str) -> str:  # noqa: N802 - the name that gettext tools know
    """Mark a text for the catalogues, and leave it as it is."""
    return msgid


class TranslatedOption(click.Option):
    """An option whose help is translated when it is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return names and help, the latter in the language of the user."""
        shown = copy.copy(self)
        shown.help = gettext.gettext(self.help) if self.help else self.help
        return super(TranslatedOption, shown).get_help_record(ctx)


class TranslatedCommand(click.Command):
    """A command whose help is translated when it is shown."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language of the user."""
        shown = copy.copy(self)
        shown.help = gettext.gettext(self.help) if self.help else self.help
        super(TranslatedCommand, shown).format_help_text(ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help``, worded now: click keeps the option, in the language of whoever asked first."""
        return _worded(super().get_help_option(ctx))


class LazyGroup(click.Group):
    """A group that loads a command only when it is run: listing all of them must be instant."""

    def __init__(self, *args: Any, modules: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands, in the order in which they are used."""
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        """Return a command, loaded now."""
        if cmd_name not in self._modules:
            return None
        command = getattr(import_module(self._modules[cmd_name][0]), "command")  # noqa: B009 - mypy cannot know
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant; an unknown one is told with the nearest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as exc:
            from difflib import get_close_matches  # noqa: PLC0415 - only for who mistypes

            close = get_close_matches(args[0], self.list_commands(ctx), n=1)
            if close:
                hint = gettext.gettext("Did you mean {name}?").format(name=repr(close[0]))
                raise click.UsageError(f"{exc.message} {hint}", ctx) from exc  # noqa: EM102 - made of two
            raise

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language of the user."""
        shown = copy.copy(self)
        shown.help = gettext.gettext(self.help) if self.help else self.help
        super(LazyGroup, shown).format_help_text(ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help``, worded now."""
        return _worded(super().get_help_option(ctx))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without loading any."""
        rows = [(name, gettext.gettext(summary)) for name, (_, summary) in self._modules.items()]
        with formatter.section(gettext.gettext("Commands")):
            formatter.write_dl(rows)


def _worded(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = gettext.gettext("Show this message and exit.")
    return option


def option(*names: str, **settings: Any) -> Callable[[FC], FC]:
    """Declare an option with translated help."""
    return click.option(*names, cls=TranslatedOption, **settings)
