"""A fillable PDF, compiled once and filled many times.

Opening reads the form's structure, fonts and boxes. Filling is then string work: the file's own bytes plus one
incremental update with the changed fields and their appearances (7.5.6). A template holds no answers, and its
methods may be called from many threads.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Self

from veldpdf.completeness import classify
from veldpdf.definition import embedded_worksheet, load_form
from veldpdf.errors import TemplateError, UnknownFieldError, VeldpdfError
from veldpdf.files import read_bytes
from veldpdf.language import Catalogue, catalogue
from veldpdf.messages import Message
from veldpdf.model import FormDefinition, State
from veldpdf.pdf.document import open_fillable
from veldpdf.pdf.filling import compiling, kinds
from veldpdf.pdf.filling.changes import Changes
from veldpdf.pdf.filling.compiling import Compiled
from veldpdf.pdf.filling.continuation import Continuation, Continued
from veldpdf.pdf.filling.form_objects import partner_field
from veldpdf.pdf.filling.protection import Protection
from veldpdf.pdf.filling.targets import Target, TextTarget, Value
from veldpdf.pdf.filling.texts import Fit, fit_of
from veldpdf.pdf.filling.update import append
from veldpdf.pdf.flattening import flatten as flattened

__all__ = ["Fit", "Template", "Value"]


class Template:
    """A fillable PDF that gets prefilled."""

    def __init__(self, compiled: Compiled, form: FormDefinition | None, source: str, password: str) -> None:
        """Use `open`."""
        self._compiled = compiled
        self._password = password
        self.form = form
        self.source = source

    @classmethod
    def open(
        cls,
        source: str | Path | bytes | None = None,
        *,
        form: FormDefinition | None = None,
        password: str = "",
        drop_xfa: bool = False,
        drop_rights: bool = False,
    ) -> Self:
        """Read a fillable PDF.

        Args:
            source: Its path or its bytes; without one, the embedded worksheet.
            form: The definition it belongs to. Fields then go by the definition's names. The embedded
                worksheet has its own; without a definition fields go by their qualified names.
            password: Of an encrypted file. What is filled in is encrypted with it, too.
            drop_xfa: Whether to take out an XFA form, which Acrobat would show instead of what is filled in.
            drop_rights: Whether to take out signatures and usage rights, which would not hold.

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
        if drop_xfa or drop_rights:
            with (opened := open_fillable(data, name, password)).pdf:
                data = compiling.without(data, opened, name, xfa=drop_xfa, rights=drop_rights)
        with (opened := open_fillable(data, name, password)).pdf:
            try:
                return cls(compiling.compile_template(data, opened, form, name), form, name, password)
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

    @property
    def protection(self) -> Protection:
        """What its owner lets others change."""
        return self._compiled.protection

    def fill(
        self,
        values: Mapping[str, Value],
        *,
        examples: bool = True,
        lock: Collection[str] = (),
        partner: str = "",
        continuation: bool = False,
        flatten: bool = False,
        language: str | None = None,
    ) -> bytes:
        """Return the PDF with values filled in; what is not named stays as it is.

        Args:
            values: By field name: a text; for a checkbox, radio button or choice, an export value. An empty
                text clears the field.
            examples: Whether examples may stay in fields that get no value. If not, they are cleared; the
                default value, ``/DV``, stays.
            lock: Names of fields that nobody may change any more.
            partner: Who the worksheet is sent to. The name travels in the PDF, where no viewer shows it, and
                `veldpdf.read` finds it again. It stays out of a file whose signature or usage rights allow no
                field to be added.
            continuation: Whether to put pages at the end that hold the whole of each text that its box does not
                show, with a mark in the box.
            flatten: Whether to leave no field at all: what the fields show becomes part of their pages. The file
                is written anew then.
            language: Of what is written on continuation pages; by default the definition's, else English.

        Raises:
            UnknownFieldError: A name that the worksheet does not have.
            ValuesError: A value that the field cannot have.
            ValueTooLongError: More characters than the field's ``/MaxLen``.
        """
        checked = self._checked(values, examples=examples)
        self.check_names(lock)
        continuation = continuation or (bool(checked) and self._compiled.pages.has_stale)
        redraws = flatten or (bool(checked) and self._compiled.redraws)
        checked = self._with_unchanged(checked, every=redraws, empty_too=flatten)
        with_partner = bool(partner) and self.protection.lets_add
        is_new_field = with_partner and self._compiled.partner_key[0] == self._compiled.base.size
        changes = Changes(self._compiled.base.size + is_new_field)
        if checked:
            changes.replace(self._compiled.mended)
        if with_partner:
            changes.replace(self._compiled.with_partner)
            changes.replace({self._compiled.partner_key: partner_field(partner)})
        if continuation:
            self._continue(changes, checked, partner, catalogue(language or self._language))
        for name, value in checked.items():
            kinds.set_value(changes, self._compiled.targets[name], value, lock=name in lock)
        if redraws:
            for target in self._compiled.others:
                if target.text:
                    kinds.set_value(changes, target, target.text, lock=False)
        for name in lock:
            if name not in checked:
                _lock(changes, self._compiled.targets[name])
        filled = append(self._compiled.base, changes.finished())
        return flattened(filled, self._password) if flatten else filled

    @property
    def _language(self) -> str:
        return "en" if self.form is None else self.form.language

    def _with_unchanged(
        self, checked: Mapping[str, Value], *, every: bool, empty_too: bool
    ) -> dict[str, Value]:
        """Return what to set, with what stays as it is but must be drawn again, in the template's order.

        Args:
            checked: What changes.
            every: Whether all fields are drawn from their values; else only those whose text goes on on a page that
                an earlier fill put behind the file, for those pages are made anew.
            empty_too: Whether texts that are empty are drawn as well, over whatever their pictures show.
        """
        kept: dict[str, Value] = {}
        for name, target in self._compiled.targets.items():
            if name in checked:
                kept[name] = checked[name]
            elif (every and (target.text or (empty_too and isinstance(target, TextTarget)))) or (
                checked and self._compiled.pages.has_stale and _overflows(target)
            ):
                kept[name] = target.text
        return kept

    def _continue(self, changes: Changes, checked: Mapping[str, Value], partner: str, say: Catalogue) -> None:
        """Add continuation pages, and marks in the boxes that tell of them."""
        texts = [
            Continued(name=name, label=self._label(name), page=min(target.pages, default=None), text=value)
            for name, value in checked.items()
            if isinstance(target := self._compiled.targets[name], TextTarget)
            and isinstance(value, str)
            and not target.is_password
            and not fit_of(target, value).fits
        ]
        if self._compiled.pages.root is None:
            return
        if not texts:
            if self._compiled.pages.has_stale:
                self._compiled.pages.add(changes, [])
            return
        title = partner if self.form is None else " · ".join(filter(None, [self.form.title, partner]))
        pages = Continuation(changes, self._compiled.pages, texts, title=title, say=say)
        pages.add()
        changes.marks.update({text.name: pages.mark_for(text.name) for text in texts})

    def _label(self, name: str) -> str:
        return self.form.field(name).label if self.form is not None and name in self.form else name

    def measure(self, values: Mapping[str, Value]) -> Mapping[str, Fit]:
        """Return how each text fits its field, without writing anything.

        Raises: as `fill`.
        """
        checked = self._checked(values, examples=True)
        targets = self._compiled.targets
        return {name: fit for name, value in checked.items() if (fit := kinds.fit_of(targets[name], value))}

    def _checked(self, values: Mapping[str, Value], *, examples: bool) -> dict[str, Value]:
        """Return the value of every field that changes, in the template's order."""
        self.check_names(values)
        cleared = () if examples else self._standing_examples()
        checked: dict[str, Value] = {}
        for name, target in self._compiled.targets.items():
            if name in values:
                checked[name] = kinds.checked(target, values[name])
            elif name in cleared:
                checked[name] = ""
        return checked

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
        spec = self.form.field(target.name) if self.form is not None and target.name in self.form else None
        # Of choices a definition seldom tells the example: the default value does.
        if spec is not None and (spec.example or isinstance(target, TextTarget)):
            return classify(spec, target.text) is State.EXAMPLE
        return target.text == target.default


def _lock(changes: Changes, target: Target) -> None:
    """Make a field read-only, and change nothing else about it."""
    changes.replace({part.key: part.locked() for part in target.parts if part.is_field})


def _overflows(target: Target) -> bool:
    """Whether a text that stands in a field is longer than its box shows."""
    return isinstance(target, TextTarget) and not fit_of(target, target.text).fits
