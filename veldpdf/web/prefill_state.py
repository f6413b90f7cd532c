"""What the page that prefills worksheets knows: the texts typed so far, what is to be done, and what was dropped.

It lies with the server, so that reloading the page loses nothing and two tabs show the same. Any thread may ask.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from veldpdf.errors import VeldpdfError
from veldpdf.messages import Message
from veldpdf.model import FormDefinition
from veldpdf.pdf.filling.template import Template
from veldpdf.prefilling_many import How, open_template
from veldpdf.recipients import RecipientTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is to be done beside filling in.

    Attributes:
        partner: Who the one worksheet is for; empty for anybody.
        examples: Whether examples stay in fields without a text.
        lock: Names of fields that nobody may change any more.
        continuation: Whether texts that do not fit stand on pages at the end.
        flatten: Whether no field is left.
        drop_xfa: Whether an XFA form is taken out.
        drop_rights: Whether signatures and usage rights are taken out.
    """

    partner: str = ""
    examples: bool = True
    lock: tuple[str, ...] = ()
    continuation: bool = False
    flatten: bool = False
    drop_xfa: bool = False
    drop_rights: bool = False

    @property
    def how(self) -> How:
        """The same as filling takes it; what is written on continuation pages is in the worksheet's language."""
        return How(self.examples, self.lock, self.continuation, self.flatten, None)


@dataclass(frozen=True, slots=True)
class OfficialPdf:
    """A fillable PDF that was dropped.

    Attributes:
        name: What the browser called it.
        path: Where it lies.
        is_readable: Whether readers can know it as well.
    """

    name: str
    path: Path
    is_readable: bool


@dataclass(frozen=True, slots=True)
class PartnerList:
    """A table of partners that was dropped: what the browser called it, and what stands in it."""

    name: str
    table: RecipientTable


@dataclass(frozen=True, slots=True)
class Made:
    """What is to be known of the worksheet that was made last.

    Attributes:
        file: What the browser keeps it as.
        warnings: What its fields do not show whole.
        number: How many were made before, and this one: a page asks for what it has not told yet.
    """

    file: str
    warnings: tuple[Message, ...]
    number: int


class PrefillState:
    """All of it; what is replaced is replaced as a whole.

    Attributes:
        changing: Held while another PDF takes the place of the one that is filled in.
        official: The PDF that was dropped to be filled in; None for the one that comes with veldpdf.
        partners: The list that was dropped; None where there is none.
        made: The worksheet that was made last; None before the first.
    """

    def __init__(self, form: FormDefinition) -> None:
        """Begin with nothing typed, and with the worksheet that comes with veldpdf.

        Args:
            form: The definition of the worksheets.
        """
        self._form = form
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._values: dict[str, str] = {}
        self._opened: tuple[object, Template] | None = None
        self._wishes = Wishes()
        self.changing = asyncio.Lock()
        self.official: OfficialPdf | None = None
        self.partners: PartnerList | None = None
        self.made: Made | None = None
        self._problem: VeldpdfError | None = None

    @property
    def wishes(self) -> Wishes:
        """What is to be done beside filling in."""
        return self._wishes

    def wish(self, **changes: Any) -> None:
        """Wish something else."""
        with self._lock:
            self._wishes = replace(self._wishes, **changes)

    @property
    def values(self) -> Mapping[str, str]:
        """What was typed, by field name; nothing stands there for a field left empty."""
        with self._lock:
            return dict(self._values)

    def type(self, name: str, text: str) -> None:
        """Keep what was typed for a field; nothing where the definition has no such field."""
        if name not in self._form:
            return
        with self._lock:
            if text:
                self._values[name] = text
            else:
                self._values.pop(name, None)

    def tell(self, file: str, warnings: tuple[Message, ...]) -> None:
        """Keep what is to be known of the worksheet that was just made."""
        with self._lock:
            self.made = Made(file, warnings, 1 + (self.made.number if self.made is not None else 0))

    def fail(self, problem: VeldpdfError) -> None:
        """Keep why something could not be made, for the page that is shown next."""
        self._problem = problem

    def take_problem(self) -> VeldpdfError | None:
        """Return why something could not be made, once."""
        problem, self._problem = self._problem, None
        return problem

    def clear(self) -> None:
        """Forget all that was typed, and for whom."""
        with self._lock:
            self._values.clear()
            self._wishes = replace(self._wishes, partner="")

    def use(self, official: OfficialPdf | None) -> OfficialPdf | None:
        """Fill in another PDF, or the one that comes with veldpdf; return the one that is needed no more."""
        with self._opening:
            old, self.official = self.official, official
            self.wish(lock=(), drop_xfa=False, drop_rights=False)
            return old

    def values_for(self, template: Template) -> Mapping[str, str]:
        """Return what was typed for fields that a PDF has; another may have more."""
        known = frozenset(template.fields)
        return {name: text for name, text in self.values.items() if name in known}

    def template(self) -> Template:
        """Return the worksheet that is filled in, opened once.

        Raises:
            TemplateError: It cannot be read or filled in.
        """
        with self._opening:
            official, wishes = self.official, self._wishes
            key = (official, wishes.drop_xfa, wishes.drop_rights)
            if self._opened is None or self._opened[0] != key:
                drop_xfa, drop_rights = wishes.drop_xfa, wishes.drop_rights
                if official is None:
                    opened = Template.open(form=self._form, drop_xfa=drop_xfa, drop_rights=drop_rights)
                else:
                    opened = open_template(
                        official.path,
                        self._form,
                        name=official.name,
                        drop_xfa=drop_xfa,
                        drop_rights=drop_rights,
                    )
                self._opened = (key, opened)
            return self._opened[1]
