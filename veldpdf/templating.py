"""The jinja2 environments of all that is written with templates: reports, and letters to partners.

Two kinds of template. Ours hold loops and layout, and ask for translated sentences with ``_("…")``. A layout is a
user's: a text file in which names and questions are put. Whoever edits one makes mistakes, and may have had it
from somebody else, so it knows a small part of jinja2 only: what is printed, ``if`` and ``for``, and a few
filters. Nothing in that part reads a file, calls a function or makes a text many times as long, so there is
little left for the sandbox to forbid; loops and the length of the whole are bounded.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from jinja2 import (
    BaseLoader,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateSyntaxError,
    UndefinedError,
    nodes,
)
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from veldpdf.errors import VeldpdfError
from veldpdf.messages import Message

__all__ = ["Environment", "Layout", "LayoutError", "environment_of"]

Environment = ImmutableSandboxedEnvironment

# What a layout may be made of.
_ALLOWED: tuple[type[nodes.Node], ...] = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Operand, nodes.Keyword),
    *(nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test),
    *(nodes.CondExpr, nodes.Compare, nodes.And, nodes.Or, nodes.Not, nodes.Concat, nodes.Add, nodes.Sub),
)
# Filters whose result is about as long as what goes in, and the same every time.
_FILTERS = frozenset(
    {
        *("abs", "capitalize", "count", "first", "int", "join", "last", "length", "lower"),
        *("reverse", "sort", "title", "trim", "unique", "upper"),
    }
)
_COUNTED = "_counted"
# A letter has some dozens of lines. These are far above what any has, and take no time.
_MOST_ROUNDS = 20_000
_LONGEST_TEXT = 200_000

_Kind = TypeVar("_Kind", bound=ImmutableSandboxedEnvironment)

_UNKNOWN = re.compile(r"'(?P<name>\w+)' is undefined|has no attribute '(?P<attribute>\w+)'")


class LayoutError(VeldpdfError):
    """A layout that a user wrote has a mistake.

    Attributes:
        source: The file.
        line: Where in it; None where nobody knows.
    """

    def __init__(self, source: str, line: int | None, problem: Message, remedy: Message) -> None:
        self.source = source
        self.line = line
        if line is None:
            what = Message("{source}: {problem}", source=source, problem=problem)
        else:
            what = Message("{source}, line {line}: {problem}", source=source, line=line, problem=problem)
        super().__init__(what, remedy)


def environment_of(folder: Path, *, autoescape: bool, finalize: Callable[[object], object]) -> Environment:
    """Return an environment for our own templates: an unknown name is a mistake, and nothing is changed.

    Args:
        folder: Where the templates lie.
        autoescape: Whether what is printed is escaped for HTML.
        finalize: Makes a printed value fit to be looked at.
    """
    loader = FileSystemLoader(folder)
    return _set_up(ImmutableSandboxedEnvironment, loader, autoescape=autoescape, finalize=finalize)


class _LayoutEnvironment(ImmutableSandboxedEnvironment):
    """The small part of jinja2 that layouts are written in."""

    rounds_left = 0

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        for node in template.find_all(nodes.Node):
            _check(node, name, filename)
        for loop in template.find_all(nodes.For):
            loop.iter = nodes.Filter(
                loop.iter, _COUNTED, [], [], None, None, lineno=loop.lineno, environment=self
            )
        return template

    def counted(self, items: Iterable[object]) -> list[object]:
        """Return what a loop goes through, once it is known that all loops together stay within bounds."""
        listed = list(items)
        self.rounds_left -= len(listed)
        if self.rounds_left < 0:
            raise _TooMuchError
        return listed


class _TooMuchError(Exception):
    """A layout does more than any letter needs."""


class Layout:
    """A text with places for names, that a user may have written."""

    def __init__(self, text: str, *, source: str, finalize: Callable[[object], object]) -> None:
        """Compile a layout.

        Args:
            text: What the file holds.
            source: Its name, for messages.
            finalize: Makes a printed value fit to be looked at.

        Raises:
            LayoutError: It is no layout.
        """
        self.source = source
        self._environment = _set_up(_LayoutEnvironment, None, autoescape=False, finalize=finalize)
        own = self._environment.filters
        self._environment.filters = {name: own[name] for name in sorted(_FILTERS)}
        self._environment.filters.update({"join": _joined, _COUNTED: self._environment.counted})
        self._environment.globals.clear()
        try:
            code = self._environment.compile(text, source, source)
            self._template = Template.from_code(self._environment, code, {})
        except Exception as exc:  # Python's own compiler refuses what is nested too deeply
            raise self._mistake(exc, ()) from exc

    def render(self, values: Mapping[str, object]) -> str:
        """Return the text with the values in their places.

        Args:
            values: All names that the layout may use.

        Raises:
            LayoutError: It uses another name, does what is forbidden, or never comes to an end.
        """
        self._environment.rounds_left = _MOST_ROUNDS
        parts: list[str] = []
        length = 0
        try:
            for part in self._template.generate(values):
                parts.append(part)
                length += len(part)
                if length > _LONGEST_TEXT:
                    raise _TooMuchError  # noqa: TRY301 - told like all other mistakes, with its line
        except Exception as exc:  # whatever a user's expression may come to: 1 + "a", say
            raise self._mistake(exc, values) from exc
        return "".join(parts)

    def _mistake(self, exc: Exception, known: Collection[str]) -> LayoutError:
        """Return what to tell of an exception: the line, what is wrong with it, and what to do."""
        remedy = Message("Mend that line, or begin again from the layout that comes with veldpdf.")
        match exc:
            case TemplateSyntaxError():
                problem = Message(
                    "this cannot be understood: {reason}.", reason=(exc.message or "").rstrip(".")
                )
                return LayoutError(self.source, exc.lineno, problem, remedy)
            case SecurityError():
                problem = Message("a layout may not do this.")
            case UndefinedError() if found := _UNKNOWN.search(exc.message or ""):
                name = found["name"] or found["attribute"]
                problem = Message("there is no {name}.", name=repr(name))
                if found["name"]:
                    remedy = Message("A layout may use: {names}.", names=", ".join(known))
            case _TooMuchError() | RecursionError() | MemoryError():
                problem = Message("this goes on for too long.")
            case _:
                # The exception's own text may hold a value.
                problem = Message("this cannot be worked out ({kind}).", kind=type(exc).__name__)
        return LayoutError(self.source, self._line_of(exc), problem, remedy)

    def _line_of(self, exc: Exception) -> int | None:
        # jinja2 puts the layout's own lines into the traceback.
        lines = [
            frame.lineno for frame in traceback.extract_tb(exc.__traceback__) if frame.filename == self.source
        ]
        return lines[-1] if lines else None


def _check(node: nodes.Node, name: str | None, filename: str | None) -> None:
    """Make sure that a node is of those that layouts are made of."""
    if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
        word = node.name
    elif not isinstance(node, _ALLOWED) or (isinstance(node, nodes.For) and node.recursive):
        word = type(node).__name__.lower()
    else:
        return
    problem = f"a layout has no {word!r}"
    raise TemplateSyntaxError(problem, node.lineno, name, filename)


def _joined(items: Iterable[object], between: str = "") -> str:
    """Return items with a text between them: the one filter that could make much of little."""
    listed = [str(item) for item in items]
    if len(listed) * len(between) + sum(map(len, listed)) > _LONGEST_TEXT:
        raise _TooMuchError
    return between.join(listed)


def _set_up(
    kind: type[_Kind],
    loader: BaseLoader | None,
    *,
    autoescape: bool,
    finalize: Callable[[object], object],
) -> _Kind:
    return kind(
        loader=loader,
        autoescape=autoescape,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
