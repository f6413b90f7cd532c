"""The errors of veldpdf: what went wrong, where, and what to do about it.

    VeldpdfError
    ├── DefinitionError       a worksheet's definition cannot be used
    ├── HouseStyleError       a house style, or a logo or font that it names, cannot be used
    ├── ValuesError           the answers offered for prefilling cannot be used
    │   ├── UnknownFieldError     a value for a field that the worksheet does not have
    │   └── ValueTooLongError     more characters than the field may hold
    ├── TemplateError         a PDF that cannot be prefilled
    ├── InputError            a path that cannot be read
    ├── OutputError           a file that cannot be written
    │   └── OutputExistsError     it is there already
    └── UnknownFormatError    a file name whose ending no writer knows

No message ever holds the text of an answer: answers are personal data, and messages end up in logs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from veldpdf.messages import Message


class VeldpdfError(Exception):
    """Base of all errors that veldpdf raises on purpose.

    Attributes:
        what: What went wrong and where, one sentence.
        remedy: What the user can do about it.
    """

    def __init__(self, what: Message, remedy: Message) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what}\n{self.remedy}"

    def __reduce__(self) -> tuple[Callable[..., VeldpdfError], tuple[object, ...]]:
        # Errors cross process borders, and subclasses are made from other arguments than `args`.
        return (_rebuild, (type(self), self.args, self.__dict__))


def _rebuild(kind: type[VeldpdfError], args: tuple[object, ...], state: dict[str, object]) -> VeldpdfError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


class DefinitionError(VeldpdfError):
    """A definition file has a mistake."""

    def __init__(self, source: str, problem: Message, remedy: Message, *, field: str | None = None) -> None:
        self.source = source
        self.field = field
        if field is None:
            what = Message("{source}: {problem}", source=source, problem=problem)
        else:
            what = Message("{source}, field {field}: {problem}", source=source, field=field, problem=problem)
        super().__init__(what, remedy)


class HouseStyleError(VeldpdfError):
    """A house style has a mistake, or names a logo or font that cannot be used."""

    def __init__(self, source: str, problem: Message, remedy: Message) -> None:
        self.source = source
        super().__init__(Message("{source}: {problem}", source=source, problem=problem), remedy)


class ValuesError(VeldpdfError):
    """The values offered for prefilling cannot be used."""


class UnknownFieldError(ValuesError):
    """A value was offered for a field that the worksheet does not have.

    Attributes:
        name: The name that was offered.
    """

    def __init__(self, name: str, *, source: str, known: Sequence[str], may_be_answer: bool = False) -> None:
        self.name = name
        super().__init__(
            Message(
                "{source}: the worksheet has no field {name}.",
                source=source,
                name=repr(shown_name(name, known, may_be_answer=may_be_answer)),
            ),
            nearest(name, known),
        )


class ValueTooLongError(ValuesError):
    """A value has more characters than the field's /MaxLen (ISO 32000-2, 12.7.5.3)."""

    def __init__(self, name: str, *, count: int, limit: int) -> None:
        self.name = name
        self.count = count
        self.limit = limit
        super().__init__(
            Message(
                "Field {name} holds at most {limit} characters; the value has {count}.",
                name=name,
                limit=limit,
                count=count,
            ),
            Message("Shorten the value, or use a worksheet whose field is not limited."),
        )


class TemplateError(VeldpdfError):
    """A PDF cannot be used as a template."""


class InputError(VeldpdfError):
    """A path that was given for reading cannot be read."""


class OutputError(VeldpdfError):
    """A file cannot be written."""


class OutputExistsError(OutputError):
    """A file is there already, and nobody said that it may be replaced."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            Message("{path}: this file exists already; nothing was written.", path=path),
            Message("Choose another name, or add --force to replace it (in Python: overwrite=True)."),
        )


class UnknownFormatError(OutputError):
    """No writer makes files with this ending."""

    def __init__(self, path: Path, *, known: Iterable[str]) -> None:
        self.path = path
        super().__init__(
            Message("{path}: nothing can be written in this format.", path=path),
            Message("Use a file name that ends in one of: {known}.", known=", ".join(known)),
        )


# Names of more characters than this are no names.
# Names as forms have them, with a digit or a mark in them; and what a person may have meant as one.
_SURELY_A_NAME = re.compile(r"(?=.{1,40}$)[\w.#+\[\]-]*[\d_.][\w.#+\[\]-]*")
_ONE_WORD = re.compile(r"\S{1,40}")


def shown_name(name: str, known: Sequence[str], *, may_be_answer: bool = True) -> str:
    """Return what of an unknown name may be shown.

    Args:
        name: What was taken for a name.
        known: The names that there are: one that is near to them is a name for sure.
        may_be_answer: Whether it was found where an answer may have stood, in a table without headings.
    """
    if _closest(name, known):
        return name
    pattern = _SURELY_A_NAME if may_be_answer else _ONE_WORD
    return name if pattern.fullmatch(name) else "…"


def nearest(name: str, known: Sequence[str]) -> Message:
    """Return the advice that goes with an unknown name: the one probably meant, else all there are."""
    closest = _closest(name, known)
    if closest is not None:
        return Message("Did you mean {name}?", name=repr(closest))
    if not known:
        return Message("It has none at all.")
    return Message("It has: {known}.", known=", ".join(known))


def _closest(name: str, known: Sequence[str]) -> str | None:
    # Without regard to case and leading zeros: "veld7" is nearer to "Veld07" than its letters say.
    folded = {_folded(candidate): candidate for candidate in known}
    close = get_close_matches(_folded(name), folded, n=1)
    return folded[close[0]] if close else None


def _folded(name: str) -> str:
    return re.sub(r"0+(?=\d)", "", name.casefold())
