"""A fillable PDF, compiled once and filled many times.

Opening reads the form's structure, fonts and boxes. Filling is then string work: the file's own bytes plus one
incremental update with the changed fields and their appearances (7.5.6). A template holds no answers, and its
methods may be called from many threads.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Self
from unicodedata import bidirectional, normalize

from veldpdf.completeness import classify
from veldpdf.definition import embedded_worksheet, load_form
from veldpdf.errors import TemplateError, UnknownFieldError, ValuesError, ValueTooLongError, VeldpdfError
from veldpdf.files import read_bytes
from veldpdf.messages import Message
from veldpdf.model import FormDefinition, State
from veldpdf.pdf import textstring
from veldpdf.pdf.document import open_fillable
from veldpdf.pdf.filling import compiling
from veldpdf.pdf.filling.appearance import Face, draw, matrix, resource_name
from veldpdf.pdf.filling.compiling import Compiled, Part, Target
from veldpdf.pdf.filling.embedding import OBJECTS_PER_FONT, SubsetFont
from veldpdf.pdf.filling.form_objects import partner_field
from veldpdf.pdf.filling.update import append, reference, stream
from veldpdf.pdf.objects import ObjectId
from veldpdf.typesetting.layout import lay_out
from veldpdf.typesetting.metrics import WidthTable, is_invisible, plain_space
from veldpdf.typesetting.shipped import shipped_fonts

# Bidirectional classes of letters that are written from right to left (Unicode, annex 9).
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a text fits its field.

    Attributes:
        lines: Lines that there are.
        lines_that_fit: Lines that the field shows.
        fits: Whether the field shows all of it.
        unshown: Characters that no font at hand shows. They stay in the value.
        is_unshaped: Whether it holds Arabic or Hebrew, which is drawn unjoined and from left to right.
    """

    lines: int
    lines_that_fit: int
    fits: bool
    unshown: tuple[str, ...] = ()
    is_unshaped: bool = False


