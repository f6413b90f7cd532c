"""The jinja2 environments of all that is written with templates: reports, and letters to partners.

Two kinds of template. Ours hold loops and layout, and ask for translated sentences with ``_("…")``. A layout is a
user's: a text file in which names and questions are put. Whoever edits one makes mistakes, and may have had it
from somebody else, so it knows a small part of jinja2 only: what is printed, ``if`` and ``for``, and a few
filters. Nothing in that part reads a file, calls a function or makes a text many times as long, so there is
little left for the sandbox to forbid; loops, the length of the whole, and the work on the way there are bounded.
What a layout sees is plain data: of a group of names only the names, of a text or a list nothing but itself.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from jinja2 import (
    BaseLoader,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateSyntaxError,
    Undefined,
    UndefinedError,
    nodes,
)
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from veldpdf.errors import VeldpdfError
from veldpdf.messages import Message

__all__ = [
    "Bounds",
    "Environment",
    "Layout",
    "LayoutError",
    "NotATextError",
    "RootedAddresses",
    "environment_of",
    "text_of_layout",
]

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
_JOINED = "_joined"
# Texts on the way to what is printed may be as long together as so many whole ones.
_WORK = 10

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


class NotATextError(Exception):
    """A layout prints something that is no text; raised by what makes printed values fit to be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much a layout may do.

    A letter has some dozens of lines: what is given here is far above what any has, and takes no time.

    Attributes:
        rounds: Of all loops together.
        characters: Of the whole text.
    """

    rounds: int = 20_000
    characters: int = 200_000


def text_of_layout(raw: bytes) -> str:
    """Return what a layout's file holds: UTF-8, or what Windows has always written."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def environment_of(folder: Path, *, autoescape: bool, finalize: Callable[[object], object]) -> Environment:
    """Return an environment for our own templates: an unknown name is a mistake, and nothing is changed.

    Args:
        folder: Where the templates lie.
        autoescape: Whether what is printed is escaped for HTML.
        finalize: Makes a printed value fit to be looked at.
    """
    loader = FileSystemLoader(folder)
    return _set_up(ImmutableSandboxedEnvironment, loader, autoescape=autoescape, finalize=finalize)


# Where a template names an address of this server.
_ADDRESS = re.compile(r"""\b(href|src|action|data-to|hx-get|hx-post)="(?=/|\{\{)""")


class RootedAddresses(Extension):
    """Puts what the template knows as ``base`` before each address that begins with a slash, or is made in a place.

    A server that lies below a path of its own, which differs from run to run, is written as if it lay at the root.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - jinja2's
        """Return a template as it is compiled."""
        return _ADDRESS.sub(r'\1="{{ base }}', source)


class _LayoutEnvironment(ImmutableSandboxedEnvironment):
    """The small part of jinja2 that layouts are written in."""

    intercepted_binops = frozenset({"+"})
    allowed_filters: frozenset[str] = _FILTERS
    rounds_left = 0
    work_left = 0

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        for node in template.find_all(nodes.Node):
            _check(node, self.allowed_filters, name, filename)
        for loop in template.find_all(nodes.For):
            loop.iter = nodes.Filter(
                loop.iter, _COUNTED, [], [], None, None, lineno=loop.lineno, environment=self
            )
        bounded = _Joining().visit(template)
        assert isinstance(bounded, nodes.Template)
        return bounded

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a name of a group, or what a loop knows of itself; nothing else has names."""
        return self._named(obj, attribute, super().getattr)

    def getitem(self, obj: Any, argument: str | Any) -> Any:
        """Return the same, or what stands at a place in a list."""
        if isinstance(argument, str):
            return self._named(obj, argument, super().getitem)
        return super().getitem(obj, argument)

    def _named(self, obj: object, name: str, otherwise: Callable[[object, str], object]) -> object:
        if isinstance(obj, Mapping) and name in obj:
            return obj[name]
        found = otherwise(obj, name)
        # A method prints as an address in memory, and a layout can do nothing else with it.
        return self.undefined(obj=obj, name=name) if callable(found) and not _is_undefined(found) else found

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Return the sum of two values, which for texts is as long as both."""
        return self.worked(super().call_binop(context, operator, left, right))

    def counted(self, items: Iterable[object]) -> list[object]:
        """Return what a loop goes through, once it is known that all loops together stay within bounds."""
        listed = list(items)
        self.rounds_left -= len(listed)
        if self.rounds_left < 0:
            raise _TooMuchError
        return listed

    def joined(self, items: Iterable[object], between: str = "") -> str:
        """Return items with a text between them, once it is known how long that becomes."""
        listed = [str(item) for item in items]
        self._spend(len(listed) * len(between) + sum(map(len, listed)))
        return between.join(listed)

    def worked(self, value: object) -> object:
        """Return what was made on the way, once it is known that all of that stays within bounds."""
        if isinstance(value, (str, list, tuple)):
            self._spend(len(value))
        return value

    def _spend(self, length: int) -> None:
        self.work_left -= length
        if self.work_left < 0:
            raise _TooMuchError


class _Joining(NodeTransformer):
    """Puts the joining of texts, which jinja2 does without asking, through a filter that is bounded."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - jinja2 calls it by this name
        self.generic_visit(node)
        items = nodes.List(node.nodes, lineno=node.lineno, environment=node.environment)
        return nodes.Filter(
            items, _JOINED, [], [], None, None, lineno=node.lineno, environment=node.environment
        )


