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
from veldpdf.messages import Message
from veldpdf.model import FormDefinition, State
from veldpdf.pdf.document import open_fillable
from veldpdf.pdf.filling import compiling, kinds
from veldpdf.pdf.filling.changes import Changes
from veldpdf.pdf.filling.compiling import Compiled
from veldpdf.pdf.filling.form_objects import partner_field
from veldpdf.pdf.filling.targets import Target, Value
from veldpdf.pdf.filling.texts import Fit
from veldpdf.pdf.filling.update import append

__all__ = ["Fit", "Template", "Value"]


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
        values: Mapping[str, Value],
        *,
        examples: bool = True,
        lock: Collection[str] = (),
        partner: str = "",
    ) -> bytes:
        """Return the PDF with values filled in; what is not named stays as it is.

        Args:
            values: By field name: a text; for a checkbox, radio button or choice, an export value. An empty
                text clears the field.
            examples: Whether examples may stay in fields that get no value. If not, they are cleared; the
                default value, ``/DV``, stays.
            lock: Names of fields that nobody may change any more.
            partner: Who the worksheet is sent to. The name travels in the PDF, where no viewer shows it, and
                `veldpdf.read` finds it again.

        Raises:
            UnknownFieldError: A name that the worksheet does not have.
            ValuesError: A value that the field cannot have.
            ValueTooLongError: More characters than the field's ``/MaxLen``.
        """
        checked = self._checked(values, examples=examples)
        self.check_names(lock)
        changes = Changes(self._compiled.partner_key[0] + 1)
        if checked:
            changes.replace(self._compiled.mended)
        if partner:
            changes.replace(self._compiled.with_partner)
            changes.replace({self._compiled.partner_key: partner_field(partner)})
        for name, value in checked.items():
            kinds.set_value(changes, self._compiled.targets[name], value, lock=name in lock)
        for name in lock:
            if name not in checked:
                _lock(changes, self._compiled.targets[name])
        return append(self._compiled.base, changes.finished())

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
        if self.form is not None and target.name in self.form:
            return classify(self.form.field(target.name), target.text) is State.EXAMPLE
        return target.text == target.default


def _lock(changes: Changes, target: Target) -> None:
    """Make a field read-only, and change nothing else about it."""
    changes.replace({part.key: part.locked() for part in target.parts if part.is_field})