class Template:
    """A fillable PDF that gets prefilled."""

    def __init__(self, compiled: Compiled, form: FormDefinition | None, source: str) -> None:
        """Use `open`."""
        self._compiled = compiled
        self.form = form
        self.source = source

    @classmethod
    def open(
        cls,
        source: str | Path | bytes | None = None,
        *,
        form: FormDefinition | None = None,
        password: str = "",
    ) -> Self:
        """Read a fillable PDF.

        Args:
            source: Its path or its bytes; without one, the embedded worksheet.
            form: The definition it belongs to. Fields then go by the definition's names. The embedded
                worksheet has its own; without a definition fields go by their qualified names.
            password: Of an encrypted file.

        Raises:
            InputError: The file cannot be read.
            TemplateError: It is no fillable PDF, or not the definition's.
        """
        is_embedded = source is None
        if source is None:
            form = form or load_form()
            source = embedded_worksheet(form)
            if source is None:
                raise TemplateError(
                    Message("No worksheet of {form} comes with veldpdf.", form=form.id),
                    Message("Give its fillable PDF with --template."),
                )
        name = "PDF" if isinstance(source, bytes) else str(source)
        if is_embedded:
            name = Path(name).name  # where veldpdf is installed is of no use to anybody
        data = source if isinstance(source, bytes) else read_bytes(Path(source))
        opened = open_fillable(data, name, password)
        with opened.pdf:
            try:
                return cls(compiling.compile_template(data, opened, form, name), form, name)
            except VeldpdfError:
                raise
            except Exception as exc:  # a file may be broken in ways that nobody has thought of
                raise TemplateError(
                    Message("{source}: the PDF is damaged and cannot be filled.", source=name),
                    Message("Give the fillable PDF as it was published."),
                ) from exc

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that can be filled, in the definition's order, else the file's."""
        return tuple(self._compiled.targets)

    @property
    def warnings(self) -> tuple[Message, ...]:
        """What the user should know before filling it."""
        return self._compiled.warnings

    def fill(
        self,
        values: Mapping[str, str],
        *,
        examples: bool = True,
        lock: Collection[str] = (),
        partner: str = "",
    ) -> bytes:
        """Return the PDF with values filled in; what is not named stays as it is.

        Args:
            values: Text by field name. An empty text clears the field.
            examples: Whether examples may stay in fields that get no value. If not, they are cleared; the
                default value, ``/DV``, stays.
            lock: Names of fields that nobody may change any more.
            partner: Who the worksheet is sent to. The name travels in the PDF, where no viewer shows it, and
                `veldpdf.read` finds it again.

        Raises:
            UnknownFieldError: A name that the worksheet does not have.
            ValuesError: A value that is not a text.
            ValueTooLongError: More characters than the field's ``/MaxLen``.
        """
        texts = self._texts(values, examples=examples)
        self.check_names(lock)
        filling = _Filling(self._compiled, texts)
        if partner:
            filling.set_partner(partner)
        for name, text in texts.items():
            filling.set_text(self._compiled.targets[name], text, lock=name in lock)
        for name in lock:
            if name not in texts:
                filling.lock(self._compiled.targets[name])
        return append(self._compiled.base, filling.objects)

    def measure(self, values: Mapping[str, str]) -> Mapping[str, Fit]:
        """Return how each value fits its field, without writing anything.

        Raises: as `fill`.
        """
        texts = self._texts(values, examples=True)
        return {name: _fit(self._compiled.targets[name], text) for name, text in texts.items()}

    def _texts(self, values: Mapping[str, str], *, examples: bool) -> dict[str, str]:
        """Return the text of every field that changes, in the template's order."""
        self.check_names(values)
        cleared = () if examples else self._standing_examples()
        texts = {}
        for name, target in self._compiled.targets.items():
            if name in values:
                texts[name] = _checked(name, values[name], target)
            elif name in cleared:
                texts[name] = ""
        return texts

    def check_names(self, names: Collection[str], *, source: str = "", may_be_answers: bool = False) -> None:
        """Make sure that the worksheet has fields of some names.

        Args:
            names: Which ones.
            source: Where they come from, for the message; the template itself by default.
            may_be_answers: Whether what is taken for a name may be an answer, which no message shows.

        Raises:
            UnknownFieldError: It has not.
        """
        for name in names:
            if name not in self._compiled.targets:
                raise UnknownFieldError(
                    name, source=source or self.source, known=self.fields, may_be_answer=may_be_answers
                )

    def _standing_examples(self) -> list[str]:
        return [name for name, target in self._compiled.targets.items() if self._shows_example(target)]

    def _shows_example(self, target: Target) -> bool:
        if not target.text:
            return False
        if self.form is not None and target.name in self.form:
            return classify(self.form.field(target.name), target.text) is State.EXAMPLE
        return target.text == target.default


def _checked(name: str, value: object, target: Target) -> str:
    """Return a value that may go into a field, line ends made ours."""
    if not isinstance(value, str):
        raise ValuesError(
            Message("The value of field {name} is not a text.", name=name),
            Message("Write it between quotes."),
        )
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    half = next((character for character in text if "\ud800" <= character <= "\udfff"), None)
    if half is not None:
        raise ValuesError(
            Message(
                "The value of field {name} holds half a character (U+{code}).",
                name=name,
                code=f"{ord(half):04X}",
            ),
            Message("Type the character again; it was damaged where the text comes from."),
        )
    if target.max_length is not None and len(text) > target.max_length:
        raise ValueTooLongError(name, count=len(text), limit=target.max_length)
    return text


def _fit(target: Target, text: str) -> Fit:
    looks = [part.look for part in target.parts if part.look is not None]
    unshown = tuple(
        character
        for character in _foreign(target, normalize("NFC", text))
        if shipped_fonts().font_for(character) is None
    )
    is_unshaped = any(bidirectional(character) in _RIGHT_TO_LEFT for character in text)
    layouts = [lay_out(_drawn(text, target), look.box, _widths(target)) for look in looks]
    if not layouts:
        return Fit(lines=0, lines_that_fit=0, fits=True, unshown=unshown, is_unshaped=is_unshaped)
    # Of several widgets the tightest one decides.
    tightest = max(layouts, key=lambda layout: (layout.overflows, len(layout.lines) - layout.lines_fit))
    return Fit(
        lines=len(tightest.lines),
        lines_that_fit=tightest.lines_fit,
        fits=not tightest.overflows,
        unshown=unshown,
        is_unshaped=is_unshaped,
    )