class _TooMuchError(Exception):
    """A layout does more than what it makes could need."""


class Layout:
    """A text with places for names, that a user may have written."""

    def __init__(
        self,
        text: str,
        *,
        source: str,
        finalize: Callable[[object], object],
        autoescape: bool = False,
        filters: Mapping[str, Callable[[Any], str]] = MappingProxyType({}),
        bounds: Bounds | None = None,
        remedy: Message | None = None,
    ) -> None:
        """Compile a layout.

        Args:
            text: What the file holds.
            source: Its name, for messages.
            finalize: Makes a printed value fit to be looked at.
            autoescape: Whether what is printed is escaped for HTML.
            filters: What else the layout may use; their results are about as long as what goes in.
            bounds: How much it may do.
            remedy: What to do about a mistake, where that is not to begin again from a layout of ours.

        Raises:
            LayoutError: It is no layout.
        """
        self.source = source
        self._bounds = bounds or Bounds()
        self._remedy = remedy or Message(
            "Mend that line, or begin again from the layout that comes with veldpdf."
        )
        environment = _set_up(_LayoutEnvironment, None, autoescape=autoescape, finalize=finalize)
        environment.allowed_filters = _FILTERS | filters.keys()
        known = {name: environment.filters[name] for name in sorted(_FILTERS)} | dict(filters)
        environment.filters = {name: _bounded(environment, known[name]) for name in known}
        environment.filters.update(
            {"join": environment.joined, _JOINED: environment.joined, _COUNTED: environment.counted}
        )
        environment.globals.clear()
        self._environment = environment
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
        self._environment.rounds_left = self._bounds.rounds
        self._environment.work_left = self._bounds.characters * _WORK
        parts: list[str] = []
        length = 0
        try:
            for part in self._template.generate(values):
                parts.append(part)
                length += len(part)
                if length > self._bounds.characters:
                    raise _TooMuchError  # noqa: TRY301 - told like all other mistakes, with its line
        except Exception as exc:  # whatever a user's expression may come to: 1 + "a", say
            raise self._mistake(exc, values) from exc
        return "".join(parts)

    def _mistake(self, exc: Exception, known: Collection[str]) -> LayoutError:
        """Return what to tell of an exception: the line, what is wrong with it, and what to do."""
        remedy = self._remedy
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
            case NotATextError():
                problem = Message("this is a list or a group of names, and no text.")
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


def _is_undefined(value: object) -> bool:
    # An unknown name can be called, too: that is how jinja2 tells that it is unknown.
    return isinstance(value, Undefined)


def _bounded(environment: _LayoutEnvironment, made: Callable[..., object]) -> Callable[..., object]:
    """Return a filter whose results count as work."""

    @wraps(made)  # with what jinja2 notes on a function about the arguments that it wants
    def bounded(*args: object, **named: object) -> object:
        return environment.worked(made(*args, **named))

    return bounded


def _check(node: nodes.Node, filters: Collection[str], name: str | None, filename: str | None) -> None:
    """Make sure that a node is of those that layouts are made of."""
    if isinstance(node, nodes.Filter) and node.name not in filters:
        word = node.name
    elif not isinstance(node, _ALLOWED) or (isinstance(node, nodes.For) and node.recursive):
        word = type(node).__name__.lower()
    else:
        return
    problem = f"a layout has no {word!r}"
    # What jinja2 puts around other nodes has no line of its own.
    inner = (each.lineno for each in node.find_all(nodes.Node) if each.lineno)
    raise TemplateSyntaxError(problem, node.lineno or next(inner, 1), name, filename)


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