def _drawn(text: str, target: Target) -> str:
    """Return a text as it is drawn: letters and their accents in one, and a password as stars."""
    return "*" * len(text) if target.is_password else normalize("NFC", text)


def _widths(target: Target) -> WidthTable:
    return WidthTable(target.font.widths, shipped_fonts().width)


def _foreign(target: Target, text: str) -> list[str]:
    """Return the characters of a text that the field's own font does not have, each once, in order."""
    return [
        character
        for character in dict.fromkeys(text)
        if character not in target.font.codes
        and not is_invisible(character)
        and plain_space(character) == character
    ]


class _Filling:
    """The objects of one update, as they come together."""

    def __init__(self, compiled: Compiled, texts: Mapping[str, str]) -> None:
        self._compiled = compiled
        # The first free number is kept for the partner's name.
        self._numbers = count(compiled.partner_key[0] + 1)
        self.objects: dict[ObjectId, bytes] = dict(compiled.mended) if texts else {}
        self._others, self._font_objects = self._embed(texts)

    def _embed(self, texts: Mapping[str, str]) -> tuple[dict[str, SubsetFont], dict[str, ObjectId]]:
        """Embed what the fields' own fonts lack; nothing in most files."""
        foreign = {
            character
            for name, text in texts.items()
            if not text.isascii()
            for character in _foreign(self._compiled.targets[name], normalize("NFC", text))
        }
        if not foreign:
            return {}, {}
        chain = shipped_fonts()
        subsets: dict[str, SubsetFont] = {}
        first_objects: dict[str, ObjectId] = {}
        for index, font in enumerate(chain.fonts):
            characters = "".join(sorted(c for c in foreign if chain.font_for(c) is font))
            if not characters:
                continue
            resource = f"Veldpdf{index}"
            subsets[resource] = SubsetFont.of(font, characters)
            numbers = [self._number() for _ in range(OBJECTS_PER_FONT)]
            self.objects.update(subsets[resource].objects(numbers))
            first_objects[resource] = numbers[0]
        return subsets, first_objects

    def _number(self) -> ObjectId:
        return next(self._numbers), 0

    def set_partner(self, partner: str) -> None:
        """Have the copy carry a partner's name."""
        self.objects.update(self._compiled.with_partner)
        self.objects[self._compiled.partner_key] = partner_field(partner)

    def set_text(self, target: Target, text: str, *, lock: bool) -> None:
        """Write a field's value, and draw it in each of its widgets."""
        value = b"/V %b" % textstring.literal(textstring.encode(text))
        for part in target.parts:
            entries = part.entries + self._flags(part, lock=lock)
            if part.is_field:
                entries += value
            if part.look is not None:
                entries += b"/AP<</N %b>>" % reference(self._draw(target, part, text))
            self.objects[part.key] = b"<<%b>>" % entries

    def lock(self, target: Target) -> None:
        """Make a field read-only, and change nothing else about it."""
        for part in target.parts:
            if part.is_field:
                self.objects[part.key] = b"<<%b%b%b>>" % (
                    part.entries,
                    self._flags(part, lock=True),
                    part.previous,
                )

    def _flags(self, part: Part, *, lock: bool) -> bytes:
        flags = part.flags
        if lock and part.is_field:
            flags = part.locked_flags
        return b"" if flags is None else b"/Ff %d" % flags

    def _draw(self, target: Target, part: Part, text: str) -> ObjectId:
        """Add a new appearance stream: two widgets that share one would change each other's picture."""
        look = part.look
        assert look is not None
        widths = _widths(target)
        face = Face(target.font, target.resource, self._others, widths)
        content = draw(look, lay_out(_drawn(text, target), look.box, widths), face)
        fonts = b"/%b %b" % (resource_name(target.resource), target.font_object)
        for resource, key in self._font_objects.items():
            fonts += b"/%b %b" % (resource_name(resource), reference(key))
        entries = b"/Type/XObject/Subtype/Form/BBox[0 0 %.2f %.2f]%b/Resources<</Font<<%b>>>>" % (
            look.box.width,
            look.box.height,
            matrix(look),
            fonts,
        )
        key = self._number()
        self.objects[key] = stream(entries, content)
        return key
